//! The command line: every verb and flag, each flag with its environment variable.

mod app;
mod serve;
mod user;

pub(crate) use app::{AppFlags, AppVerb};
pub(crate) use serve::{ServeFlags, Tls};
pub(crate) use user::UserVerb;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The file that is used where none is named.
const DEFAULT_DB: &str = "reconnect.db";
/// The server that is asked where none is named.
pub(crate) const DEFAULT_SERVER: &str = "http://127.0.0.1:8080";

/// Brings the retired Legacy REST API of Facebook back, offline: one binary, one SQLite file.
///
/// Without a verb it serves http://127.0.0.1:8080 from reconnect.db in this folder, and makes that file, with a small demo world, if
/// it is not there. All other verbs work on the file, also while a server runs on it.
#[derive(Debug, Parser)]
#[command(name = "reconnect", version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// What every verb takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The file that everything lives in [default: reconnect.db]
    #[arg(long, global = true, env = "RECONNECT_DB", value_name = "FILE")]
    db: Option<PathBuf>,
    /// Print JSON, for scripts
    #[arg(long, global = true, env = "RECONNECT_JSON", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub(crate) json: bool,
    /// What is logged to standard error: error, warn, info, debug, or a filter such as reconnect::call=info [default: info for
    /// serve, else warn]
    #[arg(long, global = true, env = "RECONNECT_LOG", value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// How a line of the log looks
    #[arg(long, global = true, env = "RECONNECT_LOG_FORMAT", value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) log_format: LogFormat,
}

impl Common {
    /// The file to work on.
    pub(crate) fn db(&self) -> PathBuf {
        self.db.clone().unwrap_or_else(|| DEFAULT_DB.into())
    }

    /// Whether the file was named.
    pub(crate) fn names_db(&self) -> bool {
        self.db.is_some()
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document a line
    Json,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve the API and its pages (what happens without a verb, too)
    Serve(Box<ServeFlags>),
    /// Print the lines for /etc/hosts that lead old programs here
    Hosts(HostsFlags),
    /// Applications: create, list, show, edit, remove
    #[command(subcommand)]
    App(Box<AppVerb>),
    /// People: create, list, show, befriend, grant, password, remove
    #[command(subcommand)]
    User(UserVerb),
    /// Worlds: list, show, load, clear
    #[command(subcommand)]
    World(WorldVerb),
    /// Sign and make one call, and print the answer
    Call(CallFlags),
    /// Look whether all is well: exit code 0 if it is, 1 if not
    Check(CheckFlags),
    /// Print completions for a shell
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

impl Default for Verb {
    fn default() -> Verb {
        // Environment variables count without the word `serve`, too: the flags are read from an empty command line.
        Verb::Serve(Box::new(ServeFlags::from_environment()))
    }
}

/// Flags of `hosts`.
#[derive(Debug, Args)]
pub(crate) struct HostsFlags {
    /// The address that the names shall lead to
    #[arg(long, env = "RECONNECT_ADDRESS", default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub(crate) address: std::net::IpAddr,
}

/// What can be done with worlds.
#[derive(Debug, Subcommand)]
pub(crate) enum WorldVerb {
    /// The worlds that come with the program
    List,
    /// Print a world: a text to start your own from
    Show {
        /// A name or a file
        #[arg(value_name = "NAME|FILE")]
        world: String,
    },
    /// Put a world into the file, which is made if it is not there
    Load {
        /// A name or a file
        #[arg(value_name = "NAME|FILE")]
        world: String,
    },
    /// Remove all demo people and demo applications, so that the file may serve others than this machine
    Clear,
}

/// Flags of `call`.
#[derive(Debug, Args)]
pub(crate) struct CallFlags {
    /// The method, for example users.getLoggedInUser
    pub(crate) method: String,
    /// The arguments
    #[arg(value_name = "KEY=VALUE")]
    pub(crate) arguments: Vec<String>,
    /// The calling application: its API key, id or name [default: the first one]
    #[arg(long, env = "RECONNECT_APP", value_name = "KEY")]
    pub(crate) app: Option<String>,
    /// Its secret, if the application is not in the file
    #[arg(long, env = "RECONNECT_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub(crate) secret: Option<String>,
    /// The person to call for, by e-mail address or uid; must have authorised the application
    #[arg(long = "as", env = "RECONNECT_AS", value_name = "USER")]
    pub(crate) viewer: Option<String>,
    /// The form of the answer
    #[arg(long, env = "RECONNECT_FORMAT", value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: CallFormat,
    /// The server to call [default: http://127.0.0.1:8080; none, but the file itself, if only --db is given]
    #[arg(long, env = "RECONNECT_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CallFormat {
    /// XML
    Xml,
    /// JSON
    #[default]
    Json,
}

/// Flags of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckFlags {
    /// Ask this server, too, whether it is ready
    #[arg(long, env = "RECONNECT_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_is_an_environment_variable_too() {
        fn look(command: &clap::Command, path: &str) {
            for arg in command.get_arguments().filter(|arg| arg.get_long().is_some()) {
                let name = arg.get_id().as_str();
                if !matches!(name, "help" | "version") {
                    let variable = arg.get_env().and_then(|v| v.to_str()).unwrap_or_default();
                    assert!(variable.starts_with("RECONNECT_"), "{path} --{name} has no variable");
                }
            }
            for sub in command.get_subcommands() {
                look(sub, &format!("{path} {}", sub.get_name()));
            }
        }
        look(&Cli::command(), "reconnect");
    }

    #[test]
    fn no_verb_means_serve() {
        let cli = Cli::try_parse_from(["reconnect"]).unwrap();
        assert!(matches!(cli.verb.unwrap_or_default(), Verb::Serve(_)));
    }
}
