//! The DynamoDB store: the whole suite against stand-ins, round trips counted, faults injected, tables that are not ours.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

mod conformance;
mod faults;
mod files;
mod round_trips;
mod support;
mod tables;
