//! What the methods of the namespace `pages` are called with.

use super::{Actor, Scene, World};
use reconnect_core::page::Page;
use reconnect_store::Id;
use std::collections::BTreeMap;

/// A page that somebody administers and is a fan of, with the application.
async fn page(world: &World, name: &str, person: Id) -> Id {
    let graph = &world.services.graph;
    let page = Page { name: name.to_owned(), kind: "Film".to_owned(), ..Page::default() };
    let page = graph.create_page(page).await.unwrap().id;
    graph.become_fan(person, page).await.unwrap();
    graph.add_page_admin(page, person).await.unwrap();
    graph.add_page_app(page, world.app.id).await.unwrap();
    page
}

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, uid } = ann;
    let page = ("page_id", page(world, name, id).await.to_string());
    Some(match name {
        "pages.getinfo" => {
            let fields = |fields: &str| ("fields", fields.to_owned());
            let by_id = [("page_ids", page.1.clone()), fields("name,fan_count,has_added_app")];
            assert_eq!(world.cost(name, &by_id).await, BTreeMap::from([("BatchGetItem".to_owned(), 1)]));
            ("a session; the pages of its person", world.cost(name, &[session, fields("name,type")]).await)
        }
        "pages.blockFan" => ("a page_id and a uid", world.cost(name, &[page, uid]).await),
        "pages.isAppAdded" => ("a page_id", world.cost(name, &[page]).await),
        "pages.isAdmin" | "pages.isFan" => ("a session and a page_id", world.cost(name, &[session, page]).await),
        _ => return None,
    })
}
