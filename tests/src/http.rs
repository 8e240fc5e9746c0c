//! HTTP as the tests speak it: one connection a request, nothing followed, nothing decoded behind the reader's back.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take before the test fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request, to be sent byte by byte as it stands here.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`, `OPTIONS` …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header lines besides `Host`, `Connection` and `Content-Length`; a `Host` here replaces the usual one.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without body.
    pub fn new(method: &str, target: &str) -> Request {
        Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// A GET.
    pub fn get(target: &str) -> Request {
        Request::new("GET", target)
    }

    /// A POST of a body of this type.
    pub fn post(target: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = Request::new("POST", target).header("Content-Type", content_type);
        request.body = body.into();
        request
    }

    /// A POST of a form.
    pub fn form<'a>(target: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Request {
        Request::post(target, "application/x-www-form-urlencoded", encode(fields))
    }

    /// The same with one more header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The bytes that travel.
    pub fn bytes(&self, address: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += &format!("Host: {address}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.body.is_empty() || self.method == "POST" {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        head += "Connection: close\r\n\r\n";
        [head.as_bytes(), &self.body].concat()
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    ///
    /// When the server is not there or ends the connection without an answer.
    pub fn send(&self, address: &str) -> io::Result<Answer> {
        send_raw(address, &self.bytes(address))
    }
}

/// Sends bytes as they are and reads the answer: as long as it says, else up to the end of the connection.
///
/// # Errors
///
/// When the server is not there or ends the connection without an answer.
pub fn send_raw(address: &str, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A server that refuses a body by its length answers, and closes, before it has read all of it.
    let written = stream.write_all(bytes);
    let (mut answer, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
    let read = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(n) => answer.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => break Err(error),
        }
        if is_whole(&answer) {
            break Ok(());
        }
    };
    if answer.is_empty() {
        written?;
        read?;
    }
    Answer::parse(&answer).ok_or_else(|| io::Error::other(format!("no HTTP: {:?}", String::from_utf8_lossy(&answer))))
}

/// A signal may come in between; that is nobody's failure.
fn connect(address: &str) -> io::Result<TcpStream> {
    loop {
        match TcpStream::connect(address) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header lines in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer encoding.
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Answer> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let rest = &bytes[end + 4..];
        let body = if chunked { unchunk(rest)? } else { rest.to_vec() };
        Some(Answer { status, headers, body })
    }

    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }

    /// All values of a header that may stand several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }
}

/// Whether an answer that says its length is all there.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|n| n.trim().parse().ok());
    length.is_some_and(|length: usize| bytes.len() >= end + 4 + length)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n")?;
        let size =
            usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[line + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// Form encoding.
pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What a query, a fragment or a form body holds.
pub fn decode(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_and_without_chunks() {
        let plain =
            Answer::parse(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\nhi");
        let plain = plain.unwrap();
        assert_eq!((plain.status, plain.text()), (200, "hi"));
        assert_eq!(plain.all("Set-Cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
        let chunked =
            Answer::parse(b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\n\r\n");
        assert_eq!(chunked.unwrap().text(), "hi!");
        assert!(Answer::parse(b"garbage").is_none());
        assert!(
            is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
                && !is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh")
        );
    }
}
