//! Being logged in in a browser: how it begins, how it is renewed, and what ends it.

use super::*;
use reconnect_core::browser::LoggedIn;
use reconnect_core::session::Plan;

async fn login_of(world: &World, browser: &Browser) -> Option<LoggedIn> {
    world.site.services.graph.logged_in(browser.cookies.get("xs")?).await.unwrap()
}

#[tokio::test]
async fn a_login_gets_a_cookie_that_nobody_saw_before() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let old = browser.cookies["xs"].clone();
    let before = login_of(&world, &browser).await.unwrap();
    let page = browser.get("/login.php?skipcookie=1").await;
    browser.log_in(&page, "ann@example.com", PASSWORD).await;
    let after = login_of(&world, &browser).await.unwrap();
    assert_ne!(browser.cookies["xs"], old);
    assert!(world.site.services.graph.logged_in(&old).await.unwrap().is_none(), "the old cookie is worth nothing");
    assert_eq!(before.browser.id, after.browser.id, "sessions made before are still this browser's");

    let page = browser.get("/login.php?skipcookie=1").await;
    browser.log_in(&page, "ben@example.com", PASSWORD).await;
    let other = login_of(&world, &browser).await.unwrap();
    assert_eq!(other.person.id, world.ben.id);
    assert_ne!(other.browser.id, after.browser.id);
}

#[tokio::test]
async fn a_new_password_logs_every_browser_out() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    assert_eq!(browser.get("/home.php").await.status, StatusCode::OK);
    let hash = world.site.services.passwords.hash("another").await.unwrap();
    world.site.services.graph.set_password(world.ann.id, Some(hash)).await.unwrap();
    assert_eq!(browser.get("/home.php").await.location(), "/login.php");
}

#[tokio::test]
async fn a_password_that_changed_while_it_was_checked_makes_the_login_void() {
    let world = World::new().await;
    let graph = &world.site.services.graph;
    let checked = graph.login(world.ann.id).await.unwrap().unwrap();
    graph.set_password(world.ann.id, None).await.unwrap();
    let (_, cookie) = graph.log_in(&world.ann, checked.epoch, None).await.unwrap();
    assert!(graph.logged_in(&cookie).await.unwrap().is_none());
}

#[tokio::test]
async fn a_login_lasts_thirty_days() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    world.clock.advance((30 * 86_400 - 1) * 1000);
    assert_eq!(browser.get("/home.php").await.status, StatusCode::OK);
    world.clock.advance(1000);
    assert_eq!(browser.get("/home.php").await.location(), "/login.php");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_cookie_nobody_is_logged_in() {
    let world = World::new().await;
    let browser = world.logged_in(&world.ann).await;
    let right = browser.cookies["xs"].clone();
    let graph = &world.site.services.graph;
    let guessed = format!("{}{}", &right[..12], "0".repeat(20));
    let pending = world.pending_token().await;
    for wrong in ["", "x", &right[..31], &right.to_uppercase(), &guessed, &pending, &"f".repeat(32)] {
        let letters = right.bytes().any(|b| b.is_ascii_lowercase());
        if wrong == right && !letters {
            continue; // digits only: upper case is the same text
        }
        assert!(graph.logged_in(wrong).await.unwrap().is_none(), "{wrong}");
    }
    assert!(graph.logged_in(&right).await.unwrap().is_some());
}

#[tokio::test]
async fn another_person_in_the_same_browser_ends_the_sessions_of_the_first() {
    let world = World::new().await;
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let login = login_of(&world, &browser).await.unwrap();
    let graph = &world.site.services.graph;
    let grant = graph.grant(world.ann.id, world.app.id).await.unwrap().unwrap();
    let plan = Plan {
        person: world.ann.id,
        granted_epoch: grant.epoch,
        login_epoch: login.browser.login_epoch,
        infinite: false,
        secret: false,
        browser: Some(login.browser.id),
    };
    let expiring = graph.open_session(&world.app, &plan).await.unwrap().key;
    let infinite = graph.open_session(&world.app, &Plan { infinite: true, ..plan }).await.unwrap().key;
    let elsewhere = graph.open_session(&world.app, &Plan { browser: None, ..plan }).await.unwrap().key;
    for key in [&expiring, &infinite, &elsewhere] {
        assert!(graph.live_session(world.app.id, key).await.unwrap().is_some());
    }
    let page = browser.get("/login.php?skipcookie=1").await;
    browser.log_in(&page, "ben@example.com", PASSWORD).await;
    assert!(graph.live_session(world.app.id, &expiring).await.unwrap().is_none());
    assert!(graph.live_session(world.app.id, &infinite).await.unwrap().is_some(), "infinite sessions survive");
    assert!(graph.live_session(world.app.id, &elsewhere).await.unwrap().is_some());
}
