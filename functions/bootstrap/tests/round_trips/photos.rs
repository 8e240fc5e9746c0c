//! What the methods of the namespace `photos` are called with.

use super::{Actor, Scene, World};
use reconnect_core::albums::{Aid, Album};
use reconnect_core::permission::Permissions;
use reconnect_core::photos::{IntoAlbum, NewPhoto};
use reconnect_store::Id;
use reconnect_wire::Upload;

/// One pixel.
const PICTURE: &[u8] = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x7f\x7f\x7f\0";

pub(super) fn picture() -> Upload {
    Upload { filename: Some("map.bmp".to_owned()), content_type: None, bytes: PICTURE.into() }
}

impl World {
    pub(super) async fn album(&self, owner: Id) -> Album {
        let album = Album { owner, name: "Maps".to_owned(), ..Album::default() };
        self.services.graph.create_album(album).await.unwrap()
    }

    pub(super) async fn grant(&self, person: Id, permission: &str) {
        let permissions = Permissions::parse(permission).0;
        self.services.graph.authorize(person, self.app.id, &permissions).await.unwrap();
    }

    /// So many photos in an album, as a list of ids.
    pub(super) async fn photos(&self, album: &Album, count: usize) -> String {
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            let into = IntoAlbum::Named(Aid::Album(album.id));
            let new =
                NewPhoto { id: Id(0), owner: album.owner, into, caption: String::new(), app: None, pending: false };
            let developed = self.services.pictures.develop(Some(&picture())).await.unwrap();
            let target = self.services.graph.place_for(&new).await.unwrap();
            ids.push(self.services.add_photo(new, target, developed).await.unwrap().0.id.to_string());
        }
        ids.join(",")
    }
}

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, uid } = ann;
    let at = [("x", "1".to_owned()), ("y", "1".to_owned())];
    let photo = async |count| {
        let album = world.album(id).await;
        let pids = world.photos(&album, count).await;
        (album.aid(), pids)
    };
    Some(match name {
        "photos.createAlbum" => ("a session", world.cost(name, &[session, ("name", "Maps".to_owned())]).await),
        "photos.upload" => {
            let (aid, _) = photo(1).await;
            world.grant(id, "photo_upload").await;
            let args = [session, ("aid", aid)];
            (
                "a session and an `aid`; its story included, which others are in already",
                world.cost_with(name, &args, picture()).await,
            )
        }
        "photos.addTag" => {
            let album = world.album(id).await;
            let pid = world.photos(&album, 1).await;
            world.grant(id, "photo_upload").await;
            let [x, y] = at;
            ("a session; a text", world.cost(name, &[uid, ("pid", pid), ("tag_text", "a dog".to_owned()), x, y]).await)
        }
        "photos.get" => {
            let (aid, _) = photo(20).await;
            ("a session and an `aid`; 20 photos", world.cost(name, &[session, ("aid", aid)]).await)
        }
        "photos.getAlbums" => {
            photo(1).await;
            ("a session", world.cost(name, &[session]).await)
        }
        "photos.getTags" => {
            let (_, pids) = photo(20).await;
            ("a session; 20 photos, a list each", world.cost(name, &[session, ("pids", pids)]).await)
        }
        _ => return None,
    })
}
