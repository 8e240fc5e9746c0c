//! What the methods of the namespace `comments` are called with.

use super::{Actor, Scene, World};
use reconnect_core::comment::Comment;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let xid = format!("thread_{}", name.replace('.', "_"));
    let comment = Comment { author: ann.id, text: "Hi".to_owned(), ..Comment::default() };
    let made = world.services.graph.comment_in_thread(world.app.id, &xid, &comment).await.unwrap();
    let (thread, session) = (("xid", xid), ann.session);
    Some(match name {
        "comments.add" => {
            ("a session; a thread that is there", world.cost(name, &[session, thread, ("text", "Hi".to_owned())]).await)
        }
        "comments.get" => ("a session", world.cost(name, &[session, thread]).await),
        "comments.remove" => {
            let comment = ("comment_id", made.id.to_string());
            ("a session", world.cost(name, &[session, thread, comment]).await)
        }
        _ => return None,
    })
}
