//! The namespace `batch`.

pub(crate) mod run;
