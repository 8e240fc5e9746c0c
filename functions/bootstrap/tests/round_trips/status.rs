//! What the methods of the namespace `status` are called with.

use super::{Actor, Scene, World};

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let status = ("status", "here".to_owned());
    Some(match name {
        "status.get" => {
            world.cost("status.set", &[ann.session.clone(), status]).await;
            ("a session; own statuses", world.cost(name, &[ann.session]).await)
        }
        "status.set" => ("a session", world.cost(name, &[ann.session, status]).await),
        _ => return None,
    })
}
