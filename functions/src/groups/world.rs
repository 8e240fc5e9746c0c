//! For the tests of this namespace: three groups of Ann's. Bob, a friend of hers, is an officer of the open one, Eve was invited to that and to
//! the secret one. All three use the web application.

use crate::tests::world::{ANN, BOB, World};
use reconnect_core::group::{Group, Membership};
use reconnect_core::model::Person;
use reconnect_core::openness::Openness;
use reconnect_core::permission::Permissions;
use reconnect_core::profile::Place;
use reconnect_store::Id;

pub(super) const EVE: Id = Id(1_240_080);
pub(super) const OPEN: Id = Id(4201);
pub(super) const CLOSED: Id = Id(4202);
pub(super) const SECRET: Id = Id(4203);

pub(super) struct Club {
    pub(super) world: World,
}

impl Club {
    pub(super) async fn new() -> Club {
        let world = World::new().await;
        let graph = &world.services.graph;
        let eve = Person { id: EVE, first_name: "Eve".into(), email: "eve@example.com".into(), ..Person::default() };
        graph.create_person(eve, None).await.unwrap();
        graph.befriend(ANN, BOB).await.unwrap();
        for id in [BOB, EVE] {
            graph.authorize(id, world.web.id, &Permissions::none()).await.unwrap();
        }
        let venue = Place { city: "Springfield".into(), country: "United States".into(), ..Place::default() };
        let chess = Group {
            id: OPEN,
            name: "Chess at <Noon>".into(),
            description: "We play at noon.".into(),
            group_type: "Common Interest".into(),
            group_subtype: "Games".into(),
            website: "http://chess.example/".into(),
            creator: Some(ANN),
            venue: Some(Place { street: Some("1 Road".into()), latitude: Some(39.92), ..venue }),
            ..Group::default()
        };
        let closed = Group {
            id: CLOSED,
            name: "Attic".into(),
            openness: Openness::Closed,
            creator: Some(ANN),
            ..Group::default()
        };
        let secret = Group { id: SECRET, name: "Party for Bob".into(), openness: Openness::Secret, ..closed.clone() };
        for group in [chess, closed, secret] {
            graph.create_group(group).await.unwrap();
            world.clock.advance(1000);
        }
        let (officer, invited) = (
            Membership { officer: true, ..Membership::default() },
            Membership { not_replied: true, ..Membership::default() },
        );
        graph.add_to_group(OPEN, &[(BOB, officer), (EVE, invited)]).await.unwrap();
        graph.add_to_group(SECRET, &[(EVE, invited)]).await.unwrap();
        Club { world }
    }
}
