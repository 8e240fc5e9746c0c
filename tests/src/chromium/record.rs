//! What the browser has noted down: the lines of its console, the requests of its pages.

use super::Chromium;
use serde_json::{Value, json};
use std::fmt;

/// A line of the console.
#[derive(Clone, Debug)]
pub struct Line {
    /// `SEVERE` for errors, `WARNING`, `INFO`, `DEBUG`.
    pub level: String,
    /// Where it comes from, and what it says.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.text)
    }
}

/// A request of a page.
#[derive(Clone, Debug)]
pub struct Sent {
    /// `GET`, `POST` …
    pub method: String,
    /// Where to.
    pub url: String,
    /// The body, as text.
    pub body: String,
}

impl Chromium {
    /// All lines of the console so far, of all windows that were looked at.
    pub fn console(&self) -> Vec<Line> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let fresh = self.noted("browser");
        let fresh = fresh.iter().map(|note| Line { level: text(&note["level"]), text: text(&note["message"]) });
        self.lines.borrow_mut().extend(fresh);
        self.lines.borrow().clone()
    }

    /// From here on, as if nothing had been said before.
    pub fn forget_console(&self) {
        self.console();
        self.lines.borrow_mut().clear();
    }

    /// Waits until the console has a line with this text.
    #[track_caller]
    pub fn wait_for_console(&self, part: &str) -> Line {
        self.wait(&format!("{part:?} on the console"), || {
            self.console().into_iter().find(|line| line.text.contains(part))
        })
    }

    /// All requests so far whose address holds a text, of all windows that were looked at.
    pub fn requests(&self, part: &str) -> Vec<Sent> {
        let fresh = self.noted("performance");
        self.sent.borrow_mut().extend(fresh.iter().filter_map(Sent::read));
        self.sent.borrow().iter().filter(|sent| sent.url.contains(part)).cloned().collect()
    }

    /// The driver hands out each note once.
    fn noted(&self, log: &str) -> Vec<Value> {
        let notes = self.driver.tell("POST", "/se/log", &json!({"type": log}));
        notes.as_array().cloned().unwrap_or_default()
    }
}

impl Sent {
    /// Reads a note; those of other matters are none.
    fn read(note: &Value) -> Option<Sent> {
        let note: Value = serde_json::from_str(note["message"].as_str()?).ok()?;
        let (event, request) = (&note["message"], &note["message"]["params"]["request"]);
        if event["method"] != "Network.requestWillBeSent" {
            return None;
        }
        let text = |member: &str| request[member].as_str().unwrap_or_default().to_owned();
        Some(Sent { method: text("method"), url: text("url"), body: text("postData") })
    }
}
