//! logout.php, code_gen.php, editapps.php and home.php.

use super::*;

#[tokio::test]
async fn the_link_of_a_person_leads_to_their_name_and_face() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&format!("/profile.php?id={}", world.ann.id)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Ann Example") && page.body.contains(&format!("/{}/picture", world.ann.id)));
    assert!(!page.body.contains("ann@example.com"));
    for nobody in ["", "?id=7", "?id=x", "?id=%ff", &format!("?id={}", world.app.id)] {
        let page = browser.get(&format!("/profile.php{nobody}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{nobody}");
    }
}
use reconnect_core::session::is_code;
use reconnect_wire::token::AccessToken;

/// A browser in which Ann is logged in, and the key of a session that was made in it.
async fn with_session(world: &World) -> (Browser, String) {
    world.authorize(&world.ann, "").await;
    let mut browser = world.logged_in(&world.ann).await;
    let answer = browser.get(&world.login_php("&return_session=1")).await;
    let session: serde_json::Value = serde_json::from_str(&answer.argument("session").unwrap()).unwrap();
    (browser, session["session_key"].as_str().unwrap().to_owned())
}

async fn alive(world: &World, key: &str) -> bool {
    world.site.services.graph.live_session(world.app.id, key).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_logs_its_own_person_out_of_everything_in_this_browser() {
    let world = World::new().await;
    let (mut browser, key) = with_session(&world).await;
    let token = browser.get(&world.login_php("")).await.argument("auth_token").unwrap();
    let api_key = &world.app.api_key;
    let answer = browser.get(&format!("/logout.php?app_key={api_key}&session_key={key}&connect_next=1&next=bye")).await;
    assert_eq!(answer.location(), "http://game.example/fb/bye", "nothing is appended");
    assert!(answer.cookies().iter().any(|cookie| cookie.starts_with("xs=; Path=/; Max-Age=0")));
    assert_eq!(browser.get("/home.php").await.location(), "/login.php");
    assert!(!alive(&world, &key).await);
    assert!(world.token(&token).await.is_none(), "tokens that were not traded yet are gone, too");
}

#[tokio::test]
async fn an_access_token_does_as_well_and_names_its_application() {
    let world = World::new().await;
    let (mut browser, key) = with_session(&world).await;
    let mac = world.site.services.secrets.access_token_mac(world.app.id, &key);
    let token = AccessToken::User { app_id: world.app.id.0, session_key: key.clone(), mac };
    let forged = AccessToken::User { app_id: world.app.id.0, session_key: key.clone(), mac: [0; 20] };
    let path = |token: &AccessToken| {
        let token: String = form_urlencoded::byte_serialize(token.to_string().as_bytes()).collect();
        format!("/logout.php?next=bye&access_token={token}")
    };
    assert_eq!(browser.get(&path(&forged)).await.location(), "http://game.example/fb/bye");
    assert!(alive(&world, &key).await);
    assert_eq!(browser.get(&path(&token)).await.location(), "http://game.example/fb/bye");
    assert!(!alive(&world, &key).await && !browser.cookies.contains_key("xs"));
}

#[tokio::test]
async fn a_session_that_proves_nothing_logs_nobody_out() {
    let world = World::new().await;
    let (mut ann, key) = with_session(&world).await;
    let mut ben = world.logged_in(&world.ben).await;
    let api_key = &world.app.api_key;
    let with = |key: &str| format!("/logout.php?api_key={api_key}&session_key={key}&next=bye");
    assert_eq!(ben.get(&with(&key)).await.location(), "http://game.example/fb/bye", "another person's session");
    assert_eq!(ben.get("/home.php").await.status, StatusCode::OK);
    assert!(alive(&world, &key).await);
    for wrong in ["", "nonsense", "000000000000000000000000-5"] {
        assert_eq!(ann.get(&with(wrong)).await.location(), "http://game.example/fb/bye", "{wrong}");
        assert_eq!(ann.get("/home.php").await.status, StatusCode::OK, "{wrong}");
    }
    assert_eq!(ann.get("/logout.php").await.location(), "/home.php");
    assert_eq!(ann.get("/logout.php?next=http%3A%2F%2Fevil.example").await.location(), "/home.php");
}

#[tokio::test]
async fn the_sites_own_logout_is_a_link_that_only_our_pages_have() {
    let world = World::new().await;
    let mut browser = world.logged_in(&world.ann).await;
    let page = browser.get("/home.php").await;
    let link = page
        .body
        .split("href=\"")
        .find(|part| part.contains(">Logout<"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let mut ben = world.logged_in(&world.ben).await;
    ben.get(&link).await;
    assert_eq!(ben.get("/home.php").await.status, StatusCode::OK, "Ann's link is nothing to Ben");
    browser.get("/logout.php?h=").await;
    browser.headers = vec![("sec-fetch-site", "cross-site")];
    browser.get(&link).await;
    browser.headers.clear();
    assert_eq!(browser.get("/home.php").await.status, StatusCode::OK);
    assert_eq!(browser.get(&link).await.location(), "/login.php");
    assert_eq!(browser.get("/home.php").await.location(), "/login.php");
}

#[tokio::test]
async fn a_code_is_made_by_a_button_and_is_good_for_an_endless_session() {
    let world = World::new().await;
    let path = format!("/code_gen.php?v=1.0&api_key={}", world.app.api_key);
    let mut browser = world.browser();
    let page = browser.follow(&path).await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    let page = browser.onward(answer).await;
    let answer = browser.press(&page, "Allow", &[]).await;
    assert_eq!(answer.location(), format!("/code_gen.php?api_key={}&v=1.0", world.app.api_key));
    let page = browser.onward(answer).await;
    let fields: Vec<_> = page.form("Generate").fields.into_iter().filter(|f| f.0 != "fb_dtsg").collect();
    assert_eq!(browser.post("/code_gen.php", &fields).await.status, StatusCode::FORBIDDEN);
    let page = browser.press(&page, "Generate", &[]).await;
    let code = page.body.split("<p class=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(is_code(code), "{code}");
    let session = world.site.services.graph.code(world.app.id, code).await.unwrap().unwrap();
    assert!(session.infinite() && session.person == Some(world.ann.id));
}

#[tokio::test]
async fn a_person_sees_and_removes_what_they_allowed() {
    let world = World::new().await;
    world.authorize(&world.ann, "email,read_stream").await;
    world.authorize(&world.ben, "email").await;
    let mut browser = world.browser();
    let page = browser.follow("/editapps.php").await;
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    assert_eq!(answer.location(), "/editapps.php");
    let page = browser.onward(answer).await;
    assert!(page.body.contains("send you e-mail at your address"));
    let key = {
        let answer = browser.get(&world.login_php("&return_session=1")).await;
        let session: serde_json::Value = serde_json::from_str(&answer.argument("session").unwrap()).unwrap();
        session["session_key"].as_str().unwrap().to_owned()
    };

    let take_back = page.form("Take back");
    let mut without = take_back.fields.clone();
    without.retain(|field| field.0 != "fb_dtsg");
    assert_eq!(browser.post("/editapps.php", &without).await.status, StatusCode::FORBIDDEN);
    // A token for one permission is none for removing the application.
    let widened: Vec<_> = take_back.fields.iter().filter(|f| f.0 != "permission").cloned().collect();
    assert_eq!(browser.post("/editapps.php", &widened).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some("email,read_stream"));

    assert_eq!(browser.press(&page, "Take back", &[]).await.location(), "/editapps.php");
    assert_eq!(world.granted(&world.ann).await.as_deref(), Some("read_stream"));
    assert!(alive(&world, &key).await);
    browser.press(&page, "Remove", &[]).await;
    assert_eq!(world.granted(&world.ann).await, None);
    assert!(!alive(&world, &key).await);
    assert_eq!(world.granted(&world.ben).await.as_deref(), Some("email"), "Ben's is his");
    assert_eq!(world.site.services.graph.intents().await.unwrap(), (0, 0), "nothing is left to do");
    assert!(browser.get("/editapps.php").await.body.contains("do not use any"));
}

#[tokio::test]
async fn home_says_who_is_logged_in() {
    let world = World::new().await;
    assert_eq!(world.browser().get("/home.php").await.location(), "/login.php");
    let page = world.logged_in(&world.ann).await.get("/home.php").await;
    assert!(page.body.contains("Logged in as <b>Ann Example</b>") && page.body.contains(">Logout</a>"));
}
