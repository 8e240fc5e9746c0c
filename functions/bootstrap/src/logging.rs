//! The log, by the runtime's own settings: `AWS_LAMBDA_LOG_FORMAT` and `AWS_LAMBDA_LOG_LEVEL`. Each line of an invocation carries its
//! request id.

use std::env;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts it. Our own lines follow the level that is asked for; those of libraries are warnings at most, whatever is asked: at
/// finer levels some of them write whole requests, with every secret in them.
pub(crate) fn start() {
    let level = level(env::var("AWS_LAMBDA_LOG_LEVEL").ok().as_deref());
    let targets = Targets::new()
        .with_default(level.min(Level::WARN))
        // The runtime's own level must let its span pass, which holds the request id.
        .with_target("lambda_runtime", Level::INFO)
        .with_target("reconnect", level);
    let filtered = tracing_subscriber::registry().with(targets);
    let lines = layer().with_writer(std::io::stdout).with_ansi(false);
    let json = env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("json"));
    if json {
        filtered.with(lines.json().flatten_event(true).with_current_span(true).with_span_list(false)).init();
    } else {
        filtered.with(lines).init();
    }
}

/// The level of that name; AWS has one more than we.
fn level(name: Option<&str>) -> Level {
    match name {
        Some(name) if name.eq_ignore_ascii_case("fatal") => Level::ERROR,
        Some(name) => name.parse().unwrap_or(Level::INFO),
        None => Level::INFO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_the_names_that_the_service_gives_them() {
        assert_eq!(level(None), Level::INFO);
        assert_eq!(level(Some("DEBUG")), Level::DEBUG);
        assert_eq!(level(Some("FATAL")), Level::ERROR);
        assert_eq!(level(Some("loud")), Level::INFO);
        assert_eq!(Level::TRACE.min(Level::WARN), Level::WARN, "the smaller level is the one that says less");
    }
}
