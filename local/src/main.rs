//! `reconnect`: the offline dev server, and the verbs that work on its file or on a table. This file only starts and ends the process.

mod cli;
mod fail;
mod files;
mod home;
mod logging;
mod output;
mod serve;
#[cfg_attr(not(feature = "dynamodb"), path = "no_table.rs")]
mod table;
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
        cli::Verb::Serve(flags) => {
            cli.common.refuse_table()?;
            serve::run(&cli.common, *flags)
        }
        verb => verbs::run(&cli.common, verb),
    }
}
