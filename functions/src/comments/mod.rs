//! The namespace `comments`, and what its methods share: what an `xid` or an `object_id` names.
//!
//! A thread is an application's own, under a name that it chose; from 2010 on a thing that people share may be named instead.

pub(crate) mod add;
pub(crate) mod element;
pub(crate) mod get;
pub(crate) mod remove;

use reconnect_core::comment_thread::check_xid;
use reconnect_core::content::Content;
use reconnect_core::error::invalid;
use reconnect_core::{Context, Result};
use reconnect_store::Id;

/// What comments hang from.
enum Subject<'a> {
    /// A thread of the application.
    Thread(&'a str),
    /// A thing that people share, which the viewer may see.
    Object(Content),
}

impl<'a> Subject<'a> {
    /// What the arguments name, as somebody sees it.
    async fn read(cx: &Context, viewer: Option<Id>, xid: &'a str, object: Option<u64>) -> Result<Subject<'a>> {
        match (xid.is_empty(), object) {
            (false, None) => {
                check_xid(xid)?;
                Ok(Subject::Thread(xid))
            }
            (true, Some(object)) => match cx.graph().content_shown_one(viewer, Id(object)).await? {
                Some(content) => Ok(Subject::Object(content)),
                None => Err(invalid(format!("object_id {object} is nothing that this user may see"))),
            },
            (true, None) => Err(invalid("xid is missing, and there is no object_id that would say what is meant")),
            (false, Some(_)) => Err(invalid("xid and object_id stand beside each other; send one of them")),
        }
    }

    /// Where its comments stand; nowhere while nobody wrote in an application's thread.
    async fn thread(&self, cx: &Context) -> Result<Option<Id>> {
        match self {
            Subject::Thread(xid) => cx.graph().comment_thread(cx.app().id, xid).await,
            Subject::Object(content) => Ok(Some(content.comments)),
        }
    }
}
