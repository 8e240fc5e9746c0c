//! `cargo xtask test`: set up, then everything that must hold before a change lands.

use crate::{Result, generate, run as shell, setup};

pub(crate) fn run_all() -> Result {
    shell("cargo", &["fmt", "--all", "--", "--check"])?;
    shell("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    // Advisories need a database that is fetched anew each time; a release is checked against it by hand.
    shell("cargo", &["deny", "check", "bans", "licenses", "sources"])?;
    generate::run(true)?;
    // The end-to-end tests start the binary; it is built first, so that no test waits long for a build.
    shell("cargo", &["build", "--package", "reconnect", "--locked"])?;
    shell("cargo", &["test", "--workspace", "--locked", "--no-fail-fast"])
}

pub(crate) fn run(yes: bool) -> Result {
    setup::run(yes)?;
    run_all()
}
