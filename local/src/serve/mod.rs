//! `serve`: from the flags to a running server, and from a signal to its end.

mod announce;
mod connection;
mod faces;
mod health;
mod listen;
mod local;
mod start_page;
mod ticker;
mod tls;

pub(crate) use tls::paths as authority_paths;

use crate::cli::{Common, ServeFlags};
use crate::fail::{Outcome, failed};
use crate::home::{self, Home};
use crate::world::World;
use axum::Router;
use connection::Server;
use listen::{Addresses, Listeners, Reached};
use local::Local;
use reconnect_core::Settings;
use reconnect_core::outbound::Reach;
use reconnect_functions::site::{Faces, Site};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An application is kept in memory for so long, so that what a verb changes is seen within 100 ms.
const KEEP_APPLICATIONS: Duration = Duration::from_millis(50);
/// More threads than this serve nobody on a laptop, and each costs memory.
const MOST_WORKERS: usize = 8;
/// Passwords are hashed two at a time; the rest is for names that are looked up and for closing the store.
const BLOCKING_THREADS: usize = 6;

/// Serves until a signal comes.
pub(crate) fn run(common: &Common, flags: ServeFlags) -> Outcome {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(MOST_WORKERS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("reconnect")
        .enable_all()
        .build()
        .map_err(|error| failed(format!("the server cannot start its threads: {error}")))?;
    runtime.block_on(serve(common, flags))
}

/// Where the data is, for people.
#[derive(Clone, Debug)]
enum Origin {
    /// In memory, filled with this world.
    Memory(String),
    /// A file that was made just now, with this world.
    New(PathBuf, String),
    /// A file that was there.
    Existing(PathBuf),
}

async fn serve(common: &Common, flags: ServeFlags) -> Outcome {
    let addresses = Addresses::of(&flags)?;
    // Listeners on this machine first: a port that is taken is told before a file is made.
    let mut listeners = Listeners::default();
    listeners.bind(&addresses, true)?;
    let (home, origin) = open(common, &flags, &addresses).await?;
    let served = serve_from(common, flags, addresses, listeners, &home, origin).await;
    home.close();
    served
}

async fn serve_from(
    common: &Common,
    flags: ServeFlags,
    addresses: Addresses,
    mut listeners: Listeners,
    home: &Home,
    origin: Origin,
) -> Outcome {
    if !addresses.loopback_only() && !home.services.graph.demo().await?.is_empty() {
        return Err(refusal(&addresses, &common.db()));
    }
    let tls = match &flags.tls {
        Some(tls) => Some(tls::prepare(tls, &common.db(), flags.public_url.as_deref())?),
        None => None,
    };
    listeners.bind(&addresses, false)?;
    let stop = connection::Signals::listen()?;
    let local = Arc::new(Local::new(addresses.loopback_only(), flags.public_url.clone()));
    let reached = listeners.reached(flags.public_url.clone());
    let site = site(&flags, home, &local, &reached);
    let own =
        start_page::router(site.clone(), Arc::clone(&local), reached.clone()).merge(health::router(&home.services));
    let router: Router = reconnect_functions::router::router(site).merge(own);
    announce::print(common, home, &origin, &reached, tls.as_ref(), addresses.loopback_only()).await?;
    let ticker = ticker::start(Arc::clone(&home.services), addresses.loopback_only());
    let server = Server { router, tls: tls.map(|tls| tls.acceptor), trusted: flags.trusted_proxy.into() };
    connection::run(server, listeners, stop, ticker).await
}

async fn open(common: &Common, flags: &ServeFlags, addresses: &Addresses) -> Outcome<(Home, Origin)> {
    let clock = reconnect_functions::settings::clock(flags.clock);
    let settings = settings(flags, addresses);
    let path = common.db();
    if flags.ephemeral {
        let world = fitting(flags, addresses)?;
        let home = Home::in_memory(clock, settings).await?;
        crate::world::load(&home.services, &world).await?;
        return Ok((home, Origin::Memory(flags.world.clone())));
    }
    if path.exists() {
        return Ok((Home::at(&path, clock, settings).await?, Origin::Existing(path)));
    }
    let world = fitting(flags, addresses)?;
    home::make(&path, &world, Arc::clone(&clock)).await?;
    Ok((Home::at(&path, clock, settings).await?, Origin::New(path, flags.world.clone())))
}

/// The world for a new file; a demo world is refused before the file is made.
fn fitting(flags: &ServeFlags, addresses: &Addresses) -> Outcome<World> {
    let world = World::find(&flags.world)?;
    if world.demo && !addresses.loopback_only() {
        return Err(failed(format!(
            "{} is not an address of this machine, and the world {} has public passwords. Start with `--world empty`, \
             or listen on 127.0.0.1 only",
            addresses.exposed(),
            flags.world
        )));
    }
    Ok(world)
}

fn refusal(addresses: &Addresses, path: &std::path::Path) -> crate::fail::Failure {
    failed(format!(
        "{} is not an address of this machine, and {} holds demo people or applications, whose passwords and secrets are public. \
         Remove them with `reconnect world clear --db {}`, or listen on 127.0.0.1 only",
        addresses.exposed(),
        path.display(),
        path.display()
    ))
}

fn settings(flags: &ServeFlags, addresses: &Addresses) -> Settings {
    let by_itself = if addresses.loopback_only() { Reach::Loopback } else { Reach::Nowhere };
    Settings {
        tokens_over_http: addresses.loopback_only(),
        keep_applications: KEEP_APPLICATIONS,
        reach: flags.outbound.map_or(by_itself, Reach::from),
        // Never by itself: any page in this machine's browser may ask for what stands at an address, and is told.
        pages: flags.outbound.map_or(Reach::Nowhere, Reach::from),
        ..Settings::default()
    }
}

fn site(flags: &ServeFlags, home: &Home, local: &Arc<Local>, reached: &Reached) -> Site {
    let faces = faces::DemoFaces {
        graph: home.services.graph.clone(),
        local: Arc::clone(local),
        server: reached.for_programs().to_owned(),
    };
    Site {
        services: Arc::clone(&home.services),
        public_url: flags.public_url.clone(),
        trusted_proxies: flags.trusted_proxy.clone().into(),
        faces: local.possible().then(|| Arc::new(faces) as Arc<dyn Faces>),
    }
}
