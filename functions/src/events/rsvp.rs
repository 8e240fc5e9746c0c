//! events.rsvp: the answer of the session's person to an event. To an open one they need no invitation.
//!
//! Of the guests of an event those who have not answered cannot be joined again. In the first years the application had to administer the
//! event; later, and here, it need not.

use reconnect_core::error::invalid;
use reconnect_core::event::{Rsvp as Answer, Standing, no_event};
use reconnect_core::method::Fidelity;
use reconnect_core::openness::Openness;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Rsvp;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// To which event.
    eid: u64,
    /// `attending`, `unsure` or `declined`.
    rsvp_status: String,
}

impl Method for Rsvp {
    const NAME: &'static str = "events.rsvp";
    const SUMMARY: &'static str = "Sets what the session's person answers to an event.";
    const ACCESS: Access = Access::session().writes().needs("rsvp_event");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.acting(None, "rsvp_event", Code::PermissionRsvpEvent).await?;
        let answer = Answer::find(&args.rsvp_status).filter(|answer| *answer != Answer::NotReplied);
        let answer = answer.ok_or_else(|| invalid("rsvp_status is none of attending, unsure, declined"))?;
        cx.graph().answer_event(person, cx.app().id, Id(args.eid), answer, check_may_come).await?;
        Ok(true)
    }
}

fn check_may_come(standing: &Standing) -> Result<()> {
    if !standing.is_known() {
        return Err(no_event(standing.event.id));
    }
    if standing.event.openness == Openness::Open || standing.own.is_some() {
        return Ok(());
    }
    Err(Code::Permission.because("the session's user was not invited to this event").into())
}

#[cfg(test)]
mod tests {
    use super::super::world::{EVE, Evening};
    use crate::tests::world::{ANN, BOB, By};
    use serde_json::json;

    const METHOD: &str = "events.rsvp";

    #[tokio::test]
    async fn an_answer_stands_until_the_next_one() {
        let evening = Evening::new().await;
        let world = &evening.world;
        world.permit(BOB, "rsvp_event").await;
        for (answer, told) in [
            ("attending", json!({"attending": [ANN, BOB], "unsure": [], "declined": [], "not_replied": []})),
            ("declined", json!({"attending": [ANN], "unsure": [], "declined": [BOB], "not_replied": []})),
            ("declined", json!({"attending": [ANN], "unsure": [], "declined": [BOB], "not_replied": []})),
            ("unsure", json!({"attending": [ANN], "unsure": [BOB], "declined": [], "not_replied": []})),
        ] {
            let xml = world.ask_xml(BOB, METHOD, &[("eid", "4302"), ("rsvp_status", answer)]).await;
            assert!(xml.contains(".xsd\">1</events_rsvp_response>"), "{xml}");
            assert_eq!(world.ask(ANN, "events.getMembers", &[("eid", "4302")]).await, told);
        }
    }

    #[tokio::test]
    async fn to_an_open_event_one_comes_without_an_invitation() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let args = |eid| [("eid", eid), ("rsvp_status", "attending")];
        assert_eq!(world.ask_code(EVE, METHOD, &args("4301")).await, 299);
        world.permit(EVE, "rsvp_event").await;
        assert_eq!(world.ask_code(EVE, METHOD, &args("4301")).await, 0);
        assert_eq!(world.ask(ANN, "events.getMembers", &[("eid", "4301")]).await["attending"], json!([ANN, EVE]));
        assert_eq!(world.ask_code(EVE, METHOD, &args("4302")).await, 200, "a closed one");
        assert_eq!(world.ask_code(EVE, METHOD, &args("4303")).await, 150, "a secret one");
        for eid in ["4399", "0", "1240077"] {
            assert_eq!(world.ask_code(EVE, METHOD, &args(eid)).await, 150);
        }
        for args in [
            &[("eid", "4301")][..],
            &[("rsvp_status", "attending")],
            &[("eid", "4301"), ("rsvp_status", "not_replied")],
            &[("eid", "4301"), ("rsvp_status", "Attending")],
            &[("eid", "ball"), ("rsvp_status", "attending")],
        ] {
            assert_eq!(world.ask_code(EVE, METHOD, args).await, 100, "{args:?}");
        }
        assert_eq!(world.code(By::App(&world.web), METHOD, &args("4301")).await, 102);
    }
}
