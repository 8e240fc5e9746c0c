//! The example page, against the demo world, as its README says it: each state, on each screen, light and dark. Pictures go to
//! `target/screenshots/`, to be looked at by people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::program::workspace;
use reconnect_tests::{Chromium, Home, Server, Site};

/// Phone, the narrow side of a tablet, desktop.
const SCREENS: [(&str, u64, u64); 3] = [("phone", 390, 844), ("tablet", 820, 1180), ("desktop", 1280, 900)];

struct Example {
    chromium: Chromium,
    server: Server,
    site: Site,
    window: String,
    _home: Home,
}

impl Example {
    fn open() -> Example {
        let (home, site) = (Home::new(), Site::open());
        assert!(home.run(&["world", "load", "dorm"]).status.success());
        site.put_folder(&workspace().join("examples/login-status"));
        let callback = site.url("localhost", "/");
        home.json(&["app", "edit", "Dorm Wall", "--callback-url", &callback]);
        let (chromium, server) = (Chromium::with_scripts(), home.serve());
        let window = chromium.window();
        let example = Example { chromium, server, site, window, _home: home };
        let query = reconnect_tests::http::encode([
            ("server", example.server.url_as("localhost", "").as_str()),
            ("app", "2001"),
        ]);
        example.chromium.open(&example.site.url("localhost", &format!("/?{query}")));
        example
    }

    /// Waits until the page shows a state, then takes its picture.
    #[track_caller]
    fn shows(&self, state: &str) {
        self.chromium.wait_for_value(&format!("document.getElementById('state').dataset.state === {state:?}"));
        assert_eq!(self.chromium.value("document.querySelector('#states [aria-current] b').firstChild.data"), state);
        for (screen, width, height) in SCREENS {
            for scheme in ["light", "dark"] {
                self.chromium.screen(width, height);
                self.chromium.colors(scheme);
                self.chromium.fits(width);
                self.chromium.screenshot(&format!("example-{state}-{screen}-{scheme}"), (width, height));
            }
        }
    }

    /// Presses a button of the page that opens a window, and a face in that.
    fn log_in_as(&self, name: &str) -> String {
        let window = self.chromium.window_opened_by(|| self.chromium.click("#login"));
        self.chromium.wait_for("name=\"face\"");
        let face =
            format!("[...document.querySelectorAll('button[name=face]')].find(b => b.textContent.includes({name:?}))");
        self.chromium.run(&format!("{face}.id = 'chosen';"), &[]);
        self.chromium.click_and_leave("#chosen");
        window
    }

    fn back_from(&self, window: &str) {
        self.chromium.wait_until_closed(window);
        self.chromium.look_at(&self.window);
    }
}

#[test]
fn the_example_shows_each_state_and_does_what_its_buttons_say() {
    let example = Example::open();
    example.shows("unknown");
    assert_eq!(example.chromium.value("document.getElementById('remove').disabled"), true);

    // Emma has not allowed the application.
    let window = example.log_in_as("Emma");
    example.chromium.wait_for("Don't Allow");
    example.chromium.click_and_leave("input[value=\"Don't Allow\"]");
    example.back_from(&window);
    example.shows("not_authorized");

    let window = example.chromium.window_opened_by(|| example.chromium.click("#login"));
    example.chromium.wait_for("Don't Allow");
    example.chromium.click_and_leave("input[value=\"Allow\"]");
    example.back_from(&window);
    example.chromium.wait_for("Emma Lindqvist");
    example.chromium.wait_for_value("(face => !face.hidden && face.naturalWidth > 0)(document.getElementById('face'))");
    example.shows("connected");
    assert_eq!(example.chromium.value("document.getElementById('road').hidden"), false);

    example.chromium.click("#again");
    example.chromium.wait_for("FB.getLoginStatus, forced");
    // Tokens are not for the eyes of whoever looks over a shoulder.
    let token = example.chromium.value("FB.getAccessToken()");
    assert!(!example.chromium.source().contains(token.as_str().unwrap()));
    example.chromium.click("#remove");
    example.chromium.wait_for_value("document.getElementById('state').dataset.state === 'not_authorized'");

    let window = example.chromium.window_opened_by(|| example.chromium.click("#login"));
    example.chromium.wait_for("Don't Allow");
    example.chromium.click_and_leave("input[value=\"Allow\"]");
    example.back_from(&window);
    example.chromium.wait_for_value("document.getElementById('state').dataset.state === 'connected'");
    example.chromium.click("#logout");
    example.chromium.wait_for_value("document.getElementById('state').dataset.state === 'unknown'");
    // The browser itself complains when nobody is logged in at a place that could tell it (FedCM); our scripts do not.
    let accounts = |text: &str| text.contains("accounts");
    let errors: Vec<_> = example.chromium.console().into_iter().filter(|line| line.level == "SEVERE").collect();
    assert!(errors.iter().all(|line| accounts(&line.text)), "{errors:?}");
}

#[test]
fn the_example_says_what_to_do_when_there_is_no_server() {
    let (site, chromium) = (Site::open(), Chromium::with_scripts());
    site.put_folder(&workspace().join("examples/login-status"));
    chromium.open(&site.url("localhost", "/?server=http://localhost:9"));
    chromium.wait_for_value("document.getElementById('state').dataset.state === 'failed'");
    assert!(chromium.source().contains("cargo run -p reconnect"));
    chromium.screen(390, 844);
    chromium.fits(390);
    chromium.screenshot("example-failed-phone", (390, 844));
}
