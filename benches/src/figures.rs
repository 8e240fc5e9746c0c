//! Medians, and what a slice of load came to.

use std::time::Duration;

/// The middle of the values; of an even number the mean of the two in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The median of one figure of every round.
pub(crate) fn median_of<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    median(&rounds.iter().map(figure).collect::<Vec<_>>())
}

/// The value below which so large a share of all lies.
pub(crate) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * sorted.len() as f64) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// What one server did in one slice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slice {
    /// Answers, each of which was checked.
    pub(crate) answers: usize,
    /// How long it lasted.
    pub(crate) lasted: Duration,
    /// User and system time of the server.
    pub(crate) cpu: Duration,
    /// From sending to the whole answer, in microseconds.
    pub(crate) latencies: Vec<f64>,
}

impl Slice {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        self.answers as f64 / self.lasted.as_secs_f64()
    }

    /// CPU microseconds a request.
    pub(crate) fn cpu_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.answers as f64
    }

    /// The median latency, in microseconds.
    pub(crate) fn p50(&self) -> f64 {
        median(&self.latencies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_quantile_has_its_share_below_it() {
        let hundred: Vec<f64> = (0..100).rev().map(f64::from).collect();
        assert_eq!((quantile(&hundred, 0.99), quantile(&hundred, 0.5)), (99.0, 50.0));
        assert_eq!(quantile(&[7.0], 0.99), 7.0);
        assert!(quantile(&[], 0.99).is_nan());
    }
}
