//! `export` and `import` between files: what arrives is what was sent, and whatever goes wrong leaves everything as it was.

// Helpers of tests are tests, too.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code, reason = "shared with the tests of the other verbs")]
mod common;

use common::{Folder, get, run, run_with_input};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with the demo world in `reconnect.db`, and its export.
fn dorm() -> (Folder, String) {
    let folder = Folder::new();
    assert!(run(&folder, &["world", "load", "dorm"]).ok());
    let export = run(&folder, &["export", "-"]);
    assert!(export.ok() && export.err.is_empty(), "{export:?}");
    (folder, export.out)
}

/// Everything behind the first line, which says when.
fn records(export: &str) -> &str {
    export.split_once('\n').unwrap().1
}

/// What a home holds.
fn held(folder: &Folder, db: &str) -> String {
    let export = run(folder, &["export", "-", "--db", db]);
    assert!(export.ok(), "{export:?}");
    records(&export.out).to_owned()
}

/// How many records an export holds: all lines but the first, the last, and those of files.
fn size(export: &str) -> u64 {
    export.lines().count() as u64 - 2 - blobs(export)
}

/// How many lines of files an export holds; each file of the demo world is one.
fn blobs(export: &str) -> u64 {
    export.lines().filter(|line| line.starts_with("{\"blob\":")).count() as u64
}

/// The last line of an export of so many records and files.
fn last(records: u64, files: u64) -> String {
    format!(r#"{{"end":{{"records":{records},"files":{files}}}}}"#)
}

/// The names of the files in a folder, but for what people uploaded beside the demo world's own.
fn files(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.file(".")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name != "reconnect.files");
    names.sort();
    names
}

#[test]
fn a_world_moves_from_file_to_file_and_nothing_is_lost_or_added() {
    let (folder, export) = dorm();
    assert_eq!(held(&folder, "reconnect.db"), records(&export), "one file, two exports");
    let written = run(&folder, &["export", "world.jsonl", "--json"]);
    let count = size(&export);
    assert!(count > 150, "{count} records are no demo world");
    assert_eq!(written.json()["records"], count, "{written:?}");
    assert_eq!(records(&std::fs::read_to_string(folder.file("world.jsonl")).unwrap()), records(&export));
    let imported = run(&folder, &["import", "world.jsonl", "--db", "there.db", "--json"]);
    assert_eq!((imported.json()["records"].as_u64(), imported.json()["db"].as_str()), (Some(count), Some("there.db")));
    assert_eq!(held(&folder, "there.db"), records(&export));
    let piped = run_with_input(&folder, &["import", "-", "--db", "piped.db"], &export);
    assert!(piped.ok() && piped.out.contains(&format!("{count} records")), "{piped:?}");
    assert_eq!(held(&folder, "piped.db"), records(&export));
    assert!(run(&folder, &["check", "--db", "there.db"]).ok());
    // It is alive, counts included: the dev server serves it, and the verbs work on it.
    let friends = run(&folder, &["user", "show", "ada@dorm.example", "--db", "there.db", "--json"]).json();
    assert!(friends["friends"].as_array().unwrap().len() > 2, "{friends}");
    assert_eq!(files(&folder), ["piped.db", "piped.files", "reconnect.db", "there.db", "there.files", "world.jsonl"]);
}

#[test]
fn an_export_is_readable() {
    let (_, export) = dorm();
    let lines: Vec<&str> = export.lines().collect();
    assert!(lines[0].starts_with(r#"{"head":{"format":"reconnect-export","version":1,"written":"20"#), "{}", lines[0]);
    assert!(lines[0].contains(concat!(r#""program":"reconnect "#, env!("CARGO_PKG_VERSION"))), "{}", lines[0]);
    assert_eq!(lines.last().copied(), Some(last(size(&export), blobs(&export)).as_str()));
    for line in &lines {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value.is_object() && (value["blob"].is_object() || !line.contains("base64")), "{line}");
    }
    let ada = r#"{"object":{"kind":"person","id":1001,"data":{"first_name":"Ada","last_name":"Okafor","#;
    assert!(lines.iter().any(|line| line.starts_with(ada)), "{export}");
    assert!(lines.contains(&r#"{"unique":{"space":"email","text":"ada@dorm.example","id":1001}}"#), "{export}");
}

#[test]
#[cfg(unix)]
fn what_holds_secrets_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, export) = dorm();
    assert!(run(&folder, &["export", "world.jsonl"]).ok());
    assert!(run_with_input(&folder, &["import", "-", "--db", "there.db"], &export).ok());
    for name in ["world.jsonl", "there.db"] {
        assert_eq!(std::fs::metadata(folder.file(name)).unwrap().permissions().mode() & 0o077, 0, "{name}");
    }
}

#[test]
fn an_export_overwrites_only_what_it_is_told_to() {
    let (folder, export) = dorm();
    std::fs::write(folder.file("letter.txt"), "dear").unwrap();
    let refused = run(&folder, &["export", "letter.txt"]);
    assert!(refused.code == 1 && refused.err.contains("--force"), "{refused:?}");
    assert_eq!(std::fs::read_to_string(folder.file("letter.txt")).unwrap(), "dear");
    assert!(run(&folder, &["export", "letter.txt", "--force"]).ok());
    assert_eq!(records(&std::fs::read_to_string(folder.file("letter.txt")).unwrap()), records(&export));
    for data in ["reconnect.db", "./reconnect.db", "reconnect.db-wal"] {
        let refused = run(&folder, &["export", data, "--force"]);
        assert!(refused.code == 2 && refused.err.contains("name another file"), "{data} {refused:?}");
    }
    assert_eq!(held(&folder, "reconnect.db"), records(&export));
    std::fs::create_dir(folder.file("folder")).unwrap();
    assert_eq!(run(&folder, &["export", "folder", "--force"]).code, 1);
    assert_eq!(run(&folder, &["export", "no/such/folder.jsonl"]).code, 1);
    assert_eq!(run(&folder, &["export", "x.jsonl", "--db", "missing.db"]).code, 1);
    assert_eq!(files(&folder), ["folder", "letter.txt", "reconnect.db"]);
}

#[test]
fn an_import_takes_the_place_of_nothing_only() {
    let (folder, export) = dorm();
    let import = |db: &str| run_with_input(&folder, &["import", "-", "--db", db], &export);
    let refused = import("reconnect.db");
    assert!(refused.code == 1 && refused.err.contains("holds data already"), "{refused:?}");
    // A world without anything has a key of its own, which gives way.
    assert!(run(&folder, &["world", "load", "empty", "--db", "empty.db"]).ok());
    std::fs::write(folder.file("zero.db"), "").unwrap();
    for db in ["empty.db", "zero.db"] {
        assert!(import(db).ok(), "{db}");
        assert_eq!(held(&folder, db), records(&export), "{db}");
        assert!(import(db).err.contains("holds data already"), "{db}");
    }
    std::fs::write(folder.file("letter.db"), "dear, ".repeat(200)).unwrap();
    let refused = import("letter.db");
    assert!(refused.code == 1 && refused.err.contains("was left alone"), "{refused:?}");
    assert_eq!(std::fs::read_to_string(folder.file("letter.db")).unwrap(), "dear, ".repeat(200));
    assert_eq!(import("no/such/folder.db").code, 1);
    assert_eq!(files(&folder), ["empty.db", "empty.files", "letter.db", "reconnect.db", "zero.db", "zero.files"]);
}

#[test]
fn a_file_that_a_server_has_open_is_not_replaced() {
    let (folder, export) = dorm();
    let server = folder.serve(&["--db", "served.db", "--world", "empty"]);
    let refused = run_with_input(&folder, &["import", "-", "--db", "served.db"], &export);
    assert!(refused.code == 1 && refused.err.contains("open in another process"), "{refused:?}");
    assert_eq!(get(&server.url(), "/readyz").0, 200);
    assert_eq!(server.terminate().0, Some(0));
    assert!(run_with_input(&folder, &["import", "-", "--db", "served.db"], &export).ok());
}

#[test]
fn a_file_with_a_fault_is_told_by_line_and_imports_nothing() {
    let (folder, export) = dorm();
    let lines: Vec<&str> = export.lines().collect();
    let with = |line: usize, text: &str| {
        let mut lines = lines.clone();
        lines[line - 1] = text;
        lines.join("\n")
    };
    let lost = format!("written with {} records and holds {}", size(&export), size(&export) - 1);
    let cases = [
        (with(7, "{}"), "broken.jsonl, line 7: "),
        (with(7, lines[5]), "broken.jsonl, line 7: what it names stands in another line already"),
        (
            with(9, r#"{"object":{"kind":"planet","id":9}}"#),
            "broken.jsonl, line 9: there is no kind of object called `planet`",
        ),
        (lines[..60].join("\n"), "broken.jsonl: it is cut: behind line 60"),
        (export[..export.len() / 2].to_owned(), "broken.jsonl: it is cut"),
        (with(60, "").replace("\n\n", "\n"), lost.as_str()),
        ("name,email\n".to_owned(), "broken.jsonl: this is no export"),
        (String::new(), "broken.jsonl: there is nothing in it"),
    ];
    for (text, told) in cases {
        std::fs::write(folder.file("broken.jsonl"), text).unwrap();
        let refused = run(&folder, &["import", "broken.jsonl", "--db", "there.db"]);
        assert!(refused.code == 1 && refused.err.contains(told), "{told}: {refused:?}");
        assert!(refused.err.contains("Nothing was imported") && refused.err.lines().count() == 1, "{refused:?}");
        assert_eq!(files(&folder), ["broken.jsonl", "reconnect.db"], "{told}");
    }
    let missing = run(&folder, &["import", "missing.jsonl", "--db", "there.db"]);
    assert!(missing.code == 1 && missing.err.contains("cannot read missing.jsonl"), "{missing:?}");
    let whole = run(&folder, &["import", "reconnect.db", "--db", "there.db"]);
    assert!(whole.code == 1 && whole.err.contains("no export"), "a database is no export: {whole:?}");
}

/// The demo world, and so many people more.
fn larger(export: &str, people: u64) -> String {
    use std::fmt::Write;
    let first = 1 << 40;
    let mut text = export.lines().take(export.lines().count() - 1).map(|line| format!("{line}\n")).collect::<String>();
    for id in first..first + people {
        let person = r#"{"first_name":"P","last_name":"E","email":"p@x","profile_update_time":1}"#;
        let _ = writeln!(text, r#"{{"object":{{"kind":"person","id":{id},"data":{person}}}}}"#);
        let _ = writeln!(text, r#"{{"assoc":{{"kind":"friend","from":1001,"to":{id},"time":5}}}}"#);
    }
    let _ = writeln!(text, "{}", last(size(export) + 2 * people, blobs(export)));
    text
}

/// An import that waits for its next line.
fn importing(folder: &Folder, db: &str) -> Child {
    let mut command = folder.command();
    command.args(["import", "-", "--db", db]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Ends a process as a power cut would.
fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_import_that_is_killed_at_any_moment_has_changed_nothing() {
    let (folder, export) = dorm();
    let text = larger(&export, 2000);
    assert!(run(&folder, &["world", "load", "empty", "--db", "empty.db"]).ok());
    let before = held(&folder, "empty.db");
    for (round, part) in [1, 100, text.len() / 3, text.len() - 30, text.len() - 1].into_iter().enumerate() {
        for db in ["new.db", "empty.db"] {
            let mut child = importing(&folder, db);
            let mut input = child.stdin.take().unwrap();
            input.write_all(&text.as_bytes()[..part]).unwrap();
            // What was sent is read and on its way before the end comes.
            let began = Instant::now();
            let building = folder.file(&format!("{db}.making-{}", child.id()));
            while part > 200 && !building.exists() && began.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_millis(20 * round as u64));
            kill(child);
            drop(input);
        }
        assert!(!folder.file("new.db").exists(), "round {round}");
        assert_eq!(held(&folder, "empty.db"), before, "round {round}");
    }
    let expected = usize::try_from(size(&export) + blobs(&export)).unwrap() + 4000 + 1;
    for db in ["new.db", "empty.db"] {
        assert!(run_with_input(&folder, &["import", "-", "--db", db], &text).ok(), "{db}");
        assert_eq!(held(&folder, db).lines().count(), expected);
    }
}

#[test]
fn an_export_that_is_killed_leaves_a_whole_file_or_none() {
    let (folder, export) = dorm();
    assert!(run_with_input(&folder, &["import", "-", "--db", "large.db"], &larger(&export, 3000)).ok());
    let began = Instant::now();
    let whole = held(&folder, "large.db");
    let lasts = began.elapsed();
    let file = folder.file("large.jsonl");
    for round in 0..8 {
        let mut command = folder.command();
        let command = command.args(["export", "large.jsonl", "--db", "large.db", "--force"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(lasts * round / 8);
        kill(child);
        if let Ok(text) = std::fs::read_to_string(&file) {
            assert_eq!(records(&text), whole, "round {round}");
        }
    }
}

#[test]
fn what_has_expired_stays_behind_by_the_clock_that_counts() {
    let folder = Folder::new();
    let clock = "2009-06-01T12:00:00Z";
    let server = folder.serve(&["--clock", clock]);
    let call = server.ready["call"].as_str().unwrap().to_owned();
    assert_eq!(common::post(&server.url(), "/restserver.php", call.split('\'').nth(1).unwrap()).0, 200);
    drop(server);
    let export = |flags: &[&str]| run(&folder, &[&["export", "-"], flags].concat()).out;
    let there = export(&["--clock", clock]);
    let tokens = |text: &str| text.matches(r#"{"object":{"kind":"session""#).count();
    assert_eq!((tokens(&there), tokens(&export(&[]))), (1, 0), "a token of 2009 lives in 2009");
    let import = |db: &str, flags: &[&str]| {
        run_with_input(&folder, &[&["import", "-", "--json", "--db", db], flags].concat(), &there).json()
    };
    assert_eq!(import("then.db", &["--clock", clock])["expired"], 0);
    // The token, and what people were notified of, which is kept for a week.
    let notices = there.matches(r#"{"assoc":{"kind":"notification""#).count();
    assert_eq!(import("now.db", &[])["expired"], notices + 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    let (folder, _) = dorm();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = folder.command();
    let ran = command.args(["export", "-"]).stdin(Stdio::null()).stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code() == Some(1) && told.contains("cannot write to standard output"), "{told}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_fills_up_leaves_nothing_behind() {
    let (folder, export) = dorm();
    std::fs::write(folder.file("large.jsonl"), larger(&export, 20_000)).unwrap();
    // Files may not grow beyond 2 MiB, and the program is told so instead of being ended: as on a full disk.
    let limited = |arguments: &str| {
        let script =
            format!("trap '' XFSZ; ulimit -f 2048; exec {} {arguments}", quoted(env!("CARGO_BIN_EXE_reconnect")));
        Command::new("bash").args(["-c", &script]).current_dir(folder.file(".")).stdin(Stdio::null()).output().unwrap()
    };
    let ran = limited("import large.jsonl --db there.db");
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code() == Some(1) && told.contains("there.db") | told.contains("large.jsonl"), "{told}");
    assert_eq!(files(&folder), ["large.jsonl", "reconnect.db"], "{told}");
    assert!(run(&folder, &["import", "large.jsonl", "--db", "there.db"]).ok());
    let ran = limited("export there.jsonl --db there.db");
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.code() == Some(1) && told.contains("cannot write there.jsonl"), "{told}");
    assert!(!Path::new(&folder.file("there.jsonl")).exists());
}

fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', "'\\''"))
}

#[test]
fn homes_are_not_mixed_up() {
    let (folder, _) = dorm();
    let cases: [(&[&str], &str); 5] = [
        (&["app", "list", "--table", "t", "--db", "reconnect.db"], "name two homes"),
        (&["app", "list", "--endpoint", "http://127.0.0.1:1"], "name the table, too"),
        (&["serve", "--table", "t"], "from a file, not from a table"),
        (&["--endpoint", "http://127.0.0.1:1"], "from a file, not from a table"),
        (&["table", "create"], "name the table with --table NAME"),
    ];
    for (args, told) in cases {
        let refused = run(&folder, args);
        assert!(refused.code == 2 && refused.err.contains(told), "{args:?} {refused:?}");
    }
}

#[test]
#[cfg(not(feature = "dynamodb"))]
fn a_build_without_tables_says_so_and_does_not_work_on_the_file_instead() {
    let (folder, export) = dorm();
    for args in [&["app", "list", "--table", "t"][..], &["user", "remove", "ada@dorm.example", "--table", "t"]] {
        let refused = run(&folder, args);
        assert!(refused.code == 2 && refused.err.contains("--features dynamodb"), "{args:?} {refused:?}");
    }
    let mut command = folder.command();
    let ran = command.args(["app", "list"]).env("RECONNECT_TABLE", "t").stdin(Stdio::null()).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert_eq!(held(&folder, "reconnect.db"), records(&export));
    assert!(!run(&folder, &["--help"]).out.contains("--table"), "what this build cannot do is not offered");
}
