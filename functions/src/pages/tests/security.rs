//! The rules of security. Each test fails when its rule is taken out.

use super::*;
use reconnect_core::model::State;
use reconnect_core::throttle::{FAILED_LOGINS_PER_ACCOUNT, FAILED_LOGINS_PER_ADDRESS};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_token_is_never_bound_by_a_link() {
    let world = World::new().await;
    world.authorize(&world.ann, "email").await;
    let token = world.pending_token().await;
    let mut browser = world.logged_in(&world.ann).await;
    let key = &world.app.api_key;
    for path in ["login.php", "tos.php", "install.php", "authorize.php", "connect/prompt_permissions.php"] {
        for more in
            ["", "&req_perms=email", "&grant_clicked=Allow&step=confirm", "&display=hidden", "&source=permissions"]
        {
            let answer = browser.follow(&format!("/{path}?api_key={key}&auth_token={token}{more}")).await;
            let session = world.token(&token).await.unwrap();
            assert_eq!((session.state, session.person), (State::Pending, None), "{path}{more} {answer:?}");
        }
    }
    let page = browser.follow(&world.login_php(&format!("&auth_token={token}"))).await;
    assert!(page.body.contains("Farm") && page.body.contains("Ann Example"), "names both");
    browser.press(&page, "Allow", &[]).await;
    assert_eq!(world.token(&token).await.unwrap().person, Some(world.ann.id));
}

#[tokio::test]
async fn logging_in_alone_binds_no_token_either() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let token = world.pending_token().await;
    let mut browser = world.browser();
    let page = browser.get(&world.login_php(&format!("&auth_token={token}"))).await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    assert!(answer.location().starts_with("/tos.php?"));
    assert_eq!(world.token(&token).await.unwrap().state, State::Pending);
}

#[tokio::test]
async fn forms_without_their_token_or_with_another_ones_change_nothing() {
    let world = World::new().await;
    let mut ann = world.logged_in(&world.ann).await;
    let mut ben = world.logged_in(&world.ben).await;
    let path = world.login_php("");
    let page = ann.follow(&path).await;
    let form = page.form("Allow");
    let without: Vec<_> = form.fields.iter().filter(|f| f.0 != "fb_dtsg").cloned().collect();
    assert_eq!(ann.post(&form.action, &without).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ben.post(&form.action, &form.fields).await.status, StatusCode::FORBIDDEN, "another browser's token");
    // The token covers what the page showed: what is sent in its place was never agreed to.
    for (name, value) in
        [("ext_perm", "read_mailbox"), ("auth_token", &*world.pending_token().await), ("next", "elsewhere")]
    {
        let mut changed = form.fields.clone();
        changed.push((name.to_owned(), value.to_owned()));
        assert_eq!(ann.post(&form.action, &changed).await.status, StatusCode::FORBIDDEN, "{name}");
    }
    // A token of one step is none for another.
    let mut other: Vec<_> = form.fields.iter().filter(|f| f.0 != "step").cloned().collect();
    other.push(("step".to_owned(), "permissions".to_owned()));
    assert_eq!(ann.post(&form.action, &other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.granted(&world.ann).await, None);
    assert_eq!(world.granted(&world.ben).await, None);

    // The login form, too: nobody is logged in to a stranger's account by a foreign page.
    let mut fresh = world.browser();
    let page = fresh.get("/login.php").await;
    let mut fields = page.form("Login").fields;
    fields.extend([("email".to_owned(), "ann@example.com".to_owned()), ("pass".to_owned(), PASSWORD.to_owned())]);
    let answer = world.browser().post("/login.php", &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!answer.cookies().iter().any(|cookie| cookie.starts_with("xs=")));
    assert_eq!(fresh.post("/login.php", &fields).await.location(), "/home.php");
}

#[tokio::test]
async fn a_page_that_one_person_left_open_decides_nothing_for_the_next() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let left_open = browser.follow(&world.login_php("")).await;
    let page = browser.get("/login.php?skipcookie=1").await;
    browser.log_in(&page, "ben@example.com", PASSWORD).await;
    assert_eq!(browser.press(&left_open, "Allow", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.granted(&world.ben).await, None);
}

#[tokio::test]
async fn a_form_that_another_site_sent_is_refused_even_with_its_token() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.follow(&world.login_php("")).await;
    for header in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "http://evil.example")]
    {
        browser.headers = vec![header];
        assert_eq!(browser.press(&page, "Allow", &[]).await.status, StatusCode::FORBIDDEN, "{header:?}");
    }
    assert_eq!(world.granted(&world.ann).await, None);
    browser.headers = vec![("sec-fetch-site", "same-origin"), ("origin", "null")];
    assert!(browser.press(&page, "Allow", &[]).await.argument("auth_token").is_some());
}

#[tokio::test]
async fn no_road_leads_to_a_foreign_address() {
    let world = World::with(|app| app.callback_url = Some("http://game.example".to_owned())).await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let mut stranger = world.browser();
    let bad = [
        ".evil.example",
        "@evil.example",
        ":81/",
        "\\@evil.example",
        "http://evil.example/",
        "https://game.example/",
        "http://user@game.example/",
        "http://here/editapps.php",
        "http://elsewhere/connect/login_success.html",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "http://game.example/\r\nSet-Cookie: x=1",
        "http://game.example.evil.example/",
        "unknown://success",
    ];
    for address in bad {
        let encoded: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
        // What lies behind the callback's own host is a path there.
        let harmless = address == "//evil.example/";
        for browser in [&mut browser, &mut stranger] {
            let answer = browser.get(&world.login_php(&format!("&next={encoded}&return_session=1"))).await;
            if !harmless {
                assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""), "{address}");
                assert!(answer.cookies().iter().all(|cookie| !cookie.starts_with("xs=")));
            }
        }
        for path in [
            format!("/connect/prompt_permissions.php?api_key={}&ext_perm=email&cancel={encoded}", world.app.api_key),
            world.login_php(&format!("&display=hidden&skipcookie=1&cancel={encoded}")),
            format!("/logout.php?api_key={}&next={encoded}", world.app.api_key),
        ] {
            let mut answer = browser.follow(&path).await;
            if answer.has_button("Don't Allow") {
                answer = browser.press(&answer, "Don't Allow", &[]).await;
            }
            let allowed = harmless && answer.location().starts_with("http://game.example//");
            assert!(allowed || answer.location().is_empty(), "{address} {path} {}", answer.location());
        }
    }
    let page = browser.get(&world.login_php("&next=http%3A%2F%2Fevil.example%2Fx")).await;
    let command = format!("reconnect app edit {} --callback-url http://evil.example/", world.app.api_key);
    assert!(page.body.contains(&command), "names the setting: {}", page.body);
}

#[tokio::test]
async fn encryption_is_not_left_behind() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let https = world.login_php("&return_session=1&next=https%3A%2F%2Fhere%2Fconnect%2Flogin_success.html");
    assert!(browser.get(&https).await.argument("session").is_some());
    browser.https = true;
    assert!(browser.get(&https).await.argument("session").is_some());
    assert_eq!(browser.get(&https.replace("https%3A", "http%3A")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn only_faces_offered_to_this_very_request_log_anybody_in() {
    let mut world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/login.php").await;
    assert!(!page.body.contains("Log in as"), "no faces by default");
    let face = |id: reconnect_store::Id| [("face".to_owned(), id.to_string())];
    let with = |page: &Answer, id| [page.form("Login").fields, face(id).to_vec()].concat();
    let logged_in = |answer: &Answer| answer.cookies().iter().any(|cookie| cookie.starts_with("xs="));
    assert!(!logged_in(&browser.post("/login.php", &with(&page, world.ann.id)).await), "nobody is offered at all");

    world.offer_ann();
    let mut browser = world.browser();
    let page = browser.get("/login.php").await;
    assert!(page.body.contains("Log in as </span>Ann Example"), "{}", page.body);
    assert!(!logged_in(&browser.post("/login.php", &with(&page, world.ben.id)).await), "Ben is not offered");
    assert!(!logged_in(&browser.post("/login.php", &face(world.ann.id)).await), "no form token");
    assert!(logged_in(&browser.post("/login.php", &with(&page, world.ann.id)).await));

    // The same form sent to another name of this site, for which nobody is offered.
    let mut browser = world.browser();
    let page = browser.get("/login.php").await;
    browser.host = "public.example";
    let answer = browser.post("/login.php", &with(&page, world.ann.id)).await;
    assert!(!logged_in(&answer) && !answer.body.contains("Log in as"));
}

#[tokio::test]
async fn no_page_may_be_framed_and_all_are_held_to_what_they_need() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let key = world.app.api_key.clone();
    let paths = [
        "/login.php".to_owned(),
        world.login_php("&skipcookie=1"),
        world.login_php("&display=iframe"),
        format!("/tos.php?api_key={key}&canvas=1"),
        format!("/connect/prompt_permissions.php?api_key={key}&ext_perm=email&next=x"),
        "/login.php?api_key=unknown".to_owned(),
        "/editapps.php".to_owned(),
        "/approve_photos.php".to_owned(),
        "/home.php".to_owned(),
        format!("/code_gen.php?api_key={key}"),
        "/logout.php".to_owned(),
        "/connect/login_success.html?session=x".to_owned(),
        "/connect/login_failure.html".to_owned(),
    ];
    for path in paths {
        let answer = browser.get(&path).await;
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{path}: {policy}");
        assert!(!answer.body.contains("<script") && !answer.body.contains(" style=\""), "{path}");
        if answer.status == StatusCode::OK {
            let nonce = policy.split_once("'nonce-").unwrap().1.split('\'').next().unwrap();
            assert!(answer.body.contains(&format!("<style nonce=\"{nonce}\">")), "{path}");
            assert!(answer.body.contains("not affiliated with"), "{path}");
        }
    }
    let page = browser.get(&format!("/tos.php?api_key={key}")).await;
    assert!(page.header("content-security-policy").contains("form-action 'self' http://game.example;"));
}

#[tokio::test]
async fn cookies_are_kept_from_scripts_and_other_sites() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/login.php").await;
    let [nonce] = page.cookies()[..] else { panic!("{:?}", page.cookies()) };
    assert!(nonce.starts_with("datr=") && nonce.contains("; HttpOnly") && nonce.contains("; SameSite=Lax"));
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    let all = answer.cookies();
    let login = all.iter().find(|cookie| cookie.starts_with("xs=")).unwrap();
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"] {
        assert!(login.contains(part), "{login}");
    }
    assert!(!login.contains("Secure"), "plain http");
    assert!(!all.iter().any(|cookie| cookie.starts_with("xs_status=")), "no browser would keep it over plain http");
    assert!(all.contains(&&*format!("c_user={}; Path=/; Max-Age=2592000; SameSite=Lax", world.ann.id)), "{all:?}");

    let mut browser = world.browser();
    browser.https = true;
    let page = browser.get("/login.php").await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    let cookies = answer.cookies();
    let (status, others): (Vec<&str>, Vec<&str>) = cookies.iter().partition(|cookie| cookie.starts_with("xs_status="));
    assert!(page.cookies().iter().chain(&others).all(|cookie| cookie.ends_with("; SameSite=Lax; HttpOnly; Secure")
        || cookie.starts_with("c_user=") && cookie.ends_with("; SameSite=Lax; Secure")));
    // The one that goes where the login itself must not; it opens no page.
    assert!(status[0].ends_with("; Path=/; Max-Age=2592000; SameSite=None; Secure; HttpOnly"), "{status:?}");
    let mut elsewhere = world.browser();
    elsewhere.https = true;
    let value = status[0].split([';', '=']).nth(1).unwrap();
    elsewhere.cookies.insert("xs_status".to_owned(), value.to_owned());
    assert_eq!(elsewhere.get("/home.php").await.location(), "/login.php");
    elsewhere.cookies.insert("xs".to_owned(), value.to_owned());
    assert_eq!(elsewhere.get("/home.php").await.location(), "/login.php");
}

#[tokio::test]
async fn what_the_cookie_of_the_id_says_is_not_believed() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    browser.cookies.insert("c_user".to_owned(), world.ben.id.to_string());
    assert!(browser.get("/home.php").await.body.contains("Ann Example"));
    browser.cookies.remove("xs");
    assert_eq!(browser.get("/home.php").await.location(), "/login.php");
    browser.cookies.insert("xs".to_owned(), "0".repeat(32));
    assert_eq!(browser.get("/home.php").await.location(), "/login.php");
}

#[tokio::test]
async fn an_account_is_throttled_whether_it_exists_or_not() {
    for email in ["ann@example.com", "nobody@example.com"] {
        let world = World::new().await;
        let mut browser = world.browser();
        let page = browser.get("/login.php").await;
        for _ in 0..FAILED_LOGINS_PER_ACCOUNT {
            let answer = browser.log_in(&page, email, "wrong").await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(answer.body.contains("did not match"));
        }
        assert_eq!(browser.log_in(&page, email, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        let other = browser.log_in(&page, "ben@example.com", PASSWORD).await;
        assert_eq!(other.location(), "/home.php", "another account is free");
    }
}

#[tokio::test]
async fn tries_at_the_same_time_do_not_get_past_the_limit() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/login.php").await;
    let mut fields = page.form("Login").fields;
    fields.extend([("email".to_owned(), "ann@example.com".to_owned()), ("pass".to_owned(), "wrong".to_owned())]);
    let tries = (0..40).map(|_| {
        let mut one = world.browser();
        one.cookies = browser.cookies.clone();
        let fields = fields.clone();
        async move { one.post("/login.php", &fields).await.status }
    });
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!(looked_at as i64, FAILED_LOGINS_PER_ACCOUNT);
}

#[tokio::test]
async fn an_address_is_throttled_over_all_accounts_and_success_is_no_failure() {
    let world = World::new().await;
    let mut browser = world.browser();
    for _ in 0..=FAILED_LOGINS_PER_ACCOUNT {
        let page = browser.get("/login.php?skipcookie=1").await;
        assert_eq!(browser.log_in(&page, "ann@example.com", PASSWORD).await.location(), "/home.php");
    }
    let page = browser.get("/login.php?skipcookie=1").await;
    let wrong = (0..FAILED_LOGINS_PER_ADDRESS).map(|n| {
        let mut one = world.browser();
        one.cookies = browser.cookies.clone();
        let page = &page;
        async move { one.log_in(page, &format!("{n}@example.com"), "wrong").await.status }
    });
    assert!(futures_util::future::join_all(wrong).await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(browser.log_in(&page, "ann@example.com", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    browser.address = "192.0.2.2";
    assert_eq!(browser.log_in(&page, "ann@example.com", PASSWORD).await.location(), "/home.php");
}

#[tokio::test]
async fn a_name_that_nobody_has_takes_as_long_and_reads_alike() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/login.php").await;
    let shortest = |email: &'static str| {
        let mut browser = world.browser();
        browser.cookies = browser_cookies(&page);
        let page = &page;
        async move {
            let (mut least, mut body) = (Duration::MAX, String::new());
            for _ in 0..3 {
                let start = Instant::now();
                body = browser.log_in(page, email, "wrong").await.body;
                least = least.min(start.elapsed());
            }
            (least, body.replace(email, "").split("</style>").nth(1).unwrap_or_default().to_owned())
        }
    };
    let (known, known_body) = shortest("ann@example.com").await;
    let (unknown, unknown_body) = shortest("nobody@example.com").await;
    assert!(unknown * 3 > known, "unknown {unknown:?}, known {known:?}");
    assert_eq!(known_body, unknown_body);
}

fn browser_cookies(page: &Answer) -> BTreeMap<String, String> {
    let pairs = page.cookies().into_iter().map(|cookie| cookie.split(';').next().unwrap().split_once('=').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[tokio::test]
async fn too_much_and_unreadable_is_refused_in_plain_words() {
    let world = World::new().await;
    let mut browser = world.browser();
    let big = [("email".to_owned(), "x".repeat(70_000))];
    assert_eq!(browser.post("/login.php", &big).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = browser.get(&world.login_php("&next=%FF")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("UTF-8"));
    for key in ["", "&api_key=unknown", "&api_key=18446744073709551615", "&api_key=%00%22%3Cscript%3E"] {
        let answer = browser.get(&format!("/tos.php?v=1.0{key}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}");
        assert!(answer.body.contains("application") && !answer.body.contains("<script"), "{key}");
    }
}

#[tokio::test]
async fn texts_of_others_are_shown_as_text() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let nasty = "%22%3E%3Cimg%20src%3Dx%3E";
    for path in [
        format!("/login.php?api_key={nasty}"),
        world.login_php(&format!("&next={nasty}")),
        world.login_php(&format!("&cancel={nasty}&v={nasty}")),
        world.login_php(&format!("&next=http%3A%2F%2Fevil.example%2F{nasty}")),
    ] {
        let page = browser.follow(&path).await;
        assert!(!page.body.contains("<img"), "{path}");
    }
    world.authorize(&world.ann, "").await;
    assert!(!browser.get("/editapps.php").await.body.contains("<b>Game"));
}

#[tokio::test]
async fn trouble_with_the_store_is_a_calm_page_without_details() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let store = Arc::new(SqliteStore::in_memory(world.clock.clone()).unwrap());
    let services = Services::open(
        store.clone(),
        world.site.services.blobs.clone(),
        world.clock.clone(),
        crate::registry(),
        Settings::default(),
    )
    .await
    .unwrap();
    store.close();
    browser.router = crate::router::router(Site { services, ..world.site.clone() });
    for path in ["/home.php", "/editapps.php", &world.login_php("")] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.body.contains("try again in a moment") && !answer.body.contains("store"), "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
    }
}
