//! A comment as answers show it: in threads of applications and under posts.

use reconnect_core::comment::Comment as Kept;
use reconnect_core::post::Post;
use schemars::JsonSchema;
use serde::Serialize;

/// A comment.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "comment")]
pub(crate) struct Comment {
    /// The application's name for the thread; empty under posts and objects.
    xid: String,
    /// Who wrote it; 0 for somebody who gave only a name.
    fromid: u64,
    /// When, in seconds since 1970.
    time: i64,
    /// What.
    text: String,
    /// Its id: `WALL_POST_N` under a post, else a number.
    id: String,
    /// The name that somebody without an account gave.
    username: String,
    /// The name of the thread of answers to it, in threads of applications.
    reply_xid: String,
    /// The post that it stands under, or that was published with it.
    post_id: String,
    /// The application through which it was written; 0 for the site.
    app_id: u64,
    /// How many like it.
    likes: u64,
}

impl Comment {
    /// Under a post.
    pub(crate) fn under(post: &Post, one: Kept) -> Comment {
        let (post, id) = (post.wire_id(), one.id);
        Comment { id: format!("{post}_{id}"), post_id: post, ..Comment::bare(one) }
    }

    /// In an application's thread; `published` says the post that was published with it.
    pub(crate) fn in_thread(xid: &str, one: Kept, published: Option<&Post>) -> Comment {
        let (xid, reply_xid) = (xid.to_owned(), format!("{xid}_{}", one.id));
        Comment { xid, reply_xid, post_id: published.map(Post::wire_id).unwrap_or_default(), ..Comment::bare(one) }
    }

    /// On something else.
    pub(crate) fn bare(one: Kept) -> Comment {
        Comment {
            xid: String::new(),
            fromid: one.author.0,
            time: one.time.div_euclid(1000),
            text: one.text,
            id: one.id.to_string(),
            username: one.username,
            reply_xid: String::new(),
            post_id: String::new(),
            app_id: one.app.map_or(0, |app| app.0),
            likes: one.likes,
        }
    }
}
