//! A real browser looks at the pages: headless Chromium, driven over WebDriver, with scripts switched off. Screenshots go to
//! `target/screenshots/`, to be looked at by people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::chromium::PATIENCE;
use reconnect_tests::{Chromium, Home, Scene};
use std::time::Instant;

/// Phone and desktop.
const SCREENS: [(&str, u64, u64); 2] = [("phone", 390, 844), ("desktop", 1280, 900)];

/// On each screen: what `look` does, in a fresh browser without scripts.
fn on_each_screen(look: impl Fn(&Chromium, &str, (u64, u64))) {
    for (screen, width, height) in SCREENS {
        let chromium = Chromium::without_scripts();
        chromium.screen(width, height);
        look(&chromium, screen, (width, height));
    }
}

#[test]
fn the_login_page_and_the_permission_page_work_without_scripts_and_fit_every_screen() {
    let home = Home::new();
    let app = home.app("Photo Corner", &["--callback-url", "http://127.0.0.1:9/corner/"]);
    let person = home.person("Ann");
    let server = home.serve();
    on_each_screen(|chromium, screen, size| {
        chromium.open(&server.url(&app.login("&req_perms=email,publish_stream,offline_access&cancel=no")));
        let source = chromium.source();
        assert!(source.contains("id=\"email\"") && source.contains("Photo Corner"), "{source}");
        chromium.fits(size.0);
        chromium.screenshot(&format!("login-{screen}"), size);
        chromium.type_into("#email", &person.email);
        chromium.type_into("#pass", "not the password");
        chromium.click("input[value=Login]");
        chromium.wait_for("did not match");
        chromium.fits(size.0);
        chromium.screenshot(&format!("login-again-{screen}"), size);

        chromium.type_into("#pass", &person.password);
        chromium.click("input[value=Login]");
        chromium.wait_for_url("/tos.php");
        chromium.wait_for("Don't Allow");
        chromium.fits(size.0);
        chromium.screenshot(&format!("allow-{screen}"), size);
        chromium.click("input[value=Allow]");
        chromium.wait_for_url("prompt_permissions.php");
        chromium.wait_for("Don't Allow");
        let source = chromium.source();
        assert!(source.contains("Photo Corner") && source.contains("Ann Example"), "{source}");
        for permission in ["email", "publish_stream", "offline_access"] {
            assert!(source.contains(permission), "{permission} in {source}");
        }
        chromium.fits(size.0);
        chromium.screenshot(&format!("permissions-{screen}"), size);
        // The policy of the page lets the form lead to the application, also by way of redirects.
        chromium.click("input[value=\"Don't Allow\"]");
        chromium.wait_for_url("http://127.0.0.1:9/corner/no");
    });
}

#[test]
fn whoever_allows_in_a_real_browser_arrives_at_the_application() {
    let home = Home::new();
    let app = home.app("Photo Corner", &["--callback-url", "http://127.0.0.1:9/corner/"]);
    let person = home.person("Ann");
    let server = home.serve();
    let chromium = Chromium::without_scripts();
    chromium.open(&server.url(&app.login("&req_perms=email")));
    chromium.type_into("#email", &person.email);
    chromium.type_into("#pass", &person.password);
    chromium.click("input[value=Login]");
    chromium.wait_for_url("/tos.php");
    chromium.click("input[value=Allow]");
    chromium.wait_for_url("prompt_permissions.php");
    chromium.click("input[value=Allow]");
    chromium.wait_for_url("http://127.0.0.1:9/corner/?auth_token=");
    let token = chromium.url().split("auth_token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let session = app.get_session(&server, &token);
    assert_eq!(app.who_is(&server, &session).scalar(), person.uid);
    // The site's own pages, logged in.
    for (page, name) in [("/home.php", "home"), ("/editapps.php", "editapps")] {
        for (screen, width, height) in SCREENS {
            chromium.screen(width, height);
            chromium.open(&server.url(page));
            chromium.fits(width);
            chromium.screenshot(&format!("{name}-{screen}"), (width, height));
        }
    }
    chromium.open(&server.url("/home.php"));
    chromium.click_link("Logout");
    chromium.wait_for_url("/login.php");
    chromium.open(&server.url("/home.php"));
    assert!(chromium.source().contains("id=\"email\""), "logged out: {}", chromium.source());
}

#[test]
fn photos_that_wait_are_decided_in_a_real_browser_on_every_screen() {
    let home = Home::with_files();
    let app = home.web_app();
    let person = home.person("Ann");
    let server = home.serve();
    let session = app.web_session(&server, &person, "");
    on_each_screen(|chromium, screen, size| {
        for caption in ["", "The harbour at six in the morning, before the ferries and the gulls are up"] {
            let upload = app.call_for("photos.upload", &session).with("caption", caption);
            assert_eq!(upload.picture(include_bytes!("photos/map.jpg")).send(&server).code(), 0);
        }
        chromium.open(&server.url("/approve_photos.php"));
        chromium.type_into("#email", &person.email);
        chromium.type_into("#pass", &person.password);
        chromium.click("input[value=Login]");
        chromium.wait_for_url("/approve_photos.php");
        chromium.wait_for("wants to add 2 photos");
        chromium.fits(size.0);
        chromium.screenshot(&format!("approve-photos-{screen}"), size);
        chromium.open(&server.url("/home.php"));
        chromium.fits(size.0);
        chromium.screenshot(&format!("home-photos-{screen}"), size);
        chromium.click_link("2 photos wait");
        chromium.wait_for("wants to add 2 photos");
        // The first is left out: its box is unticked.
        chromium.click(".photos input");
        chromium.click("input[value=Discard]");
        chromium.wait_for("wants to add a photo to");
        chromium.click("input[value=Approve]");
        chromium.wait_for("No photos wait");
    });
}

#[test]
fn the_start_page_and_its_faces_work_without_scripts_and_fit_every_screen() {
    let home = Home::new();
    assert!(home.run(&["world", "load", "dorm"]).status.success());
    let server = home.serve();
    let apps = home.json(&["app", "list"]);
    let key = apps.to_string().split("\"api_key\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    on_each_screen(|chromium, screen, size| {
        chromium.open(&server.url("/"));
        let source = chromium.source();
        assert!(source.contains(&key) && source.contains("restserver.php"), "{source}");
        chromium.fits(size.0);
        chromium.screenshot(&format!("start-{screen}"), size);

        chromium.open(&server.url(&format!("/login.php?api_key={key}&v=1.0")));
        assert!(chromium.source().contains("Log in as"), "{}", chromium.source());
        chromium.fits(size.0);
        chromium.screenshot(&format!("faces-{screen}"), size);
        chromium.click("button[name=face]");
        // One click logs in: whatever comes next, it is not the form.
        let began = Instant::now();
        while chromium.source().contains("id=\"email\"") {
            assert!(began.elapsed() < PATIENCE, "{}", chromium.source());
        }
    });
}

#[test]
fn the_reference_works_without_scripts_and_fits_every_screen() {
    let scene = Scene::web();
    let pages = [("", "reference"), ("users.getInfo", "reference-method"), ("auth.createToken", "reference-value")];
    on_each_screen(|chromium, screen, size| {
        for (page, name) in pages {
            chromium.open(&scene.server.url(&format!("/docs/rest/{page}")));
            chromium.fits(size.0);
            chromium.screenshot(&format!("{name}-{screen}"), size);
        }
        chromium.open(&scene.server.url("/docs/rest/"));
        chromium.click_link("friends.areFriends");
        chromium.wait_for_url("/docs/rest/friends.areFriends");
        chromium.click_link("told below");
        chromium.wait_for_url("#inferred");
        chromium.click_link("Fidelity");
        chromium.wait_for_url("/docs/fidelity");
        chromium.fits(size.0);
        chromium.screenshot(&format!("reference-fidelity-{screen}"), size);
    });
    let chromium = Chromium::without_scripts();
    chromium.colors("dark");
    chromium.screen(1280, 900);
    chromium.open(&scene.server.url("/docs/rest/friends.getLists"));
    chromium.screenshot("reference-method-dark", (1280, 900));
}

#[test]
fn a_program_s_login_ends_on_a_page_that_says_what_to_do() {
    let home = Home::new();
    let (app, person) = (home.desktop_app(), home.person("Ann"));
    let server = home.serve();
    on_each_screen(|chromium, screen, size| {
        let token = app.create_token(&server);
        chromium.open(&server.url(&app.login(&format!("&auth_token={token}"))));
        chromium.type_into("#email", &person.email);
        chromium.type_into("#pass", &person.password);
        chromium.click("input[value=Login]");
        chromium.wait_for("A program asked for this");
        chromium.fits(size.0);
        chromium.screenshot(&format!("program-{screen}"), size);
        chromium.click("input[value=Allow]");
        chromium.wait_for("return to");
        chromium.fits(size.0);
        chromium.screenshot(&format!("program-done-{screen}"), size);
        assert_eq!(app.get_session(&server, &token).uid, person.uid);
    });
}
