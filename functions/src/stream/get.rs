//! stream.get: posts with what stands under them, whom they name, and which albums they are about; of one wall, or the home view of many.
//!
//! Newest first by when they were last updated; `limit` counts back from the latest. One `source_ids` is that wall as far back as it goes;
//! several, or none, are a home view, which shows nine days. Without `read_stream` a wall shows what everybody may see, and there is no home view
//! (error 612). Programs that ask for a view as everybody sees it send `viewer_id` 0.

use super::filter::FilterKey;
use super::post::{Frame, StreamPost};
use super::profile::Profile;
use super::{PUBLISH, READ};
use crate::photos::Album;
use crate::photos::get_tags::{PhotoTag, tags_on};
use futures_util::future::try_join3;
use reconnect_core::attachment::Media;
use reconnect_core::error::invalid;
use reconnect_core::feed::{MAX_POSTS, Told, Under, Window};
use reconnect_core::method::Fidelity;
use reconnect_core::names::Named;
use reconnect_core::post::Post;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::{Code, UidList};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// So many posts are told where nobody says how many.
const USUAL: usize = 30;
/// So many walls may be named.
const MOST_SOURCES: usize = 5000;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose view; without it the session's person. 0 is what everybody may see. Another than the session's only without a session.
    viewer_id: Option<u64>,
    /// Only posts on these walls: of people, pages, groups, events. Without it those of all that the viewer has to do with.
    source_ids: Option<UidList>,
    /// Not updated before, in seconds since 1970.
    start_time: Option<i64>,
    /// Not updated after, in seconds since 1970.
    end_time: Option<i64>,
    /// How many posts; 30, and at most 200.
    limit: Option<u64>,
    /// A key of stream.getFilters, or `owner` or `others` on one wall.
    #[serde(default)]
    filter_key: String,
    /// Which of `profiles`, `albums` and `photo_tags` are wanted, as a JSON array; without it the first two.
    metadata: Option<Vec<String>>,
}

/// Posts, whom they name, and the albums that they are about.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Stream {
    /// Newest first.
    posts: Vec<StreamPost>,
    /// Everybody and everything that the posts name.
    profiles: Vec<Profile>,
    /// The albums that posts of photos are about, as far as the viewer may see them.
    albums: Vec<Album>,
    /// Who is seen on their photos; where `metadata` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    photo_tags: Option<Vec<PhotoTag>>,
}

impl Method for Get {
    const NAME: &'static str = "stream.get";
    const SUMMARY: &'static str =
        "Tells the posts of walls as a person may see them, with comments, likes, whom they name and their albums.";
    const ACCESS: Access = Access::optional_session().needs("read_stream");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Stream;

    async fn call(cx: &Context, args: Args) -> Result<Stream> {
        let viewer = viewer(cx, args.viewer_id)?;
        let key = FilterKey::read(&args.filter_key)?;
        let grant = match viewer {
            Some(viewer) => cx.grant_of(viewer).await?,
            None => None,
        };
        let may = |permission| grant.as_ref().is_some_and(|grant| grant.permissions.allow(permission));
        let (allowed, may_write) = (may(READ), may(PUBLISH));
        if !allowed && key.needs_viewer() {
            return Err(Code::FqlInvalidParam.because("filter_key needs a viewer who granted read_stream").into());
        }
        let window = Window {
            since: args.start_time.filter(|time| *time > 0),
            until: args.end_time.filter(|time| *time > 0),
            limit: limit(args.limit),
            filter: key.narrows(),
        };
        let sees = viewer.filter(|_| allowed);
        let told = told(cx, sees, args.source_ids.as_ref(), key, window).await?;
        answer(cx, View { viewer, sees, may_write }, told, &args).await
    }
}

/// Whose view it is; none for everybody's.
fn viewer(cx: &Context, viewer_id: Option<u64>) -> Result<Option<Id>> {
    match (viewer_id, cx.caller.viewer()) {
        (Some(0), _) => Ok(None),
        (None, Some(viewer)) => Ok(Some(viewer)),
        (Some(id), Some(viewer)) if id == viewer.0 => Ok(Some(viewer)),
        (Some(id), None) if cx.caller.is_server() => Ok(Some(Id(id))),
        (Some(id), _) => Err(Code::Permission.because(format!("viewer_id {id} is not the session's user")).into()),
        (None, None) => Err(Code::ParamSessionKey.because("there is neither a session nor a viewer_id").into()),
    }
}

fn limit(given: Option<u64>) -> usize {
    match given {
        None | Some(0) => USUAL,
        Some(limit) => usize::try_from(limit).unwrap_or(MAX_POSTS).min(MAX_POSTS),
    }
}

async fn told(
    cx: &Context,
    viewer: Option<Id>,
    sources: Option<&UidList>,
    key: FilterKey,
    window: Window,
) -> Result<Vec<Told>> {
    let sources: Vec<Id> = sources.iter().flat_map(|list| &list.0).map(|id| Id(*id)).collect();
    match (sources.as_slice(), key, viewer) {
        (many, ..) if many.len() > MOST_SOURCES => {
            Err(invalid(format!("source_ids names {} walls, and {MOST_SOURCES} are the most at once", many.len())))
        }
        ([source], FilterKey::FriendList(_) | FilterKey::Network(_), Some(viewer)) => {
            let members = key.sources(cx, viewer).await?;
            if members.contains(source) { cx.graph().wall(Some(viewer), *source, window).await } else { Ok(Vec::new()) }
        }
        ([source], ..) => cx.graph().wall(viewer, *source, window).await,
        (_, FilterKey::Wall(_), _) => {
            Err(invalid("filter_key: owner and others are for one wall; name it in source_ids"))
        }
        ([], _, None) => {
            Err(Code::FqlExtendedPermission.because("read_stream is not granted: only walls can be read").into())
        }
        ([], _, Some(viewer)) => {
            let sources = key.sources(cx, viewer).await?;
            cx.graph().walls(Some(viewer), &sources, window).await
        }
        (sources, _, viewer) => {
            let mut sources = sources.to_vec();
            if let Some(viewer) = viewer.filter(|_| key.needs_viewer()) {
                let members: HashSet<Id> = key.sources(cx, viewer).await?.into_iter().collect();
                sources.retain(|source| members.contains(source));
            }
            cx.graph().walls(viewer, &sources, window).await
        }
    }
}

/// Whose view it is, as whom they see, and whether the call may write for them.
#[derive(Clone, Copy)]
struct View {
    viewer: Option<Id>,
    sees: Option<Id>,
    may_write: bool,
}

async fn answer(cx: &Context, view: View, told: Vec<Told>, args: &Args) -> Result<Stream> {
    let View { viewer, sees, may_write } = view;
    let graph = cx.graph();
    let wants = |part: &str| args.metadata.as_ref().is_none_or(|parts| parts.iter().any(|one| one == part));
    let posts: Vec<_> = told.iter().map(|one| &one.post).collect();
    let of_albums: &[_] = if wants("albums") { &posts } else { &[] };
    let tagged = args.metadata.is_some() && wants("photo_tags");
    let tags = async { if tagged { Ok(Some(tags_on(cx, sees, &photos(&posts)).await?)) } else { Ok(None) } };
    let albums = graph.albums_of_posts(sees, of_albums);
    let (under, albums, photo_tags) = try_join3(graph.under(sees, &posts), albums, tags).await?;
    let names = graph.names(sees, &named(&told, &under)).await?;
    let known: HashMap<Id, &Named> = names.iter().map(|one| (one.id, one)).collect();
    let frame = Frame { viewer, site: &cx.request.site, filter_key: &args.filter_key, may_write, names: &known };
    let posts = told.into_iter().zip(under).map(|(one, under)| StreamPost::of(&frame, one, under)).collect();
    let profiles = names.into_iter().filter(|_| wants("profiles")).map(|one| Profile::of(one, &cx.request.site));
    let albums = albums.into_iter().map(|one| Album::of(cx, one));
    Ok(Stream { posts, profiles: profiles.collect(), albums: albums.collect(), photo_tags })
}

/// The photos that posts show, each once.
fn photos(posts: &[&Post]) -> Vec<Id> {
    let mut seen = HashSet::new();
    let media = posts.iter().filter_map(|post| post.attachment.as_ref()).flat_map(|one| &one.media);
    let pid = |one: &Media| if let Media::Photo { pid, .. } = one { Some(Id(*pid)) } else { None };
    media.filter_map(pid).filter(|pid| seen.insert(*pid)).collect()
}

/// Everybody whom a view names, in the order in which they first come up.
fn named(told: &[Told], under: &[Under]) -> Vec<Id> {
    let mut seen = HashSet::new();
    let each = told.iter().zip(under).flat_map(|(Told { post, .. }, under)| {
        let of_post = [Some(post.actor), Some(post.owner), post.app].into_iter().flatten();
        let others = post.mentioned.iter().chain(&under.friends).chain(&under.sample).copied();
        of_post.chain(others).chain(under.last.iter().map(|comment| comment.author)).collect::<Vec<_>>()
    });
    each.filter(|id| *id != Id(0) && seen.insert(*id)).collect()
}

#[cfg(test)]
mod tests;
