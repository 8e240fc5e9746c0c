//! users.setStatus: sets or clears the status of a person or page.
//!
//! "is " is put in front unless `status_includes_verb` says not to, as until 2008 the page wrote "Ann is …"; the PHP client always says so.

use crate::status;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct SetStatus;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The status; plain text, cut beyond 420 characters.
    #[serde(default)]
    status: String,
    /// Remove the status instead.
    #[serde(default)]
    clear: bool,
    /// The status has a verb of its own: do not put "is " in front.
    #[serde(default)]
    status_includes_verb: bool,
    /// Whose: a person, or a page that the application may act for. Without it the session's person's.
    uid: Option<u64>,
}

impl Method for SetStatus {
    const NAME: &'static str = "users.setStatus";
    const SUMMARY: &'static str = "Sets or clears the status of a person.";
    const ACCESS: Access = Access::optional_session().writes().needs("status_update");
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let text = args.status.trim();
        if text.is_empty() && !args.clear {
            return Err(invalid("status is missing; to remove the status, send clear"));
        }
        let actor = status::actor(cx, args.uid).await?;
        let text = match (args.clear, args.status_includes_verb) {
            (true, _) => String::new(),
            (false, true) => text.to_owned(),
            (false, false) => format!("is {text}"),
        };
        status::set(cx, actor, &text).await
    }
}

#[cfg(test)]
mod tests {
    use crate::stream::world::{Street, code};
    use crate::tests::world::ANN;
    use serde_json::json;

    const METHOD: &str = "users.setStatus";

    #[tokio::test]
    async fn a_status_is_told_by_get_info_until_it_is_cleared() {
        let street = Street::new().await;
        let ann = ANN.to_string();
        let status = async || {
            let info = street.ann("users.getInfo", &[("uids", &ann), ("fields", "status")]).await;
            info[0]["status"].clone()
        };
        assert_eq!(street.ann(METHOD, &[("status", "at home")]).await, true);
        let told = status().await;
        assert_eq!(
            (&told["message"], &told["uid"], &told["comment_count"]),
            (&json!("is at home"), &json!(ANN.0), &json!(0))
        );
        let verb = [("status", "likes chess"), ("status_includes_verb", "true")];
        assert_eq!(street.ann(METHOD, &verb).await, true);
        assert_eq!(status().await["message"], "likes chess");
        assert_eq!(street.ann(METHOD, &[("status", "x"), ("clear", "1")]).await, true);
        assert_eq!(status().await, json!({}));
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        let street = Street::new().await;
        for args in [&[][..], &[("status", " ")], &[("clear", "0")]] {
            assert_eq!(code(&street.ann(METHOD, args).await), 100, "{args:?}");
        }
        assert_eq!(code(&street.server(METHOD, &[("status", "x")]).await), 102);
        street.grant(ANN, "read_stream").await;
        assert_eq!(code(&street.ann(METHOD, &[("status", "x")]).await), 250);
    }
}
