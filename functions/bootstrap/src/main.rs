//! The Lambda main: from the environment to a store, and from there to the method that `_HANDLER` names. This file only starts the
//! process.
//!
//! | module | what it holds |
//! |---|---|
//! | `config`, `environment` | the environment, every setting on one line |
//! | `role` | what a function serves: one method, all of them, the pages, or unfinished work |
//! | `place` | the store: a DynamoDB table, or a SQLite file |
//! | `function` | invocations; what happens while the store cannot be opened |
//! | `event` | the gateway's events to HTTP requests, and answers back |
//! | `logging` | the log, by the runtime's own settings |
//!
//! Nothing here can offer a face to log in by, or a page with secrets: those live in the dev server.

mod config;
mod environment;
mod event;
mod function;
mod logging;
mod place;
mod role;

fn main() -> std::process::ExitCode {
    logging::start();
    // One invocation at a time, on a fraction of a processor: a second thread would only cost start-up time.
    let started = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = match started {
        Ok(runtime) => runtime.block_on(function::run()),
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(target: "reconnect", %error, "the runtime cannot be reached");
            std::process::ExitCode::FAILURE
        }
    }
}
