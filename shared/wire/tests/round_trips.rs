//! What is signed and sent is read and found right, in every encoding; what is written as XML and as JSON is the same data.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing expectation is what a test is for")]

use std::collections::BTreeMap;

use form_urlencoded::byte_serialize;
use proptest::prelude::*;
use reconnect_wire::token::{AccessToken, AuthToken, MAX_ID, SessionKey, SessionSecret};
use reconnect_wire::{Args, Call, Format, Hidden, Limits, Request, render, sign};
use roxmltree::{Document, Node};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};
use serde_json::Value;

type Sent = BTreeMap<Vec<u8>, Vec<u8>>;

/// Any names and values, bytes that are no text included.
fn any_arguments() -> impl Strategy<Value = Sent> {
    let name = prop_oneof![
        any::<Vec<u8>>().prop_filter("a name", |name| !name.is_empty() && name != b"sig"),
        "(method|session_key|format|v|ss|uids|call_id|x[0-9])".prop_map(String::into_bytes),
    ];
    prop::collection::btree_map(name, any::<Vec<u8>>(), 0..12)
}

/// Names that a header of a part can carry.
fn multipart_arguments() -> impl Strategy<Value = Sent> {
    let name = "[a-zA-Z0-9_.é\\[\\] ]{0,8}[a-z]".prop_map(String::into_bytes);
    let name = name.prop_filter("not the signature", |name| name != b"sig");
    prop::collection::btree_map(name, any::<Vec<u8>>(), 1..12)
}

fn signed(sent: &Sent, secret: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let pairs = sent.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
    let sig = sign::signature(pairs, secret).to_vec();
    let mut all: Vec<_> = sent.clone().into_iter().rev().collect();
    all.push((b"sig".to_vec(), sig));
    all
}

fn form(pairs: &[(Vec<u8>, Vec<u8>)]) -> String {
    let encode = |bytes| byte_serialize(bytes).collect::<String>();
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

fn multipart(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend_from_slice(b"--bOuNdArY-7d1\r\nContent-Disposition: form-data; name=\"");
        body.extend_from_slice(name);
        body.extend_from_slice(b"\"\r\n\r\n");
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--bOuNdArY-7d1--\r\n");
    body
}

fn read(query: &str, content_type: Option<&str>, body: Vec<u8>) -> Args {
    let content_type = content_type.map(str::as_bytes);
    let request = Request { path_method: None, query: Some(query), content_type, body: body.into() };
    match Call::read(request, &Limits::default()) {
        Ok(call) => call.args,
        Err(reconnect_wire::Refused::Malformed { call, .. }) => call.args,
        Err(refused) => panic!("{refused:?}"),
    }
}

fn arrived_whole(args: &Args, pairs: &[(Vec<u8>, Vec<u8>)], secret: &[u8]) -> Result<(), TestCaseError> {
    let arrived: Vec<_> = args.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    prop_assert_eq!(arrived, pairs);
    prop_assert!(sign::verify(args, secret));
    Ok(())
}

proptest! {
    #[test]
    fn by_query_and_by_form(sent in any_arguments(), secret in any::<Vec<u8>>(), cut in 0_usize..12) {
        let pairs = signed(&sent, &secret);
        arrived_whole(&read(&form(&pairs), None, vec![]), &pairs, &secret)?;
        arrived_whole(&read("", None, form(&pairs).into_bytes()), &pairs, &secret)?;
        let (query, body) = pairs.split_at(cut.min(pairs.len()));
        arrived_whole(&read(&form(query), None, form(body).into_bytes()), &pairs, &secret)?;
    }

    #[test]
    fn by_multipart(sent in multipart_arguments(), secret in any::<Vec<u8>>()) {
        let pairs = signed(&sent, &secret);
        let content_type = Some("multipart/form-data; boundary=bOuNdArY-7d1");
        arrived_whole(&read("", content_type, multipart(&pairs)), &pairs, &secret)?;
    }

    #[test]
    fn a_changed_argument_is_noticed(sent in any_arguments(), secret in any::<Vec<u8>>(), value in any::<Vec<u8>>()) {
        let mut args: Args = signed(&sent, &secret).into_iter().collect();
        for (name, old) in &sent {
            if *old != value {
                args.set(name, &value);
                prop_assert!(!sign::verify(&args, &secret));
                args.set(name, old);
            }
        }
        prop_assert!(sign::verify(&args, &secret));
    }

    #[test]
    fn tokens_are_read_as_written(
        id in 0..=MAX_ID, random: [u8; 10], longer: [u8; 12], bytes: [u8; 16], mac: [u8; 20],
        lifetime: u64, expiry: u64, uid: u64, rest in "[a-z0-9]{1,40}",
    ) {
        let token = AuthToken { id, random };
        prop_assert_eq!(token.to_string().parse(), Ok(token));
        let keys = [SessionKey::Expiring { id, random, lifetime, expiry, uid }, SessionKey::Infinite { random: longer, uid }];
        for key in keys {
            prop_assert_eq!(key.to_string().parse(), Ok(key));
            prop_assert!(SessionKey::is_well_formed(&key.to_string()));
            let token = AccessToken::User { app_id: uid, session_key: key.to_string(), mac };
            prop_assert_eq!(token.to_string().parse(), Ok(token));
        }
        for secret in [SessionSecret::Hex(bytes), SessionSecret::Base64(bytes)] {
            prop_assert_eq!(secret.to_string().parse(), Ok(secret));
        }
        let token = AccessToken::App { app_id: uid, rest };
        prop_assert_eq!(token.to_string().parse(), Ok(token));
    }

    #[test]
    fn xml_and_json_carry_the_same(tree in any_tree()) {
        let document = |format| {
            let call = Call::from_query(b"method=a.b", format);
            String::from_utf8(render::answer(&call, &tree).unwrap().body).unwrap()
        };
        let (xml, json) = (document(Format::Xml), document(Format::JsonStrings));
        let json: Value = serde_json::from_str(&json).unwrap();
        let xml = Document::parse(&xml).unwrap();
        same(xml.root_element(), &json)?;
    }
}

/// Any answer.
#[derive(Clone, Debug)]
enum Tree {
    Null,
    Hidden,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
    Struct(BTreeMap<&'static str, Tree>),
}

fn any_tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Null),
        Just(Tree::Hidden),
        any::<bool>().prop_map(Tree::Bool),
        any::<i64>().prop_map(Tree::Number),
        any::<String>().prop_map(Tree::Text),
        "[ <>&\"'\\r\\n\\t\\x00\\u{fffe}\\u{2028}é😀/\\\\]{0,6}".prop_map(Tree::Text),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::List),
            prop::collection::btree_map("[a-z<&\"\\n é]{0,4}", inner.clone(), 0..6).prop_map(Tree::Map),
            prop::collection::btree_map(prop::sample::select(vec!["uid", "name", "status", "pic"]), inner, 0..5)
                .prop_map(Tree::Struct),
        ]
    })
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Null => serializer.serialize_none(),
            Tree::Hidden => Hidden.serialize(serializer),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Number(value) => serializer.serialize_i64(*value),
            Tree::Text(value) => serializer.serialize_str(value),
            Tree::List(items) => serializer.collect_seq(items),
            Tree::Map(items) => serializer.collect_map(items),
            Tree::Struct(members) => {
                let mut all = serializer.serialize_struct("user", members.len())?;
                for (name, value) in members {
                    all.serialize_field(name, value)?;
                }
                all.end()
            }
        }
    }
}

/// Whether an element says what a piece of JSON says.
fn same(element: Node<'_, '_>, json: &Value) -> Result<(), TestCaseError> {
    let children: Vec<_> = element.children().filter(Node::is_element).collect();
    let is_list = element.attribute("list") == Some("true");
    match json {
        Value::Array(items) => {
            prop_assert!(is_list);
            prop_assert_eq!(children.len(), items.len());
            children.into_iter().zip(items).try_for_each(|(child, item)| same(child, item))
        }
        Value::Object(members) => {
            prop_assert_eq!(children.len(), members.len());
            children.into_iter().try_for_each(|child| {
                let name = if is_list { child.attribute("key").unwrap() } else { child.tag_name().name() };
                same(child, &members[name])
            })
        }
        scalar => {
            prop_assert!(!is_list && children.is_empty());
            prop_assert_eq!(element.text().unwrap_or(""), text_of(scalar));
            Ok(())
        }
    }
}

/// The text of a scalar in XML.
fn text_of(scalar: &Value) -> String {
    let is_legal =
        |letter: &char| !matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    match scalar {
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::String(text) => text.chars().filter(is_legal).collect(),
        _ => String::new(),
    }
}
