//! The walls between the crates, held over `cargo metadata`: what may depend on what, and what every crate must inherit. And what else is seen
//! by looking at the sources.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use reconnect_tests::cloud::methods;
use reconnect_tests::program::workspace;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| MetadataCommand::new().current_dir(workspace()).no_deps().exec().expect("cargo metadata"))
}

fn package(name: &str) -> &'static Package {
    metadata().packages.iter().find(|p| p.name.as_str() == name).unwrap_or_else(|| panic!("no package {name}"))
}

/// Our own crates that a crate names as normal dependencies.
fn ours(name: &str) -> BTreeSet<&'static str> {
    let members: BTreeSet<&str> = metadata().packages.iter().map(|p| p.name.as_str()).collect();
    let normal = package(name).dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
    normal.map(|d| d.name.as_str()).filter(|d| members.contains(d)).collect()
}

/// The names of all crates in a crate's normal dependency tree, itself not counted, with its default features: what a build compiles.
fn tree(name: &str) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let out = Command::new(cargo)
        .args([
            "tree",
            "--package",
            name,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--target",
            "all",
        ])
        .current_dir(workspace())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    let all: BTreeSet<String> = text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(all.contains(name), "{all:?}");
    all.into_iter().filter(|crate_name| crate_name != name).collect()
}

fn holds_none_of(name: &str, forbidden: &[&str]) {
    let found: Vec<String> =
        tree(name).into_iter().filter(|dependency| forbidden.iter().any(|f| matches(f, dependency))).collect();
    assert!(found.is_empty(), "{name} must not depend on {found:?}");
}

/// `aws-*` stands for every name that begins so.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

const RUNTIMES: &[&str] = &["tokio", "tokio-*", "async-std", "smol", "async-io", "mio"];
const SERVERS: &[&str] = &["axum", "axum-*", "hyper", "hyper-*", "tower-http", "actix-*", "warp", "reqwest"];
const AWS: &[&str] = &["aws-*", "lambda_*", "rusoto_*"];
const DATABASES: &[&str] = &["rusqlite", "libsqlite3-sys", "sqlx", "sqlx-*", "reconnect-store-*"];

#[test]
fn wire_knows_no_runtime_no_server_no_cloud_and_no_store() {
    for forbidden in [RUNTIMES, SERVERS, AWS, DATABASES, &["reconnect-*"]] {
        holds_none_of("reconnect-wire", forbidden);
    }
}

#[test]
fn the_storage_trait_stands_alone_and_knows_no_method() {
    for forbidden in [SERVERS, AWS, DATABASES, &["reconnect-*"]] {
        holds_none_of("reconnect-store", forbidden);
    }
    let names = fs::read_to_string(workspace().join("functions/src/names.rs")).unwrap();
    let methods: Vec<&str> =
        names.split('"').filter(|n| n.contains('.') && n.chars().all(|c| c.is_alphanumeric() || c == '.')).collect();
    assert!(methods.len() > 100, "the list of methods was found: {methods:?}");
    let rooms = ["shared/store", "shared/store-sqlite", "shared/store-dynamodb"];
    for file in rooms.iter().flat_map(|room| rust_files(&workspace().join(room))) {
        let text = fs::read_to_string(&file).unwrap();
        let named: Vec<&&str> = methods.iter().filter(|method| text.contains(**method)).collect();
        assert!(named.is_empty(), "{} names {named:?}", file.display());
    }
}

#[test]
fn the_functions_know_no_backend() {
    for forbidden in [AWS, DATABASES] {
        holds_none_of("reconnect-functions", forbidden);
    }
}

#[test]
fn the_dev_server_compiles_no_cloud() {
    holds_none_of("reconnect", AWS);
    assert!(tree("reconnect").contains("rusqlite"), "the check can see dependencies");
}

#[test]
fn a_function_compiles_no_sqlite_unless_it_is_asked_for() {
    holds_none_of(
        "reconnect-bootstrap",
        &["rusqlite", "libsqlite3-sys", "reconnect-store-sqlite", "reconnect", "clap"],
    );
    assert!(tree("reconnect-bootstrap").contains("aws-sdk-dynamodb"), "the check can see dependencies");
}

#[test]
fn each_layer_sees_only_those_below_it() {
    const LAYERS: [&str; 7] = [
        "reconnect-wire",
        "reconnect-store",
        "reconnect-store-sqlite",
        "reconnect-store-dynamodb",
        "reconnect-core",
        "reconnect-functions",
        "reconnect",
    ];
    for (height, layer) in LAYERS.iter().enumerate() {
        let below: BTreeSet<&str> = LAYERS[..height].iter().copied().collect();
        let seen = ours(layer);
        assert!(seen.is_subset(&below), "{layer} sees {seen:?}, of which only {below:?} lie below it");
    }
    for backend in ["reconnect-store-sqlite", "reconnect-store-dynamodb"] {
        assert!(!ours("reconnect-core").contains(backend), "the graph is written above the trait, not above a backend");
    }
    assert_eq!(ours("reconnect-store-dynamodb"), BTreeSet::from(["reconnect-store"]), "backends know the trait alone");
    assert_eq!(ours("reconnect-store-sqlite"), BTreeSet::from(["reconnect-store"]), "backends know the trait alone");
    assert!(!ours("reconnect-store").contains("reconnect-wire"), "storage knows nothing of the protocol");
}

#[test]
fn the_tests_use_the_program_and_none_of_its_crates() {
    assert_eq!(ours("reconnect-tests"), BTreeSet::new());
}

#[test]
fn every_crate_inherits_the_lints_and_unsafe_code_is_forbidden() {
    let root = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    assert!(
        root.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\""),
        "unsafe code is forbidden in the workspace"
    );
    for package in &metadata().packages {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        let mut lines = manifest.lines();
        let inherits = lines.any(|line| line == "[lints]") && lines.next() == Some("workspace = true");
        assert!(inherits, "{} does not inherit the lints", package.manifest_path);
    }
}

#[test]
fn no_file_points_at_this_machine_or_at_the_reference_that_the_project_was_written_from() {
    let tracked = Command::new("git").args(["ls-files", "-z"]).current_dir(workspace()).output().unwrap();
    assert!(tracked.status.success(), "the files are listed by git");
    let files = String::from_utf8(tracked.stdout).unwrap();
    // Put together here, so that this file does not find itself.
    let mut forbidden = vec!["shared".to_owned() + "/spec"];
    let here = workspace().canonicalize().unwrap();
    if here.components().count() > 2 {
        forbidden.push(format!("{}/", here.display()));
    }
    for file in files.split('\0').filter(|file| !file.is_empty()) {
        let Ok(bytes) = fs::read(workspace().join(file)) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        for word in &forbidden {
            assert!(!text.contains(word.as_str()), "{file} mentions {word}");
        }
    }
}

#[test]
fn the_lock_file_of_the_client_libraries_names_no_host() {
    let lock = fs::read_to_string(workspace().join("tests/clients/package-lock.json")).unwrap();
    assert!(!lock.contains("://") && !lock.contains("\"resolved\""), "{lock}");
}

#[test]
fn every_method_is_shown_with_its_whole_answer_in_xml_and_in_json() {
    let folder = fs::read_dir(workspace().join("tests/tests/snapshots")).unwrap();
    let texts = folder.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let shown: BTreeSet<(String, &str)> = texts.filter_map(|text| shown(&text)).collect();
    // The ways in and out are shown by whole walks.
    for method in methods().iter().filter(|method| !method.starts_with("auth.") && *method != "batch.run") {
        for format in ["text/xml", "application/json"] {
            assert!(shown.contains(&(method.to_lowercase(), format)), "no snapshot shows {method} as {format}");
        }
    }
}

/// Of a snapshot of a request and its answer: the method, and the answer's type, unless it is an error.
fn shown(text: &str) -> Option<(String, &'static str)> {
    let method = text.split("method=").nth(1).or_else(|| text.split("name=\"method\"\n\n").nth(1))?;
    let method = method.split(['&', '\n']).next()?.to_lowercase();
    let of = |format: &&str| text.contains(&format!("\ncontent-type: {format}")) && !text.contains("error_code");
    let format = ["text/xml", "application/json"].into_iter().find(of)?;
    Some((method.trim_start_matches("facebook.").to_owned(), format))
}

#[test]
fn every_file_is_of_a_size_to_read_and_says_what_lives_there() {
    let roots = ["shared", "functions", "local", "tests", "benches", "xtask"];
    for file in roots.iter().flat_map(|root| rust_files(&workspace().join(root))) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.lines().count() <= 500, "{} has more than 500 lines: split it", file.display());
        assert!(text.starts_with("//"), "{} does not begin with what lives there", file.display());
    }
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" && name != "target" {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}
