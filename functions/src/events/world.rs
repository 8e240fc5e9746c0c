//! For the tests of this namespace: three events of Ann's. Bob, a friend of hers, is a guest of the open one and of the closed one, which were
//! made through the web application; Eve knows nobody. All three use that.

use crate::tests::world::{ANN, BEGINNING, BOB, World};
use reconnect_core::event::{Attendance, Event, Rsvp};
use reconnect_core::model::Person;
use reconnect_core::openness::Openness;
use reconnect_core::permission::Permissions;
use reconnect_core::profile::Place;
use reconnect_store::Id;

pub(super) const EVE: Id = Id(1_240_080);
/// Open, in a day, for an hour.
pub(super) const CHESS: Id = Id(4301);
/// Closed, in two days.
pub(super) const TRIP: Id = Id(4302);
/// Secret, made by hand.
pub(super) const BALL: Id = Id(4303);

pub(super) struct Evening {
    pub(super) world: World,
}

impl Evening {
    pub(super) async fn new() -> Evening {
        let world = World::new().await;
        let graph = &world.services.graph;
        let eve = Person { id: EVE, first_name: "Eve".into(), email: "eve@example.com".into(), ..Person::default() };
        graph.create_person(eve, None).await.unwrap();
        graph.befriend(ANN, BOB).await.unwrap();
        for id in [BOB, EVE] {
            graph.authorize(id, world.web.id, &Permissions::none()).await.unwrap();
        }
        let base = Event { creator: ANN, maker: Some(ANN), host: "Ann".into(), ..Event::default() };
        let (start_time, end_time) = (BEGINNING + 86_400, BEGINNING + 90_000);
        let chess = Event {
            id: CHESS,
            name: "Chess at <Noon>".into(),
            tagline: "Bring a clock".into(),
            event_type: "Sports".into(),
            description: "Fast games.".into(),
            location: "The Library".into(),
            venue: Some(Place { city: "Springfield".into(), latitude: Some(39.92), ..Place::default() }),
            app: Some(world.web.id),
            start_time,
            end_time,
            ..base.clone()
        };
        let (start_time, end_time) = (start_time + 86_400, end_time + 86_400);
        let trip = Event {
            id: TRIP,
            name: "Trip".into(),
            openness: Openness::Closed,
            start_time,
            end_time,
            app: Some(world.web.id),
            ..base.clone()
        };
        let not_shown = vec!["videos".into()];
        let ball = Event {
            id: BALL,
            name: "Ball".into(),
            openness: Openness::Secret,
            start_time,
            end_time,
            not_shown,
            ..base
        };
        for event in [chess, trip, ball] {
            graph.create_event(event, |_| None).await.unwrap();
            world.clock.advance(1000);
        }
        let unsure = Attendance { status: Rsvp::Unsure, admin: false };
        graph.add_guests(CHESS, &[(BOB, unsure)]).await.unwrap();
        world.clock.advance(1000);
        graph.add_guests(TRIP, &[(BOB, Attendance::default())]).await.unwrap();
        Evening { world }
    }
}
