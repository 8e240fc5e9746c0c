//! Calls in all encodings, with the oddities of real clients.

use super::*;

fn read(
    path_method: Option<&str>,
    query: &str,
    content_type: Option<&str>,
    body: impl Into<Bytes>,
) -> Result<Call, Refused> {
    let content_type = content_type.map(str::as_bytes);
    Call::read(Request { path_method, query: Some(query), content_type, body: body.into() }, &Limits::default())
}

fn pairs(call: &Call) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    call.args.iter().map(|(name, value)| (text(name), text(value))).collect()
}

fn expected(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn malformed(result: Result<Call, Refused>) -> (Box<Call>, String) {
    match result {
        Err(Refused::Malformed { call, error }) => (call, error.to_string()),
        other => panic!("{other:?}"),
    }
}

const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=UTF-8");

#[test]
fn a_field_of_the_body_replaces_one_of_the_query_in_place() {
    let call = read(None, "method=a.b&v=0.9&format=xml", FORM, "x=1&v=1.0&format=json").unwrap();
    assert_eq!(pairs(&call), expected(&[("method", "a.b"), ("v", "1.0"), ("format", "json"), ("x", "1")]));
    assert_eq!(call.format, Format::Json);
}

#[test]
fn a_body_of_any_or_no_type_is_a_form() {
    for content_type in [None, FORM, Some("text/plain"), Some("")] {
        let call = read(None, "", content_type, "method=friends.get&v=1.0").unwrap();
        assert_eq!(call.method.unwrap().folded(), "friends.get");
    }
}

#[test]
fn the_method_in_the_path_wins_and_is_no_argument() {
    let call = read(Some("fql.query"), "method=friends.get", None, "").unwrap();
    assert_eq!(call.method.unwrap().as_sent(), "fql.query");
    let call = read(Some("fql.query"), "query=SELECT", None, "").unwrap();
    assert_eq!(call.method.as_ref().unwrap().as_sent(), "fql.query");
    assert_eq!(call.args.get("method"), None);
    let call = read(Some(""), "method=friends.get", None, "").unwrap();
    assert_eq!(call.method.unwrap().as_sent(), "friends.get");
}

#[test]
fn no_method_is_a_call_all_the_same() {
    assert!(read(None, "", None, "").unwrap().method.is_none());
    assert!(read(None, "method=&v=1.0", None, "").unwrap().method.is_none());
}

#[test]
fn carriage_returns_are_dropped_from_five_arguments_but_stay_signed() {
    let call = read(None, "method=a.b%0D&session_key=k%0D-1&format=JSON%0D&callback=c%0Db&x=1%0D", None, "").unwrap();
    assert_eq!(call.method.as_ref().unwrap().as_sent(), "a.b");
    assert_eq!(call.session_key().unwrap().unwrap(), "k-1");
    assert_eq!((call.format, call.callback.as_deref()), (Format::Json, Some("cb")));
    assert_eq!(call.args.get("method"), Some(&b"a.b\r"[..]));
    assert_eq!(call.args.get("x"), Some(&b"1\r"[..]));
}

#[test]
fn session_keys() {
    assert_eq!(read(None, "session_key=", None, "").unwrap().session_key(), Ok(None));
    assert_eq!(read(None, "", None, "").unwrap().session_key(), Ok(None));
    assert_eq!(read(None, "session_key=%FF", None, "").unwrap().session_key(), Err(Code::ParamSessionKey.into()));
}

#[test]
fn callbacks_are_names_of_functions() {
    for good in ["FB.ApiServer._callbacks.f1a2b3", "jsonp1234", "window[\"cb\"]", "a['b'][0].$c", &"x".repeat(128)] {
        let call = read(None, &format!("callback={good}"), None, "").unwrap();
        assert_eq!(call.callback.as_deref(), Some(good));
    }
    assert_eq!(read(None, "callback=", None, "").unwrap().callback, None);
    for bad in ["alert(1)", "a%22b", "a;b", "a+b", "<script>", "[", "]", "[[0]]", "é", "%FF", &"x".repeat(129)] {
        let (call, error) = malformed(read(None, &format!("format=json&callback={bad}"), None, ""));
        assert_eq!(error, "Invalid parameter: callback is not the name of a function", "{bad}");
        assert_eq!((call.callback, call.format), (None, Format::Json), "answered without a wrapper");
    }
}

#[test]
fn too_much_is_refused() {
    let limits = Limits { query: 10, body: 20, ..Limits::default() };
    let request = |query, body: &'static str| Request {
        path_method: None,
        query: Some(query),
        content_type: None,
        body: body.into(),
    };
    assert!(matches!(Call::read(request("a=123456789", ""), &limits), Err(Refused::TooLarge(TooLarge::Query))));
    assert!(matches!(
        Call::read(request("", "a=1234567890123456789"), &limits),
        Err(Refused::TooLarge(TooLarge::Body))
    ));

    let many: String = (0..300).map(|n| format!("&a{n}=")).collect();
    let (call, error) = malformed(read(None, "callback=cb&format=json", None, many));
    assert_eq!(error, Code::ParamTooMany.text());
    assert_eq!((call.callback.as_deref(), call.format), (Some("cb"), Format::Json), "answered as asked for");
}

#[test]
fn an_entry_of_a_batch() {
    let entry = Call::from_query(b"method=friends.get&callback=cb", Format::JsonStrings);
    assert_eq!((entry.format, &entry.callback), (Format::JsonStrings, &None));
    assert_eq!(entry.method.unwrap().folded(), "friends.get");
    assert_eq!(Call::from_query(b"format=xml", Format::Json).format, Format::Xml);
    assert!(Call::from_query(&b"&a=1".repeat(10_000), Format::Json).args.len() <= 1);
    let many: String = (0..1000).map(|n| format!("&a{n}=")).collect();
    assert!(Call::from_query(many.as_bytes(), Format::Json).args.len() <= 257);
}
