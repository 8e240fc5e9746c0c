//! The load: kept HTTP/1.1 connections that send prepared requests and check every answer, so that errors cannot count as speed.
//!
//! Each connection has a thread that sleeps until its answer comes, as a client's does. A single thread for all of them would be
//! cheaper and would measure something else: it sleeps when the server is slow and never when it is fast, and it is the *server*
//! that pays for waking it, with about as much as a whole call costs.

use crate::child::Child;
use crate::figures::Slice;
use crate::{Outcome, While};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Nothing that is measured takes as long: whoever waits longer waits for something broken.
const HANGS_AFTER: Duration = Duration::from_secs(60);
/// Larger than any answer that is measured.
const ROOM: usize = 256 * 1024;

/// Requests to be sent, and what their answers must begin with.
pub(crate) struct Shots {
    requests: Vec<Vec<u8>>,
    prefix: Vec<u8>,
    /// What must stand somewhere in each answer, besides.
    part: Vec<u8>,
    /// Whether each may be sent once only.
    once: bool,
    next: AtomicUsize,
}

impl Shots {
    /// Requests that are sent over and over.
    pub(crate) fn again(requests: Vec<Vec<u8>>, prefix: &str) -> Shots {
        Shots { requests, prefix: prefix.into(), part: Vec::new(), once: false, next: AtomicUsize::new(0) }
    }

    /// Requests that are good for one answer each.
    pub(crate) fn once(requests: Vec<Vec<u8>>, prefix: &str) -> Shots {
        Shots { once: true, ..Shots::again(requests, prefix) }
    }

    /// Requests whose answers carry what is wanted within something else.
    pub(crate) fn wrapped(requests: Vec<Vec<u8>>, prefix: &str, part: &str) -> Shots {
        Shots { part: part.into(), ..Shots::again(requests, prefix) }
    }

    /// The same requests for a server that takes them over and over.
    pub(crate) fn repeated(&self, prefix: &str) -> Shots {
        Shots::again(self.requests.clone(), prefix)
    }

    fn take(&self) -> Option<&[u8]> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
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
    pub(crate) fn connect(address: SocketAddr, count: usize) -> Outcome<Clients> {
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            let stream = TcpStream::connect(address).while_doing("connecting to a server")?;
            stream.set_read_timeout(Some(HANGS_AFTER)).while_doing("setting up a connection")?;
            clients.push(Client { stream, buffer: vec![0; ROOM] });
        }
        Ok(Clients(clients))
    }

    /// Sends requests on all connections until the slice ends, and reads how much CPU the server took meanwhile.
    pub(crate) fn run(&mut self, server: &Child, shots: &Shots, until: Until) -> Outcome<Slice> {
        let cpu = server.cpu()?;
        let slice = self.shoot(shots, until)?;
        Ok(Slice { cpu: server.cpu()?.saturating_sub(cpu), ..slice })
    }

    /// The same of a server whose CPU time is somebody else's concern.
    pub(crate) fn shoot(&mut self, shots: &Shots, until: Until) -> Outcome<Slice> {
        let (began, sent) = (Instant::now(), &AtomicUsize::new(0));
        let all = std::thread::scope(|scope| {
            let threads: Vec<_> =
                self.0.iter_mut().map(|client| scope.spawn(move || client.run(shots, until, began, sent))).collect();
            let joined =
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a client broke".into())));
            joined.collect::<Outcome<Vec<_>>>()
        })?;
        let lasted = began.elapsed();
        let latencies = all.concat();
        if latencies.is_empty() {
            return Err("no request was left to be sent".to_owned());
        }
        Ok(Slice { answers: latencies.len(), lasted, latencies, ..Slice::default() })
    }

    /// The answer to one request of these: its content type and its body.
    pub(crate) fn first(&mut self, shots: &Shots) -> Outcome<(String, String)> {
        let client = self.0.first_mut().ok_or("no connection")?;
        let request = shots.take().ok_or("no request was left to be sent")?;
        let answer = client.ask(request, shots)?;
        let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&client.buffer[range]).into_owned();
        let head = text(0..answer.head);
        let content_type = header(&head, "content-type").unwrap_or_default().to_owned();
        Ok((content_type, text(answer.head..answer.end)))
    }
}

impl Client {
    /// One client's part of a slice: how long each of its answers took, in microseconds.
    fn run(&mut self, shots: &Shots, until: Until, began: Instant, sent: &AtomicUsize) -> Outcome<Vec<f64>> {
        let mut latencies = Vec::new();
        while began.elapsed() < until.time && sent.fetch_add(1, Ordering::Relaxed) < until.requests {
            let Some(request) = shots.take() else { break };
            let asked = Instant::now();
            self.ask(request, shots)?;
            latencies.push(asked.elapsed().as_secs_f64() * 1e6);
        }
        Ok(latencies)
    }

    /// Sends a request and reads its answer; an error unless it is 200 and what it should be.
    fn ask(&mut self, request: &[u8], shots: &Shots) -> Outcome<Answer> {
        self.stream.write_all(request).while_doing("sending a request")?;
        let mut filled = 0;
        let answer = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).while_doing("reading an answer")?;
            if read == 0 {
                return Err("a server closed the connection in the middle of an answer".to_owned());
            }
            filled += read;
            if let Some(answer) = whole(&self.buffer[..filled])? {
                break answer;
            }
        };
        let body = &self.buffer[answer.head..answer.end];
        let ok = answer.end == filled && self.buffer.starts_with(b"HTTP/1.1 200 ");
        if ok && body.starts_with(&shots.prefix) && holds(body, &shots.part) {
            return Ok(answer);
        }
        Err(format!("an answer is not as expected:\n{}", String::from_utf8_lossy(&self.buffer[..filled])))
    }
}

/// Whether these bytes stand somewhere in the text.
pub(crate) fn holds(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
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

    #[test]
    fn a_part_stands_anywhere_or_nowhere() {
        assert!(holds(b"abc", b"bc") && holds(b"abc", b"abc") && holds(b"abc", b""));
        assert!(!holds(b"abc", b"cb") && !holds(b"", b"a"));
    }
}
