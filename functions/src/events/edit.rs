//! events.edit: changes an event that the application and the session's person administer. What is not said stays as it is.
//!
//! The name is locked once a guest has answered, its maker aside (error 1001). An event that is open to everybody no longer is taken off its
//! creator's wall first, so that nobody reads there of what is not for them. A file that comes with the call becomes its picture.

use super::info::{Info, check_times};
use super::{caller, check_administers, picture};
use reconnect_core::event::{Event, Standing};
use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Edit;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Which event.
    eid: u64,
    /// What changes, as a JSON object with the keys of events.create.
    event_info: String,
}

impl Method for Edit {
    const NAME: &'static str = "events.edit";
    const SUMMARY: &'static str = "Changes an event that the application administers.";
    const ACCESS: Access = Access::optional_session().writes().needs("create_event").takes_file();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let (info, eid) = (Info::read(&args.event_info)?, Id(args.eid));
        let (closes, mut story) = (info.closes()?, None);
        if closes || cx.upload.is_some() {
            let standing = cx.graph().standing(caller(cx), eid).await?;
            changed(cx, &info, &standing)?;
            story = standing.event.post.filter(|_| closes);
        }
        let picture = picture(cx).await?;
        if let Some(post) = story {
            let rest = cx.graph().unpublish(post, &[], |_| Ok(())).await?;
            cx.services.carry_out(rest).await;
        }
        cx.services.edit_event(caller(cx), eid, picture, |standing| changed(cx, &info, standing)).await?;
        Ok(true)
    }
}

fn changed(cx: &Context, info: &Info, standing: &Standing) -> Result<Event> {
    check_administers(cx, standing)?;
    let old = &standing.event;
    let mut event = old.clone();
    info.change(&mut event)?;
    if event.name != old.name && standing.answers > 0 {
        return Err(Code::EventNameLocked.into());
    }
    check_times(&event, Some(old), cx.now().secs())?;
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::super::world::{EVE, Evening};
    use crate::tests::world::{ANN, BEGINNING, BOB, By};
    use serde_json::{Value, json};

    const METHOD: &str = "events.edit";

    async fn edit(evening: &Evening, eid: &str, info: &Value) -> u64 {
        evening.world.ask_code(ANN, METHOD, &[("eid", eid), ("event_info", &info.to_string())]).await
    }

    async fn event(evening: &Evening, eid: &str) -> Value {
        evening.world.ask(ANN, "events.get", &[("eids", eid)]).await[0].clone()
    }

    #[tokio::test]
    async fn what_is_said_changes_and_the_rest_stays() {
        let evening = Evening::new().await;
        evening.world.permit(ANN, "create_event").await;
        let before = event(&evening, "4302").await;
        evening.world.clock.advance(5000);
        let said =
            json!({"name": "Long Trip", "city": "Akron", "desc": "Boots.", "privacy_type": "SECRET", "host": ""});
        assert_eq!(edit(&evening, "4302", &said).await, 0);
        let after = event(&evening, "4302").await;
        assert_eq!((&after["name"], &after["venue"]["city"]), (&json!("Long Trip"), &json!("Akron")));
        assert_eq!((&after["description"], &after["privacy"]), (&json!("Boots."), &json!("SECRET")));
        assert_eq!(after["update_time"], BEGINNING + 9);
        for same in ["start_time", "end_time", "host", "location", "creator"] {
            assert_eq!(after[same], before[same], "{same}");
        }
        let xml = evening.world.ask_xml(ANN, METHOD, &[("eid", "4302"), ("event_info", "{}")]).await;
        assert!(xml.contains(".xsd\">1</events_edit_response>"), "{xml}");
    }

    #[tokio::test]
    async fn the_name_is_locked_once_a_guest_has_answered() {
        let evening = Evening::new().await;
        evening.world.permit(ANN, "create_event").await;
        evening.world.permit(BOB, "rsvp_event").await;
        assert_eq!(edit(&evening, "4302", &json!({"name": "Hike"})).await, 0, "its maker has, nobody else");
        let args = [("eid", "4302"), ("rsvp_status", "declined")];
        assert_eq!(evening.world.ask_code(BOB, "events.rsvp", &args).await, 0);
        assert_eq!(edit(&evening, "4302", &json!({"name": "Walk"})).await, 1001);
        assert_eq!(edit(&evening, "4302", &json!({"name": "Hike", "tagline": "Boots!"})).await, 0, "the same name");
        assert_eq!(event(&evening, "4302").await["name"], "Hike");
    }

    #[tokio::test]
    async fn a_story_of_an_event_that_closes_is_taken_away() {
        let evening = Evening::new().await;
        let world = &evening.world;
        world.permit(ANN, "create_event").await;
        let info = json!({"name": "Ball", "start_time": BEGINNING + 9000, "location": "Hall"}).to_string();
        let eid = world.ask(ANN, "events.create", &[("event_info", &info)]).await.to_string();
        let graph = &world.services.graph;
        let wall = reconnect_store::Range::newest(ANN, reconnect_core::kinds::WALL, 10);
        assert_eq!(graph.range(&wall).await.unwrap().entries.len(), 1);
        assert_eq!(edit(&evening, &eid, &json!({"privacy_type": "CLOSED", "name": ""})).await, 100);
        assert_eq!(graph.range(&wall).await.unwrap().entries.len(), 1, "what is refused changes nothing");
        assert_eq!(edit(&evening, &eid, &json!({"privacy_type": "CLOSED"})).await, 0);
        assert_eq!(graph.range(&wall).await.unwrap().entries.len(), 0);
    }

    #[tokio::test]
    async fn who_does_not_administer_it_changes_nothing() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let words = [("eid", "4302"), ("event_info", "{\"name\":\"X\"}")];
        assert_eq!(world.ask_code(ANN, METHOD, &words).await, 290, "she has not granted it");
        for person in [ANN, BOB, EVE] {
            world.permit(person, "create_event").await;
        }
        assert_eq!(world.ask_code(BOB, METHOD, &words).await, 200, "a guest");
        assert_eq!(world.ask_code(EVE, METHOD, &words).await, 200, "a closed one");
        assert_eq!(world.ask_code(EVE, METHOD, &[("eid", "4303"), ("event_info", "{}")]).await, 150, "a secret one");
        assert_eq!(
            world.ask_code(ANN, METHOD, &[("eid", "4303"), ("event_info", "{}")]).await,
            200,
            "of no application"
        );
        for eid in ["4399", "0", "1240077"] {
            assert_eq!(world.ask_code(ANN, METHOD, &[("eid", eid), ("event_info", "{}")]).await, 150);
        }
        assert_eq!(world.code(By::App(&world.desktop), METHOD, &words).await, 200, "another application");
        assert_eq!(world.code(By::App(&world.web), METHOD, &words).await, 0, "its application's server");
        assert_eq!(event(&evening, "4302").await["name"], "X");
        for (args, expected) in [
            (&[("eid", "4302")][..], 100),
            (&[("event_info", "{}")], 100),
            (&[("eid", "4302"), ("event_info", "{")], 144),
            (&[("eid", "4302"), ("event_info", "{\"start_time\":1}")], 1000),
            (&[("eid", "4302"), ("event_info", "{\"end_time\":1}")], 1000),
            (&[("eid", "4302"), ("event_info", "{\"city\":\"1\"}")], 151),
        ] {
            assert_eq!(world.ask_code(ANN, METHOD, args).await, expected, "{args:?}");
        }
    }
}
