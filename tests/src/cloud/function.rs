//! Functions: each a `bootstrap` of its own behind the real Runtime Interface Emulator, as many of one kind as calls overlap.

use crate::http::{Answer, Request};
use crate::standins::{Running, emulator, free_port, listens};
use serde_json::Value;
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// So many of one kind at most; more calls wait. Lambda goes further, but a test's machine has few processors.
const MOST_OF_A_KIND: usize = 4;
/// How long the emulator may take to listen.
const READY: Duration = Duration::from_secs(20);
/// How long a function may take to end when asked to.
const ENDED: Duration = Duration::from_secs(3);
/// How long an invocation may take, in seconds: a debug build that hashes passwords on a busy machine stays below.
const TIMEOUT: &str = "25";
/// Where the emulator takes invocations.
const INVOCATIONS: &str = "/2015-03-31/functions/function/invocations";
/// How often a start is tried again, when somebody took a port that had just been free.
const STARTS: usize = 10;

/// What is deployed: the program and its environment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The file `bootstrap`.
    pub bootstrap: PathBuf,
    /// The environment of every function. Nothing of the tests' own environment gets there.
    pub environment: Vec<(String, String)>,
    /// What time it is for the functions, and since when: they start at different moments and are all told the time of their own.
    pub clock: Option<(jiff::Timestamp, Instant)>,
    /// What all of them say.
    pub log: Arc<Mutex<Vec<u8>>>,
}

impl Deployment {
    /// Of this program, with this environment.
    pub fn new(bootstrap: PathBuf, environment: &[(&str, &str)]) -> Deployment {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Deployment { bootstrap, environment, clock: None, log: Arc::default() }
    }

    /// The same with one more setting, or another value of one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Deployment {
        self = self.without(name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a setting.
    #[must_use]
    pub fn without(mut self, name: &str) -> Deployment {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    /// The same with a log of its own, that nobody else has written to.
    #[must_use]
    pub fn quiet(self) -> Deployment {
        Deployment { log: Arc::default(), ..self }
    }

    /// Everything that was said so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned()
    }

    /// Starts one function.
    pub fn start(&self, handler: &str) -> Function {
        for _ in 0..STARTS {
            let (port, api) = (free_port(), free_port());
            let mut command = Command::new(emulator());
            // Both addresses: by itself the emulator would listen on every interface.
            command.args(["--log-level", "warning"]);
            command.args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")]);
            command.args(["--runtime-api-address", &format!("127.0.0.1:{api}")]);
            command.arg(&self.bootstrap).arg(handler);
            command.env_clear().envs(self.environment.iter().cloned());
            command.env("AWS_LAMBDA_FUNCTION_TIMEOUT", TIMEOUT);
            if let Some((then, began)) = self.clock {
                command.env("RECONNECT_CLOCK", (then + began.elapsed()).to_string());
            }
            let function =
                Function { running: Running::start(command, &self.log), address: format!("127.0.0.1:{port}") };
            if function.is_ready(port) {
                return function;
            }
        }
        panic!("the emulator found no free ports in {STARTS} attempts: {}", self.log());
    }
}

/// One function: the emulator and, from the first invocation on, the `bootstrap` below it.
#[derive(Debug)]
pub struct Function {
    running: Running,
    address: String,
}

impl Function {
    /// Waits until this emulator, and nobody else on its port, listens. False when it ended instead: a port was taken.
    fn is_ready(&self, port: u16) -> bool {
        let began = Instant::now();
        while !listens(self.running.pid(), port) {
            if self.running.has_ended() {
                return false;
            }
            assert!(began.elapsed() < READY, "the emulator does not listen");
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }

    /// Invokes it with an event and waits for the answer.
    ///
    /// # Errors
    ///
    /// When the emulator is gone or takes too long.
    pub fn invoke(&self, event: &Value) -> io::Result<Answer> {
        Request::post(INVOCATIONS, "application/json", event.to_string()).send(&self.address)
    }

    /// The process id of the emulator.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Asks it to end: the emulator, and through it the function.
    fn ask_to_end(&self) {
        let _ = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.ask_to_end();
        let below = children(self.pid());
        let began = Instant::now();
        while !self.running.has_ended() && began.elapsed() < ENDED {
            std::thread::sleep(Duration::from_millis(2));
        }
        if !self.running.has_ended() {
            // The emulator goes with `running`; what it started is ended here.
            for pid in below {
                let _ = Command::new("kill").args(["-KILL", &pid]).status();
            }
        }
    }
}

/// The processes that a process has started and that still run.
fn children(pid: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// All functions of a deployment: each kind is started when it is first needed.
#[derive(Debug)]
pub(crate) struct Fleet {
    deployment: Deployment,
    kinds: Mutex<HashMap<String, Kind>>,
    freed: Condvar,
}

/// The functions of one kind.
#[derive(Debug, Default)]
struct Kind {
    idle: Vec<Function>,
    all: usize,
}

impl Fleet {
    pub(crate) fn new(deployment: Deployment) -> Fleet {
        Fleet { deployment, kinds: Mutex::default(), freed: Condvar::new() }
    }

    pub(crate) fn log(&self) -> String {
        self.deployment.log()
    }

    /// Invokes an idle function of this kind, or a new one, or waits for the next that is done.
    pub(crate) fn invoke(&self, handler: &str, event: &Value) -> io::Result<Answer> {
        let function = self.take(handler).unwrap_or_else(|| self.deployment.start(handler));
        let answer = function.invoke(event);
        self.kinds.lock().unwrap().entry(handler.to_owned()).or_default().idle.push(function);
        self.freed.notify_all();
        answer
    }

    /// An idle one; None when there is room for a new one, which is counted already.
    fn take(&self, handler: &str) -> Option<Function> {
        let mut kinds = self.kinds.lock().unwrap();
        loop {
            let kind = kinds.entry(handler.to_owned()).or_default();
            if let Some(function) = kind.idle.pop() {
                return Some(function);
            }
            if kind.all < MOST_OF_A_KIND {
                kind.all += 1;
                return None;
            }
            kinds = self.freed.wait(kinds).unwrap();
        }
    }

    /// The emulators that run now.
    pub(crate) fn idle_pids(&self) -> Vec<u32> {
        let kinds = self.kinds.lock().unwrap();
        kinds.values().flat_map(|kind| kind.idle.iter().map(Function::pid)).collect()
    }

    /// Ends all that are idle: first all are asked, then all are waited for.
    pub(crate) fn end(&self) {
        let functions: Vec<Function> = self.kinds.lock().unwrap().drain().flat_map(|(_, kind)| kind.idle).collect();
        functions.iter().for_each(Function::ask_to_end);
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.end();
    }
}
