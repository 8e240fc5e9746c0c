//! The cloud on this machine: a small front that does to HTTP what the gateway does, and the functions behind it, each a process of
//! its own behind the real Runtime Interface Emulator.
//!
//! | module | what it holds |
//! |---|---|
//! | `event` | requests to events, answers to responses |
//! | `routes` | which function an address belongs to |
//! | `function` | one function, and as many of a kind as calls overlap |
//! | `gateway` | the listener |

mod event;
mod function;
mod gateway;
mod routes;

pub use function::{Deployment, Function};
pub use gateway::Gateway;
pub use routes::methods;
