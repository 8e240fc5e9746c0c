//! Everything that is hashed, against sums that two independent tools computed. Applications, people and secrets are made up.
#![allow(clippy::unwrap_used, reason = "a failing expectation is what a test is for")]

use reconnect_wire::cookies::{self, SessionObject};
use reconnect_wire::{Args, Call, Format, Limits, Request, fb_sig, sign, signed_request};
use serde_json::Value;

const APP_SECRET: &str = "7d793037a0760186574b0282f2f435e7";
const DESKTOP_SECRET: &str = "0cc175b9c0f1b6a831c399e269772661";
const SESSION_SECRET: &str = "ZyXwVuTsRqPoNmLkJiHgFw__";
const OLD_SESSION_SECRET: &str = "9e107d9d372bb6826bd81d3542a419d6";
const API_KEY: &str = "5d41402abc4b2a76b9719d911017c592";
const SESSION_KEY: &str = "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077";
const OLD_SESSION_KEY: &str = "c0ffee0123456789abcdef01-1240077";

fn call(form: &str) -> Call {
    let body = form.to_owned().into_bytes().into();
    Call::read(Request { path_method: None, query: None, content_type: None, body }, &Limits::default()).unwrap()
}

fn sum(args: &Args, secret: &str) -> String {
    sign::signature(args.iter(), secret.as_bytes()).iter().map(|digit| char::from(*digit)).collect()
}

fn text<'a>(args: &'a Args, name: &str) -> &'a str {
    args.text(name).unwrap().unwrap_or("")
}

/// What it shows, the secret, the form as a client sends it.
const CALLS: &[(&str, &str, &str)] = &[
    (
        "no session, format in capitals signed as sent",
        APP_SECRET,
        "method=facebook.auth.createToken&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304000.1&format=XML&sig=d40bb78c6a9dbc63b101d881d2dab209",
    ),
    (
        "web application, application secret, session key",
        APP_SECRET,
        "method=facebook.friends.get&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304001.25&session_key=c0ffee0123456789abcdef01-1240077&format=JSON&sig=5eb5985dfe4bc84f71a38141127100ae",
    ),
    (
        "PHP: null and false as empty values, signed",
        APP_SECRET,
        "method=facebook.auth.getSession&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304002.5&session_key=&auth_token=3e4a22bb2f5ed75114b0fc9995ea85f1&generate_session_secret=&sig=8b991791f5a17052c1c9c113acdbbc09",
    ),
    (
        "UTF-8, reserved characters, a line feed; no prefix",
        APP_SECRET,
        "method=users.setStatus&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304003&session_key=c0ffee0123456789abcdef01-1240077&status=caf%C3%A9+%26+cr%C3%A8me+%3D+100%25+%2B+%E4%BD%A0%E5%A5%BD%0Aline+2&uid=1240077&sig=161ec71f0a4b31f1042986b3e001bbbc",
    ),
    (
        "session secret, ss=1",
        SESSION_SECRET,
        "method=facebook.users.getInfo&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304004&session_key=2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077&ss=1&uids=1240077%2C1240078&fields=first_name%2Clast_name%2Cpic_square&format=XML&sig=d61c2bfc9170dc1181cdf6643fbf6b51",
    ),
    (
        "session secret, ss=true",
        SESSION_SECRET,
        "method=friends.areFriends&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304005&session_key=2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077&ss=true&uids1=1%2C2&uids2=3%2C4&sig=4aef35ef1896901960cc670c098480c6",
    ),
    (
        "desktop application: session secret without ss",
        OLD_SESSION_SECRET,
        "method=facebook.users.getLoggedInUser&api_key=8b1a9953c4611296a827abf8c47804d7&v=1.0&call_id=1262304006&session_key=c0ffee0123456789abcdef01-1240077&format=JSON&sig=de85fc995481cf5cb162d86833e2df35",
    ),
    (
        "desktop application: application secret without session",
        DESKTOP_SECRET,
        "method=facebook.auth.createToken&api_key=8b1a9953c4611296a827abf8c47804d7&v=1.0&format=JSON&sig=20dda6ceeb3cd96323f1474a2b886429",
    ),
    (
        "fields of an upload",
        APP_SECRET,
        "method=facebook.photos.upload&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304007.75&session_key=c0ffee0123456789abcdef01-1240077&caption=Under+the+sunset&aid=5325896158467&sig=bc49e60a3f04bc5458714452d19e483e",
    ),
    (
        "an array travels and is signed as JSON text",
        APP_SECRET,
        "method=admin.getAppProperties&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304008&properties=%5B%22application_name%22%2C%22callback_url%22%5D&sig=89503724eddb7371c88773b31ee32135",
    ),
    (
        "callback is signed like everything else",
        SESSION_SECRET,
        "method=fql.query&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&call_id=1262304009&format=JSON&callback=window.cb1&session_key=2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077&ss=1&query=SELECT+name+FROM+user+WHERE+uid%3D1240077&sig=ff47e89b14df2f4413409153fcf33622",
    ),
    (
        "capitals before small letters, a before a1 before a_b",
        APP_SECRET,
        "method=links.getStats&api_key=5d41402abc4b2a76b9719d911017c592&v=1.0&a=1&a1=2&a_b=3&Zed=4&urls=http%3A%2F%2Fexample.com%2F%3Fx%3D1&sig=c06619a8b713965024c32f20845a1d44",
    ),
];

#[test]
fn calls_are_signed_as_the_clients_sign_them() {
    for (case, secret, form) in CALLS {
        let call = call(form);
        assert_eq!(sum(&call.args, secret), text(&call.args, "sig"), "{case}");
        assert!(sign::verify(&call.args, secret.as_bytes()), "{case}");
        assert!(!sign::verify(&call.args, b"another secret"), "{case}");
    }
}

#[test]
fn the_ruby_clients_order_is_a_second_try() {
    let (_, secret, form) = CALLS[CALLS.len() - 1];
    let mut args = call(form).args;
    args.set(b"sig", b"babf1d7344f033dc116c8d65a6eaa3af");
    assert!(sign::verify(&args, secret.as_bytes()));
}

#[test]
fn capitals_in_a_signature_are_wrong() {
    let (_, secret, form) = CALLS[1];
    let mut args = call(form).args;
    args.set(b"sig", b"5EB5985DFE4BC84F71A38141127100AE");
    assert!(!sign::verify(&args, secret.as_bytes()));
}

#[test]
fn a_batch_and_its_entries_are_signed_each_on_its_own() {
    const ENTRIES: [&str; 3] = [
        "method=facebook.friends.get&session_key=c0ffee0123456789abcdef01-1240077&api_key=5d41402abc4b2a76b9719d911017c592&call_id=1262304100.5&v=1.0&sig=206e44296940fff1f47d29501b398998",
        "method=facebook.users.getLoggedInUser&session_key=c0ffee0123456789abcdef01-1240077&api_key=5d41402abc4b2a76b9719d911017c592&call_id=1262304101.5&v=1.0&sig=ceb4fdb12190c4b03cd31145c0a75f59",
        "method=facebook.notifications.get&session_key=c0ffee0123456789abcdef01-1240077&api_key=5d41402abc4b2a76b9719d911017c592&call_id=1262304102.5&v=1.0&sig=ec52bde562afa6b8e5a14fb26100d5e0",
    ];
    let feed = serde_json::to_string(&ENTRIES).unwrap();
    let outer = Args::from([
        ("method", "batch.run"),
        ("session_key", OLD_SESSION_KEY),
        ("api_key", API_KEY),
        ("call_id", "1262304110.5"),
        ("v", "1.0"),
        ("method_feed", &feed),
        ("serial_only", ""),
    ]);
    assert_eq!(sum(&outer, APP_SECRET), "60d6da3dc347a7ac92de2e348f748928");

    for entry in ENTRIES {
        let entry = Call::from_query(entry.as_bytes(), Format::Json);
        assert!(sign::verify(&entry.args, APP_SECRET.as_bytes()));
        assert_eq!((entry.format, entry.callback), (Format::Json, None));
    }
}

struct Session {
    object: SessionObject,
    json: &'static str,
    cookie: &'static str,
}

/// Without access token (2008), with one (session_version=3), and with offline_access.
fn sessions() -> [Session; 3] {
    let some = |text: &str| Some(text.to_owned());
    [
        Session {
            object: SessionObject {
                access_token: None,
                base_domain: some("example.com"),
                expires: 1_293_840_000,
                secret: some(SESSION_SECRET),
                session_key: SESSION_KEY.to_owned(),
                uid: 1_240_077,
            },
            json: r#"{"session_key":"2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077","uid":1240077,"expires":1293840000,"secret":"ZyXwVuTsRqPoNmLkJiHgFw__","base_domain":"example.com","sig":"6b88b871e5eaed83b128dc704ed21371"}"#,
            cookie: r#""base_domain=example.com&expires=1293840000&secret=ZyXwVuTsRqPoNmLkJiHgFw__&session_key=2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077&sig=6b88b871e5eaed83b128dc704ed21371&uid=1240077""#,
        },
        Session {
            object: SessionObject {
                access_token: some(
                    "350685531728|2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077|Qk1JzK0m3xq7pV9tYb2cWd4eRfS.",
                ),
                base_domain: some("example.com"),
                expires: 1_293_840_000,
                secret: some(SESSION_SECRET),
                session_key: SESSION_KEY.to_owned(),
                uid: 1_240_077,
            },
            json: r#"{"access_token":"350685531728|2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077|Qk1JzK0m3xq7pV9tYb2cWd4eRfS.","base_domain":"example.com","expires":1293840000,"secret":"ZyXwVuTsRqPoNmLkJiHgFw__","session_key":"2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077","uid":1240077,"sig":"43d6660a36890e783fe0fbfdfa93112f"}"#,
            cookie: r#""access_token=350685531728%7C2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077%7CQk1JzK0m3xq7pV9tYb2cWd4eRfS.&base_domain=example.com&expires=1293840000&secret=ZyXwVuTsRqPoNmLkJiHgFw__&session_key=2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077&sig=43d6660a36890e783fe0fbfdfa93112f&uid=1240077""#,
        },
        Session {
            object: SessionObject {
                access_token: some("350685531728|c0ffee0123456789abcdef01-1240077|Tb8WnQ5rUuVvXxYyZz00aa11bb2."),
                base_domain: some("example.com"),
                expires: 0,
                secret: some(OLD_SESSION_SECRET),
                session_key: OLD_SESSION_KEY.to_owned(),
                uid: 1_240_077,
            },
            json: r#"{"access_token":"350685531728|c0ffee0123456789abcdef01-1240077|Tb8WnQ5rUuVvXxYyZz00aa11bb2.","base_domain":"example.com","expires":0,"secret":"9e107d9d372bb6826bd81d3542a419d6","session_key":"c0ffee0123456789abcdef01-1240077","uid":1240077,"sig":"0cc8010f36570013e217848b5b98591d"}"#,
            cookie: r#""access_token=350685531728%7Cc0ffee0123456789abcdef01-1240077%7CTb8WnQ5rUuVvXxYyZz00aa11bb2.&base_domain=example.com&expires=0&secret=9e107d9d372bb6826bd81d3542a419d6&session_key=c0ffee0123456789abcdef01-1240077&sig=0cc8010f36570013e217848b5b98591d&uid=1240077""#,
        },
    ]
}

#[test]
fn session_objects_and_their_cookies() {
    let secret = APP_SECRET.as_bytes();
    for Session { object, json, cookie } in sessions() {
        assert_eq!(object.to_json(secret).unwrap(), json);
        assert_eq!(object.to_cookie(secret), cookie);
        for fields in [
            cookies::verify_session_json(json, secret),
            cookies::verify_session_cookie(cookie, secret),
            cookies::verify_session_cookie(cookie.trim_matches('"'), secret),
        ] {
            assert_eq!(text(&fields.unwrap(), "session_key"), object.session_key);
        }
        assert!(cookies::verify_session_json(&json.replace("1240077", "1240078"), secret).is_none());
        assert!(cookies::verify_session_cookie(&cookie.replace("1240077", "1240078"), secret).is_none());
    }
}

#[test]
fn connect_cookies() {
    let secret = APP_SECRET.as_bytes();
    let full = Args::from([
        ("user", "1240077"),
        ("session_key", SESSION_KEY),
        ("expires", "1293840000"),
        ("ss", SESSION_SECRET),
    ]);
    let bare = Args::from([("user", "1240077"), ("session_key", OLD_SESSION_KEY)]);
    for (fields, sig) in [(full, "61c7512b2f6a617bd06d575fe707226b"), (bare, "e1cc4cfc5d74b4c1b18908bf4f510f38")] {
        let mut cookies = cookies::connect(API_KEY, &fields, secret);
        assert_eq!(text(&cookies, API_KEY), sig);
        cookies.set(format!("base_domain_{API_KEY}").as_bytes(), b"example.com");
        cookies.set(b"other", b"1");
        assert_eq!(cookies::verify_connect(API_KEY, &cookies, secret).unwrap().len(), fields.len());
        cookies.set(format!("{API_KEY}_user").as_bytes(), b"1240078");
        assert!(cookies::verify_connect(API_KEY, &cookies, secret).is_none());
    }
}

type Fields = &'static [(&'static str, &'static str)];

/// Prefix, signature and fields of what a page or a callback receives.
const PREFIXED: &[(&str, &str, Fields)] = &[
    (
        "fb_sig",
        "610b8f264c3b1c9e354dd47209fcc689",
        &[
            ("in_canvas", "1"),
            ("request_method", "GET"),
            ("friends", "1240078,1240079"),
            ("locale", "en_US"),
            ("in_new_facebook", "1"),
            ("time", "1293836400.1234"),
            ("added", "1"),
            ("profile_update_time", "1290000000"),
            ("expires", "1293840000"),
            ("user", "1240077"),
            ("session_key", "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077"),
            ("ext_perms", "publish_stream,email"),
            ("api_key", "5d41402abc4b2a76b9719d911017c592"),
            ("app_id", "350685531728"),
            ("country", "us"),
        ],
    ),
    (
        "fb_sig",
        "e08f4528391077f64e95fc2f0ea2ff1a",
        &[
            ("in_canvas", "1"),
            ("request_method", "GET"),
            ("locale", "en_US"),
            ("in_new_facebook", "1"),
            ("time", "1293836400.1234"),
            ("added", "0"),
            ("canvas_user", "1240077"),
            ("api_key", "5d41402abc4b2a76b9719d911017c592"),
            ("app_id", "350685531728"),
        ],
    ),
    (
        "fb_sig",
        "81de6284213624535ac505d758c620df",
        &[
            ("in_iframe", "1"),
            ("locale", "en_US"),
            ("in_new_facebook", "1"),
            ("time", "1293836400.1234"),
            ("added", "1"),
            ("profile_update_time", "1290000000"),
            ("expires", "1293840000"),
            ("user", "1240077"),
            ("session_key", "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077"),
            ("ss", "ZyXwVuTsRqPoNmLkJiHgFw__"),
            ("cookie_sig", "4b8f1c0d2e3a4956878695a4b3c2d1e0"),
            ("ext_perms", ""),
            ("api_key", "5d41402abc4b2a76b9719d911017c592"),
            ("app_id", "350685531728"),
            ("base_domain", "example.com"),
            ("country", "us"),
        ],
    ),
    (
        "fb_sig",
        "10115638622064fed4e6ec9fe7ad27dc",
        &[
            ("authorize", "1"),
            ("added", "1"),
            ("time", "1293836400.1234"),
            ("user", "1240077"),
            ("profile_update_time", "1290000000"),
            ("session_key", "2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077"),
            ("expires", "1293840000"),
            ("api_key", "5d41402abc4b2a76b9719d911017c592"),
            ("app_id", "350685531728"),
            ("linked_account_ids", "[\"joe42\"]"),
        ],
    ),
    (
        "fb_sig",
        "14937f7b4fe0cdc7fc9ccf4b9156b2c3",
        &[
            ("uninstall", "1"),
            ("added", "0"),
            ("time", "1293836400.1234"),
            ("user", "1240077"),
            ("api_key", "5d41402abc4b2a76b9719d911017c592"),
            ("app_id", "350685531728"),
            ("linked_account_ids", "[\"joe42\"]"),
        ],
    ),
    (
        "fb_post_sig",
        "c817271fec27e58fd8f3f1f98e690c6f",
        &[("friend_names", "[{\"name\":\"Ann\"}]"), ("time", "1293836400.1234")],
    ),
];

#[test]
fn canvas_arguments_and_callbacks() {
    let secret = APP_SECRET.as_bytes();
    for (prefix, sig, fields) in PREFIXED {
        let fields: Args = fields.iter().copied().collect();
        let mut sent = fb_sig::sign(prefix, &fields, secret);
        assert_eq!(text(&sent, prefix), *sig);
        assert!(sent.get(&format!("{prefix}_time")).is_some());
        sent.set(b"not_signed", b"1");
        assert_eq!(fb_sig::verify(prefix, &sent, secret).unwrap().len(), fields.len());
        sent.set(format!("{prefix}_user").as_bytes(), b"4");
        assert!(fb_sig::verify(prefix, &sent, secret).is_none());
    }
}

/// The payload's JSON and the whole.
const SIGNED_REQUESTS: &[(&str, &str)] = &[
    (
        r#"{"algorithm":"HMAC-SHA256","issued_at":1293836400,"user":{"locale":"en_US","country":"us","age":{"min":21}}}"#,
        "Hy6f9k-kFH_mH-2bbk5jNknHVR7JL2TSwyZl47Tqj7w.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTI5MzgzNjQwMCwidXNlciI6eyJsb2NhbGUiOiJlbl9VUyIsImNvdW50cnkiOiJ1cyIsImFnZSI6eyJtaW4iOjIxfX19",
    ),
    (
        r#"{"algorithm":"HMAC-SHA256","expires":1293840000,"issued_at":1293836400,"oauth_token":"350685531728|2.AbCdEfGhIjKlMnOpQrStUg__.86400.1293840000-1240077|Qk1JzK0m3xq7pV9tYb2cWd4eRfS.","user":{"locale":"en_US","country":"us","age":{"min":21}},"user_id":"1240077"}"#,
        "TdiVySDtUWIp5V7A6z2ZVQCGGxYTaH-kuLPASwEUzas.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjEyOTM4NDAwMDAsImlzc3VlZF9hdCI6MTI5MzgzNjQwMCwib2F1dGhfdG9rZW4iOiIzNTA2ODU1MzE3Mjh8Mi5BYkNkRWZHaElqS2xNbk9wUXJTdFVnX18uODY0MDAuMTI5Mzg0MDAwMC0xMjQwMDc3fFFrMUp6SzBtM3hxN3BWOXRZYjJjV2Q0ZVJmUy4iLCJ1c2VyIjp7ImxvY2FsZSI6ImVuX1VTIiwiY291bnRyeSI6InVzIiwiYWdlIjp7Im1pbiI6MjF9fSwidXNlcl9pZCI6IjEyNDAwNzcifQ",
    ),
    (
        r#"{"algorithm":"HMAC-SHA256","expires":0,"issued_at":1293836400,"oauth_token":"350685531728|c0ffee0123456789abcdef01-1240077|Tb8WnQ5rUuVvXxYyZz00aa11bb2.","user":{"locale":"fr_FR","country":"fr","age":{"min":18,"max":20}},"user_id":"1240077"}"#,
        "r4kYe25x5DW62NbsO94LWDgxeg6wyhkDAZlHiyf3IHc.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjAsImlzc3VlZF9hdCI6MTI5MzgzNjQwMCwib2F1dGhfdG9rZW4iOiIzNTA2ODU1MzE3Mjh8YzBmZmVlMDEyMzQ1Njc4OWFiY2RlZjAxLTEyNDAwNzd8VGI4V25RNXJVdVZ2WHhZeVp6MDBhYTExYmIyLiIsInVzZXIiOnsibG9jYWxlIjoiZnJfRlIiLCJjb3VudHJ5IjoiZnIiLCJhZ2UiOnsibWluIjoxOCwibWF4IjoyMH19LCJ1c2VyX2lkIjoiMTI0MDA3NyJ9",
    ),
    (
        r#"{"algorithm":"HMAC-SHA256","issued_at":1293836400,"page":{"id":"19292868552","liked":true,"admin":false},"app_data":"from=ad&n=1","user":{"locale":"en_US","country":"us","age":{"min":0,"max":12}}}"#,
        "uXULn8U13BWJuP86MaLTq5pXVpqrSCqnchj0AXtvZkY.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTI5MzgzNjQwMCwicGFnZSI6eyJpZCI6IjE5MjkyODY4NTUyIiwibGlrZWQiOnRydWUsImFkbWluIjpmYWxzZX0sImFwcF9kYXRhIjoiZnJvbT1hZCZuPTEiLCJ1c2VyIjp7ImxvY2FsZSI6ImVuX1VTIiwiY291bnRyeSI6InVzIiwiYWdlIjp7Im1pbiI6MCwibWF4IjoxMn19fQ",
    ),
    (
        r#"{"algorithm":"HMAC-SHA256","code":"2.AQBkVexample.3600.1293840000-1240077|mMexampleCode","issued_at":1293836400,"user_id":"1240077"}"#,
        "Ad1X0E7rsMOBRD7fLAAuLxparw3gKg7TQwRpFfBkqqo.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImNvZGUiOiIyLkFRQmtWZXhhbXBsZS4zNjAwLjEyOTM4NDAwMDAtMTI0MDA3N3xtTWV4YW1wbGVDb2RlIiwiaXNzdWVkX2F0IjoxMjkzODM2NDAwLCJ1c2VyX2lkIjoiMTI0MDA3NyJ9",
    ),
    (
        r#"{"algorithm":"HMAC-SHA256","issued_at":1293836400,"user_id":"1240077","user":{"locale":"en_US","country":"us"}}"#,
        "crHCeF8xNitSVAzuakoo5oNlzNCS0kaU7eNRgDmwG_k.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTI5MzgzNjQwMCwidXNlcl9pZCI6IjEyNDAwNzciLCJ1c2VyIjp7ImxvY2FsZSI6ImVuX1VTIiwiY291bnRyeSI6InVzIn19",
    ),
    (
        r#"{"algorithm":"HMAC-SHA256","app_data":"caf\u00e9/?>","issued_at":1293836400}"#,
        "h2x-EIxHn3ZmCOD91QeqmHFamCgcZC1zz6Lk1HVNX20.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImFwcF9kYXRhIjoiY2FmXHUwMGU5Lz8-IiwiaXNzdWVkX2F0IjoxMjkzODM2NDAwfQ",
    ),
];

#[test]
fn signed_requests() {
    let secret = APP_SECRET.as_bytes();
    for (json, whole) in SIGNED_REQUESTS {
        let payload: Value = serde_json::from_str(json).unwrap();
        assert_eq!(signed_request::verify(whole, secret).unwrap(), payload);
        assert_eq!(signed_request::verify(whole, b"another secret"), None);
        let ours = signed_request::make(&payload, secret).unwrap();
        assert_eq!(signed_request::verify(&ours, secret).unwrap(), payload);
        assert!(!ours.contains(['=', '+', '/']));
    }
}

#[test]
fn a_signed_request_is_written_byte_for_byte() {
    let payload = serde_json::json!({"algorithm": "HMAC-SHA256", "app_data": "café/?>", "issued_at": 1_293_836_400});
    let (_, whole) = SIGNED_REQUESTS[SIGNED_REQUESTS.len() - 1];
    assert_eq!(signed_request::make(&payload, APP_SECRET.as_bytes()).unwrap(), whole);
}

#[test]
fn a_touched_signed_request_is_none() {
    let secret = APP_SECRET.as_bytes();
    let (_, whole) = SIGNED_REQUESTS[1];
    assert_eq!(signed_request::verify(&whole.replacen('T', "A", 1), secret), None);
    assert_eq!(signed_request::verify(&whole.replace('.', ""), secret), None);
    assert_eq!(signed_request::verify("", secret), None);
    let other = serde_json::json!({"algorithm": "MD5"});
    assert_eq!(signed_request::verify(&signed_request::make(&other, secret).unwrap(), secret), None);
}
