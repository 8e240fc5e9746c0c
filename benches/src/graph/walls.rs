//! What stands on the walls of a town: posts of its last week, with comments and likes under some of them.
//!
//! They are published as a server publishes them, so that wall and home view find what they would find there.

use super::town::{Town, id};
use crate::world::PEOPLE;
use futures_util::{StreamExt, TryStreamExt, stream};
use reconnect_core::Result;
use reconnect_core::attachment::Attachment;
use reconnect_core::comment::Comment;
use reconnect_core::graph::Graph;
use reconnect_core::kinds;
use reconnect_core::post::{Post, story};
use reconnect_store::{Clock, Id, ManualClock, ShiftedClock, Store, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many posts stand on the wall of somebody whose calls are measured: a view of them.
pub(super) const ROWS: usize = 50;
/// How many of their friends have written, and how much each: a home view of as many posts.
pub(super) const WRITERS: usize = 20;
const EACH: usize = 3;
/// The town's day, in seconds since 1970: behind the last friendship.
pub(super) const TODAY: i64 = 1_340_000_000;
/// Walls that are written at a time; the posts of one come one after the other.
const AT_A_TIME: usize = 64;

/// Writes everything.
pub(super) async fn write(town: &Town, store: Arc<dyn Store>) -> Result<()> {
    let clock = ManualClock::new(Time::from_secs(TODAY));
    let graph = Graph::new(store, Arc::new(clock));
    let measured = (0..PEOPLE).map(|at| (town.measured(at), ROWS));
    let writers = (0..PEOPLE).flat_map(|at| town.friends(town.measured(at)).take(WRITERS)).map(|house| (house, EACH));
    // Two of those who are measured may have a friend in common.
    let walls: BTreeMap<u64, usize> = writers.chain(measured).collect();
    let walls = walls.into_iter().map(|(house, count)| wall(&graph, town, house, count));
    stream::iter(walls).buffer_unordered(AT_A_TIME).try_for_each(|()| async { Ok(()) }).await
}

/// One wall: every third post is by a friend, every fourth is talked about, every second is liked.
async fn wall(graph: &Graph, town: &Town, house: u64, count: usize) -> Result<()> {
    let friends: Vec<Id> = town.friends(house).map(id).collect();
    let friend = |at: usize| friends[at % friends.len()];
    for at in 0..count {
        let actor = if at % 3 == 2 { friend(at) } else { id(house) };
        let post = graph.publish(post(actor, id(house), at), |_, _| Ok(())).await?;
        if at % 4 == 0 {
            for (author, text) in [(friend(at + 1), "Is it far from the station?"), (id(house), "Ten minutes <3")] {
                let comment = Comment { author, text: text.to_owned(), ..Comment::default() };
                graph.comment_on_post(&post, &comment).await?;
            }
        }
        for liker in (0..3).filter(|_| at % 2 == 0).map(|liker| friend(at + liker)) {
            graph.like(liker, post.id, kinds::POST).await?;
        }
    }
    Ok(())
}

/// The `at`-th post of a wall; half of them carry something.
fn post(actor: Id, owner: Id, at: usize) -> Post {
    let attachment = Attachment {
        name: "A map of the old town".to_owned(),
        href: "http://www.site.example/maps?town=old&sheet=4".to_owned(),
        caption: "www.site.example".to_owned(),
        description: "Drawn by hand in 1911, and still the best that there is of the streets behind the harbour."
            .to_owned(),
        ..Attachment::default()
    };
    Post {
        actor,
        owner,
        kind: if actor == owner { story::STATUS } else { story::WALL },
        message: format!("Number {at}: we met at the \"harbour\" & walked home along the water. Who comes next time?"),
        attachment: Some(attachment).filter(|_| at.is_multiple_of(2)),
        created: (TODAY - 3600 * (at as i64 + 1)) * 1000,
        ..Post::default()
    }
}

/// The town's clock: it is that day when a server starts.
pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(ShiftedClock::starting_at(Time::from_secs(TODAY)))
}
