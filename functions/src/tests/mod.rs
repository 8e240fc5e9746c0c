//! Tests that take several methods to see something, and the small world in which methods are tested.

mod asking;
mod order;
pub(crate) mod shelf;
pub(crate) mod world;
