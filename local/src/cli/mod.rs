//! The command line: every verb and flag, each flag with its environment variable.

mod app;
mod moving;
mod page;
mod serve;
mod user;

pub(crate) use app::{AppFlags, AppVerb};
pub(crate) use moving::{ExportFlags, ImportFlags, TableVerb, is_dash};
pub(crate) use page::PageVerb;
pub(crate) use serve::{ServeFlags, Tls};
pub(crate) use user::UserVerb;

use crate::fail::{Outcome, usage};
use crate::home::Place;
use crate::table::Table;
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
    /// Work on this DynamoDB table instead of a file; region and keys come from AWS_REGION, AWS_ACCESS_KEY_ID,
    /// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
    #[arg(long, global = true, env = "RECONNECT_TABLE", value_name = "NAME", hide = !cfg!(feature = "dynamodb"))]
    table: Option<String>,
    /// Where the table is [default: DynamoDB in that region]; for stand-ins on this machine
    #[arg(long, global = true, env = "RECONNECT_ENDPOINT", value_name = "URL", hide = !cfg!(feature = "dynamodb"))]
    endpoint: Option<String>,
    /// The S3 bucket of what people upload, beside the table
    #[arg(long, global = true, env = "RECONNECT_BUCKET", value_name = "NAME", hide = !cfg!(feature = "dynamodb"))]
    bucket: Option<String>,
    /// Where the bucket is [default: S3 in the table's region]; for stand-ins on this machine
    #[arg(long, global = true, env = "RECONNECT_BUCKET_ENDPOINT", value_name = "URL", hide = !cfg!(feature = "dynamodb"))]
    bucket_endpoint: Option<String>,
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

/// The bucket that the command line names, if it does.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "dynamodb"), allow(dead_code, reason = "a build without tables refuses before it is read"))]
pub(crate) struct Bucket<'a> {
    /// Its name.
    pub(crate) name: Option<&'a str>,
    /// Where it is.
    pub(crate) endpoint: Option<&'a str>,
}

impl Common {
    /// The file to work on.
    pub(crate) fn db(&self) -> PathBuf {
        self.db.clone().unwrap_or_else(|| DEFAULT_DB.into())
    }

    /// Whether a file or a table was named.
    pub(crate) fn names_home(&self) -> bool {
        self.db.is_some() || self.table.is_some()
    }

    /// The home to work on: a table if one is named, else the file.
    pub(crate) fn place(&self) -> Outcome<Place> {
        match (&self.table, &self.endpoint, &self.db) {
            (None, None, _) => Ok(Place::File(self.db())),
            (None, Some(_), _) => Err(usage(
                "--endpoint (or RECONNECT_ENDPOINT) says where a table is: name the table, too, with --table NAME",
            )),
            (Some(_), _, Some(_)) => Err(usage(
                "--db (or RECONNECT_DB) and --table (or RECONNECT_TABLE) name two homes: leave one of them out",
            )),
            (Some(name), endpoint, None) => {
                let bucket = Bucket { name: self.bucket.as_deref(), endpoint: self.bucket_endpoint.as_deref() };
                Table::named(name, endpoint.as_deref(), bucket).map(Place::Table)
            }
        }
    }

    /// The table, for a verb that is about nothing else.
    pub(crate) fn table(&self) -> Outcome<Table> {
        match self.place()? {
            Place::Table(table) => Ok(table),
            Place::File(_) => Err(usage("name the table with --table NAME, and where it is with --endpoint URL")),
        }
    }

    /// Refuses a table where only a file will do, rather than to serve something else than what was named.
    pub(crate) fn refuse_table(&self) -> Outcome {
        if self.table.is_none() && self.endpoint.is_none() {
            return Ok(());
        }
        Err(usage(
            "the dev server serves from a file, not from a table: leave out --table and --endpoint, and unset RECONNECT_TABLE \
             and RECONNECT_ENDPOINT",
        ))
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
    /// People: create, list, show, befriend, unfriend, grant, password, remove
    #[command(subcommand)]
    User(UserVerb),
    /// Mail that applications have sent: list
    #[command(subcommand)]
    Mail(MailVerb),
    /// Pages, which have fans: create, show, fan, admin, unblock, app
    #[command(subcommand)]
    Page(PageVerb),
    /// Worlds: list, show, load, clear
    #[command(subcommand)]
    World(WorldVerb),
    /// Sign and make one call, and print the answer
    Call(CallFlags),
    /// Look whether all is well: exit code 0 if it is, 1 if not
    Check(CheckFlags),
    /// Write everything that the home holds to a file of readable lines
    ///
    /// One JSON document a line; see the first and the last. The file holds secrets, is made for its owner's eyes only, and
    /// appears when it is whole. What has expired is left out.
    ///
    /// While a server writes, every record is as it was at some moment of the export, but what belongs together (a person and
    /// the friendship that was just made) may be of two moments. Stop the server for a copy that is of one moment.
    Export(ExportFlags),
    /// Fill a new file, or an empty table, from an export
    ///
    /// All of it or nothing: a file appears when it is whole (what an import that was killed leaves beside its place,
    /// FILE.making-N, is never looked at and may be deleted), and a table serves nobody until it is whole. Sessions go on, for
    /// the server's key comes with them. A function that answered on the table before keeps the key that it found there: deploy
    /// the stack again after the import, if it has been called already.
    Import(ImportFlags),
    /// DynamoDB tables: create
    #[command(subcommand, hide = !cfg!(feature = "dynamodb"))]
    Table(TableVerb),
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

/// What can be done with mail.
#[derive(Debug, Subcommand)]
pub(crate) enum MailVerb {
    /// List the mails of an application, the last first
    List {
        /// API key, id or name
        app: String,
    },
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
    /// Put a world into the file, which is made if it is not there, or into the table
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
    /// Its secret, if the application is not in the home
    #[arg(long, env = "RECONNECT_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub(crate) secret: Option<String>,
    /// The person to call for, by e-mail address or uid; must have authorised the application
    #[arg(long = "as", env = "RECONNECT_AS", value_name = "USER")]
    pub(crate) viewer: Option<String>,
    /// The form of the answer
    #[arg(long, env = "RECONNECT_FORMAT", value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: CallFormat,
    /// The server to call [default: http://127.0.0.1:8080; none, but the home itself, if only --db or --table is given]
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
