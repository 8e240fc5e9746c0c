//! A home moves: from file to file, from a file into a table and back. Whatever was answered before goes on there, and an import that
//! broke off is neither used nor in the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::home::Kind;
use reconnect_tests::program::{Person, finish};
use reconnect_tests::standins::Dynoxide;
use reconnect_tests::{App, Home, Request, Server, Session};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What a verb said; it must have succeeded.
#[track_caller]
fn said(out: &Output) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{}\n{stdout}{stderr}", out.status);
    stdout.into_owned()
}

/// The one line with which a verb was refused.
#[track_caller]
fn refusal(out: &Output) -> String {
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && stderr.lines().count() == 1, "{out:?}");
    stderr
}

/// The export of a home, in a file of its own, without the line that says when.
fn exported(home: &Home, name: &str) -> (PathBuf, Vec<String>) {
    let file = home.folder().join(name);
    said(&home.run(&["export", name]));
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines = text.lines().map(str::to_owned);
    assert!(lines.next().unwrap().starts_with(r#"{"head":{"format":"reconnect-export""#), "{text}");
    (file, lines.collect())
}

fn import(home: &Home, file: &Path) -> Output {
    home.run(&["import", file.to_str().unwrap()])
}

/// A home with two applications and two people who are friends, one of them in a session of each application.
struct Lived {
    home: Home,
    person: Person,
    desktop: (App, Session),
    web: (App, Session),
}

impl Lived {
    fn on_a_file() -> Lived {
        let home = Home::of(Kind::Dev);
        let (desktop, web) = (home.desktop_app(), home.web_app());
        let (person, friend) = (home.person("Ann"), home.person("Bob"));
        home.json(&["user", "befriend", &person.email, &friend.email]);
        let server = home.serve();
        let sessions = (desktop.desktop_session(&server, &person), web.web_session(&server, &person, ""));
        let (status, log) = server.stop();
        assert!(status.success(), "{log}");
        Lived { home, person, desktop: (desktop, sessions.0), web: (web, sessions.1) }
    }

    /// Sessions from before work there, with the secrets from before.
    fn goes_on(&self, server: &Server) {
        let (app, session) = &self.desktop;
        assert_eq!(app.call_by("users.getLoggedInUser", session).send(server).scalar(), self.person.uid);
        let (app, session) = &self.web;
        assert_eq!(app.who_is(server, session).scalar(), self.person.uid);
        // The password is the same as well.
        let again = app.web_session(server, &self.person, "");
        assert_eq!(app.who_is(server, &again).scalar(), self.person.uid);
    }
}

#[test]
fn a_session_from_before_the_export_works_after_the_import() {
    let lived = Lived::on_a_file();
    let (file, lines) = exported(&lived.home, "first.jsonl");
    let other = Home::of(Kind::Dev);
    said(&import(&other, &file));
    assert_eq!(exported(&other, "second.jsonl").1, lines);
    lived.goes_on(&other.serve());
}

#[test]
fn photos_move_along_with_their_files() {
    let lived = Lived::on_a_file();
    let (app, session) = &lived.web;
    let server = lived.home.serve();
    let sent = app.call_for("photos.upload", session).format("json").picture(include_bytes!("photos/map.jpg"));
    let photo = sent.send(&server).json();
    let path = photo["src_big"].as_str().unwrap().strip_prefix(&server.url("")).unwrap().to_owned();
    let picture = server.ask(&Request::get(&path)).body;
    assert!(picture.starts_with(b"\xff\xd8"), "{photo}");
    server.stop();
    let (file, lines) = exported(&lived.home, "first.jsonl");
    assert!(lines.last().unwrap().ends_with("\"files\":3}}"), "{}", lines.last().unwrap());
    let bucket = Home::with_files_of(Kind::Cloud);
    said(&import(&bucket, &file));
    let (back, _) = exported(&bucket, "bucket.jsonl");
    let other = Home::of(Kind::Dev);
    assert!(said(&import(&other, &back)).contains(" and 3 files "));
    assert_eq!(exported(&other, "third.jsonl").1, lines);
    for home in [&bucket, &other] {
        assert!(home.serve().ask(&Request::get(&path)).body == picture);
    }
    // Cut in the midst of the files: nothing comes of it.
    let text = std::fs::read_to_string(&back).unwrap();
    let half = other.folder().join("half.jsonl");
    std::fs::write(&half, &text[..text.rfind("\"blob\"").unwrap() + 200]).unwrap();
    let third = Home::of(Kind::Dev);
    assert!(refusal(&import(&third, &half)).contains("cut"));
    let left: Vec<_> = std::fs::read_dir(third.folder()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("files")), "{left:?}");
}

#[test]
fn a_home_moves_into_a_table_where_functions_serve_it_and_back_into_a_file() {
    let lived = Lived::on_a_file();
    let (file, lines) = exported(&lived.home, "first.jsonl");
    let table = Home::of(Kind::Cloud);
    assert!(said(&import(&table, &file)).contains("the table reconnect holds"));
    let check = table.json(&["check"]);
    assert_eq!((check["ok"].as_bool(), check["table"]["schema"].as_u64()), (Some(true), Some(1)), "{check}");
    // A table has an order of its own; the records are the same.
    let (back, mut there) = exported(&table, "table.jsonl");
    let mut sorted = lines.clone();
    sorted.sort();
    there.sort();
    assert_eq!(there, sorted);
    let file = Home::of(Kind::Dev);
    said(&import(&file, &back));
    assert_eq!(exported(&file, "third.jsonl").1, lines);
    lived.goes_on(&table.serve());
}

#[test]
fn verbs_do_on_a_table_what_they_do_on_a_file() {
    let home = Home::of(Kind::Cloud);
    let (app, person) = (home.desktop_app(), home.person("Ann"));
    let friend = home.person("Bob");
    home.json(&["user", "grant", &person.email, &app.key]);
    assert_eq!(home.json(&["user", "befriend", &person.email, &friend.email])["new"], true);
    let shown = home.json(&["user", "show", &person.email]);
    assert_eq!(shown["friends"].as_array().unwrap().len(), 1, "{shown}");
    let call = ["call", "users.getLoggedInUser", "--app", &app.key, "--as", &person.email];
    assert_eq!(said(&home.run(&call)).trim(), person.uid, "without a server");
    said(&home.run(&["user", "remove", &friend.email]));
    assert_eq!(home.json(&["user", "show", &person.email])["friends"], serde_json::json!([]));
    let check = home.json(&["check"]);
    assert_eq!((check["ok"].as_bool(), check["table"]["given_up"].as_u64()), (Some(true), Some(0)), "{check}");
    assert!(refusal(&home.run(&["table", "create"])).contains("already"));
}

/// A verb on a table somewhere, not run yet.
fn on(home: &Home, args: &[&str], table: &str, endpoint: &str) -> Command {
    let mut command = home.command(args);
    command.args(["--table", table, "--endpoint", endpoint]);
    command
}

/// The export of a home that is larger than a batch or two, and how many lines it has.
fn large() -> (Home, PathBuf, Vec<String>) {
    let home = Home::of(Kind::Dev);
    home.person("Ann");
    let (file, lines) = exported(&home, "small.jsonl");
    let head = std::fs::read_to_string(&file).unwrap().lines().next().unwrap().to_owned();
    let first: u64 = 1 << 40;
    let mut records: Vec<String> = lines[..lines.len() - 1].to_vec();
    for id in first..first + 1500 {
        let data = r#"{"first_name":"P","last_name":"E","email":"p@x.example","profile_update_time":1}"#;
        records.push(format!(r#"{{"object":{{"kind":"person","id":{id},"data":{data}}}}}"#));
        records.push(format!(r#"{{"assoc":{{"kind":"friend","from":{first},"to":{id},"time":5}}}}"#));
    }
    let end = format!(r#"{{"end":{{"records":{}}}}}"#, records.len());
    let file = home.folder().join("large.jsonl");
    std::fs::write(&file, format!("{head}\n{}\n{end}\n", records.join("\n"))).unwrap();
    records.push(end);
    records.sort();
    (home, file, records)
}

#[test]
fn an_import_that_is_killed_leaves_a_table_that_is_refused_until_it_is_imported_again() {
    let (_from, file, lines) = large();
    let mut home = Home::of(Kind::Cloud);
    let endpoint = home.table().as_ref().unwrap().endpoint.clone();
    let text = std::fs::read(&file).unwrap();
    for part in [text.len() / 2, text.len() - 10] {
        let mut command = on(&home, &["import", "-"], "reconnect", &endpoint);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it can be run");
        let mut input = child.stdin.take().unwrap();
        input.write_all(&text[..part]).unwrap();
        let began = Instant::now();
        while home.run(&["app", "list"]).status.success() {
            assert!(began.elapsed() < Duration::from_secs(20), "the import does not begin");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        drop(input);
        for verb in [&["app", "list"][..], &["check"], &["export", "-"], &["world", "load", "empty"]] {
            let told = refusal(&home.run(verb));
            assert!(told.contains("half an import") && told.contains("reconnect import"), "{verb:?}: {told}");
        }
    }
    said(&import(&home, &file));
    let (_, mut there) = exported(&home, "table.jsonl");
    there.sort();
    assert_eq!(there, lines);
    assert!(refusal(&import(&home, &file)).contains("not empty"));
}

#[test]
fn a_faulty_export_is_told_before_the_table_is_touched() {
    let (_from, file, lines) = large();
    let mut home = Home::of(Kind::Cloud);
    home.person("Eve");
    let endpoint = home.table().as_ref().unwrap().endpoint.clone();
    said(&finish(&mut on(&home, &["table", "create"], "second", &endpoint)));
    let text = std::fs::read_to_string(&file).unwrap();
    let broken = home.folder().join("broken.jsonl");
    for (fault, told) in [
        (text.replacen(r#""kind":"friend""#, r#""kind":"fiend""#, 1), ", line "),
        (text[..text.len() / 2].to_owned(), "it is cut"),
    ] {
        std::fs::write(&broken, fault).unwrap();
        let refused = refusal(&finish(&mut on(&home, &["import", "broken.jsonl"], "second", &endpoint)));
        assert!(refused.contains(told) && refused.contains("Nothing was imported"), "{refused}");
        assert_eq!(said(&finish(&mut on(&home, &["user", "list", "--json"], "second", &endpoint))).trim(), "[]");
    }
    // From a pipe it can be read only once, and the table is marked.
    let mut piped = on(&home, &["import", "-"], "second", &endpoint);
    let refused = refusal(&finish(piped.stdin(std::fs::File::open(&broken).unwrap())));
    assert!(refused.contains("it is cut") && refused.contains("half imported"), "{refused}");
    said(&finish(&mut on(&home, &["import", file.to_str().unwrap()], "second", &endpoint)));
    said(&finish(&mut on(&home, &["export", "second.jsonl"], "second", &endpoint)));
    let export = std::fs::read_to_string(home.folder().join("second.jsonl")).unwrap();
    assert_eq!(export.lines().count(), lines.len() + 1);
    assert!(refusal(&import(&home, &file)).contains("not empty"), "the other table is Eve's");
}

#[test]
fn demo_people_go_into_a_table_on_this_machine_only() {
    let home = Home::of(Kind::Cloud);
    said(&home.run(&["world", "load", "dorm"]));
    assert_eq!(home.json(&["check"])["table"]["demo_people"], 12);
    let (file, _) = exported(&home, "dorm.jsonl");
    // An address that is nobody's: what is refused is refused before anything is sent.
    let elsewhere = |args: &[&str]| {
        let mut command = on(&home, args, "reconnect", "http://192.0.2.1:8000");
        let keys =
            [("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "nobody"), ("AWS_SECRET_ACCESS_KEY", "nothing")];
        let began = Instant::now();
        let told = refusal(&finish(command.envs(keys)));
        assert!(began.elapsed() < Duration::from_secs(4), "{told}");
        told
    };
    let told = elsewhere(&["world", "load", "dorm"]);
    assert!(told.contains("public passwords") && told.contains("demo = true"), "{told}");
    let told = elsewhere(&["import", file.to_str().unwrap()]);
    assert!(told.contains(", line ") && told.contains("world clear"), "{told}");
    said(&home.run(&["world", "clear"]));
    assert_eq!(home.json(&["check"])["table"]["demo_people"], 0);
}

#[test]
fn a_table_that_is_not_there_is_told_in_one_line() {
    let home = Home::of(Kind::Cloud);
    let dynoxide = Dynoxide::start();
    let told = refusal(&finish(&mut on(&home, &["check"], "elsewhere", &dynoxide.endpoint)));
    assert!(told.contains("there is no table elsewhere"), "{told}");
    let endpoint = dynoxide.endpoint.clone();
    dynoxide.kill();
    let (file, _) = exported(&home, "file.jsonl");
    for verb in [&["check"][..], &["import", file.to_str().unwrap()]] {
        let told = refusal(&finish(&mut on(&home, verb, "elsewhere", &endpoint)));
        assert!(told.contains("cannot be reached"), "{told}");
    }
    let told = refusal(&finish(&mut on(&home, &["check"], "elsewhere", "127.0.0.1:8000")));
    assert!(told.contains("http(s)://HOST"), "{told}");
}
