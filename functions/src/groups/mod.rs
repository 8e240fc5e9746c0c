//! The namespace `groups`.

pub(crate) mod get;
pub(crate) mod get_members;
#[cfg(test)]
mod world;
