//! The servers that are measured, each in a process of its own: a bare handler, and the API on a file.
//!
//! Both are axum on as many threads, accept alike and print their address. They end when their input does.

use crate::one_by_one::OneByOne;
use crate::{Outcome, While, sample};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use clap::Args;
use http::{HeaderValue, header};
use reconnect_core::{Services, Settings};
use reconnect_functions::router::router;
use reconnect_functions::site::Site;
use reconnect_store::{Clock, MemoryBlobs, ShiftedClock, Store, SystemClock, Time};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Flags of the bare handler.
#[derive(Args)]
pub(crate) struct Bare {
    #[arg(long)]
    workers: usize,
    #[arg(long)]
    content_type: String,
    #[arg(long)]
    body: String,
}

/// Flags of the API.
#[derive(Args)]
pub(crate) struct Api {
    #[arg(long)]
    workers: usize,
    #[arg(long)]
    file: PathBuf,
    /// One transaction a batch: what group commit is measured against.
    #[arg(long)]
    one_by_one: bool,
    /// What time it is at the start, in seconds since 1970; without it the machine's.
    #[arg(long, value_name = "SECONDS")]
    now: Option<i64>,
}

/// What the bare handler gives, whatever is asked.
#[derive(Clone)]
struct Given {
    content_type: HeaderValue,
    body: Bytes,
}

/// Serves the bare handler.
pub(crate) fn bare(flags: &Bare) -> Outcome {
    let content_type = HeaderValue::from_str(&flags.content_type).while_doing("reading --content-type")?;
    let given = Given { content_type, body: Bytes::from(flags.body.clone()) };
    serve(flags.workers, async { Ok(Router::new().route("/restserver.php", post(give)).with_state(given)) })
}

/// The floor: the whole body is read and the same bytes are sent, headers included; nothing else happens.
async fn give(State(given): State<Given>, _: Bytes) -> Response {
    let mut response = Response::new(Body::from(given.body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, given.content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-store, must-revalidate"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Serves the API. Says at its end how many transactions and batches were written.
pub(crate) fn api(flags: &Api) -> Outcome {
    let clock: Arc<dyn Clock> = match flags.now {
        Some(now) => Arc::new(ShiftedClock::starting_at(Time::from_secs(now))),
        None => Arc::new(SystemClock),
    };
    let file = SqliteStore::open(&flags.file, clock.clone(), Options::default()).while_doing("opening a database")?;
    let file = Arc::new(file);
    let store: Arc<dyn Store> =
        if flags.one_by_one { Arc::new(OneByOne::new(Arc::clone(&file))) } else { Arc::clone(&file) as _ };
    serve(flags.workers, async {
        let services =
            Services::open(store, Arc::new(MemoryBlobs::new()), clock, sample::registry(), Settings::default()).await;
        let services = services.while_doing("opening the services")?;
        Ok(router(Site { services, public_url: None, trusted_proxies: Arc::default(), faces: None }))
    })?;
    let stats = file.stats();
    println!("{} {}", stats.transactions, stats.batches);
    file.close();
    Ok(())
}

fn serve(workers: usize, router: impl Future<Output = Outcome<Router>>) -> Outcome {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(workers).enable_all().build().while_doing("starting a server's runtime")?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.while_doing("listening")?;
        let router = router.await?;
        let mut output = std::io::stdout();
        let address = listener.local_addr().while_doing("reading the address")?;
        writeln!(output, "{address}").and_then(|()| output.flush()).while_doing("printing the address")?;
        let (ended, end) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            let _ = ended.send(());
        });
        tokio::select! {
            done = async { axum::serve(listener, router).await } => done.while_doing("serving"),
            _ = end => Ok(()),
        }
    });
    runtime.shutdown_background();
    served
}
