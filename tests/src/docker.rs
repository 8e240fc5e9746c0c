//! A Docker engine, and in it the image that `sam local` runs functions in: an engine that runs already, else one of the tests' own.
//!
//! One of our own (Debian's `docker.io`, as root) has its socket and all its data in a temporary folder, touches no firewall, and is ended
//! by its process id. The image is the real one where its registry can be reached, else a minimal Debian, which has all that our program
//! asks for: a C library.

use crate::program::workspace;
use crate::standins::Running;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The image by the name that `sam local` asks for.
const IMAGE: &str = if cfg!(target_arch = "aarch64") {
    "public.ecr.aws/lambda/provided:al2023-arm64"
} else {
    "public.ecr.aws/lambda/provided:al2023-x86_64"
};
/// Debian's release, and where it is fetched from. Its C library is not older than Lambda's.
const DEBIAN: [&str; 2] = ["bookworm", "http://deb.debian.org/debian"];
/// The bridge that an engine makes, and leaves behind.
const BRIDGE: &str = "docker0";
/// How long an engine may take to answer, and to end.
const READY: Duration = Duration::from_secs(60);
const ENDED: Duration = Duration::from_secs(30);
/// How long a single step may take: the longest unpacks a Debian from a slow mirror.
const STEP: Duration = Duration::from_secs(600);
/// How long a registry may take before the image is made here.
const PULL: Duration = Duration::from_secs(120);

/// A running engine that has the image.
#[derive(Debug)]
pub struct Engine {
    /// What clients are given as `DOCKER_HOST`; none: their default finds it.
    host: Option<String>,
    own: Option<Own>,
}

/// An engine of the tests' own.
#[derive(Debug)]
struct Own {
    daemon: Option<Running>,
    made_bridge: bool,
    _folder: TempDir,
}

impl Engine {
    /// One that is ready.
    pub fn ready() -> Engine {
        let running = Engine { host: None, own: None };
        let engine = if running.answers() { running } else { Engine::of_our_own() };
        engine.get_image();
        engine
    }

    /// Sets what a client of the engine needs.
    pub fn tell(&self, client: &mut Command) {
        if let Some(host) = &self.host {
            client.env("DOCKER_HOST", host);
        }
    }

    fn of_our_own() -> Engine {
        let mut told = String::new();
        // The second is for file systems that cannot be layered.
        for storage in [&[][..], &["--storage-driver", "vfs"]] {
            match Engine::start(storage) {
                Ok(engine) => return engine,
                Err(log) => told += &log,
            }
        }
        panic!(
            "no Docker engine runs here, and dockerd cannot be started; it has to be installed, and we have to be root:\n{told}"
        );
    }

    fn start(storage: &[&str]) -> Result<Engine, String> {
        let folder = TempDir::with_prefix("reconnect-docker-").unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let host = format!("unix://{}", at("docker.sock"));
        let mut daemon = Command::new("dockerd");
        daemon.args(["--host", &host, "--data-root", &at("data"), "--exec-root", &at("exec"), "--pidfile", &at("pid")]);
        daemon.args(["--iptables=false", "--ip-forward=false", "--ip-masq=false", "--log-level", "warn"]).args(storage);
        let made_bridge = !has_bridge();
        let daemon = Running::start(daemon, &Arc::default());
        let engine = Engine { host: Some(host), own: Some(Own { daemon: Some(daemon), made_bridge, _folder: folder }) };
        let daemon = engine.own.as_ref().and_then(|own| own.daemon.as_ref()).unwrap();
        let began = Instant::now();
        while !engine.answers() {
            if daemon.has_ended() || began.elapsed() > READY {
                thread::sleep(Duration::from_millis(50));
                return Err(daemon.log());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(engine)
    }

    fn docker(&self, args: &[&str]) -> Command {
        let mut docker = Command::new("docker");
        docker.args(args);
        self.tell(&mut docker);
        docker
    }

    fn answers(&self) -> bool {
        let mut docker = self.docker(&["version", "--format", "{{.Server.Version}}"]);
        docker.output().is_ok_and(|out| out.status.success())
    }

    fn get_image(&self) {
        if self.docker(&["image", "inspect", IMAGE]).output().is_ok_and(|out| out.status.success()) {
            return;
        }
        let root = workspace().join("target/tools/lambda-root.tar");
        if !root.is_file() {
            if run(self.docker(&["pull", "--quiet", IMAGE]), PULL).is_ok() {
                return;
            }
            make_root(&root);
        }
        let import = ["import", "--change", "WORKDIR /var/task", &root.display().to_string(), IMAGE];
        must(self.docker(&import), STEP);
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let Some(daemon) = self.daemon.take() else { return };
        // Asked, not killed: it has containers to end and file systems to let go of.
        let _ = Command::new("kill").args(["-TERM", &daemon.pid().to_string()]).status();
        let began = Instant::now();
        while !daemon.has_ended() && began.elapsed() < ENDED {
            thread::sleep(Duration::from_millis(50));
        }
        drop(daemon);
        if self.made_bridge && has_bridge() {
            let _ = Command::new("ip").args(["link", "delete", BRIDGE]).status();
        }
    }
}

fn has_bridge() -> bool {
    Path::new("/sys/class/net").join(BRIDGE).exists()
}

/// A minimal Debian with the folders of a Lambda function, as an archive; kept, because it takes half a minute.
fn make_root(archive: &Path) {
    let folder = TempDir::with_prefix("reconnect-root-").unwrap();
    let root = folder.path().join("root");
    let mut make = Command::new("debootstrap");
    make.args(["--variant=minbase", DEBIAN[0]]).arg(&root).arg(DEBIAN[1]);
    must(make, STEP);
    for place in ["var/task", "var/runtime", "var/rapid", "opt"] {
        fs::create_dir_all(root.join(place)).unwrap();
    }
    let new = archive.with_extension("new");
    let mut pack = Command::new("tar");
    pack.arg("-C").arg(&root).args([
        "--exclude=./var/cache/apt/archives/*.deb",
        "--exclude=./var/lib/apt/lists/*",
        "-cf",
    ]);
    pack.arg(&new).arg(".");
    must(pack, STEP);
    fs::rename(&new, archive).unwrap();
}

/// Runs a command that must succeed within this time; what it wrote to its standard output.
pub fn must(command: Command, within: Duration) -> String {
    let told = format!("{command:?}");
    run(command, within).unwrap_or_else(|why| panic!("{told}: {why}"))
}

/// Runs a command to its end. It writes into files, so that it never waits for somebody to read.
fn run(mut command: Command, within: Duration) -> Result<String, String> {
    let folder = TempDir::with_prefix("reconnect-run-").unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    let read = |name: &str| String::from_utf8_lossy(&fs::read(at(name)).unwrap_or_default()).into_owned();
    let (out, err) = (File::create(at("out")).unwrap(), File::create(at("err")).unwrap());
    let started = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
    let mut child = started.map_err(|error| format!("cannot be started: {error}"))?;
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > within {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("still running after {within:?}\n{}{}", read("out"), read("err")));
        }
        thread::sleep(Duration::from_millis(20));
    };
    if status.success() { Ok(read("out")) } else { Err(format!("{status}\n{}{}", read("out"), read("err"))) }
}
