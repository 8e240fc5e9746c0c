//! events.invite: invites friends of the session's person to an event. Who is a guest already stays what they are; who is no friend is passed
//! over in silence.
//!
//! To an open event everybody may invite, to another whoever administers it.

use super::cancel::MAX_MESSAGE;
use super::{address, notice};
use reconnect_core::error::invalid;
use reconnect_core::event::{MAX_INVITED, Standing, no_event};
use reconnect_core::method::Fidelity;
use reconnect_core::notification::Notification;
use reconnect_core::openness::Openness;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::{Code, UidList};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Invite;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// To which event.
    eid: u64,
    /// Whom.
    uids: UidList,
    /// A text for the invitation.
    #[serde(default)]
    personal_message: String,
}

impl Method for Invite {
    const NAME: &'static str = "events.invite";
    const SUMMARY: &'static str = "Invites friends of the session's person to an event.";
    const ACCESS: Access = Access::session().writes().needs("create_event");
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let person = cx.acting(None, "create_event", Code::PermissionEvent).await?;
        let people: Vec<Id> = args.uids.0.into_iter().map(Id).collect();
        if people.is_empty() {
            return Err(invalid("uids has no id in it"));
        }
        if people.len() > MAX_INVITED {
            return Err(invalid(format!("uids has {} ids, and a call takes {MAX_INVITED}", people.len())));
        }
        if args.personal_message.len() > MAX_MESSAGE {
            return Err(invalid(format!("personal_message is longer than {MAX_MESSAGE} bytes")));
        }
        let allowed = |standing: &Standing| {
            check_may_invite(standing)?;
            Ok(invitation(cx, standing, &args.personal_message))
        };
        cx.graph().invite_to_event(person, cx.app().id, Id(args.eid), &people, allowed).await?;
        Ok(true)
    }
}

fn check_may_invite(standing: &Standing) -> Result<()> {
    if !standing.is_known() {
        return Err(no_event(standing.event.id));
    }
    if standing.event.openness == Openness::Open || standing.own.is_some_and(|own| own.admin) {
        return Ok(());
    }
    Err(Code::Permission.because("the session's user does not administer this event, which is not open").into())
}

fn invitation(cx: &Context, standing: &Standing, message: &str) -> Notification {
    let event = &standing.event;
    let href = address(cx, event.id);
    let title = maud::html! { "You are invited to " a href=(href) { (event.name) } "." }.into_string();
    Notification { href, ..notice(cx, event, title, message) }
}

#[cfg(test)]
mod tests {
    use super::super::world::{EVE, Evening};
    use crate::tests::world::{ANN, BOB, By};
    use serde_json::json;

    const METHOD: &str = "events.invite";

    #[tokio::test]
    async fn friends_are_invited_once_and_others_passed_over() {
        let evening = Evening::new().await;
        let world = &evening.world;
        world.permit(ANN, "create_event").await;
        let graph = &world.services.graph;
        let invite = async |uids: &str| {
            let args = [("eid", "4303"), ("uids", uids), ("personal_message", "Do <come>!")];
            world.ask(ANN, METHOD, &args).await
        };
        assert_eq!(invite("[1240080, \"1249999\", 1240077]").await, true, "a stranger, nobody, herself");
        assert!(graph.notifications(EVE, 0).await.unwrap().is_empty());
        for _ in 0..2 {
            assert_eq!(invite("1240078,1240078").await, true);
        }
        let told = graph.notifications(BOB, 0).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].title_text().as_str(), told[0].body_text().as_str()),
            ("You are invited to Ball.", "Do <come>!")
        );
        assert_eq!(told[0].href, "http://site.example/event.php?eid=4303");
        let members = world.ask(BOB, "events.getMembers", &[("eid", "4303")]).await;
        assert_eq!(members, json!({"attending": [ANN], "unsure": [], "declined": [], "not_replied": [BOB]}));
        let xml = world.ask_xml(ANN, METHOD, &[("eid", "4303"), ("uids", "1240078")]).await;
        assert!(xml.contains(".xsd\">1</events_invite_response>"), "{xml}");
    }

    #[tokio::test]
    async fn friends_who_opted_out_are_passed_over() {
        let evening = Evening::new().await;
        let world = &evening.world;
        world.permit(ANN, "create_event").await;
        world.services.graph.hide_from_applications(BOB, true).await.unwrap();
        assert_eq!(world.ask(ANN, METHOD, &[("eid", "4303"), ("uids", "1240078")]).await, true);
        assert_eq!(world.ask_code(BOB, "events.getMembers", &[("eid", "4303")]).await, 150);
    }

    #[tokio::test]
    async fn to_an_open_event_everybody_invites_to_another_who_administers_it() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let args = |eid| [("eid", eid), ("uids", "1240077")];
        assert_eq!(world.ask_code(BOB, METHOD, &args("4301")).await, 290);
        for person in [ANN, BOB, EVE] {
            world.permit(person, "create_event").await;
        }
        assert_eq!(world.ask_code(BOB, METHOD, &args("4301")).await, 0);
        assert_eq!(world.ask_code(EVE, METHOD, &args("4301")).await, 0);
        assert_eq!(world.ask_code(BOB, METHOD, &args("4302")).await, 200);
        assert_eq!(world.ask_code(EVE, METHOD, &args("4302")).await, 200);
        assert_eq!(world.ask_code(EVE, METHOD, &args("4303")).await, 150, "a secret one");
        for eid in ["4399", "0", "1240077"] {
            assert_eq!(world.ask_code(ANN, METHOD, &args(eid)).await, 150);
        }
        assert_eq!(world.code(By::App(&world.web), METHOD, &args("4301")).await, 102);
        let (many, long) = ("5,".repeat(1001), "x".repeat(4001));
        for args in [
            &[("eid", "4301")][..],
            &[("uids", "1")],
            &[("eid", "4301"), ("uids", "[]")],
            &[("eid", "4301"), ("uids", "bob")],
            &[("eid", "4301"), ("uids", &many)],
            &[("eid", "4301"), ("uids", "1"), ("personal_message", &long)],
        ] {
            assert_eq!(world.ask_code(ANN, METHOD, args).await, 100, "{args:.60?}");
        }
    }
}
