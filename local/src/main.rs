//! `reconnect`: the offline dev server and the verbs that work on its file. This file only starts and ends the process.

mod cli;
mod fail;
mod home;
mod logging;
mod output;
mod serve;
mod verbs;
mod world;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(cli: cli::Cli) -> fail::Outcome {
    let verb = cli.verb.unwrap_or_default();
    logging::start(&cli.common, matches!(verb, cli::Verb::Serve(_)))?;
    match verb {
        cli::Verb::Serve(flags) => serve::run(&cli.common, *flags),
        verb => verbs::run(&cli.common, verb),
    }
}
