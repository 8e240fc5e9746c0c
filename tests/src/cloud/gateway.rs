//! The gateway: real HTTP on 127.0.0.1, an event to the function that the route names, its answer back as HTTP.

use super::event::{Incoming, Outgoing};
use super::function::{Deployment, Fleet};
use super::routes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming as Body};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// The most that the gateway takes of a body.
const MOST_BODY: usize = 10 << 20;
/// The most that Lambda takes of an event.
const MOST_EVENT: usize = 6 << 20;
/// The most that the gateway takes of a request line and its headers together.
const MOST_HEAD: usize = 10_240;
/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// A running gateway with its functions; all end with it.
#[derive(Debug)]
pub struct Gateway {
    /// `127.0.0.1:PORT`.
    pub address: String,
    fleet: Arc<Fleet>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What every connection needs.
#[derive(Clone)]
struct Door {
    fleet: Arc<Fleet>,
    methods: Arc<[String]>,
    requests: Arc<AtomicU64>,
    port: u16,
}

impl Gateway {
    /// Opens it before a deployment. No function runs before it is first needed.
    pub fn start(deployment: Deployment) -> Gateway {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let fleet = Arc::new(Fleet::new(deployment));
        let door = Door {
            fleet: Arc::clone(&fleet),
            methods: routes::methods().into(),
            requests: Arc::default(),
            port: address.port(),
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let socket = TcpListener::from_std(socket).expect("a socket");
                tokio::select! {
                    () = accept(socket, door) => {}
                    _ = stopped => {}
                }
            });
        });
        Gateway { address: address.to_string(), fleet, stop: Some(stop), thread: Some(thread) }
    }

    /// Everything that the functions have said so far.
    pub fn log(&self) -> String {
        self.fleet.log()
    }

    /// The process ids of the functions that run and are idle.
    pub fn pids(&self) -> Vec<u32> {
        self.fleet.idle_pids()
    }

    /// Closes the door and ends the functions.
    pub fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.fleet.end();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.end();
    }
}

async fn accept(socket: TcpListener, door: Door) {
    loop {
        let Ok((stream, from)) = socket.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(speak(stream, from, door.clone()));
    }
}

/// HTTP/1.1 on a connection, until either side ends it.
async fn speak(stream: TcpStream, from: SocketAddr, door: Door) {
    let service = service_fn(move |request: Request<Body>| {
        let door = door.clone();
        async move { Ok::<_, Infallible>(door.answer(request, from).await) }
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

impl Door {
    async fn answer(self, request: Request<Body>, from: SocketAddr) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let lines: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        if head.uri.to_string().len() + lines > MOST_HEAD {
            return told(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large");
        }
        let Ok(body) = Limited::new(body, MOST_BODY).collect().await else {
            return told(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        };
        let incoming = Incoming {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers,
            body: body.to_bytes().to_vec(),
            source: from,
            port: self.port,
        };
        // Invocations block: they wait for processes.
        let answered = tokio::task::spawn_blocking(move || self.invoke(&incoming)).await;
        answered.unwrap_or_else(|_| internal_error())
    }

    fn invoke(&self, incoming: &Incoming) -> Response<Full<Bytes>> {
        let route = routes::find(&self.methods, &incoming.raw_path());
        let id = format!("Request{:08}=", self.requests.fetch_add(1, Ordering::Relaxed));
        let event = incoming.event(&route.key, &route.parameters, &id);
        if event.to_string().len() > MOST_EVENT {
            return told(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        match self.fleet.invoke(&route.handler, &event) {
            Ok(answer) if answer.status == 200 => {
                Outgoing::read(&answer.body).and_then(|answer| response(&answer)).unwrap_or_else(internal_error)
            }
            _ => internal_error(),
        }
    }
}

/// A function's answer as HTTP. None when it is none.
fn response(answer: &Outgoing) -> Option<Response<Full<Bytes>>> {
    let mut response = Response::new(Full::from(answer.bytes()?));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    for (name, value) in &answer.headers.0 {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response.headers_mut().append(name, HeaderValue::from_str(value).ok()?);
    }
    for cookie in &answer.cookies {
        response.headers_mut().append(SET_COOKIE, HeaderValue::from_str(cookie).ok()?);
    }
    Some(response)
}

fn internal_error() -> Response<Full<Bytes>> {
    told(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// An answer of the gateway's own.
fn told(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(serde_json::json!({ "message": message }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
