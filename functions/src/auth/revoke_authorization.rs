//! auth.revokeAuthorization: removes a person's authorisation of the application, the reverse of accepting it.
//!
//! One write ends every session, secret and token of the pair and all permissions. The application is told in the background; the
//! person stays logged in to the site. The JavaScript SDK believes only the JSON value `true`.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct RevokeAuthorization;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Whose authorisation; without it the session's person. To name another needs the application's secret.
    uid: Option<u64>,
    /// Do not offer the application to this person again (the connect bar's "no thanks").
    #[serde(default)]
    block: bool,
}

impl Method for RevokeAuthorization {
    const NAME: &'static str = "auth.revokeAuthorization";
    const SUMMARY: &'static str = "Removes a person's authorisation of the application.";
    const ACCESS: Access = Access::optional_session().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let Some(person) = cx.subject(args.uid)? else {
            return Err(Code::ParamSessionKey.because("there is neither a session nor a uid").into());
        };
        match cx.graph().withdraw(person, cx.app().id, args.block).await? {
            Some(intent) => {
                cx.services.carry_out(intent).await;
                Ok(true)
            }
            None if cx.graph().person(person).await?.is_none() => {
                Err(Code::ParamUserId.because(format!("no person has the id {person}")).into())
            }
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, BOB, By, World};
    use reconnect_core::permission::Permissions;

    #[tokio::test]
    async fn everything_that_came_from_the_authorisation_is_dead_at_once() {
        let world = World::new().await;
        let (web, by) = (&world.web, By::App(&world.web));
        let (expiring, infinite) = (world.session(web).await, world.infinite_session(web).await);
        let plan = world.plan(web, ANN, false).await;
        let token = world.services.graph.create_bound_token(web, &plan).await.unwrap();
        assert_eq!(world.json(by, "auth.revokeAuthorization", &[("uid", "1240077")]).await, true);
        for key in [&expiring.key, &infinite.key] {
            assert_eq!(world.code(by, "users.getLoggedInUser", &[("session_key", key)]).await, 102);
        }
        assert_eq!(world.json(by, "users.isAppUser", &[("uid", "1240077")]).await, false);
        // A token that was bound before still becomes a session, which is dead at its first call.
        let late = world.json(by, "auth.getSession", &[("auth_token", &token)]).await;
        let late = late["session_key"].as_str().unwrap();
        assert_eq!(world.code(by, "users.getLoggedInUser", &[("session_key", late)]).await, 102);
        // And a new authorisation brings none of them back.
        world.services.graph.authorize(ANN, web.id, &Permissions::none()).await.unwrap();
        for key in [expiring.key.as_str(), &infinite.key, late] {
            assert_eq!(world.code(by, "users.getLoggedInUser", &[("session_key", key)]).await, 102);
        }
        assert_eq!(world.services.graph.intents().await.unwrap(), (0, 0), "no work is left over");
    }

    #[tokio::test]
    async fn who_is_not_authorised_is_false_and_who_does_not_exist_is_error_110() {
        let world = World::new().await;
        let by = By::App(&world.web);
        assert_eq!(world.json(by, "auth.revokeAuthorization", &[("uid", "1240078")]).await, false);
        assert_eq!(world.code(by, "auth.revokeAuthorization", &[("uid", "77")]).await, 110);
        assert_eq!(world.code(by, "auth.revokeAuthorization", &[]).await, 102);
    }

    #[tokio::test]
    async fn without_the_applications_secret_nobody_else_can_be_removed() {
        let world = World::new().await;
        world.services.graph.authorize(BOB, world.web.id, &Permissions::none()).await.unwrap();
        let opened = world.session(&world.web).await;
        let args = [("session_key", opened.key.as_str())];
        let secret = world.json(By::App(&world.web), "auth.promoteSession", &args).await;
        let by = By::Session(&world.web, secret.as_str().unwrap());
        let args = |uid| [("session_key", opened.key.as_str()), ("ss", "1"), ("uid", uid)];
        assert_eq!(world.code(by, "auth.revokeAuthorization", &args("1240078")).await, 200);
        let strings = [("session_key", opened.key.as_str()), ("ss", "1"), ("format", "json-strings")];
        assert_eq!(world.call(by, "AuTH.reVOkeAuthorizaTIon", &strings).await, "true");
    }
}
