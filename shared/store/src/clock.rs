//! Time, from a clock that the owner of the store hands in, so that tests and `--clock` decide what time it is.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A moment: milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// From whole seconds since 1970.
    pub const fn from_secs(secs: i64) -> Time {
        Time(secs.saturating_mul(1000))
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment and so many seconds more (or fewer).
    pub const fn plus_secs(self, secs: i64) -> Time {
        Time(self.0.saturating_add(secs.saturating_mul(1000)))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.secs(), self.0.rem_euclid(1000))
    }
}

/// Says what time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Err(before) => Time(-i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX)),
        }
    }
}

/// A clock that stands still until it is set. For tests.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at this moment.
    pub fn new(now: Time) -> ManualClock {
        ManualClock(AtomicI64::new(now.0))
    }

    /// Moves to this moment, be it forward or back.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves on by so many milliseconds.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// A clock that was started at a given time and runs on from there as the machine's does, steps of the machine's clock left
/// out. For a server that lives in another year.
#[derive(Clone, Copy, Debug)]
pub struct ShiftedClock {
    start: Time,
    started: Instant,
}

impl ShiftedClock {
    /// It is `start` now.
    pub fn starting_at(start: Time) -> ShiftedClock {
        ShiftedClock { start, started: Instant::now() }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Time {
        let run = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Time(self.start.0.saturating_add(run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_still_until_it_is_set() {
        let clock = ManualClock::new(Time(5));
        assert_eq!((clock.now(), clock.now()), (Time(5), Time(5)));
        clock.advance(7);
        assert_eq!(clock.now(), Time(12));
        clock.set(Time(-3));
        assert_eq!(clock.now(), Time(-3));
    }

    #[test]
    fn a_shifted_clock_starts_where_it_is_told_and_runs_on() {
        let clock = ShiftedClock::starting_at(Time::from_secs(1_300_000_000));
        let first = clock.now();
        assert!(first >= Time::from_secs(1_300_000_000) && first < Time::from_secs(1_300_000_060));
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert!(clock.now().0 >= first.0 + 5);
    }

    #[test]
    fn seconds_are_rounded_down_before_1970_too() {
        assert_eq!((Time(1999).secs(), Time(-1).secs(), Time(-1).to_string()), (1, -1, "-1.999".to_owned()));
        assert_eq!(Time(5).plus_secs(i64::MAX), Time(i64::MAX));
    }
}
