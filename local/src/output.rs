//! What the verbs print: one JSON document with `--json`, else lines for people.

use crate::cli::Common;
use crate::fail::{Failure, Outcome};
use reconnect_core::model::{Application, Person};
use serde_json::{Value, json};
use std::io::Write;

/// Prints `value` as JSON when it was asked for, else the lines.
pub(crate) fn print(common: &Common, value: &Value, lines: impl FnOnce() -> String) -> Outcome {
    if common.json { write(&format!("{}\n", serde_json::to_string(value)?)) } else { write(&lines()) }
}

/// Writes to standard output. A reader that went away (`| head`) is no failure.
pub(crate) fn write(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// An application as its owner sees it.
pub(crate) fn application(app: &Application) -> Value {
    json!({
        "name": app.name,
        "api_key": app.api_key,
        "secret": app.secret,
        "app_id": app.id.0,
        "desktop": app.desktop,
        "disabled": app.disabled,
        "demo": app.demo,
        "callback_url": app.callback_url,
        "connect_url": app.connect_url,
        "base_domain": app.base_domain,
        "canvas_name": app.canvas_name,
        "canvas_entry": app.canvas_entry,
        "post_authorize_url": app.post_authorize_url,
        "post_remove_url": app.post_remove_url,
        "deauthorize_url": app.deauthorize_url,
        "schemes": app.schemes,
        "ip_list": app.ip_list,
        "session_lifetime": app.lifetime(),
        "no_email": app.no_email,
        "emails_per_day": app.emails_per_day,
        "strict_call_id": app.strict_call_id,
        "fine_session_errors": app.fine_session_errors,
    })
}

/// A person as the owner sees them.
pub(crate) fn person(person: &Person) -> Value {
    json!({
        "uid": person.id.0,
        "name": person.name(),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "sex": person.sex,
        "locale": person.locale,
        "demo": person.demo,
    })
}

/// Names and values, the values in one column; what is absent is left out.
pub(crate) fn pairs(value: &Value) -> String {
    let Some(map) = value.as_object() else { return format!("{value}\n") };
    let width = map.keys().map(String::len).max().unwrap_or(0);
    map.iter().filter_map(|(name, value)| Some(format!("{name:width$}  {}\n", plain(value)?))).collect()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(list) if list.is_empty() => None,
        Value::Array(list) => Some(list.iter().filter_map(plain).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

/// Rows with aligned columns, two blanks apart; the last column is as wide as it likes.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = [vec!["é".to_owned(), "b".to_owned()], vec!["aaa".to_owned(), "c".to_owned()]];
        assert_eq!(table(&rows), "é    b\naaa  c\n");
    }

    #[test]
    fn what_is_absent_is_not_printed() {
        assert_eq!(pairs(&json!({"a": null, "bc": 1, "d": []})), "bc  1\n");
    }
}
