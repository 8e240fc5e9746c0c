//! The verbs beside `serve`: each opens the home, does one thing, says what it did.

mod app;
mod call;
mod check;
mod export;
mod find;
mod hosts;
mod import;
mod mail;
mod page;
mod password;
mod table;
mod user;
mod world;

pub(crate) use hosts::NAMES as HISTORIC_NAMES;

use crate::cli::{Cli, Common, Verb};
use crate::fail::{Outcome, failed};
use crate::home::Home;
use clap::CommandFactory;
use reconnect_core::intent::Intent;

/// Runs one.
pub(crate) fn run(common: &Common, verb: Verb) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(format!("the program cannot start: {error}")))?;
    runtime.block_on(async {
        match verb {
            Verb::Hosts(flags) => hosts::run(common, &flags),
            Verb::App(verb) => app::run(common, *verb).await,
            Verb::User(verb) => user::run(common, verb).await,
            Verb::Mail(verb) => mail::run(common, verb).await,
            Verb::Page(verb) => page::run(common, verb).await,
            Verb::World(verb) => world::run(common, verb).await,
            Verb::Call(flags) => call::run(common, flags).await,
            Verb::Check(flags) => check::run(common, flags).await,
            Verb::Export(flags) => export::run(common, flags).await,
            Verb::Import(flags) => import::run(common, flags).await,
            Verb::Table(verb) => table::run(common, verb).await,
            Verb::Completions { shell } => completions(shell),
            Verb::Serve(_) => Ok(()),
        }
    })
}

fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "reconnect", &mut text);
    crate::output::write(&String::from_utf8_lossy(&text))
}

/// Finishes what a verb began. A crash in between loses nothing: the server or the next process carries it on.
async fn finish(home: &Home, intent: Intent) {
    home.services.carry_out(intent).await;
}
