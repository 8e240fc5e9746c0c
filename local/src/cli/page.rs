//! The flags of `page`.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Subcommand};

/// What can be done with pages, which have fans. A page is named by id or username.
#[derive(Debug, Subcommand)]
pub(crate) enum PageVerb {
    /// Make a page
    Create {
        /// What it is called
        #[arg(long, env = "RECONNECT_NAME")]
        name: String,
        /// What it is: Musician, Restaurant, Film and so on
        #[arg(long = "type", env = "RECONNECT_TYPE", value_name = "TYPE")]
        kind: String,
        /// Its name in addresses
        #[arg(long, env = "RECONNECT_USERNAME")]
        username: Option<String>,
        /// Its id [default: drawn]
        #[arg(long, env = "RECONNECT_ID", value_name = "N")]
        id: Option<u64>,
    },
    /// Show one page, and how many fans it has
    Show {
        /// Id or username
        page: String,
    },
    /// Make somebody a fan of a page
    Fan {
        /// Id or username
        page: String,
        /// E-mail address or uid
        user: String,
        /// Let them be a fan no more
        #[arg(long, env = "RECONNECT_REMOVE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
        remove: bool,
    },
    /// Let somebody administer a page
    Admin {
        /// Id or username
        page: String,
        /// E-mail address or uid
        user: String,
        /// Let them administer it no more
        #[arg(long, env = "RECONNECT_REMOVE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
        remove: bool,
    },
    /// Let somebody whom a page has blocked become a fan again
    Unblock {
        /// Id or username
        page: String,
        /// E-mail address or uid
        user: String,
    },
    /// Add an application to a page
    App {
        /// Id or username
        page: String,
        /// API key, id or name
        app: String,
        /// Take it from the page
        #[arg(long, env = "RECONNECT_REMOVE", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
        remove: bool,
    },
}
