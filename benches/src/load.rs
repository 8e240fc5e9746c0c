//! The load: kept HTTP/1.1 connections that send prepared requests and check every answer, so that errors cannot count as speed.
//!
//! It shares the processors with the server that it loads. What it costs is the same for both sides of a ratio, and it is kept
//! small: one thread, one write and one read a request, nothing allocated.

use crate::child::Child;
use crate::figures::Slice;
use crate::{Outcome, While};
use futures_util::future::try_join_all;
use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Nothing that is measured takes as long: whoever waits longer waits for something broken.
const HANGS_AFTER: Duration = Duration::from_secs(60);
/// Larger than any answer that is measured.
const ROOM: usize = 64 * 1024;

/// Requests to be sent, and what their answers must begin with.
pub(crate) struct Shots {
    requests: Vec<Vec<u8>>,
    prefix: Vec<u8>,
    /// Whether each may be sent once only.
    once: bool,
    next: Cell<usize>,
}

impl Shots {
    /// Requests that are sent over and over.
    pub(crate) fn again(requests: Vec<Vec<u8>>, prefix: &str) -> Shots {
        Shots { requests, prefix: prefix.into(), once: false, next: Cell::new(0) }
    }

    /// Requests that are good for one answer each.
    pub(crate) fn once(requests: Vec<Vec<u8>>, prefix: &str) -> Shots {
        Shots { once: true, ..Shots::again(requests, prefix) }
    }

    /// The same requests for a server that takes them over and over.
    pub(crate) fn repeated(&self, prefix: &str) -> Shots {
        Shots::again(self.requests.clone(), prefix)
    }

    fn take(&self) -> Option<&[u8]> {
        let at = self.next.get();
        self.next.set(at + 1);
        if self.once { self.requests.get(at) } else { self.requests.get(at % self.requests.len()) }.map(Vec::as_slice)
    }
}

/// When a slice ends.
#[derive(Clone, Copy)]
pub(crate) struct Until {
    /// After so long.
    pub(crate) time: Duration,
    /// After so many requests.
    pub(crate) requests: usize,
}

impl Until {
    /// After so long.
    pub(crate) fn time(time: Duration) -> Until {
        Until { time, requests: usize::MAX }
    }
}

/// Connections to one server.
pub(crate) struct Clients(Vec<Client>);

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Where in the buffer an answer's parts lie.
struct Answer {
    head: usize,
    end: usize,
}

impl Clients {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr, count: usize) -> Outcome<Clients> {
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            let stream = TcpStream::connect(address).await.while_doing("connecting to a server")?;
            stream.set_nodelay(true).while_doing("setting up a connection")?;
            clients.push(Client { stream, buffer: vec![0; ROOM] });
        }
        Ok(Clients(clients))
    }

    /// Sends requests on all connections until the slice ends, and reads how much CPU the server took meanwhile.
    pub(crate) async fn run(&mut self, server: &Child, shots: &Shots, until: Until) -> Outcome<Slice> {
        let (cpu, began, sent) = (server.cpu()?, Instant::now(), Cell::new(0));
        let (sent, deadline) = (&sent, began + until.time);
        let all = self.0.iter_mut().map(|client| async move {
            let mut latencies = Vec::new();
            while Instant::now() < deadline && sent.get() < until.requests {
                sent.set(sent.get() + 1);
                let Some(request) = shots.take() else { break };
                let asked = Instant::now();
                client.ask(request, &shots.prefix).await?;
                latencies.push(asked.elapsed().as_secs_f64() * 1e6);
            }
            Ok::<_, String>(latencies)
        });
        let hung = |_| "a server does not answer".to_owned();
        let all = tokio::time::timeout(until.time + HANGS_AFTER, try_join_all(all)).await.map_err(hung)??;
        let lasted = began.elapsed();
        let latencies = all.concat();
        if latencies.is_empty() {
            return Err("no request was left to be sent".to_owned());
        }
        Ok(Slice { answers: latencies.len(), lasted, cpu: server.cpu()?.saturating_sub(cpu), latencies })
    }

    /// The answer to one request of these: its content type and its body.
    pub(crate) async fn first(&mut self, shots: &Shots) -> Outcome<(String, String)> {
        let client = self.0.first_mut().ok_or("no connection")?;
        let request = shots.take().ok_or("no request was left to be sent")?;
        let answer = client.ask(request, &shots.prefix).await?;
        let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&client.buffer[range]).into_owned();
        let head = text(0..answer.head);
        let content_type = header(&head, "content-type").unwrap_or_default().to_owned();
        Ok((content_type, text(answer.head..answer.end)))
    }
}

impl Client {
    /// Sends a request and reads its answer; an error unless it is 200 and begins as it should.
    async fn ask(&mut self, request: &[u8], prefix: &[u8]) -> Outcome<Answer> {
        self.stream.write_all(request).await.while_doing("sending a request")?;
        let mut filled = 0;
        let answer = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.while_doing("reading an answer")?;
            if read == 0 {
                return Err("a server closed the connection in the middle of an answer".to_owned());
            }
            filled += read;
            if let Some(answer) = whole(&self.buffer[..filled])? {
                break answer;
            }
        };
        let body = &self.buffer[answer.head..answer.end];
        if answer.end == filled && self.buffer.starts_with(b"HTTP/1.1 200 ") && body.starts_with(prefix) {
            return Ok(answer);
        }
        Err(format!("an answer is not as expected:\n{}", String::from_utf8_lossy(&self.buffer[..filled])))
    }
}

/// The answer, once all of it has come.
fn whole(read: &[u8]) -> Outcome<Option<Answer>> {
    let Some(head) = read.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else { return Ok(None) };
    let text = std::str::from_utf8(&read[..head]).while_doing("reading the head of an answer")?;
    let length: usize = header(text, "content-length")
        .and_then(|value| value.parse().ok())
        .ok_or("an answer does not tell its length")?;
    Ok((read.len() >= head + length).then_some(Answer { head, end: head + length }))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_has_come() {
        let text = b"HTTP/1.1 200 OK\r\ncontent-type: a/b\r\nContent-Length: 3\r\n\r\nabc";
        let answer = whole(text).unwrap().unwrap();
        assert_eq!(&text[answer.head..answer.end], b"abc");
        for cut in 0..text.len() {
            assert!(whole(&text[..cut]).unwrap().is_none(), "{cut}");
        }
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
