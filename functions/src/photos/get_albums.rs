//! photos.getAlbums: albums by their owner, by id, or both.
//!
//! The album of the profile's pictures is answered only where its id is asked for, as it was. An album that the viewer may not see is left
//! out.

use super::{Album, album_id};
use reconnect_core::albums::{Aid, Listed};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct GetAlbums;

/// How many albums a call may name.
const MAX_AIDS: usize = 1000;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose; without `uid` and `aids` the session's person.
    uid: Option<u64>,
    /// These albums.
    #[serde(default)]
    aids: Vec<String>,
}

impl Method for GetAlbums {
    const NAME: &'static str = "photos.getAlbums";
    const SUMMARY: &'static str = "Answers albums by owner or by id.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Album>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Album>> {
        let viewer = cx.caller.viewer();
        let owner = args.uid.map(Id);
        let albums: Vec<Listed> = if args.aids.is_empty() {
            let owner = owner.or(viewer);
            let owner = owner.ok_or_else(|| invalid("uid and aids are missing, and there is no session"))?;
            cx.graph().albums_of(owner).await?
        } else {
            if args.aids.len() > MAX_AIDS {
                return Err(invalid(format!("aids names more than {MAX_AIDS} albums")));
            }
            let aids: Vec<Aid> = args.aids.iter().map(|aid| album_id(aid)).collect::<Result<_>>()?;
            let named = cx.graph().albums(&aids).await?.into_iter().flatten();
            named.filter(|one| owner.is_none_or(|owner| one.album.owner == owner)).collect()
        };
        let things: Vec<_> = albums.iter().map(|one| (one.album.owner, &one.album.privacy)).collect();
        let seen = cx.graph().may_see(viewer, &things).await?;
        Ok(albums.into_iter().zip(seen).filter(|(_, seen)| *seen).map(|(one, _)| Album::of(cx, one)).collect())
    }
}
