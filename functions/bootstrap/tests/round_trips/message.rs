//! What the methods of the namespace `message` are called with.

use super::{Actor, Scene, World};
use reconnect_core::thread::{Message, Thread};

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let other = world.person(&format!("writes.{}", name.to_lowercase()), "").await;
    for _ in 0..3 {
        let message = Message { author: other, body: "M".to_owned(), ..Message::default() };
        let thread = Thread { recipients: vec![ann.id], ..Thread::default() };
        world.services.graph.begin_thread(thread, &message).await.unwrap();
    }
    let permissions = reconnect_core::permission::Permissions::parse("read_mailbox").0;
    world.services.graph.authorize(ann.id, world.app.id, &permissions).await.unwrap();
    (name == "message.getThreadsInFolder")
        .then_some(("a session; three threads", world.cost(name, &[ann.session]).await))
}
