//! The flags of `app`.

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Subcommand, ValueEnum};
use reconnect_core::model;

/// What can be done with applications.
#[derive(Debug, Subcommand)]
pub(crate) enum AppVerb {
    /// Make an application
    Create {
        /// What people are shown
        #[arg(long, env = "RECONNECT_NAME")]
        name: String,
        /// Its API key, 32 hex digits [default: drawn]
        #[arg(long, env = "RECONNECT_API_KEY", value_name = "KEY")]
        api_key: Option<String>,
        /// Its secret, 32 hex digits [default: drawn]
        #[arg(long, env = "RECONNECT_SECRET", hide_env_values = true, value_name = "SECRET")]
        secret: Option<String>,
        /// Its id [default: drawn]
        #[arg(long, env = "RECONNECT_ID", value_name = "N")]
        id: Option<u64>,
        #[command(flatten)]
        flags: Box<AppFlags>,
    },
    /// List all applications
    List,
    /// Show one application, with its secret
    Show {
        /// API key, id or name
        app: String,
    },
    /// Change an application; an empty value takes one away
    Edit {
        /// API key, id or name
        app: String,
        /// What people are shown
        #[arg(long, env = "RECONNECT_NAME")]
        name: Option<String>,
        /// A secret of your own choice, 32 hex digits
        #[arg(long, env = "RECONNECT_SECRET", hide_env_values = true, value_name = "SECRET")]
        secret: Option<String>,
        /// Draw a new secret; ends the use of the old one
        #[arg(long, env = "RECONNECT_NEW_SECRET", action = ArgAction::SetTrue, value_parser = FalseyValueParser::new())]
        new_secret: bool,
        /// Switch it off (or, with =false, on again): every call answers error 101
        #[arg(long, env = "RECONNECT_DISABLED", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
        disabled: Option<bool>,
        #[command(flatten)]
        flags: Box<AppFlags>,
    },
    /// Remove an application, with everybody's authorisation of it
    Remove {
        /// API key, id or name
        app: String,
    },
}

/// What can be said of an application when it is made and later.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct AppFlags {
    /// Where web and canvas logins come back to
    #[arg(long, env = "RECONNECT_CALLBACK_URL", value_name = "URL")]
    pub(crate) callback_url: Option<String>,
    /// The Connect site
    #[arg(long, env = "RECONNECT_CONNECT_URL", value_name = "URL")]
    pub(crate) connect_url: Option<String>,
    /// The domain of the Connect site's cookies and login addresses
    #[arg(long, env = "RECONNECT_BASE_DOMAIN", value_name = "DOMAIN")]
    pub(crate) base_domain: Option<String>,
    /// A program on people's own machines: its sessions have a secret of their own
    #[arg(long, env = "RECONNECT_DESKTOP", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) desktop: Option<bool>,
    /// The name in apps.facebook.com/NAME
    #[arg(long, env = "RECONNECT_CANVAS_NAME", value_name = "NAME")]
    pub(crate) canvas_name: Option<String>,
    /// How the canvas page there tells the application who is looking
    #[arg(long, env = "RECONNECT_CANVAS_ENTRY", value_enum, value_name = "FORM")]
    pub(crate) canvas_entry: Option<CanvasEntry>,
    /// Told when a person authorises the application
    #[arg(long, env = "RECONNECT_POST_AUTHORIZE_URL", value_name = "URL")]
    pub(crate) post_authorize_url: Option<String>,
    /// Told when a person removes the application
    #[arg(long, env = "RECONNECT_POST_REMOVE_URL", value_name = "URL")]
    pub(crate) post_remove_url: Option<String>,
    /// Told when a person removes the application, by signed_request
    #[arg(long, env = "RECONNECT_DEAUTHORIZE_URL", value_name = "URL")]
    pub(crate) deauthorize_url: Option<String>,
    /// A scheme of its own that logins may come back to, such as fbconnect; may be given several times
    #[arg(long = "scheme", env = "RECONNECT_SCHEME", value_name = "SCHEME", value_delimiter = ',')]
    pub(crate) schemes: Option<Vec<String>>,
    /// An address its servers call from, a * at the end stands for any rest; may be given several times
    #[arg(long = "ip", env = "RECONNECT_IP", value_name = "ADDRESS", value_delimiter = ',')]
    pub(crate) ip_list: Option<Vec<String>>,
    /// Refuse a call_id that is not greater than the last one (error 103)
    #[arg(long, env = "RECONNECT_STRICT_CALL_ID", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) strict_call_id: Option<bool>,
    /// Answer the finer codes 450 to 455 where the default is 102
    #[arg(long, env = "RECONNECT_FINE_SESSION_ERRORS", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) fine_session_errors: Option<bool>,
    /// Switch sending mail off (error 2005)
    #[arg(long, env = "RECONNECT_NO_EMAIL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) no_email: Option<bool>,
    /// How many mails it may send to a person in a day [default: as many as it likes]
    #[arg(long, env = "RECONNECT_EMAILS_PER_DAY", value_name = "N")]
    pub(crate) emails_per_day: Option<u32>,
    /// How long its expiring sessions last; 0 stands for a day
    #[arg(long, env = "RECONNECT_SESSION_LIFETIME", value_name = "SECONDS")]
    pub(crate) session_lifetime: Option<u32>,
}

/// The forms of entry, as the command line writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CanvasEntry {
    /// By POST, as from 2011 on; this is the usual one
    SignedRequest,
    /// In the query, as in 2010
    SignedRequestGet,
    /// In the query, as from 2007 on
    FbSig,
    /// The same by POST
    FbSigPost,
}

impl From<CanvasEntry> for model::CanvasEntry {
    fn from(entry: CanvasEntry) -> model::CanvasEntry {
        match entry {
            CanvasEntry::SignedRequest => model::CanvasEntry::SignedRequest,
            CanvasEntry::SignedRequestGet => model::CanvasEntry::SignedRequestGet,
            CanvasEntry::FbSig => model::CanvasEntry::FbSig,
            CanvasEntry::FbSigPost => model::CanvasEntry::FbSigPost,
        }
    }
}
