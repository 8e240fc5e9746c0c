//! What hangs from a person: their friends, and what they allow the application.

use super::ask::Ask;
use super::node::{Fields, Node};
use super::people::People;
use super::refusal::Refusal;
use reconnect_core::{Caller, Signed};
use reconnect_store::{Id, limits};
use serde::Serialize;
use std::collections::BTreeMap;
use url::form_urlencoded;

/// A list.
#[derive(Debug, Serialize)]
pub(super) struct List<T> {
    data: Vec<T>,
    paging: Option<Paging>,
}

/// Where the rest of a list is. The token is not repeated there: the SDK adds its own, and an address is passed on too easily.
#[derive(Debug, Default, Serialize)]
pub(super) struct Paging {
    previous: Option<String>,
    next: Option<String>,
}

/// `/me/friends`. Only a person's own token opens the list, as it was; others get the error of the time.
pub(super) async fn friends(ask: &Ask, caller: Option<&Caller>, id: Id) -> Result<List<Node>, Refusal> {
    let caller = caller.ok_or_else(|| Refusal::needs_their_token(false))?;
    match caller.viewer() {
        Some(viewer) if viewer == id => {}
        Some(viewer) => return Err(Refusal::others_friends(id, viewer)),
        None => return Err(Refusal::needs_their_token(true)),
    }
    let (fields, graph) = (Fields::of_many(ask), &ask.site.services.graph);
    let all = graph.friends(id).await?;
    let limit = ask.number("limit").filter(|limit| *limit > 0).unwrap_or(limits::MAX_RANGE).min(limits::MAX_RANGE);
    let offset = ask.number("offset").unwrap_or(0).min(all.len());
    let window = all.get(offset..(offset + limit).min(all.len())).unwrap_or_default();
    let app = fields.have("installed").then_some(caller.app.id);
    let people = People::read(graph, window, app).await?;
    let data =
        people.iter().map(|(person, installed)| Node::of(ask, Some(caller), &fields, person, installed)).collect();
    Ok(List { data, paging: Some(paging(ask, id, limit, offset, all.len())) })
}

fn paging(ask: &Ask, id: Id, limit: usize, offset: usize, count: usize) -> Paging {
    let page = |offset: usize| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(fields) = ask.text("fields") {
            query.append_pair("fields", fields);
        }
        query.append_pair("limit", &limit.to_string()).append_pair("offset", &offset.to_string());
        format!("{}/{id}/friends?{}", ask.base(), query.finish())
    };
    Paging {
        previous: (offset > 0).then(|| page(offset.saturating_sub(limit))),
        next: (offset + limit < count).then(|| page(offset + limit)),
    }
}

/// `/me/permissions`: one object, with a 1 for each that is granted. To the person's own token, and to the application itself.
pub(super) async fn permissions(
    ask: &Ask,
    caller: Option<&Caller>,
    id: Id,
) -> Result<List<BTreeMap<String, u8>>, Refusal> {
    let caller = caller.ok_or_else(|| Refusal::needs_their_token(false))?;
    let grant = match caller.signed {
        Signed::AppSecret => ask.site.services.graph.grant(id, caller.app.id).await?,
        _ if caller.viewer() == Some(id) => caller.grant.clone(),
        _ => return Err(Refusal::unsupported("get")),
    };
    let granted = grant.map(|grant| {
        let names = grant.permissions.iter().map(str::to_owned);
        names.chain(["installed".to_owned()]).map(|name| (name, 1)).collect()
    });
    Ok(List { data: granted.into_iter().collect(), paging: None })
}
