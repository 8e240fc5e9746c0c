//! What the methods of the namespace `liveMessage` are called with.

use super::{Actor, Scene, World};

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let other = world.friends(ann.id, name, 1).await;
    let args = [ann.session, ("recipient", other), ("event_name", "ping".to_owned()), ("message", "{}".to_owned())];
    (name == "liveMessage.send").then_some(("a session and a recipient", world.cost(name, &args).await))
}
