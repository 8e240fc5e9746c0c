//! photos.getTags: who and what is seen on photos, in one flat list.
//!
//! A person's tag is answered with their name of today. Who is gone, or hidden from applications, is tagged nowhere.

use super::get::look;
use super::{photo_ids, shown};
use futures_util::future::{try_join, try_join_all};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::photos::{self, Shown, Subject, Tag};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::HashMap;

pub(crate) struct GetTags;

/// How many photos a call may name: a list is read for each.
const MAX_PIDS: usize = 100;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The photos.
    #[serde(default)]
    pids: Vec<String>,
}

/// A tag.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "photo_tag")]
pub(crate) struct PhotoTag {
    /// The photo.
    pid: String,
    /// Who is tagged; empty for a text only.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// How far from the left edge, in percent of the width.
    #[serde(serialize_with = "percent")]
    xcoord: f64,
    /// How far from the upper edge, in percent of the height.
    #[serde(serialize_with = "percent")]
    ycoord: f64,
    /// When, in seconds since 1970.
    created: i64,
}

/// Whole ones are written without a fraction: `20`, `65.4`.
fn percent<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 { serializer.serialize_i64(*value as i64) } else { serializer.serialize_f64(*value) }
}

impl Method for GetTags {
    const NAME: &'static str = "photos.getTags";
    const SUMMARY: &'static str = "Answers the tags on photos.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<PhotoTag>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<PhotoTag>> {
        let pids = photo_ids(&args.pids)?;
        if pids.is_empty() || pids.len() > MAX_PIDS {
            return Err(invalid(format!("pids is to name 1 to {MAX_PIDS} photos")));
        }
        let (photos, tags) = looked_up(cx, &pids).await?;
        told(cx, &pids, &tags, shown(cx, cx.caller.viewer(), photos)).await
    }
}

/// The tags on the first so many of these photos, as far as a viewer may see them; for answers that show them beside something else.
pub(crate) async fn tags_on(cx: &Context, viewer: Option<Id>, pids: &[Id]) -> Result<Vec<PhotoTag>> {
    let pids = pids.get(..MAX_PIDS).unwrap_or(pids);
    let (photos, tags) = looked_up(cx, pids).await?;
    let there = photos.into_iter().flatten().collect();
    told(cx, pids, &tags, cx.graph().photos_shown(viewer, there)).await
}

async fn looked_up(cx: &Context, pids: &[Id]) -> Result<(Vec<Option<photos::Photo>>, Vec<Vec<Tag>>)> {
    let tags_of = try_join_all(pids.iter().map(|pid| cx.graph().tags_of(*pid)));
    try_join(cx.graph().photos(pids), tags_of).await
}

/// Of the tags on each photo those on the photos that are shown, which are judged while names are looked up.
async fn told(
    cx: &Context,
    pids: &[Id],
    tags: &[Vec<Tag>],
    shown: impl Future<Output = Result<Vec<Shown>>>,
) -> Result<Vec<PhotoTag>> {
    let people: Vec<Id> = tags.iter().flatten().filter_map(person).collect();
    let (shown, people) = try_join(shown, cx.graph().look_at(look(cx), &people)).await?;
    let names: HashMap<Id, String> = people.into_iter().map(|one| (one.person.id, one.person.name())).collect();
    let of: HashMap<Id, &Vec<Tag>> = pids.iter().copied().zip(tags).collect();
    let mut answer = Vec::new();
    for photo in shown {
        let pid = photo.photo.id;
        for tag in of.get(&pid).copied().into_iter().flatten() {
            let (subject, text) = match &tag.subject {
                Subject::Text(text) => (None, text.clone()),
                Subject::Person(id) => match names.get(id) {
                    Some(name) => (Some(id.0), name.clone()),
                    None => continue,
                },
            };
            let (pid, text) = (pid.to_string(), Some(text));
            let (xcoord, ycoord) = (tag.place.x, tag.place.y);
            answer.push(PhotoTag { pid, subject, text, xcoord, ycoord, created: tag.created });
        }
    }
    Ok(answer)
}

fn person(tag: &Tag) -> Option<Id> {
    match tag.subject {
        Subject::Person(id) => Some(id),
        Subject::Text(_) => None,
    }
}
