//! Whatever serves a home: the dev server, started, waited for, asked, ended by its process id; or the gateway with its functions.

use crate::cloud::Gateway;
use crate::http::{Answer, Request};
use crate::standins::keep;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take to become ready. Not a measure of speed: a debug build on a busy machine stays well below.
const READY: Duration = Duration::from_secs(30);
/// How long it may take to end when asked to.
const ENDED: Duration = Duration::from_secs(20);

/// A server of this test's own.
#[derive(Debug)]
pub struct Server {
    served: Served,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// The same of its https listener, where it has one.
    pub https: Option<String>,
    /// What the dev server printed when it was ready.
    pub announced: Value,
    pub(crate) schema: OnceLock<tempfile::NamedTempFile>,
    tape: Mutex<Vec<(Request, Answer)>>,
}

/// Who serves.
#[derive(Debug)]
enum Served {
    /// The dev server, and what it has said.
    ByProcess(Child, Arc<Mutex<Vec<u8>>>),
    /// Functions.
    ByFunctions(Gateway),
}

impl Server {
    /// Starts it and waits until it says where it listens.
    pub fn start(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program can be run");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        keep(stderr, Arc::clone(&log));
        let (tell, told) = mpsc::channel();
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            let mut line = String::new();
            let _ = stdout.read_line(&mut line);
            let _ = tell.send(line);
            keep(stdout, kept);
        });
        let line = told.recv_timeout(READY).unwrap_or_default();
        let announced: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
        let mut addresses = Vec::new();
        collect_addresses(&announced, &mut addresses);
        let of = |scheme: &str| addresses.iter().find(|(s, _)| s == scheme).map(|(_, address)| address.clone());
        let Some(address) = of("http") else {
            let _ = child.kill();
            let _ = child.wait();
            thread::sleep(Duration::from_millis(50));
            panic!("the server is not ready; it said {line:?}\n{}", String::from_utf8_lossy(&log.lock().unwrap()));
        };
        let https = of("https");
        Server {
            served: Served::ByProcess(child, log),
            address,
            https,
            announced,
            schema: OnceLock::new(),
            tape: Mutex::default(),
        }
    }

    /// What serves is behind a gateway.
    pub(crate) fn behind(gateway: Gateway) -> Server {
        let address = gateway.address.clone();
        let served = Served::ByFunctions(gateway);
        Server { served, address, https: None, announced: Value::Null, schema: OnceLock::new(), tape: Mutex::default() }
    }

    /// Its base address.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// An address of it under another host name that leads to this machine.
    pub fn url_as(&self, host: &str, path: &str) -> String {
        let port = self.address.rsplit(':').next().unwrap_or_default();
        format!("http://{host}:{port}{path}")
    }

    /// Sends a request.
    pub fn ask(&self, request: &Request) -> Answer {
        match request.send(&self.address) {
            Ok(answer) => {
                self.tape.lock().unwrap().push((request.clone(), answer.clone()));
                answer
            }
            Err(error) => panic!("{} {}: {error}\n{}", request.method, request.target, self.log()),
        }
    }

    /// What was asked so far, and answered, in the order of the answers.
    pub fn tape(&self) -> Vec<(Request, Answer)> {
        self.tape.lock().unwrap().clone()
    }

    /// A file that it announced: the first text under a name that contains `part` and that is a file.
    pub fn announced_path(&self, part: &str) -> PathBuf {
        let mut found = Vec::new();
        collect_texts(&self.announced, "", &mut found);
        let file = found.iter().find(|(name, text)| name.contains(part) && Path::new(text).is_file());
        file.unwrap_or_else(|| panic!("no file {part} in {}", self.announced)).1.clone().into()
    }

    /// Everything that it has written so far, on both streams; of functions, what all of them have.
    pub fn log(&self) -> String {
        match &self.served {
            Served::ByProcess(_, log) => String::from_utf8_lossy(&log.lock().unwrap()).into_owned(),
            Served::ByFunctions(gateway) => gateway.log(),
        }
    }

    /// The process id of the dev server.
    pub fn pid(&self) -> u32 {
        match &self.served {
            Served::ByProcess(child, _) => child.id(),
            Served::ByFunctions(_) => panic!("functions have no process in common"),
        }
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(self) {}

    /// Asks it to end, and waits until it has; with its log. Functions are simply ended: nobody asks them.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let child = match &mut self.served {
            Served::ByProcess(child, _) => child,
            Served::ByFunctions(gateway) => {
                gateway.end();
                return (ExitStatus::default(), self.log());
            }
        };
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > ENDED {
                panic!("the server does not end when asked to\n{}", self.log());
            }
            thread::sleep(Duration::from_millis(10));
        };
        thread::sleep(Duration::from_millis(50));
        (status, self.log())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Served::ByProcess(child, _) = &mut self.served {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// All addresses in what the server announced: scheme and `127.0.0.1:PORT`.
fn collect_addresses(value: &Value, found: &mut Vec<(String, String)>) {
    let mut texts = Vec::new();
    collect_texts(value, "", &mut texts);
    for (_, text) in texts {
        let Some((scheme, rest)) = text.split_once("://") else { continue };
        let address = rest.split('/').next().unwrap_or_default();
        if address.starts_with("127.0.0.1:") {
            found.push((scheme.to_owned(), address.to_owned()));
        }
    }
}

/// All texts of a value, each with the name of the member that it stands under.
fn collect_texts(value: &Value, name: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((name.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, name, found)),
        Value::Object(members) => members.iter().for_each(|(name, item)| collect_texts(item, name, found)),
        _ => {}
    }
}
