//! users.getStandardInfo: basic fields of the application's own people, for its own use. There is no viewer.
//!
//! The list of methods spells it getStandardinfo, every client users.getStandardInfo. A row is a `user`, as the schema has it; one client
//! of the time (Ruby) looks for `standard_user_info`.

use super::fields::{Asked, Scene};
use super::user::{User, people};
use reconnect_core::method::Fidelity;
use reconnect_core::people::Look;
use reconnect_core::privacy::Relation;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::{Code, UidList};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct GetStandardInfo;

/// What can be asked for.
pub(crate) const STANDARD: [&str; 15] = [
    "uid",
    "username",
    "first_name",
    "last_name",
    "name",
    "third_party_id",
    "affiliations",
    "timezone",
    "birthday",
    "sex",
    "current_location",
    "locale",
    "proxied_email",
    "profile_url",
    "allowed_restrictions",
];

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whom: 1000 people at most. Who has not authorised the application is left out.
    uids: UidList,
    /// Names of fields, of these: `uid`, `username`, `first_name`, `last_name`, `name`, `third_party_id`, `affiliations`, `timezone`, `birthday`,
    /// `sex`, `current_location`, `locale`, `proxied_email`, `profile_url`, `allowed_restrictions`.
    fields: Vec<String>,
}

impl Method for GetStandardInfo {
    const NAME: &'static str = "users.getStandardinfo";
    const SUMMARY: &'static str = "Tells basic fields of the application's own people, for its own use.";
    const ACCESS: Access = Access::app_secret();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<User>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<User>> {
        if cx.caller.session.is_some() || cx.app().desktop {
            return Err(Code::SessionMethod.because("call it from a server, without a session_key").into());
        }
        let ids = people(&args.uids)?;
        let asked = Asked::read(&args.fields, |name| STANDARD.contains(&name))?;
        let rules: Vec<_> = asked.iter().map(|one| one.rule).collect();
        let (viewer, app) = (None, cx.app().id);
        let look = Look { viewer, app, rules: &rules, users_only: true, ..Look::default() };
        let mut seen = cx.graph().look_at(look, &ids).await?;
        // Each is asked about in their own name: they have authorised the application.
        seen.iter_mut().for_each(|one| one.relation = Some(Relation::Own));
        Ok(User::all(seen, Scene::of(cx, asked)))
    }
}
