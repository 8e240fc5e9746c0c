//! `table`: making the table that stands for the file in the cloud.

use crate::cli::{Common, TableVerb};
use crate::fail::Outcome;
use crate::output;
use serde_json::json;

/// Runs one.
pub(super) async fn run(common: &Common, verb: TableVerb) -> Outcome {
    let table = common.table()?;
    match verb {
        TableVerb::Create => table.create().await?,
    }
    let value = json!({ "table": table.name(), "made": true });
    output::print(common, &value, || format!("made the table {}\n", table.name()))
}
