//! The real binary, as people run it: started on a free port, called, asked beside its running, ended by a signal.

// Helpers of tests are tests, too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{Folder, get, get_as, run, run_with_input, started_tls};
use serde_json::Value;
use std::time::{Duration, Instant};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}

#[test]
fn a_first_start_makes_a_world_and_the_pasted_call_answers() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    assert_eq!(server.ready["new"], true);
    assert_eq!(server.ready["people"].as_array().unwrap().len(), 12);
    let app = &server.ready["applications"][0];
    assert_eq!((text(app, "api_key").len(), text(app, "secret").len(), app["app_id"].as_u64()), (32, 32, Some(2001)));
    // As pasted: the address and the body stand in the line.
    let call = text(&server.ready, "call");
    let body = call.split('\'').nth(1).unwrap();
    assert!(call.starts_with(&format!("curl {}/restserver.php -d '", server.url())), "{call}");
    let (status, answer) = common::post(&server.url(), "/restserver.php", body);
    assert_eq!(status, 200);
    assert_eq!(answer.len(), 34, "an auth token in quotes: {answer}");
    assert!(folder.file("reconnect.db").exists());
}

#[test]
fn it_lives_and_is_ready() {
    let folder = Folder::new();
    let server = folder.serve(&["--ephemeral"]);
    assert_eq!(get(&server.url(), "/livez"), (200, "ok\n".to_owned()));
    assert_eq!(get(&server.url(), "/readyz"), (200, "ok\n".to_owned()));
    assert!(!folder.file("reconnect.db").exists(), "an ephemeral server leaves no file");
    let check = run(&folder, &["check", "--server", &server.url()]);
    assert!(check.ok() && check.out.contains("all is well"), "{check:?}");
    let check = run(&folder, &["check", "--server", "http://127.0.0.1:1", "--json"]);
    assert_eq!(check.code, 1);
    assert_eq!(check.json()["ok"], false);
}

#[test]
fn the_start_page_is_for_this_machine_only() {
    let folder = Folder::new();
    let server = folder.serve(&["--ephemeral", "--public-url", "http://old.test:8080"]);
    let (status, page) = get(&server.url(), "/");
    assert_eq!(status, 200);
    for shown in
        ["c0ffee00000000000000000000002001", "5ec2e700000000000000000000002001", "ada@dorm.example", "Log in as"]
    {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert_eq!(get_as(&server.url(), "/", "old.test:8080", &[]).0, 200, "the public URL");
    for host in ["evil.example", "old.test", "localhost.evil.example", ""] {
        let (status, page) = get_as(&server.url(), "/", host, &[]);
        assert_ne!(status, 200, "{host}");
        assert!(!page.contains("5ec2e7"), "{host}");
    }
    let through = get_as(&server.url(), "/", "localhost", &[("X-Forwarded-For", "8.8.8.8")]);
    assert_eq!(through.0, 404, "through a proxy that nobody trusts");
}

#[test]
fn a_second_start_keeps_everything_and_a_signal_ends_it_cleanly() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let made = run(
        &folder,
        &["user", "create", "--name", "Eve Stone", "--email", "eve@x.example", "--password", "pw", "--json"],
    );
    assert!(made.ok(), "{made:?}");
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(!folder.file("reconnect.db-wal").exists(), "the log was moved into the file");
    let again = folder.serve(&[]);
    assert_eq!(again.ready["new"], false);
    assert_eq!(again.ready["people"].as_array().unwrap().len(), 12, "only demo people are shown");
    assert_eq!(text(&again.ready["people"][0], "password"), "dorm");
    let shown = run(&folder, &["user", "show", "eve@x.example", "--json"]).json();
    assert_eq!(shown["uid"], made.json()["uid"]);
}

#[test]
fn verbs_beside_a_running_server_are_seen() {
    let folder = Folder::new();
    let server = folder.serve(&[]);
    let app =
        run(&folder, &["app", "create", "--name", "Beside", "--callback-url", "http://localhost:1/", "--json"]).json();
    let key = text(&app, "api_key").to_owned();
    let seen = Instant::now();
    let call = |more: &[&str]| {
        let mut args = vec!["call", "users.getLoggedInUser", "--server"];
        let url = server.url();
        args.push(&url);
        args.extend(["--app", &key]);
        args.extend(more);
        run(&folder, &args)
    };
    let refused = call(&["--as", "ada@dorm.example"]);
    assert!(refused.code == 1 && refused.err.contains("user grant"), "{refused:?}");
    assert!(run(&folder, &["user", "grant", "ada@dorm.example", &key, "--perm", "email"]).ok());
    let answer = call(&["--as", "ada@dorm.example"]);
    assert!(answer.ok(), "{answer:?}");
    assert_eq!(answer.out.trim(), "1001");
    let answer = call(&["--as", "1001", "--format", "xml"]);
    assert!(answer.ok() && answer.out.contains("users_getLoggedInUser_response"), "{answer:?}");
    assert!(seen.elapsed() < Duration::from_secs(30));
    // Switched off: seen at once.
    assert!(run(&folder, &["app", "edit", &key, "--disabled"]).ok());
    std::thread::sleep(Duration::from_millis(150));
    let refused = call(&["--as", "ada@dorm.example"]);
    assert_eq!(refused.code, 1);
    assert_eq!(refused.json()["error_code"], 101, "the error document is printed all the same");
}

#[test]
fn a_call_needs_no_server_when_the_file_is_named() {
    let folder = Folder::new();
    assert!(run(&folder, &["world", "load", "dorm"]).ok());
    let db = folder.file("reconnect.db");
    let db = db.to_str().unwrap();
    for app in ["Dorm Wall", "2002"] {
        let answer = run(
            &folder,
            &["call", "facebook.users.getLoggedInUser", "--db", db, "--app", app, "--as", "ada@dorm.example"],
        );
        assert!(answer.ok(), "{answer:?}");
        assert_eq!(answer.out.trim(), "1001", "{app}");
    }
    let answer = run(&folder, &["call", "auth.createToken", "--db", db, "--secret", "0"]);
    assert_eq!((answer.code, answer.json()["error_code"].as_u64()), (1, Some(104)));
}

#[test]
fn people_are_made_befriended_given_passwords_and_removed() {
    let folder = Folder::new();
    assert!(run(&folder, &["world", "load", "empty"]).ok());
    let create = ["user", "create", "--name", "Ann Lee", "--email", "ann@x.example", "--password", "-", "--json"];
    let ann = run_with_input(&folder, &create, "secret word\n");
    assert_eq!((text(&ann.json(), "email"), ann.json()["uid"].is_u64()), ("ann@x.example", true));
    assert!(!ann.out.contains("secret word") && !ann.err.contains("secret word"));
    let twice = run_with_input(&folder, &create, "x\n");
    assert!(twice.code == 1 && twice.err.contains("ann@x.example is taken"), "{twice:?}");
    let bob = run_with_input(
        &folder,
        &["user", "create", "--name", "Bob", "--email", "bob@x.example", "--id", "77", "--json"],
        "x\n",
    );
    assert_eq!(bob.json()["uid"], 77);
    let friends = run(&folder, &["user", "befriend", "ann@x.example", "77", "--json"]);
    assert_eq!(friends.json()["new"], true);
    assert_eq!(run(&folder, &["user", "show", "77", "--json"]).json()["friends"][0], ann.json()["uid"]);
    let parted = ["user", "unfriend", "77", "ann@x.example", "--json"];
    assert_eq!(run(&folder, &parted).json()["ended"], true);
    assert_eq!(run(&folder, &parted).json()["ended"], false);
    assert_eq!(run(&folder, &["user", "befriend", "77", "ann@x.example", "--json"]).json()["new"], true);
    assert!(run_with_input(&folder, &["user", "password", "77"], "new\n").ok());
    assert!(run(&folder, &["user", "remove", "77"]).ok());
    assert_eq!(run(&folder, &["user", "show", "ann@x.example", "--json"]).json()["friends"], serde_json::json!([]));
    assert_eq!(run(&folder, &["user", "list", "--json"]).json().as_array().unwrap().len(), 1);
    assert_eq!(run(&folder, &["user", "show", "77"]).code, 1);
}

#[test]
fn applications_are_made_shown_edited_and_removed() {
    let folder = Folder::new();
    assert!(run(&folder, &["world", "load", "empty"]).ok());
    let key = "0123456789abcdef0123456789abcdef";
    let made = run(
        &folder,
        &[
            "app",
            "create",
            "--name",
            "Old",
            "--desktop",
            "--api-key",
            key,
            "--secret",
            key,
            "--id",
            "42",
            "--scheme",
            "fbconnect",
            "--ip",
            "10.0.*,::1",
            "--session-lifetime",
            "60",
            "--json",
        ],
    );
    let made = made.json();
    assert_eq!(
        (text(&made, "api_key"), made["app_id"].as_u64(), made["desktop"].as_bool()),
        (key, Some(42), Some(true))
    );
    assert_eq!(made["ip_list"], serde_json::json!(["10.0.*", "::1"]));
    let edited = run(
        &folder,
        &["app", "edit", "old", "--desktop=false", "--base-domain", "x.example", "--new-secret", "--json"],
    )
    .json();
    assert_eq!((edited["desktop"].as_bool(), text(&edited, "base_domain")), (Some(false), "x.example"));
    assert_ne!(text(&edited, "secret"), key);
    assert_eq!(text(&edited, "canvas_entry"), "signed_request");
    let on_canvas = ["app", "edit", "42", "--canvas-name", "old", "--canvas-entry", "fb-sig-post"];
    assert!(run(&folder, &on_canvas).ok());
    let shown = run(&folder, &["app", "show", "old"]);
    assert!(
        shown.out.lines().any(|line| line.starts_with("canvas_entry") && line.ends_with(" fb_sig_post")),
        "{shown:?}"
    );
    let wrong = run(&folder, &["app", "edit", "42", "--canvas-entry", "fbml"]);
    assert!(wrong.code == 2 && wrong.err.contains("signed-request-get"), "{wrong:?}");
    let wrong = run(&folder, &["app", "edit", "42", "--callback-url", "localhost"]);
    assert!(wrong.code == 2 && wrong.err.contains("http://HOST/PATH"), "{wrong:?}");
    assert!(run(&folder, &["app", "remove", "42"]).ok());
    assert_eq!(run(&folder, &["app", "list", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn demo_data_never_serves_others() {
    let folder = Folder::new();
    let refused = folder.refused(&["--listen", "0.0.0.0:0"]);
    assert!(refused.code == 1 && refused.err.contains("--world empty"), "{refused:?}");
    assert!(!folder.file("reconnect.db").exists());
    assert!(run(&folder, &["world", "load", "dorm"]).ok());
    let refused = folder.refused(&["--listen", "127.0.0.1:0", "--listen", "0.0.0.0:0"]);
    assert!(refused.code == 1 && refused.err.contains("reconnect world clear --db reconnect.db"), "{refused:?}");
    assert_eq!(refused.err.lines().count(), 1);
    // A secret of its own makes an application the owner's; the rest is cleared by the command that was told.
    assert!(run(&folder, &["app", "edit", "Dorm Wall", "--new-secret"]).ok());
    let cleared = run(&folder, &["world", "clear", "--db", "reconnect.db", "--json"]).json();
    assert_eq!((cleared["people"].as_u64(), cleared["applications"].as_u64()), (Some(12), Some(2)));
    let server = folder.serve_at("0.0.0.0:0", &[]);
    assert_eq!(get(&server.url(), "/livez").0, 200);
    assert_eq!(get(&server.url(), "/").0, 404, "no start page for others to find");
    assert!(server.ready["applications"].as_array().unwrap().is_empty());
    assert_eq!(run(&folder, &["app", "list", "--json"]).json().as_array().unwrap().len(), 1);
    // Demo data that comes later stops the server.
    assert!(run(&folder, &["world", "load", "dorm"]).code == 1, "it clashes with what was kept");
    let people = "demo = true\n[[person]]\nname = \"A\"\nemail = \"a@x\"\npassword = \"a\"\n";
    std::fs::write(folder.file("late.toml"), people).unwrap();
    assert!(run(&folder, &["world", "load", "late.toml"]).ok());
    let (code, log) = server.wait(Duration::from_secs(15));
    assert!(code == Some(1) && log.contains("world clear"), "{code:?} {log}");
}

#[test]
fn a_call_that_runs_when_the_signal_comes_is_finished() {
    let folder = Folder::new();
    let server = folder.serve(&["--ephemeral"]);
    let call = text(&server.ready, "call").to_owned();
    let body = call.split('\'').nth(1).unwrap().to_owned();
    let (status, _) = common::post_slowly(&server.url(), "/restserver.php", &body, || {
        server.signal();
        std::thread::sleep(Duration::from_millis(300));
    });
    assert_eq!(status, 200);
    let (code, log) = server.wait(Duration::from_secs(15));
    assert_eq!(code, Some(0), "{log}");
}

#[test]
#[cfg(unix)]
fn a_file_with_secrets_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let server = folder.serve(&[]);
    for name in ["reconnect.db", "reconnect.db-wal"] {
        let mode = std::fs::metadata(folder.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    drop(server);
    let missing = run(&folder, &["serve", "--listen", "127.0.0.1:0", "--db", "no/such/folder.db"]);
    assert!(missing.code == 1 && missing.err.contains("no/such/folder.db"), "{missing:?}");
}

#[test]
fn tls_with_an_authority_of_its_own() {
    let folder = Folder::new();
    let server = folder.serve(&["--tls", "local", "--tls-listen", "127.0.0.1:0"]);
    let https = server.ready["https"][0].as_str().unwrap().to_owned();
    let authority = folder.file("reconnect-ca.pem");
    assert!(text(&server.ready, "ca").ends_with("reconnect-ca.pem"));
    for name in ["localhost", "127.0.0.1", "api.facebook.com", "www.facebook.com", "connect.facebook.net"] {
        assert_eq!(started_tls(&https, name, &authority, "/livez").unwrap().0, 200, "{name}");
    }
    assert!(started_tls(&https, "bank.example", &authority, "/livez").is_err());
    assert_eq!(get(&server.url(), "/livez").0, 200, "http stays");
    let check = run(&folder, &["check", "--server", &https.replace("127.0.0.1", "localhost")]);
    assert!(check.ok(), "the verbs trust the authority beside the file: {check:?}");
}

#[test]
fn a_command_line_that_is_wrong_is_told_in_one_line() {
    let folder = Folder::new();
    let cases: [(&[&str], i32, &str); 10] = [
        (&["nonsense"], 2, "unrecognized subcommand"),
        (&["serve", "--listen", "nowhere"], 2, "127.0.0.1:8080"),
        (&["serve", "--clock", "yesterday"], 2, "2009-06-01"),
        (&["serve", "--tls", "x"], 2, "CERT,KEY"),
        (&["serve", "--world", "mars"], 1, "dorm, empty"),
        (&["app", "list"], 1, "reconnect serve --db reconnect.db"),
        (&["app", "create", "--name", "x", "--api-key", "Z"], 2, "32 lower-case hex digits"),
        (&["user", "create", "--name", "x", "--email", "x", "--password", "y"], 2, "no e-mail address"),
        (&["call", "auth.createToken", "novalue"], 2, "NAME=VALUE"),
        (
            &["call", "auth.createToken", "--app", "k", "--secret", "s", "--server", "http://127.0.0.1:1"],
            1,
            "does not answer",
        ),
    ];
    for (args, code, told) in cases {
        let ran = run(&folder, args);
        assert_eq!(ran.code, code, "{args:?} {ran:?}");
        assert!(ran.err.contains(told), "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked"), "{args:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{args:?}: {}", ran.out);
    }
    std::fs::write(folder.file("reconnect.db"), "this is no database, it is a letter to somebody").unwrap();
    let foreign = run(&folder, &["check"]);
    assert!(foreign.code == 1 && foreign.err.contains("was left alone"), "{foreign:?}");
}

#[test]
fn a_port_that_is_taken_is_told_and_no_file_is_made() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = folder.refused(&["--listen", &taken.local_addr().unwrap().to_string()]);
    assert!(refused.code == 1 && refused.err.contains("is taken by another program"), "{refused:?}");
    assert!(!folder.file("reconnect.db").exists());
}

#[test]
fn the_clock_starts_where_it_is_told() {
    let folder = Folder::new();
    let server = folder.serve(&["--ephemeral", "--clock", "2009-06-01T12:00:00Z"]);
    // A demo person can log in and be called for in any year; here it is enough that the world stands.
    assert_eq!(get(&server.url(), "/readyz").0, 200);
}

#[test]
fn a_world_of_ones_own_is_loaded_whole_or_not_at_all() {
    let folder = Folder::new();
    std::fs::write(folder.file("bad.toml"), "[[person]]\nname = \"A\"\nemail = \"a@x\"\nfriends = 1\n").unwrap();
    let refused = folder.refused(&["--world", "bad.toml"]);
    assert!(refused.code == 1 && refused.err.contains("bad.toml, line 4"), "{refused:?}");
    assert!(!folder.file("reconnect.db").exists());
    let dorm = run(&folder, &["world", "show", "dorm"]);
    std::fs::write(folder.file("mine.toml"), dorm.out.replace("demo = true", "")).unwrap();
    let server = folder.serve(&["--world", "mine.toml"]);
    assert!(server.ready["people"].as_array().unwrap().is_empty(), "people of one's own are not shown");
    assert_eq!(run(&folder, &["user", "list", "--json"]).json().as_array().unwrap().len(), 12);
}

#[test]
fn hosts_and_completions_are_printed_without_a_file() {
    let folder = Folder::new();
    let hosts = run(&folder, &["hosts", "--address", "10.0.0.9"]);
    assert!(hosts.ok() && hosts.out.contains("10.0.0.9  api.facebook.com"), "{hosts:?}");
    for shell in ["bash", "zsh", "fish"] {
        let completions = run(&folder, &["completions", shell]);
        assert!(completions.ok() && completions.out.contains("befriend"), "{shell}");
    }
    assert!(run(&folder, &["world", "list"]).out.contains("dorm"));
}

#[test]
fn flags_come_from_the_environment_too() {
    let folder = Folder::new();
    let server = folder.serve_by_environment(&[
        ("RECONNECT_LISTEN", "127.0.0.1:0"),
        ("RECONNECT_EPHEMERAL", "1"),
        ("RECONNECT_JSON", "true"),
    ]);
    assert_eq!(get(&server.url(), "/livez").0, 200);
    assert!(server.ready["db"].is_null());
}

#[test]
fn the_log_has_one_line_a_call_and_no_secret() {
    let folder = Folder::new();
    let server = folder.serve(&["--ephemeral", "--log-format", "json"]);
    let call = text(&server.ready, "call").to_owned();
    let body = call.split('\'').nth(1).unwrap();
    common::post(&server.url(), "/restserver.php", body);
    common::post(&server.url(), "/restserver.php", &format!("{body}0"));
    common::post(&server.url(), "/restserver.php", &format!("method=a.b%0A%1B[31m{}", "x".repeat(500)));
    let (code, log) = server.terminate();
    assert_eq!(code, Some(0));
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let calls: Vec<&Value> = lines.iter().filter(|line| line["target"] == "reconnect::call").collect();
    let told =
        |line: &Value| (line["method"].as_str().unwrap().to_owned(), line["app"].as_u64(), line["code"].as_u64());
    let calls: Vec<_> = calls.into_iter().map(told).collect();
    assert_eq!(calls[0], ("auth.createToken".to_owned(), Some(2001), Some(0)));
    assert_eq!(calls[1], ("auth.createToken".to_owned(), Some(2001), Some(104)), "a failed call names its application");
    assert_eq!(
        calls[2],
        (format!("a.b31m{}", "x".repeat(58)), None, Some(101)),
        "of a stranger's text not much is kept"
    );
    assert_eq!(calls.len(), 3, "{log}");
    assert!(!log.contains("5ec2e7") && !log.contains("sig"), "{log}");
}
