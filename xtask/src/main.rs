//! Chores of the project: `cargo xtask setup | test | generate | artifact | bench`.

mod artifact;
mod generate;
mod homes;
mod sam;
mod setup;
mod test;

use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the project")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need: system packages (listed and asked for first), npm packages, cargo-deny, stand-ins for the cloud.
    Setup {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Set up, then check and test everything, over every home.
    Test {
        /// Do not ask before system packages are installed.
        #[arg(long)]
        yes: bool,
        /// Nothing but the scenarios, over this home.
        #[arg(long, value_parser = homes::HOMES)]
        home: Option<String>,
    },
    /// Write METHODS.md, template.yaml and events/ from the methods' declarations.
    Generate {
        /// Write nothing; fail when a generated file is stale.
        #[arg(long)]
        check: bool,
    },
    /// Build the program of the Lambda functions into a folder: what `sam build` calls, by the Makefile.
    Artifact {
        /// The folder.
        folder: PathBuf,
        /// Where it is kept for the next folder: what lies there is taken and not built again.
        #[arg(long)]
        keep: Option<PathBuf>,
        /// For which store: `dynamodb`; or `sqlite`, which brings the demo world with it.
        #[arg(long, env = "RECONNECT_STORE", value_enum, default_value = "dynamodb")]
        store: artifact::Store,
        /// For which processor; this machine's, if none is named.
        #[arg(long, env = "RECONNECT_ARCH", value_enum)]
        arch: Option<artifact::Arch>,
    },
    /// Run the benchmarks: ratios, taken side by side in one run.
    Bench {
        /// Handed on to the benchmark.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

/// What a chore answers: the error is for the person who ran it.
type Result<T = ()> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Setup { yes } => setup::run(yes),
        Chore::Test { yes: _, home: Some(home) } => test::scenarios(&home),
        Chore::Test { yes, home: None } => test::run(yes),
        Chore::Generate { check } => generate::run(check),
        Chore::Artifact { folder, keep, store, arch } => artifact::run(&folder, keep.as_deref(), store, arch),
        Chore::Bench { args } => {
            let mut all = vec!["run", "--release", "--package", "reconnect-benches", "--"];
            all.extend(args.iter().map(String::as_str));
            run("cargo", &all)
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Runs a program in the workspace's folder, its output passed through.
fn run(program: &str, args: &[&str]) -> Result {
    eprintln!("\n$ {program} {}", args.join(" "));
    let status = Command::new(program)
        .args(args)
        .current_dir(root())
        .status()
        .map_err(|e| format!("{program} could not be started: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {} failed ({status})", args.join(" "))) }
}

/// Whether a program can be run, judged by `PROGRAM ARG` ending well.
fn works(program: &str, arg: &str) -> bool {
    Command::new(program).args(arg.split(' ')).current_dir(root()).output().is_ok_and(|out| out.status.success())
}
