//! What every method shares: the road of a call, the typed graph on the store, permissions, sessions, intents.
//!
//! A call is performed by [`dispatch::perform`]; a method is declared by [`Method`] and sees a [`Context`].

mod acting;
pub mod address;
pub mod apps;
pub mod attachment;
pub mod authenticate;
pub mod authorization;
pub mod block;
pub mod browser;
mod browser_session;
pub mod callbacks;
mod code;
pub mod comment;
pub mod content;
pub mod context;
pub mod disclosure;
pub mod dispatch;
pub mod error;
pub mod fan;
pub mod friendship;
pub mod graph;
pub mod group;
pub mod ids;
pub mod intent;
pub mod kinds;
pub mod like;
pub mod markup;
pub mod method;
pub mod model;
pub mod notification;
pub mod openness;
pub mod outbound;
pub mod owner;
pub mod page;
pub mod password;
pub mod people;
pub mod permission;
pub mod portable;
pub mod post;
pub mod privacy;
pub mod profile;
pub mod profile_note;
pub mod secrets;
pub mod session;
pub mod status;
mod sweep;
pub mod throttle;
pub mod username;
pub mod witness;
pub mod work;

pub use context::{Caller, Context, Request, Services, Settings, Signed};
pub use error::{Error, Result};
pub use graph::Graph;
pub use method::{Access, Handler, Method, Registry};
