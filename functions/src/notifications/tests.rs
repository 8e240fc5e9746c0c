//! What the methods of the namespaces `notifications` and `liveMessage` tell and do.

use crate::tests::world::{ANN, BEGINNING, BOB, By, World};
use reconnect_core::event::{Attendance, Event};
use reconnect_core::group::{Group, Membership};
use reconnect_core::model::Person;
use reconnect_core::notification::Notification;
use reconnect_core::page::Page;
use reconnect_core::thread::{Message, Thread};
use reconnect_store::Id;
use serde_json::{Value, json};

const CARL: Id = Id(1_240_079);

async fn world() -> World {
    let world = World::new().await;
    let carl =
        Person { id: CARL, first_name: "Carl".to_owned(), email: "carl@example.com".to_owned(), ..Person::default() };
    world.services.graph.create_person(carl, None).await.unwrap();
    world
}

fn code(answer: &Value) -> u64 {
    answer["error_code"].as_u64().unwrap_or_else(|| panic!("no error: {answer}"))
}

async fn by_server(world: &World, method: &str, args: &[(&str, &str)]) -> Value {
    world.json(By::App(&world.web), method, args).await
}

#[tokio::test]
async fn all_that_waits_is_told_even_where_it_is_nothing() {
    let world = world().await;
    let nothing = json!({"unread": 0, "most_recent": 0});
    let empty = json!({"messages": nothing, "pokes": nothing, "shares": nothing, "friend_requests": [], "group_invites": [],
                       "event_invites": []});
    assert_eq!(world.ask(ANN, "notifications.get", &[]).await, empty);
    let graph = &world.services.graph;
    let thread = Thread { recipients: vec![ANN], ..Thread::default() };
    let message = Message { author: BOB, body: "Hello".to_owned(), ..Message::default() };
    let thread = graph.begin_thread(thread, &message).await.unwrap().id;
    graph.poke(CARL, ANN).await.unwrap();
    let page = Page { id: Id(70), name: "P".to_owned(), kind: "Film".to_owned(), ..Page::default() };
    graph.create_page(page).await.unwrap();
    graph.share_with(BOB, ANN, Id(70)).await.unwrap();
    graph.ask_to_be_friends(CARL, ANN, "").await.unwrap();
    let group = Group { id: Id(80), name: "G".to_owned(), creator: Some(BOB), ..Group::default() };
    graph.create_group(group).await.unwrap();
    let invited = Membership { not_replied: true, ..Membership::default() };
    graph.add_to_group(Id(80), &[(ANN, invited)]).await.unwrap();
    for (id, end_time) in [(90, BEGINNING + 100), (91, BEGINNING - 100)] {
        let event = Event {
            id: Id(id),
            name: "E".to_owned(),
            creator: BOB,
            start_time: BEGINNING - 200,
            end_time,
            ..Event::default()
        };
        graph.create_event(event, |_| None).await.unwrap();
        graph.add_guests(Id(id), &[(ANN, Attendance::default())]).await.unwrap();
    }
    let one = json!({"unread": 1, "most_recent": BEGINNING});
    let told = world.ask(ANN, "notifications.get", &[]).await;
    assert_eq!(
        told,
        json!({"messages": one, "pokes": one, "shares": one, "friend_requests": [CARL], "group_invites": [80],
               "event_invites": [90]})
    );
    assert_eq!(world.ask_by_secret("notifications.get", &[]).await, told);
    insta::assert_snapshot!(world.ask_xml(ANN, "notifications.get", &[]).await, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <notifications_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
      <messages>
        <unread>1</unread>
        <most_recent>1234567890</most_recent>
      </messages>
      <pokes>
        <unread>1</unread>
        <most_recent>1234567890</most_recent>
      </pokes>
      <shares>
        <unread>1</unread>
        <most_recent>1234567890</most_recent>
      </shares>
      <friend_requests list="true">
        <uid>1240079</uid>
      </friend_requests>
      <group_invites list="true">
        <gid>80</gid>
      </group_invites>
      <event_invites list="true">
        <eid>90</eid>
      </event_invites>
    </notifications_get_response>
    "#);
    graph.read_thread(ANN, reconnect_core::thread::Folder::Inbox, thread).await.unwrap();
    graph.take_poke(ANN, CARL).await.unwrap();
    let told = world.ask(ANN, "notifications.get", &[]).await;
    assert_eq!((&told["messages"], &told["pokes"]), (&json!({"unread": 0, "most_recent": BEGINNING}), &nothing));
    graph.hide_from_applications(CARL, true).await.unwrap();
    assert_eq!(code(&by_server(&world, "notifications.get", &[("uid", "1240077")]).await), 102);
}

#[tokio::test]
async fn who_asks_and_is_gone_or_hidden_is_left_out() {
    let world = world().await;
    let graph = &world.services.graph;
    let hidden = Person {
        id: Id(1_240_090),
        first_name: "Hid".to_owned(),
        email: "hid@example.com".to_owned(),
        opted_out: true,
        ..Person::default()
    };
    graph.create_person(hidden, None).await.unwrap();
    for from in [CARL, BOB, Id(1_240_090)] {
        graph.ask_to_be_friends(from, ANN, "").await.unwrap();
    }
    graph.remove_person(CARL).await.unwrap().unwrap();
    assert_eq!(world.ask(ANN, "notifications.get", &[]).await["friend_requests"], json!([BOB]));
    graph.accept_request(ANN, BOB).await.unwrap();
    assert_eq!(world.ask(ANN, "notifications.get", &[]).await["friend_requests"], json!([]));
}

fn notice(world: &World, sender: Id, title: &str) -> Notification {
    Notification { sender, app: world.web.id, title_html: title.to_owned(), ..Notification::default() }
}

#[tokio::test]
async fn notifications_are_told_with_the_applications_they_came_from() {
    let world = world().await;
    let graph = &world.services.graph;
    graph.notify(ANN, &notice(&world, BOB, "<b>Bob</b> fed your duck.")).await.unwrap();
    world.clock.advance(1000);
    let own = Notification {
        href: "/event.php?eid=7".to_owned(),
        object: Id(7),
        object_type: "event".to_owned(),
        ..Default::default()
    };
    graph.notify(ANN, &Notification { title_html: "An event".to_owned(), ..own }).await.unwrap();
    let told = world.ask(ANN, "notifications.getList", &[]).await;
    let rows = told["notifications"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let ids: Vec<String> = rows.iter().map(|row| row["notification_id"].to_string()).collect();
    let xml = world.ask_xml(ANN, "notifications.getList", &[]).await;
    let xml = xml.replace(&ids[0], "[first]").replace(&ids[1], "[second]").replace(&world.web.api_key, "[api key]");
    insta::assert_snapshot!(xml, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <notifications_getList_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
      <notifications list="true">
        <notification>
          <notification_id>[first]</notification_id>
          <sender_id>1240077</sender_id>
          <recipient_id>1240077</recipient_id>
          <created_time>1234567891</created_time>
          <updated_time>1234567891</updated_time>
          <title_html>An event</title_html>
          <title_text>An event</title_text>
          <body_html/>
          <body_text/>
          <href>http://site.example/event.php?eid=7</href>
          <app_id>0</app_id>
          <is_unread>1</is_unread>
          <is_hidden>0</is_hidden>
          <object_id>7</object_id>
          <object_type>event</object_type>
        </notification>
        <notification>
          <notification_id>[second]</notification_id>
          <sender_id>1240078</sender_id>
          <recipient_id>1240077</recipient_id>
          <created_time>1234567890</created_time>
          <updated_time>1234567890</updated_time>
          <title_html>&lt;b&gt;Bob&lt;/b&gt; fed your duck.</title_html>
          <title_text>Bob fed your duck.</title_text>
          <body_html/>
          <body_text/>
          <href/>
          <app_id>350685531728</app_id>
          <is_unread>1</is_unread>
          <is_hidden>0</is_hidden>
          <object_id>0</object_id>
          <object_type/>
        </notification>
      </notifications>
      <apps list="true">
        <app_info>
          <app_id>350685531728</app_id>
          <api_key>[api key]</api_key>
          <canvas_name/>
          <display_name>Web</display_name>
          <icon_url/>
          <logo_url/>
          <developers list="true"/>
          <company_name/>
          <description/>
          <daily_active_users>0</daily_active_users>
          <weekly_active_users>0</weekly_active_users>
          <monthly_active_users>0</monthly_active_users>
          <category/>
          <subcategory/>
        </app_info>
      </apps>
    </notifications_getList_response>
    "#);
    let since = (BEGINNING + 1).to_string();
    let newer = world.ask(ANN, "notifications.getList", &[("start_time", &since)]).await;
    assert_eq!((newer["notifications"].as_array().unwrap().len(), newer["apps"].clone()), (1, json!([])));
    assert_eq!(world.ask(ANN, "notifications.markRead", &[("notification_ids", &ids.join(","))]).await, json!(true));
    assert_eq!(world.ask(ANN, "notifications.getList", &[]).await, json!({"notifications": [], "apps": []}));
    let read = world.ask(ANN, "notifications.getList", &[("include_read", "1")]).await;
    assert_eq!((read["notifications"][0]["is_unread"].clone(), read["apps"].as_array().unwrap().len()), (json!(0), 1));
}

#[tokio::test]
async fn what_came_from_who_is_gone_or_blocked_is_left_out() {
    let world = world().await;
    let graph = &world.services.graph;
    for sender in [BOB, CARL] {
        graph.notify(ANN, &notice(&world, sender, "x")).await.unwrap();
    }
    let gone = Notification { app: Id(99), title_html: "x".to_owned(), ..Notification::default() };
    graph.notify(ANN, &gone).await.unwrap();
    graph.block(CARL, ANN).await.unwrap();
    let senders = async || -> Vec<Value> {
        let told = world.ask(ANN, "notifications.getList", &[]).await;
        told["notifications"].as_array().unwrap().iter().map(|row| row["sender_id"].clone()).collect()
    };
    assert_eq!(senders().await, [json!(BOB)]);
    graph.remove_person(BOB).await.unwrap().unwrap();
    assert!(senders().await.is_empty());
}

#[tokio::test]
async fn only_ones_own_are_marked_and_what_is_no_list_is_refused() {
    let world = world().await;
    let graph = &world.services.graph;
    graph.notify(BOB, &notice(&world, ANN, "his")).await.unwrap();
    let his = graph.notifications(BOB, 0).await.unwrap()[0].id.to_string();
    assert_eq!(world.ask(ANN, "notifications.markRead", &[("notification_ids", &his)]).await, json!(false));
    assert!(!graph.notifications(BOB, 0).await.unwrap()[0].read);
    let many = format!("[{}]", vec!["1"; 1001].join(","));
    for ids in ["", "[]", "one", "[\"x\"]", "-1", &many] {
        assert_eq!(world.ask_code(ANN, "notifications.markRead", &[("notification_ids", ids)]).await, 100, "{ids:.20}");
    }
    assert_eq!(world.ask_code(ANN, "notifications.getList", &[("start_time", "now")]).await, 100);
    assert_eq!(code(&by_server(&world, "notifications.getList", &[]).await), 102);
    assert_eq!(code(&by_server(&world, "notifications.markRead", &[("notification_ids", "1")]).await), 102);
}

const MAIL: [(&str, &str); 3] = [("recipients", "1240077,1240078,1240079,9"), ("subject", "S"), ("text", "T")];

#[tokio::test]
async fn a_mail_goes_to_those_who_allow_it() {
    let world = world().await;
    assert_eq!(by_server(&world, "notifications.sendEmail", &MAIL).await, json!(""));
    world.permit(ANN, "email").await;
    world.permit(BOB, "email").await;
    assert_eq!(by_server(&world, "notifications.sendEmail", &MAIL).await, json!("1240077,1240078"));
    world.services.graph.remove_person(BOB).await.unwrap().unwrap();
    assert_eq!(by_server(&world, "notifications.sendEmail", &MAIL).await, json!("1240077"));
    let mails = world.services.graph.mails(world.web.id).await.unwrap();
    assert_eq!((mails.len(), mails[0].text.as_str(), mails[0].subject.as_str()), (2, "T", "S"));
    let xml = world.call(By::App(&world.web), "notifications.sendEmail", &MAIL).await;
    assert!(xml.contains(">1240077</notifications_sendEmail_response>"), "{xml}");
    assert_eq!(code(&world.ask_by_secret("notifications.sendEmail", &MAIL).await), 15);
}

#[tokio::test]
async fn markup_becomes_text_and_text_stands_in_for_what_cannot() {
    let world = world().await;
    world.permit(ANN, "email").await;
    let send = async |text: &str, fbml: &str| {
        let args =
            [("recipients", "[1240077]"), ("subject", "Hi <fb:name uid=\"1240078\"/>"), ("text", text), ("fbml", fbml)];
        by_server(&world, "notifications.sendEmail", &args).await
    };
    assert_eq!(send("T", "From <fb:name uid='1240078'/>").await, json!("1240077"));
    assert_eq!(send("T", "<fb:swf src='x'/>").await, json!("1240077"));
    assert_eq!(code(&send("", "<fb:swf src='x'/>").await), 100);
    let mails = world.services.graph.mails(world.web.id).await.unwrap();
    let mut told: Vec<_> =
        mails.iter().map(|one| (one.subject.as_str(), one.text.as_str(), one.fbml.is_some())).collect();
    told.sort_unstable();
    assert_eq!(told, [("Hi Bob", "From Bob", true), ("Hi Bob", "T", false)]);
}

#[tokio::test]
async fn what_no_mail_can_be_is_refused() {
    let world = world().await;
    let many = (1..=101).map(|id: u32| id.to_string()).collect::<Vec<_>>().join(",");
    let long = "x".repeat(70_000);
    for (args, expected) in [
        (&[("recipients", "1240077"), ("text", "T")][..], 100),
        (&[("recipients", "1240077"), ("subject", "S")], 100),
        (&[("recipients", "1240077"), ("subject", "S"), ("text", " "), ("fbml", "")], 100),
        (&[("recipients", "1240077"), ("subject", "S"), ("text", &long)], 100),
        (&[("subject", "S"), ("text", "T")], 100),
        (&[("recipients", "ann"), ("subject", "S"), ("text", "T")], 114),
        (&[("recipients", &many), ("subject", "S"), ("text", "T")], 105),
    ] {
        assert_eq!(code(&by_server(&world, "notifications.sendEmail", args).await), expected, "{args:.90?}");
    }
    let off = World::with(|app| app.no_email = true).await;
    assert_eq!(code(&by_server(&off, "notifications.sendEmail", &MAIL).await), 2005);
    let bounded = World::with(|app| app.emails_per_day = Some(1)).await;
    bounded.permit(ANN, "email").await;
    assert_eq!(by_server(&bounded, "notifications.sendEmail", &MAIL).await, json!("1240077"));
    assert_eq!(by_server(&bounded, "notifications.sendEmail", &MAIL).await, json!(""), "she has had today's");
}

#[tokio::test]
async fn a_desktop_application_writes_to_its_own_person_only() {
    let world = world().await;
    let desktop = &world.desktop;
    assert_eq!(code(&world.json(By::App(desktop), "notifications.sendEmail", &MAIL).await), 102);
    let graph = &world.services.graph;
    graph.authorize(ANN, desktop.id, &reconnect_core::permission::Permissions::parse("email").0).await.unwrap();
    let opened = world.session(desktop).await;
    let secret = world.services.secrets.session_secret(opened.session.id, false);
    let key = opened.key;
    let send = async |to: &str| {
        let args = [("session_key", key.as_str()), ("recipients", to), ("subject", "S"), ("text", "T")];
        world.json(By::Session(desktop, &secret), "notifications.sendEmail", &args).await
    };
    let told = [send("1240077").await, send("1240077,1240078").await];
    assert_eq!(told[0], json!("1240077"));
    assert_eq!(code(&told[1]), 200);
}

#[tokio::test]
async fn a_live_message_reaches_whoever_uses_the_application() {
    let world = world().await;
    world.permit(BOB, "").await;
    let args = [("recipient", "1240078"), ("event_name", "ping"), ("message", "{from: 1, msg: 'not strict'}")];
    assert_eq!(world.ask(ANN, "livemessage.send", &args).await, json!(true));
    let (told, _) = world.services.graph.live_since(BOB, world.web.id, None).await.unwrap();
    assert_eq!((told[0].sender, told[0].event.as_str(), told[0].message.as_str()), (ANN, "ping", args[2].1));
    let long = "x".repeat(1025);
    for (args, expected) in [
        (&[("recipient", "1240079"), ("event_name", "ping"), ("message", "{}")][..], 292),
        (&[("recipient", "1240078"), ("event_name", &long[..129]), ("message", "{}")], 1101),
        (&[("recipient", "1240078"), ("event_name", "ping"), ("message", &long)], 1102),
        (&[("recipient", "1240078"), ("event_name", "ping")], 100),
        (&[("recipient", "1240078"), ("event_name", " "), ("message", "{}")], 100),
        (&[("event_name", "ping"), ("message", "{}")], 100),
        (&[("recipient", "bob"), ("event_name", "ping"), ("message", "{}")], 100),
    ] {
        assert_eq!(world.ask_code(ANN, "liveMessage.send", args).await, expected, "{args:.60?}");
    }
    assert_eq!(code(&world.ask_by_secret("liveMessage.send", &args).await), 15);
    assert_eq!(code(&by_server(&world, "liveMessage.send", &args).await), 102);
    let xml = world.ask_xml(ANN, "livemessage.send", &args).await;
    assert!(xml.contains("<livemessage_send_response ") && xml.contains(">1</livemessage_send_response>"), "{xml}");
}
