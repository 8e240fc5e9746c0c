//! status.set: sets the status of a person or page; an empty one, or none, clears it. No "is" is put in front, as users.setStatus does.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Set;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The status; plain text, cut beyond 420 characters.
    #[serde(default)]
    status: String,
    /// Whose: a person, or a page that the application may act for. Without it the session's person's.
    uid: Option<u64>,
}

impl Method for Set {
    const NAME: &'static str = "status.set";
    const SUMMARY: &'static str = "Sets or clears the status of a person.";
    const ACCESS: Access = Access::optional_session().writes().needs("status_update");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let actor = super::actor(cx, args.uid).await?;
        super::set(cx, actor, &args.status).await
    }
}

#[cfg(test)]
mod tests {
    use crate::stream::world::{Street, code};
    use crate::tests::world::ANN;
    use serde_json::json;

    const METHOD: &str = "status.set";

    #[tokio::test]
    async fn a_status_is_a_post_and_an_empty_one_clears_it() {
        let street = Street::new().await;
        assert_eq!(street.ann(METHOD, &[("status", "likes chess")]).await, true);
        let post = street.ann("stream.get", &[]).await["posts"][0].clone();
        assert_eq!((&post["message"], &post["type"]), (&json!("likes chess"), &json!("46")));
        let told = street.ann("status.get", &[]).await;
        let web = street.world.web.id.to_string();
        assert_eq!((&told[0]["message"], &told[0]["source"]), (&json!("likes chess"), &json!(web)));
        assert_eq!(street.ann(METHOD, &[]).await, true);
        assert!(street.world.services.graph.status(ANN).await.unwrap().is_none());
        assert_eq!(street.server(METHOD, &[("status", "x"), ("uid", "1240077")]).await, true);
    }

    #[tokio::test]
    async fn a_long_status_is_cut_and_a_doubled_one_refused() {
        let street = Street::new().await;
        let long = "ä".repeat(421);
        street.ann(METHOD, &[("status", &long)]).await;
        let told = street.ann("status.get", &[]).await;
        assert_eq!(told[0]["message"], format!("{}...", "ä".repeat(420)));
        assert_eq!(code(&street.ann(METHOD, &[("status", &long)]).await), 506);
        street.world.clock.advance(61_000);
        assert_eq!(street.ann(METHOD, &[("status", &long)]).await, true);
        street.world.clock.advance(1000);
        let exact = "b".repeat(420);
        street.ann(METHOD, &[("status", &exact)]).await;
        assert_eq!(street.ann("status.get", &[]).await[0]["message"], exact);
    }

    #[tokio::test]
    async fn it_needs_its_permission_or_the_larger_one() {
        let street = Street::new().await;
        for (granted, expected) in [("read_stream", 250), ("status_update", 0), ("publish_stream", 0)] {
            street.grant(ANN, granted).await;
            let answer = street.ann(METHOD, &[("status", granted)]).await;
            assert_eq!(code(&answer), expected, "{granted}");
        }
        assert_eq!(code(&street.server(METHOD, &[("status", "x")]).await), 102);
        assert_eq!(code(&street.server(METHOD, &[("status", "x"), ("uid", "1240078")]).await), 250);
        assert_eq!(code(&street.ann(METHOD, &[("status", "x"), ("uid", "me")]).await), 100);
    }
}
