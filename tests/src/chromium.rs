//! A real browser: headless Chromium, driven over WebDriver, each with a profile of its own. Names that end in `.localhost` or `.test`
//! lead it to this machine, so that pages and servers of one machine can be several sites. It trusts the former as it does https.

mod driver;
mod permission;
mod record;
mod screen;
mod windows;

#[cfg(test)]
mod tests;

pub use record::{Line, Sent};
pub use screen::screenshots;

use driver::Driver;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a page may take to show something before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// How WebDriver names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// No first-run pages, no traffic of its own, no sandbox (containers have none to give).
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

/// Chromium; it and its profile end with the test.
#[derive(Debug)]
pub struct Chromium {
    driver: Driver,
    lines: RefCell<Vec<Line>>,
    sent: RefCell<Vec<Sent>>,
    _profile: TempDir,
}

impl Chromium {
    /// As most people have it: distributions differ in which cookies they keep from pages, so that is said here.
    pub fn with_scripts() -> Chromium {
        Chromium::start(&json!({"profile.block_third_party_cookies": false, "profile.cookie_controls_mode": 0}))
    }

    /// With scripts switched off.
    pub fn without_scripts() -> Chromium {
        let chromium = Chromium::with_scripts();
        chromium.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
        chromium
    }

    /// With the browser's own setting that keeps cookies from other sites than the page's.
    pub fn blocking_third_party_cookies() -> Chromium {
        Chromium::start(&json!({"profile.block_third_party_cookies": true, "profile.cookie_controls_mode": 1}))
    }

    fn start(preferences: &Value) -> Chromium {
        let profile = TempDir::with_prefix("reconnect-chromium-").unwrap();
        let mut flags = vec![format!("--user-data-dir={}", profile.path().display())];
        flags.extend(FLAGS.map(str::to_owned));
        let driver = Driver::start(&json!({
            "browserName": "chrome",
            // The dev server's own authority, which no profile knows.
            "acceptInsecureCerts": true,
            "unhandledPromptBehavior": "ignore",
            "timeouts": {"script": PATIENCE.as_millis() as u64},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {
                "args": flags,
                "prefs": preferences,
                "perfLoggingPrefs": {"enablePage": false},
                // The driver would let every page open windows.
                "excludeSwitches": ["disable-popup-blocking"],
            },
        }));
        Chromium { driver, lines: RefCell::default(), sent: RefCell::default(), _profile: profile }
    }

    /// A command of the session; its errors are failures.
    #[track_caller]
    fn tell(&self, method: &str, command: &str, body: &Value) -> Value {
        let value = self.driver.tell(method, command, body);
        assert!(!is_error(&value), "{method} {command} {body}: {value}");
        value
    }

    /// A command of the developer tools, for the window that is looked at.
    #[track_caller]
    pub fn devtools(&self, command: &str, params: &Value) -> Value {
        self.tell("POST", "/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    /// Opens an address.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.tell("POST", "/url", &json!({"url": url}));
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        self.tell("POST", "/refresh", &json!({}));
    }

    /// The address that it is at.
    #[track_caller]
    pub fn url(&self) -> String {
        self.tell("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// The page as it is now.
    #[track_caller]
    pub fn source(&self) -> String {
        self.tell("GET", "/source", &Value::Null).as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn element(&self, using: &str, value: &str) -> String {
        let found = self.tell("POST", "/element", &json!({"using": using, "value": value}));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{value}: {found}")).to_owned()
    }

    /// Types into a field.
    #[track_caller]
    pub fn type_into(&self, css: &str, text: &str) {
        let element = self.element("css selector", css);
        self.tell("POST", &format!("/element/{element}/value"), &json!({"text": text}));
    }

    /// Clicks, as a person does: it counts as their wish.
    #[track_caller]
    pub fn click(&self, css: &str) {
        let element = self.element("css selector", css);
        self.tell("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Clicks what may close the window.
    #[track_caller]
    pub fn click_and_leave(&self, css: &str) {
        let element = self.element("css selector", css);
        let told = self.driver.tell("POST", &format!("/element/{element}/click"), &json!({}));
        let gone = ["no such window", "target window already closed", "web view not found"];
        let closed = |error: &str| gone.iter().any(|known| error.contains(known));
        assert!(!is_error(&told) || closed(&told.to_string()), "{css}: {told}");
    }

    /// Clicks a link by its text.
    #[track_caller]
    pub fn click_link(&self, text: &str) {
        let element = self.element("link text", text);
        self.tell("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Looks into a frame of the page, until [`Chromium::leave_frame`].
    #[track_caller]
    pub fn enter_frame(&self, css: &str) {
        let element = self.element("css selector", css);
        self.tell("POST", "/frame", &json!({"id": {ELEMENT: element}}));
    }

    /// Looks at the page itself again.
    #[track_caller]
    pub fn leave_frame(&self) {
        self.tell("POST", "/frame", &json!({"id": null}));
    }

    /// Runs a function's body in the page; `arguments` holds the arguments. What it returns; a promise is waited for.
    #[track_caller]
    pub fn run(&self, body: &str, arguments: &[Value]) -> Value {
        self.tell("POST", "/execute/sync", &json!({"script": body, "args": arguments}))
    }

    /// Runs a function's body in the page, which calls `done` with what it comes to.
    #[track_caller]
    pub fn run_until_done(&self, body: &str) -> Value {
        let body = format!("var done = arguments[arguments.length - 1]; {body}");
        self.tell("POST", "/execute/async", &json!({"script": body, "args": []}))
    }

    /// What an expression is in the page.
    #[track_caller]
    pub fn value(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression});"), &[])
    }

    /// Waits until an expression is neither false nor empty in the page; what it is then.
    #[track_caller]
    pub fn wait_for_value(&self, expression: &str) -> Value {
        self.wait(&format!("{expression} to come true"), || {
            let script = json!({"script": format!("return ({expression});"), "args": []});
            let value = self.driver.tell("POST", "/execute/sync", &script);
            // Between two pages there is nothing to ask.
            let empty = matches!(&value, Value::Null | Value::Bool(false)) || value == json!("") || value == json!(0);
            (!empty && !is_error(&value)).then_some(value)
        })
    }

    /// Waits until the address holds a text.
    #[track_caller]
    pub fn wait_for_url(&self, part: &str) {
        self.wait(&format!("the address to hold {part:?}"), || self.url().contains(part).then_some(()));
    }

    /// Waits until the page holds a text. A pressed button leads on in its own time.
    #[track_caller]
    pub fn wait_for(&self, part: &str) {
        self.wait(&format!("{part:?}"), || self.source().contains(part).then_some(()));
    }

    /// Looks again and again.
    #[track_caller]
    pub fn wait<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}\n{}", self.describe());
            std::thread::sleep(PAUSE);
        }
    }

    /// For messages of failing tests: where it is, what it shows, what the console says.
    pub fn describe(&self) -> String {
        let seen = |command: &str| self.driver.tell("GET", command, &Value::Null);
        let console: Vec<String> = self.console().iter().map(Line::to_string).collect();
        format!("at {}\n{}\n{}", seen("/url"), seen("/source").as_str().unwrap_or_default(), console.join("\n"))
    }
}

/// Whether the driver complains. What a page answers may have errors of its own.
fn is_error(value: &Value) -> bool {
    value["error"].is_string() && value["stacktrace"].is_string()
}
