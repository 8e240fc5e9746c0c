//! `cargo xtask test`: set up, then everything that must hold before a change lands.

use crate::{Result, generate, homes, run as shell, sam, setup};

pub(crate) fn run_all() -> Result {
    shell("cargo", &["fmt", "--all", "--", "--check"])?;
    shell("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    // What the workspace's features do not reach.
    for variant in [
        &["--package", "reconnect", "--features", "dynamodb"][..],
        &["--package", "reconnect-bootstrap", "--no-default-features", "--features", "sqlite"],
    ] {
        let args = [&["clippy"], variant, &["--all-targets", "--locked", "--", "-D", "warnings"]].concat();
        shell("cargo", &args)?;
    }
    // Advisories need a database that is fetched anew each time; a release is checked against it by hand.
    shell("cargo", &["deny", "check", "bans", "licenses", "sources"])?;
    generate::run(true)?;
    sam::check()?;
    // The end-to-end tests start these; they are built first, so that no test waits long for a build.
    build_programs()?;
    shell("env", &[homes::PREBUILT, "cargo", "test", "--workspace", "--locked", "--no-fail-fast"])?;
    let sqlite = ["--package", "reconnect-bootstrap", "--no-default-features", "--features", "sqlite"];
    shell("cargo", &[&["test"], &sqlite[..], &["--locked"]].concat())?;
    homes::HOMES.iter().try_for_each(|home| homes::run(home))
}

/// The scenarios over one home in the cloud, and nothing else.
pub(crate) fn scenarios(home: &str) -> Result {
    build_programs()?;
    homes::run(home)
}

fn build_programs() -> Result {
    shell("cargo", &["run", "--package", "reconnect-tests", "--bin", "build-programs", "--locked"])
}

pub(crate) fn run(yes: bool) -> Result {
    setup::run(yes)?;
    run_all()
}
