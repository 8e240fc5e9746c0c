//! Functions as processes: below the Runtime API of this program, or below the real Runtime Interface Emulator.

use super::runtime::RuntimeApi;
use super::standin::{free_address, listens};
use crate::build::workspace;
use crate::child::fine_cpu;
use crate::load::{Clients, holds};
use crate::{Outcome, While};
use bytes::Bytes;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the emulator, and the function below it, may take to end when asked to.
const ENDED: Duration = Duration::from_secs(3);
/// How long an invocation may take below the emulator, in seconds.
const TIMEOUT: &str = "10";
/// How often the emulator is started on other ports, when somebody else took one that had just been free.
const STARTS: usize = 5;
/// What the service tells a function of itself; the runtime's crate insists on it.
const TOLD: [(&str, &str); 5] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
];

/// A program of functions with its environment.
#[derive(Clone)]
pub(crate) struct Program {
    /// What the table of results calls it.
    pub(crate) name: &'static str,
    file: PathBuf,
    environment: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn new(name: &'static str, file: &Path) -> Program {
        Program { name, file: file.to_owned(), environment: Vec::new() }
    }

    /// The same by another name.
    pub(crate) fn called(self, name: &'static str) -> Program {
        Program { name, ..self }
    }

    /// The same with one more setting.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Program {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A function below the Runtime API of this program. It ends when this is dropped.
pub(crate) struct Function {
    process: Child,
    api: RuntimeApi,
    /// From the start of the process to its first question for an event.
    pub(crate) started: Duration,
    /// The CPU time that this took.
    pub(crate) started_cpu: Duration,
}

impl Function {
    /// Starts one and waits until it is ready.
    pub(crate) fn start(program: &Program, handler: &str) -> Outcome<Function> {
        let api = RuntimeApi::start()?;
        let mut command = Command::new(&program.file);
        command.env_clear().envs(program.environment.iter().map(|(name, value)| (name, value))).envs(TOLD);
        command.env("AWS_LAMBDA_RUNTIME_API", api.address.to_string()).env("_HANDLER", handler);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        let began = Instant::now();
        let process = command.spawn().while_doing("starting a function")?;
        let mut function = Function { process, api, started: Duration::ZERO, started_cpu: Duration::ZERO };
        function.started = function.api.ready()? - began;
        function.started_cpu = fine_cpu(function.process.id())?;
        Ok(function)
    }

    /// Has it answer an event, in which answer this part must stand: how long that took, in microseconds.
    pub(crate) fn invoke(&self, event: &str, part: &str) -> Outcome<f64> {
        let (took, answer) = self.api.invoke(Bytes::copy_from_slice(event.as_bytes()))?;
        if holds(&answer, part.as_bytes()) {
            return Ok(took.as_secs_f64() * 1e6);
        }
        Err(format!("an answer is not as expected:\n{}", String::from_utf8_lossy(&answer)))
    }

    /// User and system time so far.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        fine_cpu(self.process.id())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A function below the emulator. Both end when this is dropped.
pub(crate) struct Emulated {
    process: Child,
    /// The way to it.
    pub(crate) clients: Clients,
}

impl Emulated {
    /// Starts the emulator; the function below it is started by the first invocation.
    pub(crate) fn start(program: &Program, handler: &str) -> Outcome<Emulated> {
        let emulator = emulator()?;
        for _ in 0..STARTS {
            let (address, api) = (free_address()?, free_address()?);
            let mut command = Command::new(&emulator);
            // Both addresses: by itself the emulator would listen on every interface.
            command.args(["--log-level", "error", "--runtime-interface-emulator-address", &address.to_string()]);
            command.args(["--runtime-api-address", &api.to_string()]).arg(&program.file).arg(handler);
            command.env_clear().envs(program.environment.iter().map(|(name, value)| (name, value)));
            command.env("AWS_LAMBDA_FUNCTION_TIMEOUT", TIMEOUT);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut process = command.spawn().while_doing("starting the emulator")?;
            match listens(&mut process, address) {
                Ok(true) => return Ok(Emulated { process, clients: Clients::connect(address, 1)? }),
                Ok(false) => {}
                Err(why) => {
                    let _ = process.kill().and_then(|()| process.wait());
                    return Err(why);
                }
            }
        }
        Err(format!("the emulator found no free ports in {STARTS} attempts"))
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        let pid = self.process.id();
        let below = children(pid);
        let _ = Command::new("kill").args(["-TERM", &pid.to_string()]).status();
        let began = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) {
            if began.elapsed() > ENDED {
                let _ = self.process.kill().and_then(|()| self.process.wait());
                below.iter().for_each(|pid| drop(Command::new("kill").args(["-KILL", pid]).status()));
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The processes that a process has started and that still run.
fn children(pid: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The emulator, as it comes with aws-sam-cli.
fn emulator() -> Outcome<PathBuf> {
    let libraries = workspace().join("target/tools/python/lib");
    let name = format!("aws-lambda-rie-{}", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" });
    let pythons = std::fs::read_dir(&libraries).into_iter().flatten().flatten();
    let mut found = pythons.map(|python| python.path().join("site-packages/samcli/local/rapid").join(&name));
    let missing = || format!("{name} is not below {}; `cargo xtask setup` installs it", libraries.display());
    found.find(|file| file.is_file()).ok_or_else(missing)
}
