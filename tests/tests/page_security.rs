//! The pages under attack: addresses that lead away, forms of other sites, guessed passwords; and what a person is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::{Browser, Home, Page, Request, Scene};

/// Fails if the browser was sent away, or offered a way there.
fn stays(page: &Page, what: &str) {
    assert_eq!(page.leads_to, None, "{what}: {}", page.describe());
    assert!(!page.asks_to_log_in(), "{what}: nobody is asked for a password: {}", page.describe());
    assert!(page.answer.status >= 400, "{what}: {}", page.describe());
    assert!(page.content.links.iter().all(|(href, _)| !href.contains("evil")), "{what}: {:?}", page.content.links);
}

const FOREIGN: &[&str] = &[
    "http://evil.example/",
    "https://evil.example",
    "//evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "http:evil.example",
    "http:///evil.example",
    "http://a.example@evil.example/",
    "http://a.example:80@evil.example/",
    "http://user@a.example/fb/",
    "http://evil.example#http://a.example/fb/",
    "http://evil.example?http://a.example/fb/",
    "http://evil.example\\.a.example/fb/",
    "http://a.example.evil.example/fb/",
    "http://evila.example/fb/",
    "http://a.example:81/fb/",
    "http://a.example/fbevil",
    "http://a.example/",
    "ftp://a.example/fb/",
    "javascript:alert(1)",
    "JavaScript:alert(1)//http://a.example/fb/",
    "data:text/html,x",
    "http://a.example/fb/\r\nSet-Cookie: a=1",
    "http://a.example\n/fb/",
    "\thttp://evil.example/",
    " http://evil.example/",
    "http://a.example/fb/../../evil",
    "http://a.example/fb/%2e%2e/evil",
];

const CALLBACK: &str = "http://a.example/fb/";

/// Follows a flow of somebody who agrees to everything: it must end on the site, or below the callback address. (Text that is no
/// address is appended to that one, whatever it looks like.)
fn harmless(browser: &mut Browser<'_>, page: Page, what: &str) {
    let page = if page.offers("Allow") { browser.press(&page, "Allow") } else { page };
    match &page.leads_to {
        Some(to) => {
            assert!(to.starts_with(CALLBACK), "{what} leads to {to}");
            assert!(!to.contains(['\r', '\n', '\\']) && !to.contains("/../"), "{what} leads to {to}");
        }
        None => stays(&page, what),
    }
}

#[test]
fn next_leads_nowhere_but_to_the_application() {
    let scene = Scene::with(&["--callback-url", CALLBACK]);
    let mut browser = Browser::new(&scene.server);
    browser.agree(&scene.login(""), &scene.person);
    let key = &scene.app.key;
    for (n, address) in FOREIGN.iter().enumerate() {
        let next = reconnect_tests::http::encode([("next", *address)]);
        let permission = ["email", "sms", "create_event", "rsvp_event", "read_stream", "publish_stream"][n % 6];
        for target in [
            scene.login(&format!("&{next}")),
            scene.login(&format!("&return_session=1&fbconnect=1&{next}")),
            scene.login(&format!("&display=none&{next}")),
            format!("/tos.php?api_key={key}&{next}"),
            format!("/install.php?api_key={key}&{next}"),
            format!("/connect/prompt_permissions.php?api_key={key}&ext_perm={permission}&{next}"),
            format!("/authorize.php?api_key={key}&{next}"),
            format!("/logout.php?api_key={key}&{next}"),
        ] {
            let page = browser.open(&target);
            // Somebody who is logged in already sees the home page where logout.php is given no address of the application.
            if !(page.target == "/home.php" && target.starts_with("/logout")) {
                harmless(&mut browser, page, &target);
            }
        }
    }
}

#[test]
fn declining_leads_nowhere_but_to_the_application() {
    let scene = Scene::with(&["--callback-url", CALLBACK]);
    for address in FOREIGN {
        for name in ["cancel", "cancel_url", "next_cancel"] {
            let cancel = reconnect_tests::http::encode([(name, *address)]);
            let mut browser = Browser::new(&scene.server);
            let page = browser.open(&scene.login(&format!("&{cancel}")));
            let page = if page.asks_to_log_in() { browser.press(&page, "Cancel") } else { page };
            harmless(&mut browser, page, &cancel);
        }
    }
}

#[test]
fn a_callback_without_a_path_cannot_be_continued_into_another_host() {
    let scene = Scene::with(&["--callback-url", "http://a.example"]);
    let mut browser = Browser::new(&scene.server);
    for next in [".evil.example/", "@evil.example/", ":81@evil.example/", "evil.example", ":81/", "\\@evil.example"] {
        let encoded = reconnect_tests::http::encode([("next", next)]);
        stays(&browser.open(&scene.login(&format!("&{encoded}"))), next);
    }
    let end = browser.agree(&scene.login("&next=/page"), &scene.person);
    assert!(end.left_for().starts_with("http://a.example/page?"), "{}", end.left_for());
}

#[test]
fn a_base_domain_counts_on_label_boundaries() {
    let scene = Scene::with(&["--base-domain", "a.example"]);
    let open = |next: &str| Browser::new(&scene.server).open(&scene.login(&format!("&fbconnect=1&next={next}")));
    for own in ["http://a.example/x", "http://www.a.example/", "https://deep.er.a.example/"] {
        assert!(open(own).asks_to_log_in(), "{own}: {}", open(own).describe());
    }
    for foreign in [
        "http://evila.example/",
        "http://a.example.evil.example/",
        "http://example/",
        "http://a.example.:80@evil.example/",
    ] {
        stays(&open(foreign), foreign);
    }
}

#[test]
fn a_wrong_password_brings_the_form_again_and_tells_nothing() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let mut answers = Vec::new();
    for (email, password) in
        [(scene.person.email.as_str(), "wrong"), ("nobody@people.example", "wrong"), (scene.person.email.as_str(), "")]
    {
        let page = browser.open(&scene.login(""));
        let mut form = page.form("Login");
        form.fill("email", email);
        form.fill("pass", password);
        let again = browser.send(&page, &form, "Login");
        assert!(again.asks_to_log_in() && again.leads_to.is_none(), "{}", again.describe());
        assert_eq!(again.form("Login").value("email"), email, "the address stays typed");
        assert_eq!(again.form("Login").value("pass"), "", "the password does not");
        answers.push(again.content.text.clone());
    }
    assert!(answers.iter().all(|text| *text == answers[0]), "nobody learns who exists: {answers:?}");
    let page = browser.open(&scene.login(""));
    assert!(browser.log_in(&page, &scene.person).offers("Allow"));
}

#[test]
fn passwords_are_not_guessed_for_long() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let mut refused = None;
    for n in 0..15 {
        let page = browser.open(&scene.login(""));
        let mut form = page.form("Login");
        form.fill("email", &scene.person.email);
        form.fill("pass", &format!("guess {n}"));
        if browser.send(&page, &form, "Login").answer.status == 429 {
            refused = Some(n);
            break;
        }
    }
    assert_eq!(refused, Some(10));
    // The right one is held up too, or the guesser would see the difference; another account is not.
    let page = browser.open(&scene.login(""));
    assert_eq!(browser.log_in(&page, &scene.person).answer.status, 429);
    let other = scene.home.person("Bob");
    let page = browser.open(&scene.login(""));
    assert!(browser.log_in(&page, &other).offers("Allow"));
}

#[test]
fn a_form_of_another_site_is_refused() {
    let scene = Scene::web();
    let mut victim = Browser::new(&scene.server);
    let form = victim.open(&scene.login(""));
    let consent = victim.log_in(&form, &scene.person);
    let own = consent.form("Allow");
    let fields = own.pressed("Allow");
    let is_user = || scene.app.call("users.isAppUser").with("uid", &scene.person.uid).send(&scene.server).scalar();
    let mut post = |fields: &[(String, String)], headers: &[(&str, &str)]| {
        let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut request = Request::form(&own.action, pairs);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        victim.ask(request).status
    };
    let without = |name: &str| fields.iter().filter(|(n, _)| n != name).cloned().collect::<Vec<_>>();
    let with = |name: &str, value: &str| [without(name), vec![(name.to_owned(), value.to_owned())]].concat();
    assert_eq!(post(&without("fb_dtsg"), &[]), 403, "no token");
    assert_eq!(post(&with("fb_dtsg", ""), &[]), 403, "an empty token");
    assert_eq!(post(&with("fb_dtsg", "0123456789abcdef"), &[]), 403, "a guessed token");
    assert_eq!(post(&with("ext_perm", "publish_stream"), &[]), 403, "other permissions than the page showed");
    assert_eq!(post(&fields, &[("Origin", "http://evil.example")]), 403, "sent by another site");
    assert_eq!(post(&fields, &[("Sec-Fetch-Site", "cross-site"), ("Origin", "null")]), 403, "sent by another site");
    // A token that the attacker was given for their own browser is none for this one.
    let mallory = scene.home.person("Mallory");
    let mut attacker = Browser::new(&scene.server);
    let page = attacker.open(&scene.login(""));
    let theirs = attacker.log_in(&page, &mallory).form("Allow").value("fb_dtsg").to_owned();
    assert_eq!(post(&with("fb_dtsg", &theirs), &[]), 403, "somebody else's token");
    assert_eq!(is_user(), "0", "nothing was stored");
    assert_eq!(post(&fields, &[("Origin", "null"), ("Sec-Fetch-Site", "same-origin")]), 302);
    assert_eq!(is_user(), "1");
}

#[test]
fn a_login_form_of_another_site_logs_nobody_in() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let page = browser.open("/login.php");
    let mut form = page.form("Login");
    form.fill("email", &scene.person.email);
    form.fill("pass", &scene.person.password);
    let fields = form.pressed("Login");
    let pairs =
        |skip: &'static str| fields.iter().filter(move |(n, _)| n != skip).map(|(n, v)| (n.as_str(), v.as_str()));
    let mut stranger = Browser::new(&scene.server);
    assert_eq!(stranger.ask(Request::form("/login.php", pairs(""))).status, 403, "a form for another browser");
    assert_eq!(browser.ask(Request::form("/login.php", pairs("fb_dtsg"))).status, 403, "a form without its token");
    assert!(browser.open("/home.php").asks_to_log_in());
}

#[test]
fn whoever_declines_changes_nothing() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&scene.login("&cancel=no"));
    assert_eq!(browser.press(&form, "Cancel").left_for(), "http://vampires.example/fb/no");
    let consent = browser.log_in(&form, &scene.person);
    assert_eq!(browser.press(&consent, "Don't Allow").left_for(), "http://vampires.example/fb/no");
    let is_user = scene.app.call("users.isAppUser").with("uid", &scene.person.uid);
    assert_eq!(is_user.send(&scene.server).scalar(), "0");
}

#[test]
fn buttons_are_inputs_as_drivers_of_the_time_look_for_them() {
    let scene = Scene::with(&["--callback-url", "http://a.example/"]);
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&scene.login("&fbconnect=1"));
    let login = form.form("Login");
    assert!(login.fields.iter().any(|f| f.id == "email") && login.fields.iter().any(|f| f.id == "pass"), "{login:?}");
    let connect = browser.log_in(&form, &scene.person);
    for (page, button) in [(&form, "Login"), (&connect, "Connect"), (&connect, "Cancel")] {
        assert_eq!(page.form(button).button(button).unwrap().element, "input", "{button}");
    }
}

#[test]
fn pages_fetch_nothing_but_a_face_of_ours_and_run_nothing() {
    let scene = Scene::web();
    let mut browser = Browser::new(&scene.server);
    let form = browser.open(&scene.login("&req_perms=email"));
    let consent = browser.log_in(&form, &scene.person);
    let permissions = browser.press(&consent, "Allow");
    let home = browser.open("/home.php");
    for page in [&form, &consent, &permissions] {
        assert_eq!((page.content.scripts, &page.content.fetched), (0, &Vec::new()), "{}", page.describe());
    }
    let face = format!("/{}/picture?width=96&height=96", scene.person.uid);
    assert_eq!((home.content.scripts, &home.content.fetched), (0, &vec![face]), "{}", home.describe());
}

#[test]
fn names_are_text_wherever_they_are_shown() {
    let home = Home::new();
    let app = home.app("<script>alert(1)</script>\"'&", &["--callback-url", "http://a.example/"]);
    let person = home.person_named("<img src=x> O'Hara", "x@people.example");
    let server = home.serve();
    let mut browser = Browser::new(&server);
    let form = browser.open(&app.login("&req_perms=email"));
    let consent = browser.log_in(&form, &person);
    for page in [&form, &consent, &browser.press(&consent, "Allow")] {
        assert_eq!((page.content.scripts, page.content.fetched.len()), (0, 0), "{}", page.describe());
        assert!(page.content.text.contains("<script>alert(1)</script>"), "{}", page.describe());
    }
}

#[test]
fn a_page_for_nobody_s_application_says_so() {
    let scene = Scene::web();
    for (query, status) in
        [("api_key=0123456789abcdef0123456789abcdef", 400), ("api_key=%3Cscript%3E", 400), ("api_key=%ff", 400)]
    {
        let page = Browser::new(&scene.server).open(&format!("/login.php?{query}"));
        assert_eq!((page.answer.status, page.content.scripts), (status, 0), "{}", page.describe());
        assert!(!page.asks_to_log_in(), "{}", page.describe());
    }
    scene.home.json(&["app", "edit", &scene.app.key, "--disabled"]);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(!Browser::new(&scene.server).open(&scene.login("")).asks_to_log_in());
}

#[test]
fn faces_are_for_names_of_this_machine_and_for_demo_people_only() {
    let home = Home::new();
    let other = Home::new();
    assert!(other.run(&["world", "load", "dorm"]).status.success());
    let server = other.serve();
    let offers = |host: &str| {
        let answer = server.ask(&Request::get("/login.php").header("Host", host));
        answer.text().contains("Log in as")
    };
    assert!(offers(&server.address));
    assert!(!offers("evil.example"), "a name that was pointed here from outside");
    let pressed = server.ask(&Request::get("/").header("Host", "evil.example"));
    assert!(!pressed.text().contains("secret"), "the start page keeps its secrets: {}", pressed.text());
    home.person("Ann");
    let server = home.serve();
    assert!(
        !server.ask(&Request::get("/login.php")).text().contains("Log in as"),
        "people with a password of their own"
    );
}
