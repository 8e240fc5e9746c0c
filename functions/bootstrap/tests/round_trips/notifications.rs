//! What the methods of the namespace `notifications` are called with.

use super::{Actor, Scene, World};
use reconnect_core::notification::Notification;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, uid } = ann;
    let (graph, app) = (&world.services.graph, world.app.id);
    for _ in 0..3 {
        let notification = Notification { app, title_html: "T".to_owned(), ..Notification::default() };
        graph.notify(id, &notification).await.unwrap();
    }
    Some(match name {
        "notifications.get" => {
            let other = world.person(&format!("asks.{}", name.to_lowercase()), "").await;
            graph.ask_to_be_friends(other, id, "").await.unwrap();
            ("a session; a friend request", world.cost(name, &[session]).await)
        }
        "notifications.getList" => ("a session; three of an application", world.cost(name, &[session]).await),
        "notifications.markRead" => {
            let ids: Vec<String> =
                graph.notifications(id, 0).await.unwrap().iter().map(|one| one.id.to_string()).collect();
            ("a session; three ids", world.cost(name, &[session, ("notification_ids", ids.join(","))]).await)
        }
        "notifications.sendEmail" => {
            let text = |name: &'static str| (name, "T".to_owned());
            ("a recipient", world.cost(name, &[("recipients", uid.1), text("subject"), text("text")]).await)
        }
        _ => return None,
    })
}
