//! The namespace `liveMessage`.

pub(crate) mod send;
