//! What the tests of the binary share: a folder of their own, a server that is surely ended, runs that are bounded in time, and a
//! small HTTP client.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Everything here is over in less.
const LIMIT: Duration = Duration::from_secs(30);

/// A folder that is gone at the end.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program, to be run in the folder, without any setting of whoever runs the tests.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reconnect"));
        command.current_dir(self.0.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RECONNECT_")) {
            command.env_remove(name);
        }
        command
    }

    /// A server on a free port of this machine.
    pub(crate) fn serve(&self, flags: &[&str]) -> Server {
        self.serve_at("127.0.0.1:0", flags)
    }

    pub(crate) fn serve_at(&self, address: &str, flags: &[&str]) -> Server {
        let mut command = self.command();
        command.args(["serve", "--json", "--listen", address]).args(flags);
        Server::start(command)
    }

    /// Without an argument: everything from the environment.
    pub(crate) fn serve_by_environment(&self, variables: &[(&str, &str)]) -> Server {
        let mut command = self.command();
        command.envs(variables.iter().copied());
        Server::start(command)
    }

    /// A start that must fail.
    pub(crate) fn refused(&self, flags: &[&str]) -> Ran {
        let listen: &[&str] = if flags.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
        run(self, &[&["serve", "--json"], listen, flags].concat())
    }
}

/// A running server; ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    log: Option<std::thread::JoinHandle<String>>,
    pub(crate) ready: Value,
}

impl Server {
    fn start(mut command: Command) -> Server {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = err.read_to_string(&mut text);
            text
        });
        let (send, line) = mpsc::channel();
        let out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(out).read_line(&mut line);
            let _ = send.send(line);
        });
        let mut server = Server { child, log: Some(log), ready: Value::Null };
        let line = line.recv_timeout(LIMIT).unwrap_or_default();
        match serde_json::from_str(&line) {
            Ok(ready) => server.ready = ready,
            Err(_) => {
                let (code, log) = server.stop();
                panic!("not ready: {line:?}, exit code {code:?}, {log}");
            }
        }
        server
    }

    pub(crate) fn url(&self) -> String {
        self.ready["url"].as_str().unwrap().to_owned()
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn signal(&self) {
        let killed = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
    }

    /// Ends it so; answers its exit code and its log.
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        self.signal();
        self.end(LIMIT)
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self, at_most: Duration) -> (Option<i32>, String) {
        self.end(at_most)
    }

    fn end(&mut self, at_most: Duration) -> (Option<i32>, String) {
        let began = Instant::now();
        while began.elapsed() < at_most {
            if self.child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.stop()
    }

    fn stop(&mut self) -> (Option<i32>, String) {
        let code = match self.child.try_wait() {
            Ok(Some(status)) => status.code(),
            _ => None,
        };
        let _ = self.child.kill();
        let _ = self.child.wait();
        (code, self.log.take().and_then(|log| log.join().ok()).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn ok(&self) -> bool {
        self.code == 0
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }
}

/// Runs a verb.
pub(crate) fn run(folder: &Folder, args: &[&str]) -> Ran {
    run_with_input(folder, args, "")
}

/// Runs a verb with something on its standard input.
pub(crate) fn run_with_input(folder: &Folder, args: &[&str], input: &str) -> Ran {
    let mut command = folder.command();
    command.args(args).args(["--log", "warn"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (send, done) = mpsc::channel();
    let id = child.id();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    let output = done.recv_timeout(LIMIT).unwrap_or_else(|_| {
        let _ = Command::new("kill").arg("-KILL").arg(id.to_string()).status();
        panic!("{args:?} did not end");
    });
    let output = output.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Status and body of a GET.
pub(crate) fn get(url: &str, path: &str) -> (u16, String) {
    get_as(url, path, address(url), &[])
}

/// The same under another name, with more headers.
pub(crate) fn get_as(url: &str, path: &str, host: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    exchange(connect(url), &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"))
}

/// Status and body of a POST of a form.
pub(crate) fn post(url: &str, path: &str, body: &str) -> (u16, String) {
    let mut socket = connect(url);
    socket.write_all(head_of_post(url, path, body, "").as_bytes()).unwrap();
    exchange(socket, body)
}

/// The same, with something that happens between the head and the body, once the server has begun to wait for the body.
pub(crate) fn post_slowly(url: &str, path: &str, body: &str, meanwhile: impl FnOnce()) -> (u16, String) {
    const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut socket = connect(url);
    socket.write_all(head_of_post(url, path, body, "Expect: 100-continue\r\n").as_bytes()).unwrap();
    let mut told = [0; GO_ON.len()];
    socket.read_exact(&mut told).unwrap();
    assert_eq!(told, GO_ON);
    meanwhile();
    exchange(socket, body)
}

fn head_of_post(url: &str, path: &str, body: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n{more}\r\n",
        address(url),
        body.len()
    )
}

/// The same as `get` over TLS, the server being called by that name and trusted by that authority.
pub(crate) fn started_tls(url: &str, name: &str, authority: &Path, path: &str) -> std::io::Result<(u16, String)> {
    use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut tls = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = connect(url);
    while tls.is_handshaking() {
        tls.complete_io(&mut socket)?;
    }
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    Ok(exchange(rustls::StreamOwned::new(tls, socket), &request))
}

fn address(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

fn connect(url: &str) -> TcpStream {
    let address = address(url).to_socket_addrs().unwrap().next().unwrap();
    let socket = TcpStream::connect_timeout(&address, LIMIT).unwrap();
    socket.set_read_timeout(Some(LIMIT)).unwrap();
    socket
}

fn exchange(mut stream: impl Read + Write, request: &str) -> (u16, String) {
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A TLS peer that closes without a goodbye is an error after everything has been read.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, body.to_owned())
}
