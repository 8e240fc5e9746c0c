//! What a canvas page promises, on the whole router: who is told what about whom, and what cannot be led astray.

use crate::router::router;
use crate::site::Site;
use crate::tests::world::{ANN, BEGINNING, BOB, World};
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode, header};
use reconnect_core::model::{Application, CanvasEntry};
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use reconnect_wire::{Args, Call, Format, fb_sig, signed_request};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// A page.
struct Shown {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Shown {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of an attribute of the first element that has such a beginning.
    fn attribute(&self, element: &str, name: &str) -> Option<String> {
        let tag = self.body.split_once(element)?.1.split('>').next()?;
        let value = tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
        Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<"))
    }

    /// What the frame loads.
    fn loads(&self) -> String {
        self.attribute("<iframe", "src").unwrap_or_else(|| panic!("nothing is loaded: {}", self.body))
    }

    /// The arguments of what the frame loads.
    fn query(&self) -> Args {
        let loads = self.loads();
        Call::from_query(loads.split_once('?').unwrap().1.as_bytes(), Format::Xml).args
    }

    /// The hidden fields of the form.
    fn fields(&self) -> Args {
        let form = self
            .body
            .split_once("<form class=\"card\" id=\"entry\"")
            .expect("no form")
            .1
            .split("</form>")
            .next()
            .unwrap();
        let hidden = form.split("<input type=\"hidden\" name=\"").skip(1).map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        });
        hidden.collect()
    }

    /// The payload of a signed request, if the application's secret made it.
    fn payload(args: &Args, app: &Application) -> Value {
        let text = args.text("signed_request").unwrap().expect("no signed_request");
        signed_request::verify(text, app.secret.as_bytes()).expect("somebody else's signature")
    }
}

async fn world(entry: CanvasEntry) -> World {
    World::with(|app| {
        app.name = "Farm <b>Game</b>".to_owned();
        app.canvas_name = Some("Farm-game".to_owned());
        app.callback_url = Some("http://app.example/fb/".to_owned());
        app.canvas_entry = entry;
    })
    .await
}

/// A look at a page, by nobody or by somebody who is logged in.
async fn look(world: &World, who: Option<Id>, request: http::request::Builder) -> Shown {
    let site =
        Site { services: Arc::clone(&world.services), public_url: None, trusted_proxies: Arc::new([]), faces: None };
    let mut request = request.body(Body::empty()).unwrap();
    if !request.headers().contains_key(header::HOST) {
        request.headers_mut().insert(header::HOST, "here".parse().unwrap());
    }
    if let Some(id) = who {
        let graph = &world.services.graph;
        let (person, login) = (graph.person(id).await.unwrap().unwrap(), graph.login(id).await.unwrap().unwrap());
        let (_, cookie) = graph.log_in(&person, login.epoch, None).await.unwrap();
        request.headers_mut().insert(header::COOKIE, format!("xs={cookie}").parse().unwrap());
    }
    let (parts, body) = router(site).oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Shown { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

async fn get(world: &World, who: Option<Id>, path: &str) -> Shown {
    look(world, who, Request::get(path)).await
}

fn text(args: &Args, name: &str) -> String {
    String::from_utf8(args.get(name).unwrap_or_else(|| panic!("no {name} in {args:?}")).to_vec()).unwrap()
}

#[tokio::test]
async fn nobody_is_told_of_nobody() {
    let world = world(CanvasEntry::SignedRequest).await;
    let page = get(&world, None, "/apps/farm-GAME/").await;
    assert_eq!(page.status, StatusCode::OK);
    let expected = json!({
        "algorithm": "HMAC-SHA256",
        "issued_at": BEGINNING,
        "user": { "locale": "en_US", "country": "us" },
    });
    assert_eq!(Shown::payload(&page.fields(), &world.web), expected);
    assert_eq!(page.attribute("<form class=\"card\" id=\"entry\"", "action").unwrap(), "http://app.example/fb/");
    assert_eq!(page.attribute("<form class=\"card\" id=\"entry\"", "target").unwrap(), "iframe_canvas");
    assert_eq!(page.attribute("<iframe", "name").unwrap(), "iframe_canvas");
    assert_eq!(page.attribute("<iframe", "src"), None, "the form fills it");
    assert!(page.body.contains("Farm &lt;b&gt;Game&lt;/b&gt;") && !page.body.contains("<b>Game</b>"));
    assert!(page.body.contains("value=\"Start Farm &lt;b&gt;Game"), "for browsers without scripts");
}

#[tokio::test]
async fn a_stranger_is_described_and_not_named() {
    let world = world(CanvasEntry::SignedRequestGet).await;
    let page = get(&world, Some(BOB), "/apps/farm-game/level/3?x=1").await;
    assert!(page.loads().starts_with("http://app.example/fb/level/3?x=1&signed_request="), "{}", page.loads());
    let expected = json!({
        "algorithm": "HMAC-SHA256",
        "issued_at": BEGINNING,
        "user": { "locale": "en_US", "country": "us", "age": { "min": 21 } },
    });
    assert_eq!(Shown::payload(&page.query(), &world.web), expected);
    assert!(page.body.contains("Logout"), "the site's own bar knows them");
}

#[tokio::test]
async fn a_member_comes_with_a_token_that_works() {
    let world = world(CanvasEntry::SignedRequest).await;
    let page = get(&world, Some(ANN), "/apps/farm-game").await;
    let payload = Shown::payload(&page.fields(), &world.web);
    assert_eq!(payload["user_id"], json!(ANN.to_string()));
    let token = payload["oauth_token"].as_str().unwrap();
    let key = token.split('|').nth(1).unwrap();
    let (session, _) = world.services.graph.live_session(world.web.id, key).await.unwrap().expect("a session");
    assert_eq!(payload["expires"], json!(session.expires));
    assert!(session.expires > BEGINNING && session.browser.is_some(), "it ends with the login");

    world.services.graph.authorize(ANN, world.web.id, &Permissions::parse("offline_access").0).await.unwrap();
    let page = get(&world, Some(ANN), "/apps/farm-game/").await;
    assert_eq!(Shown::payload(&page.fields(), &world.web)["expires"], json!(0));
}

#[tokio::test]
async fn fb_sig_says_the_same_in_the_words_of_its_time() {
    let world = world(CanvasEntry::FbSig).await;
    let verified =
        |args: &Args| fb_sig::verify("fb_sig", args, world.web.secret.as_bytes()).expect("a wrong signature");
    let nobody = verified(&get(&world, None, "/apps/farm-game/?x=1").await.query());
    assert_eq!((text(&nobody, "added").as_str(), text(&nobody, "in_iframe").as_str()), ("0", "1"));
    assert!(nobody.get("user").is_none() && nobody.get("canvas_user").is_none());

    let stranger = verified(&get(&world, Some(BOB), "/apps/farm-game/").await.query());
    assert_eq!(text(&stranger, "canvas_user"), BOB.to_string());
    assert!(stranger.get("user").is_none() && stranger.get("session_key").is_none() && stranger.get("ss").is_none());

    world.services.graph.authorize(ANN, world.web.id, &Permissions::parse("email,sms").0).await.unwrap();
    let member = verified(&get(&world, Some(ANN), "/apps/farm-game/").await.query());
    for (name, value) in [
        ("added", "1"),
        ("user", "1240077"),
        ("ext_perms", "email,sms"),
        ("locale", "en_US"),
        ("country", "us"),
        ("in_new_facebook", "1"),
        ("request_method", "GET"),
        ("api_key", &world.web.api_key),
        ("app_id", &world.web.id.to_string()),
        ("base_domain", "app.example"),
        ("profile_update_time", &BEGINNING.to_string()),
        ("time", &format!("{BEGINNING}.0000")),
    ] {
        assert_eq!(text(&member, name), value, "{name}");
    }
    assert!(member.get("canvas_user").is_none() && text(&member, "iframe_key").len() == 32);
    let (session, _) =
        world.services.graph.live_session(world.web.id, &text(&member, "session_key")).await.unwrap().unwrap();
    assert_eq!(text(&member, "ss"), world.services.secrets.session_secret(session.id, false));
    let cookies = Args::from([
        ("user", text(&member, "user")),
        ("session_key", text(&member, "session_key")),
        ("expires", text(&member, "expires")),
        ("ss", text(&member, "ss")),
        ("sig", text(&member, "cookie_sig")),
    ]);
    assert!(reconnect_wire::sign::verify(&cookies, world.web.secret.as_bytes()), "the script's cookies are signed");
}

#[tokio::test]
async fn fb_sig_by_post_leaves_the_address_alone() {
    let world = world(CanvasEntry::FbSigPost).await;
    let page =
        look(&world, Some(BOB), Request::post("/apps/farm-game/?x=1&fb_sig_user=1240077&signed_request=y")).await;
    assert_eq!(page.attribute("<form class=\"card\" id=\"entry\"", "action").unwrap(), "http://app.example/fb/?x=1");
    let fields = fb_sig::verify("fb_sig", &page.fields(), world.web.secret.as_bytes()).unwrap();
    assert_eq!((text(&fields, "request_method").as_str(), fields.get("user")), ("POST", None));
}

#[tokio::test]
async fn a_desktop_program_is_signed_for_with_the_secret_that_it_knows() {
    let world = world(CanvasEntry::FbSig).await;
    let graph = &world.services.graph;
    graph.edit_application(world.web.id, |app| app.desktop = true).await.unwrap();
    let args = get(&world, Some(ANN), "/apps/farm-game/").await.query();
    assert!(fb_sig::verify("fb_sig", &args, world.web.secret.as_bytes()).is_none());
    assert!(fb_sig::verify("fb_sig", &args, text(&args, "fb_sig_ss").as_bytes()).is_some());
    let nobody = get(&world, None, "/apps/farm-game/").await.query();
    assert!(fb_sig::verify("fb_sig", &nobody, world.web.secret.as_bytes()).is_some());
}

#[tokio::test]
async fn the_page_lies_in_no_frame_and_leads_to_the_application_alone() {
    for entry in [CanvasEntry::SignedRequest, CanvasEntry::FbSig] {
        let world = world(entry).await;
        let page = get(&world, Some(ANN), "/apps/farm-game/").await;
        let policy = page.header("content-security-policy");
        let form = if entry == CanvasEntry::SignedRequest { " http://app.example" } else { "" };
        assert!(policy.contains(&format!("form-action 'self'{form};")), "{policy}");
        assert!(policy.contains("frame-src http://app.example;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'nonce-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.attribute("<iframe", "data-origin").unwrap(), "http://app.example");
    }
}

#[tokio::test]
async fn what_cannot_be_shown_says_why_and_opens_no_session() {
    let world = world(CanvasEntry::FbSig).await;
    let graph = &world.services.graph;
    for (path, status, word) in [
        ("/apps/nobody/", 404, "reconnect app list"),
        ("/apps/%3Cscript%3E/", 404, "%3Cscript%3E"),
        (&format!("/apps/{}/", "x".repeat(3000)), 404, "No such application"),
        ("/apps/farm-game/../x", 400, "leads out of"),
        ("/apps/farm-game/a/%2E%2E/%2e%2e/x", 400, "leads out of"),
    ] {
        let page = get(&world, Some(ANN), path).await;
        assert_eq!((page.status.as_u16(), page.body.contains(word)), (status, true), "{path}: {}", page.body);
        assert!(
            !page.body.contains("<iframe") && page.header("content-security-policy").contains("frame-ancestors 'none'")
        );
    }
    graph.edit_application(world.web.id, |app| app.callback_url = None).await.unwrap();
    let page = get(&world, Some(ANN), "/apps/farm-game/").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains(&format!("reconnect app edit {} --callback-url", world.web.api_key)));
    graph.edit_application(world.web.id, |app| app.disabled = true).await.unwrap();
    let page = get(&world, Some(ANN), "/apps/farm-game/").await;
    assert!(page.status.is_client_error() && page.body.contains("switched off"), "{}", page.body);
}

#[tokio::test]
async fn no_rest_leads_to_another_host() {
    let world = World::with(|app| {
        app.canvas_name = Some("game".to_owned());
        app.callback_url = Some("http://app.example".to_owned());
        app.canvas_entry = CanvasEntry::SignedRequestGet;
    })
    .await;
    for rest in [".evil.example", "/@evil.example", "@evil.example/", "/.evil.example/", ":81/"] {
        let page = get(&world, None, &format!("/apps/game{rest}")).await;
        if page.status == StatusCode::OK {
            assert!(page.loads().starts_with("http://app.example/"), "{rest}: {}", page.loads());
        } else {
            assert!(!page.body.contains("<iframe"), "{rest}");
        }
    }
}
