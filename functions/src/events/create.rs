//! events.create: makes an event for the session's person, for a page that they administer, or, without a session, for the application itself.
//!
//! The application administers what was made through it. Whoever makes an event is on its list of guests, as one who comes. What is open to
//! everybody is told of on its creator's wall. Which keys were required changed with the years; ours is the last rule. A file that comes with
//! the call, sent as photos.upload has it, becomes the event's picture.

use super::info::Info;
use super::{address, caller, picture};
use reconnect_core::attachment::Attachment;
use reconnect_core::disclosure::Disclosure;
use reconnect_core::error::invalid;
use reconnect_core::event::Event;
use reconnect_core::method::Fidelity;
use reconnect_core::openness::Openness;
use reconnect_core::post::{Post, story, usual_disclosure};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Create;

/// How much of a description a story shows, in characters.
const STORY: usize = 400;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// What it is, as a JSON object: name, start_time and end_time or location at least.
    event_info: String,
}

impl Method for Create {
    const NAME: &'static str = "events.create";
    const SUMMARY: &'static str = "Makes an event for a person, a page, or the application itself.";
    const ACCESS: Access = Access::optional_session().writes().needs("create_event").takes_file();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = u64;

    async fn call(cx: &Context, args: Args) -> Result<u64> {
        let info = Info::read(&args.event_info)?;
        let host = host(cx, &info).await?;
        let mut event = Event { app: Some(cx.app().id), ..info.make(cx.now().secs())? };
        (event.creator, event.maker) = (host.id, cx.caller.viewer());
        if event.host.is_empty() {
            event.host = host.name.clone();
        }
        // Last, for it costs most: a picture is decoded for an event that can be.
        let picture = picture(cx).await?;
        Ok(cx.services.create_event(event, picture, |event| told(cx, &host, event)).await?.id.0)
    }
}

/// Whose event it becomes.
struct Host {
    id: Id,
    name: String,
    /// Whom they show their stories to; none for an application, which has no wall.
    shows_to: Option<Disclosure>,
}

async fn host(cx: &Context, info: &Info) -> Result<Host> {
    let page = info.page()?;
    if cx.caller.viewer().is_none() && page.is_none() {
        if !caller(cx).server {
            let why = "a desktop application makes events for its session's user only";
            return Err(Code::Permission.because(why).into());
        }
        return Ok(Host { id: cx.app().id, name: cx.app().name.clone(), shows_to: None });
    }
    let Some(page) = page else {
        let id = cx.acting(None, "create_event", Code::PermissionEvent).await?;
        let person = cx.graph().person(id).await?.unwrap_or_default();
        return Ok(Host { id, name: person.name(), shows_to: Some(usual_disclosure(&person)) });
    };
    let Some(name) = cx.graph().hosting_page(Id(page)).await? else {
        return Err(invalid(format!("page_id {page} in event_info is no page")));
    };
    let id = cx.acting(Some(page), "create_event", Code::PermissionEvent).await?;
    Ok(Host { id, name, shows_to: Some(Disclosure::default()) })
}

/// The story on the host's wall; none of an event that is not everybody's.
fn told(cx: &Context, host: &Host, event: &Event) -> Option<Post> {
    let privacy = host.shows_to.clone().filter(|_| event.openness == Openness::Open)?;
    let attachment = Attachment {
        name: event.name.clone(),
        href: address(cx, event.id),
        caption: event.location.clone(),
        description: event.description.chars().take(STORY).collect(),
        fb_object_type: "event".to_owned(),
        fb_object_id: event.id.to_string(),
        ..Attachment::default()
    };
    Some(Post {
        actor: host.id,
        owner: host.id,
        kind: story::EVENT_CREATED,
        app: Some(cx.app().id),
        attachment: Some(attachment),
        privacy,
        ..Post::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::world::Evening;
    use crate::tests::world::{ANN, BEGINNING, BOB, By};
    use reconnect_core::kinds;
    use reconnect_store::{Batch, Id};
    use serde_json::{Value, json};

    const METHOD: &str = "events.create";
    const PAGE: Id = Id(4350);

    fn info(more: &Value) -> String {
        let mut info = json!({"name": "Ball", "start_time": BEGINNING + 9000, "end_time": BEGINNING + 9900});
        info.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        info.to_string()
    }

    async fn posts(evening: &Evening, wall: Id) -> Vec<Value> {
        let range = reconnect_store::Range::newest(wall, kinds::WALL, 10);
        let graph = &evening.world.services.graph;
        let mut posts = Vec::new();
        for entry in graph.range(&range).await.unwrap().entries {
            posts.push(serde_json::to_value(graph.post(entry.to).await.unwrap().unwrap()).unwrap());
        }
        posts
    }

    #[tokio::test]
    async fn a_person_makes_an_event_attends_it_and_tells_of_it() {
        let evening = Evening::new().await;
        let world = &evening.world;
        world.permit(ANN, "create_event").await;
        let args = info(&json!({"description": "Masks!", "city": "Springfield"}));
        let eid = world.ask(ANN, METHOD, &[("event_info", &args)]).await.as_u64().unwrap().to_string();
        let event = world.ask(BOB, "events.get", &[("eids", &eid)]).await[0].clone();
        assert_eq!((&event["host"], &event["creator"]), (&json!("Ann"), &json!(ANN)));
        assert_eq!((&event["venue"]["city"], &event["privacy"]), (&json!("Springfield"), &json!("OPEN")));
        let members = world.ask(BOB, "events.getMembers", &[("eid", &eid)]).await;
        assert_eq!(members, json!({"attending": [ANN], "unsure": [], "declined": [], "not_replied": []}));
        let told = posts(&evening, ANN).await;
        assert_eq!((&told[0]["type"], &told[0]["attachment"]["fb_object_id"]), (&json!(12), &json!(eid)));
        assert_eq!(told[0]["attachment"]["href"], format!("http://site.example/event.php?eid={eid}"));
        let xml = world.ask_xml(ANN, METHOD, &[("event_info", &args)]).await;
        assert!(xml.contains("<events_create_response ") && xml.contains(".xsd\">"), "{xml}");
        assert_eq!(world.ask_by_secret(METHOD, &[("event_info", &args)]).await["error_code"], Value::Null);
    }

    #[tokio::test]
    async fn of_an_event_that_is_not_everybodys_no_wall_tells() {
        let evening = Evening::new().await;
        evening.world.permit(ANN, "create_event").await;
        for privacy in ["CLOSED", "secret"] {
            let args = info(&json!({"privacy_type": privacy}));
            assert!(evening.world.ask(ANN, METHOD, &[("event_info", &args)]).await.is_u64());
        }
        assert_eq!(posts(&evening, ANN).await, [0; 0].map(Value::from));
    }

    #[tokio::test]
    async fn an_application_makes_events_of_its_own() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let args = info(&json!({"privacy_type": "CLOSED"}));
        let by = By::App(&world.web);
        let eid = world.json(by, METHOD, &[("event_info", &args)]).await.as_u64().unwrap().to_string();
        let event = world.json(by, "events.get", &[("uid", &world.web.id.to_string())]).await;
        let own = event.as_array().unwrap().iter().find(|event| event["eid"].as_u64() == eid.parse().ok()).unwrap();
        assert_eq!((&own["creator"], &own["host"]), (&json!(world.web.id), &json!("Web")));
        assert_eq!(world.json(by, "events.getMembers", &[("eid", &eid)]).await["attending"], json!([]));
        assert_eq!(world.code(By::App(&world.desktop), METHOD, &[("event_info", &args)]).await, 200);
    }

    #[tokio::test]
    async fn a_page_has_events_made_by_whoever_administers_it() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let mut batch = Batch::new();
        batch.create(PAGE, kinds::PAGE, b"{\"name\":\"The Hall\"}".to_vec());
        batch.link(ANN, kinds::ADMIN_OF, PAGE, 1, Vec::new());
        world.services.graph.commit(batch).await.unwrap();
        for person in [ANN, BOB] {
            world.permit(person, "create_event").await;
        }
        let args = info(&json!({"page_id": PAGE.to_string()}));
        assert_eq!(world.ask_code(BOB, METHOD, &[("event_info", &args)]).await, 290);
        let eid = world.ask(ANN, METHOD, &[("event_info", &args)]).await.as_u64().unwrap().to_string();
        let event = world.ask(BOB, "events.get", &[("uid", "4350"), ("eids", &eid)]).await[0].clone();
        assert_eq!((&event["creator"], &event["host"]), (&json!(PAGE), &json!("The Hall")));
        assert_eq!(world.ask(BOB, "events.getMembers", &[("eid", &eid)]).await["attending"], json!([ANN]));
        assert_eq!(posts(&evening, PAGE).await.len(), 1);
        for nobody in ["1240078", "4399"] {
            let args = info(&json!({"host_id": nobody}));
            assert_eq!(world.ask_code(ANN, METHOD, &[("event_info", &args)]).await, 100, "{nobody} is no page");
        }
    }

    #[tokio::test]
    async fn without_leave_or_with_bad_words_nothing_is_made() {
        let evening = Evening::new().await;
        let world = &evening.world;
        assert_eq!(world.ask_code(BOB, METHOD, &[("event_info", &info(&json!({})))]).await, 290);
        world.permit(BOB, "create_event").await;
        for (args, expected) in [
            (String::new(), 100),
            ("{".to_owned(), 144),
            ("[1]".to_owned(), 144),
            (json!({"start_time": 1}).to_string(), 100),
            (info(&json!({"start_time": 1})), 1000),
            (info(&json!({"end_time": BEGINNING + 8999})), 1000),
            (info(&json!({"city": "123"})), 151),
        ] {
            assert_eq!(world.ask_code(BOB, METHOD, &[("event_info", &args)]).await, expected, "{args}");
        }
        assert_eq!(world.ask(BOB, "events.get", &[]).await.as_array().unwrap().len(), 2, "as before");
    }
}
