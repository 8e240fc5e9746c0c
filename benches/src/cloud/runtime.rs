//! A Runtime API: hands events to one function and takes its answers, and notes the moment of each. The real one lies on the other side
//! of a network that belongs to the service; this one costs little and the same for everybody.

use crate::{Outcome, While};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{mpsc, oneshot};

/// Nothing that is measured takes as long: whoever waits longer waits for something broken.
const HANGS_AFTER: Duration = Duration::from_secs(20);
/// The deadline that a function is told of.
const DEADLINE: Duration = Duration::from_secs(10);

/// The Runtime API of one function; gone when this is dropped.
pub(crate) struct RuntimeApi {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    events: mpsc::UnboundedSender<Bytes>,
    said: Receiver<Said>,
    _end: oneshot::Sender<()>,
}

/// What a function did.
enum Said {
    /// It asked for an event.
    Asked(Instant),
    /// It answered one.
    Answered(Instant, Bytes),
    /// It says that it failed.
    Failed(Bytes),
}

/// The side of the handlers.
struct Desk {
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Bytes>>,
    said: Mutex<Sender<Said>>,
}

impl RuntimeApi {
    /// Listens, in a thread of its own.
    pub(crate) fn start() -> Outcome<RuntimeApi> {
        let socket = std::net::TcpListener::bind(("127.0.0.1", 0)).while_doing("listening")?;
        let address = socket.local_addr().while_doing("reading the address")?;
        socket.set_nonblocking(true).while_doing("setting up a socket")?;
        let (events, to_hand_over) = mpsc::unbounded_channel();
        let (tell, said) = channel();
        let (end, ended) = oneshot::channel();
        let desk = Desk { events: tokio::sync::Mutex::new(to_hand_over), said: Mutex::new(tell) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.while_doing("starting a Runtime API")?;
        std::thread::spawn(move || {
            runtime.block_on(async {
                let Ok(socket) = tokio::net::TcpListener::from_std(socket) else { return };
                tokio::select! {
                    _ = async { axum::serve(socket, router(desk)).await } => {},
                    _ = ended => {},
                }
            });
            runtime.shutdown_background();
        });
        Ok(RuntimeApi { address, events, said, _end: end })
    }

    /// Waits until the function asks for an event: it is ready. When that was.
    pub(crate) fn ready(&self) -> Outcome<Instant> {
        match self.next()? {
            Said::Asked(when) => Ok(when),
            Said::Answered(..) => Err("a function answered what it was not asked".to_owned()),
            Said::Failed(why) => Err(format!("a function failed: {}", String::from_utf8_lossy(&why))),
        }
    }

    /// Hands an event to the function, which must be ready; how long its answer took, and the answer. Then
    /// the function is ready once more.
    pub(crate) fn invoke(&self, event: Bytes) -> Outcome<(Duration, Bytes)> {
        let began = Instant::now();
        self.events.send(event).while_doing("handing over an event")?;
        let answered = match self.next()? {
            Said::Answered(when, answer) => (when - began, answer),
            Said::Failed(why) => return Err(format!("a function failed: {}", String::from_utf8_lossy(&why))),
            Said::Asked(_) => return Err("a function asked for a second event at once".to_owned()),
        };
        self.ready()?;
        Ok(answered)
    }

    fn next(&self) -> Outcome<Said> {
        self.said.recv_timeout(HANGS_AFTER).while_doing("waiting for a function")
    }
}

fn router(desk: Desk) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
        .route("/2018-06-01/runtime/init/error", post(failed))
        .with_state(Arc::new(desk))
}

impl Desk {
    fn tell(&self, said: Said) {
        // Whoever asked has gone: then nobody is interested.
        if let Ok(tell) = self.said.lock() {
            let _ = tell.send(said);
        }
    }
}

async fn next(State(desk): State<Arc<Desk>>) -> Response {
    desk.tell(Said::Asked(Instant::now()));
    let Some(event) = desk.events.lock().await.recv().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let deadline = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default() + DEADLINE;
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:bench".to_owned()),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000".to_owned()),
    ];
    (headers, event).into_response()
}

async fn answered(State(desk): State<Arc<Desk>>, answer: Bytes) -> StatusCode {
    desk.tell(Said::Answered(Instant::now(), answer));
    StatusCode::ACCEPTED
}

async fn failed(State(desk): State<Arc<Desk>>, why: Bytes) -> StatusCode {
    desk.tell(Said::Failed(why));
    StatusCode::ACCEPTED
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing expectation is what a test is for")]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    /// Sends a request with a body; the answer, once it is there.
    fn ask(stream: &mut TcpStream, what: &str, body: &str) -> String {
        write!(stream, "{what} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = [0; 2048];
        let read = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    #[test]
    fn an_event_is_handed_over_and_its_answer_taken() {
        let api = RuntimeApi::start().unwrap();
        let mut stream = TcpStream::connect(api.address).unwrap();
        let function = std::thread::spawn(move || {
            let event = ask(&mut stream, "GET /2018-06-01/runtime/invocation/next", "");
            assert!(event.contains("lambda-runtime-deadline-ms: ") && event.ends_with("{\"a\":1}"), "{event}");
            let taken = ask(&mut stream, "POST /2018-06-01/runtime/invocation/1/response", "42");
            assert!(taken.starts_with("HTTP/1.1 202 "), "{taken}");
            write!(stream, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            stream
        });
        api.ready().unwrap();
        assert_eq!(api.invoke(Bytes::from_static(b"{\"a\":1}")).unwrap().1, "42");
        let mut stream = function.join().unwrap();
        drop(api);
        let mut left = String::new();
        stream.set_read_timeout(Some(HANGS_AFTER)).unwrap();
        let _ = stream.read_to_string(&mut left);
        assert!(!left.starts_with("HTTP/1.1 200"), "nobody is there any more who would hand out an event: {left}");
    }

    #[test]
    fn a_failure_is_told_as_one() {
        let api = RuntimeApi::start().unwrap();
        let mut stream = TcpStream::connect(api.address).unwrap();
        ask(&mut stream, "POST /2018-06-01/runtime/init/error", "no table");
        assert!(api.ready().unwrap_err().contains("no table"));
    }
}
