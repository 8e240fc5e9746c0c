//! Programs as commands: how they are run to their end; what the verbs of `reconnect` make.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a verb may take.
const ENDS: Duration = Duration::from_secs(30);

/// Runs a command to its end, which must come: a server that should have refused to start is ended, by its process id.
pub fn finish(command: &mut Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program can be run");
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > ENDS {
            child.kill().unwrap();
            panic!("still running: {command:?}\n{:?}", child.wait_with_output().unwrap());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// An application that a verb made.
#[derive(Clone, Debug)]
pub struct App {
    /// Its API key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// Its id, as text.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl App {
    /// Vampires, as worlds of the tests' own name it: with the key of the demo world's first application.
    pub fn vampires() -> App {
        let text = str::to_owned;
        App {
            key: text("c0ffee00000000000000000000002001"),
            secret: text("5ec2e700000000000000000000002001"),
            id: text("2001"),
            name: text("Vampires"),
        }
    }
}

/// A person that a verb made.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id, as text.
    pub uid: String,
    /// Their full name.
    pub name: String,
    /// What they type at the login form.
    pub email: String,
    /// And after that.
    pub password: String,
}

/// A member as text, whether the program prints it as a number or as a text.
pub fn text_of(object: &Value, member: &str) -> String {
    match &object[member] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{member} is {other} in {object}"),
    }
}
