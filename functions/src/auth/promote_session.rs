//! auth.promoteSession: makes, or answers again, the session secret of the current session, for code in the person's hands.
//!
//! The secret is derived from the session, so that a second call answers the same. Sessions that never expire are refused with 455,
//! whose text says so; a caller that knows only a session secret or a person's token is refused with 15, since it would widen its
//! rights. Both are inferred.

use reconnect_core::method::Fidelity;
use reconnect_core::model::Session;
use reconnect_core::{Access, Context, Error, Method, Result};
use reconnect_store::CommitError;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct PromoteSession;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// 22 base64url characters and `__`.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "session_secret")]
pub(crate) struct SessionSecret(String);

impl Method for PromoteSession {
    const NAME: &'static str = "auth.promoteSession";
    const SUMMARY: &'static str = "Makes, or answers again, the session secret of the current session.";
    const ACCESS: Access = Access::session().no_session_secret().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = SessionSecret;

    async fn call(cx: &Context, _: Args) -> Result<SessionSecret> {
        let session = cx.session()?;
        if session.infinite() {
            return Err(Code::SessionCannotUseSessionSecret.into());
        }
        if !session.secret {
            let promoted = Session { secret: true, ..session.clone() };
            // A rival that changed the session meanwhile promoted it, or ended it; the caller tries again and learns which.
            if !cx.graph().replace_session(&promoted).await? {
                return Err(Error::Commit(CommitError::Unavailable("the session changed meanwhile".to_owned())));
            }
        }
        Ok(SessionSecret(cx.services.secrets.session_secret(session.id, false)))
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, By, World};

    #[tokio::test]
    async fn the_secret_is_the_same_each_time_and_signs_calls() {
        let world = World::new().await;
        let opened = world.session(&world.web).await;
        let args = [("session_key", opened.key.as_str())];
        let first = world.json(By::App(&world.web), "auth.promoteSession", &args).await;
        assert_eq!(first, world.json(By::App(&world.web), "auth.promoteSession", &args).await);
        let by = By::Session(&world.web, first.as_str().unwrap());
        let args = [("session_key", opened.key.as_str()), ("ss", "true")];
        assert_eq!(world.json(by, "users.getLoggedInUser", &args).await, ANN.0);
        assert_eq!(world.code(by, "auth.promoteSession", &args).await, 15, "it would widen its rights");
    }

    #[tokio::test]
    async fn before_it_is_promoted_a_sessions_secret_signs_nothing() {
        let world = World::new().await;
        let opened = world.session(&world.web).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let args = [("session_key", opened.key.as_str()), ("ss", "1")];
        assert_eq!(world.code(By::Session(&world.web, &secret), "users.getLoggedInUser", &args).await, 102);
    }

    #[tokio::test]
    async fn an_infinite_session_is_not_promoted() {
        let world = World::new().await;
        let opened = world.infinite_session(&world.web).await;
        let args = [("session_key", opened.key.as_str())];
        assert_eq!(world.code(By::App(&world.web), "auth.promoteSession", &args).await, 455);
        assert_eq!(world.code(By::App(&world.web), "auth.promoteSession", &[]).await, 102);
    }
}
