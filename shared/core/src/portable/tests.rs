//! What goes out comes in again, byte for byte; what is wrong with a file is told by its line.

use super::*;
use crate::kinds;
use reconnect_store::{Batch, Blobs, Id, ManualClock, MemoryBlobs, Time};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::sync::Arc;

const NOW: Time = Time::from_secs(1_300_000_000);
const HEAD: &str =
    r#"{"head":{"format":"reconnect-export","version":1,"written":"2011-03-13T07:06:40Z","program":"test"}}"#;

fn store() -> Arc<dyn Store> {
    Arc::new(SqliteStore::in_memory(Arc::new(ManualClock::new(NOW))).unwrap())
}

async fn exported(store: &Arc<dyn Store>) -> String {
    let mut text = Vec::new();
    export(&**store, &MemoryBlobs::new(), "2011-03-13T07:06:40Z", "test", &mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

async fn imported(text: &str, store: &Arc<dyn Store>) -> Result<Imported, Problem> {
    import(Lines::open(text.as_bytes(), NOW)?, &**store, &MemoryBlobs::new()).await
}

/// A file of these lines between the first and the last.
fn file(records: &[&str]) -> String {
    format!(
        "{HEAD}\n{}{{\"end\":{{\"records\":{}}}}}\n",
        records.iter().map(|line| format!("{line}\n")).collect::<String>(),
        records.len()
    )
}

/// What an import of these lines is refused with.
async fn refused(text: &str) -> String {
    imported(text, &store()).await.unwrap_err().to_string()
}

/// Data of every sort that a line might break.
fn data() -> Vec<Vec<u8>> {
    let json: [&[u8]; 6] = [
        b"",
        br#"{"name":"\u00e9","n":1.50,"n":2}"#,
        b"null",
        br#"{ "b" : [ ] }"#,
        "\"\u{2028}é\"".as_bytes(),
        b"1e400",
    ];
    let other: [&[u8]; 6] = [b" {}", b"{}\n", b"{\n}", b"{", &[0, 255, 10], b"\"\xff\""];
    json.into_iter().chain(other).map(<[u8]>::to_vec).collect()
}

#[tokio::test]
async fn everything_travels_byte_for_byte_and_counts_follow() {
    let (one, other) = (store(), store());
    let end = NOW.plus_secs(60);
    for (n, data) in (1..).zip(data()) {
        let mut batch = Batch::new();
        batch.create(Id(n), kinds::SESSION, data.clone()).expiring(end);
        batch.link(Id(1), kinds::FRIEND, Id(n), -5, data.clone());
        batch.link(Id(n), kinds::LOGIN, Id(n), i64::MAX, data.clone()).expiring(Time(end.0 + 1));
        batch.claim(kinds::EMAIL, format!("a\0\"\\\n{n}:ä"), Id(n)).expiring(end);
        batch.set(Id(n), kinds::CODE_TRIES, u64::MAX - n, i64::MIN);
        one.commit(batch).await.unwrap();
    }
    let text = exported(&one).await;
    assert_eq!(text.lines().count(), 2 + 5 * data().len());
    assert!(text.contains(r#""data":{ "b" : [ ] }"#) && text.contains(r#""data":null"#), "{text}");
    assert!(text.contains(r#""base64":"AP8K""#) && !text.contains(r#""data":{}"#), "{text}");
    let came = imported(&text, &other).await.unwrap();
    assert_eq!((came.records, came.expired), (5 * data().len() as u64, 0));
    assert_eq!(exported(&other).await, text);
    assert_eq!(other.count(Id(1), kinds::FRIEND).await.unwrap(), data().len() as u64);
}

#[tokio::test]
async fn more_than_a_batch_holds_is_imported_too() {
    let (one, other) = (store(), store());
    for n in 1..=400 {
        let mut batch = Batch::new();
        batch.create(Id(n), kinds::PERSON, b"{}".to_vec());
        batch.link(Id(7), kinds::FRIEND, Id(n), 0, vec![b'x'; 60_000]);
        batch.link(Id(1000 + n), kinds::FRIEND, Id(n), 0, Vec::new());
        one.commit(batch).await.unwrap();
    }
    let text = exported(&one).await;
    imported(&text, &other).await.unwrap();
    assert_eq!(exported(&other).await, text);
    assert_eq!(other.count(Id(7), kinds::FRIEND).await.unwrap(), 400);
}

#[tokio::test]
async fn a_store_that_fills_up_ends_the_import() {
    let lines: Vec<String> = (1..=3000)
        .map(|n| format!(r#"{{"object":{{"kind":"person","id":{n},"data":"{}"}}}}"#, "x".repeat(500)))
        .collect();
    let text = file(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let options = Options { max_bytes: Some(200_000), ..Options::default() };
    let store = SqliteStore::in_memory_with(Arc::new(ManualClock::new(NOW)), &options).unwrap();
    let ended = import(Lines::open(text.as_bytes(), NOW).unwrap(), &store, &MemoryBlobs::new()).await;
    assert!(matches!(ended, Err(Problem::Commit(CommitError::Full(_)))), "{ended:?}");
}

#[tokio::test]
async fn what_expired_since_the_export_is_left_out() {
    let store = store();
    let text = file(&[
        r#"{"unique":{"space":"code","text":"a","id":5,"expires":1300000000000}}"#,
        r#"{"unique":{"space":"code","text":"b","id":5,"expires":1300000000001}}"#,
    ]);
    assert_eq!(imported(&text, &store).await.unwrap(), Imported { records: 1, expired: 1, files: 0 });
    assert_eq!(store.unique(kinds::CODE, "b").await.unwrap(), Some(Id(5)));
}

#[tokio::test]
async fn a_line_that_is_wrong_is_told_by_its_number() {
    let cases = [
        ("", "line 2: EOF while parsing"),
        ("friends!", "line 2: expected value (column 1)"),
        (r#"{"object":{"id":5}}"#, "line 2: missing field `kind`"),
        (r#"{"object":{"kind":"person","id":-5}}"#, "line 2: invalid value"),
        (r#"{"object":{"kind":"person","id":5,"name":"x"}}"#, "line 2: unknown field `name`"),
        (r#"{"object":{"kind":"person","id":281474976710656}}"#, "line 2: the id 281474976710656 is greater than"),
        (r#"{"object":{"kind":"planet","id":5}}"#, "line 2: there is no kind of object called `planet`"),
        (r#"{"object":{"kind":"person","id":5,"base64":"?"}}"#, "line 2: `base64` cannot be read"),
        (r#"{"object":{"kind":"person","id":5,"base64":"","data":1}}"#, "leave one out"),
        (r#"{"planet":{"id":5}}"#, "line 2: unknown variant `planet`"),
        (HEAD, "line 2: this line is no record"),
        (
            r#"{"assoc":{"kind":"friend","from":1,"to":2,"time":0,"expires":1300000000001}}"#,
            "line 2: the list friend is counted",
        ),
    ];
    for (line, told) in cases {
        let problem = refused(&file(&[line])).await;
        assert!(problem.contains(told), "{line}: {problem}");
    }
}

#[tokio::test]
async fn a_record_that_stands_twice_is_told_by_its_line() {
    let ann = r#"{"unique":{"space":"email","text":"ann@x","id":5}}"#;
    assert!(refused(&file(&[ann, ann])).await.starts_with("line 3: "), "in one batch");
    let friends: Vec<String> =
        (1..=300).map(|n| format!(r#"{{"assoc":{{"kind":"friend","from":1,"to":{n},"time":0}}}}"#)).collect();
    let mut records: Vec<&str> = friends.iter().map(String::as_str).collect();
    records.push(&friends[4]);
    assert!(refused(&file(&records)).await.starts_with("line 302: "), "in two batches");
}

#[tokio::test]
async fn a_file_that_is_not_whole_is_refused_wherever_it_was_cut() {
    let record = r#"{"unique":{"space":"email","text":"ann@x","id":5}}"#;
    let whole = file(&[record, &record.replace("ann", "bob")]);
    for length in 0..whole.len() - 2 {
        let problem = refused(&whole[..length]).await;
        assert!(
            problem.contains("cut") || problem.contains("no export") || problem.contains("nothing in it"),
            "{length}: {problem}"
        );
    }
    assert!(imported(whole.trim_end(), &store()).await.is_ok(), "only the last line's end is missing");
    let missing = whole.replacen(record, "", 1).replacen("\n\n", "\n", 1);
    assert!(refused(&missing).await.contains("written with 2 records and holds 1"));
    assert!(refused(&format!("{whole}{whole}")).await.contains("line 5: something stands behind the last line"));
}

#[tokio::test]
async fn a_foreign_file_is_refused_before_anything_is_read_of_it() {
    for foreign in ["a,b,c\n1,2,3\n", "{\"object\":{}}\n", "\u{0}\u{1}", &HEAD.replace("reconnect-", "other-")] {
        assert!(refused(foreign).await.contains("no export"), "{foreign:?}");
    }
    let newer = HEAD.replace("\"version\":1", "\"version\":2");
    assert!(refused(&newer).await.contains("written by test in version 2"));
    let endless = "x".repeat(3 << 20);
    assert!(refused(&endless).await.contains("longer than"));
}

#[test]
fn what_a_demo_world_publishes_is_refused_where_it_must_not_go() {
    let demo = [
        (r#"{"object":{"kind":"person","id":5,"data":{"demo":true}}}"#, true),
        (r#"{"object":{"kind":"application","id":6,"data":{"name":"x","demo":true}}}"#, true),
        (r#"{"object":{"kind":"person","id":7,"data":{"demo":false}}}"#, false),
        (r#"{"object":{"kind":"session","id":8,"data":{"demo":true}}}"#, false),
    ];
    for (line, is) in demo {
        let text = file(&[line]);
        let lines = || Lines::open(text.as_bytes(), NOW).unwrap();
        lines().read_through().unwrap();
        let judged = lines().without_demo("it is public".to_owned()).read_through();
        assert_eq!(judged.err().map(|e| e.to_string()), is.then(|| "line 2: it is public".to_owned()), "{line}");
    }
}

/// Files of this length, by key.
async fn files(lengths: &[(&str, usize)]) -> MemoryBlobs {
    let blobs = MemoryBlobs::new();
    for (key, length) in lengths {
        let bytes: Vec<u8> = (0..*length).map(|n| (n % 251) as u8).collect();
        blobs.put(key, bytes.into()).await.unwrap();
    }
    blobs
}

#[tokio::test]
async fn files_travel_behind_the_records_in_parts_that_fit_a_line() {
    let part = super::PART as usize;
    let lengths = [
        ("a.bin", 0),
        ("photos/1.jpg", 10),
        ("photos/2.jpg", part),
        ("photos/3.jpg", part + 1),
        ("v.mp4", 3 * part - 1),
    ];
    let (one, other) = (files(&lengths).await, MemoryBlobs::new());
    let mut text = Vec::new();
    let written = export(&*store(), &one, "2011-03-13T07:06:40Z", "test", &mut text).await.unwrap();
    assert_eq!(written, Exported { records: 0, files: 5 });
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.lines().count(), 2 + 1 + 1 + 1 + 2 + 3);
    assert!(text.ends_with("{\"end\":{\"records\":0,\"files\":5}}\n"));
    let lines = Lines::open(text.as_bytes(), NOW).unwrap();
    assert_eq!(import(lines, &*store(), &other).await.unwrap(), Imported { files: 5, ..Imported::default() });
    for (key, _) in lengths {
        assert!(one.get(key, None).await.unwrap() == other.get(key, None).await.unwrap(), "{key}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_whole_or_not_in_its_place_is_told_by_its_line() {
    let part = |key: &str, size: u64, from: u64, base64: &str| {
        format!(r#"{{"blob":{{"key":"{key}","size":{size},"from":{from},"base64":"{base64}"}}}}"#)
    };
    let cases = [
        (vec![part("a.jpg", 6, 0, "AAAA")], 1, "line 3: the rest of a.jpg is missing"),
        (vec![part("a.jpg", 6, 0, "AAAA"), part("b.jpg", 3, 0, "AAAA")], 2, "line 3: the rest of a.jpg is missing"),
        (vec![part("a.jpg", 6, 3, "AAAA")], 1, "line 2: this is not the part of a.jpg"),
        (vec![part("a.jpg", 2, 0, "AAAA")], 1, "line 2: this is not the part of a.jpg"),
        (vec![part("a.jpg", 6, 0, "")], 1, "line 2: this is not the part of a.jpg"),
        (vec![part("a.jpg", 3, 0, "?")], 1, "line 2: `base64` cannot be read"),
        (vec![part("../a.jpg", 3, 0, "AAAA")], 1, "line 2: the files refuse this call"),
        (vec![part("a.html", 3, 0, "AAAA")], 1, "line 2: the files refuse this call"),
        (vec![part("a.jpg", 3, 0, "AAAA"), part("a.jpg", 3, 0, "AAAA")], 2, "line 3: a.jpg stands in another line"),
        (vec![part("a.jpg", 3, 0, "AAAA")], 2, "line 3: it was written with 2 files and holds 1"),
        (vec![part("a.jpg", 1 << 40, 0, "AAAA")], 1, "line 2: this is not the part of a.jpg"),
    ];
    for (lines, files, told) in cases {
        let text = format!("{HEAD}\n{}\n{{\"end\":{{\"records\":0,\"files\":{files}}}}}\n", lines.join("\n"));
        let problem = refused(&text).await;
        assert!(problem.starts_with(told), "{told:?}: {problem}");
    }
}
