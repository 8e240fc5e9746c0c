//! Programs to measure, built by cargo as they are released.

use crate::{Outcome, While};
use serde_json::Value;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A program of this workspace as people run it, brought up to date; where it lies.
pub(crate) fn release(program: &str, args: &[&str]) -> Outcome<PathBuf> {
    build(program, "release", args)
}

/// The same of a function's program, as it is deployed.
pub(crate) fn function(program: &str, args: &[&str]) -> Outcome<PathBuf> {
    build(program, "function", args)
}

fn build(program: &str, profile: &str, args: &[&str]) -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--profile", profile, "--message-format", "json-render-diagnostics"]);
    build.args(["--bin", program]);
    // As if no cargo had started us: nothing is built anew for that reason alone.
    for (name, _) in std::env::vars_os() {
        let ours = |prefix: &&str| name.to_string_lossy().starts_with(prefix);
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_"].iter().any(ours) {
            build.env_remove(name);
        }
    }
    let said = build.args(args).current_dir(workspace()).stderr(Stdio::inherit()).output();
    let said = said.while_doing("starting cargo")?;
    if !said.status.success() {
        return Err(format!("{program} cannot be built"));
    }
    let lines = String::from_utf8_lossy(&said.stdout).into_owned();
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    programs.next_back().ok_or_else(|| format!("cargo does not say where it put {program}"))
}

/// One of several programs of the same name, which cargo puts at one place: built, and copied to `to`. Whoever else builds another of
/// them waits meanwhile.
pub(crate) fn flavour(program: &str, args: &[&str], to: &Path) -> Outcome<PathBuf> {
    let flavours = workspace().join("target/flavours");
    std::fs::create_dir_all(&flavours).while_doing("making the folder for flavours of a program")?;
    let turn = File::create(flavours.join(".lock")).while_doing("opening the lock of the flavours")?;
    turn.lock().while_doing("waiting for a turn to build")?;
    let built = function(program, args)?;
    std::fs::copy(&built, to).while_doing("keeping a program that was built")?;
    Ok(to.to_owned())
}
