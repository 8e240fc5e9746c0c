//! People's profiles: what an application is told of whom, in every format; and that the addresses in it lead somewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing expectation is what a test is for"
)]

use reconnect_tests::http::Request;
use reconnect_tests::{App, Call, Home, Person, Server, Session, Shown};

/// Ada has filled in everything and is Ben's friend; Carla is nobody's. The application is on the web.
const WORLD: &str = r#"
friendships = [["ada@people.example", "ben@people.example"]]

[[person]]
id = 1001
name = "Ada Okafor"
email = "ada@people.example"
password = "correct horse battery"
sex = "female"
locale = "en_GB"
birthday = "1978-11-03"
timezone = 5.5
verified = true
affiliations = [
    { nid = 50, name = "Springfield", type = "region" },
    { nid = 51, name = "State <& Co>", type = "college", status = "Alumnus/Alumna", year = 2004 },
]
current_location = { city = "Springfield", state = "Ohio", country = "United States", zip = "45501" }
privacy = { quotes = "SELF", tv = "EVERYONE" }

[person.profile]
about_me = "Likes maps.\nAnd \"quotes\" & <tags>."
activities = "rowing"
interests = "maps"
music = "Abba, Röyksopp"
tv = "Cosmos"
movies = "Arrival"
books = "Hunger"
quotes = "Hm."
religion = "None"
political = "Moderate"
profile_blurb = "Hello."
website = "http://ada.example/"
relationship_status = "Engaged"
significant_other_id = 1002
meeting_sex = ["male", "female"]
meeting_for = ["Friendship", "Networking"]
hometown_location = { city = "Dayton", state = "Ohio", country = "United States" }
hs_info = { hs1_name = "North High School", grad_year = 1996, hs1_id = 21001 }
family = [{ relationship = "sister", uid = 1003 }, { relationship = "mother", name = "Eva Okafor", birthday = "June 1" }]

[[person.profile.education_history]]
name = "State College"
year = 2004
concentrations = ["History", "Music"]
degree = "BA"
school_type = "College"

[[person.profile.work_history]]
company_name = "Map Works"
position = "Editor"
start_date = "2005-01"
location = { city = "Dayton", state = "Ohio", country = "United States" }

[[person]]
id = 1002
name = "Ben Halvorsen"
email = "ben@people.example"
password = "correct horse battery"

[[person]]
id = 1003
name = "Carla Mendes"
email = "carla@people.example"
password = "correct horse battery"

[[application]]
id = 2001
name = "Vampires"
api_key = "c0ffee00000000000000000000002001"
secret = "5ec2e700000000000000000000002001"
callback_url = "http://vampires.example/fb/"

[[install]]
person = "ada@people.example"
application = "Vampires"
permissions = ["email"]
"#;

/// All that the last published schema has of a person and that is the same in every run.
const FIELDS: &str = "about_me,activities,affiliations,allowed_restrictions,are_friends,birthday,birthday_date,books,can_post,\
    can_see_profile,contact_email,current_location,education_history,email,email_hashes,family,first_name,has_added_app,\
    hometown_location,hs_info,interests,is_app_user,is_blocked,last_name,locale,meeting_for,meeting_sex,movies,music,name,notes_count,\
    online_presence,pic,pic_big,pic_big_with_logo,pic_large,pic_small,pic_small_with_logo,pic_square,pic_square_with_logo,pic_with_logo,\
    political,profile_blurb,profile_url,proxied_email,quotes,relationship_status,religion,sex,significant_other_id,status,timezone,tv,\
    username,verified,wall_count,website,work_history";

struct Town {
    app: App,
    server: Server,
    /// Declared last, for the server is on it.
    _home: Home,
}

impl Town {
    fn new() -> Town {
        let home = Home::new();
        let file = home.folder().join("people.toml");
        std::fs::write(&file, WORLD).unwrap();
        let loaded = home.run(&["world", "load", file.to_str().unwrap()]);
        assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
        Town { app: App::vampires(), server: home.serve(), _home: home }
    }

    /// A session of one of the people, who grants these permissions besides.
    fn session(&self, name: &str, permissions: &str) -> Session {
        let (uid, full) = match name {
            "ada" => ("1001", "Ada Okafor"),
            "ben" => ("1002", "Ben Halvorsen"),
            _ => ("1003", "Carla Mendes"),
        };
        let person = Person {
            uid: uid.to_owned(),
            name: full.to_owned(),
            email: format!("{name}@people.example"),
            password: "correct horse battery".to_owned(),
        };
        self.app.web_session(&self.server, &person, permissions)
    }

    fn info(&self, session: &Session, uids: &str, fields: &str) -> Call {
        self.app.call_for("users.getInfo", session).with("uids", uids).with("fields", fields)
    }

    fn shown(&self, session: &Session) -> Shown {
        Shown::new(&self.server).name(&session.key, "[session key]")
    }
}

#[test]
fn a_friends_profile_looks_as_the_last_schema_has_it() {
    let town = Town::new();
    let session = town.session("ben", "");
    let call = town.info(&session, "[\"1001\",\"77\"]", FIELDS);
    for format in ["XML", "JSON", "json-strings"] {
        let reply = call.clone().format(format).send(&town.server);
        insta::assert_snapshot!(format!("getInfo_as_{format}"), town.shown(&session).reply(&reply));
    }
    let empty = town.info(&session, "1002", FIELDS).send(&town.server);
    insta::assert_snapshot!("getInfo_of_an_empty_profile", town.shown(&session).reply(&empty));
}

#[test]
fn a_stranger_is_told_what_is_public_and_nobody_who_is_not_there() {
    let town = Town::new();
    let session = town.session("carla", "");
    let reply = town.info(&session, "1001,1003", "name,sex,tv,music,quotes,birthday,email").send(&town.server);
    insta::assert_snapshot!("getInfo_by_a_stranger", town.shown(&session).reply(&reply));
    let nobody = town.info(&session, "77", "name").format("json").send(&town.server);
    assert_eq!(nobody.text(), "[]");
    let without =
        town.app.call("users.getInfo").with("uids", "1001").with("fields", "name,sex,birthday,tv,affiliations");
    let reply = without.send(&town.server);
    insta::assert_snapshot!("getInfo_without_a_session", Shown::new(&town.server).reply(&reply));
}

#[test]
fn the_addresses_in_a_profile_lead_to_its_picture_and_page() {
    let town = Town::new();
    let session = town.session("ben", "");
    let answer = town.info(&session, "1001", "pic_square,pic_big,profile_url").format("json").send(&town.server).json();
    for (field, kind, start) in [
        ("pic_square", "image/png", "\u{89}PNG"),
        ("pic_big", "image/png", "\u{89}PNG"),
        ("profile_url", "text/html", "<!DOCTYPE html>"),
    ] {
        let address = answer[0][field].as_str().unwrap();
        let path =
            address.strip_prefix(&format!("http://{}", town.server.address)).unwrap_or_else(|| panic!("{address}"));
        let there = town.server.ask(&Request::get(path));
        let begins: String = there.body.iter().take(start.chars().count()).map(|byte| char::from(*byte)).collect();
        assert_eq!((there.status, begins.as_str()), (200, start), "{address}");
        assert!(there.header("content-type").starts_with(kind), "{address}");
    }
}

#[test]
fn an_access_token_reads_the_fields_that_its_person_allows() {
    let town = Town::new();
    let ask = |session: &Session| {
        let token = session.access_token.as_deref().expect("an access token");
        let call = Call::bare().with("method", "users.getInfo").with("access_token", token);
        call.with("uids", "1001")
            .with("fields", "sex,birthday,music")
            .format("json")
            .send(&town.server)
            .text()
            .to_owned()
    };
    let session = town.session("ben", "");
    assert_eq!(ask(&session), r#"[{"uid":1001,"sex":"female","birthday":null,"music":null}]"#);
    let by_key = town.info(&session, "1001", "sex,birthday").format("json").send(&town.server);
    assert_eq!(by_key.text(), r#"[{"uid":1001,"sex":"female","birthday":"November 3, 1978"}]"#);
    let session = town.session("ben", "&req_perms=friends_birthday,user_likes");
    assert_eq!(ask(&session), r#"[{"uid":1001,"sex":"female","birthday":"November 3, 1978","music":null}]"#);
}

#[test]
fn standard_info_is_for_the_applications_server_about_its_own_people() {
    let town = Town::new();
    let fields = "uid,name,first_name,last_name,sex,birthday,timezone,affiliations,current_location,locale,profile_url,proxied_email,\
        allowed_restrictions,username";
    let call = town.app.call("users.getStandardinfo").with("uids", "1001,1002,77").with("fields", fields);
    for format in ["XML", "JSON"] {
        let reply = call.clone().format(format).send(&town.server);
        insta::assert_snapshot!(format!("getStandardinfo_as_{format}"), Shown::new(&town.server).reply(&reply));
    }
    // As every client spells it; the root follows the caller.
    let spelled = call.clone().with("method", "facebook.users.getStandardInfo").odd_root().send(&town.server);
    assert!(spelled.text().contains("<users_getStandardInfo_response "), "{}", spelled.text());
    let session = town.session("ben", "");
    town.app
        .call_for("users.getStandardinfo", &session)
        .with("uids", "1001")
        .with("fields", "name")
        .send(&town.server)
        .refused_with(451);
    call.with("fields", "music").send(&town.server).refused_with(100);
}

#[test]
fn what_is_asked_of_somebody_is_so_or_not() {
    let town = Town::new();
    let session = town.session("ada", "");
    let calls: [(&str, &[(&str, &str)]); 3] =
        [("isVerified", &[]), ("isAppUser", &[]), ("hasAppPermission", &[("ext_perm", "email")])];
    for (method, args) in calls {
        for format in ["XML", "JSON"] {
            let call = town.app.call_for(&format!("users.{method}"), &session).format(format);
            let reply = args.iter().fold(call, |call, (name, value)| call.with(name, *value)).send(&town.server);
            insta::assert_snapshot!(format!("{method}_as_{format}"), town.shown(&session).reply(&reply));
        }
    }
    let other = town.session("ben", "");
    assert_eq!(town.app.call_for("users.isVerified", &other).send(&town.server).scalar(), "0");
    town.app.call("users.isVerified").send(&town.server).refused_with(102);
}

#[test]
fn what_is_wrong_with_a_call_is_told() {
    let town = Town::new();
    let session = town.session("ben", "");
    let call = town.info(&session, "1001", "name,shoe_size");
    insta::assert_snapshot!("getInfo_of_no_field", town.shown(&session).reply(&call.send(&town.server)));
    town.info(&session, "", "name").send(&town.server).refused_with(100);
    town.info(&session, "1001", "").send(&town.server).refused_with(100);
    town.info(&session, "1001", "name").without("uids").send(&town.server).refused_with(100);
}
