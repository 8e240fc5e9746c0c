//! What the methods of the namespace `notes` are called with.

use super::{Actor, Scene, World};
use reconnect_core::note::Note;
use reconnect_core::permission::Permissions;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, .. } = ann;
    let graph = &world.services.graph;
    graph.authorize(id, world.app.id, &Permissions::parse("create_note").0).await.unwrap();
    let mut last = 0;
    for n in 0..100 {
        // Changing one takes one; listing them takes many.
        if n > 0 && name != "notes.get" {
            break;
        }
        let (title, content) = (n.to_string(), "Text".to_owned());
        let note = Note { owner: id, app: Some(world.app.id), title, content, ..Note::default() };
        last = graph.create_note(note).await.unwrap().id.0;
    }
    let (title, content) = (("title", "Maps".to_owned()), ("content", "<b>Maps</b>".to_owned()));
    let note = ("note_id", last.to_string());
    Some(match name {
        "notes.create" => ("a session", world.cost(name, &[session, title, content]).await),
        "notes.delete" => {
            ("a session; the sweep of comments and likes included", world.cost(name, &[session, note]).await)
        }
        "notes.edit" => ("a session", world.cost(name, &[session, note, title, content]).await),
        "notes.get" => ("a session; 100 notes", world.cost(name, &[session]).await),
        _ => return None,
    })
}
