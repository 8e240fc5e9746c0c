//! What users.getInfo, users.getStandardInfo and users.isVerified tell, and to whom.

use crate::tests::world::{ANN, BEGINNING, BOB, By, World};
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::Permissions;
use reconnect_core::privacy::{Audience, Choices};
use reconnect_core::profile::{Affiliation, Education, HighSchools, Place, Profile, Relative, Work};
use reconnect_store::Id;
use reconnect_wire::token::AccessToken;
use serde_json::{Value, json};

const CAT: Id = Id(1_240_080);
const DAN: Id = Id(1_240_081);

/// Cat, who has filled in everything, is Ann's friend; Dan, who has filled in nothing, is nobody's.
async fn world() -> World {
    let world = World::new().await;
    let graph = &world.services.graph;
    let springfield = Place {
        city: "Springfield".to_owned(),
        state: "Ohio".to_owned(),
        country: "United States".to_owned(),
        zip: Some("45501".to_owned()),
        ..Place::default()
    };
    let region =
        Affiliation { nid: 5, name: "Springfield".to_owned(), kind: "region".to_owned(), ..Default::default() };
    let college =
        Affiliation { nid: 6, name: "State".to_owned(), kind: "college".to_owned(), year: 2004, ..Default::default() };
    let cat = Person {
        id: CAT,
        first_name: "Cat".to_owned(),
        middle_name: Some("M.".to_owned()),
        last_name: "Ohm".to_owned(),
        email: "cat@example.com".to_owned(),
        sex: Some("female".to_owned()),
        locale: Some("en_GB".to_owned()),
        birthday: Some("1978-11-03".parse().unwrap()),
        timezone: Some(5.5),
        affiliations: vec![region, college],
        current_location: Some(springfield.clone()),
        verified: true,
        privacy: Choices::from([("quotes".to_owned(), Audience::Myself), ("tv".to_owned(), Audience::Everyone)]),
        ..Person::default()
    };
    let dan =
        Person { id: DAN, first_name: "Dan".to_owned(), email: "dan@example.com".to_owned(), ..Person::default() };
    for person in [cat, dan] {
        graph.create_person(person, None).await.unwrap();
    }
    graph.befriend(ANN, CAT).await.unwrap();
    graph.set_profile(CAT, &profile(springfield)).await.unwrap();
    world
}

fn profile(place: Place) -> Profile {
    let text = str::to_owned;
    Profile {
        music: text("Abba"),
        quotes: text("Hm."),
        tv: text("News"),
        religion: text("None"),
        significant_other_id: Some(BOB.0),
        meeting_sex: vec![text("male")],
        meeting_for: vec![text("Friendship")],
        hs_info: Some(HighSchools { hs1_name: text("North"), grad_year: 1998, hs1_id: 21, ..HighSchools::default() }),
        education_history: vec![Education {
            name: text("State"),
            year: 2004,
            concentrations: vec![text("History"), text("Music")],
            ..Education::default()
        }],
        work_history: vec![Work {
            company_name: text("Map Works"),
            start_date: text("2005-01"),
            location: Some(place),
            ..Work::default()
        }],
        family: vec![
            Relative { relationship: text("sister"), uid: Some(ANN.0), ..Relative::default() },
            Relative { relationship: text("mother"), name: text("Eva"), ..Relative::default() },
        ],
        ..Profile::default()
    }
}

/// Ann's view of people, by the web application's server.
async fn anns(world: &World, uids: &str, fields: &str) -> Value {
    let opened = world.session(&world.web).await;
    let args = [("session_key", opened.key.as_str()), ("uids", uids), ("fields", fields)];
    world.json(By::App(&world.web), "users.getInfo", &args).await
}

async fn one(world: &World, id: Id, fields: &str) -> Value {
    anns(world, &id.to_string(), fields).await[0].clone()
}

#[tokio::test]
async fn the_uid_comes_first_then_the_fields_as_asked_for() {
    let world = world().await;
    let opened = world.session(&world.web).await;
    let uids = format!("[\"{CAT}\", 99, {DAN}, {CAT}, {ANN}]");
    let args = [("session_key", opened.key.as_str()), ("uids", uids.as_str()), ("fields", "sex,name,uid,sex")];
    let told = world.call(By::App(&world.web), "users.getInfo", &args).await;
    assert!(told.contains("/facebook.xsd\" list=\"true\">\n  <user>\n    <uid>1240080</uid>\n    <sex>female</sex>\n    <name>Cat M. Ohm</name>\n    <sex>female</sex>\n  </user>\n  <user>\n    <uid>1240081</uid>\n    <sex/>\n"), "{told}");
    assert_eq!(told.matches("<user>").count(), 3, "each once, and nobody is left out: {told}");
    let args = [args[0], args[1], ("fields", "[\"sex\",\"name\",\"sex\"]"), ("format", "json")];
    let told = world.call(By::App(&world.web), "users.getInfo", &args).await;
    assert!(told.starts_with("[{\"uid\":1240080,\"name\":\"Cat M. Ohm\",\"sex\":\"female\"},"), "{told}");
}

#[tokio::test]
async fn a_friend_is_told_all_that_is_not_kept_back() {
    let world = world().await;
    let fields = "music,quotes,books,birthday,birthday_date,timezone,hs_info,education_history,family,wall_count,are_friends,can_post";
    assert_eq!(
        one(&world, CAT, fields).await,
        json!({
            "uid": 1_240_080, "music": "Abba", "quotes": null, "books": "", "birthday": "November 3, 1978",
            "birthday_date": "11/03/1978", "timezone": 5.5,
            "hs_info": {"hs1_name": "North", "hs2_name": "", "grad_year": 1998, "hs1_id": 21, "hs2_id": 0},
            "education_history": [{"name": "State", "year": 2004, "concentrations": ["History", "Music"], "degree": "",
                "school_type": ""}],
            "family": [{"relationship": "sister", "uid": 1_240_077, "profile_id": 1_240_080},
                {"relationship": "mother", "name": "Eva", "profile_id": 1_240_080}],
            "wall_count": 0, "are_friends": true, "can_post": true
        })
    );
}

#[tokio::test]
async fn hidden_is_nil_and_empty_is_empty() {
    let world = world().await;
    let opened = world.session(&world.web).await;
    let fields = "quotes,books,timezone,status,current_location,meeting_for";
    let uids = format!("{CAT},{DAN},{ANN}");
    let args = [("session_key", opened.key.as_str()), ("uids", uids.as_str()), ("fields", fields)];
    let told = world.call(By::App(&world.web), "users.getInfo", &args).await;
    let nil = |name: &str| format!("    <{name} xsi:nil=\"true\"/>\n");
    let cat = format!(
        "    <uid>1240080</uid>\n{}    <books/>\n    <timezone>5.5</timezone>\n    <status/>\n    <current_location>\n      \
         <city>Springfield</city>\n      <state>Ohio</state>\n      <country>United States</country>\n      <zip>45501</zip>\n    \
         </current_location>\n{}",
        nil("quotes"),
        nil("meeting_for")
    );
    assert!(told.contains(&cat), "{told}");
    let dan: String = fields.split(',').map(nil).collect();
    assert!(told.contains(&format!("    <uid>1240081</uid>\n{dan}  </user>")), "a stranger: {told}");
    let own = format!(
        "    <quotes/>\n    <books/>\n{}    <status/>\n    <current_location/>\n    <meeting_for list=\"true\"/>\n",
        nil("timezone")
    );
    assert!(told.contains(&own), "a number has no empty form: {told}");
}

#[tokio::test]
async fn a_stranger_is_told_what_is_public_or_was_made_so() {
    let world = world().await;
    let graph = &world.services.graph;
    graph.authorize(BOB, world.web.id, &Permissions::none()).await.unwrap();
    let opened = graph.open_session(&world.web, &world.plan(&world.web, BOB, false).await).await.unwrap();
    let (uid, fields) = (CAT.to_string(), "name,sex,tv,music,affiliations,is_app_user,are_friends,can_post,pic_square");
    let args = [("session_key", opened.key.as_str()), ("uids", uid.as_str()), ("fields", fields)];
    let told = world.json(By::App(&world.web), "users.getInfo", &args).await;
    let networks = json!([
        {"nid": 5, "name": "Springfield", "type": "region", "status": "", "year": 0},
        {"nid": 6, "name": "State", "type": "college", "status": "", "year": 2004}
    ]);
    assert_eq!(
        told[0],
        json!({"uid": 1_240_080, "name": "Cat M. Ohm", "sex": "female", "tv": "News", "music": null, "affiliations": networks,
            "is_app_user": false, "are_friends": false, "can_post": false,
            "pic_square": "http://site.example/1240080/picture?type=square"})
    );
}

#[tokio::test]
async fn without_a_session_only_what_is_public_is_told() {
    let world = world().await;
    let uid = CAT.to_string();
    let fields = "first_name,affiliations,profile_url,tv,birthday,are_friends,email";
    let args = [("uids", uid.as_str()), ("fields", fields)];
    let told = world.json(By::App(&world.web), "users.getInfo", &args).await;
    assert_eq!(
        told[0],
        json!({"uid": 1_240_080, "first_name": "Cat",
            "affiliations": [{"nid": 5, "name": "Springfield", "type": "region", "status": "", "year": 0}],
            "profile_url": "http://site.example/profile.php?id=1240080", "tv": null, "birthday": null, "are_friends": null, "email": ""})
    );
}

#[tokio::test]
async fn some_fields_are_of_people_who_use_the_application_too() {
    let world = world().await;
    let fields = "religion,significant_other_id,meeting_sex,is_app_user,has_added_app";
    let stranger = json!({"uid": 1_240_080, "religion": null, "significant_other_id": null, "meeting_sex": null,
        "is_app_user": false, "has_added_app": false});
    assert_eq!(one(&world, CAT, fields).await, stranger);
    world.services.graph.authorize(CAT, world.web.id, &Permissions::none()).await.unwrap();
    let user = json!({"uid": 1_240_080, "religion": "None", "significant_other_id": 1_240_078, "meeting_sex": ["male"],
        "is_app_user": true, "has_added_app": true});
    assert_eq!(one(&world, CAT, fields).await, user);
}

#[tokio::test]
async fn an_address_is_told_by_the_permission_of_its_owner() {
    let world = world().await;
    let fields = "email,proxied_email,contact_email,email_hashes";
    let none =
        json!({"uid": 1_240_080, "email": "", "proxied_email": null, "contact_email": null, "email_hashes": null});
    assert_eq!(one(&world, CAT, fields).await, none);
    world.services.graph.authorize(CAT, world.web.id, &Permissions::parse("email").0).await.unwrap();
    let told = one(&world, CAT, fields).await;
    assert_eq!((&told["email"], &told["proxied_email"]), (&json!("cat@example.com"), &json!("cat@example.com")));
    assert_eq!(told["email_hashes"], json!([reconnect_wire::hashes::email("cat@example.com")]));
    // Ann's own program, which is not the application's server, is told Ann's alone.
    world.services.graph.authorize(ANN, world.desktop.id, &Permissions::parse("email").0).await.unwrap();
    world.services.graph.authorize(CAT, world.desktop.id, &Permissions::parse("email").0).await.unwrap();
    let opened = world.session(&world.desktop).await;
    let secret = world.services.secrets.session_secret(opened.session.id, false);
    let uids = format!("{ANN},{CAT}");
    let args = [("session_key", opened.key.as_str()), ("uids", uids.as_str()), ("fields", "email")];
    let told = world.json(By::Session(&world.desktop, &secret), "users.getInfo", &args).await;
    assert_eq!(told, json!([{"uid": 1_240_077, "email": "ann@example.com"}, {"uid": 1_240_080, "email": ""}]));
}

/// The view of a program that has an access token of Ann's.
async fn by_token(world: &World, permissions: &str, id: Id, fields: &str) -> Value {
    let graph = &world.services.graph;
    graph.authorize(ANN, world.web.id, &Permissions::parse(permissions).0).await.unwrap();
    let opened = world.session(&world.web).await;
    let mac = world.services.secrets.access_token_mac(world.web.id, &opened.key);
    let token = AccessToken::User { app_id: world.web.id.0, session_key: opened.key.clone(), mac }.to_string();
    let uid = id.to_string();
    let mut args = reconnect_wire::Args::new();
    let named =
        [("method", "users.getInfo"), ("access_token", &token), ("uids", &uid), ("fields", fields), ("format", "json")];
    for (name, value) in named {
        args.set(name.as_bytes(), value.as_bytes());
    }
    let told = world.send(args, reconnect_core::context::Host::Api).await;
    serde_json::from_str::<Value>(&crate::tests::world::text(&told)).unwrap()[0].clone()
}

#[tokio::test]
async fn an_access_token_needs_a_permission_for_each_field() {
    let world = world().await;
    let fields = "sex,birthday,music";
    let without = by_token(&world, "user_likes,user_birthday", CAT, fields).await;
    assert_eq!(without, json!({"uid": 1_240_080, "sex": "female", "birthday": null, "music": null}));
    let with = by_token(&world, "friends_birthday", CAT, fields).await;
    assert_eq!(with, json!({"uid": 1_240_080, "sex": "female", "birthday": "November 3, 1978", "music": null}));
    let own = by_token(&world, "user_likes", ANN, "music").await;
    assert_eq!(own, json!({"uid": 1_240_077, "music": ""}));
}

#[tokio::test]
async fn single_values_are_what_is_known() {
    let world = world().await;
    let fields = "verified,allowed_restrictions,is_minor,profile_update_time,online_presence,locale,friend_count,mutual_friend_count,username";
    assert_eq!(
        one(&world, CAT, fields).await,
        json!({"uid": 1_240_080, "verified": true, "allowed_restrictions": "alcohol", "is_minor": null,
            "profile_update_time": BEGINNING, "online_presence": "offline", "locale": "en_GB", "friend_count": 1,
            "mutual_friend_count": 0, "username": ""})
    );
    let own = "verified,allowed_restrictions,is_minor,video_upload_limits,name_format,likes_count,languages,pic_cover";
    assert_eq!(
        one(&world, ANN, own).await,
        json!({"uid": 1_240_077, "verified": false, "allowed_restrictions": "", "is_minor": false,
            "video_upload_limits": {"length": 120, "size": 104_857_600}, "name_format": "{first} {last}", "likes_count": 0,
            "languages": [], "pic_cover": {}})
    );
    world.clock.advance(3 * 86_400_000);
    assert_eq!(one(&world, CAT, "profile_update_time").await["profile_update_time"], 0);
    let name = one(&world, CAT, "third_party_id").await["third_party_id"].as_str().unwrap().to_owned();
    assert_eq!(world.services.secrets.third_party(&name), Some((world.web.id, CAT)));
}

#[tokio::test]
async fn a_member_of_a_struct_stands_under_the_name_of_the_struct() {
    let world = world().await;
    let told = one(&world, CAT, "current_location.city,hs_info.grad_year").await;
    assert_eq!(told, json!({"uid": 1_240_080, "current_location": "Springfield", "hs_info": 1998}));
    let told = one(&world, DAN, "current_location.city").await;
    assert_eq!(told, json!({"uid": 1_240_081, "current_location": null}));
    let told = one(&world, ANN, "current_location.zip").await;
    assert_eq!(told, json!({"uid": 1_240_077, "current_location": ""}));
}

#[tokio::test]
async fn who_has_opted_out_is_left_out() {
    let world = world().await;
    let hidden = Person {
        id: Id(77),
        first_name: "H".to_owned(),
        email: "h@example.com".to_owned(),
        opted_out: true,
        ..Person::default()
    };
    world.services.graph.create_person(hidden, None).await.unwrap();
    world.services.graph.befriend(ANN, Id(77)).await.unwrap();
    assert_eq!(anns(&world, "77,1240080", "name").await, json!([{"uid": 1_240_080, "name": "Cat M. Ohm"}]));
}

#[tokio::test]
async fn what_is_wrong_with_the_arguments_is_error_100() {
    let world = world().await;
    let many = (1..=1001).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    for method in ["users.getInfo", "users.getStandardInfo"] {
        for args in [
            &[("fields", "name")][..],
            &[("uids", "1240080")],
            &[("uids", ""), ("fields", "name")],
            &[("uids", "ann, [0]"), ("fields", "name")],
            &[("uids", "1240080"), ("fields", "")],
            &[("uids", "1240080"), ("fields", "[]")],
            &[("uids", "1240080"), ("fields", "name,shoe_size")],
            &[("uids", "1240080"), ("fields", "[{}]")],
            &[("uids", many.as_str()), ("fields", "name")],
        ] {
            assert_eq!(world.code(By::App(&world.web), method, args).await, 100, "{method} {args:?}");
        }
    }
    let args = [("uids", "1240080"), ("fields", "music")];
    assert_eq!(world.code(By::App(&world.web), "users.getStandardInfo", &args).await, 100, "not a basic field");
}

#[tokio::test]
async fn standard_info_is_of_the_applications_own_people() {
    let world = world().await;
    let graph = &world.services.graph;
    graph.authorize(CAT, world.web.id, &Permissions::none()).await.unwrap();
    let uids = format!("{DAN},{CAT},99");
    let fields = "name,birthday,affiliations,current_location,timezone,proxied_email,allowed_restrictions";
    let args = [("uids", uids.as_str()), ("fields", fields)];
    let mut expected = json!([{"uid": 1_240_080, "name": "Cat M. Ohm", "birthday": "November 3, 1978",
        "affiliations": [{"nid": 5, "name": "Springfield", "type": "region", "status": "", "year": 0}],
        "current_location": {"city": "Springfield", "state": "Ohio", "country": "United States", "zip": "45501"},
        "timezone": 5.5, "proxied_email": null, "allowed_restrictions": "alcohol"}]);
    assert_eq!(world.json(By::App(&world.web), "users.getStandardInfo", &args).await, expected);
    graph.authorize(CAT, world.web.id, &Permissions::parse("email").0).await.unwrap();
    expected[0]["proxied_email"] = json!("cat@example.com");
    assert_eq!(world.json(By::App(&world.web), "users.getStandardinfo", &args).await, expected, "either spelling");
}

#[tokio::test]
async fn standard_info_is_for_the_server_of_a_web_application_alone() {
    let world = world().await;
    let opened = world.session(&world.web).await;
    let args = [("uids", "1240080"), ("fields", "name")];
    let with_session = [args[0], args[1], ("session_key", opened.key.as_str())];
    assert_eq!(world.code(By::App(&world.web), "users.getStandardInfo", &with_session).await, 451);
    assert_eq!(world.code(By::App(&world.desktop), "users.getStandardInfo", &args).await, 451);
    let plan = reconnect_core::session::Plan { secret: true, ..world.plan(&world.web, ANN, false).await };
    let opened = world.services.graph.open_session(&world.web, &plan).await.unwrap();
    let secret = world.services.secrets.session_secret(opened.session.id, false);
    let by_secret = [args[0], args[1], ("session_key", opened.key.as_str()), ("ss", "1")];
    assert_eq!(world.code(By::Session(&world.web, &secret), "users.getStandardInfo", &by_secret).await, 15);
    assert_eq!(world.code(By::Session(&world.web, &secret), "users.getInfo", &by_secret).await, 0);
}

async fn verified(world: &World, app: &Application, person: Id) -> Value {
    world.services.graph.authorize(person, app.id, &Permissions::none()).await.unwrap();
    let opened = world.services.graph.open_session(app, &world.plan(app, person, false).await).await.unwrap();
    world.json(By::App(app), "users.isVerified", &[("session_key", &opened.key), ("uid", "1240080")]).await
}

#[tokio::test]
async fn is_verified_is_about_the_sessions_person() {
    let world = world().await;
    assert_eq!(verified(&world, &world.web, CAT).await, true);
    assert_eq!(verified(&world, &world.web, ANN).await, false);
    assert_eq!(world.code(By::App(&world.web), "users.isVerified", &[]).await, 102);
}
