//! What the methods of the namespace `links` are called with.

use super::{Actor, Scene, World};
use reconnect_core::link::Link;
use reconnect_core::page_preview::Preview;
use reconnect_core::permission::Permissions;
use reconnect_core::web_address::WebAddress;

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, .. } = ann;
    let graph = &world.services.graph;
    graph.authorize(id, world.app.id, &Permissions::parse("share_item").0).await.unwrap();
    let url = format!("http://pond.example/{}", name.to_lowercase());
    let (address, found) =
        (WebAddress::read(&url).unwrap(), Preview { title: "Pond".to_owned(), ..Preview::default() });
    let url = ("url", url);
    Some(match name {
        "links.get" => {
            let (app, title) = (Some(world.app.id), "Pond".to_owned());
            for _ in 0..50 {
                let link = Link { owner: id, app, title: title.clone(), url: url.1.clone(), ..Link::default() };
                graph.create_link(link).await.unwrap();
            }
            ("a session; 50 links", world.cost(name, &[session]).await)
        }
        "links.getStats" => {
            let urls: Vec<String> = (0..25).map(|n| format!("{}/{n}", url.1)).collect();
            for one in &urls {
                graph.keep_web_page(&WebAddress::read(one).unwrap(), None, None).await.unwrap();
            }
            ("25 addresses", world.cost(name, &[("urls", urls.join(","))]).await)
        }
        "links.post" => {
            graph.keep_web_page(&address, None, Some(found)).await.unwrap();
            ("a session; a page that was looked at within the hour", world.cost(name, &[session, url]).await)
        }
        "links.preview" => {
            graph.keep_web_page(&address, None, Some(found)).await.unwrap();
            ("a page that was looked at within the hour; else one write more", world.cost(name, &[url]).await)
        }
        _ => return None,
    })
}
