//! users.isAppUser: whether a person has authorised the application.
//!
//! Older clients call it users.isAppAdded, which answers the same.

use reconnect_core::context::nobody_named;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct IsAppUser;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Who; without it the session's person. A desktop application's is ignored.
    uid: Option<u64>,
}

impl Method for IsAppUser {
    const NAME: &'static str = "users.isAppUser";
    const ALIASES: &'static [&'static str] = &["users.isAppAdded"];
    const SUMMARY: &'static str = "Tells whether a person has authorised the application.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.subject(args.uid)?.ok_or_else(nobody_named)?;
        Ok(cx.grant_of(person).await?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{By, World};

    #[tokio::test]
    async fn by_uid_or_by_session_and_under_the_old_name() {
        let world = World::new().await;
        let by = By::App(&world.web);
        assert_eq!(world.json(by, "users.isAppUser", &[("uid", "1240077")]).await, true);
        assert_eq!(world.json(by, "users.isAppUser", &[("uid", "1240078")]).await, false);
        let opened = world.session(&world.web).await;
        let session = ("session_key", opened.key.as_str());
        assert_eq!(world.json(by, "users.isAppUser", &[session]).await, true);
        let old = world.call(by, "users.isAppAdded", &[session]).await;
        assert!(old.contains("<users_isAppAdded_response ") && old.contains(">1</users_isAppAdded_response>"), "{old}");
        assert_eq!(world.code(by, "users.isAppUser", &[]).await, 100);
    }

    #[tokio::test]
    async fn a_desktop_applications_uid_is_ignored() {
        let world = World::new().await;
        let opened = world.session(&world.desktop).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let args = [("session_key", opened.key.as_str()), ("uid", "1240078")];
        assert_eq!(world.json(By::Session(&world.desktop, &secret), "users.isAppUser", &args).await, true);
    }
}
