//! A canvas page in a real browser: the form that sends itself, whose messages size the frame and how far, and the example as its README
//! says it. Pictures go to `target/screenshots/`, to be looked at by people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::program::workspace;
use reconnect_tests::{Chromium, Home, Server, Site, signed};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Phone and desktop.
const SCREENS: [(&str, u64, u64); 2] = [("phone", 390, 844), ("desktop", 1280, 900)];
const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// An application's page: passes on what it is told to say, as the SDK in it would.
const PAGE: &str = "<p>the game</p><script>
    window.say = function (message) { parent.postMessage(message, '*'); };
</script>";

/// An application at a site of its own, and its canvas page.
struct Canvas {
    chromium: Chromium,
    server: Server,
    site: Site,
    _home: Home,
}

impl Canvas {
    fn open(chromium: Chromium) -> Canvas {
        let (home, site) = (Home::new(), Site::open());
        site.put("/game/", PAGE);
        let callback = site.url("localhost", "/game/");
        home.app("Game", &["--secret", SECRET, "--canvas-name", "game", "--callback-url", &callback]);
        let canvas = Canvas { chromium, server: home.serve(), site, _home: home };
        canvas.chromium.open(&canvas.server.url("/apps/game/?x=1"));
        canvas
    }

    /// The application's page says something.
    fn frame_says(&self, message: &str) {
        self.chromium.enter_frame("#iframe_canvas");
        self.chromium.run("say(arguments[0])", &[message.into()]);
        self.chromium.leave_frame();
    }

    fn frame_sizes(&self, height: &str) {
        self.frame_says(&format!(r#"{{"method":"setSize","params":{{"height":{height}}}}}"#));
    }

    #[track_caller]
    fn becomes(&self, height: &str) {
        let style = format!("document.getElementById('iframe_canvas').style.height === '{height}'");
        self.chromium.wait_for_value(&style);
    }
}

#[test]
fn the_form_sends_itself_into_the_frame() {
    let canvas = Canvas::open(Chromium::with_scripts());
    canvas.chromium.wait("the application to be asked", || canvas.site.asked("/game/").pop());
    let [asked] = <[_; 1]>::try_from(canvas.site.asked("/game/")).unwrap();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/game/?x=1"));
    let fields = reconnect_tests::http::decode(std::str::from_utf8(&asked.body).unwrap());
    assert_eq!(fields.len(), 1, "{fields:?}");
    assert_eq!(signed::signed_request(&fields[0].1, SECRET)["user"]["country"], "us");
    assert_eq!((asked.header("cookie"), asked.header("referer")), ("", ""), "nothing of ours goes along");
    assert_eq!(canvas.chromium.value("document.getElementById('entry').offsetHeight"), 0, "the button is for others");
    assert_eq!(canvas.chromium.value("document.getElementById('iframe_canvas').contentWindow.length"), 0);
    assert!(canvas.chromium.console().is_empty(), "{:?}", canvas.chromium.console());
}

#[test]
fn without_scripts_a_button_does() {
    let canvas = Canvas::open(Chromium::without_scripts());
    assert!(canvas.site.asked("/game/").is_empty());
    canvas.chromium.click("input[value='Start Game']");
    canvas.chromium.wait("the application to be asked", || canvas.site.asked("/game/").pop());
    canvas.chromium.enter_frame("#iframe_canvas");
    canvas.chromium.wait_for("the game");
}

#[test]
fn the_application_sizes_its_frame_within_bounds() {
    let canvas = Canvas::open(Chromium::with_scripts());
    canvas.chromium.wait("the application to be asked", || canvas.site.asked("/game/").pop());
    canvas.frame_sizes("1234.4");
    canvas.becomes("1234px");
    for (wanted, had) in [("1e9", "20000px"), ("1", "100px"), ("\"321\"", "321px")] {
        canvas.frame_sizes(wanted);
        canvas.becomes(had);
    }
    // What is no size changes nothing; the last message says that all before it were heard.
    for nonsense in ["-5", "0", "null", "\"x\"", "{}", "\"1px;position:fixed\""] {
        canvas.frame_sizes(nonsense);
    }
    for nonsense in ["no JSON", "null", "7", r#"{"method":"setSize"}"#, r#"{"method":"close","params":{"height":500}}"#]
    {
        canvas.frame_says(nonsense);
    }
    canvas.frame_says(r#"{"method":"setSize","params":{"width":99999}}"#);
    canvas.chromium.wait_for_value("document.getElementById('iframe_canvas').style.width === '2000px'");
    canvas.becomes("321px");
    assert!(canvas.chromium.console().is_empty(), "{:?}", canvas.chromium.console());
}

#[test]
fn nobody_elses_messages_count() {
    let canvas = Canvas::open(Chromium::with_scripts());
    canvas.chromium.wait("the application to be asked", || canvas.site.asked("/game/").pop());
    canvas.frame_sizes("500");
    canvas.becomes("500px");
    let heard = |act: &dyn Fn()| {
        canvas
            .chromium
            .run("window.heard = 0; addEventListener('message', function () { heard += 1; }, {once: true})", &[]);
        act();
        canvas.chromium.wait_for_value("heard === 1");
        canvas.becomes("500px");
    };
    // Another window than the frame's, whose origin would be right.
    let size = r#"{"method":"setSize","params":{"height":900}}"#;
    let own = "document.getElementById('iframe_canvas').setAttribute('data-origin', location.origin);
        postMessage(arguments[0], location.origin)";
    heard(&|| {
        canvas.chromium.run(own, &[size.into()]);
    });
    // The frame's window, but with somebody else's page in it.
    let other = "document.getElementById('iframe_canvas').setAttribute('data-origin', 'http://game.example')";
    canvas.chromium.run(other, &[]);
    heard(&|| canvas.frame_says(size));
}

/// The example, as a process of its own.
struct Game(Child, String);

impl Game {
    fn start(server: &Server) -> Game {
        let mut child = Command::new("python3")
            .arg(workspace().join("examples/canvas-game/game.py"))
            .envs([("RECONNECT", server.url("")), ("PORT", "0".to_owned())])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port =
            line.split("port ").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_else(|| panic!("{line}"));
        Game(child, format!("http://localhost:{port}/game/"))
    }
}

impl Drop for Game {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_example_is_played_as_its_readme_says() {
    let home = Home::new();
    assert!(home.run(&["world", "load", "dorm"]).status.success());
    let (chromium, server) = (Chromium::with_scripts(), home.serve());
    let game = Game::start(&server);
    home.json(&["app", "edit", "Dorm Game", "--callback-url", &game.1]);
    let shows = |what: &str, expected: &str| {
        chromium.enter_frame("#iframe_canvas");
        chromium.wait_for(expected);
        chromium.leave_frame();
        for (screen, width, height) in SCREENS {
            for scheme in ["light", "dark"] {
                chromium.screen(width, height);
                chromium.colors(scheme);
                chromium.fits(width);
                // As high as the page in it, which needs no bar of its own to scroll by.
                let wait = "document.getElementById('iframe_canvas').style.height !== ''";
                chromium.wait_for_value(wait);
                chromium.screenshot(&format!("canvas-{what}-{screen}-{scheme}"), (width, height));
            }
        }
    };
    chromium.open(&server.url("/apps/dormgame/"));
    shows("nobody", "Log in and play");
    chromium.enter_frame("#iframe_canvas");
    chromium.click_and_leave(".button");
    chromium.wait_for("name=\"face\"");
    // Ada has not joined: she is asked, and comes back to the game.
    chromium.click_and_leave("button[value='1001']");
    chromium.wait_for("Dorm Game");
    chromium.click_and_leave("input[value='Allow']");
    chromium.wait_for_url("/apps/dormgame/");
    shows("player", "Hello, Ada!");
    chromium.enter_frame("#iframe_canvas");
    assert_eq!(
        chromium.value("[document.querySelectorAll('li').length, document.querySelectorAll('.plays').length].join()"),
        "6,4"
    );
    let faces = "[].every.call(document.images, function (image) { return image.complete && image.naturalWidth > 0; })";
    chromium.wait_for_value(faces);
    assert_eq!(chromium.value("window.name"), "iframe_canvas");
    chromium.click("#names button");
    chromium.wait_for_value("/of 1/.test(document.getElementById('score').textContent)");
    assert!(chromium.console().is_empty(), "{:?}", chromium.console());
}
