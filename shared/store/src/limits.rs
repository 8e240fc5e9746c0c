//! What a batch and its parts may hold. Both backends enforce these, so that nothing works on the laptop and fails in the
//! cloud: they are DynamoDB's own.

/// Actions in one batch: items written or checked, counts included.
pub const MAX_ACTIONS: usize = 100;
/// Bytes in one batch.
pub const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that each write of a batch counts for beside its data and text: names, numbers, attributes.
pub const ACTION_BYTES: usize = 128;
/// Bytes of one item's data. DynamoDB allows 400 KiB an item; the rest is for keys and attributes.
pub const MAX_DATA_BYTES: usize = 390 * 1024;
/// Bytes of a unique key's text. Backends may store a hash, but an export carries the text.
pub const MAX_TEXT_BYTES: usize = 1024;
/// Entries that one range may ask for.
pub const MAX_RANGE: usize = 5000;
/// Keys that one `get` may ask for (a wave of parallel requests where the backend has a smaller limit).
pub const MAX_KEYS: usize = 20_000;
