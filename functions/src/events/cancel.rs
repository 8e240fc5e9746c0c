//! events.cancel: cancels an event that the application and the session's person administer. From then on nobody sees it, and its picture goes.
//!
//! Its guests find a notice among their notifications, with the message, where the old service sent mails.

use super::{caller, check_administers, notice};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Cancel;

/// How long a message to the guests may be, in bytes.
pub(super) const MAX_MESSAGE: usize = 4000;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Which event.
    eid: u64,
    /// What its guests are told.
    #[serde(default)]
    cancel_message: String,
}

impl Method for Cancel {
    const NAME: &'static str = "events.cancel";
    const SUMMARY: &'static str = "Cancels an event that the application administers, and tells its guests.";
    const ACCESS: Access = Access::optional_session().writes().needs("create_event").removes_files();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        if args.cancel_message.len() > MAX_MESSAGE {
            return Err(invalid(format!("cancel_message is longer than {MAX_MESSAGE} bytes")));
        }
        let allowed = |standing: &reconnect_core::event::Standing| {
            check_administers(cx, standing)?;
            let title = maud::html! { (standing.event.name) " was cancelled." }.into_string();
            Ok(notice(cx, &standing.event, title, &args.cancel_message))
        };
        let rest = cx.graph().cancel_event(caller(cx), Id(args.eid), allowed).await?;
        cx.services.carry_out(rest).await;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{EVE, Evening, TRIP};
    use crate::tests::world::{ANN, BOB, By};
    use reconnect_core::kinds;
    use reconnect_store::{Found, Key};
    use serde_json::json;

    const METHOD: &str = "events.cancel";

    #[tokio::test]
    async fn a_cancelled_event_is_gone_and_its_guests_are_told() {
        let evening = Evening::new().await;
        let world = &evening.world;
        world.permit(ANN, "create_event").await;
        let args = [("eid", "4302"), ("cancel_message", "Rain & <mud>")];
        let xml = world.ask_xml(ANN, METHOD, &args).await;
        assert!(xml.contains(".xsd\">1</events_cancel_response>"), "{xml}");
        for person in [ANN, BOB] {
            assert_eq!(world.ask(person, "events.get", &[("eids", "4302")]).await, json!([]));
            assert_eq!(world.ask_code(person, "events.getMembers", &[("eid", "4302")]).await, 150);
        }
        assert_eq!(world.ask_code(ANN, METHOD, &args).await, 150, "once");
        let graph = &world.services.graph;
        let told = graph.notifications(BOB, 0).await.unwrap();
        assert_eq!(
            (told[0].title_text().as_str(), told[0].body_text().as_str()),
            ("Trip was cancelled.", "Rain & <mud>")
        );
        assert_eq!((told[0].sender, told[0].app, told[0].object), (ANN, world.web.id, TRIP));
        assert!(graph.notifications(ANN, 0).await.unwrap().is_empty());
        let count = graph.get(&[Key::Count { from: TRIP, kind: kinds::GUEST }]).await.unwrap();
        assert_eq!((count, graph.intents().await.unwrap()), (vec![Found::Count(0)], (0, 0)));
    }

    #[tokio::test]
    async fn who_does_not_administer_it_cancels_nothing() {
        let evening = Evening::new().await;
        let world = &evening.world;
        assert_eq!(world.ask_code(ANN, METHOD, &[("eid", "4302")]).await, 290);
        for person in [ANN, BOB, EVE] {
            world.permit(person, "create_event").await;
        }
        assert_eq!(world.ask_code(BOB, METHOD, &[("eid", "4302")]).await, 200);
        assert_eq!(world.ask_code(EVE, METHOD, &[("eid", "4303")]).await, 150, "a secret one");
        assert_eq!(world.ask_code(ANN, METHOD, &[("eid", "4399")]).await, 150);
        assert_eq!(world.ask_code(ANN, METHOD, &[]).await, 100);
        let long = "x".repeat(4001);
        assert_eq!(world.ask_code(ANN, METHOD, &[("eid", "4302"), ("cancel_message", &long)]).await, 100);
        assert_eq!(world.code(By::App(&world.desktop), METHOD, &[("eid", "4302")]).await, 200);
        assert_eq!(world.ask(BOB, "events.get", &[("eids", "4302")]).await.as_array().unwrap().len(), 1, "it stands");
        assert_eq!(world.code(By::App(&world.web), METHOD, &[("eid", "4302")]).await, 0, "its application's server");
    }
}
