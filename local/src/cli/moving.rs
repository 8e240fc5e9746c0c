//! The flags of `export` and `import`, and what can be done with tables.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Subcommand};
use reconnect_functions::settings;
use reconnect_store::Time;
use std::path::{Path, PathBuf};

/// Flags of `export`.
#[derive(Debug, Args)]
pub(crate) struct ExportFlags {
    /// The file to write, or `-` for standard output
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
    /// Overwrite the file if it is there
    #[arg(long, env = "RECONNECT_FORCE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
    pub(crate) force: bool,
    /// The time by which things have expired, if the home lives in another year: RFC 3339 or seconds since 1970 [default: now]
    #[arg(long, env = "RECONNECT_CLOCK", value_name = "TIME", value_parser = settings::time)]
    pub(crate) clock: Option<Time>,
}

/// Flags of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportFlags {
    /// The file to read, or `-` for standard input
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
    /// The time by which things have expired, if the home lives in another year: RFC 3339 or seconds since 1970 [default: now]
    #[arg(long, env = "RECONNECT_CLOCK", value_name = "TIME", value_parser = settings::time)]
    pub(crate) clock: Option<Time>,
}

/// Whether a file stands for standard input or output.
pub(crate) fn is_dash(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// What can be done with tables.
#[derive(Debug, Subcommand)]
pub(crate) enum TableVerb {
    /// Make the table, empty, in a stand-in for DynamoDB; in an account of AWS the stack's template makes it
    Create,
}
