//! An application's own web site, in the test's process: pages at any path, under every host name that leads to this machine. Ends with
//! the test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Browsers connect ahead of time and say nothing: such a connection is let go after this time.
const SILENCE: Duration = Duration::from_secs(60);

/// The site.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
    shelf: Arc<Shelf>,
    door: Option<JoinHandle<()>>,
}

/// What is served, and what was asked for.
#[derive(Debug, Default)]
struct Shelf {
    pages: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<Vec<Asked>>,
    closed: AtomicBool,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, `POST` …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl Site {
    /// An empty one, on a port of its own.
    pub fn open() -> Site {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, shelf) = (socket.local_addr().unwrap(), Arc::<Shelf>::default());
        let kept = Arc::clone(&shelf);
        let door = thread::spawn(move || {
            for stream in socket.incoming().map_while(Result::ok) {
                if kept.closed.load(Ordering::Relaxed) {
                    break;
                }
                let shelf = Arc::clone(&kept);
                thread::spawn(move || shelf.answer(stream));
            }
        });
        Site { address, shelf, door: Some(door) }
    }

    /// Serves a text; its type follows from the path's ending.
    pub fn put(&self, path: &str, text: &str) {
        let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => "text/javascript",
            Some("css") => "text/css",
            Some("svg") => "image/svg+xml",
            Some("txt") => "text/plain",
            _ => "text/html",
        };
        self.put_with(path, &[("Content-Type", &format!("{kind};charset=utf-8"))], text);
    }

    /// Serves a text with these header lines.
    pub fn put_with(&self, path: &str, headers: &[(&str, &str)], text: &str) {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let answer = format!("HTTP/1.1 200 OK\r\n{lines}{}", tail(text));
        self.shelf.pages.lock().unwrap().insert(path.to_owned(), answer.into_bytes());
    }

    /// Serves these bytes, header lines and all, and closes the connection.
    pub fn put_raw(&self, path: &str, answer: &[u8]) {
        self.shelf.pages.lock().unwrap().insert(path.to_owned(), answer.to_vec());
    }

    /// Serves the files of a folder, `index.html` for the folder itself.
    pub fn put_folder(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&entry).unwrap();
            self.put(&format!("/{name}"), &text);
            if name == "index.html" {
                self.put("/", &text);
            }
        }
    }

    /// `scheme://host:port` under a host name.
    pub fn origin(&self, host: &str) -> String {
        format!("http://{host}:{}", self.address.port())
    }

    /// An address of it under a host name.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("{}{path}", self.origin(host))
    }

    /// What was asked for at a path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.shelf.asked.lock().unwrap().iter().filter(|asked| asked.path() == path).cloned().collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shelf.closed.store(true, Ordering::Relaxed);
        // Wakes the door.
        let _ = TcpStream::connect(self.address);
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

impl Shelf {
    fn answer(&self, mut stream: TcpStream) {
        let _ = stream.set_read_timeout(Some(SILENCE));
        let Some(asked) = read(&stream) else { return };
        let page = self.pages.lock().unwrap().get(asked.path()).cloned();
        self.asked.lock().unwrap().push(asked);
        let missing = || format!("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n{}", tail("Not here.\n"));
        let _ = stream.write_all(&page.unwrap_or_else(|| missing().into_bytes()));
    }
}

fn tail(text: &str) -> String {
    format!("Content-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{text}", text.len())
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut asked = Asked { method, target, headers, body: Vec::new() };
    asked.body = vec![0; asked.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}
