//! photos.get: photos by who is tagged in them, by album, by id; several of these narrow each other down.
//!
//! What the viewer may not see is left out. An album's photos stand in its order, those of a person with the newest tag first.

use super::{Photo, album_id, photo_ids, shown};
use futures_util::future::try_join;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::people::Look;
use reconnect_core::photos;
use reconnect_core::{Access, Context, Graph, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Photos in which this person is tagged.
    subj_id: Option<u64>,
    /// Photos of this album.
    aid: Option<String>,
    /// These photos.
    #[serde(default)]
    pids: Vec<String>,
}

impl Method for Get {
    const NAME: &'static str = "photos.get";
    const SUMMARY: &'static str = "Answers photos by who is tagged, by album, or by id.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Photo>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Photo>> {
        let (graph, viewer) = (cx.graph(), cx.caller.viewer());
        let aid = args.aid.as_deref().map(album_id).transpose()?;
        let subject = args.subj_id.map(Id);
        if !args.pids.is_empty() {
            let pids = photo_ids(&args.pids)?;
            let album = async {
                match aid {
                    Some(aid) => graph.album_shown(viewer, aid).await.map(|album| Some(album.id)),
                    None => Ok(None),
                }
            };
            let (album, found) = try_join(album, graph.photos(&pids)).await?;
            let mut shown = shown(cx, viewer, found).await?;
            shown.retain(|one| album.is_none_or(|album| one.photo.album == album));
            let shown = graph.photos_tagging(subject, shown).await?;
            return Ok(Photo::shown(cx, shown));
        }
        let shown = match (aid, subject) {
            (Some(aid), _) => {
                let (album, photos) = try_join(graph.album_shown(viewer, aid), graph.photos_in(aid)).await?;
                graph.photos_tagging(subject, Graph::photos_of_shown(viewer, &album, photos)).await?
            }
            (None, Some(subject)) => graph.photos_shown(viewer, of_person(cx, subject).await?).await?,
            (None, None) => return Err(invalid("subj_id, aid and pids are missing: at least one is needed")),
        };
        Ok(Photo::shown(cx, shown))
    }
}

/// Who is hidden from applications is tagged in nothing.
async fn of_person(cx: &Context, person: Id) -> Result<Vec<photos::Photo>> {
    let (seen, photos) = try_join(cx.graph().look_at(look(cx), &[person]), cx.graph().photos_of(person)).await?;
    Ok(if seen.is_empty() { Vec::new() } else { photos })
}

/// A look at nothing but the names of people.
pub(super) fn look(cx: &Context) -> Look<'static> {
    let (viewer, app) = (cx.caller.viewer(), cx.app().id);
    Look { viewer, app, rules: &[], ..Look::default() }
}
