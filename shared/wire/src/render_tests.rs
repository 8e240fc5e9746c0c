//! Documents: formats, wrappers, errors, byte for byte.

use serde::Serialize;

use super::*;
use crate::{Code, Hidden, KeyedMap, Limits, Request, Row, Visible};

fn call(query: &str) -> Call {
    let request = Request { path_method: None, query: Some(query), content_type: None, body: Default::default() };
    Call::read(request, &Limits::default()).unwrap()
}

fn rendered<T: Serialize + ?Sized>(query: &str, value: &T) -> String {
    String::from_utf8(answer(&call(query), value).unwrap().body).unwrap()
}

#[test]
fn formats_are_named_in_any_case_and_default_to_xml() {
    for (sent, format) in [
        ("format=JSON", Format::Json),
        ("format=json", Format::Json),
        ("format=json%0D", Format::Json),
        ("format=JSON-Strings", Format::JsonStrings),
        ("format=xml", Format::Xml),
        ("format=yaml", Format::Xml),
        ("format=", Format::Xml),
        ("", Format::Xml),
    ] {
        assert_eq!(call(sent).format, format, "{sent}");
    }
}

#[test]
fn the_root_echoes_the_callers_spelling() {
    assert_eq!(
        rendered("method=facebook.users.getloggedinuser", &7),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<users_getloggedinuser_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">7</users_getloggedinuser_response>
"#
    );
}

#[test]
fn results_of_queries_have_no_schema() {
    for method in ["fql.query", "FQL.multiQuery"] {
        let body = rendered(&format!("method={method}"), &[0_u8; 0]);
        assert!(body.ends_with("XMLSchema-instance\" list=\"true\"/>\n"), "{body}");
    }
}

#[derive(Serialize)]
struct Sample {
    uid: u64,
    name: &'static str,
    ratio: f64,
    left_out: Option<u8>,
    hidden: Option<Visible<u8>>,
    yes: bool,
    list: Vec<u8>,
    map: KeyedMap<Option<u64>>,
}

fn sample() -> Sample {
    Sample {
        uid: 9_007_199_254_740_993,
        name: "Zoë \u{1f600}/\"\\\u{8}\u{1}\u{2028}",
        ratio: 2.0,
        left_out: None,
        hidden: Some(Visible::Hidden),
        yes: true,
        list: vec![],
        map: KeyedMap(vec![("5".into(), Some(1)), ("é".into(), None)]),
    }
}

#[test]
fn json_is_compact_ascii_with_escaped_slashes() {
    assert_eq!(
        rendered("format=json", &sample()),
        r#"{"uid":9007199254740993,"name":"Zo\u00eb \ud83d\ude00\/\"\\\b\u0001\u2028","ratio":2,"hidden":null,"yes":true,"list":[],"map":{"5":1,"\u00e9":null}}"#
    );
}

#[test]
fn json_strings_makes_strings_of_numbers_only() {
    assert_eq!(
        rendered("format=json-strings", &sample()),
        r#"{"uid":"9007199254740993","name":"Zo\u00eb \ud83d\ude00\/\"\\\b\u0001\u2028","ratio":"2","hidden":null,"yes":true,"list":[],"map":{"5":"1","\u00e9":null}}"#
    );
    let by_number = std::collections::BTreeMap::from([(5, 1.5)]);
    assert_eq!(rendered("format=json-strings", &by_number), r#"{"5":"1.5"}"#);
}

#[test]
fn bare_values_are_bare_json() {
    assert_eq!(rendered("format=json", "3e4a"), r#""3e4a""#);
    assert_eq!(rendered("format=json", &12), "12");
    assert_eq!(rendered("format=json-strings", &12), r#""12""#);
    assert_eq!(rendered("format=json-strings", &true), "true");
    assert_eq!(rendered("format=json", &None::<u8>), "null");
    assert_eq!(rendered("format=json", &Hidden), "null");
    assert_eq!(rendered("format=json", &KeyedMap::<u8>(vec![])), "{}");
    assert_eq!(rendered("format=json", &f64::INFINITY), "null");
}

#[test]
fn members_are_left_out_at_every_depth() {
    #[derive(Serialize)]
    struct Inner {
        gone: Option<u8>,
        here: Option<u8>,
    }
    #[derive(Serialize)]
    struct Wrapper(Option<u8>);
    #[derive(Serialize)]
    struct Outer {
        inner: Option<Inner>,
        list: Vec<Option<Inner>>,
        wrapped: Wrapper,
        unit: (),
    }
    let outer = Outer {
        inner: Some(Inner { gone: None, here: Some(1) }),
        list: vec![None, Some(Inner { gone: None, here: None })],
        wrapped: Wrapper(None),
        unit: (),
    };
    assert_eq!(rendered("format=json", &outer), r#"{"inner":{"here":1},"list":[null,{}]}"#);
}

#[test]
fn rows_in_json_have_each_name_once_and_keep_null() {
    let row = Row { element: "user", columns: vec![("anon", Some(1)), ("tv", None), ("anon", Some(2))] };
    assert_eq!(rendered("format=json", &[row]), r#"[{"tv":null,"anon":2}]"#);
}

#[test]
fn a_wrapper_is_put_around_json() {
    let call = call("format=json&callback=FB.ApiServer._callbacks.f1a2");
    let document = answer(&call, &[1, 2]).unwrap();
    assert_eq!(String::from_utf8(document.body).unwrap(), "/**/FB.ApiServer._callbacks.f1a2([1,2]);");
    assert_eq!(document.content_type, "text/javascript;charset=utf-8");
}

#[test]
fn a_wrapper_around_xml_quotes_it() {
    let body = rendered("method=a.b&callback=cb", "it's \\ \u{2028}é");
    assert_eq!(
        body,
        concat!(
            r#"/**/cb('<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a_b_response xmlns=\"http://api.facebook.com/1.0/\" "#,
            r#"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "#,
            r#"xsi:schemaLocation=\"http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd\">"#,
            r#"it\'s \\ \u2028é</a_b_response>\n');"#
        )
    );
}

#[test]
fn content_types() {
    for (query, content_type) in [
        ("", "text/xml;charset=utf-8"),
        ("format=json", "application/json"),
        ("format=json-strings", "application/json"),
        ("callback=cb", "text/javascript;charset=utf-8"),
    ] {
        assert_eq!(answer(&call(query), &1).unwrap().content_type, content_type);
        assert_eq!(error(&call(query), &Code::Unknown.into()).content_type, content_type);
    }
}

#[test]
fn an_error_in_xml_echoes_the_arguments() {
    let call = call("method=facebook.auth.createToken&api_key=x%3C&v=&unknown=caf%E9%C3%A9&sig=0");
    let document = error(&call, &Code::ParamApiKey.into());
    assert_eq!(
        String::from_utf8(document.body).unwrap(),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<error_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
  <error_code>101</error_code>
  <error_msg>Invalid API key</error_msg>
  <request_args list="true">
    <arg>
      <key>method</key>
      <value>facebook.auth.createToken</value>
    </arg>
    <arg>
      <key>api_key</key>
      <value>x&lt;</value>
    </arg>
    <arg>
      <key>v</key>
      <value/>
    </arg>
    <arg>
      <key>unknown</key>
      <value>café</value>
    </arg>
    <arg>
      <key>sig</key>
      <value>0</value>
    </arg>
  </request_args>
</error_response>
"#
    );
}

#[test]
fn an_error_in_json() {
    let failure = |query: &str| String::from_utf8(error(&call(query), &Code::ParamSignature.into()).body).unwrap();
    assert_eq!(
        failure("method=x&format=json"),
        r#"{"error_code":104,"error_msg":"Incorrect signature","request_args":[{"key":"method","value":"x"},{"key":"format","value":"json"}]}"#
    );
    assert_eq!(
        failure("format=json-strings&callback=cb"),
        r#"/**/cb({"error_code":"104","error_msg":"Incorrect signature","request_args":[{"key":"format","value":"json-strings"},{"key":"callback","value":"cb"}]});"#
    );
}

#[test]
fn secrets_are_not_echoed() {
    let query = "access_token=SECRET&client_secret=SECRET&password=SECRET&Password=SECRET\
                 &method_feed=%5B%22method%3Da.b%26access_token%3DSECRET%22%5D&passwords=kept";
    for format in ["xml", "json", "json-strings"] {
        let document = error(&call(&format!("{query}&format={format}")), &Code::Param.into());
        let body = String::from_utf8(document.body).unwrap();
        assert!(!body.contains("SECRET") && body.contains("kept"), "{body}");
    }
}
