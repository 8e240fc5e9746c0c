//! What the methods of the namespace `video` are called with.

use super::{Actor, Scene, World};
use reconnect_wire::Upload;

/// The head of a Flash video.
const FILM: &[u8] = b"FLV\x01\x05\0\0\0\x09\0\0\0\0";

pub(super) async fn scene(world: &World, name: &str, ann: Actor) -> Option<Scene> {
    let Actor { id, session, .. } = ann;
    Some(match name {
        "video.getUploadLimits" => ("a session", world.cost(name, &[session]).await),
        "video.upload" => {
            world.grant(id, "video_upload").await;
            let film = Upload { filename: Some("map.flv".to_owned()), content_type: None, bytes: FILM.into() };
            ("a session; its story included", world.cost_with(name, &[session], film).await)
        }
        _ => return None,
    })
}
