//! Stand-ins for what belongs to the cloud: dynoxide and moto's server, each started on 127.0.0.1 and a free port, waited for, and
//! ended by its process id with the test. `cargo xtask setup` installs them; a missing one is a failure, never a skip.

use crate::http::Request;
use crate::program::workspace;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How long a stand-in may take to answer. Not a measure of speed: Python on a busy machine stays well below.
const READY: Duration = Duration::from_secs(60);
/// How often a start is tried again on another port, when somebody else took the one that had just been free.
const STARTS: usize = 10;

/// A DynamoDB of this test's own: [dynoxide](https://docs.rs/dynoxide-rs).
#[derive(Debug)]
pub struct Dynoxide {
    running: Running,
    /// What a client is given: `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// The port, to start another one in its place.
    pub port: u16,
}

impl Dynoxide {
    /// One that keeps everything in memory.
    pub fn start() -> Dynoxide {
        for _ in 0..STARTS {
            if let Some(dynoxide) = Dynoxide::listening(None, free_port()) {
                return dynoxide;
            }
        }
        panic!("dynoxide found no free port in {STARTS} attempts");
    }

    /// One on a file and a port: what was written to the file before is there again.
    pub fn on(file: &Path, port: u16) -> Dynoxide {
        let began = Instant::now();
        loop {
            if let Some(dynoxide) = Dynoxide::listening(Some(file), port) {
                return dynoxide;
            }
            // The one before it on this port may be on its way out.
            assert!(began.elapsed() < READY, "dynoxide cannot listen on 127.0.0.1:{port}: somebody else does");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// None when the port is taken.
    fn listening(file: Option<&Path>, port: u16) -> Option<Dynoxide> {
        let mut command = Command::new(tool("dynoxide/bin/dynoxide"));
        command.args(["serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
        if let Some(file) = file {
            command.arg("--db-path").arg(file);
        }
        let running = Running::start(command, &Arc::default());
        let address = format!("127.0.0.1:{port}");
        let began = Instant::now();
        loop {
            if running.has_ended() {
                thread::sleep(Duration::from_millis(20));
                let told = running.log();
                assert!(told.contains("in use"), "dynoxide ended by itself: {told}");
                return None;
            }
            if listens(running.pid(), port) && Request::get("/").send(&address).is_ok() {
                return Some(Dynoxide { running, endpoint: format!("http://{address}"), port });
            }
            assert!(began.elapsed() < READY, "dynoxide is not ready: {}", running.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Ends it at once, as a power cut would. (So does dropping it.)
    pub fn kill(self) {}
}

/// A second opinion on DynamoDB, and an S3: moto's server.
#[derive(Debug)]
pub struct Moto {
    running: Running,
    /// What a client is given: `http://127.0.0.1:PORT`.
    pub endpoint: String,
}

impl Moto {
    /// Makes a bucket in its S3.
    pub fn make_bucket(&self, name: &str) {
        let address = self.endpoint.trim_start_matches("http://");
        let answer = Request::new("PUT", &format!("/{name}")).header("Content-Length", "0").send(address).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// An empty one. It chooses a port itself and says so.
    pub fn start() -> Moto {
        let mut command = Command::new(tool("python/bin/moto_server"));
        command.args(["-H", "127.0.0.1", "-p", "0"]);
        let running = Running::start(command, &Arc::default());
        let began = Instant::now();
        loop {
            let log = running.log();
            let said = log.split("Running on http://127.0.0.1:").nth(1).filter(|rest| rest.contains('\n'));
            let port: Option<u16> = said
                .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next())
                .and_then(|port| port.parse().ok());
            if let Some(port) = port {
                return Moto { running, endpoint: format!("http://127.0.0.1:{port}") };
            }
            assert!(began.elapsed() < READY, "moto's server is not ready: {log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }
}

/// The Runtime Interface Emulator, as it comes with aws-sam-cli.
pub fn emulator() -> PathBuf {
    let libraries = workspace().join("target/tools/python/lib");
    let name = format!("aws-lambda-rie-{}", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" });
    let pythons = std::fs::read_dir(&libraries).into_iter().flatten().flatten();
    let mut found = pythons.map(|python| python.path().join("site-packages/samcli/local/rapid").join(&name));
    found.find(|file| file.is_file()).unwrap_or_else(|| missing(&libraries.join("python3*/…").join(&name)))
}

/// A port of 127.0.0.1 that nobody listens on just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

/// An installed tool.
fn tool(path: &str) -> PathBuf {
    let file = workspace().join("target/tools").join(path);
    if file.is_file() { file } else { missing(&file) }
}

fn missing(file: &Path) -> ! {
    panic!("{} is missing; `cargo xtask setup` installs it", file.display());
}

/// A process that is ended with the test, and what it has said.
#[derive(Debug)]
pub struct Running {
    child: Mutex<Child>,
    pid: u32,
    log: Arc<Mutex<Vec<u8>>>,
}

impl Running {
    /// Starts it; what it says is added to `log`.
    pub fn start(mut command: Command, log: &Arc<Mutex<Vec<u8>>>) -> Running {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        keep(child.stdout.take().unwrap(), Arc::clone(log));
        keep(child.stderr.take().unwrap(), Arc::clone(log));
        let pid = child.id();
        Running { child: Mutex::new(child), pid, log: Arc::clone(log) }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&self) -> bool {
        !matches!(self.child.lock().unwrap().try_wait(), Ok(None))
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().unwrap()).into_owned()
    }
}

/// Whether this process, and not another one, listens on this port of 127.0.0.1.
pub(crate) fn listens(pid: u32, port: u16) -> bool {
    let Ok(sockets) = std::fs::read_to_string("/proc/net/tcp") else { return false };
    let local = format!("0100007F:{port:04X}");
    let inodes = sockets.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        (cells.get(1) == Some(&local.as_str()) && cells.get(3) == Some(&"0A")).then(|| format!("socket:[{}]", cells[9]))
    });
    let inodes: Vec<String> = inodes.collect();
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let mut held = files.filter_map(|file| std::fs::read_link(file.path()).ok());
    held.any(|target| inodes.iter().any(|inode| target.as_os_str() == inode.as_str()))
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Collects a stream in the background, up to its end.
pub(crate) fn keep(mut stream: impl Read + Send + 'static, log: Arc<Mutex<Vec<u8>>>) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = stream.read(&mut buffer) {
            log.lock().unwrap().extend_from_slice(&buffer[..n]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dynoxide_answers_and_ends_with_its_owner() {
        let dynoxide = Dynoxide::start();
        let address = dynoxide.endpoint.strip_prefix("http://").unwrap().to_owned();
        assert_eq!(Request::get("/").send(&address).unwrap().status, 200);
        let pid = dynoxide.pid();
        drop(dynoxide);
        assert!(Request::get("/").send(&address).is_err());
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    fn one_that_was_killed_comes_back_on_its_port() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table.db");
        let first = Dynoxide::on(&file, free_port());
        let port = first.port;
        first.kill();
        let second = Dynoxide::on(&file, port);
        assert_eq!(second.port, port);
    }

    #[test]
    fn moto_answers_and_ends_with_its_owner() {
        let moto = Moto::start();
        let address = moto.endpoint.strip_prefix("http://").unwrap().to_owned();
        assert!(Request::get("/").send(&address).is_ok());
        let pid = moto.pid();
        drop(moto);
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
    }

    #[test]
    fn the_emulator_is_installed() {
        assert!(emulator().is_file());
    }
}
