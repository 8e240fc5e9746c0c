//! What fields take and what they say when they cannot.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

fn field<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    #[derive(Deserialize)]
    struct One<T> {
        x: T,
    }
    decode::<One<T>>(&Args::from([("x", text)])).map(|one| one.x).map_err(|error| error.to_string())
}

fn wrong<T: DeserializeOwned + fmt::Debug>(text: &str) -> String {
    let message = field::<T>(text).unwrap_err();
    message.strip_prefix("Invalid parameter: ").unwrap().to_owned()
}

#[test]
fn missing_and_empty_are_the_same() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Arguments {
        auth_token: String,
        generate_session_secret: Option<bool>,
        #[serde(default)]
        limit: u64,
    }
    let given =
        Args::from([("auth_token", "3e4a"), ("generate_session_secret", ""), ("unknown", "\u{0}"), ("limit", "")]);
    let expected = Arguments { auth_token: "3e4a".into(), generate_session_secret: None, limit: 0 };
    assert_eq!(decode::<Arguments>(&given), Ok(expected));
    for args in [Args::new(), Args::from([("auth_token", "")])] {
        let error = decode::<Arguments>(&args).unwrap_err();
        assert_eq!(error, ApiError::missing("auth_token"));
    }
}

#[test]
fn a_method_without_arguments() {
    #[derive(Deserialize)]
    struct None {}
    assert!(decode::<None>(&Args::from([("x", "1")])).is_ok());
    assert!(decode::<()>(&Args::from([("x", "1")])).is_ok());
}

#[test]
fn bools() {
    for text in ["true", "TRUE", "yes", "on", "1", "2", "-1", "0.5", " 1 "] {
        assert_eq!(field(text), Ok(true), "{text}");
    }
    for text in ["false", "False", "no", "off", "0", "0.0", "00"] {
        assert_eq!(field(text), Ok(false), "{text}");
    }
    assert_eq!(wrong::<bool>("maybe"), "x is not true or false");
    assert_eq!(wrong::<bool>("NaN"), "x is not true or false");
}

#[test]
fn numbers() {
    assert_eq!(field("18446744073709551615"), Ok(u64::MAX));
    assert_eq!(field("-9223372036854775808"), Ok(i64::MIN));
    assert_eq!(field(" 5\r\n"), Ok(5_u32));
    assert_eq!(field("1262304001.25"), Ok(1_262_304_001.25));
    assert_eq!(wrong::<u64>("-1"), "x is not a whole number of 0 or more");
    assert_eq!(wrong::<i64>("1.5"), "x is not a whole number");
    assert_eq!(wrong::<u64>("18446744073709551616"), "x is not a whole number of 0 or more");
    assert_eq!(wrong::<f64>("inf"), "x is not a number");
}

#[test]
fn strings_stay_as_they_are() {
    assert_eq!(field(" [1,2] \r\n"), Ok(" [1,2] \r\n".to_owned()));
    assert_eq!(field("null"), Ok(Some("null".to_owned())));
    let mut args = Args::new();
    args.set(b"x", b"\xff");
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "never made")]
    struct One {
        x: String,
    }
    assert_eq!(decode::<One>(&args).unwrap_err().to_string(), "Invalid parameter: x is not valid UTF-8");
}

#[test]
fn lists_come_as_json_or_with_commas() {
    for text in ["1,2", "[1,2]", r#"["1","2"]"#, " 1 , 2 ,", r#"[ 1, "2" ]"#] {
        assert_eq!(field(text), Ok(vec![1_u64, 2]), "{text}");
    }
    for text in ["name,pic", r#"["name","pic"]"#, "name, pic,,"] {
        assert_eq!(field(text), Ok(vec!["name".to_owned(), "pic".to_owned()]), "{text}");
    }
    assert_eq!(field("[7]"), Ok(vec!["7".to_owned()]));
    assert_eq!(field("7"), Ok(vec![7_i64]));
    assert_eq!(field("[]"), Ok(Vec::<u64>::new()));
    assert_eq!(wrong::<Vec<u64>>("[1,"), "x is not valid JSON");
    assert_eq!(wrong::<Vec<u64>>("1,a"), "x is not a whole number of 0 or more");
    assert_eq!(wrong::<Vec<u64>>("[[1]]"), "x is not a whole number of 0 or more");
}

#[test]
fn ids_are_read_as_in_2008() {
    for text in ["1,2", "[1,2]", r#"["1", "2"]"#, "1, 2,", "0,1,,2,abc", "uid 1,(2)", "99999999999999999999,1,2"] {
        assert_eq!(field(text), Ok(UidList(vec![1, 2])), "{text}");
    }
    assert_eq!(field("none"), Ok(UidList::default()));
    assert_eq!(serde_json::from_value::<UidList>(json!([1, "2", 0])).unwrap(), UidList(vec![1, 2]));
    assert_eq!(serde_json::from_value::<UidList>(json!("1,2")).unwrap(), UidList(vec![1, 2]));
}

#[test]
fn objects_come_as_json() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Event {
        name: String,
        host: u64,
        open: Option<bool>,
        guests: UidList,
    }
    let event = Event { name: "1984".into(), host: 5, open: Some(true), guests: UidList(vec![1, 2]) };
    assert_eq!(field(r#"{"name":1984,"host":"5","open":1,"guests":["1",2],"more":[]}"#), Ok(event));
    assert_eq!(field(r#"{"a":"1","b":2}"#), Ok(BTreeMap::from([("a".to_owned(), 1_u64), ("b".to_owned(), 2)])));
    assert_eq!(field(r#"[{"a":null}]"#), Ok(json!([{"a": null}])));
    assert_eq!(wrong::<Event>(r#"{"host":5}"#), "x name is missing");
    assert_eq!(wrong::<Event>("[]"), "x is not a JSON object");
    assert_eq!(wrong::<Event>("name"), "x is not valid JSON");
    assert_eq!(wrong::<Value>("{"), "x is not valid JSON");
}

#[test]
fn enums_say_what_they_take() {
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Status {
        Attending,
        Declined,
    }
    assert_eq!(field("attending"), Ok(Status::Attending));
    assert_eq!(field(r#"["declined"]"#), Ok(vec![Status::Declined]));
    assert_eq!(wrong::<Status>("perhaps"), "x is none of attending, declined");
}

#[test]
fn flattened_structs_and_maps_get_all_arguments() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Page {
        limit: Option<u64>,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Arguments {
        query: String,
    }
    let args = Args::from([("query", "SELECT"), ("limit", "5")]);
    assert_eq!(decode::<Arguments>(&args), Ok(Arguments { query: "SELECT".into() }));
    assert_eq!(decode::<Page>(&args), Ok(Page { limit: Some(5) }));
    let all: BTreeMap<String, String> = decode(&args).unwrap();
    assert_eq!(all.len(), 2);
}

#[test]
fn deep_json_is_an_error_and_no_overflow() {
    assert_eq!(wrong::<Value>(&"[".repeat(100_000)), "x is not valid JSON");
}
