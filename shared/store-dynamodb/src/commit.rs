//! One batch, one transaction.
//!
//! A transaction carries a token: sent again because its reply was lost, it is done once. That costs a write twice the units of a
//! plain one, and buys that no answer is ever a guess (docs/decisions).

use crate::attempt::{Patience, Repeat, Stop};
use crate::error::describe;
use crate::plan::{Plan, Seen, plan};
use crate::store::DynamoStore;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use reconnect_store::{Batch, CommitError, Committed};

/// What became of a transaction.
enum Transacted {
    Done,
    /// Conditions failed; one reason for each action.
    Failed(Vec<CancellationReason>),
}

impl DynamoStore {
    /// Plans, transacts, and plans again from what the database showed, until it fits.
    pub(crate) async fn transact_batch(&self, batch: &Batch) -> Result<Committed, CommitError> {
        let mut seen = vec![Seen::Nothing; batch.writes().len()];
        let mut patience = self.patience();
        for replanned in 0.. {
            // A batch that is planned for the third time has rivals: it gives way.
            if replanned > 1 && !patience.wait().await {
                break;
            }
            let planned = plan(self.table(), batch, &seen, self.now())?;
            match self.transact(&planned, &mut patience).await? {
                Transacted::Done => return Ok(Committed { outcomes: planned.outcomes }),
                Transacted::Failed(reasons) => learn(&mut seen, reasons),
            }
        }
        Err(CommitError::Unavailable("others are changing the same items; nothing was written".to_owned()))
    }

    /// Sends one transaction until it is done or a condition fails.
    async fn transact(&self, planned: &Plan, patience: &mut Patience) -> Result<Transacted, CommitError> {
        let token = uuid::Uuid::new_v4().to_string();
        loop {
            let send = || {
                let request = self.client().transact_write_items().client_request_token(&token);
                request.set_transact_items(Some(planned.actions.clone())).send()
            };
            let stop = match patience.insist(Repeat::Freely, send).await {
                Ok(_) => return Ok(Transacted::Done),
                Err(stop) => stop,
            };
            let reasons = canceled(stop)?;
            if reasons.iter().any(|reason| reason.code() == Some("ConditionalCheckFailed")) {
                return Ok(Transacted::Failed(reasons));
            }
            let why = passing(&reasons)?;
            if !patience.wait().await {
                return Err(CommitError::Unavailable(format!("{why}; nothing was written")));
            }
        }
    }
}

/// The reasons of a cancelled transaction, or the error that it ended with.
fn canceled(stop: Stop<TransactWriteItemsError>) -> Result<Vec<CancellationReason>, CommitError> {
    match stop {
        Stop::TooLong(why) => Err(CommitError::Unavailable(format!("{why}; nothing was written"))),
        Stop::Unknown(why) => Err(CommitError::Unavailable(format!("{why}; the batch may or may not stand"))),
        Stop::Final(error) => {
            let described = describe(&error);
            match error.into_service_error() {
                TransactWriteItemsError::TransactionCanceledException(canceled) => {
                    Ok(canceled.cancellation_reasons.unwrap_or_default())
                }
                _ => Err(CommitError::Unavailable(described)),
            }
        }
    }
}

/// What stood in the way, if it is something that passes.
fn passing(reasons: &[CancellationReason]) -> Result<String, CommitError> {
    let mut why = None;
    for reason in reasons {
        let message = reason.message().unwrap_or_default();
        match reason.code().unwrap_or("None") {
            "None" => {}
            code @ ("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded") => {
                why = Some(code.to_owned());
            }
            "ItemCollectionSizeLimitExceeded" => {
                return Err(CommitError::Full(format!("a list has reached the 10 GB that one may have: {message}")));
            }
            code => return Err(CommitError::Unavailable(format!("{code}: {message}"))),
        }
    }
    why.ok_or_else(|| CommitError::Unavailable("a transaction was cancelled without a reason".to_owned()))
}

/// Notes what stood where a condition failed. Counts stand behind the writes and have no condition.
fn learn(seen: &mut [Seen], reasons: Vec<CancellationReason>) {
    for (seen, reason) in seen.iter_mut().zip(reasons) {
        if reason.code() == Some("ConditionalCheckFailed") {
            *seen = Seen::Item(reason.item.filter(|item| !item.is_empty()));
        }
    }
}
