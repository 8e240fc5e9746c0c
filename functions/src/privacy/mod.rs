//! The namespace `privacy`.

pub(crate) mod get;
