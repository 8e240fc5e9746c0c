//! events.get: events that a caller may see: those that somebody is invited to, those with certain ids, those of a time, those answered so.
//!
//! Times are seconds that were made by reading the clock on the wall at the event's place as if it hung in California: they are handed on as
//! they came. An event matches a window that it overlaps. Since there are access tokens, an event that is not open takes `user_events`.

use super::caller;
use crate::answer::Location;
use reconnect_core::context::nobody_named;
use reconnect_core::error::invalid;
use reconnect_core::event::{EventSeen, Rsvp, Wanted};
use reconnect_core::method::Fidelity;
use reconnect_core::picture::Size;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::{Code, UidList, Visible};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

pub(crate) struct Get;

/// How many ids one call may name.
const MOST: usize = 1000;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Only events that this person is invited to, or that are this page's or application's; without it, and without eids, the session's person.
    uid: Option<u64>,
    /// Only events with these ids.
    eids: Option<UidList>,
    /// Only events that have not ended before; 0 for any.
    #[serde(default)]
    start_time: i64,
    /// Only events that have begun by then; 0 for any.
    #[serde(default)]
    end_time: i64,
    /// Only events that the person named by uid has answered so: `attending`, `unsure`, `declined`, `not_replied`.
    rsvp_status: Option<String>,
}

/// An event.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "event")]
pub(crate) struct Event {
    /// Its id, of 64 bits.
    eid: u64,
    name: String,
    /// One line below the name.
    tagline: String,
    /// Its network; 0 is everybody's.
    nid: u64,
    /// The address of its picture.
    pic: String,
    /// The same, large.
    pic_big: String,
    /// The same, small.
    pic_small: String,
    /// Who gives it, in words.
    host: String,
    description: String,
    /// The category.
    event_type: String,
    /// The category within that.
    event_subtype: String,
    /// When it begins, in seconds since 1970.
    start_time: i64,
    /// When it ends, in seconds since 1970.
    end_time: i64,
    /// A person, a page or an application; null where the viewer may not be told.
    creator: Visible<u64>,
    /// When it was last changed, in seconds since 1970.
    update_time: i64,
    /// Where it is, in words.
    location: String,
    venue: Location,
    /// `OPEN`, `CLOSED` or `SECRET`.
    privacy: &'static str,
    /// Whether only administrators see who comes.
    hide_guest_list: bool,
    /// Whether it can be searched for.
    show_in_search: bool,
    /// Whether it has a wall.
    show_wall: bool,
    /// Whether it has videos.
    show_videos: bool,
    /// Whether it has photos.
    show_photos: bool,
    /// Whether it has links and posts.
    show_posts: bool,
}

impl Event {
    fn of(EventSeen { event, creator }: EventSeen, site: &str) -> Event {
        let pic = |name: &str, size: Size| match &event.picture {
            Some(picture) => picture.address(site, size),
            None => format!("{site}/{}/picture?type={name}", event.id),
        };
        Event {
            eid: event.id.0,
            nid: event.nid,
            pic: pic("normal", Size::Middle),
            pic_big: pic("large", Size::Big),
            pic_small: pic("small", Size::Small),
            start_time: event.start_time,
            end_time: event.end_time,
            creator: creator.map_or(Visible::Hidden, |creator| Visible::Shown(creator.0)),
            update_time: event.update_time,
            venue: Location::of(event.venue.as_ref()),
            privacy: event.openness.name(),
            hide_guest_list: event.hide_guest_list,
            show_in_search: event.shows_part("search"),
            show_wall: event.shows_part("wall"),
            show_videos: event.shows_part("videos"),
            show_photos: event.shows_part("photos"),
            show_posts: event.shows_part("posts"),
            name: event.name,
            tagline: event.tagline,
            host: event.host,
            description: event.description,
            event_type: event.event_type,
            event_subtype: event.event_subtype,
            location: event.location,
        }
    }
}

impl Method for Get {
    const NAME: &'static str = "events.get";
    const SUMMARY: &'static str = "Lists events: those of a person, with certain ids, of a time, or answered so.";
    const ACCESS: Access = Access::optional_session();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<Event>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Event>> {
        let rsvp = args.rsvp_status.as_deref().map(rsvp).transpose()?;
        if rsvp.is_some() && args.uid.is_none() {
            return Err(invalid("rsvp_status is for the person whom uid names, and there is no uid"));
        }
        let guest = if args.uid.is_some() { cx.subject(args.uid)? } else { None };
        let ids = args.eids.map(ids).transpose()?;
        if guest.is_none() && ids.is_none() && cx.caller.viewer().is_none() {
            return Err(nobody_named());
        }
        let wanted = Wanted { guest, ids: ids.as_deref(), since: args.start_time, until: args.end_time, rsvp };
        let Some(seen) = cx.graph().look_at_events(caller(cx), wanted).await? else {
            return Err(Code::ParamUserId.because("uid is nobody").into());
        };
        for one in &seen {
            cx.check_token_reads(one.event.openness, "user_events")?;
        }
        Ok(seen.into_iter().map(|one| Event::of(one, &cx.request.site)).collect())
    }
}

fn rsvp(name: &str) -> Result<Rsvp> {
    Rsvp::find(name).ok_or_else(|| invalid("rsvp_status is none of attending, unsure, declined, not_replied"))
}

/// The ids that are named, each once.
fn ids(eids: UidList) -> Result<Vec<Id>> {
    let mut seen = HashSet::new();
    let ids: Vec<Id> = eids.0.into_iter().map(Id).filter(|id| seen.insert(*id)).collect();
    match ids.len() {
        0 => Err(invalid("eids has no id in it")),
        1..=MOST => Ok(ids),
        many => Err(invalid(format!("eids has {many} ids, and a call takes {MOST}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{BALL, CHESS, EVE, Evening, TRIP};
    use crate::tests::world::{ANN, BEGINNING, BOB, By};
    use serde_json::{Value, json};

    const METHOD: &str = "events.get";

    fn eids(answer: &Value) -> Vec<u64> {
        let rows = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
        rows.iter().map(|row| row["eid"].as_u64().unwrap()).collect()
    }

    #[tokio::test]
    async fn without_a_filter_the_persons_own_events_are_listed_the_last_invitation_first() {
        let evening = Evening::new().await;
        let world = &evening.world;
        assert_eq!(eids(&world.ask(ANN, METHOD, &[]).await), [BALL.0, TRIP.0, CHESS.0]);
        assert_eq!(eids(&world.ask(BOB, METHOD, &[]).await), [TRIP.0, CHESS.0]);
        assert_eq!(world.ask(EVE, METHOD, &[]).await, json!([]));
        assert!(world.ask_xml(EVE, METHOD, &[]).await.contains(" list=\"true\""));
        assert_eq!(eids(&world.ask_by_secret(METHOD, &[]).await), [BALL.0, TRIP.0, CHESS.0]);
    }

    #[tokio::test]
    async fn an_event_looks_as_the_last_schema_has_it() {
        let evening = Evening::new().await;
        insta::assert_snapshot!(evening.world.ask_xml(BOB, "facebook.events.get", &[("eids", "4301")]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <events_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <event>
            <eid>4301</eid>
            <name>Chess at &lt;Noon&gt;</name>
            <tagline>Bring a clock</tagline>
            <nid>0</nid>
            <pic>http://site.example/4301/picture?type=normal</pic>
            <pic_big>http://site.example/4301/picture?type=large</pic_big>
            <pic_small>http://site.example/4301/picture?type=small</pic_small>
            <host>Ann</host>
            <description>Fast games.</description>
            <event_type>Sports</event_type>
            <event_subtype/>
            <start_time>1234654290</start_time>
            <end_time>1234657890</end_time>
            <creator>1240077</creator>
            <update_time>1234567890</update_time>
            <location>The Library</location>
            <venue>
              <city>Springfield</city>
              <state/>
              <country/>
              <latitude>39.92</latitude>
            </venue>
            <privacy>OPEN</privacy>
            <hide_guest_list>0</hide_guest_list>
            <show_in_search>1</show_in_search>
            <show_wall>1</show_wall>
            <show_videos>1</show_videos>
            <show_photos>1</show_photos>
            <show_posts>1</show_posts>
          </event>
        </events_get_response>
        "#);
        let secret = evening.world.ask(ANN, METHOD, &[("eids", "[\"4303\"]")]).await;
        assert_eq!(secret[0]["venue"], json!({}));
        let shown = ["show_in_search", "show_wall", "show_videos", "show_photos", "show_posts"];
        assert_eq!(shown.map(|name| secret[0][name].clone()), [false, true, false, true, true]);
    }

    #[tokio::test]
    async fn what_the_caller_may_not_see_is_left_out_in_silence() {
        let evening = Evening::new().await;
        let world = &evening.world;
        let all = [("eids", "4303,4301,4399,4302,4301,1240077")];
        assert_eq!(eids(&world.ask(ANN, METHOD, &all).await), [4303, 4301, 4302]);
        assert_eq!(eids(&world.ask(BOB, METHOD, &all).await), [4301, 4302]);
        assert_eq!(eids(&world.ask(EVE, METHOD, &all).await), [4301]);
        // Without a session the open ones, and what was made through the application.
        assert_eq!(eids(&world.json(By::App(&world.web), METHOD, &all).await), [4301, 4302]);
        assert_eq!(eids(&world.json(By::App(&world.desktop), METHOD, &all).await), [4301], "everybody has its secret");
        assert_eq!(eids(&world.ask(EVE, METHOD, &[("uid", "1240077")]).await), [4301]);
        assert_eq!(eids(&world.json(By::App(&world.web), METHOD, &[("uid", "1240078")]).await), [4302, 4301]);
    }

    #[tokio::test]
    async fn all_filters_must_hold() {
        let evening = Evening::new().await;
        let bobs = |args: &'static [(&'static str, &'static str)]| {
            let world = &evening.world;
            async move {
                let args: Vec<_> = [("uid", "1240078")].into_iter().chain(args.iter().copied()).collect();
                eids(&world.ask(ANN, METHOD, &args).await)
            }
        };
        assert_eq!(bobs(&[]).await, [4302, 4301]);
        assert_eq!(bobs(&[("rsvp_status", "unsure")]).await, [4301]);
        assert_eq!(bobs(&[("rsvp_status", "not_replied")]).await, [4302]);
        assert_eq!(bobs(&[("rsvp_status", "attending")]).await, [0; 0]);
        assert_eq!(bobs(&[("eids", "4302,4303")]).await, [4302]);
        assert_eq!(bobs(&[("start_time", "0"), ("end_time", "0")]).await, [4302, 4301]);
        let (start, end) = ((BEGINNING + 86_400).to_string(), (BEGINNING + 90_000).to_string());
        for (since, until, expected) in [
            (end.as_str(), "0", &[4302, 4301][..]),
            ("0", start.as_str(), &[4301]),
            (start.as_str(), start.as_str(), &[4301]),
            ("1", "2", &[]),
        ] {
            let args = [("start_time", since), ("end_time", until)];
            assert_eq!(eids(&evening.world.ask(BOB, METHOD, &args).await), expected, "{since} {until}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused() {
        let evening = Evening::new().await;
        for (args, expected) in [
            (&[("uid", "1249999")][..], 110),
            (&[("uid", "0")], 110),
            (&[("uid", "4301")], 110),
            (&[("uid", "ann")], 100),
            (&[("eids", "chess")], 100),
            (&[("eids", "[]")], 100),
            (&[("eids", &(2..1003).map(|n| format!("{n},")).collect::<String>())], 100),
            (&[("start_time", "tomorrow")], 100),
            (&[("rsvp_status", "attending")], 100),
            (&[("uid", "1240077"), ("rsvp_status", "maybe")], 100),
        ] {
            assert_eq!(evening.world.ask_code(ANN, METHOD, args).await, expected, "{args:.60?}");
        }
        let world = &evening.world;
        assert_eq!(world.code(By::App(&world.web), METHOD, &[]).await, 100, "nobody is named");
        assert_eq!(world.ask_by_secret(METHOD, &[("uid", "1240078")]).await["error_code"], 200);
    }

    #[tokio::test]
    async fn an_access_token_reads_open_events_alone_unless_it_may_read_the_persons() {
        let evening = Evening::new().await;
        let world = &evening.world;
        assert_eq!(eids(&world.ask_by_token(METHOD, &[("eids", "4301")]).await), [4301]);
        assert_eq!(world.ask_by_token(METHOD, &[]).await["error_code"], 200);
        world.permit(ANN, "user_events").await;
        assert_eq!(eids(&world.ask_by_token(METHOD, &[]).await), [4303, 4302, 4301]);
    }
}
