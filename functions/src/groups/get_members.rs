//! groups.getMembers: who is in a group: its members, of them administrators and officers, and who was invited and has not answered.
//!
//! Whoever sees a group sees who is in it. Of a very large one those are told who came first (the late service cut such lists too).

use crate::answer::{Uid, uids};
use reconnect_core::error::invalid;
use reconnect_core::group::Membership;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetMembers;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Which group.
    gid: u64,
}

/// Four lists; a person may be on several of them.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "group_members")]
pub(crate) struct Members {
    /// All of them, administrators and officers too.
    members: Vec<Uid>,
    admins: Vec<Uid>,
    officers: Vec<Uid>,
    /// Who was invited and has not answered.
    not_replied: Vec<Uid>,
}

impl Method for GetMembers {
    const NAME: &'static str = "groups.getMembers";
    const SUMMARY: &'static str = "Lists the members of a group, its administrators and officers, and who was invited.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Members;

    async fn call(cx: &Context, args: Args) -> Result<Members> {
        let Some((group, people)) = cx.graph().group_members(cx.viewer()?, Id(args.gid)).await? else {
            return Err(invalid(format!("gid {} is no group that the session's user may see", args.gid)));
        };
        cx.check_token_reads(group.openness, "user_groups")?;
        let who = |wanted: fn(Membership) -> bool| {
            uids(people.iter().filter(|(_, membership)| wanted(*membership)).map(|(person, _)| *person).collect())
        };
        Ok(Members {
            members: who(Membership::has_joined),
            admins: who(|one| one.admin && one.has_joined()),
            officers: who(|one| one.officer && one.has_joined()),
            not_replied: who(|one| one.not_replied),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Club, EVE};
    use crate::tests::world::{ANN, BOB, By};
    use serde_json::json;

    const METHOD: &str = "groups.getMembers";

    #[tokio::test]
    async fn four_lists_tell_who_is_what() {
        let club = Club::new().await;
        let told = json!({"members": [ANN, BOB], "admins": [ANN], "officers": [BOB], "not_replied": [EVE]});
        for viewer in [ANN, BOB, EVE] {
            assert_eq!(club.world.ask(viewer, METHOD, &[("gid", "4201")]).await, told);
        }
        assert_eq!(club.world.ask_by_secret(METHOD, &[("gid", "4201")]).await, told);
        insta::assert_snapshot!(club.world.ask_xml(BOB, METHOD, &[("gid", "4202")]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <groups_getMembers_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
          <members list="true">
            <uid>1240077</uid>
          </members>
          <admins list="true">
            <uid>1240077</uid>
          </admins>
          <officers list="true"/>
          <not_replied list="true"/>
        </groups_getMembers_response>
        "#);
    }

    #[tokio::test]
    async fn a_group_that_one_may_not_see_has_no_members() {
        let club = Club::new().await;
        let secret = [("gid", "4203")];
        assert_eq!(club.world.ask(EVE, METHOD, &secret).await["not_replied"], json!([EVE]), "she was invited");
        for gid in ["4203", "4299", "0", "1240077", "18446744073709551615"] {
            assert_eq!(club.world.ask_code(BOB, METHOD, &[("gid", gid)]).await, 100, "{gid}");
        }
        for args in [&[][..], &[("gid", "")], &[("gid", "chess")], &[("gid", "-1")]] {
            assert_eq!(club.world.ask_code(BOB, METHOD, args).await, 100, "{args:?}");
        }
        assert_eq!(club.world.code(By::App(&club.world.web), METHOD, &secret).await, 102);
    }

    #[tokio::test]
    async fn an_access_token_needs_leave_for_what_is_not_open() {
        let club = Club::new().await;
        assert_eq!(club.world.ask_by_token(METHOD, &[("gid", "4201")]).await["admins"], json!([ANN]));
        assert_eq!(club.world.ask_by_token(METHOD, &[("gid", "4203")]).await["error_code"], 200);
        club.world.permit(ANN, "user_groups").await;
        assert_eq!(club.world.ask_by_token(METHOD, &[("gid", "4203")]).await["admins"], json!([ANN]));
    }
}
