//! The flags of `user`.

use clap::Subcommand;

/// What can be done with people. A person is named by e-mail address or uid.
#[derive(Debug, Subcommand)]
pub(crate) enum UserVerb {
    /// Make a person
    Create {
        /// Their full name
        #[arg(long, env = "RECONNECT_NAME")]
        name: String,
        /// What they log in with
        #[arg(long, env = "RECONNECT_EMAIL")]
        email: String,
        /// Their password; `-` reads it from standard input [default: asked for]
        #[arg(long, env = "RECONNECT_PASSWORD", hide_env_values = true)]
        password: Option<String>,
        /// Their uid [default: drawn]
        #[arg(long, env = "RECONNECT_ID", value_name = "N")]
        id: Option<u64>,
        /// female or male
        #[arg(long, env = "RECONNECT_SEX", value_parser = ["female", "male"])]
        sex: Option<String>,
        /// Their language, such as en_US
        #[arg(long, env = "RECONNECT_LOCALE")]
        locale: Option<String>,
    },
    /// List all people
    List,
    /// Show one person: friends, and which applications they authorised
    Show {
        /// E-mail address or uid
        user: String,
    },
    /// Make two people friends
    Befriend {
        /// E-mail address or uid
        one: String,
        /// E-mail address or uid
        other: String,
    },
    /// End the friendship of two people
    Unfriend {
        /// E-mail address or uid
        one: String,
        /// E-mail address or uid
        other: String,
    },
    /// Authorise an application for a person, as if they had pressed the button
    Grant {
        /// E-mail address or uid
        user: String,
        /// API key, id or name
        app: String,
        /// An extended permission; may be given several times
        #[arg(long = "perm", env = "RECONNECT_PERM", value_name = "PERMISSION", value_delimiter = ',')]
        permissions: Vec<String>,
    },
    /// Give a person a new password, which ends all their sessions
    Password {
        /// E-mail address or uid
        user: String,
        /// The new password; `-` reads it from standard input [default: asked for]
        #[arg(long, env = "RECONNECT_PASSWORD", hide_env_values = true)]
        password: Option<String>,
    },
    /// Remove a person
    Remove {
        /// E-mail address or uid
        user: String,
    },
}
