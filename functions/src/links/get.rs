//! links.get: the links that somebody shared through the calling application, newest first.
//!
//! The default of `limit` and its ceiling are inferred. The PHP client sends `uid` and `limit` empty where they are not set; 0 is taken alike.

use reconnect_core::context::nobody_named;
use reconnect_core::disclosure::Disclosure;
use reconnect_core::error::invalid;
use reconnect_core::link::Link;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::{Code, UidList};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

pub(crate) struct Get;

/// How many links are told where the call does not say.
const USUAL: usize = 50;
/// How many links one call may ask for.
const MOST: usize = 500;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose; else the session's person's.
    uid: Option<u64>,
    /// Only these of them.
    link_ids: Option<UidList>,
    /// At most so many; 50 where it is not said, 500 at most.
    limit: Option<u64>,
}

/// A link.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "link")]
pub(crate) struct LinkInfo {
    /// Its id, of 64 bits.
    link_id: u64,
    /// Who shared it.
    owner: u64,
    /// Their words about it.
    owner_comment: String,
    /// When they did.
    created_time: i64,
    /// Title of the page.
    title: String,
    /// What the page says of itself.
    summary: String,
    /// Where it leads.
    url: String,
    /// Pictures of the page.
    image_urls: Vec<String>,
}

impl From<Link> for LinkInfo {
    fn from(link: Link) -> LinkInfo {
        LinkInfo {
            link_id: link.id.0,
            owner: link.owner.0,
            owner_comment: link.comment,
            created_time: link.created.div_euclid(1000),
            title: link.title,
            summary: link.summary,
            url: link.url,
            image_urls: link.images,
        }
    }
}

impl Method for Get {
    const NAME: &'static str = "links.get";
    const SUMMARY: &'static str = "Lists the links that somebody shared through the calling application.";
    const ACCESS: Access = Access::session().no_session_secret();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<LinkInfo>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<LinkInfo>> {
        let (owner, app) = (cx.subject(args.uid)?.ok_or_else(nobody_named)?, cx.app().id);
        let limit = match args.limit.unwrap_or(0) {
            0 => USUAL,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        };
        if limit > MOST || args.link_ids.as_ref().is_some_and(|ids| ids.0.len() > MOST) {
            return Err(invalid(format!("limit and link_ids: {MOST} links are the most")));
        }
        let mut links = match args.link_ids {
            Some(ids) => {
                let mut seen = HashSet::new();
                let ids: Vec<Id> = ids.0.into_iter().map(Id).filter(|id| seen.insert(*id)).collect();
                cx.graph().links(&ids).await?
            }
            None => cx.graph().links_of(owner, app, limit).await?,
        };
        links.retain(|link| link.owner == owner && link.app == Some(app));
        links.sort_by_key(|link| std::cmp::Reverse((link.created, link.id)));
        // What its owner shows to everybody is shown to whoever may see the owner at all.
        let open = Disclosure::default();
        let mut things = vec![(owner, &open)];
        things.extend(links.iter().map(|link| (owner, &link.privacy)));
        let seen = cx.graph().may_see(cx.caller.viewer(), &things).await?;
        let Some((true, seen)) = seen.split_first() else {
            return Err(Code::PermissionUser.because(format!("uid {owner}")).into());
        };
        let shown = links.into_iter().zip(seen).filter(|(_, seen)| **seen).map(|(link, _)| link.into());
        Ok(shown.take(limit).collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::disclosure::{Disclosure, Value as Shown};
    use reconnect_store::Id;
    use serde_json::{Value, json};

    const METHOD: &str = "links.get";

    fn titles(answer: &Value) -> Vec<&str> {
        let links = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
        links.iter().map(|link| link["title"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn an_applications_own_links_are_listed_newest_first() {
        let shelf = Shelf::new().await;
        let (web, desktop) = (shelf.world.web.id, shelf.world.desktop.id);
        let mut ids = Vec::new();
        for (owner, title, app) in [(ANN, "A", web), (ANN, "B", desktop), (BOB, "C", web), (ANN, "D", web)] {
            ids.push(shelf.link(owner, title, app, Disclosure::default()).await.id.to_string());
        }
        assert_eq!(titles(&shelf.ask(METHOD, &[("uid", ""), ("limit", "")]).await), ["D", "A"]);
        assert_eq!(titles(&shelf.ask(METHOD, &[("limit", "1")]).await), ["D"]);
        assert_eq!(titles(&shelf.ask(METHOD, &[("limit", "0")]).await), ["D", "A"]);
        let all = format!("{},1,{},{ANN}", ids.join(","), ids[0]);
        assert_eq!(titles(&shelf.ask(METHOD, &[("link_ids", &all)]).await), ["D", "A"], "her own of this application");
        assert_eq!(titles(&shelf.ask(METHOD, &[("link_ids", &format!("[\"{}\"]", ids[0]))]).await), ["A"]);
        assert_eq!(titles(&shelf.ask(METHOD, &[("uid", "1240078")]).await), ["C"]);
    }

    #[tokio::test]
    async fn a_link_looks_as_the_schema_has_it() {
        let shelf = Shelf::new().await;
        let link = shelf.link(ANN, "Pond & <ducks>", shelf.world.web.id, Disclosure::default()).await;
        insta::assert_snapshot!(shelf.xml(METHOD, &[]).await.replace(&link.id.to_string(), "ID"), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <links_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <link>
            <link_id>ID</link_id>
            <owner>1240077</owner>
            <owner_comment>Look</owner_comment>
            <created_time>1234567891</created_time>
            <title>Pond &amp; &lt;ducks&gt;</title>
            <summary>Ducks.</summary>
            <url>http://pond.example/</url>
            <image_urls list="true">
              <image_urls_elt>http://pond.example/d.jpg</image_urls_elt>
            </image_urls>
          </link>
        </links_get_response>
        "#);
        assert_eq!(shelf.ask(METHOD, &[]).await[0]["image_urls"], json!(["http://pond.example/d.jpg"]));
    }

    #[tokio::test]
    async fn only_what_may_be_seen_is_told() {
        let shelf = Shelf::new().await;
        for (title, value) in [("all", Shown::Everyone), ("friends", Shown::AllFriends), ("own", Shown::Myself)] {
            let privacy = Disclosure { value, ..Disclosure::default() };
            shelf.link(BOB, title, shelf.world.web.id, privacy).await;
        }
        let bobs = [("uid", "1240078")];
        assert_eq!(titles(&shelf.ask(METHOD, &bobs).await), ["friends", "all"]);
        shelf.graph().unfriend(ANN, BOB).await.unwrap();
        assert_eq!(titles(&shelf.ask(METHOD, &bobs).await), ["all"]);
        shelf.graph().block(BOB, ANN).await.unwrap();
        assert_eq!(code(&shelf.ask(METHOD, &bobs).await), 210);
        assert_eq!(code(&shelf.ask(METHOD, &[("uid", "1249999")]).await), 210, "nobody");
        shelf.graph().unblock(BOB, ANN).await.unwrap();
        shelf.edit(BOB, |bob| bob.opted_out = true).await;
        assert_eq!(code(&shelf.ask(METHOD, &bobs).await), 210, "hidden from applications");
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        let shelf = Shelf::new().await;
        assert_eq!(code(&shelf.by_server(METHOD, &[("uid", "1240077")]).await), 102, "a session is needed");
        assert_eq!(code(&shelf.by_session_secret(METHOD, &[]).await), 15);
        for limit in ["501", "-1", "many", "99999999999999999999"] {
            assert_eq!(code(&shelf.ask(METHOD, &[("limit", limit)]).await), 100, "{limit}");
        }
        assert_eq!(code(&shelf.ask(METHOD, &[("uid", "Bob")]).await), 100);
        assert_eq!(code(&shelf.ask(METHOD, &[("link_ids", &vec!["7"; 501].join(","))]).await), 100);
        assert!(shelf.graph().links(&[Id(7)]).await.unwrap().is_empty());
    }
}
