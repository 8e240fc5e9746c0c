//! The Lambda main.
fn main() {}
