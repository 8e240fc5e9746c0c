//! A real browser looks at the pages: headless Chromium, driven over WebDriver, with scripts switched off. Screenshots go to
//! `target/screenshots/`, to be looked at by people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use base64::Engine;
use reconnect_tests::program::workspace;
use reconnect_tests::{Home, Request};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a page may take to show something before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// Phone and desktop.
const SCREENS: [(&str, u64, u64); 2] = [("phone", 390, 844), ("desktop", 1280, 900)];
/// How WebDriver names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Chromium with a profile of its own; both end with the test.
struct Chromium {
    driver: Child,
    address: String,
    session: String,
    _profile: TempDir,
}

impl Chromium {
    fn start(scripts: bool) -> Chromium {
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=WARNING"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (Debian: chromium-driver; `cargo xtask setup` brings it)");
        let stdout = BufReader::new(driver.stdout.take().unwrap());
        let port = stdout.lines().map_while(Result::ok).find_map(|line| {
            let port: String =
                line.split("successfully on port ").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
            Some(port)
        });
        let address = format!("127.0.0.1:{}", port.expect("chromedriver says its port"));
        let profile = TempDir::with_prefix("reconnect-chromium-").unwrap();
        let mut flags = vec![format!("--user-data-dir={}", profile.path().display())];
        flags.extend(
            [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
            ]
            .map(str::to_owned),
        );
        let wanted =
            json!({"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": flags}}}});
        let mut chromium = Chromium { driver, address, session: String::new(), _profile: profile };
        let made = chromium.ask("POST", "/session", &wanted);
        chromium.session = made["sessionId"].as_str().unwrap_or_else(|| panic!("chromium starts: {made}")).to_owned();
        if !scripts {
            chromium.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
        }
        chromium
    }

    fn ask(&self, method: &str, target: &str, body: &Value) -> Value {
        let mut request = Request::new(method, target).header("Content-Type", "application/json");
        if method == "POST" {
            request.body = body.to_string().into_bytes();
        }
        let answer = request.send(&self.address).unwrap_or_else(|e| panic!("{method} {target}: {e}"));
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        told["value"].clone()
    }

    /// A command of the session; its errors are failures.
    fn tell(&self, method: &str, command: &str, body: &Value) -> Value {
        let value = self.ask(method, &format!("/session/{}{command}", self.session), body);
        assert!(value["error"].is_null(), "{method} {command} {body}: {value}");
        value
    }

    fn devtools(&self, command: &str, params: &Value) -> Value {
        self.tell("POST", "/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    fn screen(&self, width: u64, height: u64) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    fn open(&self, url: &str) {
        self.tell("POST", "/url", &json!({"url": url}));
    }

    fn url(&self) -> String {
        self.tell("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    fn source(&self) -> String {
        self.tell("GET", "/source", &Value::Null).as_str().unwrap().to_owned()
    }

    fn element(&self, css: &str) -> String {
        let found = self.tell("POST", "/element", &json!({"using": "css selector", "value": css}));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("{css}: {found}")).to_owned()
    }

    fn type_into(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.tell("POST", &format!("/element/{element}/value"), &json!({"text": text}));
    }

    fn click(&self, css: &str) {
        let element = self.element(css);
        self.tell("POST", &format!("/element/{element}/click"), &json!({}));
    }

    /// Waits until the address holds a text.
    fn wait_for_url(&self, part: &str) {
        let began = Instant::now();
        while !self.url().contains(part) {
            assert!(began.elapsed() < PATIENCE, "{part} in {}\n{}", self.url(), self.source());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the page holds a text. A pressed button leads on in its own time.
    fn wait_for(&self, part: &str) {
        let began = Instant::now();
        while !self.source().contains(part) {
            assert!(began.elapsed() < PATIENCE, "no {part:?} at {}\n{}", self.url(), self.source());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Nothing is cut off at the side, and nothing has to be scrolled sideways.
    fn fits(&self, width: u64) {
        let layout = self.devtools("Page.getLayoutMetrics", &json!({}));
        let content = layout["cssContentSize"]["width"].as_f64().unwrap_or_else(|| panic!("{layout}"));
        assert!(content <= width as f64, "{} is {content} wide on a screen of {width}", self.url());
    }

    /// Takes the screen as it is into `target/screenshots/NAME.png`, and checks that it is a picture of that size with something on it.
    fn screenshot(&self, name: &str, (width, height): (u64, u64)) {
        let text = self.tell("GET", "/screenshot", &Value::Null);
        let png = base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n", "{name} is a PNG");
        let number = |at: usize| u64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
        assert_eq!((number(16), number(20)), (width, height), "{name}");
        assert!(png.len() > 4000, "{name} shows nothing: {} bytes", png.len());
        std::fs::write(folder().join(format!("{name}.png")), png).unwrap();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Ends the browser; the driver would leave it behind when killed first.
        if !self.session.is_empty() {
            let _ = Request::new("DELETE", &format!("/session/{}", self.session)).send(&self.address);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn folder() -> PathBuf {
    // target/debug/deps/browser-… → target
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let folder = target.join("screenshots");
    assert!(folder.starts_with(&target) && !folder.starts_with(workspace().join("tests")), "{}", folder.display());
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// On each screen: what `look` does, in a fresh browser without scripts.
fn on_each_screen(look: impl Fn(&Chromium, &str, (u64, u64))) {
    for (screen, width, height) in SCREENS {
        let chromium = Chromium::start(false);
        chromium.screen(width, height);
        look(&chromium, screen, (width, height));
    }
}

#[test]
fn the_login_page_and_the_permission_page_work_without_scripts_and_fit_every_screen() {
    let home = Home::new();
    let app = home.app("Photo Corner", &["--callback-url", "http://127.0.0.1:9/corner/"]);
    let person = home.person("Ann");
    let server = home.serve();
    on_each_screen(|chromium, screen, size| {
        chromium.open(&server.url(&app.login("&req_perms=email,publish_stream,offline_access&cancel=no")));
        let source = chromium.source();
        assert!(source.contains("id=\"email\"") && source.contains("Photo Corner"), "{source}");
        chromium.fits(size.0);
        chromium.screenshot(&format!("login-{screen}"), size);
        chromium.type_into("#email", &person.email);
        chromium.type_into("#pass", "not the password");
        chromium.click("input[value=Login]");
        chromium.wait_for("did not match");
        chromium.fits(size.0);
        chromium.screenshot(&format!("login-again-{screen}"), size);

        chromium.type_into("#pass", &person.password);
        chromium.click("input[value=Login]");
        chromium.wait_for_url("/tos.php");
        chromium.wait_for("Don't Allow");
        chromium.fits(size.0);
        chromium.screenshot(&format!("allow-{screen}"), size);
        chromium.click("input[value=Allow]");
        chromium.wait_for_url("prompt_permissions.php");
        chromium.wait_for("Don't Allow");
        let source = chromium.source();
        assert!(source.contains("Photo Corner") && source.contains("Ann Example"), "{source}");
        for permission in ["email", "publish_stream", "offline_access"] {
            assert!(source.contains(permission), "{permission} in {source}");
        }
        chromium.fits(size.0);
        chromium.screenshot(&format!("permissions-{screen}"), size);
        // The policy of the page lets the form lead to the application, also by way of redirects.
        chromium.click("input[value=\"Don't Allow\"]");
        chromium.wait_for_url("http://127.0.0.1:9/corner/no");
    });
}

#[test]
fn whoever_allows_in_a_real_browser_arrives_at_the_application() {
    let home = Home::new();
    let app = home.app("Photo Corner", &["--callback-url", "http://127.0.0.1:9/corner/"]);
    let person = home.person("Ann");
    let server = home.serve();
    let chromium = Chromium::start(false);
    chromium.open(&server.url(&app.login("&req_perms=email")));
    chromium.type_into("#email", &person.email);
    chromium.type_into("#pass", &person.password);
    chromium.click("input[value=Login]");
    chromium.wait_for_url("/tos.php");
    chromium.click("input[value=Allow]");
    chromium.wait_for_url("prompt_permissions.php");
    chromium.click("input[value=Allow]");
    chromium.wait_for_url("http://127.0.0.1:9/corner/?auth_token=");
    let token = chromium.url().split("auth_token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let session = app.get_session(&server, &token);
    assert_eq!(app.who_is(&server, &session).scalar(), person.uid);
    // The site's own pages, logged in.
    for (page, name) in [("/home.php", "home"), ("/editapps.php", "editapps")] {
        for (screen, width, height) in SCREENS {
            chromium.screen(width, height);
            chromium.open(&server.url(page));
            chromium.fits(width);
            chromium.screenshot(&format!("{name}-{screen}"), (width, height));
        }
    }
    chromium.open(&server.url("/home.php"));
    let link = chromium.tell("POST", "/element", &json!({"using": "link text", "value": "Logout"}));
    chromium.tell("POST", &format!("/element/{}/click", link[ELEMENT].as_str().unwrap()), &json!({}));
    chromium.wait_for_url("/login.php");
    chromium.open(&server.url("/home.php"));
    assert!(chromium.source().contains("id=\"email\""), "logged out: {}", chromium.source());
}

#[test]
fn the_start_page_and_its_faces_work_without_scripts_and_fit_every_screen() {
    let home = Home::new();
    assert!(home.run(&["world", "load", "dorm"]).status.success());
    let server = home.serve();
    let apps = home.json(&["app", "list"]);
    let key = apps.to_string().split("\"api_key\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    on_each_screen(|chromium, screen, size| {
        chromium.open(&server.url("/"));
        let source = chromium.source();
        assert!(source.contains(&key) && source.contains("restserver.php"), "{source}");
        chromium.fits(size.0);
        chromium.screenshot(&format!("start-{screen}"), size);

        chromium.open(&server.url(&format!("/login.php?api_key={key}&v=1.0")));
        assert!(chromium.source().contains("Log in as"), "{}", chromium.source());
        chromium.fits(size.0);
        chromium.screenshot(&format!("faces-{screen}"), size);
        chromium.click("button[name=face]");
        // One click logs in: whatever comes next, it is not the form.
        let began = Instant::now();
        while chromium.source().contains("id=\"email\"") {
            assert!(began.elapsed() < PATIENCE, "{}", chromium.source());
        }
    });
}

#[test]
fn a_program_s_login_ends_on_a_page_that_says_what_to_do() {
    let home = Home::new();
    let (app, person) = (home.desktop_app(), home.person("Ann"));
    let server = home.serve();
    on_each_screen(|chromium, screen, size| {
        let token = app.create_token(&server);
        chromium.open(&server.url(&app.login(&format!("&auth_token={token}"))));
        chromium.type_into("#email", &person.email);
        chromium.type_into("#pass", &person.password);
        chromium.click("input[value=Login]");
        chromium.wait_for("A program asked for this");
        chromium.fits(size.0);
        chromium.screenshot(&format!("program-{screen}"), size);
        chromium.click("input[value=Allow]");
        chromium.wait_for("return to");
        chromium.fits(size.0);
        chromium.screenshot(&format!("program-done-{screen}"), size);
        assert_eq!(app.get_session(&server, &token).uid, person.uid);
    });
}
