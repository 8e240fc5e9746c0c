//! What the methods of the namespace `stream` are called with.

use super::{Actor, Scene, World};
use reconnect_core::comment::Comment;
use reconnect_core::kinds;
use reconnect_core::post::Post;
use reconnect_store::Id;

async fn post(world: &World, person: Id) -> Post {
    let post = Post { actor: person, message: "Hi".to_owned(), app: Some(world.app.id), ..Post::default() };
    world.services.graph.publish_status(post, |_, _| Ok(())).await.unwrap()
}

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, uid } = ann;
    let graph = &world.services.graph;
    let made = post(world, id).await;
    let one = ("post_id", made.wire_id());
    Some(match name {
        "stream.addComment" => ("a session", world.cost(name, &[session, one, ("comment", "Hi".to_owned())]).await),
        "stream.addLike" | "stream.removeLike" | "stream.getComments" => {
            ("a session", world.cost(name, &[session, one]).await)
        }
        "stream.remove" => {
            ("a session; the sweep of what hangs from it included", world.cost(name, &[session, one]).await)
        }
        "stream.get" => {
            let friends = world.friends(id, name, 100).await;
            for friend in friends.split(',').take(5) {
                let theirs = post(world, Id(friend.parse().unwrap())).await;
                let comment = Comment { author: id, text: "Hi".to_owned(), ..Comment::default() };
                graph.comment_on_post(&theirs, &comment).await.unwrap();
                graph.like(id, theirs.id, kinds::POST).await.unwrap();
            }
            let photographer = Id(friends.split(',').next().unwrap().parse().unwrap());
            world.photos(&world.album(photographer).await, 1).await;
            let wall = world.cost(name, &[session.clone(), ("source_ids", uid.1)]).await;
            // Session, wall, posts, counts, names: whom one's own posts are for need not be asked.
            assert_eq!(wall.values().sum::<usize>(), 5, "{wall:?}");
            (
                "a session; home of somebody with 100 friends: five posts with a comment and a like each, and a photo",
                world.cost(name, &[session]).await,
            )
        }
        "stream.getFilters" => ("a session", world.cost(name, &[session]).await),
        "stream.publish" => ("a session; a status", world.cost(name, &[session, ("message", "Hi".to_owned())]).await),
        "stream.removeComment" => {
            let comment = Comment { author: id, text: "Hi".to_owned(), ..Comment::default() };
            let comment = graph.comment_on_post(&made, &comment).await.unwrap();
            let comment = ("comment_id", format!("{}_{}", made.wire_id(), comment.id));
            ("a session", world.cost(name, &[session, comment]).await)
        }
        _ => return None,
    })
}
