//! Nothing that arrives makes a panic.

use std::collections::BTreeMap;

use proptest::prelude::*;
use reconnect_wire::token::{AccessToken, AuthToken, SessionKey, SessionSecret};
use reconnect_wire::{
    Args, Call, Code, Format, Limits, Refused, Request, UidList, cookies, decode, fb_sig, render, sign, signed_request,
};
use serde::Deserialize;
use serde_json::Value;

/// One field of every kind that a method asks for; nobody looks at them.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded, not read")]
struct Everything {
    text: Option<String>,
    flag: Option<bool>,
    count: Option<u64>,
    small: Option<i8>,
    ratio: Option<f64>,
    ids: Option<UidList>,
    numbers: Option<Vec<u64>>,
    names: Option<Vec<String>>,
    map: Option<BTreeMap<String, Vec<Option<bool>>>>,
    json: Option<Value>,
    nested: Option<Nested>,
    kind: Option<Kind>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded, not read")]
struct Nested {
    uid: u64,
    more: Option<Box<Nested>>,
    ids: UidList,
    pair: (u8, String),
}

#[derive(Deserialize)]
enum Kind {
    One,
    Two,
}

const FIELDS: [&str; 12] =
    ["text", "flag", "count", "small", "ratio", "ids", "numbers", "names", "map", "json", "nested", "kind"];

/// Texts that look like something.
fn half_sensible() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\[\\]{}\",:0-9a-z. _|-]{0,40}",
        "2\\.[A-Za-z_-]{20,24}(__)?\\.[0-9]{0,21}\\.[0-9]{0,21}-[0-9]{0,21}",
        "[0-9a-f]{20,34}(-[0-9]{0,21})?",
        "[0-9]{1,21}\\|[a-z|]{0,5}\\|?[A-Za-z]{26,28}\\.?",
        "[A-Za-z0-9_-]{0,50}\\.[A-Za-z0-9_-]{0,50}",
        "\\{\"uid\":\"?[0-9]{0,22}\"?,\"pair\":\\[[0-9]{0,4},1\\],\"ids\":[0-9]{1,3}\\}",
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let part = "(--B\r\n|--B--|\r\n|Content-Disposition: form-data; |name=\"?[a-z]{0,3}\"?|; filename=\"[^\"]{0,3}\"?|Content-Type: [a-z/]{0,5}|x=%[0-9a-f]{0,2}&|[a-z\\\\\"\r\n-]{0,6})";
    prop_oneof![any::<Vec<u8>>(), prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat().into_bytes()),]
}

proptest! {
    #[test]
    fn calls(
        path in proptest::option::of(any::<String>()),
        query in any::<String>(),
        content_type in proptest::option::of(prop_oneof![
            any::<Vec<u8>>(), Just(b"multipart/form-data; boundary=B".to_vec()), Just(b"multipart/form-data; boundary=".to_vec()),
        ]),
        body in body(),
        format in "(xml|json|json-strings)",
    ) {
        let query = format!("format={format}&{query}");
        let request = Request {
            path_method: path.as_deref(),
            query: Some(&query),
            content_type: content_type.as_deref(),
            body: body.into(),
        };
        let call = match Call::read(request, &Limits::default()) {
            Ok(call) => call,
            Err(Refused::Malformed { call, .. }) => *call,
            Err(Refused::TooLarge(_)) => return Ok(()),
        };
        let _checked = sign::verify(&call.args, b"secret");
        let _key = call.session_key();
        let _decoded = decode::<Everything>(&call.args);
        let body = String::from_utf8(render::error(&call, &Code::Param.into()).body);
        prop_assert!(body.is_ok());
        if call.format == Format::Xml && call.callback.is_none() {
            prop_assert!(roxmltree::Document::parse(&body.unwrap_or_default()).is_ok());
        }
        if let Ok(answer) = render::answer(&call, "x") {
            let text = String::from_utf8(answer.body).unwrap_or_default();
            prop_assert!(call.format != Format::Xml || call.callback.is_some() || roxmltree::Document::parse(&text).is_ok());
        }
    }

    #[test]
    fn tokens(text in half_sensible()) {
        let _ = text.parse::<AuthToken>();
        let _ = text.parse::<SessionKey>().map(|key| key.to_string());
        let _ = text.parse::<SessionSecret>().map(|secret| secret.to_string());
        let _ = text.parse::<AccessToken>().map(|token| token.to_string());
        let _ = SessionKey::is_well_formed(&text);
        let _ = signed_request::verify(&text, text.as_bytes());
        let _ = cookies::verify_session_cookie(&text, b"secret");
        let _ = cookies::verify_session_json(&text, b"secret");
        let _ = Call::from_query(text.as_bytes(), Format::Json);
    }

    #[test]
    fn fields(values in prop::collection::vec(half_sensible(), 12)) {
        // Each alone, so that one that cannot be read does not hide the others.
        for (name, value) in FIELDS.iter().zip(&values) {
            let args = Args::from([(name, value)]);
            let _ = decode::<Everything>(&args);
            let _ = decode::<BTreeMap<String, Value>>(&args);
        }
        let args: Args = values.iter().map(|value| (value, value)).collect();
        let _ = fb_sig::verify("", &args, b"secret");
        let _ = fb_sig::verify(&values[0], &args, b"secret");
    }

    #[test]
    fn raw_values(value in any::<Vec<u8>>()) {
        for name in FIELDS {
            let mut args = Args::new();
            args.set(name.as_bytes(), &value);
            let _ = decode::<Everything>(&args);
        }
    }
}
