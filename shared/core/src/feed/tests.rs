//! Walls and home views on a graph: what is shown to whom, in which order, and what stands under it.

use super::*;
use crate::model::Person;
use crate::post::story;
use crate::privacy::Audience;
use reconnect_store::{ManualClock, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;

const ANN: Id = Id(11);
const BOB: Id = Id(12);
const CAT: Id = Id(13);
const APP: Id = Id(21);

struct World {
    graph: Graph,
    clock: Arc<ManualClock>,
}

impl World {
    /// Ann's friend is Bob, Bob's are Ann and Cat.
    async fn new() -> World {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        for id in [ANN, BOB, CAT] {
            let email = format!("{id}@example.com");
            let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        graph.befriend(ANN, BOB).await.unwrap();
        graph.befriend(BOB, CAT).await.unwrap();
        World { graph, clock }
    }

    async fn post(&self, actor: Id, owner: Id, audience: Audience, app: Option<Id>) -> Post {
        self.clock.advance(1000);
        let post = Post { actor, owner, kind: story::WALL, privacy: audience.into(), app, ..Post::default() };
        self.graph.publish(post, |_, _| Ok(())).await.unwrap()
    }

    async fn wall(&self, viewer: Option<Id>, source: Id, window: Window) -> Vec<Id> {
        ids(self.graph.wall(viewer, source, window).await.unwrap())
    }

    async fn home(&self, viewer: Id, window: Window) -> Vec<Id> {
        let sources = self.graph.home_sources(viewer).await.unwrap();
        ids(self.graph.walls(Some(viewer), &sources, window).await.unwrap())
    }
}

fn ids(told: Vec<Told>) -> Vec<Id> {
    told.into_iter().map(|one| one.post.id).collect()
}

const ALL: Window = Window { since: None, until: None, limit: 30, filter: Filter::All };

#[tokio::test]
async fn a_wall_shows_each_viewer_what_is_for_them() {
    let world = World::new().await;
    let open = world.post(ANN, ANN, Audience::Everyone, None).await;
    let friends = world.post(ANN, ANN, Audience::AllFriends, Some(APP)).await;
    let far = world.post(BOB, ANN, Audience::FriendsOfFriends, None).await;
    let own = world.post(ANN, ANN, Audience::Myself, None).await;
    assert_eq!(world.wall(Some(ANN), ANN, ALL).await, [own.id, far.id, friends.id, open.id]);
    assert_eq!(world.wall(Some(BOB), ANN, ALL).await, [far.id, friends.id, open.id]);
    assert_eq!(world.wall(Some(CAT), ANN, ALL).await, [far.id, open.id]);
    assert_eq!(world.wall(None, ANN, ALL).await, [open.id]);
    for (filter, expected) in [
        (Filter::ByOthers, vec![far.id]),
        (Filter::ByOwner, vec![own.id, friends.id, open.id]),
        (Filter::Application(APP), vec![friends.id]),
        (Filter::Application(Id(22)), vec![]),
    ] {
        assert_eq!(world.wall(Some(ANN), ANN, Window { filter, ..ALL }).await, expected, "{filter:?}");
    }
    world.graph.block(ANN, BOB).await.unwrap();
    assert_eq!(world.wall(Some(BOB), ANN, ALL).await, [far.id], "what somebody wrote they see");
}

#[tokio::test]
async fn a_view_is_cut_to_its_window_and_limit() {
    let world = World::new().await;
    let mut made = Vec::new();
    for n in 0..25 {
        // Every second is not for Bob.
        let audience = if n % 2 == 0 { Audience::Everyone } else { Audience::Myself };
        made.push(world.post(ANN, ANN, audience, None).await);
    }
    let shown: Vec<Id> =
        made.iter().rev().filter(|post| post.privacy == Audience::Everyone.into()).map(|p| p.id).collect();
    assert_eq!(world.wall(Some(BOB), ANN, Window { limit: 12, ..ALL }).await, shown[..12], "pages are followed");
    assert_eq!(world.home(BOB, Window { limit: 12, ..ALL }).await, shown[..12]);
    let at = |n: usize| Some(made[n].created / 1000);
    let window = Window { since: at(2), until: at(6), ..ALL };
    let expected = [made[6].id, made[4].id, made[2].id];
    assert_eq!(
        (world.wall(Some(BOB), ANN, window).await, world.home(BOB, window).await),
        (expected.to_vec(), expected.to_vec())
    );
    assert_eq!(world.wall(Some(BOB), ANN, Window { limit: 2, ..window }).await, expected[..2], "back from the latest");
    assert!(world.wall(Some(BOB), ANN, Window { limit: 0, ..ALL }).await.is_empty());
}

#[tokio::test]
async fn a_home_view_merges_the_walls_of_friends_and_ends_with_a_friendship() {
    let world = World::new().await;
    let bob = world.post(BOB, BOB, Audience::AllFriends, None).await;
    let cat = world.post(CAT, CAT, Audience::Everyone, None).await;
    let on_bobs = world.post(CAT, BOB, Audience::AllFriends, Some(APP)).await;
    let ann = world.post(ANN, ANN, Audience::Myself, None).await;
    assert_eq!(world.home(ANN, ALL).await, [ann.id, on_bobs.id, bob.id], "no friend of hers is Cat");
    assert_eq!(world.home(BOB, ALL).await, [on_bobs.id, cat.id, bob.id]);
    let by_app = Window { filter: Filter::Application(APP), ..ALL };
    assert_eq!(world.home(ANN, by_app).await, [on_bobs.id]);
    world.graph.unfriend(ANN, BOB).await.unwrap();
    assert_eq!(world.home(ANN, ALL).await, [ann.id]);
    world.clock.advance(10 * 86_400_000);
    assert!(world.home(BOB, ALL).await.is_empty(), "nine days");
}

#[tokio::test]
async fn what_stands_under_a_post_is_told_as_its_viewer_knows_people() {
    let world = World::new().await;
    let (post, other) =
        (world.post(ANN, ANN, Audience::Everyone, None).await, world.post(ANN, ANN, Audience::Everyone, None).await);
    for n in 0..5 {
        world.clock.advance(1000);
        let comment = Comment { author: BOB, text: n.to_string(), ..Comment::default() };
        world.graph.comment_on_post(&post, &comment).await.unwrap();
    }
    for id in [31, 32, 33, 34].map(Id) {
        let email = format!("{id}@example.com");
        let person = Person { id, first_name: id.to_string(), email, opted_out: id == Id(34), ..Person::default() };
        world.graph.create_person(person, None).await.unwrap();
    }
    for person in [ANN, BOB, CAT, Id(31), Id(32), Id(33), Id(34)] {
        world.clock.advance(1000);
        world.graph.like(person, post.id, kinds::POST).await.unwrap();
    }
    let under = world.graph.under(Some(ANN), &[&post, &other]).await.unwrap();
    let last: Vec<&str> = under[0].last.iter().map(|one| one.text.as_str()).collect();
    assert_eq!((under[0].comments, last), (5, vec!["2", "3", "4"]));
    assert_eq!((under[0].likes, under[0].user_likes), (7, true), "who opted out is counted, and not named");
    assert_eq!((under[0].friends.clone(), under[0].sample.clone()), (vec![BOB], vec![Id(33), Id(32), Id(31)]));
    assert_eq!(under[1], Under::default());
    let nobody = world.graph.under(None, &[&post]).await.unwrap();
    assert!(nobody[0].friends.is_empty() && !nobody[0].user_likes && nobody[0].sample.len() == 3);
}

#[tokio::test]
async fn who_opted_out_of_applications_or_is_gone_is_not_told_of() {
    let world = World::new().await;
    let hidden = Id(31);
    let email = "h@example.com".to_owned();
    let person = Person { id: hidden, first_name: "H".to_owned(), email, opted_out: true, ..Person::default() };
    world.graph.create_person(person, None).await.unwrap();
    let post = world.post(ANN, ANN, Audience::Everyone, None).await;
    let theirs = world.post(hidden, ANN, Audience::Everyone, None).await;
    for author in [BOB, hidden, Id(99)] {
        world.clock.advance(1000);
        let comment = Comment { author, text: "x".to_owned(), ..Comment::default() };
        world.graph.comment_on_post(&post, &comment).await.unwrap();
    }
    assert_eq!(world.wall(Some(BOB), ANN, ALL).await, [post.id]);
    assert_eq!(world.wall(Some(hidden), ANN, ALL).await, [theirs.id, post.id], "to themselves they are");
    let authors = async |viewer| -> Vec<Id> {
        world.graph.comments_shown(viewer, post.id).await.unwrap().iter().map(|one| one.author).collect()
    };
    assert_eq!((authors(Some(ANN)).await, authors(Some(hidden)).await), (vec![BOB], vec![BOB, hidden]));
    let under = world.graph.under(Some(ANN), &[&post]).await.unwrap();
    assert_eq!((under[0].last.len(), under[0].comments), (1, 3));
}
