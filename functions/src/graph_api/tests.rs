//! What the Graph form promises, on the whole router: what is public, what a token opens and what it does not.

use crate::router::router;
use crate::site::{Peer, Site};
use crate::tests::world::{ANN, BEGINNING, BOB, World};
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::Permissions;
use reconnect_core::session::Opened;
use reconnect_core::{Services, Settings};
use reconnect_store::Id;
use reconnect_wire::token::AccessToken;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// An answer.
struct Told {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Told {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Code and message of an error.
    #[track_caller]
    fn refusal(&self) -> (u64, String) {
        let error = &self.json()["error"];
        assert_eq!(self.status, StatusCode::BAD_REQUEST, "{error}");
        assert!(error["type"].is_string(), "{error}");
        (error["code"].as_u64().unwrap(), error["message"].as_str().unwrap().to_owned())
    }
}

async fn send(services: &Arc<Services>, request: http::request::Builder, body: &str) -> Told {
    let services = Arc::clone(services);
    let site = Site { services, public_url: None, trusted_proxies: Arc::new([]), faces: None };
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    if !request.headers().contains_key(header::HOST) {
        request.headers_mut().insert(header::HOST, "graph.here:81".parse().unwrap());
    }
    let (parts, body) = router(site).oneshot(request).await.unwrap().into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Told { status: parts.status, headers: parts.headers, bytes }
}

async fn get(world: &World, path: &str) -> Told {
    send(&world.services, Request::get(path), "").await
}

/// The text of a session's access token, escaped.
fn token(world: &World, app: &Application, opened: &Opened) -> String {
    let mac = world.services.secrets.access_token_mac(app.id, &opened.key);
    let token = AccessToken::User { app_id: app.id.0, session_key: opened.key.clone(), mac };
    token.to_string().replace('|', "%7C")
}

async fn anns_token(world: &World) -> String {
    let opened = world.session(&world.web).await;
    token(world, &world.web, &opened)
}

/// Ann with some friends, the first of whom use the application too. Ids from 500 on, in the order of the friendships.
async fn with_friends(count: u64, players: u64) -> World {
    let world = World::new().await;
    let graph = &world.services.graph;
    for id in 500..500 + count {
        let person = Person {
            id: Id(id),
            first_name: format!("F{id}"),
            email: format!("f{id}@example.com"),
            ..Person::default()
        };
        graph.create_person(person, None).await.unwrap();
        graph.befriend(ANN, Id(id)).await.unwrap();
        if id < 500 + players {
            graph.authorize(Id(id), world.web.id, &Permissions::none()).await.unwrap();
        }
        world.clock.advance(1000);
    }
    world
}

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_public_needs_no_token_and_is_no_more_than_that() {
    let world = World::new().await;
    let told = get(&world, &format!("/{ANN}?fields=")).await;
    let expected = json!({
        "id": "1240077", "name": "Ann", "first_name": "Ann", "link": "http://graph.here:81/profile.php?id=1240077",
    });
    assert_eq!((told.status, told.json()), (StatusCode::OK, expected));
    assert_eq!(told.headers["access-control-allow-origin"], "*");
    assert_eq!(told.headers["x-content-type-options"], "nosniff");
    assert!(told.headers.get("access-control-allow-credentials").is_none());
    let greedy = get(&world, &format!("/{ANN}?fields=email,updated_time,installed,name,secret")).await;
    assert_eq!(greedy.json(), json!({ "id": "1240077", "name": "Ann" }));
    assert_eq!(get(&world, "/424242").await.refusal(), (100, "Unsupported get request.".to_owned()));
    let app = get(&world, &format!("/{}", world.web.id)).await;
    assert_eq!(app.refusal().0, 100, "an application is no person");
}

#[tokio::test]
async fn a_persons_own_token_opens_what_its_permissions_allow() {
    let world = World::new().await;
    let own = anns_token(&world).await;
    let me = get(&world, &format!("/me?access_token={own}")).await.json();
    assert_eq!(me["updated_time"], "2009-02-13T23:31:30+0000");
    assert!(me.get("email").is_none(), "{me}");
    world.services.graph.authorize(ANN, world.web.id, &Permissions::parse("email").0).await.unwrap();
    let own = anns_token(&world).await;
    assert_eq!(get(&world, &format!("/me?access_token={own}")).await.json()["email"], "ann@example.com");
    let other = get(&world, &format!("/{BOB}?fields=email,id,updated_time&access_token={own}")).await.json();
    assert_eq!(other, json!({ "id": "1240078", "updated_time": "2009-02-13T23:31:30+0000" }));
    let granted = get(&world, &format!("/me/permissions?access_token={own}")).await.json();
    assert_eq!(granted, json!({ "data": [{ "email": 1, "installed": 1 }] }));
    assert_eq!(get(&world, &format!("/{ANN}/permissions?access_token={own}")).await.json(), granted);
    assert_eq!(get(&world, &format!("/{BOB}/permissions?access_token={own}")).await.refusal().0, 100);
}

#[tokio::test]
async fn an_application_may_ask_what_it_was_granted() {
    let world = World::new().await;
    let token = format!("{}%7C{}", world.web.id, world.web.secret);
    let of = |id: Id| format!("/{id}/permissions?access_token={token}");
    assert_eq!(get(&world, &of(ANN)).await.json(), json!({ "data": [{ "installed": 1 }] }));
    assert_eq!(get(&world, &of(BOB)).await.json(), json!({ "data": [] }));
    assert_eq!(get(&world, &format!("/me?access_token={token}")).await.refusal().0, 2500);
    assert_eq!(get(&world, &format!("/{ANN}/friends?access_token={token}")).await.refusal().0, 102);
    let installed = get(&world, &format!("/{ANN}?fields=installed&access_token={token}")).await.json();
    assert_eq!(installed, json!({ "id": "1240077", "installed": true }));
}

#[tokio::test]
async fn friends_come_newest_first_in_pages_and_say_who_plays_too() {
    let world = with_friends(5, 2).await;
    let own = anns_token(&world).await;
    let all = get(&world, &format!("/me/friends?access_token={own}")).await.json();
    assert_eq!(ids(&all), ["504", "503", "502", "501", "500"]);
    assert_eq!(all["data"][0], json!({ "id": "504", "name": "F504" }));
    assert_eq!(all["paging"], json!({}));
    let page =
        get(&world, &format!("/{ANN}/friends?access_token={own}&limit=2&offset=2&fields=id,installed")).await.json();
    assert_eq!(page["data"], json!([{ "id": "502" }, { "id": "501", "installed": true }]));
    let paging = &page["paging"];
    let address = |offset| format!("http://graph.here:81/{ANN}/friends?fields=id%2Cinstalled&limit=2&offset={offset}");
    assert_eq!(*paging, json!({ "previous": address(0), "next": address(4) }));
    for odd in ["limit=0", "limit=-1", "limit=x", "offset=99", "limit=18446744073709551615&offset=18446744073709551615"]
    {
        let told = get(&world, &format!("/me/friends?access_token={own}&{odd}")).await;
        assert_eq!(told.status, StatusCode::OK, "{odd}");
    }
}

#[tokio::test]
async fn nobody_elses_friends_are_told() {
    let world = with_friends(1, 0).await;
    let own = anns_token(&world).await;
    assert_eq!(get(&world, &format!("/{ANN}/friends")).await.refusal().0, 104);
    let (code, message) = get(&world, &format!("/500/friends?access_token={own}")).await.refusal();
    assert!(code == 604 && message.contains("friends of 500"), "{message}");
}

#[tokio::test]
async fn a_token_that_is_not_good_says_why_and_only_to_its_owner() {
    let world = World::new().await;
    let graph = &world.services.graph;
    let me = async |token: &str| get(&world, &format!("/me?access_token={token}")).await;
    assert_eq!(get(&world, "/me").await.refusal().0, 2500);
    assert_eq!(me("nonsense").await.refusal(), (190, "Invalid OAuth access token.".to_owned()));
    let first = anns_token(&world).await;
    let forged = first.replace("1240077", "1240078");
    assert_eq!(me(&forged).await.refusal(), (190, "Invalid OAuth access token signature.".to_owned()));
    let (code, message) = get(&world, &format!("/{BOB}?access_token={forged}")).await.refusal();
    assert!(code == 190 && !message.contains("1240078"), "a bad token is no better than none: {message}");
    assert_eq!(me(&first).await.status, StatusCode::OK);

    let opened = world.session(&world.web).await;
    graph.end_session(&opened.session).await.unwrap();
    let (code, message) = me(&token(&world, &world.web, &opened)).await.refusal();
    assert!(code == 190 && message.starts_with("Error validating access token: The session has ended"), "{message}");

    graph.withdraw(ANN, world.web.id, false).await.unwrap();
    let (code, message) = me(&first).await.refusal();
    let expected =
        format!("Error validating access token: User {ANN} has not authorized application {}.", world.web.id);
    assert_eq!((code, message), (190, expected));

    world.clock.advance(90_000_000);
    let (code, message) = me(&first).await.refusal();
    assert!(code == 190 && message.contains("Session has expired at unix time"), "{message}");
}

#[tokio::test]
async fn tokens_are_taken_over_https_unless_the_owner_says_otherwise() {
    let world = World::under(Settings::default(), |_| ()).await;
    let path = format!("/me?access_token={}", anns_token(&world).await);
    assert_eq!(get(&world, &path).await.refusal().0, 8);
    let over_https = Request::get(&path).extension(Peer { address: None, https: true });
    assert_eq!(send(&world.services, over_https, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn scripts_get_a_call_and_status_200() {
    let world = World::new().await;
    let told = get(&world, &format!("/{ANN}?fields=name&callback=FB.__globalCallbacks.f1")).await;
    assert_eq!(told.text(), r#"/**/FB.__globalCallbacks.f1({"id":"1240077","name":"Ann"});"#);
    assert_eq!(told.headers["content-type"], "text/javascript;charset=utf-8");
    let told = get(&world, "/me?callback=f").await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(told.text().starts_with(r#"/**/f({"error":{"message":"An active"#), "{}", told.text());
    let evil = get(&world, "/me?callback=alert(1)").await;
    assert!(evil.refusal().0 == 100 && !evil.text().contains("alert"), "{}", evil.text());
    assert_eq!(get(&world, "/me?suppress_http_code=1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn it_only_reads_and_long_requests_may_come_by_post() {
    let world = World::new().await;
    let own = anns_token(&world).await;
    let to = |path: &str| Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let read = send(&world.services, to("/me"), &format!("method=get&fields=id&access_token={own}")).await;
    assert_eq!(read.json(), json!({ "id": "1240077" }));
    let post = send(&world.services, to("/me/feed"), &format!("message=x&access_token={own}")).await;
    assert_eq!(post.refusal(), (100, "Unsupported post request.".to_owned()));
    assert_eq!(get(&world, "/me?method=delete").await.refusal().1, "Unsupported delete request.");
    assert_eq!(get(&world, "/me?method=%3Cscript%3E").await.refusal().1, "Unsupported method in this request.");
    assert_eq!(
        get(&world, &format!("/me/feed?access_token={own}")).await.refusal().1,
        "Unknown path components: /feed"
    );
    let preflight = send(&world.services, Request::options("/me"), "").await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    assert_eq!(preflight.headers["access-control-allow-origin"], "*");
    let long = "x".repeat(70_000);
    assert_eq!(send(&world.services, to("/me"), &long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn everybody_has_a_face() {
    let world = World::new().await;
    let face = get(&world, &format!("/{ANN}/picture?type=large")).await;
    assert_eq!(face.status, StatusCode::OK);
    assert_eq!(face.headers["content-type"], "image/png");
    assert!(face.bytes.starts_with(b"\x89PNG") && face.bytes[16..24] == [0, 0, 0, 200, 0, 0, 0, 200]);
    assert_eq!(face.headers["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(face.headers["access-control-allow-origin"], "*");
    assert!(face.headers["cache-control"].to_str().unwrap().starts_with("public"));
    let bob = get(&world, &format!("/{BOB}/picture?type=large")).await;
    let (nobody, nobody_else) =
        (get(&world, "/1/picture?type=large").await, get(&world, "/2/picture?type=large").await);
    assert_eq!(nobody.status, StatusCode::OK);
    assert!(nobody.bytes == nobody_else.bytes && nobody.bytes != face.bytes && face.bytes != bob.bytes);
    let own = get(&world, &format!("/me/picture?type=large&access_token={}", anns_token(&world).await)).await;
    assert!(own.bytes == face.bytes && own.headers["cache-control"] == "private, no-store");
    assert_eq!(get(&world, "/me/picture").await.refusal().0, 2500);
    let fields = get(&world, &format!("/{ANN}?fields=picture")).await.json();
    assert_eq!(fields["picture"], "http://graph.here:81/1240077/picture");
}

#[tokio::test]
async fn what_is_no_id_is_answered_as_anywhere_else() {
    let world = World::new().await;
    let elsewhere = get(&world, "/").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    for path in ["/favicon.ico", "/nobody", "/nobody/", "/naitik/picture", "/1001x", "/a/b/c", "/connect/nothing.php"] {
        let told = get(&world, path).await;
        assert_eq!(
            (told.status, told.text(), &told.headers),
            (StatusCode::NOT_FOUND, elsewhere.text(), &elsewhere.headers)
        );
    }
    assert_eq!(send(&world.services, Request::post("/nobody"), "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn on_its_old_host_an_application_lives_at_the_root_and_hides_nothing() {
    let world = World::with(|app| app.canvas_name = Some("farm".to_owned())).await;
    for path in ["/farm", "/farm/", "/Farm/friends?x=1"] {
        let page = send(&world.services, Request::get(path).header("host", "Apps.Facebook.com:81"), "").await;
        assert!(page.status == StatusCode::OK && page.text().contains("iframe_canvas"), "{path}: {}", page.status);
        assert_eq!(page.headers["x-frame-options"], "DENY");
        assert_eq!(get(&world, path).await.status, StatusCode::NOT_FOUND, "{path} elsewhere");
    }
    let on_apps = |path: &str| Request::get(path.to_owned()).header("host", "apps.facebook.com");
    assert_eq!(send(&world.services, on_apps("/nobody/"), "").await.status, StatusCode::NOT_FOUND);
    let login = send(&world.services, on_apps("/login.php"), "").await;
    assert!(login.status == StatusCode::OK && login.text().contains("id=\"email\""));
    let spoofed = Request::get("/farm/").header("host", "apps.facebook.com.evil.example");
    assert_eq!(send(&world.services, spoofed, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.services.graph.now().secs(), BEGINNING);
}
