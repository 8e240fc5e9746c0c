//! The namespace `notes`, and what its methods share.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod get;

use reconnect_core::error::{Error, Result, invalid};
use reconnect_core::note::{MAX_CONTENT, MAX_TAGS, MAX_TITLE, Note, clean};
use reconnect_store::Id;
use reconnect_wire::Code;

/// The extended permission to write notes.
const PERMISSION: &str = "create_note";

/// Title and content as they are kept: the title is plain text, the content is cleaned.
fn written(title: &str, content: &str) -> Result<(String, String)> {
    let title = title.trim().to_owned();
    if title.is_empty() {
        return Err(invalid("title is blank"));
    }
    if title.chars().count() > MAX_TITLE {
        return Err(invalid(format!("title has more than {MAX_TITLE} characters")));
    }
    let too_long = || invalid(format!("content is longer than {MAX_CONTENT} bytes"));
    if content.len() > MAX_CONTENT {
        return Err(too_long());
    }
    if content.bytes().filter(|byte| *byte == b'<').count() > MAX_TAGS {
        return Err(invalid(format!("content has more than {MAX_TAGS} tags")));
    }
    let content = clean(content);
    if content.trim().is_empty() {
        return Err(invalid("content is blank, or nothing of it may stand in a note"));
    }
    // Cleaning writes characters as entities, which are longer.
    if content.len() > 2 * MAX_CONTENT { Err(too_long()) } else { Ok((title, content)) }
}

/// Error 1600 unless a note is somebody's own.
fn check_owner(note: &Note, owner: Id) -> Result<()> {
    if note.owner == owner { Ok(()) } else { Err(not_theirs(note.id)) }
}

/// Error 1600, the same for a note of somebody else and for one that is not there: which of the two is nobody's business.
fn not_theirs(note: Id) -> Error {
    Code::NoteCannotModify.because(format!("note_id {note}")).into()
}
