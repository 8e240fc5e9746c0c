//! A process that is killed under load: what it had answered is there, and no batch is there by half.

use crate::support::{LIKE, PERSON, Place, VISITS, batch, file_of_second_process, open, runtime, second_process};
use reconnect_store::{Id, Range, Store, StoreExt};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const ROUNDS: u64 = 15;
const WRITERS: u64 = 16;

#[test]
fn what_was_answered_survives_a_kill() {
    if let Some(file) = file_of_second_process() {
        return write_until_killed(&file);
    }
    let place = Place::new();
    let mut answered = 0;
    for round in 0..ROUNDS {
        answered += killed_writer(&place.file, 30 + round * 23 % 170);
        check(&place.file, answered);
    }
    assert!(answered > ROUNDS, "the writer did write: {answered}");
}

/// Starts a writer and kills it when it has run for so long; how many commits it was answered. Ids go on from round to round,
/// for the list says how many there are.
fn killed_writer(file: &Path, millis: u64) -> u64 {
    let mut writer = second_process("kill::what_was_answered_survives_a_kill", file).spawn().unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
    lines.find(|line| line.ends_with("ready")).expect("the writer starts");
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(millis));
        writer.kill().unwrap();
        writer.wait().unwrap()
    });
    // The last line may be cut; what is not whole was not said.
    let answered = lines.filter(|line| line.starts_with("answered ") && line.ends_with('.')).count();
    killer.join().unwrap();
    answered as u64
}

/// Each batch adds an object, an entry of a counted list and 1 to a counter: as many of each, and no fewer than were answered.
fn check(file: &Path, answered: u64) {
    let store = open(file);
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
    runtime().block_on(async {
        let count = store.count(Id(0), &LIKE).await.unwrap();
        assert!(count >= answered, "{answered} were answered, {count} are there");
        assert_eq!(store.counter(Id(0), &VISITS, 0).await.unwrap(), count as i64);
        let entries = store.entries(Range::newest(Id(0), &LIKE, usize::MAX)).await.unwrap();
        assert_eq!(entries.len() as u64, count);
        for ids in entries.chunks(5000) {
            let ids: Vec<Id> = ids.iter().map(|entry| entry.to).collect();
            assert!(store.objects(&ids).await.unwrap().iter().all(Option::is_some));
        }
    });
}

/// The second process: writes from many tasks, and says each answer at once.
fn write_until_killed(file: &Path) {
    let store = Arc::new(open(file));
    runtime().block_on(async {
        let first = store.entries(Range::newest(Id(0), &LIKE, 1)).await.unwrap().first().map_or(1, |e| e.to.0 + 1);
        say("ready");
        let next = Arc::new(AtomicU64::new(first));
        for _ in 0..WRITERS {
            let (store, next) = (Arc::clone(&store), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let id = next.fetch_add(1, Ordering::SeqCst);
                    let whole = batch(|b| {
                        b.create(Id(id), &PERSON, vec![7; (id % 3000) as usize]).add(Id(0), &VISITS, 0, 1);
                        b.link(Id(0), &LIKE, Id(id), id as i64, Vec::new())
                    });
                    store.commit(whole).await.unwrap();
                    say(&format!("answered {id}."));
                }
            });
        }
        std::future::pending::<()>().await;
    });
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // One write for the whole line: what is read is what was said.
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}
