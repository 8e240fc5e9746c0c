//! users.getLoggedInUser: who the session belongs to.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetLoggedInUser;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// A person's id.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "uid")]
pub(crate) struct Uid(u64);

impl Method for GetLoggedInUser {
    const NAME: &'static str = "users.getLoggedInUser";
    const SUMMARY: &'static str = "Tells whom the session belongs to.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Uid;

    async fn call(cx: &Context, _: Args) -> Result<Uid> {
        Ok(Uid(cx.viewer()?.0))
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, By, World};

    #[tokio::test]
    async fn a_number_in_json_a_text_in_json_strings() {
        let world = World::new().await;
        let opened = world.session(&world.web).await;
        let session = ("session_key", opened.key.as_str());
        let by = By::App(&world.web);
        assert_eq!(world.call(by, "users.getLoggedInUser", &[session, ("format", "json")]).await, ANN.to_string());
        let strings = [session, ("format", "json-strings")];
        assert_eq!(world.call(by, "users.getLoggedInUser", &strings).await, format!("\"{ANN}\""));
        assert!(
            world
                .call(by, "users.getLoggedInUser", &[session])
                .await
                .contains(">1240077</users_getLoggedInUser_response>")
        );
    }

    #[tokio::test]
    async fn the_session_must_be_there_and_alive() {
        let world = World::new().await;
        let by = By::App(&world.web);
        assert_eq!(world.code(by, "users.getLoggedInUser", &[]).await, 102);
        for key in
            ["nonsense", "c0ffee0123456789abcdef01-1240077", "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077"]
        {
            assert_eq!(world.code(by, "users.getLoggedInUser", &[("session_key", key)]).await, 102, "{key}");
        }
        let opened = world.session(&world.web).await;
        let session = [("session_key", opened.key.as_str())];
        world.clock.set(reconnect_store::Time::from_secs(opened.session.expires - 1));
        assert_eq!(world.code(by, "users.getLoggedInUser", &session).await, 0);
        world.clock.advance(1000);
        assert_eq!(world.code(by, "users.getLoggedInUser", &session).await, 102);
    }

    #[tokio::test]
    async fn another_applications_session_and_a_changed_key_are_refused() {
        let world = World::new().await;
        let opened = world.session(&world.desktop).await;
        let args = [("session_key", opened.key.as_str())];
        assert_eq!(world.code(By::App(&world.web), "users.getLoggedInUser", &args).await, 102);
        let opened = world.session(&world.web).await;
        let other_uid = opened.key.replace("-1240077", "-1240078");
        assert_eq!(world.code(By::App(&world.web), "users.getLoggedInUser", &[("session_key", &other_uid)]).await, 102);
    }

    #[tokio::test]
    async fn a_new_password_ends_every_session() {
        let world = World::new().await;
        let opened = world.infinite_session(&world.web).await;
        world.services.graph.set_password(ANN, None).await.unwrap();
        let args = [("session_key", opened.key.as_str())];
        assert_eq!(world.code(By::App(&world.web), "users.getLoggedInUser", &args).await, 102);
    }

    #[tokio::test]
    async fn a_desktop_session_slides() {
        let world = World::new().await;
        let opened = world.session(&world.desktop).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let by = By::Session(&world.desktop, &secret);
        let args = [("session_key", opened.key.as_str())];
        for _ in 0..4 {
            world.clock.advance(20 * 3_600_000);
            assert_eq!(world.code(by, "users.getLoggedInUser", &args).await, 0);
        }
        world.clock.advance(25 * 3_600_000);
        assert_eq!(world.code(by, "users.getLoggedInUser", &args).await, 102);
    }
}
