//! What happens beside a call: unfinished work that is carried on after a crash, and what applications are told.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failing expectation is what a test is for

use reconnect_core::model::{Application, Person};
use reconnect_core::outbound::Reach;
use reconnect_core::permission::Permissions;
use reconnect_core::session::Plan;
use reconnect_core::{Registry, Services, Settings, callbacks};
use reconnect_store::clock::ManualClock;
use reconnect_store::{Id, MemoryBlobs, Time};
use reconnect_store_sqlite::SqliteStore;
use reconnect_wire::{Args, Call, Limits, Request, fb_sig, signed_request};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

const ANN: Id = Id(1_240_077);

struct House {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    app: Application,
}

async fn house(adjust: impl FnOnce(&mut Application)) -> House {
    let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
    let store = Arc::new(SqliteStore::in_memory(clock.clone()).unwrap());
    let settings = Settings { reach: Reach::Loopback, ..Settings::default() };
    let services =
        Services::open(store, Arc::new(MemoryBlobs::new()), clock.clone(), Registry::new(&[]), settings).await.unwrap();
    let mut app = Application { name: "Web".to_owned(), ..Application::default() };
    adjust(&mut app);
    let app = services.graph.create_application(app).await.unwrap();
    let person =
        Person { id: ANN, first_name: "Ann".to_owned(), email: "ann@example.com".to_owned(), ..Person::default() };
    services.graph.create_person(person, None).await.unwrap();
    House { services, clock, app }
}

/// As many infinite sessions as take several batches to sweep.
async fn open_sessions(house: &House, count: usize) {
    let graph = &house.services.graph;
    let granted = graph.authorize(ANN, house.app.id, &Permissions::none()).await.unwrap();
    let login = graph.login(ANN).await.unwrap().unwrap();
    let plan = Plan {
        person: ANN,
        granted_epoch: granted.grant.epoch,
        login_epoch: login.epoch,
        infinite: true,
        secret: false,
        browser: None,
    };
    for _ in 0..count {
        graph.open_session(&house.app, &plan).await.unwrap();
    }
}

async fn listed_sessions(house: &House) -> usize {
    let range = reconnect_store::Range::oldest(ANN, reconnect_core::kinds::SESSIONS, 1000);
    house.services.graph.range(&range).await.unwrap().entries.len()
}

#[tokio::test]
async fn work_that_a_dead_process_left_is_carried_on_by_the_next() {
    let house = house(|_| ()).await;
    open_sessions(&house, 75).await;
    let graph = &house.services.graph;
    // The process dies right after the commit that makes the withdrawal visible: nobody carries the intent out.
    let _left_behind = graph.withdraw(ANN, house.app.id, false).await.unwrap().expect("it was authorised");
    assert_eq!(graph.grant(ANN, house.app.id).await.unwrap(), None, "visible at once");
    assert_eq!(house.services.carry_out_due().await.unwrap(), 0, "its maker still holds it");
    house.clock.advance(61_000);
    assert_eq!(house.services.carry_out_due().await.unwrap(), 1);
    assert_eq!((listed_sessions(&house).await, graph.intents().await.unwrap()), (0, (0, 0)));
    assert_eq!(house.services.carry_out_due().await.unwrap(), 0, "once");
}

#[tokio::test]
async fn two_workers_do_not_take_the_same_work() {
    let house = house(|_| ()).await;
    open_sessions(&house, 1).await;
    let graph = &house.services.graph;
    let _left_behind = graph.withdraw(ANN, house.app.id, false).await.unwrap();
    house.clock.advance(61_000);
    let (a, b) = tokio::join!(graph.take_due_intent(), graph.take_due_intent());
    assert!(a.unwrap().is_some() != b.unwrap().is_some());
}

#[tokio::test]
async fn a_new_authorisations_sessions_survive_the_sweep_of_the_old_ones() {
    let house = house(|_| ()).await;
    open_sessions(&house, 3).await;
    let intent = house.services.graph.withdraw(ANN, house.app.id, false).await.unwrap().unwrap();
    open_sessions(&house, 2).await;
    house.services.carry_out(intent).await;
    assert_eq!(listed_sessions(&house).await, 2);
}

#[tokio::test]
async fn work_that_keeps_failing_is_given_up_and_shown() {
    let house = house(|_| ()).await;
    open_sessions(&house, 1).await;
    let graph = &house.services.graph;
    let _left_behind = graph.withdraw(ANN, house.app.id, false).await.unwrap();
    for _ in 0..reconnect_core::intent::MAX_FAILURES {
        house.clock.advance(24 * 3_600_000);
        let intent = graph.take_due_intent().await.unwrap().expect("due");
        graph.intent_failed(&intent).await.unwrap();
    }
    house.clock.advance(24 * 3_600_000);
    assert!(graph.take_due_intent().await.unwrap().is_none());
    assert_eq!(graph.intents().await.unwrap(), (1, 1));
}

/// An application's server that takes one request and answers with a status line.
fn listen(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/ping", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let n = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..n]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length =
                head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if n == 0 || body.len() >= length.unwrap_or(0) {
                stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
                return body.to_owned();
            }
        }
    });
    (address, heard)
}

fn fields(body: String) -> Args {
    let request = Request { path_method: None, query: None, content_type: None, body: body.into() };
    Call::read(request, &Limits::default()).unwrap().args
}

#[tokio::test]
async fn an_application_is_told_that_a_person_removed_it() {
    let (post_remove, heard) = listen("200 OK");
    let (deauthorize, heard_too) = listen("200 OK");
    let house = house(|app| {
        app.post_remove_url = Some(post_remove);
        app.deauthorize_url = Some(deauthorize);
    })
    .await;
    open_sessions(&house, 1).await;
    let intent = house.services.graph.withdraw(ANN, house.app.id, false).await.unwrap().unwrap();
    house.services.carry_out(intent).await;

    let told = fields(heard.join().unwrap());
    let told = fb_sig::verify(fb_sig::FB_SIG, &told, house.app.secret.as_bytes()).expect("a right fb_sig");
    assert_eq!(told.text("uninstall").unwrap(), Some("1"));
    assert_eq!(told.text("added").unwrap(), Some("0"));
    assert_eq!(told.text("user").unwrap(), Some("1240077"));
    assert_eq!(told.get("session_key"), None);

    let told = fields(heard_too.join().unwrap());
    let signed = told.text("signed_request").unwrap().unwrap();
    let payload = signed_request::verify(signed, house.app.secret.as_bytes()).expect("a right signature");
    assert_eq!(payload["user_id"], "1240077");
}

#[tokio::test]
async fn an_application_is_told_that_a_person_authorised_it() {
    let (address, heard) = listen("500 Internal Server Error");
    let house = house(|app| app.post_authorize_url = Some(address)).await;
    let now = house.services.graph.now();
    let answer = callbacks::authorized(&house.services.outbound, &house.app, ANN, now, None).await;
    assert!(answer.unwrap_err().to_string().contains("500"));
    let told = fields(heard.join().unwrap());
    let told = fb_sig::verify(fb_sig::FB_SIG, &told, house.app.secret.as_bytes()).expect("a right fb_sig");
    assert_eq!((told.text("authorize").unwrap(), told.text("added").unwrap()), (Some("1"), Some("1")));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let status = format!("302 Found\r\nLocation: http://{}/", elsewhere.local_addr().unwrap());
    let (address, heard) = listen(status.leak());
    let house = house(|app| app.post_authorize_url = Some(address)).await;
    let now = house.services.graph.now();
    let answer = callbacks::authorized(&house.services.outbound, &house.app, ANN, now, None).await;
    assert!(answer.unwrap_err().to_string().contains("302"));
    heard.join().unwrap();
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[tokio::test]
async fn an_application_that_does_not_answer_holds_nobody_up_for_long() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let house = house(|app| app.post_authorize_url = Some(address)).await;
    let now = house.services.graph.now();
    let call = callbacks::authorized(&house.services.outbound, &house.app, ANN, now, None);
    // The outer limit only keeps a broken client from hanging the test.
    let answer =
        tokio::time::timeout(reconnect_core::outbound::TIMEOUT * 10, call).await.expect("it gave up by itself");
    assert!(answer.is_err());
}

#[tokio::test]
async fn a_removed_person_is_gone_at_once_and_swept_by_whoever_comes_next() {
    let house = house(|_| ()).await;
    let graph = &house.services.graph;
    for n in 0..50 {
        let person = Person {
            id: Id(2000 + n),
            first_name: format!("Friend {n}"),
            email: format!("friend{n}@example.com"),
            ..Person::default()
        };
        graph.create_person(person, None).await.unwrap();
        graph.befriend(ANN, Id(2000 + n)).await.unwrap();
    }
    open_sessions(&house, 50).await;
    let _left_behind = graph.remove_person(ANN).await.unwrap().expect("she was there");
    assert!(graph.person_by_email("ann@example.com").await.unwrap().is_none(), "gone at once");
    assert!(graph.login(ANN).await.unwrap().is_none());
    house.clock.advance(61_000);
    assert_eq!(house.services.carry_out_due().await.unwrap(), 1);
    assert_eq!((graph.friends(ANN).await.unwrap().len(), graph.friends(Id(2007)).await.unwrap().len()), (0, 0));
    assert_eq!((listed_sessions(&house).await, graph.grants_of(ANN).await.unwrap().len()), (0, 0));
    assert_eq!(graph.intents().await.unwrap(), (0, 0));
    // The address may be taken again.
    let again = Person { first_name: "Ann".to_owned(), email: "Ann@Example.com".to_owned(), ..Person::default() };
    graph.create_person(again, None).await.unwrap();
}

#[tokio::test]
async fn a_removed_application_is_unknown_at_once_and_leaves_nothing_behind() {
    let house = house(|app| app.canvas_name = Some("web".to_owned())).await;
    open_sessions(&house, 35).await;
    let graph = &house.services.graph;
    let intent = graph.remove_application(house.app.id).await.unwrap().expect("it was there");
    assert!(graph.application_by_key(&house.app.api_key).await.unwrap().is_none());
    house.services.carry_out(intent).await;
    assert_eq!((listed_sessions(&house).await, graph.grant(ANN, house.app.id).await.unwrap()), (0, None));
    assert_eq!(graph.intents().await.unwrap(), (0, 0));
    let again = Application { canvas_name: Some("WEB".to_owned()), name: "Again".to_owned(), ..Application::default() };
    graph.create_application(again).await.unwrap();
}
