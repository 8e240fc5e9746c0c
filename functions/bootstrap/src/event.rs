//! The gateway's events (HTTP API, payload 2.0) to HTTP requests, and answers back.
//!
//! Who asks is told by the event's request context, never by a header that a client could send. The gateway itself appends its peer
//! to `X-Forwarded-For`; that entry is taken off again, so that forwarded headers mean here what they mean at the dev server's socket.
//!
//! A front of the owner's own (for clients that know no TLS 1.2) stands between client and gateway. It proves itself by a secret in
//! the header `x-reconnect-front`; then the client is the one that *it* saw, and http or https is what *it* was spoken to.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt;
use lambda_http::Body as Payload;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest as Event, ApiGatewayV2httpResponse as Answer};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reconnect_functions::site::Peer;
use std::net::IpAddr;
use subtle::ConstantTimeEq;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FRONT: HeaderName = HeaderName::from_static("x-reconnect-front");
const FRONT_PROTO: HeaderName = HeaderName::from_static("cloudfront-forwarded-proto");

/// What cannot stand in a request's path as it is. The gateway hands the path over decoded; a `%` that is still there was meant.
const NOT_IN_PATHS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// The request that an event tells of. The error is for the client.
pub(crate) fn request(event: Event, front_secret: Option<&str>) -> Result<Request, &'static str> {
    let path = event.raw_path.as_deref().filter(|path| path.starts_with('/')).unwrap_or("/");
    let mut target = utf8_percent_encode(path, NOT_IN_PATHS).to_string();
    if let Some(query) = event.raw_query_string.as_deref().filter(|query| !query.is_empty()) {
        target.push('?');
        target.push_str(query);
    }
    let mut headers = event.headers;
    if let Some(cookies) = event.cookies {
        let cookies = HeaderValue::from_str(&cookies.join("; ")).map_err(|_| "The cookies cannot be read.\n")?;
        headers.insert(header::COOKIE, cookies);
    }
    let source = event.request_context.http.source_ip.as_deref().and_then(|address| address.parse().ok());
    let peer = peer(&mut headers, source, front_secret);
    let body =
        body(event.body, event.is_base64_encoded).ok_or("The body is not the base64 that it is said to be.\n")?;
    let mut request = Request::builder()
        .method(event.request_context.http.method)
        .uri(target)
        .body(body)
        .map_err(|_| "The address of the request cannot be read.\n")?;
    *request.headers_mut() = headers;
    request.extensions_mut().insert(peer);
    Ok(request)
}

fn body(text: Option<String>, base64: bool) -> Option<Body> {
    match text {
        None => Some(Body::empty()),
        Some(text) if base64 => BASE64.decode(text).ok().map(Body::from),
        Some(text) => Some(Body::from(text)),
    }
}

/// Who asks; takes from the headers what only the gateway and the front have to say to us.
fn peer(headers: &mut HeaderMap, source: Option<IpAddr>, front_secret: Option<&str>) -> Peer {
    let said = |headers: &HeaderMap, name: HeaderName| headers.get(name).is_some_and(|proto| proto == "https");
    let gateway = Peer { address: source, https: said(headers, FORWARDED_PROTO) };
    let through_front = is_front(headers.remove(FRONT), front_secret);
    let through_tls = said(headers, FRONT_PROTO);
    headers.remove(FRONT_PROTO);
    take_last_forwarded(headers, source);
    if !through_front {
        return gateway;
    }
    let peer = Peer { address: last_forwarded(headers), https: through_tls };
    take_last_forwarded(headers, peer.address);
    headers.remove(FORWARDED_PROTO);
    peer
}

fn is_front(shown: Option<HeaderValue>, secret: Option<&str>) -> bool {
    match (shown, secret) {
        (Some(shown), Some(secret)) => shown.as_bytes().ct_eq(secret.as_bytes()).into(),
        _ => false,
    }
}

fn last_forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get(FORWARDED_FOR)?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// Takes the last entry off, if it names this address.
fn take_last_forwarded(headers: &mut HeaderMap, address: Option<IpAddr>) {
    if address.is_none() || last_forwarded(headers) != address {
        return;
    }
    let rest = headers
        .get(FORWARDED_FOR)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.rsplit_once(','))
        .and_then(|(rest, _)| HeaderValue::from_str(rest.trim()).ok());
    match rest {
        Some(rest) => headers.insert(FORWARDED_FOR, rest),
        None => headers.remove(FORWARDED_FOR),
    };
}

/// The answer as the gateway takes it: cookies apart, text as it is, everything else as base64.
pub(crate) async fn answer(response: Response) -> Result<Answer, lambda_http::Error> {
    let (head, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    let mut answer = Answer::default();
    answer.status_code = i64::from(head.status.as_u16());
    answer.headers = head.headers;
    if let header::Entry::Occupied(cookies) = answer.headers.entry(header::SET_COOKIE) {
        let (_, cookies) = cookies.remove_entry_mult();
        answer.cookies = cookies.filter_map(|cookie| cookie.to_str().map(str::to_owned).ok()).collect();
    }
    answer.body = Some(match String::from_utf8(bytes.into()) {
        Ok(text) => Payload::Text(text),
        Err(binary) => Payload::Binary(binary.into_bytes()),
    });
    answer.is_base64_encoded = matches!(answer.body, Some(Payload::Binary(_)));
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn event(parts: Value) -> Event {
        let mut whole = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/login.php", "rawQueryString": "", "headers": {},
            "requestContext": { "http": { "method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "-" } },
            "isBase64Encoded": false,
        });
        for (name, value) in parts.as_object().unwrap() {
            whole[name] = value.clone();
        }
        serde_json::from_value(whole).unwrap()
    }

    fn peer_of(headers: Value, secret: Option<&str>) -> (Option<String>, bool, Option<String>) {
        let request = request(event(json!({ "headers": headers })), secret).unwrap();
        let peer = request.extensions().get::<Peer>().unwrap();
        assert!(!request.headers().contains_key(FRONT), "the secret goes no further");
        let forwarded = request.headers().get(FORWARDED_FOR).map(|value| value.to_str().unwrap().to_owned());
        (peer.address.map(|a| a.to_string()), peer.https, forwarded)
    }

    #[tokio::test]
    async fn a_request_arrives_as_it_was_sent() {
        let told = event(json!({
            "rawPath": "/method/users.getInfo", "rawQueryString": "a=%C3%A9&b=1+2&a=",
            "headers": { "content-type": "application/x-www-form-urlencoded", "user-agent": "Café/1.0" },
            "cookies": ["a=1", "b=\"2\""], "body": "x=\u{e9}",
        }));
        let request = request(told, None).unwrap();
        assert_eq!(request.uri(), "/method/users.getInfo?a=%C3%A9&b=1+2&a=");
        assert_eq!(request.headers()["cookie"], "a=1; b=\"2\"");
        assert_eq!(request.headers()["user-agent"].as_bytes(), "Café/1.0".as_bytes());
        assert_eq!(request.into_body().collect().await.unwrap().to_bytes(), "x=\u{e9}");
    }

    #[tokio::test]
    async fn bodies_that_are_no_text_come_as_base64() {
        let sent = request(event(json!({ "body": "/wD+", "isBase64Encoded": true })), None).unwrap();
        assert_eq!(sent.into_body().collect().await.unwrap().to_bytes(), &[0xff, 0, 0xfe][..]);
        assert!(request(event(json!({ "body": "?", "isBase64Encoded": true })), None).is_err());
    }

    #[test]
    fn an_address_that_no_browser_would_send_is_still_an_address() {
        let path = |raw: &str| request(event(json!({ "rawPath": raw })), None).map(|r| r.uri().path().to_owned());
        assert_eq!(path("/a b/\u{e9}?#").unwrap(), "/a%20b/%C3%A9%3F%23");
        assert_eq!(path("/a/../b//c").unwrap(), "/a/../b//c", "nothing is resolved on the way");
        assert_eq!(path("").unwrap(), "/");
        assert_eq!(path("http://evil.example/").unwrap(), "/");
        assert!(request(event(json!({ "rawQueryString": "a=\u{7f}" })), None).is_err());
    }

    #[test]
    fn the_peer_is_the_gateways_and_its_own_entry_is_taken_off() {
        let https = json!({ "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https" });
        assert_eq!(peer_of(https, None), (Some("192.0.2.1".to_owned()), true, None));
        let spoofed = json!({ "x-forwarded-for": "203.0.113.9, 192.0.2.1", "x-forwarded-proto": "http" });
        assert_eq!(peer_of(spoofed, None), (Some("192.0.2.1".to_owned()), false, Some("203.0.113.9".to_owned())));
        assert_eq!(peer_of(json!({}), None), (Some("192.0.2.1".to_owned()), false, None));
    }

    #[test]
    fn a_front_counts_only_with_its_secret() {
        let through = |shown: &str| {
            json!({
                "x-forwarded-for": "198.51.100.7, 203.0.113.9, 192.0.2.1", "x-forwarded-proto": "https",
                "x-reconnect-front": shown, "cloudfront-forwarded-proto": "http",
            })
        };
        let seen = (Some("203.0.113.9".to_owned()), false, Some("198.51.100.7".to_owned()));
        assert_eq!(peer_of(through("s3cret"), Some("s3cret")), seen);
        let gateway = (Some("192.0.2.1".to_owned()), true, Some("198.51.100.7, 203.0.113.9".to_owned()));
        assert_eq!(peer_of(through("guess"), Some("s3cret")), gateway);
        assert_eq!(peer_of(through(""), None), gateway);
    }

    #[tokio::test]
    async fn an_answer_goes_back_with_its_cookies_apart() {
        let response = Response::builder()
            .status(302)
            .header("location", "/x")
            .header("set-cookie", "a=1")
            .header("set-cookie", "b=2")
            .body(Body::from("gone"))
            .unwrap();
        let answer = answer(response).await.unwrap();
        assert_eq!((answer.status_code, answer.is_base64_encoded), (302, false));
        assert_eq!(answer.cookies, ["a=1", "b=2"]);
        assert!(answer.headers.contains_key("location") && !answer.headers.contains_key("set-cookie"));
        assert_eq!(answer.body, Some(Payload::Text("gone".to_owned())));
    }

    #[tokio::test]
    async fn an_answer_that_is_no_text_goes_back_as_base64() {
        let answer = answer(Response::new(Body::from(vec![0xff, 0]))).await.unwrap();
        let told = serde_json::to_value(&answer).unwrap();
        assert_eq!((&told["isBase64Encoded"], &told["body"]), (&json!(true), &json!("/wA=")));
    }
}
