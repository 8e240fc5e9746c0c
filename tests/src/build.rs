//! The programs under test, built from the sources as they are now. Cargo does nothing when they are fresh; `RECONNECT_TEST_PREBUILT`
//! says that they are, so that it need not be asked by every test program.

use crate::program::workspace;
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Names a dev server that is there already and is to be tested: a release build, an installed package.
const NAMED: &str = "RECONNECT_TEST_BINARY";
/// Set: what lies in `target/flavours` is taken as it is.
const PREBUILT: &str = "RECONNECT_TEST_PREBUILT";

/// Builds every one of them: what a run of many test programs does first.
pub fn all() {
    dev_server();
    dev_server_with_tables();
    bootstrap();
    bootstrap_on_sqlite();
}

/// The dev server: the one that is named, else a fresh one.
pub fn dev_server() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| match std::env::var_os(NAMED) {
        Some(named) => named.into(),
        None => flavour("reconnect", "dev", &["--package", "reconnect"]),
    })
}

/// The same program with the verbs that reach a DynamoDB table.
pub fn dev_server_with_tables() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| flavour("reconnect", "dynamodb", &["--package", "reconnect", "--features", "dynamodb"]))
}

/// The Lambda main on a DynamoDB table.
pub fn bootstrap() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| flavour("bootstrap", "dynamodb", &["--package", "reconnect-bootstrap"]))
}

/// The Lambda main on a SQLite file.
pub fn bootstrap_on_sqlite() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let args = ["--package", "reconnect-bootstrap", "--no-default-features", "--features", "sqlite"];
    BUILT.get_or_init(|| flavour("bootstrap", "sqlite", &args))
}

/// A program built with features of its own. Cargo puts every flavour of a program at the same place, so it is copied to one where
/// the next flavour does not overwrite it. Other test programs wait meanwhile.
fn flavour(program: &str, name: &str, args: &[&str]) -> PathBuf {
    let place = workspace().join("target/flavours").join(name).join(profile());
    let kept = place.join(program);
    if std::env::var_os(PREBUILT).is_some() {
        assert!(kept.is_file(), "{} is missing; without {PREBUILT} it is built", kept.display());
        return kept;
    }
    fs::create_dir_all(&place).unwrap();
    let turn = File::create(workspace().join("target/flavours/.lock")).unwrap();
    turn.lock().unwrap();
    let built = cargo_build(args);
    if !is_copy(&kept, &built) {
        // Renamed into its place: one that runs from there goes on with what it is.
        let new = kept.with_extension("new");
        fs::copy(&built, &new).unwrap();
        fs::rename(&new, &kept).unwrap();
    }
    kept
}

/// Whether a file was copied from another one as that one is now.
fn is_copy(copy: &Path, of: &Path) -> bool {
    let (Ok(copy), Ok(of)) = (fs::metadata(copy), fs::metadata(of)) else { return false };
    copy.len() == of.len() && copy.modified().unwrap() >= of.modified().unwrap()
}

fn profile() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

/// Builds a program; where it lies.
fn cargo_build(args: &[&str]) -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--message-format", "json-render-diagnostics"]).args(args);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let out = build.current_dir(workspace()).stderr(Stdio::inherit()).output().expect("cargo can be run");
    assert!(out.status.success(), "this does not build: {}", args.join(" "));
    let text = String::from_utf8(out.stdout).unwrap();
    let mut executables = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().expect("cargo says where the program lies")
}
