//! What the methods of the namespace `friends` are called with.

use super::{Actor, Scene, World};

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, .. } = ann;
    Some(match name {
        "friends.areFriends" => {
            let (uid, others) = (id.to_string(), world.friends(id, name, 100).await);
            let pairs = [session, ("uids1", vec![uid; 100].join(",")), ("uids2", others)];
            ("a session; 100 pairs of its person and another", world.cost(name, &pairs).await)
        }
        "friends.get" | "friends.getAppUsers" => {
            world.friends(id, name, 100).await;
            ("a session; 100 friends", world.cost(name, &[session]).await)
        }
        "friends.getLists" => ("a session", world.cost(name, &[session]).await),
        "friends.getMutualFriends" => {
            let other = world.friends(id, name, 1).await;
            ("a source_uid", world.cost(name, &[("source_uid", id.to_string()), ("target_uid", other)]).await)
        }
        _ => return None,
    })
}
