//! pages.getinfo: chosen fields of pages: of those that are named, of those that somebody is a fan of, or of those that are both.
//!
//! It was a query of the table `page`, and still looks like one: the fields come back in the order asked for, an unknown one fails the whole
//! call, a page that is not there is left out. Without a session `uid` is ignored. The pages of somebody who does not show them are none.

use super::Subject;
use super::fields::{Asked, PageRow, View};
use crate::status::element::Status;
use futures_util::future::try_join;
use reconnect_core::error::invalid;
use reconnect_core::fan::{fan_count_key, page_app_key};
use reconnect_core::method::Fidelity;
use reconnect_core::page::{find_type, page_in};
use reconnect_core::post::status_key;
use reconnect_core::status::Status as Current;
use reconnect_core::{Access, Context, Method, Result, kinds};
use reconnect_store::{Found, Id, Key};
use reconnect_wire::{Code, UidList};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashSet;

pub(crate) struct GetInfo;

/// How many pages one call may name.
const MOST: usize = 1000;
/// How many pages are read at a time: a page with all its fields is up to five things, one of them in sixteen parts.
const AT_ONCE: usize = 500;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Names of fields, as a JSON array or with commas between them.
    fields: String,
    /// Which pages, 1000 at most. Without them those of `uid`.
    page_ids: Option<UidList>,
    /// Only pages that this person is a fan of; without `page_ids` the session's person is meant where nobody is named.
    uid: Option<u64>,
    /// Only pages of this type.
    r#type: Option<String>,
}

impl Method for GetInfo {
    const NAME: &'static str = "pages.getinfo";
    const SUMMARY: &'static str =
        "Tells chosen fields of pages: of those that are named, or that somebody is a fan of.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<PageRow>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<PageRow>> {
        let asked = Asked::read(&args.fields)?;
        let kind = match &args.r#type {
            Some(name) => Some(find_type(name).ok_or_else(|| {
                Code::ParamBadPageType.because(format!("type '{name}' is no type of page, such as Musician"))
            })?),
            None => None,
        };
        let mut rows = Vec::new();
        for some in pages(cx, &args).await?.chunks(AT_ONCE) {
            rows.extend(read(cx, &asked, kind, some).await?);
        }
        Ok(rows)
    }
}

/// The pages that are asked about, each once.
async fn pages(cx: &Context, args: &Args) -> Result<Vec<Id>> {
    let named = args.page_ids.as_ref().map(named).transpose()?;
    let fan = match (cx.caller.viewer(), args.uid) {
        (Some(_), Some(uid)) => Some(Id(uid)),
        (Some(viewer), None) if named.is_none() => Some(viewer),
        _ => None,
    };
    match (named, fan) {
        (None, None) => Err(invalid("page_ids is missing, and there is no session whose person could be a fan of any")),
        (Some(named), None) => Ok(named),
        (named, Some(person)) => {
            let (subject, theirs) = try_join(Subject::look(cx, person), cx.graph().fan_of(person)).await?;
            let shown = subject.is_some_and(|subject| subject.shows_pages(cx));
            let theirs = if shown { theirs } else { Vec::new() };
            let Some(named) = named else { return Ok(theirs) };
            let theirs: HashSet<Id> = theirs.into_iter().collect();
            Ok(named.into_iter().filter(|page| theirs.contains(page)).collect())
        }
    }
}

fn named(ids: &UidList) -> Result<Vec<Id>> {
    let mut seen = HashSet::new();
    let ids: Vec<Id> = ids.0.iter().map(|id| Id(*id)).filter(|id| seen.insert(*id)).collect();
    match ids.len() {
        0 => Err(invalid("page_ids names no page: send ids, as a JSON array or with commas between them")),
        1..=MOST => Ok(ids),
        many => Err(invalid(format!("page_ids names {many} pages, and {MOST} are the most at once"))),
    }
}

/// Some of the pages, and of each what is asked for: one wave.
async fn read(cx: &Context, asked: &[Asked], kind: Option<&str>, ids: &[Id]) -> Result<Vec<PageRow>> {
    let asks = |name: &str| asked.iter().any(|one| one.name() == name);
    let app = cx.app().id;
    let columns: [(bool, &(dyn Fn(Id) -> Key + Sync)); 4] = [
        (true, &Key::Object),
        (asks("has_added_app"), &|page| page_app_key(page, app)),
        (asks("fan_count"), &fan_count_key),
        (asks("status"), &status_key),
    ];
    let keys: Vec<Key> =
        columns.iter().filter(|(wanted, _)| *wanted).flat_map(|(_, key)| ids.iter().map(|id| key(*id))).collect();
    let found = cx.graph().get(&keys).await?;
    let mut chunks = found.chunks(ids.len().max(1));
    let [pages, apps, fans, statuses] =
        columns.map(|(wanted, _)| if wanted { chunks.next().unwrap_or_default() } else { &[] });
    let mut current = Vec::with_capacity(statuses.len());
    for (id, found) in ids.iter().zip(statuses) {
        current.push(Current::read(*id, Some(found))?);
    }
    count_comments(cx, &mut current).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for (at, (id, found)) in ids.iter().zip(pages).enumerate() {
        let Some(page) = page_in(found)?.filter(|page| kind.is_none_or(|kind| page.kind == kind)) else { continue };
        let has_app = matches!(apps.get(at), Some(Found::Assoc(Some(_))));
        let fans = if let Some(Found::Count(count)) = fans.get(at) { *count } else { 0 };
        let status = Status::of(*id, current.get(at).and_then(Option::as_ref));
        rows.push(PageRow::seen(&View { page: &page, site: &cx.request.site, has_app, fans, status }, asked));
    }
    Ok(rows)
}

/// How many comments each of these statuses has: a second wave, where there are any.
async fn count_comments(cx: &Context, statuses: &mut [Option<Current>]) -> Result<()> {
    let mut there: Vec<&mut Current> = statuses.iter_mut().flatten().collect();
    let keys: Vec<Key> = there.iter().map(|status| Key::Count { from: status.id, kind: kinds::COMMENT }).collect();
    if keys.is_empty() {
        return Ok(());
    }
    for (status, found) in there.iter_mut().zip(cx.graph().get(&keys).await?) {
        if let Found::Count(count) = found {
            status.comments = count;
        }
    }
    Ok(())
}
