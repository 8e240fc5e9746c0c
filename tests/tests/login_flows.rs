//! Every way in which a person of 2007 to 2011 logged in: web, desktop, embedded browser, Connect, mobile, code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::scene::token_of;
use reconnect_tests::{Browser, Scene, Session, sign};
use serde_json::Value;

/// Checks the `sig` of a session object as the PHP SDK does: all members but `sig`, with the application's secret.
fn assert_signed(object: &Value, secret: &str) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let members =
        object.as_object().unwrap().iter().map(|(name, value)| (name.clone().into_bytes(), text(value).into_bytes()));
    assert_eq!(object["sig"], sign(&members.collect::<Vec<_>>(), secret), "{object}");
}

#[test]
fn a_web_application_gets_a_token_in_its_callback_address_and_trades_it() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&scene.login(""));
    assert!(form.asks_to_log_in(), "{}", form.describe());
    let consent = browser.log_in(&form, &scene.person);
    assert!(consent.target.starts_with("/tos.php?"), "{}", consent.describe());
    let end = browser.press(&consent, "Allow");
    let token = token_of(&end);
    assert_eq!(end.left_for(), format!("http://vampires.example/fb/?auth_token={token}&installed=1"));

    let session = scene.app.get_session(&scene.server, &token);
    assert_eq!((&session.uid, session.secret.as_deref()), (&scene.person.uid, None));
    assert_eq!(session.expires % 3600, 0, "expiring sessions end on a full hour");
    assert!(
        session.key.starts_with("2.") && session.key.ends_with(&format!(".{}-{}", session.expires, session.uid)),
        "{session:?}"
    );
    assert_eq!(scene.who_is(&session).scalar(), scene.person.uid);

    // Whoever is logged in and has agreed sees no page again.
    let again = browser.open(&scene.login("&next=page%3Fx%3D1"));
    assert_eq!(again.left_for(), format!("http://vampires.example/fb/page?x=1&auth_token={}", token_of(&again)));
}

#[test]
fn a_desktop_program_may_ask_early_and_gets_a_session_with_a_secret() {
    let scene = Scene::desktop();
    let token = scene.app.create_token(&scene.server);
    let trade = scene.app.call("auth.getSession").with("auth_token", &token);
    for _ in 0..2 {
        trade.send(&scene.server).refused_with(100);
    }
    let end = Browser::new(&scene.server).agree(&scene.login(&format!("&auth_token={token}&popup=1")), &scene.person);
    assert!(end.content.text.contains("return to"), "{}", end.describe());
    let session = Session::of(&trade.send(&scene.server));
    trade.send(&scene.server).refused_with(100);

    // Its session calls are signed with the session's secret, whether they say so or not; never with the application's.
    let who = scene.app.call_for("users.getLoggedInUser", &session);
    assert_eq!(who.clone().signed_with(session.secret()).send(&scene.server).scalar(), scene.person.uid);
    assert_eq!(scene.app.call_by("users.getLoggedInUser", &session).send(&scene.server).scalar(), scene.person.uid);
    who.send(&scene.server).refused_with(104);
}

#[test]
fn a_desktop_program_with_next_is_sent_there() {
    let scene = Scene::with(&["--desktop", "--callback-url", "http://desk.example/"]);
    let token = scene.app.create_token(&scene.server);
    let end = Browser::new(&scene.server).agree(&scene.login(&format!("&auth_token={token}&next=done")), &scene.person);
    assert_eq!(end.left_for(), "http://desk.example/done");
    scene.app.get_session(&scene.server, &token);
}

#[test]
fn an_embedded_browser_finds_the_session_in_the_address() {
    let scene = Scene::with(&["--connect-url", "http://site.example/"]);
    let next = scene.server.url("/connect/login_success.html");
    let cancel = scene.server.url("/connect/login_failure.html");
    let login = scene.login(&format!(
        "&connect_display=popup&next={next}&cancel_url={cancel}&fbconnect=true&return_session=true&session_key_only=true\
         &req_perms=read_stream,publish_stream,offline_access"
    ));
    let mut browser = Browser::new(&scene.server);
    let end = browser.agree(&login, &scene.person);
    assert!(end.target.starts_with("/connect/login_success.html?session="), "{}", end.describe());
    assert!(end.content.text.contains("Success"), "{}", end.describe());

    let object: Value = serde_json::from_str(&end.argument("session").unwrap()).unwrap();
    assert_signed(&object, &scene.app.secret);
    assert!(object["uid"].is_u64() && object["expires"].is_u64(), "numbers stay numbers: {object}");
    let members: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert!(
        !members.contains(&&"access_token".to_owned()),
        "an access token comes with session_version=3 only: {object}"
    );
    let permissions: Value = serde_json::from_str(&end.argument("permissions").unwrap()).unwrap();
    for granted in ["read_stream", "publish_stream", "offline_access"] {
        assert!(permissions.as_array().unwrap().contains(&granted.into()), "{permissions}");
    }

    // The program knows no application secret: it signs with the session's.
    let session = Session::of_json(&object);
    assert_eq!((session.expires, &session.uid), (0, &scene.person.uid), "offline_access never expires");
    let who = scene.app.call_by("users.getLoggedInUser", &session).format("json");
    assert_eq!(who.send(&scene.server).scalar(), scene.person.uid);

    // The next time no page is shown, and the session has its token.
    let again = browser.open(&format!("{login}&session_version=3"));
    let object: Value = serde_json::from_str(&again.argument("session").unwrap()).unwrap();
    assert_signed(&object, &scene.app.secret);
    let token = object["access_token"].as_str().expect("an access token");
    let who = reconnect_tests::Call::bare().with("method", "users.getLoggedInUser").with("access_token", token);
    assert_eq!(who.send(&scene.server).scalar(), scene.person.uid);
}

#[test]
fn whoever_declines_in_an_embedded_browser_lands_on_the_failure_page() {
    let scene = Scene::with(&["--connect-url", "http://site.example/"]);
    let next = scene.server.url("/connect/login_success.html");
    let cancel = scene.server.url("/connect/login_failure.html");
    let login = scene.login(&format!("&next={next}&cancel_url={cancel}&fbconnect=1&return_session=1&req_perms=email"));
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&login);
    assert_eq!(browser.press(&form, "Cancel").target, "/connect/login_failure.html", "from the login form");
    let connect = browser.log_in(&form, &scene.person);
    assert_eq!(browser.press(&connect, "Cancel").target, "/connect/login_failure.html", "from the Connect page");
    let permissions = browser.press(&connect, "Connect");
    assert!(permissions.target.contains("prompt_permissions.php"), "{}", permissions.describe());
    assert_eq!(
        browser.press(&permissions, "Don't Allow").target,
        "/connect/login_failure.html",
        "from the permission page"
    );
    // Nothing is stored before the whole way ends in success.
    let is_user = scene.app.call("users.isAppUser").with("uid", &scene.person.uid);
    assert_eq!(is_user.send(&scene.server).scalar(), "0");
}

#[test]
fn an_iphone_program_is_called_back_by_its_scheme() {
    let scene = Scene::with(&["--scheme", "fbconnect"]);
    let mut browser = Browser::new(&scene.server);
    let end = browser.agree(&scene.login("&fbconnect=1&connect_display=touch&next=fbconnect://success"), &scene.person);
    let token = token_of(&end);
    assert!(end.left_for().starts_with(&format!("fbconnect://success?auth_token={token}")), "{}", end.left_for());
    let session = Session::of(
        &scene
            .app
            .call("auth.getSession")
            .with("auth_token", &token)
            .with("generate_session_secret", "1")
            .send(&scene.server),
    );
    assert_eq!(scene.app.call_by("users.getLoggedInUser", &session).send(&scene.server).scalar(), scene.person.uid);

    // The permission dialog of the same program.
    let dialog = format!(
        "/connect/prompt_permission.php?display=touch&api_key={}&session_key={}&ext_perm=offline_access&next=fbconnect:success&cancel=fbconnect:cancel",
        scene.app.key, session.key
    );
    let page = browser.open(&dialog);
    assert_eq!(browser.press(&page, "Don't Allow").left_for(), "fbconnect:cancel");
    let granted = browser.press(&page, "Allow");
    assert!(granted.left_for().starts_with("fbconnect:success"), "{}", granted.describe());
    // It repeats the login then, which the cookies make silent, for the session without end.
    let end = browser.open(&scene.login("&fbconnect=1&connect_display=touch&next=fbconnect://success"));
    assert_eq!(scene.app.get_session(&scene.server, &token_of(&end)).expires, 0);
}

#[test]
fn a_mobile_site_sends_people_to_tos() {
    let scene = Scene::web();
    let tos = format!("/tos.php?api_key={}&v=1.0&next=m&cancel=no", scene.app.key);
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&tos);
    assert!(form.target.starts_with("/login.php?") && form.asks_to_log_in(), "{}", form.describe());
    let consent = browser.log_in(&form, &scene.person);
    assert_eq!(browser.press(&consent, "Don't Allow").left_for(), "http://vampires.example/fb/no");
    let end = browser.press(&consent, "Allow");
    let token = token_of(&end);
    assert_eq!(end.left_for(), format!("http://vampires.example/fb/m?auth_token={token}&installed=1"));
    scene.app.get_session(&scene.server, &token);
}

#[test]
fn offline_access_gives_a_session_without_end() {
    let scene = Scene::web();
    let token = scene.app.web_token(&scene.server, &scene.person, "&req_perms=offline_access,email");
    let trade = scene.app.call("auth.getSession").with("auth_token", &token).with("generate_session_secret", "true");
    let session = Session::of(&trade.send(&scene.server));
    assert_eq!(session.expires, 0);
    assert_eq!(session.secret, None, "generate_session_secret is for sessions that expire");
    let (random, uid) = session.key.split_once('-').unwrap();
    assert!(random.len() == 24 && random.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{session:?}");
    assert_eq!(uid, scene.person.uid);
    assert_eq!(scene.who_is(&session).scalar(), scene.person.uid);
    let has = |permission: &str| {
        scene.app.call_for("users.hasAppPermission", &session).with("ext_perm", permission).send(&scene.server).scalar()
    };
    assert_eq!([has("email"), has("offline_access"), has("sms")], ["1", "1", "0"]);
    scene.app.call_for("auth.promoteSession", &session).send(&scene.server).refused_with(455);
}

#[test]
fn the_box_of_2007_gives_a_session_without_end() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let page = browser.open(&scene.login(""));
    let consent = browser.log_in(&page, &scene.person);
    let mut form = consent.form("Allow");
    form.tick("persistent", true);
    let end = browser.send(&consent, &form, "Allow");
    assert_eq!(scene.app.get_session(&scene.server, &token_of(&end)).expires, 0);
    let hidden = Browser::new(&scene.server).open(&scene.login("&hide_checkbox=1"));
    assert!(!hidden.form("Login").has("persistent"), "{}", hidden.describe());
}

#[test]
fn a_code_is_typed_into_the_program_and_gives_a_session_without_end() {
    let scene = Scene::desktop();
    let other = scene.home.desktop_app();
    let mut browser = Browser::new(&scene.server);
    let target = format!("/code_gen.php?v=1.0&api_key={}", scene.app.key);
    let page = browser.agree(&target, &scene.person);
    let page = browser.press(&page, "Generate");
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let code =
        page.content.text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("{}", page.describe())).to_owned();

    other.call("auth.getSession").with("auth_token", &code).send(&scene.server).refused_with(100);
    let trade = scene.app.call("auth.getSession").with("auth_token", &code);
    let session = Session::of(&trade.send(&scene.server));
    assert_eq!((session.expires, &session.uid), (0, &scene.person.uid));
    trade.send(&scene.server).refused_with(100);
    assert_eq!(scene.app.call_by("users.getLoggedInUser", &session).send(&scene.server).scalar(), scene.person.uid);

    // Short codes can be guessed, so guesses are few.
    let guess = scene.app.call("auth.getSession").with("auth_token", "AAAAAA");
    let told: Vec<String> = (0..25).map(|_| guess.send(&scene.server).message()).collect();
    assert!(told.last().unwrap().contains("too many"), "{told:?}");
}

#[test]
fn several_permissions_are_asked_for_on_a_page_of_their_own() {
    let scene = Scene::web();
    scene.web_session();
    let mut browser = Browser::new(&scene.server);
    let dialog = format!(
        "/connect/prompt_permissions.php?api_key={}&v=1.0&ext_perm=email,sms&next=yes&cancel=no",
        scene.app.key
    );
    let form = browser.open(&dialog);
    let page = browser.log_in(&form, &scene.person);
    assert!(page.content.text.contains("email") && page.content.text.contains("sms"), "{}", page.describe());
    assert_eq!(browser.press(&page, "Don't Allow").left_for(), "http://vampires.example/fb/no");
    assert!(browser.press(&page, "Allow").left_for().starts_with("http://vampires.example/fb/yes"));
    let has = scene.app.call("users.hasAppPermission").with("uid", &scene.person.uid).with("ext_perm", "sms");
    assert_eq!(has.send(&scene.server).scalar(), "1");
    assert!(browser.open(&dialog).leads_to.is_some(), "what is granted is not asked for again");

    let one = format!("/authorize.php?api_key={}&v=1.0&ext_perm=publish_stream&next=yes&next_cancel=no", scene.app.key);
    let page = browser.open(&one);
    assert_eq!(browser.press(&page, "Don't Allow").left_for(), "http://vampires.example/fb/no");
    browser.press(&page, "Allow");
    let has = scene.app.call("users.hasAppPermission").with("uid", &scene.person.uid).with("ext_perm", "photo_upload");
    assert_eq!(has.send(&scene.server).scalar(), "1", "publish_stream implies photo_upload");
}

#[test]
fn the_old_add_pages_lead_to_the_same_end() {
    for page in ["install.php", "add.php"] {
        let scene = Scene::web();
        let end = Browser::new(&scene.server)
            .agree(&format!("/{page}?api_key={}&v=1.0&next=hello", scene.app.key), &scene.person);
        let token = token_of(&end);
        assert!(
            end.left_for().starts_with("http://vampires.example/fb/hello?") && end.left_for().contains("installed=1"),
            "{}",
            end.left_for()
        );
        scene.app.get_session(&scene.server, &token);
    }
}

#[test]
fn a_login_with_skipcookie_asks_again() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    browser.agree(&scene.login(""), &scene.person);
    let page = browser.open(&scene.login("&skipcookie=1"));
    assert!(page.asks_to_log_in(), "{}", page.describe());
    assert!(browser.log_in(&page, &scene.person).leads_to.is_some());
}
