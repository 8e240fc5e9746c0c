//! ChromeDriver: the process, and commands to it.

use crate::http::Request;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A driver with one session.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    address: String,
    session: String,
}

impl Driver {
    /// Starts both.
    pub(super) fn start(capabilities: &Value) -> Driver {
        let mut process = Command::new("chromedriver")
            .args(["--port=0", "--log-level=WARNING"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (Debian: chromium-driver; `cargo xtask setup` brings it)");
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let port = stdout.lines().map_while(Result::ok).find_map(|line| {
            let port: String =
                line.split("successfully on port ").nth(1)?.chars().take_while(char::is_ascii_digit).collect();
            Some(port)
        });
        let address = format!("127.0.0.1:{}", port.expect("chromedriver says its port"));
        let mut driver = Driver { process, address, session: String::new() };
        let made = driver.ask("POST", "/session", &json!({"capabilities": {"alwaysMatch": capabilities}}));
        driver.session = made["sessionId"].as_str().unwrap_or_else(|| panic!("chromium starts: {made}")).to_owned();
        driver
    }

    /// A command of the session, and what it answers, errors included.
    pub(super) fn tell(&self, method: &str, command: &str, body: &Value) -> Value {
        self.ask(method, &format!("/session/{}{command}", self.session), body)
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
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Ends the browser; the driver would leave it behind when killed first.
        if !self.session.is_empty() {
            let _ = Request::new("DELETE", &format!("/session/{}", self.session)).send(&self.address);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
