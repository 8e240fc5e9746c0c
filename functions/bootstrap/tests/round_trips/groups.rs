//! What the methods of the namespace `groups` are called with.

use super::{Actor, Scene, World};
use reconnect_core::group::{Group, Membership};
use reconnect_store::Id;
use std::collections::BTreeMap;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, .. } = ann;
    Some(match name {
        "groups.get" => {
            let mut gids = Vec::new();
            for _ in 0..50 {
                gids.push(group(world, id).await.to_string());
            }
            let own = world.cost(name, std::slice::from_ref(&session)).await;
            assert_eq!(own, BTreeMap::from([("BatchGetItem".to_owned(), 3), ("Query".to_owned(), 1)]));
            ("a session; 50 gids", world.cost(name, &[session, ("gids", gids.join(","))]).await)
        }
        "groups.getMembers" => {
            let gid = group(world, id).await;
            let people = world.friends(id, name, 100).await;
            let people: Vec<_> = people.split(',').map(|id| (Id(id.parse().unwrap()), Membership::default())).collect();
            world.services.graph.add_to_group(gid, &people[..99]).await.unwrap();
            ("a session; a group of 100", world.cost(name, &[session, ("gid", gid.to_string())]).await)
        }
        _ => return None,
    })
}

async fn group(world: &World, creator: Id) -> Id {
    let group = Group { name: "Chess".to_owned(), creator: Some(creator), ..Group::default() };
    world.services.graph.create_group(group).await.unwrap().id
}
