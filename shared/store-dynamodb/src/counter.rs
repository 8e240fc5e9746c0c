//! A counter that is changed alone: one update, which answers the new value.
//!
//! Such an update carries no token. When its reply is lost nobody knows whether it was done, and it is not sent again: the caller
//! hears that, rather than a number that may be one too many.

use crate::attempt::{Patience, Repeat, Stop};
use crate::error::describe;
use crate::item::{Item, View, key, number, sweep_at};
use crate::names::Name;
use crate::plan::commit_error;
use crate::store::DynamoStore;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use reconnect_store::batch::Change;
use reconnect_store::{CommitError, Committed, Outcome, StoreError, Time, Write};
use std::collections::HashMap;

/// A change, with everything that decides whether it may be.
#[derive(Clone, Copy)]
struct Wanted {
    change: Change,
    floor: Option<i64>,
    ceiling: Option<i64>,
    expires: Option<Time>,
}

/// What an update came to.
enum Updated {
    Value(i64),
    /// The condition failed; this stood there.
    Refused(Option<Item>),
}

/// An update under construction.
struct Request {
    update: String,
    condition: Option<String>,
    values: HashMap<String, AttributeValue>,
}

impl DynamoStore {
    /// Changes the counter of the one write of a batch; none, if that is no counter's.
    pub(crate) async fn change_alone(&self, write: &Write) -> Option<Result<Committed, CommitError>> {
        let Write::ChangeCounter { owner, kind, sub, change, floor, ceiling, expires } = write else { return None };
        let name = Name::counter(*owner, kind.code, *sub);
        let wanted = Wanted { change: *change, floor: *floor, ceiling: *ceiling, expires: *expires };
        let outcome = self.change_counter(&name, wanted).await;
        Some(outcome.map(|outcome| Committed { outcomes: vec![outcome] }))
    }

    async fn change_counter(&self, name: &Name, wanted: Wanted) -> Result<Outcome, CommitError> {
        let unchanged = |value| Ok(Outcome::Counter { value, changed: false });
        let changed = |value| Ok(Outcome::Counter { value, changed: true });
        let mut patience = self.patience();
        loop {
            let now = self.now();
            let Some(request) = wanted.request(now) else {
                // A value out of bounds is refused whatever stands there; only the answer has to be read.
                return unchanged(self.counter_value(name).await.map_err(commit_error)?);
            };
            let there = match self.update(name, request, &mut patience).await? {
                Updated::Value(value) => return changed(value),
                Updated::Refused(there) => there,
            };
            if let Some(item) = &there
                && View(item).is_live(now).map_err(commit_error)?
            {
                return unchanged(View(item).number("n").map_err(commit_error)?);
            }
            // What has expired counts from 0, unless somebody else has begun meanwhile.
            let Some(first) = wanted.change.apply(0, wanted.floor, wanted.ceiling) else { return unchanged(0) };
            if let Updated::Value(value) = self.update(name, wanted.first(first, now), &mut patience).await? {
                return changed(value);
            }
            if !patience.wait().await {
                return Err(CommitError::Unavailable(
                    "others are changing the counter; nothing was written".to_owned(),
                ));
            }
        }
    }

    async fn update(&self, name: &Name, request: Request, patience: &mut Patience) -> Result<Updated, CommitError> {
        let send = || {
            self.client()
                .update_item()
                .table_name(self.table())
                .set_key(Some(key(name)))
                .update_expression(&request.update)
                .set_condition_expression(request.condition.clone())
                .set_expression_attribute_values(Some(request.values.clone()))
                .expression_attribute_names("#ttl", "ttl")
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .send()
        };
        match patience.insist(Repeat::OnlyIfRefused, send).await {
            Ok(answer) => {
                let item = answer.attributes.unwrap_or_default();
                View(&item).number("n").map(Updated::Value).map_err(commit_error)
            }
            Err(Stop::TooLong(why)) => Err(CommitError::Unavailable(format!("{why}; nothing was written"))),
            Err(Stop::Unknown(why)) => Err(CommitError::Unavailable(format!("{why}; the change may or may not stand"))),
            Err(Stop::Final(error)) => {
                let described = describe(&error);
                match error.into_service_error() {
                    UpdateItemError::ConditionalCheckFailedException(failed) => Ok(Updated::Refused(failed.item)),
                    _ => Err(CommitError::Unavailable(described)),
                }
            }
        }
    }

    async fn counter_value(&self, name: &Name) -> Result<i64, StoreError> {
        let now = self.now();
        let items = self.items(vec![name.clone()], true).await?;
        match items.get(name) {
            Some(item) if View(item).is_live(now)? => View(item).number("n"),
            _ => Ok(0),
        }
    }
}

impl Wanted {
    /// The update on what is there and live, or on nothing where 0 is a fit beginning. None, if no state would allow it.
    fn request(self, now: Time) -> Option<Request> {
        let Change::Add(delta) = self.change else {
            return self.change.apply(0, self.floor, self.ceiling).map(|value| {
                Request {
                    condition: None,
                    values: HashMap::from([(":n".to_owned(), number(value))]),
                    update: "SET n = :n".to_owned(),
                }
                .ending(self.expires)
            });
        };
        // The values that the counter may have before: those that lead into the bounds, and into 64 bits.
        let least = i128::from(self.floor.unwrap_or(i64::MIN)) - i128::from(delta);
        let most = i128::from(self.ceiling.unwrap_or(i64::MAX)) - i128::from(delta);
        let within = "(attribute_not_exists(x) OR x > :now) AND n BETWEEN :least AND :most";
        let from_zero = self.change.apply(0, self.floor, self.ceiling).is_some();
        let condition = if from_zero { format!("attribute_not_exists(pk) OR ({within})") } else { within.to_owned() };
        let values =
            [(":least", number(least)), (":most", number(most)), (":now", number(now.0)), (":delta", number(delta))];
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        Some(Request { update: "ADD n :delta".to_owned(), condition: Some(condition), values }.ending(self.expires))
    }

    /// The update on what has expired.
    fn first(self, value: i64, now: Time) -> Request {
        let values = HashMap::from([(":n".to_owned(), number(value)), (":now".to_owned(), number(now.0))]);
        let condition = Some("attribute_not_exists(pk) OR x <= :now".to_owned());
        Request { update: "SET n = :n".to_owned(), condition, values }.ending(self.expires)
    }
}

impl Request {
    /// Written again without an end, it lives on.
    fn ending(mut self, expires: Option<Time>) -> Request {
        match expires {
            None => self.update.push_str(" REMOVE x, #ttl"),
            Some(at) => {
                let set =
                    if self.update.starts_with("SET") { ", x = :x, #ttl = :ttl" } else { " SET x = :x, #ttl = :ttl" };
                self.update.push_str(set);
                self.values.insert(":x".to_owned(), number(at.0));
                self.values.insert(":ttl".to_owned(), number(sweep_at(at)));
            }
        }
        self
    }
}
