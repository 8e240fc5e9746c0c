//! What the methods of the namespace `users` are called with.

use super::{Actor, Scene, World};
use std::collections::BTreeMap;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, uid } = ann;
    Some(match name {
        "users.getLoggedInUser" | "users.isVerified" => ("a session", world.cost(name, &[session]).await),
        "users.getInfo" => {
            let uids = ("uids", world.friends(id, name, 100).await);
            let of = |fields: &str| [session.clone(), uids.clone(), ("fields", fields.to_owned())];
            // People, grants, notes, counts, friendships, blocks: six hundred things, and the viewer, in one wave.
            let all = world.cost(name, &of("name,birthday,music,is_app_user,friend_count")).await;
            assert_eq!(all, BTreeMap::from([("BatchGetItem".to_owned(), 1 + 7)]));
            ("a session; name and sex of 100 people", world.cost(name, &of("name,sex")).await)
        }
        "users.getStandardinfo" => {
            let uids = world.friends(id, name, 50).await;
            ("50 people", world.cost(name, &[("uids", uids), ("fields", "name,birthday".to_owned())]).await)
        }
        "users.setStatus" => ("a session", world.cost(name, &[session, ("status", "here".to_owned())]).await),
        "users.hasAppPermission" => ("a uid", world.cost(name, &[uid, ("ext_perm", "email".to_owned())]).await),
        "users.isAppUser" => ("a uid", world.cost(name, &[uid]).await),
        _ => return None,
    })
}
