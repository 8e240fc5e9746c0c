//! How SQLite was built: the flags in `.cargo/config.toml` have to reach it.

use reconnect_store::SystemClock;
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

fn compile_options() -> Vec<String> {
    SqliteStore::in_memory(Arc::new(SystemClock)).unwrap().compile_options().unwrap()
}

#[test]
fn connections_do_not_share_one_page_cache_lock() {
    let options = compile_options();
    assert!(!options.iter().any(|option| option.starts_with("ENABLE_MEMORY_MANAGEMENT")), "{options:?}");
    assert!(options.contains(&"DEFAULT_MEMSTATUS=0".to_owned()), "{options:?}");
}

#[test]
fn a_file_of_any_size_can_be_mapped() {
    let options = compile_options();
    let most = options.iter().find_map(|option| option.strip_prefix("MAX_MMAP_SIZE=")).unwrap();
    assert!(most.parse::<u64>().unwrap() >= 1 << 40, "{most}");
}

#[test]
fn a_commit_is_an_fdatasync() {
    // No compile option tells; what can be held is that the flag stands where the C compiler reads it.
    let flags = option_env!("LIBSQLITE3_FLAGS").unwrap_or_default();
    assert!(flags.contains("-DHAVE_FDATASYNC=1"), "{flags}");
}

#[test]
fn connections_may_be_used_by_any_thread() {
    assert!(compile_options().contains(&"THREADSAFE=1".to_owned()));
}
