//! friends.getAppUsers: those friends of the session's person who have authorised the application.

use crate::answer::{Uid, uids};
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct GetAppUsers;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

impl Method for GetAppUsers {
    const NAME: &'static str = "friends.getAppUsers";
    const SUMMARY: &'static str = "Lists the friends of the session's person who have authorised the application.";
    const ACCESS: Access = Access::session();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Vec<Uid>;

    async fn call(cx: &Context, _: Args) -> Result<Vec<Uid>> {
        Ok(uids(cx.graph().friends_who_use(cx.viewer()?, cx.app().id).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{Circle, DORA, EMIL, code, people};
    use crate::tests::world::{BOB, By};
    use reconnect_core::permission::Permissions;
    use serde_json::json;

    const METHOD: &str = "friends.getAppUsers";

    #[tokio::test]
    async fn friends_who_use_the_application_are_listed_and_nobody_else() {
        let circle = Circle::new().await;
        let graph = &circle.world.services.graph;
        // He uses it, but is no friend of hers.
        graph.authorize(EMIL, circle.world.web.id, &Permissions::none()).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[]).await, people(&[DORA, BOB]));
        assert_eq!(circle.by_session_secret(METHOD, &[]).await, people(&[DORA, BOB]));
        insta::assert_snapshot!(circle.xml(METHOD, &[]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <friends_getAppUsers_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <uid>1240080</uid>
          <uid>1240078</uid>
        </friends_getAppUsers_response>
        "#);
        graph.withdraw(DORA, circle.world.web.id, false).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[]).await, people(&[BOB]), "until they withdraw it");
        graph.hide_from_applications(BOB, true).await.unwrap();
        assert_eq!(circle.ask(METHOD, &[]).await, json!([]), "or opt out of all");
    }

    #[tokio::test]
    async fn each_application_has_its_own_people() {
        let circle = Circle::new().await;
        let (world, desktop) = (&circle.world, &circle.world.desktop);
        let opened = world.session(desktop).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let args = [("session_key", opened.key.as_str())];
        assert_eq!(world.json(By::Session(desktop, &secret), METHOD, &args).await, json!([]));
        world.services.graph.authorize(BOB, desktop.id, &Permissions::none()).await.unwrap();
        assert_eq!(world.json(By::Session(desktop, &secret), METHOD, &args).await, people(&[BOB]));
    }

    #[tokio::test]
    async fn it_is_for_a_session_only() {
        let circle = Circle::new().await;
        assert_eq!(code(&circle.by_server(METHOD, &[("uid", "1240077")]).await), 102);
    }
}
