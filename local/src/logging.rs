//! The log: on standard error, one line a call, as text or as JSON. What goes into a line is decided where it is written; nothing
//! there is ever a secret.

use crate::cli::{Common, LogFormat};
use crate::fail::{Outcome, usage};
use std::fmt::Write as _;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Starts the log. A verb other than `serve` says only what went wrong, unless asked for more.
pub(crate) fn start(common: &Common, serving: bool) -> Outcome {
    let level = common.log.as_deref().unwrap_or(if serving { "info" } else { "warn" });
    let filter = EnvFilter::builder()
        .parse(level)
        .map_err(|error| usage(format!("--log {level}: {error}; try info, warn or reconnect=debug")))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match common.log_format {
        LogFormat::Text => builder.event_format(Line).init(),
        LogFormat::Json => builder.event_format(JsonLine).init(),
    }
    Ok(())
}

/// `2026-01-31T12:00:00.123Z INFO call method=… app=…`.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        let meta = event.metadata();
        let mut fields = TextFields(String::new());
        event.record(&mut fields);
        let target = meta.target().strip_prefix("reconnect::").unwrap_or(meta.target());
        writeln!(to, "{} {:>5} {target}{}", now(), meta.level(), fields.0)
    }
}

/// The same, for machines.
struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        let meta = event.metadata();
        let mut fields = JsonFields(serde_json::Map::new());
        fields.0.insert("time".to_owned(), now().into());
        fields.0.insert("level".to_owned(), meta.level().as_str().to_ascii_lowercase().into());
        fields.0.insert("target".to_owned(), meta.target().into());
        event.record(&mut fields);
        writeln!(to, "{}", serde_json::Value::Object(fields.0))
    }
}

/// The machine's time, whatever `--clock` says: a log is read beside other logs.
fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).map_or_else(|_| millis.to_string(), |at| format!("{at:.3}"))
}

struct TextFields(String);

impl TextFields {
    /// Values that a client chose (a method's name) cannot break the line or forge another.
    fn push(&mut self, name: &str, value: &str) {
        let separator = if name == "message" { " " } else { &format!(" {name}=") };
        self.0.push_str(separator);
        for c in value.chars() {
            if c.is_control() {
                let _ = write!(self.0, "{}", c.escape_default());
            } else {
                self.0.push(c);
            }
        }
    }
}

impl Visit for TextFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.push(field.name(), &format!("{value:?}"));
    }
}

struct JsonFields(serde_json::Map<String, serde_json::Value>);

impl Visit for JsonFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_forge_a_line() {
        let mut fields = TextFields(String::new());
        fields.push("method", "x\nINFO call method=y");
        assert_eq!(fields.0, " method=x\\nINFO call method=y");
    }
}
