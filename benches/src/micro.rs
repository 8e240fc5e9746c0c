//! Parts of a call in this process, without HTTP: where the time of the road goes. Only XML against JSON has a goal.

use crate::figures::median;
use crate::graph;
use crate::plan::Plan;
use crate::sample::{self, SAMPLE, person};
use crate::table::{Goal, Table};
use crate::world::{FIRST, World};
use crate::{Outcome, While};
use bytes::Bytes;
use reconnect_core::context::Request;
use reconnect_core::{Services, Settings, dispatch};
use reconnect_store::{MemoryBlobs, SystemClock};
use reconnect_store_sqlite::{Options, SqliteStore};
use reconnect_wire::{Args, Call, Limits, render, sign};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SUBJECT: &str = "in one process";
/// How long one part is repeated in one round.
const BATCH: Duration = Duration::from_millis(20);
const FORM: &[u8] = b"application/x-www-form-urlencoded";

pub(crate) async fn measure(plan: &Plan, table: &mut Table) -> Outcome {
    let folder = plan.folder()?;
    let file = folder.path().join("micro.db");
    let world = World::make(&file, 0).await?;
    let clock = Arc::new(SystemClock);
    let store = SqliteStore::open(&file, clock.clone(), Options::default()).while_doing("opening a database")?;
    let services =
        Services::open(Arc::new(store), Arc::new(MemoryBlobs::new()), clock, sample::registry(), Settings::default())
            .await;
    let services = services.while_doing("opening the services")?;
    let small = body(&world.calls(SAMPLE, &[("uid", &FIRST.to_string())]));
    let session = body(&world.calls_of_sessions("users.getLoggedInUser"));
    let (small_call, session_call) = (read(&small)?, read(&session)?);
    for (call, prefix) in [(&small_call, "{\"uid\":1240077,"), (&session_call, "1240077")] {
        let performed = dispatch::perform(&services, Request::default(), call).await;
        if !performed.document.body.starts_with(prefix.as_bytes()) {
            return Err(format!("a call failed: {}", String::from_utf8_lossy(&performed.document.body)));
        }
    }
    let rows: Vec<_> = (FIRST..FIRST + 100).map(person).collect();
    let (xml, json) = (format("xml"), format("json"));
    let (town, graph_calls) = graph::in_one_process(plan).await?;
    let graph_calls = read_all(&graph_calls)?;

    let mut parts = Parts::default();
    for _ in 0..plan.rounds {
        parts.time("reading a form of 8 arguments", async || drop(black_box(read(&session)))).await;
        parts.time("checking its signature", async || _ = black_box(sign::verify(&session_call.args, SECRET))).await;
        parts.time("the road, without storage", async || perform(&services, &small_call).await).await;
        parts.time("the road, session checked", async || perform(&services, &session_call).await).await;
        parts.time("100 rows in JSON", async || drop(black_box(render::answer(&json, &rows)))).await;
        parts.time("100 rows in XML", async || drop(black_box(render::answer(&xml, &rows)))).await;
        for (subject, calls) in &graph_calls {
            let mut calls = calls.iter().cycle();
            parts.time(subject, async || perform(&town, calls.next().unwrap_or(&session_call)).await).await;
        }
    }
    parts.report(table);
    Ok(())
}

/// As long as the secrets that applications have. That it is a wrong one costs nothing more: the arguments are in order.
const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

fn body(requests: &[Vec<u8>]) -> Bytes {
    let request = requests.first().map_or(&[][..], Vec::as_slice);
    let head = request.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |at| at + 4);
    Bytes::copy_from_slice(&request[head..])
}

fn read_all(of: &[(&'static str, Vec<Vec<u8>>)]) -> Outcome<Vec<(&'static str, Vec<Call>)>> {
    let each = |requests: &[Vec<u8>]| {
        requests.iter().map(|one| read(&body(std::slice::from_ref(one)))).collect::<Outcome<Vec<Call>>>()
    };
    of.iter().map(|(subject, requests)| Ok((*subject, each(requests)?))).collect()
}

fn read(body: &Bytes) -> Outcome<Call> {
    let request =
        reconnect_wire::Request { path_method: None, query: None, content_type: Some(FORM), body: body.clone() };
    Call::read(request, &Limits::default()).map_err(|_| "a form of ours was refused".to_owned())
}

fn format(name: &str) -> Call {
    let args = Args::from([("method", "users.getInfo"), ("format", name)]);
    let text: Vec<String> = args
        .iter()
        .map(|(name, value)| format!("{}={}", String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
        .collect();
    Call::from_query(text.join("&").as_bytes(), reconnect_wire::Format::Xml)
}

async fn perform(services: &Arc<Services>, call: &Call) {
    black_box(dispatch::perform(services, Request::default(), call).await);
}

/// Microseconds of every part, one figure a round.
#[derive(Default)]
struct Parts(Vec<(&'static str, Vec<f64>)>);

impl Parts {
    async fn time(&mut self, name: &'static str, mut part: impl AsyncFnMut()) {
        let (began, mut times) = (Instant::now(), 0_u32);
        // A clock is read every 16 times: it would else be a part of what is measured.
        while began.elapsed() < BATCH {
            for _ in 0..16 {
                part().await;
            }
            times += 16;
        }
        let took = began.elapsed().as_secs_f64() * 1e6 / f64::from(times);
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, all)) => all.push(took),
            None => self.0.push((name, vec![took])),
        }
    }

    fn report(&self, table: &mut Table) {
        for (name, took) in &self.0 {
            table.value(SUBJECT, name, median(took), "µs", Goal::None, String::new());
        }
        let of = |name| self.0.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, took)| took);
        let ratios: Vec<f64> =
            of("100 rows in XML").iter().zip(of("100 rows in JSON")).map(|(xml, json)| xml / json).collect();
        table.ratio(SUBJECT, "100 rows, XML to JSON", median(&ratios), Goal::AtMost(1.3), String::new());
    }
}
