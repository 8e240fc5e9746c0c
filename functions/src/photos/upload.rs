//! photos.upload: adds the picture that came with the call to an album, and answers it.
//!
//! Without `aid` it goes into the album of the application's photos, which is made when it is needed. Without the permission it waits for its
//! owner's approval, and nobody else sees it. The call is answered on every host: the code for a wrong one (14) is used nowhere.

use super::{Photo, acting, album_id};
use reconnect_core::albums::MAX_TEXT;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::photos::{IntoAlbum, NewPhoto};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Upload;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The album; without it the one of the application's photos.
    aid: Option<String>,
    /// What stands below it.
    #[serde(default)]
    caption: String,
    /// Whose; without it the session's person. A desktop application's is ignored in a session.
    uid: Option<u64>,
}

impl Method for Upload {
    const NAME: &'static str = "photos.upload";
    const SUMMARY: &'static str = "Adds a photo to an album.";
    const ACCESS: Access = Access::optional_session().writes().needs_file();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Photo;

    async fn call(cx: &Context, args: Args) -> Result<Photo> {
        let into = match &args.aid {
            Some(aid) => IntoAlbum::Named(album_id(aid)?),
            None => IntoAlbum::OfApplication(cx.app()),
        };
        if args.caption.len() > MAX_TEXT {
            return Err(invalid(format!("caption is longer than {MAX_TEXT} bytes")));
        }
        let (owner, granted) = acting(cx, args.uid).await?;
        let app = Some(cx.app().id);
        let new = NewPhoto { id: Id(0), owner, into, caption: args.caption, app, pending: !granted };
        // What costs little first: a picture is decoded for a photo that can be kept.
        let target = cx.graph().place_for(&new).await?;
        let developed = cx.services.pictures.develop(cx.upload.as_ref()).await?;
        let (photo, album) = cx.services.add_photo(new, target, developed).await?;
        Ok(Photo::of(cx, photo, album.aid()))
    }
}
