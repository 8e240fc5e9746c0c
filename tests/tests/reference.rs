//! The reference under `/docs/rest/`: what it says of a method is what the wire carries, and what it offers to paste works when it is
//! pasted.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::form::Content;
use reconnect_tests::{App, Browser, Home, Page, Request, Scene, Server};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

const HOME: &str = "/docs/rest/";

/// A page of the reference.
#[track_caller]
fn page(server: &Server, path: &str) -> Page {
    let page = Browser::new(server).open(path);
    assert_eq!(page.answer.status, 200, "{}", page.describe());
    page
}

/// The methods that the index names.
fn methods(server: &Server) -> Vec<String> {
    let links = page(server, HOME).content.links;
    let methods = links.iter().filter(|(to, text)| to.strip_prefix(HOME) == Some(text.as_str()));
    let names: Vec<String> = methods.map(|(_, name)| name.clone()).collect();
    assert!(names.len() >= 18, "{links:?}");
    names
}

/// The texts on a page that are written as in a file, by their labels.
fn texts(page: &Page) -> Vec<(String, String)> {
    let parts = page.answer.text().split("<pre").skip(1);
    parts
        .map(|part| {
            let label = part.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap();
            let text = part.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
            let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            (label.to_owned(), text)
        })
        .collect()
}

#[track_caller]
fn text(page: &Page, label: &str) -> String {
    let texts = texts(page);
    let found = texts.iter().find(|(known, _)| known == label);
    found.unwrap_or_else(|| panic!("no {label} on {}: {texts:?}", page.target)).1.clone()
}

/// What a shell says to a text. `reconnect` is the program, on the home.
fn pasted(home: &Home, text: &str) -> String {
    let program = home.command(&[]);
    let db = home.db();
    let function =
        format!("reconnect() {{ '{}' \"$@\" --db '{}'; }}\n", program.get_program().to_str().unwrap(), db.display());
    let out = Command::new("sh").arg("-c").arg(function + text).stdin(Stdio::null()).output().unwrap();
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn every_method_has_a_page_that_fetches_nothing_and_tells_all() {
    let scene = Scene::web();
    for method in methods(&scene.server) {
        let page = page(&scene.server, &format!("{HOME}{method}"));
        let Content { scripts, fetched, .. } = &page.content;
        let fetched: Vec<_> = fetched.iter().filter(|address| !address.starts_with("data:")).collect();
        assert_eq!((*scripts, fetched.len()), (0, 0), "{method}: {fetched:?}");
        let html = page.answer.text();
        for part in ["<html lang=\"en\">", "<main>", "Who calls", "Permission", "How sure", "Error"] {
            assert!(html.contains(part), "{method}: {part}");
        }
        for section in ["arguments", "answer", "sample", "errors"] {
            assert_eq!(html.matches(&format!("<h2 id=\"{section}\">")).count(), 1, "{method}: {section}");
        }
        assert!(!html.contains("-d sig="), "{method}: nothing is signed where there is no demo application");
    }
}

#[test]
fn other_spellings_lead_to_the_page() {
    let scene = Scene::web();
    for (name, canonical) in [
        ("USERS.GETINFO", "users.getInfo"),
        ("facebook.friends.get", "friends.get"),
        ("users.getStandardInfo", "users.getStandardinfo"),
        ("users.isAppAdded", "users.isAppUser"),
    ] {
        let answer = scene.server.ask(&Request::get(&format!("{HOME}{name}")));
        assert_eq!((answer.status, answer.header("location")), (308, &*format!("{HOME}{canonical}")), "{name}");
    }
    assert_eq!(scene.server.ask(&Request::get("/docs/rest")).header("location"), HOME);
    assert_eq!(scene.server.ask(&Request::get("/docs/rest/no.such")).status, 404);
}

/// The names of elements from the root on, each once.
fn paths(xml: &str) -> BTreeSet<String> {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|e| panic!("{e} in {xml}"));
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    elements
        .map(|element| {
            let names: Vec<&str> =
                element.ancestors().filter(|n| n.is_element()).map(|n| n.tag_name().name()).collect();
            names.into_iter().rev().collect::<Vec<_>>().join("/")
        })
        .collect()
}

/// The same of JSON: members, and `[]` for what lies in a list.
fn members(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| members(item, &format!("{path}[]"), found)),
        Value::Object(object) => object.iter().for_each(|(name, member)| {
            let path = format!("{path}.{name}");
            members(member, &path, found);
            found.insert(path);
        }),
        _ => {}
    }
}

/// An outline in JSON as JSON: words in the place of values become texts.
fn read(outline: &str) -> Value {
    let lines = outline.lines().filter(|line| line.trim() != "…").map(|line| {
        let (name, value) = line.split_once(": ").map_or(("", line), |(name, value)| (name, value));
        let (word, comma) = value.trim_end().strip_suffix(',').map_or((value, ""), |word| (word, ","));
        let is_word = word.trim().starts_with(|first: char| first.is_alphabetic());
        let value = if is_word { format!("\"{}\"{comma}", word.trim()) } else { value.to_owned() };
        if name.is_empty() { value } else { format!("{name}: {value}") }
    });
    let text: String = lines.collect::<Vec<_>>().join("\n");
    // What stood before an ellipsis has a comma behind it.
    let text = text.replace(",\n]", "\n]").split('\n').map(str::trim).collect::<String>().replace(",]", "]");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e} in {text}"))
}

#[test]
fn the_outline_of_an_answer_is_what_the_wire_carries() {
    let scene = Scene::web();
    let session = scene.web_session();
    let other = scene.home.person("Ben");
    let befriended = scene.home.run(&["user", "befriend", &scene.person.email, &other.email]);
    assert!(befriended.status.success());
    let app = &scene.app;
    let fields = "name,affiliations,current_location,birthday,sex,video_upload_limits,status,is_app_user,timezone";
    let calls = [
        app.call("auth.createToken"),
        app.call_for("friends.get", &session),
        app.call_for("friends.areFriends", &session).with("uids1", &scene.person.uid).with("uids2", &other.uid),
        app.call_for("users.getInfo", &session).with("uids", &scene.person.uid).with("fields", fields),
        app.call_for("users.isVerified", &session),
        app.call_for("auth.promoteSession", &session),
    ];
    for call in calls {
        let answer = call.clone().format("XML").send(&scene.server);
        assert_eq!(answer.code(), 0, "{}", answer.text());
        let method = answer.text().split("_response").next().unwrap().rsplit('<').next().unwrap().replace('_', ".");
        let page = page(&scene.server, &format!("{HOME}{method}"));
        let (outline, there) = (paths(&text(&page, "In XML")), paths(answer.text()));
        assert!(there.is_subset(&outline), "{method}: {there:?} is not all in {outline:?}");
        let (mut outline, mut there) = (BTreeSet::new(), BTreeSet::new());
        members(&read(&text(&page, "In JSON")), "", &mut outline);
        members(&call.format("JSON").send(&scene.server).json(), "", &mut there);
        assert!(there.is_subset(&outline), "{method}: {there:?} is not all in {outline:?}");
    }
}

/// A script with the variables at its top set.
fn filled(script: &str, app: &App, session: &str) -> String {
    let own = [("your-api-key", app.key.as_str()), ("your-secret", &app.secret), ("a-session-key", session)];
    own.iter().fold(script.to_owned(), |script, (placeholder, value)| script.replacen(placeholder, value, 1))
}

#[test]
fn a_script_signs_for_whoever_fills_it_in() {
    let scene = Scene::web();
    let session = scene.web_session();
    let said = |method: &str| -> Value {
        let script = text(&page(&scene.server, &format!("{HOME}{method}")), "A script that signs");
        let answer = run(&filled(&script, &scene.app, &session.key));
        serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{method}: {e}: {answer}\n{script}"))
    };
    for method in methods(&scene.server) {
        // It ends the session; the others need it.
        if method != "auth.expireSession" {
            let code = said(&method)["error_code"].as_u64().unwrap_or_default();
            assert!(![101, 102, 104].contains(&code), "{method}: {code}");
        }
    }
    assert_eq!(said("users.getLoggedInUser").to_string(), scene.person.uid);
    assert_eq!(said("auth.expireSession"), Value::Bool(true));
    assert_eq!(said("users.getLoggedInUser")["error_code"], 102);
}

fn run(script: &str) -> String {
    let out = Command::new("sh").arg("-c").arg(script).stdin(Stdio::null()).output().unwrap();
    assert!(out.status.success(), "{script}\n{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn whatever_is_signed_for_the_demo_world_works_when_it_is_pasted() {
    let home = Home::new();
    assert!(home.run(&["world", "load", "dorm"]).status.success());
    let server = home.serve();
    let (mut signed, mut by_program) = (0, 0);
    for method in methods(&server) {
        let page = page(&server, &format!("{HOME}{method}"));
        for (label, text) in texts(&page) {
            let (counted, is_signed) = match label.as_str() {
                "A call that is signed already" => (&mut signed, true),
                "A call by the program" => (&mut by_program, false),
                _ => continue,
            };
            *counted += 1;
            let answer = pasted(&home, &text);
            let value: Value =
                serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{method}: {e}: {answer}\n{text}"));
            let code = value["error_code"].as_u64();
            if is_signed {
                let foretold = page.content.text.split("as it comes, this answers error ").nth(1);
                let foretold = foretold.map(|rest| rest.split(':').next().unwrap().parse().unwrap());
                assert_eq!(code, foretold, "{method}: {answer}\n{text}");
            } else {
                // What it names need not be there; who calls, and how, is right.
                assert!(!code.is_some_and(|code| [3, 15, 101, 102, 104].contains(&code)), "{method}: {answer}\n{text}");
            }
        }
    }
    assert!(signed >= 10 && by_program >= 7, "{signed} and {by_program}");
}
