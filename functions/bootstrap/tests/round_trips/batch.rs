//! What the methods of the namespace `batch` are called with.

use super::{Actor, Scene, World};

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let one = world.signed("users.isAppUser", &[ann.uid]);
    let feed = format!("[{}]", serde_json::Value::from(one));
    (name == "batch.run").then_some(("one entry, which costs 1", world.cost(name, &[("method_feed", feed)]).await))
}
