//! What Flash, scripts of other sites, schema readers and health checks ask for; and what is not there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::{Answer, Home, Request, Scene};

/// Status, header lines that matter, and body.
fn shown(answer: &Answer) -> String {
    let skip = ["date", "content-length", "connection", "transfer-encoding"];
    let mut lines: Vec<String> =
        answer.headers.iter().filter(|(n, _)| !skip.contains(&n.as_str())).map(|(n, v)| format!("{n}: {v}")).collect();
    lines.sort();
    format!("{}\n{}\n\n{}", answer.status, lines.join("\n"), answer.text())
}

#[test]
fn a_script_of_another_site_may_call_without_credentials() {
    let scene = Scene::web();
    let preflight = Request::new("OPTIONS", "/restserver.php")
        .header("Origin", "http://site.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type");
    insta::assert_snapshot!("preflight", shown(&scene.server.ask(&preflight)));
    let mut on_method = preflight.clone();
    on_method.target = "/method/users.getLoggedInUser".to_owned();
    assert_eq!(shown(&scene.server.ask(&on_method)), shown(&scene.server.ask(&preflight)));

    let call =
        scene.app.call("auth.createToken").header("Origin", "http://site.example").with("suppress_http_code", "1");
    let reply = call.send(&scene.server);
    assert_eq!(reply.code(), 0);
    assert_eq!(reply.answer.header("access-control-allow-origin"), "*");
    assert_eq!(reply.answer.header("access-control-allow-credentials"), "");
    // Errors too, or the script could not read them.
    let refused = scene.app.call("x.y").odd_root().send(&scene.server);
    assert_eq!(refused.answer.header("access-control-allow-origin"), "*");
}

#[test]
fn pages_are_open_to_no_script_and_to_no_frame() {
    let scene = Scene::web();
    for page in [
        scene.login(""),
        "/login.php".to_owned(),
        "/code_gen.php?api_key=x".to_owned(),
        "/logout.php".to_owned(),
        "/editapps.php".to_owned(),
        "/approve_photos.php".to_owned(),
        "/home.php".to_owned(),
        "/docs/rest/".to_owned(),
        "/docs/rest/users.getInfo".to_owned(),
        "/docs/fidelity".to_owned(),
    ] {
        open_to_no_script_and_to_no_frame(&scene, &page);
    }
}

#[test]
fn the_start_page_is_open_to_no_script_and_to_no_frame() {
    open_to_no_script_and_to_no_frame(&Scene::web(), "/");
}

fn open_to_no_script_and_to_no_frame(scene: &Scene, page: &str) {
    let answer = scene.server.ask(&Request::get(page).header("Origin", "http://site.example"));
    assert_eq!(answer.header("access-control-allow-origin"), "", "{page}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{page}: {policy:?}");
    assert!(!policy.contains("unsafe"), "{page}: {policy}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{page}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{page}");
    assert!(answer.header("cache-control").contains("no-store"), "{page}");
    for cookie in answer.all("set-cookie") {
        let cookie = cookie.to_ascii_lowercase();
        assert!(
            cookie.contains("samesite=") && (cookie.contains("httponly") || cookie.starts_with("c_user")),
            "{page}: {cookie}"
        );
    }
}

#[test]
fn flash_finds_its_policy() {
    let scene = Scene::web();
    let answer = scene.server.ask(&Request::get("/crossdomain.xml"));
    insta::assert_snapshot!("crossdomain", shown(&answer));
    roxmltree::Document::parse(answer.text()).unwrap();
}

#[test]
fn the_schema_is_served_and_names_the_documented_roots() {
    let scene = Scene::web();
    let answer = scene.server.ask(&Request::get("/1.0/facebook.xsd"));
    assert!(answer.header("content-type").starts_with("text/xml"), "{:?}", answer.headers);
    let document = roxmltree::Document::parse(answer.text()).unwrap();
    let roots: Vec<&str> = document.root_element().children().filter_map(|n| n.attribute("name")).collect();
    for root in ["error_response", "auth_createToken_response", "users_getLoggedInUser_response", "batch_run_response"]
    {
        assert!(roots.contains(&root), "{roots:?}");
    }
}

#[test]
fn other_verbs_and_other_paths_are_told_so() {
    let scene = Scene::web();
    for verb in ["PUT", "DELETE", "PATCH"] {
        assert_eq!(scene.server.ask(&Request::new(verb, "/restserver.php")).status, 405, "{verb}");
    }
    for path in ["/nothing", "/restserver.php/x", "/method/", "/restserver", "//evil.example/", "/../etc/passwd"] {
        assert_eq!(scene.server.ask(&Request::get(path)).status, 404, "{path}");
    }
    let nobody = scene.server.ask(&Request::get("/restserver.php"));
    assert_eq!(nobody.status, 200, "an empty call is an API error");
    assert!(nobody.text().contains("<error_code>101</error_code>"), "{}", nobody.text());
}

#[test]
fn answers_are_never_cached_nor_sniffed() {
    let scene = Scene::web();
    let reply = scene.app.call("auth.createToken").format("json").send(&scene.server);
    assert_eq!(reply.answer.header("cache-control"), "private, no-cache, no-store, must-revalidate");
    assert_eq!(reply.answer.header("x-content-type-options"), "nosniff");
}

#[test]
fn health_is_told_and_the_server_ends_when_asked() {
    let home = Home::new();
    let server = home.serve();
    assert_eq!(server.ask(&Request::get("/livez")).status, 200);
    assert_eq!(server.ask(&Request::get("/readyz")).status, 200);
    let url = server.url("");
    assert!(home.run(&["check", "--server", &url]).status.success());
    let (status, log) = server.stop();
    assert!(status.success(), "{status}: {log}");
    assert!(!home.run(&["check", "--server", &url]).status.success(), "nobody is there any more");
}

#[test]
fn connect_cookies_come_with_a_session_for_a_page_in_the_application_s_domain() {
    let scene = Scene::with(&["--callback-url", "http://www.site.example/", "--base-domain", "site.example"]);
    let trade = |host_url: &str| {
        let token = scene.web_token();
        scene.app.call("auth.getSession").with("auth_token", &token).with("host_url", host_url).send(&scene.server)
    };
    let inside = trade("http://www.site.example/page?x=1");
    assert_eq!(inside.field("base_domain").as_deref(), Some("site.example"));
    let cookies: Vec<&str> = inside.answer.all("set-cookie").collect();
    let key = &scene.app.key;
    let value = |name: &str| {
        let prefix = format!("{name}=");
        let line =
            cookies.iter().find(|line| line.starts_with(&prefix)).unwrap_or_else(|| panic!("{name} in {cookies:?}"));
        assert!(line.contains("Domain=site.example"), "{line}");
        line[prefix.len()..].split(';').next().unwrap().to_owned()
    };
    let signed: Vec<_> = ["user", "session_key", "expires"]
        .map(|name| (name.as_bytes().to_vec(), value(&format!("{key}_{name}")).into_bytes()))
        .to_vec();
    assert_eq!(value(key), reconnect_tests::sign(&signed, &scene.app.secret));
    assert_eq!(value(&format!("base_domain_{key}")), "site.example");
    for outside in ["http://evil-site.example/", "http://site.example.evil.example/", "nonsense"] {
        let reply = trade(outside);
        assert_eq!((reply.field("base_domain"), reply.answer.all("set-cookie").count()), (None, 0), "{outside}");
    }
}
