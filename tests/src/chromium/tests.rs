//! That the browser is what the tests take it for: which pages are one site, which cookies travel, what counts as a click.

use super::Chromium;
use crate::site::Site;

/// A page that asks another site's `/who` with credentials, and one that asks in a frame.
fn asking(server: &Site) -> String {
    let who = server.url("reconnect.localhost", "/who.txt");
    format!(
        "<title>asks</title><script>var answer; fetch({who:?}, {{credentials: 'include', mode: 'no-cors'}})\
         .then(function () {{ answer = 'done'; }}, function (e) {{ answer = 'failed: ' + e; }});</script>"
    )
}

/// A site that sets a cookie of each kind at `/set`.
fn server() -> Site {
    let server = Site::open();
    server.put_with("/lax", &[("Content-Type", "text/html"), ("Set-Cookie", "lax=1; Path=/; SameSite=Lax")], "lax");
    let none = "none=1; Path=/; SameSite=None; Secure";
    server.put_with("/none", &[("Content-Type", "text/html"), ("Set-Cookie", none)], "none");
    server.put("/who.txt", "who");
    server
}

/// The cookies that arrive at a server of one site, asked by a page of `host`.
fn cookies_seen(chromium: &Chromium, host: &str) -> String {
    let (server, game) = (server(), Site::open());
    game.put("/", &asking(&server));
    for path in ["/lax", "/none"] {
        chromium.open(&server.url("reconnect.localhost", path));
    }
    chromium.open(&game.url(host, "/"));
    assert_eq!(chromium.wait_for_value("window.answer"), "done");
    let asked = server.asked("/who.txt");
    assert_eq!(asked.len(), 1);
    asked[0].header("cookie").to_owned()
}

#[test]
fn another_host_name_is_another_site_and_another_port_is_not() {
    let chromium = Chromium::with_scripts();
    assert_eq!(cookies_seen(&chromium, "reconnect.localhost"), "lax=1; none=1");
    assert_eq!(cookies_seen(&chromium, "game.localhost"), "none=1");
}

#[test]
fn the_switch_keeps_cookies_from_other_sites_and_only_those() {
    let chromium = Chromium::blocking_third_party_cookies();
    assert_eq!(cookies_seen(&chromium, "reconnect.localhost"), "lax=1; none=1");
    assert_eq!(cookies_seen(&chromium, "game.localhost"), "");
}

#[test]
fn a_click_may_open_a_window_and_a_page_by_itself_may_not() {
    let (site, chromium) = (Site::open(), Chromium::with_scripts());
    site.put("/other", "<title>other</title>");
    site.put(
        "/",
        "<button id=b onclick=\"w = open('/other', '', 'width=627,height=326')\">b</button>\
         <script>var unasked = open('/other', 'a', 'width=300,height=300');</script>",
    );
    chromium.open(&site.url("game.localhost", "/"));
    let first = chromium.window();
    assert_eq!((chromium.value("unasked === null"), chromium.windows().len()), (true.into(), 1));
    let popup = chromium.window_opened_by(|| chromium.click("#b"));
    assert_eq!(chromium.url(), site.url("game.localhost", "/other"));
    assert_eq!(chromium.value("opener !== null"), true);
    chromium.close_for(&first);
    chromium.wait_until_closed(&popup);
    chromium.wait_for_value("w.closed");
}

#[test]
fn boxes_lines_of_the_console_and_requests_are_noted() {
    let (site, chromium) = (Site::open(), Chromium::with_scripts());
    site.put("/", "<title>t</title>");
    site.put("/a.txt", "a");
    chromium.open(&site.url("game.localhost", "/"));
    chromium.run("console.log('one line'); console.error('another');", &[]);
    assert_eq!(chromium.wait_for_console("one line").level, "INFO");
    assert_eq!(chromium.wait_for_console("another").level, "SEVERE");
    let told =
        chromium.run_until_done("fetch('/a.txt', {method: 'POST', body: 'b=1'}).then(r => r.text()).then(done);");
    assert_eq!(told, "a");
    let sent = chromium.requests("/a.txt");
    assert_eq!((sent.len(), sent[0].method.as_str(), sent[0].body.as_str()), (1, "POST", "b=1"));
    assert_eq!(site.asked("/a.txt")[0].body, b"b=1");
    chromium.run("setTimeout(function () { alert('look'); }, 0);", &[]);
    assert_eq!(chromium.alert(), "look");
    chromium.accept_alert();
}
