//! A request as the gateway hands it to a function (HTTP API, payload format 2.0), and the function's answer as the gateway sends it
//! on. Nothing here runs: bytes in, bytes out.
//!
//! What the documentation leaves open is done as the real gateway was seen to do it: `rawPath` arrives decoded and ends at a decoded
//! question mark; `rawQueryString` stays as it was sent; a form's body is no text and travels in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, json};
use std::fmt;
use std::net::SocketAddr;

/// Header lines that concern one connection only, or that the gateway answers itself.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request as the gateway has read it.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// The path as it was sent.
    pub(crate) path: String,
    /// The query as it was sent, without its question mark.
    pub(crate) query: String,
    /// Lower-case names, in the order of arrival.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The other end of the connection.
    pub(crate) source: SocketAddr,
    /// Where the gateway listens.
    pub(crate) port: u16,
}

impl Incoming {
    /// The path by which the gateway finds its route, and which the function sees.
    pub(crate) fn raw_path(&self) -> String {
        let decoded = percent_encoding::percent_decode_str(&self.path).decode_utf8_lossy().into_owned();
        decoded.split('?').next().unwrap_or_default().to_owned()
    }

    /// The event. `route_key` is the route's name; `parameters` are the parts of the path that it names; `id` is the request's.
    pub(crate) fn event(&self, route_key: &str, parameters: &[(&str, String)], id: &str) -> Value {
        let path = self.raw_path();
        let headers = self.forwarded();
        let header = |name: &str| headers.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (now, domain) = (jiff::Timestamp::now(), header("host"));
        let domain = domain.rsplit_once(':').map_or(domain.as_str(), |(name, _)| name);
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": path,
            "rawQueryString": self.query,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api-id",
                "domainName": domain,
                "domainPrefix": domain.split('.').next(),
                "http": {
                    "method": self.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.source.ip().to_string(),
                    "userAgent": header("user-agent"),
                },
                "requestId": id,
                "routeKey": route_key,
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": now.as_millisecond(),
            },
            "headers": headers,
            "isBase64Encoded": false,
        });
        let cookies = self.cookies();
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !self.query.is_empty() {
            event["queryStringParameters"] = joined(crate::http::decode(&self.query));
        }
        if !parameters.is_empty() {
            event["pathParameters"] =
                joined(parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        }
        if !self.body.is_empty() {
            let text = is_text(&header("content-type")).then(|| std::str::from_utf8(&self.body).ok()).flatten();
            event["isBase64Encoded"] = json!(text.is_none());
            event["body"] = json!(text.map_or_else(|| STANDARD.encode(&self.body), str::to_owned));
        }
        event
    }

    /// The headers: cookies split off, several lines of a name joined by comma, the gateway's own added.
    fn forwarded(&self) -> Value {
        let passed = self.headers.iter().filter(|(name, _)| {
            !HOP_BY_HOP.contains(&name.as_str())
                && !matches!(name.as_str(), "cookie" | "x-forwarded-proto" | "x-forwarded-port")
        });
        let own = [
            ("x-forwarded-for".to_owned(), self.source.ip().to_string()),
            ("x-forwarded-port".to_owned(), self.port.to_string()),
            // The real one is reached by https only; here the way in is http, and the function is told the truth.
            ("x-forwarded-proto".to_owned(), "http".to_owned()),
            ("x-amzn-trace-id".to_owned(), "Root=1-00000000-000000000000000000000000".to_owned()),
        ];
        joined(passed.cloned().chain(own))
    }

    fn cookies(&self) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(name, _)| name == "cookie");
        lines.flat_map(|(_, line)| line.split(';')).map(str::trim).filter(|cookie| !cookie.is_empty()).collect()
    }
}

/// One member a name; several values of a name are joined by comma.
fn joined(pairs: impl IntoIterator<Item = (String, String)>) -> Value {
    let mut members = Map::new();
    for (name, value) in pairs {
        match members.get_mut(&name) {
            Some(Value::String(before)) => *before = format!("{before},{value}"),
            _ => drop(members.insert(name, Value::String(value))),
        }
    }
    Value::Object(members)
}

/// Which bodies the gateway takes for text.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || matches!(kind.as_str(), "application/json" | "application/javascript" | "application/xml")
}

/// What a function answered.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Outgoing {
    pub(crate) status_code: u16,
    /// In the order in which the function wrote them.
    pub(crate) headers: Lines,
    pub(crate) cookies: Vec<String>,
    body: Option<String>,
    is_base64_encoded: bool,
}

impl Outgoing {
    /// From the bytes of an invocation. None for an answer that the gateway cannot send on: the client gets a 500.
    pub(crate) fn read(bytes: &[u8]) -> Option<Outgoing> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        if value.get("errorType").is_some() {
            return None;
        }
        if value.get("statusCode").is_some() {
            return serde_json::from_slice(bytes).ok();
        }
        // A function may answer with the body alone.
        let headers = Lines(vec![("content-type".to_owned(), "application/json".to_owned())]);
        let body = Some(String::from_utf8_lossy(bytes).into_owned());
        Some(Outgoing { status_code: 200, headers, body, ..Outgoing::default() })
    }

    /// The body's bytes; None when it claims to be base64 and is not.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded { STANDARD.decode(body).ok() } else { Some(body.as_bytes().to_vec()) }
    }
}

/// A JSON object of texts, in its order: a map would sort it, and tests compare whole answers.
#[derive(Debug, Default)]
pub(crate) struct Lines(pub(crate) Vec<(String, String)>);

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Lines, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Lines;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object whose members are texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lines, A::Error> {
                let mut lines = Vec::new();
                while let Some(line) = map.next_entry()? {
                    lines.push(line);
                }
                Ok(Lines(lines))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Incoming {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Incoming {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: "a=%20b&a=c".to_owned(),
            headers,
            body: body.to_vec(),
            source: "127.0.0.1:5000".parse().unwrap(),
            port: 8080,
        }
    }

    #[test]
    fn the_path_is_decoded_and_the_query_is_not() {
        let event = incoming("/a%20b/caf%C3%A9%3Fx=1", &[], b"").event("$default", &[], "id");
        assert_eq!((&event["rawPath"], &event["rawQueryString"]), (&json!("/a b/café"), &json!("a=%20b&a=c")));
        assert_eq!(event["queryStringParameters"], json!({"a": " b,c"}));
        assert_eq!(event["requestContext"]["http"]["path"], event["rawPath"]);
        assert!(event.get("body").is_none() && event.get("cookies").is_none());
    }

    #[test]
    fn headers_are_joined_cookies_split_off_and_the_gateway_has_the_last_word() {
        let sent = [
            ("host", "api.example:8080"),
            ("x-a", "1"),
            ("x-a", "2"),
            ("cookie", "a=1; b=2"),
            ("connection", "close"),
            ("x-forwarded-for", "192.0.2.7"),
            ("x-forwarded-proto", "https"),
        ];
        let event = incoming("/", &sent, b"").event("$default", &[], "id");
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        let headers = &event["headers"];
        assert_eq!((&headers["x-a"], &headers["x-forwarded-for"]), (&json!("1,2"), &json!("192.0.2.7,127.0.0.1")));
        assert_eq!((&headers["x-forwarded-proto"], &headers["x-forwarded-port"]), (&json!("http"), &json!("8080")));
        assert!(headers.get("cookie").is_none() && headers.get("connection").is_none());
        assert_eq!(event["requestContext"]["domainName"], "api.example");
    }

    #[test]
    fn what_is_no_text_travels_in_base64() {
        for (kind, body, encoded) in [
            ("text/plain; charset=utf-8", &b"hi"[..], false),
            ("application/json", b"{}", false),
            ("application/x-www-form-urlencoded", b"a=1", true),
            ("multipart/form-data; boundary=x", b"--x--", true),
            ("text/plain", b"\xff", true),
            ("", b"x", true),
        ] {
            let event = incoming("/", &[("content-type", kind)], body).event("$default", &[], "id");
            assert_eq!(event["isBase64Encoded"], encoded, "{kind}");
            let text = event["body"].as_str().unwrap();
            let sent = if encoded { STANDARD.decode(text).unwrap() } else { text.as_bytes().to_vec() };
            assert_eq!(sent, body, "{kind}");
        }
    }

    #[test]
    fn an_answer_keeps_its_order_and_its_cookies() {
        let bytes = br#"{"statusCode":201,"headers":{"z":"1","a":"2"},"cookies":["x=1","y=2"],"body":"aGk=","isBase64Encoded":true}"#;
        let answer = Outgoing::read(bytes).unwrap();
        assert_eq!(answer.headers.0, [("z".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())]);
        assert_eq!((answer.status_code, answer.cookies.len(), answer.bytes().unwrap()), (201, 2, b"hi".to_vec()));
    }

    #[test]
    fn an_error_is_no_answer_and_a_bare_body_is_one() {
        assert!(Outgoing::read(br#"{"errorType":"X","errorMessage":"y"}"#).is_none());
        assert!(Outgoing::read(b"Task timed out after 3.00 seconds").is_none());
        assert!(Outgoing::read(br#"{"statusCode":"x"}"#).is_none());
        let bare = Outgoing::read(br#"{"done":0}"#).unwrap();
        assert_eq!((bare.status_code, bare.bytes().unwrap()), (200, br#"{"done":0}"#.to_vec()));
    }
}
