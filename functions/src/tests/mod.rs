//! Tests that take several methods to see something, and the small world in which methods are tested.

mod order;
pub(crate) mod world;
