//! What dialogs, hidden frames and the SDK's channel answer, and what none of them ever does.

use super::*;
use reconnect_wire::cookies::verify_session_json;
use reconnect_wire::signed_request;
use std::collections::HashMap;

const XD: &str =
    "http://here/connect/xd_arbiter.php?version=6#cb=f1&origin=http%3A%2F%2Fgame.example%2Ff2&relation=opener";

impl World {
    fn dialog(&self, redirect_uri: &str, more: &str) -> String {
        let uri: String = form_urlencoded::byte_serialize(redirect_uri.as_bytes()).collect();
        format!("/dialog/oauth?client_id={}&redirect_uri={uri}{more}", self.app.id)
    }
}

/// The arguments in a fragment; `+` is no blank there.
fn fragment(answer: &Answer) -> HashMap<String, String> {
    let (_, text) = answer.location().split_once('#').unwrap_or_else(|| panic!("{answer:?}"));
    assert!(!text.contains('+'), "{text}");
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn a_code_comes_in_the_query_and_is_traded_once_for_the_same_redirect_uri() {
    let world = World::new().await;
    let mut browser = world.browser();
    let uri = "http://game.example/fb/back?x=1";
    let page = browser.follow(&world.dialog(uri, "&scope=email,publish_stream&state=s%20%26%C3%A9")).await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    let page = browser.onward(answer).await;
    // One page asks for all of it.
    for part in ["Farm &lt;b&gt;Game&lt;/b&gt;", "Ann Example", "<code>email</code>", "<code>publish_stream</code>"] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    let answer = browser.press(&page, "Allow", &[]).await;
    assert!(answer.location().starts_with("http://game.example/fb/back?x=1&code="), "{}", answer.location());
    assert!(answer.location().ends_with("&state=s%20%26%C3%A9"), "{}", answer.location());
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some("email,publish_stream"));
    let code = answer.argument("code").unwrap();
    let services = &world.site.services;
    assert!(services.graph.token(world.app.id, &code).await.unwrap().is_none(), "a code is no auth token");
    for wrong in ["", "http://game.example/fb/back", "http://game.example/fb/back?x=2"] {
        assert!(services.redeem_code(&world.app, &code, wrong).await.unwrap().is_none(), "{wrong}");
    }
    let opened = services.redeem_code(&world.app, &code, uri).await.unwrap().unwrap();
    assert_eq!(opened.session.person, Some(world.ann.id));
    assert!(services.redeem_code(&world.app, &code, uri).await.unwrap().is_none(), "used");
}

#[tokio::test]
async fn tokens_come_in_the_fragment() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let answer = browser.get(&world.dialog("http://game.example/fb/", "&response_type=token&state=x")).await;
    let args = fragment(&answer);
    assert!(answer.location().starts_with("http://game.example/fb/#access_token="), "{}", answer.location());
    assert_eq!(args["state"], "x");
    assert!(args["expires_in"].parse::<i64>().unwrap() > 0 && !args.contains_key("signed_request"));
    // The address of the graph of 2010, with its own name for the type.
    let uri = "http%3A%2F%2Fgame.example%2Ffb%2F";
    let path = format!("/oauth/authorize?client_id={}&redirect_uri={uri}&type=user_agent", world.app.api_key);
    assert!(fragment(&browser.get(&path).await).contains_key("access_token"));
}

#[tokio::test]
async fn the_sdks_channel_gets_what_the_sdk_asks_for() {
    let world = World::with(|app| app.base_domain = Some("game.example".to_owned())).await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let types = "&response_type=token,signed_request,code&display=none&domain=game.example&origin=1&sdk=joey";
    let answer = browser.get(&world.dialog(XD, types)).await;
    assert!(answer.location().starts_with(&format!("{XD}&access_token=")), "{}", answer.location());
    let args = fragment(&answer);
    assert_eq!(args["base_domain"], "game.example");
    assert!(!args.contains_key("status_token"), "the old SDK gets what it knows");
    let payload = signed_request::verify(&args["signed_request"], world.app.secret.as_bytes()).unwrap();
    assert_eq!(payload["user_id"], world.ann.id.to_string());
    assert_eq!(payload["code"], args["code"]);
    // A code out of a signed_request is for the empty redirect_uri, once.
    let services = &world.site.services;
    assert!(services.redeem_code(&world.app, &args["code"], XD).await.unwrap().is_none());
    assert!(services.redeem_code(&world.app, &args["code"], "").await.unwrap().is_some());
    assert!(services.redeem_code(&world.app, &args["code"], "").await.unwrap().is_none());
    // The token still stands: only the code is used up.
    let key = args["access_token"].split('|').nth(1).unwrap();
    assert!(services.graph.live_session(world.app.id, key).await.unwrap().is_some());

    let ours = fragment(&browser.get(&world.dialog(XD, "&response_type=token,signed_request&sdk=reconnect")).await);
    let login = services.by_kept_token(&ours["status_token"], &world.app, "http://game.example").await.unwrap();
    assert_eq!(login.unwrap().person.id, world.ann.id);
}

#[tokio::test]
async fn without_an_interface_the_answer_is_how_things_stand() {
    let world = World::new().await;
    let silent = world.dialog(XD, "&response_type=token,signed_request,code&display=none");
    let mut browser = world.browser();
    assert_eq!(fragment(&browser.get(&silent).await)["error"], "unknown");
    let mut browser = world.logged_in(&world.ann).await;
    assert_eq!(fragment(&browser.get(&silent).await)["error"], "not_authorized");
    // In a frame of another site only the status cookie comes along.
    browser.https = true;
    let mut elsewhere = world.browser();
    elsewhere.https = true;
    let page = elsewhere.get("/login.php").await;
    elsewhere.log_in(&page, "ann@example.com", PASSWORD).await;
    elsewhere.cookies.remove("xs");
    assert!(elsewhere.cookies.contains_key("xs_status"), "{:?}", elsewhere.cookies);
    let secure = XD.replace("http://here", "https://here");
    let silent = world.dialog(&secure, "&response_type=token&display=none");
    assert_eq!(fragment(&elsewhere.get(&silent).await)["error"], "not_authorized");
    world.authorize(&world.ann, "").await;
    assert!(fragment(&elsewhere.get(&silent).await).contains_key("access_token"));
    // But it opens no page: with one to show, the form comes.
    let shown = elsewhere.follow(&world.dialog(&secure, "&response_type=token")).await;
    assert!(shown.body.contains("id=\"email\""));
}

#[tokio::test]
async fn who_declines_hands_over_nothing_and_is_told_of() {
    let world = World::new().await;
    let uri = "http://game.example/fb/";
    let mut browser = world.browser();
    let page = browser.follow(&world.dialog(uri, "&state=7")).await;
    let answer = browser.press(&page, "Cancel", &[]).await;
    let refusal =
        "error_reason=user_denied&error=access_denied&error_description=The%20user%20denied%20your%20request.&state=7";
    assert_eq!(answer.location(), format!("{uri}?{refusal}"));
    let ours = world.dialog(XD, "&response_type=token,signed_request&sdk=reconnect&display=popup");
    let page = browser.follow(&ours).await;
    assert_eq!(fragment(&browser.press(&page, "Cancel", &[]).await)["status"], "unknown");
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&ours).await;
    let args = fragment(&browser.press(&page, "Don't Allow", &[]).await);
    assert_eq!((args["status"].as_str(), args["error"].as_str()), ("not_authorized", "access_denied"));
    assert_eq!(world.granted(&world.ann).await, None);
    // Connected already, and declines more: nothing changes, and nothing is said to have.
    world.authorize(&world.ann, "").await;
    let page = browser.follow(&format!("{ours}&scope=email")).await;
    let args = fragment(&browser.press(&page, "Don't Allow", &[]).await);
    assert!(!args.contains_key("status") && args["error"] == "access_denied");
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some(""));
}

#[tokio::test]
async fn no_dialog_leads_to_a_foreign_address_or_through_the_channel_to_a_foreign_page() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let evil = XD.replace("game.example", "evil.example");
    let twice = format!("{XD}&origin=http%3A%2F%2Fevil.example%2F");
    for uri in ["http://evil.example/", &evil, &twice, "http://here/connect/xd_arbiter.php", "http://here/home.php"] {
        for types in ["&response_type=token", "", "&response_type=token,signed_request,code&display=none"] {
            let answer = browser.get(&world.dialog(uri, types)).await;
            assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""), "{uri} {types}");
        }
    }
    let answer = browser.get(&world.dialog(&evil, "")).await;
    assert!(answer.body.contains("--callback-url http://evil.example/"), "{}", answer.body);
    let answer = browser.get(&world.dialog("http://game.example/fb/", "&response_type=everything")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("response_type=everything"));
}

#[tokio::test]
async fn the_dialog_of_2011_writes_its_result_into_the_address() {
    let world = World::new().await;
    let xd = "http://here/connect/xd_proxy.php#?=&cb=f1&origin=http%3A%2F%2Fgame.example%2Ff2&relation=opener&result=%22xxRESULTTOKENxx%22";
    let next: String = form_urlencoded::byte_serialize(xd.as_bytes()).collect();
    let path = format!(
        "/dialog/permissions.request?api_key={}&perms=email&fbconnect=1&return_session=1&session_version=3&next={next}&display=popup",
        world.app.api_key
    );
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&path).await;
    assert!(page.body.contains("<code>email</code>"), "{}", page.body);
    let declined = browser.press(&page, "Cancel", &[]).await;
    assert_eq!(fragment(&declined)["result"], "null");
    let answer = browser.press(&page, "Connect", &[]).await;
    let args = fragment(&answer);
    assert!(!args.contains_key("session"), "the session is in the result: {args:?}");
    let result: serde_json::Value = serde_json::from_str(&args["result"]).unwrap();
    assert_eq!(result["perms"], "email");
    // Text inside the JSON.
    let session = verify_session_json(result["session"].as_str().unwrap(), world.app.secret.as_bytes()).unwrap();
    assert_eq!(session.text("uid").unwrap(), Some(world.ann.id.to_string().as_str()));
    assert!(session.get("access_token").is_some() && session.get("secret").is_some());
}

#[tokio::test]
async fn the_hidden_frame_of_2010_is_told_one_of_three_things() {
    let world = World::with(|app| app.base_domain = Some("game.example".to_owned())).await;
    let xd = |cb: &str| {
        let text = format!(
            "http://here/connect/xd_proxy.php#?=&cb={cb}&origin=http%3A%2F%2Fgame.example%2Ff2&relation=parent"
        );
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
    };
    let path = format!(
        "/extern/login_status.php?api_key={}&extern=2&no_session={}&no_user={}&ok_session={}%26result%3DxxRESULTTOKENxx&session_version=3&sdk=joey",
        world.app.api_key,
        xd("none"),
        xd("nobody"),
        xd("ok")
    );
    let mut browser = world.browser();
    let answer = browser.get(&path).await;
    assert_eq!(fragment(&answer)["cb"], "nobody");
    let mut browser = world.logged_in(&world.ann).await;
    assert_eq!(fragment(&browser.get(&path).await)["cb"], "none");
    world.authorize(&world.ann, "email,sms").await;
    let answer = browser.get(&path).await;
    let args = fragment(&answer);
    assert_eq!((args["cb"].as_str(), args["result"].as_str()), ("ok", "email,sms"));
    let session = verify_session_json(&args["session"], world.app.secret.as_bytes()).unwrap();
    assert_eq!(session.text("base_domain").unwrap(), Some("game.example"));
    // The PHP classes ask with addresses of the application; nobody else's are gone to.
    let php = |next: &str| format!("/extern/login_status.php?api_key={}&ok_session={next}", world.app.api_key);
    assert!(browser.get(&php("http%3A%2F%2Fgame.example%2Ffb%2F")).await.location().contains("/fb/?session=%7B"));
    let foreign = browser.get(&php("http%3A%2F%2Fevil.example%2F")).await;
    assert_eq!((foreign.status, foreign.location()), (StatusCode::BAD_REQUEST, ""));
    let silent = browser.get(&format!("/extern/login_status.php?api_key={}", world.app.api_key)).await;
    assert_eq!((silent.status, silent.location()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn what_decides_is_never_shown_in_a_frame_and_leads_out_of_it() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    browser.headers = vec![("sec-fetch-dest", "iframe")];
    for path in
        [world.login_php("&canvas=1"), world.dialog("http://game.example/fb/", ""), world.login_php("&skipcookie=1")]
    {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.body.contains("<form") && answer.body.contains("target=\"_top\""), "{}", answer.body);
        assert!(answer.body.contains(&format!("href=\"{}\"", path.replace('&', "&amp;"))), "{}", answer.body);
        let policy = answer.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), "");
    }
    // Hidden frames are what they are for.
    let answer = browser.get(&world.dialog(XD, "&display=none&response_type=token")).await;
    assert_eq!(fragment(&answer)["error"], "not_authorized");
}

#[tokio::test]
async fn a_framed_dialog_of_the_sdk_leads_to_a_window_that_answers_the_page_around() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    browser.headers = vec![("sec-fetch-dest", "iframe")];
    let answer = browser.get(&world.dialog(XD, "&display=iframe&scope=email")).await;
    assert!(answer.header("content-security-policy").ends_with("frame-ancestors http://game.example"), "{answer:?}");
    assert!(
        answer.body.contains("target=\"_blank\"") && answer.body.contains("relation%3Dopener.parent"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("<form") && !answer.body.contains("Ann"));
    let evil = XD.replace("game.example", "evil.example");
    let answer = browser.get(&world.dialog(&evil, "&display=iframe")).await;
    assert!(answer.header("content-security-policy").ends_with("frame-ancestors 'self'"), "{answer:?}");
}

#[tokio::test]
async fn where_no_cookie_comes_along_the_session_that_the_page_has_says_who_is_there() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let silent = world.dialog(XD, "&response_type=token,signed_request&display=none");
    let args = fragment(&browser.get(&silent).await);
    let token: String = form_urlencoded::byte_serialize(args["access_token"].as_bytes()).collect();
    let mut frame = world.browser();
    let again = fragment(&frame.get(&format!("{silent}&access_token={token}")).await);
    assert_eq!(again["access_token"], args["access_token"], "the same session, which lives no longer by that");
    let ours = fragment(&frame.get(&format!("{silent}&access_token={token}&sdk=reconnect")).await);
    assert!(ours.contains_key("access_token") && !ours.contains_key("status_token"), "nor is it traded for what does");
    assert!(fragment(&browser.get(&format!("{silent}&sdk=reconnect")).await).contains_key("status_token"));
    let key = args["access_token"].split('|').nth(1).unwrap();
    let xd: String = form_urlencoded::byte_serialize(XD.as_bytes()).collect();
    let old = format!(
        "/extern/login_status.php?api_key={}&session_key={key}&ok_session={xd}&no_user={xd}",
        world.app.api_key
    );
    let session = fragment(&frame.get(&old).await)["session"].clone();
    assert!(session.contains(key), "{session}");
    // It opens no page, and says nothing once the login behind it has ended.
    assert!(
        frame.follow(&format!("{}&access_token={token}", world.dialog(XD, ""))).await.body.contains("id=\"email\"")
    );
    let link = browser.get("/home.php").await;
    let out = link.body.split("/logout.php?h=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.get(&format!("/logout.php?h={out}")).await;
    assert_eq!(fragment(&frame.get(&format!("{silent}&access_token={token}")).await)["error"], "unknown");
    assert!(!fragment(&frame.get(&old).await).contains_key("session"));
}

#[tokio::test]
async fn a_page_that_asks_again_is_handed_the_same_session_until_half_of_it_is_over() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let silent = world.dialog(XD, "&response_type=token,signed_request&display=none");
    let mut ask = async || fragment(&browser.get(&silent).await)["access_token"].clone();
    let first = ask().await;
    assert_eq!(ask().await, first);
    world.clock.set(Time::from_secs(START + 86_400 / 3));
    assert_eq!(ask().await, first);
    world.clock.set(Time::from_secs(START + 86_400 * 2 / 3));
    let second = ask().await;
    assert_ne!(second, first);
    // What changes the authorisation makes it another session, and what ends a session is not undone.
    let services = &world.site.services;
    world.authorize(&world.ann, "offline_access").await;
    let third = ask().await;
    assert_ne!(third, second);
    assert_eq!(ask().await, third, "one without end, too");
    let key = third.split('|').nth(1).unwrap();
    let (session, _) = services.graph.live_session(world.app.id, key).await.unwrap().unwrap();
    assert!(session.infinite());
    services.graph.end_session(&session).await.unwrap();
    assert_ne!(ask().await, third);
    services.graph.withdraw(world.ann.id, world.app.id, false).await.unwrap();
    world.authorize(&world.ann, "").await;
    let after = ask().await;
    assert!(after != second && after != first, "{after}");
}

#[tokio::test]
async fn the_channel_page_may_be_framed_holds_nothing_and_runs_its_own_script_only() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    for path in ["/connect/xd_proxy.php?version=3", "/connect/xd_arbiter.php?version=6&x=%3Cscript%3E"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors *") && policy.contains("script-src 'nonce-"), "{policy}");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-frame-options"), "");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(!answer.body.contains("Ann") && !answer.body.contains("<script>"), "{}", answer.body);
        assert!(answer.body.contains("postMessage(") && !answer.body.contains("'*'"), "{}", answer.body);
    }
}

#[tokio::test]
async fn an_application_on_another_site_logs_its_visitor_out_of_the_browser_where_the_session_was_made() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let args = fragment(&browser.get(&world.dialog("http://game.example/fb/", "&response_type=token")).await);
    let token: String = form_urlencoded::byte_serialize(args["access_token"].as_bytes()).collect();
    let next: String = form_urlencoded::byte_serialize(XD.as_bytes()).collect();
    // A hidden frame on another site: no cookie comes along.
    let path = format!("/logout.php?app_id={}&access_token={token}&display=hidden&next={next}", world.app.id);
    let mut frame = world.browser();
    frame.headers = vec![("sec-fetch-dest", "iframe")];
    let answer = frame.get(&path).await;
    assert_eq!(answer.location(), XD, "nothing is appended");
    assert_eq!(browser.get("/home.php").await.location(), "/login.php", "logged out where the session was made");
    // Once it has ended, a session ends nothing more.
    let mut browser = world.logged_in(&world.ann).await;
    frame.get(&path).await;
    assert_eq!(browser.get("/home.php").await.status, StatusCode::OK);
}
