//! Whatever stands in the arguments of a page: no panic, no script of somebody else's, no way to a foreign place.

use super::*;
use proptest::prelude::*;
use url::Url;

/// Every page and endpoint for browsers.
const PATHS: [&str; 33] = [
    "/login.php",
    "/tos.php",
    "/install.php",
    "/add.php",
    "/authorize.php",
    "/connect/prompt_permissions.php",
    "/connect/prompt_permission.php",
    "/connect/uiserver.php",
    "/fbml/ajax/uiserver.php",
    "/dialog/oauth",
    "/dialog/permissions.request",
    "/oauth/authorize",
    "/extern/login_status.php",
    "/logout.php",
    "/code_gen.php",
    "/editapps.php",
    "/approve_photos.php",
    "/home.php",
    "/profile.php",
    "/connect/login_success.html",
    "/connect/xd_proxy.php",
    "/connect/xd_arbiter.php",
    "/x/oauth/status",
    "/oauth/access_token",
    "/oauth/exchange_sessions",
    "/fed_cm/assertion",
    "/apps/farm/play",
    "/me",
    "/1/picture",
    "/docs/rest/",
    "/docs/rest/users.getInfo",
    "/docs/rest/nobody.knows",
    "/docs/fidelity",
];

/// Every argument that any of them reads.
const NAMES: [&str; 53] = [
    "api_key",
    "app_id",
    "client_id",
    "v",
    "next",
    "next_cancel",
    "cancel_url",
    "cancel",
    "redirect_uri",
    "ok_session",
    "no_session",
    "no_user",
    "auth_token",
    "canvas",
    "display",
    "popup",
    "connect_display",
    "fbconnect",
    "return_session",
    "session_key_only",
    "session_version",
    "req_perms",
    "ext_perm",
    "scope",
    "perms",
    "skipcookie",
    "hide_checkbox",
    "skip_api_login",
    "source",
    "dialog",
    "response_type",
    "type",
    "state",
    "sdk",
    "session_key",
    "access_token",
    "h",
    "accepted",
    "fb_dtsg",
    "step",
    "email",
    "pass",
    "face",
    "code",
    "client_secret",
    "input_token",
    "wants",
    "callback",
    "fields",
    "signed_request",
    "photos",
    "approve",
    "discard",
];

/// What attackers and accidents write.
const NASTY: [&str; 26] = [
    "",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "javascript:alert(1)//http://game.example/fb/",
    "data:text/html,<script>alert(1)</script>",
    "http://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "http://game.example.evil.example/fb/",
    "http://game.example@evil.example/fb/",
    "http://game.example/fb/\r\nSet-Cookie: a=b",
    "http://game.example/fb/../../x",
    "http://game.example/fb/#</script><script>alert(1)</script>",
    "http://here/connect/xd_arbiter.php#origin=http%3A%2F%2Fevil.example%2F",
    "http://here/connect/xd_proxy.php#origin=http%3A%2F%2Fgame.example%2F&origin=http%3A%2F%2Fevil.example",
    ".evil.example",
    "@evil.example",
    "1",
    "3",
    "none",
    "page",
    "token,signed_request,code",
    "oauth",
    "permissions.request",
    "\u{202e}\u{0}\u{fffd}",
];

/// A value: the application's own, something nasty, or noise.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => Just(b"KEY".to_vec()),
        2 => Just(b"http://game.example/fb/".to_vec()),
        1 => Just(b"http://here/connect/xd_arbiter.php?version=6#cb=1&origin=http%3A%2F%2Fgame.example%2Ff".to_vec()),
        5 => proptest::sample::select(NASTY.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
    ]
}

fn arguments() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    proptest::collection::vec((proptest::sample::select(NAMES.to_vec()), value()), 0..9)
}

/// Every answer leads to this site or to the application, and runs no script that is not the site's own.
fn judge(path: &str, answer: &Answer) {
    assert!(answer.status != StatusCode::INTERNAL_SERVER_ERROR, "{path}: {answer:?}");
    let location = answer.location();
    if !location.is_empty() {
        let url =
            Url::parse("http://here/").unwrap().join(location).unwrap_or_else(|e| panic!("{path}: {location}: {e}"));
        let place = url.origin().ascii_serialization();
        assert!(
            matches!(place.as_str(), "http://here" | "http://game.example") || url.scheme() == "fbconnect",
            "{path} leads to {location}"
        );
        if url.path().starts_with("/connect/xd_") {
            let origin = reconnect_core::address::channel_origin(location);
            assert_eq!(origin.as_deref(), Some("http://game.example"), "{path} leads through {location}");
        }
    }
    let html = answer.header("content-type").starts_with("text/html");
    if html {
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors") && !policy.contains("unsafe"), "{path}: {policy}");
        let scripts = answer.body.matches("<script").count();
        let ours = answer.body.matches("<script nonce=\"").count();
        assert_eq!(scripts, ours, "{path}: {}", answer.body);
        for reflected in
            ["<img src=x", "href=\"javascript:", "src=\"javascript:", "action=\"javascript:", "src=\"data:text"]
        {
            assert!(!answer.body.contains(reflected), "{path}: {reflected} in {}", answer.body);
        }
    } else if answer.status.is_success() && !answer.body.is_empty() {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}: {answer:?}");
    }
    assert!(!answer.headers.contains_key("a"), "a header was smuggled in: {answer:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_argument_of_a_page_panics_runs_a_script_or_leads_astray(rounds in proptest::collection::vec((0..PATHS.len(), arguments(), any::<bool>()), 24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::with(|app| {
                app.canvas_name = Some("farm".to_owned());
                app.api_key = "KEY".to_owned();
            })
            .await;
            world.authorize(&world.ann, "").await;
            let mut people = [world.browser(), world.logged_in(&world.ann).await, world.logged_in(&world.ben).await];
            for (round, (path, args, post)) in rounds.into_iter().enumerate() {
                let path = PATHS[path];
                let mut text = String::from("api_key=KEY");
                for (name, value) in args {
                    text.push_str(&format!("&{name}="));
                    text.extend(form_urlencoded::byte_serialize(&value));
                }
                let request = if post {
                    Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(text))
                } else {
                    Request::get(format!("{path}?{text}")).body(Body::empty())
                };
                let browser = &mut people[round % 3];
                let answer = browser.send(request.unwrap()).await;
                judge(path, &answer);
            }
        });
    }
}
