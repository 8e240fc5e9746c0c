//! What the methods of the namespace `pages` tell, and to whom.

use crate::tests::world::{ANN, BEGINNING, BOB, By, World, text};
use reconnect_core::context::Host;
use reconnect_core::model::Person;
use reconnect_core::page::Page;
use reconnect_core::permission::Permissions;
use reconnect_core::post::Post;
use reconnect_core::privacy::{Audience, Choices};
use reconnect_core::profile::Place;
use reconnect_store::Id;
use reconnect_wire::token::AccessToken;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CARL: Id = Id(1_240_079);
const DORA: Id = Id(1_240_080);
const POND: Id = Id(70_001);
const CAFE: Id = Id(70_002);
const NOWHERE: Id = Id(79_999);

/// Ann administers Pond Quartet, which has the web application, and is a fan of it and, later, of the café. So is Bob of the café, her friend.
/// Carl, a stranger, is a fan of Pond Quartet.
struct Town {
    world: World,
    session: String,
}

fn set<T: Clone>(pairs: &[(&str, T)]) -> BTreeMap<String, T> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn pond() -> Page {
    Page {
        id: POND,
        name: "Pond Quartet".to_owned(),
        username: Some("pond.quartet".to_owned()),
        kind: "Musician".to_owned(),
        texts: set(&[("website", "http://pond.example/".to_owned()), ("bio", "Ducks & <strings>.".to_owned())]),
        location: Some(Place { city: "Bergen".to_owned(), country: "Norway".to_owned(), ..Place::default() }),
        hours: set(&[("mon_1_open", 406_800), ("mon_1_close", 435_600)]),
        parking: set(&[("street", true), ("valet", false)]),
        ..Page::default()
    }
}

impl Town {
    async fn new() -> Town {
        let world = World::new().await;
        let graph = &world.services.graph;
        for (id, name) in [(CARL, "Carl"), (DORA, "Dora")] {
            let email = format!("{}@example.com", name.to_lowercase());
            let person = Person { id, first_name: name.to_owned(), email, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        graph.befriend(ANN, BOB).await.unwrap();
        graph.create_page(pond()).await.unwrap();
        let cafe = Page { id: CAFE, name: "Corner Café".to_owned(), kind: "Restaurant".to_owned(), ..Page::default() };
        graph.create_page(cafe).await.unwrap();
        graph.add_page_admin(POND, ANN).await.unwrap();
        graph.add_page_app(POND, world.web.id).await.unwrap();
        for (person, page) in [(ANN, POND), (CARL, POND), (ANN, CAFE), (BOB, CAFE)] {
            world.clock.advance(1000);
            graph.become_fan(person, page).await.unwrap();
        }
        let session = world.session(&world.web).await.key;
        Town { world, session }
    }

    /// What a call in Ann's session answers.
    async fn ask(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    async fn xml(&self, method: &str, args: &[(&str, &str)]) -> String {
        self.world.call(By::App(&self.world.web), method, &self.with_session(args)).await
    }

    fn with_session<'a>(&'a self, args: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [("session_key", self.session.as_str())].into_iter().chain(args.iter().copied()).collect()
    }

    /// What the application's server is answered without a session.
    async fn by_server(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.world.json(By::App(&self.world.web), method, args).await
    }

    /// What a program that knows only a session secret is answered.
    async fn by_session_secret(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let secret = self.ask("auth.promoteSession", &[]).await;
        let args: Vec<_> = self.with_session(args).into_iter().chain([("ss", "1")]).collect();
        self.world.json(By::Session(&self.world.web, secret.as_str().unwrap()), method, &args).await
    }
}

fn code(answer: &Value) -> u64 {
    answer["error_code"].as_u64().unwrap_or_else(|| panic!("no error: {answer}"))
}

fn ids(rows: &Value) -> Vec<u64> {
    rows.as_array().unwrap_or_else(|| panic!("{rows}")).iter().map(|row| row["page_id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn fields_come_in_the_order_asked_for_behind_the_id() {
    let town = Town::new().await;
    let fields =
        "bio,name,type,fan_count,has_added_app,mission,page_id,username,page_url,hours,parking,location,status";
    let args = [("page_ids", "70001"), ("fields", fields)];
    assert_eq!(
        town.ask("pages.getInfo", &args).await,
        json!([{
            "page_id": 70_001, "bio": "Ducks & <strings>.", "name": "Pond Quartet", "type": "Musician", "fan_count": 2,
            "has_added_app": true, "mission": "", "username": "pond.quartet",
            "page_url": "http://site.example/pond.quartet",
            "hours": {"mon_1_open": 406_800, "mon_1_close": 435_600}, "parking": {"street": true, "valet": false},
            "location": {"city": "Bergen", "state": "", "country": "Norway"}, "status": {},
        }])
    );
    insta::assert_snapshot!(town.xml("pages.getinfo", &args).await, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <pages_getinfo_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
      <page>
        <page_id>70001</page_id>
        <bio>Ducks &amp; &lt;strings&gt;.</bio>
        <name>Pond Quartet</name>
        <type>Musician</type>
        <fan_count>2</fan_count>
        <has_added_app>1</has_added_app>
        <mission/>
        <username>pond.quartet</username>
        <page_url>http://site.example/pond.quartet</page_url>
        <hours>
          <mon_1_open>406800</mon_1_open>
          <mon_1_close>435600</mon_1_close>
        </hours>
        <parking>
          <street>1</street>
          <valet>0</valet>
        </parking>
        <location>
          <city>Bergen</city>
          <state/>
          <country>Norway</country>
        </location>
        <status/>
      </page>
    </pages_getinfo_response>
    "#);
}

#[tokio::test]
async fn a_page_tells_its_status_and_how_many_comments_that_has() {
    let town = Town::new().await;
    let graph = &town.world.services.graph;
    let status = Post { actor: POND, message: "On tour".to_owned(), ..Post::default() };
    let posted = graph.publish_status(status, |_, _| Ok(())).await.unwrap();
    let rows = town.ask("pages.getinfo", &[("page_ids", "70001,70002"), ("fields", "status")]).await;
    assert_eq!(
        rows[0]["status"],
        json!({"message": "On tour", "time": BEGINNING + 4, "status_id": posted.id, "source": "0", "uid": POND,
               "comment_count": 0})
    );
    assert_eq!(rows[1]["status"], json!({}));
}

#[tokio::test]
async fn pages_are_those_named_or_those_that_somebody_is_a_fan_of_or_both() {
    let town = Town::new().await;
    let of = async |args: &[(&str, &str)]| {
        let args: Vec<_> = args.iter().copied().chain([("fields", "name")]).collect();
        ids(&town.ask("pages.getinfo", &args).await)
    };
    assert_eq!(of(&[("page_ids", "[70002, \"70001\", 79999, 70002]")]).await, [CAFE.0, POND.0]);
    assert_eq!(of(&[]).await, [CAFE.0, POND.0], "her own, the last first");
    assert_eq!(of(&[("uid", "1240078")]).await, [CAFE.0], "a friend's");
    assert_eq!(of(&[("uid", "1240078"), ("page_ids", "70001,70002")]).await, [CAFE.0], "both");
    assert_eq!(of(&[("type", "restaurant")]).await, [CAFE.0]);
    assert_eq!(of(&[("type", "Film")]).await, [0_u64; 0]);
    for stranger in [CARL, NOWHERE] {
        assert_eq!(of(&[("uid", &stranger.to_string())]).await, [0_u64; 0], "{stranger}");
    }
}

#[tokio::test]
async fn without_a_session_the_uid_is_ignored() {
    let town = Town::new().await;
    let args = [("page_ids", "70001"), ("uid", "1240078"), ("fields", "name")];
    assert_eq!(ids(&town.by_server("pages.getinfo", &args).await), [POND.0]);
    assert_eq!(code(&town.by_server("pages.getinfo", &[("uid", "1240077"), ("fields", "name")]).await), 100);
    assert_eq!(ids(&town.by_session_secret("pages.getinfo", &[("fields", "name")]).await), [CAFE.0, POND.0]);
}

#[tokio::test]
async fn what_pages_getinfo_cannot_read_is_told() {
    let town = Town::new().await;
    let many = (1..=1001).map(|id: u32| id.to_string()).collect::<Vec<_>>().join(",");
    for (args, expected) in [
        (&[][..], 100),
        (&[("fields", "")], 100),
        (&[("fields", "nam")], 100),
        (&[("fields", "{\"name\":1}")], 115),
        (&[("fields", "name"), ("type", "Duck")], 152),
        (&[("fields", "name"), ("page_ids", "x,y")], 100),
        (&[("fields", "name"), ("page_ids", &many)], 100),
        (&[("fields", "name"), ("uid", "ann")], 100),
    ] {
        assert_eq!(code(&town.ask("pages.getinfo", args).await), expected, "{args:.80?}");
    }
}

#[tokio::test]
async fn who_is_a_fan_is_told_of_oneself_and_of_whoever_shows_it() {
    let town = Town::new().await;
    let ask = async |page: Id, uid: Option<Id>| {
        let (page, uid) = (page.to_string(), uid.map(|uid| uid.to_string()).unwrap_or_default());
        town.ask("pages.isFan", &[("page_id", &page), ("uid", &uid)]).await
    };
    assert_eq!(ask(POND, None).await, json!(true));
    assert_eq!(ask(CAFE, Some(ANN)).await, json!(true));
    assert_eq!((ask(CAFE, Some(BOB)).await, ask(POND, Some(BOB)).await), (json!(true), json!(false)));
    assert_eq!(ask(POND, Some(CARL)).await, json!(false), "a stranger shows nothing");
    assert_eq!((ask(NOWHERE, None).await, ask(ANN, None).await), (json!(false), json!(false)));
    assert_eq!(ask(Id(u64::MAX), None).await, json!(false));
    let xml = town.xml("pages.isFan", &[("page_id", "70001")]).await;
    assert!(xml.contains("<pages_isFan_response ") && xml.contains(">1</pages_isFan_response>"), "{xml}");
    let graph = &town.world.services.graph;
    graph.stop_being_fan(ANN, POND).await.unwrap();
    assert_eq!(ask(POND, None).await, json!(false), "at the next call");
    assert_eq!(town.by_session_secret("pages.isFan", &[("page_id", "70002")]).await, json!(true));
}

#[tokio::test]
async fn a_fan_who_shows_likes_to_everybody_is_told_of_and_one_who_is_hidden_is_not_visible() {
    let town = Town::new().await;
    let graph = &town.world.services.graph;
    let open = Person {
        id: Id(1_240_090),
        first_name: "Olga".to_owned(),
        email: "olga@example.com".to_owned(),
        privacy: Choices::from([("likes_count".to_owned(), Audience::Everyone)]),
        ..Person::default()
    };
    graph.create_person(open, None).await.unwrap();
    graph.become_fan(Id(1_240_090), POND).await.unwrap();
    let args = |uid: &'static str| [("page_id", "70001"), ("uid", uid)];
    assert_eq!(town.ask("pages.isFan", &args("1240090")).await, json!(true));
    let hidden = Person {
        id: Id(1_240_091),
        first_name: "Hid".to_owned(),
        email: "hid@example.com".to_owned(),
        opted_out: true,
        ..Person::default()
    };
    graph.create_person(hidden, None).await.unwrap();
    graph.block(DORA, ANN).await.unwrap();
    for uid in ["1240091", "1240080", "1249999", "0"] {
        for method in ["pages.isFan", "pages.isAdmin"] {
            assert_eq!(code(&town.ask(method, &args(uid)).await), 210, "{method} {uid}");
        }
    }
}

#[tokio::test]
async fn an_access_token_asks_for_likes_with_their_permission_only() {
    let town = Town::new().await;
    let (world, graph) = (&town.world, &town.world.services.graph);
    let ask = async || {
        let session = world.session(&world.web).await;
        let mac = world.services.secrets.access_token_mac(world.web.id, &session.key);
        let token = AccessToken::User { app_id: world.web.id.0, session_key: session.key.clone(), mac }.to_string();
        let mut args = reconnect_wire::Args::new();
        let named = [("method", "pages.isFan"), ("access_token", &token), ("page_id", "70001"), ("format", "json")];
        for (name, value) in named {
            args.set(name.as_bytes(), value.as_bytes());
        }
        text(&world.send(args, Host::Api).await)
    };
    assert_eq!(ask().await, "false");
    graph.authorize(ANN, world.web.id, &Permissions::parse("user_likes").0).await.unwrap();
    assert_eq!(ask().await, "true");
}

#[tokio::test]
async fn who_administers_a_page_is_told_of_oneself_and_among_administrators() {
    let town = Town::new().await;
    let graph = &town.world.services.graph;
    let ask =
        async |page: Id, uid: &str| town.ask("pages.isAdmin", &[("page_id", &page.to_string()), ("uid", uid)]).await;
    assert_eq!((ask(POND, "").await, ask(CAFE, "").await), (json!(true), json!(false)));
    assert_eq!(ask(NOWHERE, "").await, json!(false));
    for page in [POND, CAFE] {
        graph.add_page_admin(page, BOB).await.unwrap();
    }
    assert_eq!(ask(POND, "1240078").await, json!(true), "she administers it, too");
    assert_eq!(ask(CAFE, "1240078").await, json!(false), "and not this one");
    graph.authorize(BOB, town.world.web.id, &Permissions::none()).await.unwrap();
    assert_eq!(ask(CAFE, "1240078").await, json!(true), "an application that he uses may know");
    let args = [("page_id", "70002"), ("uid", "1240078")];
    assert_eq!(town.by_session_secret("pages.isAdmin", &args).await, json!(false), "but nobody's program");
    insta::assert_snapshot!(town.xml("pages.isAdmin", &[("page_id", "70001")]).await, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <pages_isAdmin_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">1</pages_isAdmin_response>
    "#);
}

#[tokio::test]
async fn a_page_has_added_an_application_or_not() {
    let town = Town::new().await;
    for (page, added) in [("70001", true), ("70002", false), ("79999", false)] {
        assert_eq!(town.by_server("pages.isAppAdded", &[("page_id", page)]).await, json!(added), "{page}");
        assert_eq!(town.ask("pages.isAppAdded", &[("page_id", page)]).await, json!(added), "{page}");
    }
    let world = &town.world;
    assert_eq!(world.json(By::App(&world.desktop), "pages.isAppAdded", &[("page_id", "70001")]).await, json!(false));
    assert_eq!(code(&town.by_session_secret("pages.isAppAdded", &[("page_id", "70001")]).await), 15);
}

#[tokio::test]
async fn an_administrator_or_the_pages_application_blocks_a_fan() {
    let town = Town::new().await;
    let graph = &town.world.services.graph;
    let block = [("page_id", "70001"), ("uid", "1240079")];
    assert_eq!(town.ask("pages.blockFan", &block).await, json!(true));
    assert_eq!(graph.fan_count(POND).await.unwrap(), 1);
    assert!(graph.become_fan(CARL, POND).await.is_err());
    assert_eq!(town.ask("pages.blockFan", &block).await, json!(true), "again");
    let by_server = town.by_server("pages.blockFan", &[("page_id", "70001"), ("uid", "1240077")]).await;
    assert_eq!((by_server, graph.fan_count(POND).await.unwrap()), (json!(true), 0));
    graph.remove_page_admin(POND, ANN).await.unwrap();
    assert_eq!(code(&town.ask("pages.blockFan", &block).await), 200);
}

#[tokio::test]
async fn who_may_not_block_or_names_nobody_is_told() {
    let town = Town::new().await;
    for (args, expected) in [
        (&[("page_id", "70002"), ("uid", "1240078")][..], 200),
        (&[("page_id", "79999"), ("uid", "1240078")], 100),
        (&[("page_id", "70001"), ("uid", "1249999")], 100),
        (&[("page_id", "70001"), ("uid", "70002")], 100),
        (&[("page_id", "70001")], 100),
        (&[("uid", "1240078")], 100),
        (&[("page_id", "pond"), ("uid", "1240078")], 100),
    ] {
        assert_eq!(code(&town.ask("pages.blockFan", args).await), expected, "{args:?}");
        assert_eq!(code(&town.by_server("pages.blockFan", args).await), expected, "{args:?}");
    }
    let block = [("page_id", "70001"), ("uid", "1240079")];
    assert_eq!(code(&town.by_session_secret("pages.blockFan", &block).await), 15);
    assert_eq!(town.world.services.graph.fan_count(POND).await.unwrap(), 2, "nothing was done");
}

#[tokio::test]
async fn a_page_id_that_is_missing_or_no_number_is_refused() {
    let town = Town::new().await;
    for method in ["pages.isFan", "pages.isAdmin", "pages.isAppAdded"] {
        for page in ["", "pond", "-1", "1.5"] {
            assert_eq!(code(&town.ask(method, &[("page_id", page)]).await), 100, "{method} {page}");
        }
    }
    for method in ["pages.isFan", "pages.isAdmin"] {
        assert_eq!(code(&town.by_server(method, &[("page_id", "70001"), ("uid", "1240077")]).await), 102, "{method}");
    }
}
