//! Trying again: what passes is waited out with jitter, up to a deadline.

use crate::error::{Failed, SdkErrorOf, judge};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use std::error::Error;
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// The first pause is at most so long, each further one at most twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What is left of one operation's time.
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

/// Why an operation was given up.
pub(crate) enum Stop<E> {
    /// What passes did not pass in time. Nothing was done.
    TooLong(String),
    /// Nobody knows whether it was done.
    Unknown(String),
    /// Trying again would not help.
    Final(Box<SdkErrorOf<E>>),
}

/// Whether a request may be sent again when nobody knows what became of the last one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It reads, or it carries a token by which the database knows it again.
    Freely,
    /// It would be done twice.
    OnlyIfRefused,
}

impl Patience {
    pub(crate) fn new(deadline: Duration) -> Patience {
        Patience { until: Instant::now() + deadline, pause: FIRST_PAUSE }
    }

    /// Waits a moment; false when there is no time left for another try.
    pub(crate) async fn wait(&mut self) -> bool {
        let longest = u64::try_from(self.pause.as_micros()).unwrap_or(u64::MAX);
        let pause = Duration::from_micros(fastrand::u64(0..=longest));
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        if Instant::now() + pause >= self.until {
            return false;
        }
        sleep(pause).await;
        true
    }

    /// Sends until there is an answer that will not change, or no time is left.
    pub(crate) async fn insist<T, E, F>(&mut self, repeat: Repeat, send: impl Fn() -> F) -> Result<T, Stop<E>>
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        F: Future<Output = Result<T, SdkErrorOf<E>>>,
    {
        let mut may_stand = false;
        loop {
            let failed = match timeout_at(self.until, send()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => judge(error),
                Err(_) => Failed::Unknown("no answer in time".to_owned()),
            };
            let why = match failed {
                Failed::Final(error) => return Err(Stop::Final(error)),
                Failed::Unknown(why) if repeat == Repeat::OnlyIfRefused => return Err(Stop::Unknown(why)),
                Failed::Unknown(why) => {
                    may_stand = true;
                    why
                }
                Failed::Refused(why) => why,
            };
            tracing::debug!(target: "reconnect::dynamodb", why, "a request is tried again");
            if !self.wait().await {
                return Err(if may_stand { Stop::Unknown(why) } else { Stop::TooLong(why) });
            }
        }
    }
}
