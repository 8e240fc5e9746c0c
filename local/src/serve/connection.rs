//! Connections: accepted up to a limit, bounded in time, brought to an orderly end.

use super::listen::Listeners;
use super::local;
use super::ticker::Ticker;
use crate::fail::{Outcome, failed};
use axum::Router;
use axum::body::Body;
use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use ipnet::IpNet;
use reconnect_functions::site::Peer;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::Service;

/// Connections at a time; more wait in the system's queue.
const MOST_CONNECTIONS: usize = 1024;
/// How long a client may take for the head of a request, the wait for the next one on a kept connection included.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take for a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client may take for the handshake of TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long running calls may take to finish once a signal came.
const GRACE: Duration = Duration::from_secs(10);
/// The pause after a failure to accept (no more file handles), so that it does not fill the log.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What answers.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) router: Router,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) trusted: Arc<[IpNet]>,
}

/// Serves until a signal or an alarm comes; then lets running calls finish.
pub(super) async fn run(server: Server, listeners: Listeners, mut stop: Signals, mut ticker: Ticker) -> Outcome {
    let graceful = Arc::new(GracefulShutdown::new());
    let mut accepting = Vec::new();
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    for (sockets, https) in [(listeners.http, false), (listeners.https, true)] {
        for socket in sockets {
            let socket = TcpListener::from_std(socket).map_err(|error| failed(format!("cannot listen: {error}")))?;
            let door = Door { server: server.clone(), https, room: Arc::clone(&room), graceful: Arc::clone(&graceful) };
            accepting.push(tokio::spawn(accept(socket, door)));
        }
    }
    let reason = tokio::select! {
        () = stop.come() => None,
        Ok(()) = ticker.alarm.changed() => *ticker.alarm.borrow_and_update(),
    };
    for task in accepting {
        task.abort();
        let _ = task.await;
    }
    tokio::select! {
        () = finish(graceful) => {}
        () = sleep(GRACE) => tracing::warn!(target: "reconnect", "some calls did not finish in time and were cut off"),
        () = stop.come() => {}
    }
    ticker.stop();
    match reason {
        None => Ok(()),
        Some(reason) => Err(failed(format!("stopped, because {reason}. Remove them with `reconnect world clear`"))),
    }
}

/// Tells every connection to end after the call that it is at, and waits for that.
async fn finish(graceful: Arc<GracefulShutdown>) {
    // Those who accept are gone, and nobody else holds it.
    if let Some(graceful) = Arc::into_inner(graceful) {
        graceful.shutdown().await;
    }
}

/// One place where connections come in.
struct Door {
    server: Server,
    https: bool,
    room: Arc<Semaphore>,
    graceful: Arc<GracefulShutdown>,
}

async fn accept(socket: TcpListener, door: Door) {
    loop {
        let Ok(permit) = Arc::clone(&door.room).acquire_owned().await else { return };
        match socket.accept().await {
            Ok((stream, from)) => {
                let _ = stream.set_nodelay(true);
                let (server, watcher, https) = (door.server.clone(), door.graceful.watcher(), door.https);
                tokio::spawn(async move { connection(stream, from, server, https, watcher, permit).await });
            }
            Err(error) => {
                tracing::warn!(target: "reconnect", %error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    server: Server,
    https: bool,
    watcher: Watcher,
    _permit: OwnedSemaphorePermit,
) {
    let peer = Peer { address: Some(from.ip()), https };
    match server.tls.clone().filter(|_| https) {
        None => speak(stream, peer, server, watcher).await,
        Some(tls) => match timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) => speak(stream, peer, server, watcher).await,
            Ok(Err(error)) => tracing::debug!(target: "reconnect", %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(target: "reconnect", "a TLS handshake took too long"),
        },
    }
}

/// HTTP/1 on an open stream, until either side ends it.
async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    server: Server,
    watcher: Watcher,
) {
    let Server { router, trusted, .. } = server;
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        let through_stranger = local::through_stranger(request.headers(), peer, &trusted);
        request.extensions_mut().insert(peer);
        // A router is always ready, and a copy of it is a pointer.
        let answer = router.clone().call(request.map(timed));
        local::answering(through_stranger, async move { answer.await.map_err(|never: Infallible| never) })
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    // Clients that break off are everyday life.
    if let Err(error) = watcher.watch(serving).await {
        tracing::debug!(target: "reconnect", %error, "a connection broke");
    }
}

/// A body that has to arrive within [`BODY_TIMEOUT`]. The clock runs from when it is first waited for.
struct TimedBody {
    body: Incoming,
    deadline: Option<Pin<Box<Sleep>>>,
}

fn timed(body: Incoming) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(TimedBody { body, deadline: None }) }
}

impl hyper::body::Body for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(BODY_TIMEOUT)));
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err("the body took too long".into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The signals that end the server.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// From now on they are heard and do not end the process by themselves.
    #[cfg(unix)]
    pub(super) fn listen() -> Outcome<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        let hear = |kind| signal(kind).map_err(|error| failed(format!("signals cannot be heard: {error}")));
        Ok(Signals { terminate: hear(SignalKind::terminate())?, interrupt: hear(SignalKind::interrupt())? })
    }

    /// From now on they are heard.
    #[cfg(not(unix))]
    pub(super) fn listen() -> Outcome<Signals> {
        Ok(Signals {})
    }

    #[cfg(unix)]
    async fn come(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn come(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// What a client gets that sends this and then waits. Time is the runtime's own and runs on when nothing else does.
    async fn answer_to(sent: &[u8]) -> String {
        let read = |body: Body| async move {
            match axum::body::to_bytes(body, 1024).await {
                Ok(_) => "whole",
                Err(_) => "given up",
            }
        };
        let server = Server { router: Router::new().route("/", post(read)), tls: None, trusted: Arc::new([]) };
        let (mut client, stream) = tokio::io::duplex(4096);
        let graceful = GracefulShutdown::new();
        tokio::spawn(speak(stream, Peer::default(), server, graceful.watcher()));
        client.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        // An open end is told from a slow one by this only: an hour is longer than any limit here.
        let read = timeout(Duration::from_secs(3600), client.read_to_end(&mut answer)).await;
        read.expect("the server gave up").unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_never_ends_is_given_up() {
        answer_to(b"POST / HTTP/1.1\r\nHost: a\r\nX-Slow:").await;
        answer_to(b"").await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let whole = answer_to(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").await;
        assert!(whole.ends_with("whole"), "{whole}");
        let cut = answer_to(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc").await;
        assert!(cut.ends_with("given up"), "{cut}");
    }
}
