//! Session secrets: where they come from, what they may sign, what they may not do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::{Call, Scene, Session};

/// The session with a secret that was learned later.
fn knowing(session: &Session, secret: &str) -> Session {
    Session { secret: Some(secret.to_owned()), ..session.clone() }
}

#[test]
fn promote_session_makes_a_secret_that_signs_calls_and_answers_the_same_again() {
    let scene = Scene::web();
    let session = scene.web_session();
    let promote = scene.app.call_for("auth.promoteSession", &session);
    let secret = promote.send(&scene.server).scalar();
    assert!(secret.len() == 24 && secret.ends_with("__"), "{secret}");
    assert_eq!(promote.send(&scene.server).scalar(), secret);

    let session = knowing(&session, &secret);
    for ss in ["1", "true", "yes"] {
        let who = scene.app.call_by("users.getLoggedInUser", &session).with("ss", ss);
        assert_eq!(who.send(&scene.server).scalar(), scene.person.uid, "ss={ss}");
    }
    // Servers of the application go on signing with its own secret.
    assert_eq!(scene.who_is(&session).scalar(), scene.person.uid);
    for ss in ["0", "", "false"] {
        let who = scene.app.call_for("users.getLoggedInUser", &session).with("ss", ss);
        assert_eq!(who.send(&scene.server).scalar(), scene.person.uid, "ss={ss:?} is no session secret");
    }
}

#[test]
fn a_session_without_a_secret_cannot_be_called_with_one() {
    let scene = Scene::web();
    let session = scene.web_session();
    let promoted = scene.app.call_for("auth.promoteSession", &scene.web_session()).send(&scene.server).scalar();
    scene.app.call_by("users.getLoggedInUser", &knowing(&session, &promoted)).send(&scene.server).refused_with(102);
    let fine = Scene::with(&["--callback-url", "http://vampires.example/", "--fine-session-errors"]);
    let session = fine.web_session();
    fine.app.call_by("users.getLoggedInUser", &knowing(&session, "x")).send(&fine.server).refused_with(455);
}

#[test]
fn generate_session_secret_hands_the_secret_out_with_the_session() {
    let scene = Scene::web();
    for (wish, given) in [("1", true), ("true", true), ("", false), ("0", false), ("false", false)] {
        let token = scene.web_token();
        let trade = scene.app.call("auth.getSession").with("auth_token", &token).with("generate_session_secret", wish);
        let session = Session::of(&trade.send(&scene.server));
        assert_eq!(session.secret.is_some(), given, "generate_session_secret={wish:?}");
        if given {
            assert_eq!(scene.app.call_by("users.isAppUser", &session).send(&scene.server).scalar(), "1");
        }
    }
}

#[test]
fn whoever_knows_only_a_session_secret_or_a_token_may_not_widen_its_rights() {
    let scene = Scene::web();
    let other = scene.home.person("Bob");
    let session = scene.web_session();
    let secret = scene.app.call_for("auth.promoteSession", &session).send(&scene.server).scalar();
    let session = knowing(&session, &secret);
    let by_token =
        |method: &str| Call::bare().with("method", method).with("access_token", session.access_token.as_ref().unwrap());
    for method in ["auth.createToken", "auth.getSession", "auth.promoteSession", "auth.revokeExtendedPermission"] {
        scene.app.call_by(method, &session).send(&scene.server).refused_with(15);
        by_token(method).send(&scene.server).refused_with(15);
    }
    // Nor may it speak for somebody else.
    for method in ["auth.revokeAuthorization", "users.isAppUser", "users.hasAppPermission"] {
        let call = scene.app.call_by(method, &session).with("uid", &other.uid).with("ext_perm", "email");
        call.send(&scene.server).refused_with(200);
        by_token(method).with("uid", &other.uid).with("ext_perm", "email").send(&scene.server).refused_with(200);
    }
    assert_eq!(scene.app.call_by("auth.expireSession", &session).send(&scene.server).scalar(), "1");
    scene.who_is(&session).refused_with(102);
}

#[test]
fn a_session_secret_signs_for_its_own_session_only() {
    let scene = Scene::desktop();
    let (mine, yours) = (scene.desktop_session(), scene.desktop_session());
    let mixed = knowing(&mine, yours.secret());
    scene.app.call_by("users.getLoggedInUser", &mixed).send(&scene.server).refused_with(104);
    let other = scene.home.desktop_app();
    let theirs = other.desktop_session(&scene.server, &scene.person);
    scene.app.call_by("users.getLoggedInUser", &theirs).send(&scene.server).refused_with(102);
}

#[test]
fn ss_without_a_session_is_a_bad_session() {
    let scene = Scene::web();
    scene.app.call("users.isAppUser").with("ss", "1").send(&scene.server).refused_with(102);
    let fine = Scene::with(&["--callback-url", "http://vampires.example/", "--fine-session-errors"]);
    fine.app.call("users.isAppUser").with("ss", "1").send(&fine.server).refused_with(454);
}
