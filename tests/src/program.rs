//! The program `reconnect` as a command: where it lies, how its verbs are run, what they make.

use crate::server::Server;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a verb may take.
const ENDS: Duration = Duration::from_secs(30);
/// Names a program that is there already and is to be tested: a release build, an installed package.
const NAMED: &str = "RECONNECT_TEST_BINARY";

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

/// The program's file: the one that is named, else one built from the sources as they are now. Cargo does nothing when it is fresh.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(named) = std::env::var_os(NAMED) {
            return named.into();
        }
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "reconnect", "--message-format", "json-render-diagnostics"]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        let out = build.current_dir(workspace()).stderr(Stdio::inherit()).output().expect("cargo can be run");
        assert!(out.status.success(), "the program `reconnect` does not build");
        let text = String::from_utf8(out.stdout).unwrap();
        let mut executables = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        executables.next_back().expect("cargo says where the program lies")
    })
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

/// A folder with a database of its own, gone with the test.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// A fresh one, with an empty world in it.
    pub fn new() -> Home {
        let home = Home { folder: TempDir::with_prefix("reconnect-test-").unwrap() };
        let out = home.run(&["world", "load", "empty"]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        home
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database.
    pub fn db(&self) -> PathBuf {
        self.folder().join("world.db")
    }

    /// A verb, not run yet. No setting of the person who runs the tests leaks into it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RECONNECT_")) {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.folder()).stdin(Stdio::null());
        command
    }

    /// Runs a verb on the database.
    pub fn run(&self, args: &[&str]) -> Output {
        let db = self.db();
        let mut command = self.command(args);
        finish(command.arg("--db").arg(&db))
    }

    /// Runs a verb that must succeed, with `--json`.
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.run(&[args, &["--json"]].concat());
        let (stdout, stderr) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "reconnect {}: {}\n{stdout}{stderr}", args.join(" "), out.status);
        serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("reconnect {}: {e}\n{stdout}", args.join(" ")))
    }

    /// Makes an application; `flags` are those of `app create`.
    pub fn app(&self, name: &str, flags: &[&str]) -> App {
        let made = self.json(&[&["app", "create", "--name", name], flags].concat());
        let text = |member: &str| text_of(&made, member);
        App { key: text("api_key"), secret: text("secret"), id: text("app_id"), name: name.to_owned() }
    }

    /// Makes a web application with a callback address that nobody listens at.
    pub fn web_app(&self) -> App {
        self.app("Vampires", &["--callback-url", "http://vampires.example/fb/"])
    }

    /// Makes a desktop application.
    pub fn desktop_app(&self) -> App {
        self.app("Photo Uploader", &["--desktop"])
    }

    /// Makes a person.
    pub fn person(&self, first: &str) -> Person {
        self.person_named(&format!("{first} Example"), &format!("{}@people.example", first.to_lowercase()))
    }

    /// Makes a person of any name.
    pub fn person_named(&self, name: &str, email: &str) -> Person {
        let first = name.split(' ').next().unwrap_or_default();
        let (name, email) = (name.to_owned(), email.to_owned());
        let password = format!("{first}'s pass & word + 1");
        let made = self.json(&["user", "create", "--name", &name, "--email", &email, "--password", &password]);
        Person { uid: text_of(&made, "uid"), name, email, password }
    }

    /// Starts the server on the database.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// The same with more flags.
    pub fn serve_with(&self, flags: &[&str]) -> Server {
        let db = self.db();
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
        command.args(flags).arg("--db").arg(&db);
        Server::start(command)
    }
}

impl Default for Home {
    fn default() -> Home {
        Home::new()
    }
}

/// A member as text, whether the program prints it as a number or as a text.
pub fn text_of(object: &Value, member: &str) -> String {
    match &object[member] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{member} is {other} in {object}"),
    }
}
