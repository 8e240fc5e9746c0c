//! events.getMembers: the guests of an event, by what they answered. Nobody is on two of the four lists.
//!
//! Where the hosts hide the guests, only whoever administers the event is told of any.

use super::caller;
use crate::answer::{Uid, uids};
use reconnect_core::event::{Rsvp, no_event};
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetMembers;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Which event.
    eid: u64,
}

/// Four lists.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "event_members")]
pub(crate) struct Members {
    attending: Vec<Uid>,
    unsure: Vec<Uid>,
    declined: Vec<Uid>,
    not_replied: Vec<Uid>,
}

impl Method for GetMembers {
    const NAME: &'static str = "events.getMembers";
    const SUMMARY: &'static str = "Lists the guests of an event by what they answered.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Members;

    async fn call(cx: &Context, args: Args) -> Result<Members> {
        let eid = Id(args.eid);
        let Some((event, guests)) = cx.graph().event_guests(caller(cx), eid).await? else {
            return Err(no_event(eid));
        };
        cx.check_token_reads(event.openness, "user_events")?;
        let who = |rsvp: Rsvp| uids(guests.iter().filter(|(_, is)| is.status == rsvp).map(|(id, _)| *id).collect());
        Ok(Members {
            attending: who(Rsvp::Attending),
            unsure: who(Rsvp::Unsure),
            declined: who(Rsvp::Declined),
            not_replied: who(Rsvp::NotReplied),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{EVE, Evening};
    use crate::tests::world::{ANN, BOB, By};
    use serde_json::json;

    const METHOD: &str = "events.getMembers";

    #[tokio::test]
    async fn four_lists_tell_who_answered_what() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let told = json!({"attending": [ANN], "unsure": [BOB], "declined": [], "not_replied": []});
        for viewer in [ANN, BOB, EVE] {
            assert_eq!(world.ask(viewer, METHOD, &[("eid", "4301")]).await, told);
        }
        assert_eq!(world.json(By::App(&world.web), METHOD, &[("eid", "4301")]).await, told);
        assert_eq!(world.ask_by_secret(METHOD, &[("eid", "4301")]).await, told);
        insta::assert_snapshot!(world.ask_xml(BOB, METHOD, &[("eid", "4302")]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <events_getMembers_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
          <attending list="true">
            <uid>1240077</uid>
          </attending>
          <unsure list="true"/>
          <declined list="true"/>
          <not_replied list="true">
            <uid>1240078</uid>
          </not_replied>
        </events_getMembers_response>
        "#);
    }

    #[tokio::test]
    async fn an_event_that_one_may_not_see_is_none() {
        let evening = Evening::new().await;
        let world = &evening.world;
        for eid in ["4302", "4303", "4399", "0", "1240077", "18446744073709551615"] {
            assert_eq!(world.ask_code(EVE, METHOD, &[("eid", eid)]).await, 150, "{eid}");
        }
        for args in [&[][..], &[("eid", "")], &[("eid", "ball")], &[("eid", "-1")]] {
            assert_eq!(world.ask_code(EVE, METHOD, args).await, 100, "{args:?}");
        }
        let by_server = async |eid: &str| world.code(By::App(&world.web), METHOD, &[("eid", eid)]).await;
        assert_eq!((by_server("4302").await, by_server("4303").await), (0, 150));
        assert_eq!(world.ask_by_token(METHOD, &[("eid", "4302")]).await["error_code"], 200);
        world.permit(ANN, "user_events").await;
        assert_eq!(world.ask_by_token(METHOD, &[("eid", "4302")]).await["attending"], json!([ANN]));
    }
}
