//! What the methods of the namespace `privacy` are called with.

use super::{Actor, Scene, World};
use reconnect_core::post::Post;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let post = Post { actor: ann.id, owner: ann.id, message: "M".to_owned(), ..Post::default() };
    let post = world.services.graph.publish_status(post, |_, _| Ok(())).await.unwrap();
    let args = [ann.session, ("object_id", post.id.to_string())];
    (name == "privacy.get").then_some(("a session and a post's id", world.cost(name, &args).await))
}
