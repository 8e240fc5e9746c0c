//! What these tests share: kinds, stores in a folder of their own, and this test program started a second time.

use reconnect_store::{
    AssocKind, Batch, Clock, Committed, Counted, CounterKind, Id, ObjectKind, Space, Store, SystemClock,
};
use reconnect_store_sqlite::{Options, SqliteStore};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) static PERSON: ObjectKind = ObjectKind { code: 1, name: "person" };
pub(crate) static LIKE: AssocKind = AssocKind { code: 2, name: "like", counted: Counted::Yes, ordered: true };
pub(crate) static NOTICE: AssocKind = AssocKind { code: 3, name: "notice", counted: Counted::No, ordered: true };
pub(crate) static NOTE: AssocKind = AssocKind { code: 4, name: "note", counted: Counted::No, ordered: false };
pub(crate) static VISITS: CounterKind = CounterKind { code: 1, name: "visits" };
pub(crate) static EMAIL: Space = Space { code: 1, name: "email" };

/// A folder that goes away with the test, and a file in it.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) file: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("graph.db");
        Place { folder, file }
    }

    pub(crate) fn open(&self) -> SqliteStore {
        open(&self.file)
    }

    pub(crate) fn open_with(&self, clock: Arc<dyn Clock>, options: Options) -> SqliteStore {
        SqliteStore::open(&self.file, clock, options).unwrap()
    }
}

pub(crate) fn open(file: &Path) -> SqliteStore {
    SqliteStore::open(file, Arc::new(SystemClock), Options::default()).unwrap()
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
}

pub(crate) fn batch(build: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    let mut batch = Batch::new();
    build(&mut batch);
    batch
}

/// Commits what must succeed.
pub(crate) async fn commit(store: &SqliteStore, build: impl FnOnce(&mut Batch) -> &mut Batch) -> Committed {
    store.commit(batch(build)).await.unwrap()
}

/// Creates a person.
pub(crate) async fn create(store: &SqliteStore, id: u64) {
    commit(store, |b| b.create(Id(id), &PERSON, id.to_string().into_bytes())).await;
}

/// Names the file to a second process of this test program.
const FILE: &str = "RECONNECT_TEST_FILE";

/// The file, if this is the second process.
pub(crate) fn file_of_second_process() -> Option<PathBuf> {
    std::env::var_os(FILE).map(PathBuf::from)
}

/// This test program once more, running one test on a file; what it prints can be read.
pub(crate) fn second_process(test: &str, file: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(FILE, file);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}
