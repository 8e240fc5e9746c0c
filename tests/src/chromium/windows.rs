//! Windows: tabs, and those that pages open; the boxes that scripts show.

use super::Chromium;
use serde_json::{Value, json};

impl Chromium {
    /// The window that is looked at.
    #[track_caller]
    pub fn window(&self) -> String {
        self.tell("GET", "/window", &Value::Null).as_str().unwrap().to_owned()
    }

    /// All that are open.
    #[track_caller]
    pub fn windows(&self) -> Vec<String> {
        serde_json::from_value(self.tell("GET", "/window/handles", &Value::Null)).unwrap()
    }

    /// Looks at another one.
    #[track_caller]
    pub fn look_at(&self, window: &str) {
        self.tell("POST", "/window", &json!({"handle": window}));
    }

    /// Opens a tab and looks at it.
    #[track_caller]
    pub fn new_tab(&self) -> String {
        let made = self.tell("POST", "/window/new", &json!({"type": "tab"}));
        let tab = made["handle"].as_str().unwrap().to_owned();
        self.look_at(&tab);
        tab
    }

    /// Does something that opens a window, and looks at that one. It has left its first empty page then.
    #[track_caller]
    pub fn window_opened_by(&self, act: impl FnOnce()) -> String {
        let before = self.windows();
        act();
        let opened = self.wait("a window to open", || self.windows().into_iter().find(|one| !before.contains(one)));
        self.look_at(&opened);
        self.wait("the new window to lead somewhere", || {
            (!self.url().is_empty() && self.url() != "about:blank").then_some(())
        });
        opened
    }

    /// Closes the window that is looked at, as its person does, and looks at another one.
    #[track_caller]
    pub fn close_for(&self, other: &str) {
        self.tell("DELETE", "/window", &Value::Null);
        self.look_at(other);
    }

    /// Waits until a window is gone.
    #[track_caller]
    pub fn wait_until_closed(&self, window: &str) {
        self.wait("a window to close", || (!self.windows().iter().any(|one| one == window)).then_some(()));
    }

    /// What the box that a script shows says.
    #[track_caller]
    pub fn alert(&self) -> String {
        self.wait("an alert", || {
            let told = self.driver.tell("GET", "/alert/text", &Value::Null);
            told.as_str().map(str::to_owned)
        })
    }

    /// Presses its OK.
    #[track_caller]
    pub fn accept_alert(&self) {
        self.tell("POST", "/alert/accept", &json!({}));
    }
}
