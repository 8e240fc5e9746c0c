//! Tests that take several methods to see something, and the small world in which methods are tested.

mod asking;
mod desktop;
mod order;
pub(crate) mod shelf;
pub(crate) mod world;
