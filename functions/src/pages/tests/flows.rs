//! The roads through login.php, by the kind of the application.

use super::*;
use reconnect_core::model::State;
use reconnect_core::outbound::{Outbound, Reach};
use reconnect_wire::cookies::verify_session_json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_web_application_gets_a_bound_token_once_the_person_logged_in_and_allowed_it() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&world.login_php("&next=%3Fx%3D1")).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["id=\"email\"", "name=\"email\"", "id=\"pass\"", "name=\"pass\"", "Farm &lt;b&gt;Game&lt;/b&gt;"] {
        assert!(page.body.contains(part), "{part}");
    }
    let answer = browser.log_in(&page, " Ann@Example.com ", PASSWORD).await;
    assert!(answer.location().starts_with("/tos.php?"), "{answer:?}");
    assert_eq!(world.granted(&world.ann).await, None);
    let page = browser.onward(answer).await;
    assert!(page.body.contains("Ann Example") && page.has_button("Don't Allow"));
    let answer = browser.press(&page, "Allow", &[]).await;
    let location = answer.location();
    assert!(location.starts_with("http://game.example/fb/?x=1&auth_token="), "{location}");
    assert!(location.ends_with("&installed=1"), "{location}");
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some(""));
    let session = world.token(&answer.argument("auth_token").unwrap()).await.unwrap();
    assert_eq!((session.state, session.person, session.infinite()), (State::Bound, Some(world.ann.id), false));

    // The second time nothing is asked, and nothing is said of an installation.
    let answer = browser.get(&world.login_php("")).await;
    assert!(answer.argument("auth_token").is_some() && answer.argument("installed").is_none());
    assert!(answer.location().starts_with("http://game.example/fb/?auth_token="));
}

#[tokio::test]
async fn a_desktop_program_gets_its_token_bound_by_a_button() {
    let world = World::with(|app| {
        app.desktop = true;
        app.callback_url = None;
    })
    .await;
    let token = world.pending_token().await;
    let mut browser = world.browser();
    let page = browser.get(&world.login_php(&format!("&auth_token={token}&popup=1"))).await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    let page = browser.onward(answer).await;
    assert_eq!(world.token(&token).await.unwrap().state, State::Pending);
    let answer = browser.press(&page, "Allow", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("return to Farm"), "{}", answer.body);
    let session = world.token(&token).await.unwrap();
    assert_eq!((session.state, session.person, session.secret), (State::Bound, Some(world.ann.id), true));

    // A reload tells the same person the same; somebody else learns that the token is used up.
    let again = browser.follow(&world.login_php(&format!("&auth_token={token}"))).await;
    assert!(again.body.contains("return to Farm"));
    let other = world.logged_in(&world.ben).await.follow(&world.login_php(&format!("&auth_token={token}"))).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert!(other.body.contains("expired"));
}

#[tokio::test]
async fn a_desktop_program_may_ask_to_be_sent_on() {
    let world = World::new().await;
    let token = world.pending_token().await;
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php(&format!("&auth_token={token}&next=done"))).await;
    let answer = browser.press(&page, "Allow", &[]).await;
    assert_eq!(answer.location(), "http://game.example/fb/done", "nothing is appended");
}

#[tokio::test]
async fn the_old_box_makes_the_session_endless() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&world.login_php("")).await;
    let answer =
        browser.press(&page, "Login", &[("email", "ann@example.com"), ("pass", PASSWORD), ("persistent", "1")]).await;
    let page = browser.onward(answer).await;
    assert!(page.body.contains("checked"), "the tick travels to the next page");
    let answer = browser.press(&page, "Allow", &[("persistent", "1")]).await;
    assert!(world.token(&answer.argument("auth_token").unwrap()).await.unwrap().infinite());

    let mut browser = world.browser();
    let page = browser.get(&world.login_php("&hide_checkbox=1")).await;
    assert!(!page.body.contains("persistent"));
    let more = [("email", "ann@example.com"), ("pass", PASSWORD), ("persistent", "1")];
    let answer = browser.press(&page, "Login", &more).await;
    assert!(!world.token(&answer.argument("auth_token").unwrap()).await.unwrap().infinite(), "not offered, not taken");
}

#[tokio::test]
async fn an_embedded_browser_gets_the_session_in_the_address() {
    let world = World::with(|app| app.callback_url = None).await;
    let query = "&connect_display=popup&next=http://here/connect/login_success.html\
                 &cancel_url=http://here/connect/login_failure.html&fbconnect=true&return_session=true\
                 &session_key_only=true&req_perms=read_stream,publish_stream,offline_access";
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php(query)).await;
    assert!(page.has_button("Connect") && page.has_button("Cancel"));
    let answer = browser.press(&page, "Connect", &[]).await;
    assert!(answer.location().starts_with("/connect/prompt_permissions.php?"), "{}", answer.location());
    assert_eq!(world.granted(&world.ann).await, None, "stored only when the whole chain ends in success");
    let page = browser.onward(answer).await;
    assert!(page.body.contains("read the posts in your news feed"), "{}", page.body);
    let answer = browser.press(&page, "Allow", &[]).await;
    let location = answer.location();
    assert!(location.starts_with("http://here/connect/login_success.html?session=%7B%22session_key%22"), "{location}");
    assert_eq!(answer.argument("permissions").as_deref(), Some(r#"["offline_access","publish_stream","read_stream"]"#));
    let json = answer.argument("session").unwrap();
    let fields = verify_session_json(&json, world.app.secret.as_bytes()).unwrap();
    assert_eq!(fields.get("expires"), Some(&b"0"[..]));
    assert!(fields.get("secret").is_some() && fields.get("access_token").is_none());
    assert_eq!(fields.get("uid"), Some(world.ann.id.to_string().as_bytes()));
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some("offline_access,publish_stream,read_stream"));

    let page = browser.get("/connect/login_success.html?session=x").await;
    assert!(page.body.contains("Success") && page.body.contains("do not share"));
}

#[tokio::test]
async fn version_3_has_an_access_token_and_the_base_domain_is_told() {
    let world = World::with(|app| app.base_domain = Some("site.example".to_owned())).await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let query = "&return_session=1&session_version=3&next=https%3A%2F%2Fwww.site.example%2Fxd%23%3F%3D%26cb%3D1";
    let answer = browser.get(&world.login_php(query)).await;
    let (start, session) = answer.location().split_once("&session=").unwrap();
    assert_eq!(start, "https://www.site.example/xd#?=&cb=1", "appended at the very end, inside the fragment");
    let json = form_urlencoded::parse(format!("s={session}").as_bytes()).next().unwrap().1.into_owned();
    let fields = verify_session_json(&json, world.app.secret.as_bytes()).unwrap();
    assert!(fields.get("access_token").is_some(), "{json}");
    assert_eq!(fields.get("base_domain"), Some(&b"site.example"[..]));
}

#[tokio::test]
async fn the_iphone_reads_the_token_from_its_own_scheme() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let path =
        world.login_php("&fbconnect=1&connect_display=touch&next=fbconnect%3A%2F%2Fsuccess&cancel=fbconnect:cancel");
    let page = browser.follow(&path).await;
    assert!(page.header("content-security-policy").contains("form-action 'self' fbconnect: fbconnect:"));
    assert_eq!(browser.press(&page, "Cancel", &[]).await.location(), "fbconnect:cancel");
    assert_eq!(world.granted(&world.ann).await, None);
    let answer = browser.press(&page, "Connect", &[]).await;
    let token = answer.location().strip_prefix("fbconnect://success?auth_token=").unwrap();
    assert!(token.len() == 32 && world.token(token).await.is_some(), "the token alone: {token}");

    let path = format!(
        "/connect/prompt_permission.php?display=touch&api_key={}&session_key=x&ext_perm=offline_access\
         &next=fbconnect:success&cancel=fbconnect:cancel",
        world.app.api_key
    );
    let page = browser.get(&path).await;
    assert_eq!(browser.press(&page, "Don't Allow", &[]).await.location(), "fbconnect:cancel");
    let answer = browser.press(&page, "Allow", &[]).await;
    assert_eq!(answer.location(), "fbconnect:success");
    let silent = browser.get(&world.login_php("&fbconnect=1&next=fbconnect%3A%2F%2Fsuccess")).await;
    let token = silent.location().strip_prefix("fbconnect://success?auth_token=").unwrap();
    assert!(world.token(token).await.unwrap().infinite());
}

#[tokio::test]
async fn declining_permissions_stores_nothing_and_hands_nothing_over() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let path = world.login_php("&fbconnect=1&return_session=1&req_perms=email&cancel=no");
    let page = browser.follow(&path).await;
    let answer = browser.press(&page, "Connect", &[]).await;
    let page = browser.onward(answer).await;
    let answer = browser.press(&page, "Don't Allow", &[]).await;
    assert_eq!(answer.location(), "http://game.example/fb/no");
    assert_eq!(world.granted(&world.ann).await, None);
}

#[tokio::test]
async fn what_was_accepted_travels_for_a_while_and_only_with_the_same_person_and_request() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php("&req_perms=email")).await;
    let to_permissions = browser.press(&page, "Allow", &[]).await.location().to_owned();
    assert!(browser.get(&to_permissions).await.body.contains("send you e-mail"));
    let leads_to_tos = |answer: Answer| answer.location().starts_with("/tos.php");
    assert!(leads_to_tos(browser.get(&to_permissions.replace("ext_perm=email", "ext_perm=sms")).await));
    assert!(leads_to_tos(world.logged_in(&world.ben).await.get(&to_permissions).await));
    assert!(leads_to_tos(browser.get(&to_permissions.replace(".a.", ".ak.")).await));
    world.clock.advance(601_000);
    assert!(leads_to_tos(browser.get(&to_permissions).await));
}

#[tokio::test]
async fn the_result_token_is_replaced() {
    let world = World::with(|app| app.connect_url = Some("http://site.example/".to_owned())).await;
    world.authorize(&world.ann, "email").await;
    let mut browser = world.logged_in(&world.ann).await;
    let next = "next=http%3A%2F%2Fsite.example%2Fxd%23%3F%3D%26result%3DxxRESULTTOKENxx";
    let path = format!("/connect/prompt_permissions.php?api_key={}&ext_perm=email&{next}", world.app.api_key);
    assert_eq!(browser.get(&path).await.location(), "http://site.example/xd#?=&result=email");
    let cancel = next.replace("next=", "cancel=");
    let path = format!("/connect/prompt_permissions.php?api_key={}&ext_perm=sms&{cancel}", world.app.api_key);
    let page = browser.get(&path).await;
    assert_eq!(browser.press(&page, "Don't Allow", &[]).await.location(), "http://site.example/xd#?=&result=");
}

#[tokio::test]
async fn hidden_shows_nothing() {
    let world = World::new().await;
    let path = world.login_php("&display=hidden&return_session=1&cancel=none");
    assert_eq!(world.browser().get(&path).await.location(), "http://game.example/fb/none");
    let mut browser = world.logged_in(&world.ann).await;
    assert_eq!(browser.get(&path).await.location(), "http://game.example/fb/none");
    assert_eq!(browser.get(&world.login_php("&display=none")).await.location(), "http://game.example/fb/");
    world.authorize(&world.ann, "").await;
    assert!(browser.get(&path).await.argument("session").is_some());
}

#[tokio::test]
async fn skipcookie_asks_again_and_skip_api_login_stops_at_the_site() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php("&skipcookie=true")).await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    assert!(answer.argument("auth_token").is_some(), "once, not for ever");
    let answer = world.logged_in(&world.ben).await.get(&world.login_php("&skip_api_login=1")).await;
    assert_eq!(answer.location(), "http://game.example/fb/");
    assert_eq!(world.granted(&world.ben).await, None);
}

#[tokio::test]
async fn every_entry_leads_to_the_page_of_its_step() {
    let world = World::new().await;
    let mut browser = world.browser();
    for path in ["tos.php", "install.php", "add.php", "authorize.php", "connect/prompt_permissions.php"] {
        let answer = browser.get(&format!("/{path}?api_key={}", world.app.api_key)).await;
        assert!(answer.location().starts_with("/login.php?"), "{path}");
    }
    let mut browser = world.logged_in(&world.ann).await;
    for path in ["tos.php", "install.php", "add.php", "authorize.php"] {
        let page = browser.get(&format!("/{path}?api_key={}", world.app.id)).await;
        assert!(page.has_button("Allow"), "{path}: by id as well as by key");
    }
    let answer = browser.get(&world.login_php("")).await;
    assert!(answer.location().starts_with("/tos.php?"));
}

/// A server of the application on this machine, and a world that may call it.
async fn world_with_server() -> (World, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/authorized", listener.local_addr().unwrap());
    let mut world = World::with(|app| app.post_authorize_url = Some(address.clone())).await;
    let services = Arc::get_mut(&mut world.site.services).unwrap();
    services.outbound = Outbound::new(Reach::Loopback);
    (world, listener)
}

#[tokio::test]
async fn the_application_hears_once_that_a_person_authorised_it() {
    let (world, listener) = world_with_server().await;
    let heard = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        while !text.contains("fb_sig=") {
            let mut part = [0; 4096];
            let read = socket.read(&mut part).await.unwrap();
            text.push_str(&String::from_utf8_lossy(&part[..read]));
        }
        socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        drop(socket);
        (text, listener)
    });
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php("")).await;
    assert!(browser.press(&page, "Allow", &[]).await.argument("auth_token").is_some());
    let (text, listener) = tokio::time::timeout(Duration::from_secs(5), heard).await.unwrap().unwrap();
    let body = text.split("\r\n\r\n").nth(1).unwrap();
    assert!(body.contains("fb_sig_authorize=1") && body.contains(&format!("fb_sig_user={}", world.ann.id)), "{body}");
    assert!(body.contains("fb_sig_session_key="), "{body}");
    assert!(browser.get(&world.login_php("")).await.argument("auth_token").is_some());
    let again = tokio::time::timeout(Duration::from_millis(200), listener.accept()).await;
    assert!(again.is_err(), "a login is no authorisation");
}

#[tokio::test]
async fn an_application_that_does_not_listen_holds_nobody_up() {
    let (world, _silent) = world_with_server().await;
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php("")).await;
    let start = Instant::now();
    let answer = browser.press(&page, "Allow", &[]).await;
    assert!(answer.argument("auth_token").is_some() && start.elapsed().as_millis() < 2_900, "{:?}", start.elapsed());
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some(""));
}
