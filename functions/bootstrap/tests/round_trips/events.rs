//! What the methods of the namespace `events` are called with.

use super::{Actor, Scene, World};
use reconnect_core::event::{Attendance, Event};
use reconnect_core::openness::Openness;
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use serde_json::json;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, .. } = ann;
    let graph = &world.services.graph;
    let granted = Permissions::parse("create_event,rsvp_event").0;
    graph.authorize(id, world.app.id, &granted).await.unwrap();
    let eid = event(world, id).await;
    let eid = |own: (&'static str, String)| [own, ("eid", eid.to_string())];
    let with = |more: (&'static str, String)| eid(session.clone()).into_iter().chain([more]).collect::<Vec<_>>();
    Some(match name {
        "events.create" => {
            let info = json!({"name": "Ball", "start_time": 4_102_444_800_i64, "location": "Hall"}).to_string();
            ("a session; an open event, with its story", world.cost(name, &[session, ("event_info", info)]).await)
        }
        "events.edit" => ("a session", world.cost(name, &with(("event_info", "{\"tagline\":\"x\"}".to_owned()))).await),
        "events.cancel" => {
            guests(world, id, name, &eid(session.clone())[1].1).await;
            ("a session; 101 guests, who are told and swept", world.cost(name, &eid(session.clone())).await)
        }
        "events.get" => {
            for _ in 0..49 {
                event(world, id).await;
            }
            ("a session; 50 events", world.cost(name, &[session]).await)
        }
        "events.getMembers" => {
            guests(world, id, name, &eid(session.clone())[1].1).await;
            ("a session; 101 guests", world.cost(name, &eid(session.clone())).await)
        }
        "events.invite" => {
            let uids = world.friends(id, name, 100).await;
            ("a session; 100 friends", world.cost(name, &with(("uids", uids))).await)
        }
        "events.rsvp" => ("a session", world.cost(name, &with(("rsvp_status", "declined".to_owned()))).await),
        _ => return None,
    })
}

async fn event(world: &World, creator: Id) -> Id {
    let (name, openness, app) = ("Trip".to_owned(), Openness::Closed, Some(world.app.id));
    let event = Event { name, creator, maker: Some(creator), openness, app, ..Event::default() };
    world.services.graph.create_event(event, |_| None).await.unwrap().id
}

async fn guests(world: &World, host: Id, method: &str, eid: &str) {
    let guests = world.friends(host, method, 100).await;
    let guests: Vec<_> = guests.split(',').map(|id| (Id(id.parse().unwrap()), Attendance::default())).collect();
    world.services.graph.add_guests(Id(eid.parse().unwrap()), &guests).await.unwrap();
}
