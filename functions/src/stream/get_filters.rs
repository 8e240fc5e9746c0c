//! stream.getFilters: the parts of a person's home view that a program can ask stream.get for, in the order of the page.
//!
//! The news feed, each application that the person uses, their friend lists, their networks.

use super::READ;
use futures_util::future::try_join3;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetFilters;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose; without it the session's person. A desktop application's is ignored.
    uid: Option<u64>,
}

/// A filter.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_filter")]
pub(crate) struct StreamFilter {
    /// Whose.
    uid: u64,
    /// What stream.get calls it.
    filter_key: String,
    /// What the person reads.
    name: String,
    /// Its place on the page, from 0.
    rank: u64,
    /// The address of a small picture; empty where there is none.
    icon_url: String,
    /// Whether it stands on the page.
    is_visible: bool,
    /// `newsfeed`, `application`, `friendlist` or `network`.
    r#type: &'static str,
    /// The id of the application, list or network; 0 of the news feed.
    value: u64,
}

impl Method for GetFilters {
    const NAME: &'static str = "stream.getFilters";
    const SUMMARY: &'static str = "Lists the filters of a person's home view.";
    const ACCESS: Access = Access::optional_session().needs("read_stream");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<StreamFilter>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<StreamFilter>> {
        let person = person(cx, args.uid)?;
        let graph = cx.graph();
        let (lists, grants, known) =
            try_join3(graph.friend_lists(person), graph.grants_of(person), graph.person(person)).await?;
        let granted = grants.iter().any(|(app, grant, _)| app.id == cx.app().id && grant.permissions.allow(READ));
        if !granted {
            return Err(Code::FqlExtendedPermission.because("read_stream is not granted").into());
        }
        let home = ("nf".to_owned(), "News Feed".to_owned(), "newsfeed", 0);
        let apps = grants.into_iter().map(|(app, ..)| (format!("app_{}", app.id), app.name, "application", app.id.0));
        let lists = lists.into_iter().map(|list| (format!("fl_{}", list.id), list.name, "friendlist", list.id.0));
        let networks = known.map(|person| person.affiliations).unwrap_or_default().into_iter();
        let networks = networks.map(|one| (format!("nid_{}", one.nid), one.name, "network", one.nid));
        let all = std::iter::once(home).chain(apps).chain(lists).chain(networks);
        let filters = all.enumerate().map(|(rank, (filter_key, name, r#type, value))| StreamFilter {
            uid: person.0,
            filter_key,
            name,
            rank: rank as u64,
            icon_url: String::new(),
            is_visible: true,
            r#type,
            value,
        });
        Ok(filters.collect())
    }
}

/// Filters are the session's person's own: error 606 for another's. A server without a session names whose.
fn person(cx: &Context, uid: Option<u64>) -> Result<Id> {
    match (uid.map(Id), cx.caller.viewer()) {
        (None, Some(viewer)) => Ok(viewer),
        (Some(_), Some(viewer)) if cx.app().desktop => Ok(viewer),
        (Some(uid), Some(viewer)) if uid != viewer => {
            Err(Code::FqlInvalidParam.because(format!("uid {uid} is not the session's user")).into())
        }
        (uid, _) => match cx.subject(uid.map(|uid| uid.0))? {
            Some(person) => Ok(person),
            None => Err(Code::ParamSessionKey.because("there is neither a session nor a uid").into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Street, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::friendship::FriendList;
    use serde_json::json;

    const METHOD: &str = "stream.getFilters";

    #[tokio::test]
    async fn filters_are_those_of_the_page_in_its_order() {
        let street = Street::new().await;
        let list = FriendList { owner: ANN, name: "Family".to_owned(), ..FriendList::default() };
        let list = street.world.services.graph.create_friend_list(list, &[BOB]).await.unwrap().id;
        let answer = street.ann(METHOD, &[]).await;
        let keys: Vec<_> = answer.as_array().unwrap().iter().map(|one| one["filter_key"].as_str().unwrap()).collect();
        let (web, desktop) = (street.world.web.id, street.world.desktop.id);
        assert_eq!(keys.first(), Some(&"nf"));
        assert_eq!(keys.last(), Some(&format!("fl_{list}").as_str()));
        assert!(keys.contains(&format!("app_{web}").as_str()) && keys.contains(&format!("app_{desktop}").as_str()));
        let ranks: Vec<_> = answer.as_array().unwrap().iter().map(|one| one["rank"].as_u64().unwrap()).collect();
        assert_eq!(ranks, [0, 1, 2, 3]);
        assert_eq!(
            answer[3],
            json!({
                "uid": ANN.0, "filter_key": format!("fl_{list}"), "name": "Family", "rank": 3, "icon_url": "",
                "is_visible": true, "type": "friendlist", "value": list.0
            })
        );
        for key in keys {
            let posts = street.ann("stream.get", &[("filter_key", key)]).await;
            assert_eq!(posts["posts"], json!([]), "{key} is taken: {posts}");
        }
    }

    #[tokio::test]
    async fn filters_are_for_their_owner_and_with_permission() {
        let street = Street::new().await;
        assert_eq!(code(&street.ann(METHOD, &[("uid", &BOB.to_string())]).await), 606);
        assert_eq!(code(&street.server(METHOD, &[]).await), 102);
        assert_eq!(street.server(METHOD, &[("uid", &ANN.to_string())]).await[0]["filter_key"], "nf");
        assert_eq!(code(&street.server(METHOD, &[("uid", "99")]).await), 612);
        street.grant(ANN, "publish_stream").await;
        assert_eq!(code(&street.ann(METHOD, &[]).await), 612);
    }
}
