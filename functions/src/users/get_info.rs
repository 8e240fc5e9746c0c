//! users.getInfo: profile fields of people, as the session's person may see them.
//!
//! It was a query of the table `user`, and still looks like one: the fields come back in the order asked for, an unknown one fails the
//! whole call, somebody who may not be seen is left out, and a field that may not be seen is nil.
//!
//! Without a session only what is public is told: names, sex, locale, regions, pictures, addresses.

use super::fields::{Asked, View};
use super::user::{User, people};
use reconnect_core::method::Fidelity;
use reconnect_core::people::Look;
use reconnect_core::privacy::Sight;
use reconnect_core::{Access, Context, Method, Result, Signed};
use reconnect_wire::UidList;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct GetInfo;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whom: 1000 people at most. Who is not there is left out.
    uids: UidList,
    /// Names of fields; `current_location.city` is a member of one.
    fields: Vec<String>,
}

impl Method for GetInfo {
    const NAME: &'static str = "users.getInfo";
    const SUMMARY: &'static str = "Tells profile fields of people, as the session's person may see them.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<User>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<User>> {
        let ids = people(&args.uids)?;
        let asked = Asked::read(&args.fields, |_| true)?;
        let viewer = cx.caller.viewer();
        let rules: Vec<_> = asked.iter().map(|one| one.rule).collect();
        let asks = |name: &str| asked.iter().any(|one| one.field.name == name);
        let look = Look {
            viewer,
            app: cx.app().id,
            rules: &rules,
            profile: asked.iter().any(|one| one.field.in_profile),
            friend_count: asks("friend_count"),
            wall_count: asks("wall_count"),
            status: asks("status"),
            note_count: asks("notes_count"),
            mutual: asks("mutual_friend_count"),
            users_only: false,
        };
        let seen = cx.graph().look_at(look, &ids).await?;
        // Single fields need permissions since there are access tokens.
        let asks = cx.caller.grant.as_ref().filter(|_| cx.caller.signed == Signed::UserToken);
        let users = seen.iter().map(|seen| {
            let granted = seen.grant.as_ref().map(|grant| &grant.permissions);
            let (relation, by_app) = (seen.relation, cx.caller.is_server());
            let sight = Sight { relation, asks: asks.map(|grant| &grant.permissions), granted, by_app };
            User::seen(&View { cx, seen, sight, only_regions: viewer.is_none() }, &asked)
        });
        Ok(users.collect())
    }
}
