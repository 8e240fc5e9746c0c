//! groups.get: groups that the session's person may see: somebody's, or those with certain ids, or both at once.
//!
//! A secret group is told to who is in it, and to nobody else; what somebody is a member of, to themselves and to friends. Ids that are no
//! groups, or none for the viewer, are left out in silence. Since there are access tokens, a group that is not open takes `user_groups`.

use crate::answer::Location;
use reconnect_core::error::invalid;
use reconnect_core::group::GroupSeen;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::{Code, UidList, Visible};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct Get;

/// How many ids one call may name.
const MOST: usize = 1000;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Only groups that this person is a member of; without it, and without gids, the session's person.
    uid: Option<u64>,
    /// Only groups with these ids.
    gids: Option<UidList>,
}

/// A group.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "group")]
pub(crate) struct Group {
    /// Its id, of 64 bits.
    gid: u64,
    name: String,
    /// Its network; 0 is everybody's.
    nid: u64,
    description: String,
    /// Its category.
    group_type: String,
    /// Its category within that one.
    group_subtype: String,
    recent_news: String,
    /// Address of its picture, 100 by 100 pixels.
    pic: String,
    /// The same, 200 by 200.
    pic_big: String,
    /// The same, 50 by 50.
    pic_small: String,
    /// Null where the viewer may not be told, or where they have left.
    creator: Visible<u64>,
    /// When it changed last, in seconds since 1970.
    update_time: i64,
    office: String,
    website: String,
    venue: Location,
    /// `OPEN`, `CLOSED` or `SECRET`.
    privacy: &'static str,
}

impl Group {
    fn of(GroupSeen { group, creator }: GroupSeen, site: &str) -> Group {
        let pic = |size: &str| format!("{site}/{}/picture?type={size}", group.id);
        Group {
            gid: group.id.0,
            nid: group.nid,
            pic: pic("normal"),
            pic_big: pic("large"),
            pic_small: pic("small"),
            name: group.name,
            description: group.description,
            group_type: group.group_type,
            group_subtype: group.group_subtype,
            recent_news: group.recent_news,
            creator: creator.map_or(Visible::Hidden, |creator| Visible::Shown(creator.0)),
            update_time: group.update_time,
            office: group.office,
            website: group.website,
            venue: Location::of(group.venue.as_ref()),
            privacy: group.openness.name(),
        }
    }
}

impl Method for Get {
    const NAME: &'static str = "groups.get";
    const SUMMARY: &'static str = "Lists groups: those of a person, those with certain ids, or both at once.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Group>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Group>> {
        let viewer = cx.viewer()?;
        let member = match args.uid {
            Some(_) => cx.subject(args.uid)?,
            None => None,
        };
        let ids = args.gids.map(ids).transpose()?;
        let Some(seen) = cx.graph().look_at_groups(viewer, member, ids.as_deref()).await? else {
            return Err(Code::ParamUserId.because("uid is nobody").into());
        };
        for one in &seen {
            cx.check_token_reads(one.group.openness, "user_groups")?;
        }
        Ok(seen.into_iter().map(|one| Group::of(one, &cx.request.site)).collect())
    }
}

/// The ids that are named, each once.
fn ids(gids: UidList) -> Result<Vec<Id>> {
    let mut seen = std::collections::HashSet::new();
    let ids: Vec<Id> = gids.0.into_iter().map(Id).filter(|id| seen.insert(*id)).collect();
    match ids.len() {
        0 => Err(invalid("gids has no id in it")),
        1..=MOST => Ok(ids),
        many => Err(invalid(format!("gids has {many} ids, and a call takes {MOST}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{CLOSED, Club, EVE, OPEN, SECRET};
    use crate::tests::world::{ANN, BOB, By};
    use serde_json::{Value, json};

    const METHOD: &str = "groups.get";

    fn gids(answer: &Value) -> Vec<u64> {
        let rows = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
        rows.iter().map(|row| row["gid"].as_u64().unwrap()).collect()
    }

    #[tokio::test]
    async fn without_a_filter_the_persons_own_groups_are_listed_the_last_joined_first() {
        let club = Club::new().await;
        assert_eq!(gids(&club.world.ask(ANN, METHOD, &[]).await), [SECRET.0, CLOSED.0, OPEN.0]);
        assert_eq!(club.world.ask(EVE, METHOD, &[]).await, json!([]), "an invitation is no membership");
        assert!(club.world.ask_xml(EVE, METHOD, &[]).await.contains(" list=\"true\""));
        assert_eq!(gids(&club.world.ask_by_secret(METHOD, &[]).await), [SECRET.0, CLOSED.0, OPEN.0]);
    }

    #[tokio::test]
    async fn a_group_looks_as_the_schema_has_it() {
        let club = Club::new().await;
        insta::assert_snapshot!(club.world.ask_xml(BOB, "facebook.groups.get", &[("gids", "4201")]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <groups_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <group>
            <gid>4201</gid>
            <name>Chess at &lt;Noon&gt;</name>
            <nid>0</nid>
            <description>We play at noon.</description>
            <group_type>Common Interest</group_type>
            <group_subtype>Games</group_subtype>
            <recent_news/>
            <pic>http://site.example/4201/picture?type=normal</pic>
            <pic_big>http://site.example/4201/picture?type=large</pic_big>
            <pic_small>http://site.example/4201/picture?type=small</pic_small>
            <creator>1240077</creator>
            <update_time>1234567890</update_time>
            <office/>
            <website>http://chess.example/</website>
            <venue>
              <street>1 Road</street>
              <city>Springfield</city>
              <state/>
              <country>United States</country>
              <latitude>39.92</latitude>
            </venue>
            <privacy>OPEN</privacy>
          </group>
        </groups_get_response>
        "#);
        let empty = club.world.ask(BOB, METHOD, &[("gids", "[\"4202\"]")]).await;
        assert_eq!(empty[0]["venue"], json!({}));
        assert_eq!((&empty[0]["recent_news"], &empty[0]["privacy"]), (&json!(""), &json!("CLOSED")));
    }

    #[tokio::test]
    async fn what_the_viewer_may_not_know_of_is_left_out_in_silence() {
        let club = Club::new().await;
        let all = [("gids", "4203,4201,4299,4202,4201,1240077")];
        assert_eq!(gids(&club.world.ask(ANN, METHOD, &all).await), [4203, 4201, 4202], "in the order asked for, once");
        assert_eq!(gids(&club.world.ask(BOB, METHOD, &all).await), [4201, 4202]);
        assert_eq!(gids(&club.world.ask(EVE, METHOD, &all).await), [4203, 4201, 4202], "she was invited");
        assert_eq!(club.world.ask(BOB, METHOD, &[("gids", "4203")]).await, json!([]));
    }

    #[tokio::test]
    async fn the_groups_of_another_are_told_to_friends_and_with_ids_only_those_in_common() {
        let club = Club::new().await;
        assert_eq!(gids(&club.world.ask(BOB, METHOD, &[("uid", "1240077")]).await), [CLOSED.0, OPEN.0]);
        let both = [("uid", "1240077"), ("gids", "4201,4203")];
        assert_eq!(gids(&club.world.ask(BOB, METHOD, &both).await), [OPEN.0]);
        assert_eq!(club.world.ask(EVE, METHOD, &[("uid", "1240077")]).await, json!([]), "no friend");
        assert_eq!(gids(&club.world.ask(ANN, METHOD, &[("uid", "1240078")]).await), [OPEN.0]);
    }

    #[tokio::test]
    async fn nobody_and_ids_that_are_none_are_refused() {
        let club = Club::new().await;
        for (args, expected) in [
            (&[("uid", "1249999")][..], 110),
            (&[("uid", "0")], 110),
            (&[("uid", "4201")], 110),
            (&[("uid", "1249999"), ("gids", "4201")], 110),
            (&[("uid", "ann")], 100),
            (&[("gids", "chess")], 100),
            (&[("gids", "[]")], 100),
            (&[("gids", "0")], 100),
            (&[("gids", &(2..1003).map(|n| format!("{n},")).collect::<String>())], 100),
        ] {
            assert_eq!(club.world.ask_code(ANN, METHOD, args).await, expected, "{args:.60?}");
        }
        assert_eq!(club.world.ask_code(ANN, METHOD, &[("gids", &"4201,".repeat(1200))]).await, 0, "one id");
        assert_eq!(club.world.code(By::App(&club.world.web), METHOD, &[("uid", "1240077")]).await, 102);
        assert_eq!(club.world.ask_by_secret(METHOD, &[("uid", "1240078")]).await["error_code"], 200);
    }

    #[tokio::test]
    async fn an_access_token_reads_open_groups_alone_unless_it_may_read_the_persons() {
        let club = Club::new().await;
        assert_eq!(gids(&club.world.ask_by_token(METHOD, &[("gids", "4201")]).await), [4201]);
        for args in [&[][..], &[("gids", "4202")], &[("gids", "4201,4203")]] {
            assert_eq!(club.world.ask_by_token(METHOD, args).await["error_code"], 200, "{args:?}");
        }
        club.world.permit(ANN, "user_groups").await;
        assert_eq!(gids(&club.world.ask_by_token(METHOD, &[]).await), [SECRET.0, CLOSED.0, OPEN.0]);
    }
}
