//! The stand-in for DynamoDB: [dynoxide](https://docs.rs/dynoxide-rs), in memory, on 127.0.0.1 and a free port.

use crate::build::workspace;
use crate::{Outcome, While};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long something that was started may take to listen.
const READY: Duration = Duration::from_secs(20);
/// How often a start is tried on another port, when somebody else took the one that had just been free.
const STARTS: usize = 5;

/// It ends when this is dropped.
pub(crate) struct Dynoxide {
    process: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) endpoint: String,
}

impl Dynoxide {
    pub(crate) fn start() -> Outcome<Dynoxide> {
        let program = workspace().join("target/tools/dynoxide/bin/dynoxide");
        if !program.is_file() {
            return Err(format!("{} is missing; `cargo xtask setup` installs it", program.display()));
        }
        for _ in 0..STARTS {
            let address = free_address()?;
            let mut command = Command::new(&program);
            command.args(["serve", "--host", "127.0.0.1", "--port", &address.port().to_string()]);
            let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            let process = process.while_doing("starting dynoxide")?;
            let mut dynoxide = Dynoxide { process, endpoint: format!("http://{address}") };
            if listens(&mut dynoxide.process, address)? {
                return Ok(dynoxide);
            }
        }
        Err(format!("dynoxide found no free port in {STARTS} attempts"))
    }
}

impl Drop for Dynoxide {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address on which nobody listens just now.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).while_doing("looking for a free port")
}

/// Waits until the process listens. False when it ended instead.
pub(crate) fn listens(process: &mut Child, address: SocketAddr) -> Outcome<bool> {
    let began = Instant::now();
    while began.elapsed() < READY {
        let there = TcpStream::connect(address).is_ok();
        // Only then: one that could not listen has ended by now, and it is somebody else who does.
        if process.try_wait().while_doing("looking after a process")?.is_some() {
            return Ok(false);
        }
        if there {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Err(format!("nobody listens on {address} after {} s", READY.as_secs()))
}
