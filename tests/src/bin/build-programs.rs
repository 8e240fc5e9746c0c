//! Builds the programs under test into `target/flavours`: what a run of many test programs does first, and once.

fn main() {
    reconnect_tests::build::all();
}
