//! auth.expireSession: ends the session that the call is made with.
//!
//! The key, its secret and the access tokens made of it are dead at once: the next call gets 102, a token 190. The authorisation and
//! its permissions stay, and so does the person's login to the site.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct ExpireSession;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

impl Method for ExpireSession {
    const NAME: &'static str = "auth.expireSession";
    const SUMMARY: &'static str = "Ends the session that the call is made with.";
    const ACCESS: Access = Access::session().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, _: Args) -> Result<bool> {
        // A rival that ended it first leaves nothing to end: the session is invalid now, and so is this call.
        if cx.graph().end_session(cx.session()?).await? { Ok(true) } else { Err(Code::ParamSessionKey.into()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{By, World};

    #[tokio::test]
    async fn the_session_is_dead_at_once_and_the_authorisation_stays() {
        let world = World::new().await;
        for infinite in [false, true] {
            let opened =
                if infinite { world.infinite_session(&world.web).await } else { world.session(&world.web).await };
            let other = world.session(&world.web).await;
            let args = [("session_key", opened.key.as_str())];
            assert_eq!(world.json(By::App(&world.web), "auth.expireSession", &args).await, true);
            assert_eq!(world.code(By::App(&world.web), "users.getLoggedInUser", &args).await, 102);
            assert_eq!(world.code(By::App(&world.web), "auth.expireSession", &args).await, 102);
            let args = [("session_key", other.key.as_str())];
            assert_eq!(world.json(By::App(&world.web), "users.isAppUser", &args).await, true);
        }
    }

    #[tokio::test]
    async fn a_desktop_program_ends_its_session_with_the_sessions_secret() {
        let world = World::new().await;
        let opened = world.session(&world.desktop).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let args = [("session_key", opened.key.as_str())];
        assert_eq!(world.code(By::App(&world.desktop), "auth.expireSession", &args).await, 104);
        assert_eq!(world.json(By::Session(&world.desktop, &secret), "auth.expireSession", &args).await, true);
    }
}
