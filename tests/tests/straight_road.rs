//! The straight road, byte by byte: createToken → the login page → getSession → users.getLoggedInUser, in every format.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::client::Encoding;
use reconnect_tests::{App, Browser, Home, Person, Server, Session, Shown};

/// A desktop program whose person has just logged in.
struct Road {
    home: Home,
    app: App,
    person: Person,
}

impl Road {
    fn new() -> Road {
        let home = Home::new();
        let (app, person) = (home.desktop_app(), home.person("Ann"));
        Road { home, app, person }
    }

    fn logged_in(&self, server: &Server) -> String {
        let token = self.app.create_token(server);
        let login = format!("/login.php?api_key={}&v=1.0&auth_token={token}", self.app.key);
        let end = Browser::new(server).agree(&login, &self.person);
        assert_eq!((end.answer.status, &end.leads_to), (200, &None), "{}", end.describe());
        token
    }

    fn shown(&self, server: &Server) -> Shown {
        let shown = Shown::new(server).name(&self.app.key, "[api key]").name(&self.app.id, "[app id]");
        shown.name(&self.person.uid, "[uid]")
    }
}

fn with_session(shown: Shown, session: &Session) -> Shown {
    let shown = shown.name(&session.key, "[session key]").name(&session.expires.to_string(), "[expires]");
    let shown = shown.name(session.secret(), "[session secret]");
    match &session.access_token {
        Some(token) => shown.name(token, "[access token]"),
        None => shown,
    }
}

#[test]
fn a_program_of_2008_logs_a_person_in_and_asks_who_it_is() {
    let road = Road::new();
    let server = road.home.serve();

    let reply = road.app.call("facebook.auth.createToken").send(&server);
    let shown = road.shown(&server).name(&reply.scalar(), "[token]");
    insta::assert_snapshot!("create_token_as_XML", shown.reply(&reply));

    let token = road.logged_in(&server);
    let reply = road.app.call("facebook.auth.getSession").with("auth_token", &token).send(&server);
    let session = Session::of(&reply);
    let shown = with_session(road.shown(&server).name(&token, "[token]"), &session);
    insta::assert_snapshot!("get_session_as_XML", shown.reply(&reply));
    assert_eq!(session.uid, road.person.uid);

    let who = road.app.call_by("facebook.users.getLoggedInUser", &session);
    insta::assert_snapshot!("get_logged_in_user_as_XML", shown.reply(&who.send(&server)));
    for format in ["JSON", "json-strings", "yaml"] {
        insta::assert_snapshot!(
            format!("get_logged_in_user_as_{format}"),
            shown.reply(&who.clone().format(format).send(&server))
        );
    }
    for format in ["json", "json-strings", "xml"] {
        let call = who.clone().format(format).with("callback", "FB.ApiServer._callbacks.f1").by(Encoding::Get);
        insta::assert_snapshot!(
            format!("get_logged_in_user_as_JSONP_around_{format}"),
            shown.reply(&call.send(&server))
        );
    }
}

#[test]
fn the_session_looks_the_same_in_json_and_in_json_strings() {
    let road = Road::new();
    let server = road.home.serve();
    for format in ["json", "json-strings"] {
        let token = road.logged_in(&server);
        let reply = road.app.call("auth.getSession").with("auth_token", &token).format(format).send(&server);
        let session = Session::of(&reply);
        let shown = with_session(road.shown(&server).name(&token, "[token]"), &session);
        insta::assert_snapshot!(format!("get_session_as_{format}"), shown.reply(&reply));
        assert_eq!(road.app.call_by("users.getLoggedInUser", &session).send(&server).scalar(), road.person.uid);
    }
}

#[test]
fn an_error_looks_as_documented_in_every_format() {
    let road = Road::new();
    let server = road.home.serve();
    let shown = road.shown(&server);
    let call = road.app.call("facebook.auth.getSession").with("auth_token", "0123456789abcdef0123456789abcdef");
    let call = call.with("session_key", "").with("said", "<a & \"b\"> café\r\n");
    for format in ["xml", "json", "json-strings"] {
        insta::assert_snapshot!(
            format!("an_error_as_{format}"),
            shown.reply(&call.clone().format(format).send(&server))
        );
    }
    let call = call.with("callback", "jsonp1234");
    for format in ["xml", "json"] {
        insta::assert_snapshot!(
            format!("an_error_as_JSONP_around_{format}"),
            shown.reply(&call.clone().format(format).send(&server))
        );
    }
    let refused = road.app.call("auth.createToken").format("json").with("callback", "alert(1);f").send(&server);
    insta::assert_snapshot!("a_callback_that_is_no_name", shown.reply(&refused));
}

#[test]
fn an_answer_in_a_wrapper_is_the_same_document() {
    let road = Road::new();
    let server = road.home.serve();
    let call = road.app.call("auth.getSession").with("auth_token", "unknown'\\").with("callback", "f").format("xml");
    let reply = call.send(&server);
    assert_eq!(reply.answer.header("content-type"), "text/javascript;charset=utf-8");
    let inner = reply.text().strip_prefix("/**/f('").and_then(|rest| rest.strip_suffix("');")).unwrap();
    let document = inner.replace("\\n", "\n").replace("\\\"", "\"").replace("\\'", "'").replace("\\\\", "\\");
    reconnect_tests::schema::validate(&server, &document);
    assert!(document.contains("<error_code>100</error_code>"), "{document}");
}
