//! The script as it is served: its names, its addresses, its size, its headers, and what it does not hold.

use super::*;
use crate::router;
use crate::tests::world::World;
use http::Request;
use http_body_util::BodyExt;
use std::io::Read;
use tower::ServiceExt;

/// What fits into the first packets of a connection, and what pages of the time waited for.
const LARGEST: usize = 20 << 10;

async fn site() -> Site {
    let services = World::new().await.services;
    Site { services, public_url: None, trusted_proxies: Arc::new([]), faces: None }
}

async fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let response = router::router(site.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    (head.status, head.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

async fn text(site: &Site, path: &str, host: &str) -> String {
    let (status, _, body) = get(site, path, &[("host", host)]).await;
    let text = String::from_utf8(body).unwrap();
    assert_eq!(status, StatusCode::OK, "{path} {host}: {text}");
    text
}

/// The addresses in front of a script.
fn config(script: &str) -> serde_json::Value {
    let line = script.lines().find_map(|line| line.strip_prefix("var CONFIG = ")).unwrap();
    serde_json::from_str(line.trim_end_matches(';')).unwrap()
}

#[tokio::test]
async fn all_three_names_serve_it_in_every_locale_and_in_nothing_else() {
    let site = site().await;
    let english = text(&site, "/en_US/all.js", "fb.example").await;
    assert_eq!(english, text(&site, "/en_US/sdk.js", "fb.example").await);
    assert_eq!(english, text(&site, "/connect/en_US/core.js", "fb.example").await);
    assert!(english.starts_with("(function () {\nvar CONFIG = {") && english.ends_with("\n})();\n"));
    assert_eq!(config(&text(&site, "/hi_IN/all.js", "fb.example").await)["locale"], "hi_IN");
    for path in
        ["/en-US/all.js", "/en/all.js", "/EN_us/all.js", "/en_USA/sdk.js", "/connect/x/core.js", "/%22%27/all.js"]
    {
        assert_eq!(get(&site, path, &[("host", "fb.example")]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn its_addresses_are_those_by_which_the_visitor_came() {
    let mut site = site().await;
    let here = config(&text(&site, "/en_US/all.js", "127.0.0.1:8080").await);
    assert_eq!(
        here,
        serde_json::json!({
            "locale": "en_US",
            "www": "http://127.0.0.1:8080",
            "api": "http://127.0.0.1:8080",
            "apiRead": "http://127.0.0.1:8080/api-read",
            "graph": "http://127.0.0.1:8080"
        })
    );
    // As browsers write an origin, which they do when they say who sent a message.
    assert_eq!(config(&text(&site, "/en_US/all.js", "FB.example:80").await)["www"], "http://fb.example");
    for host in HISTORIC_NAMES {
        let historic = config(&text(&site, "/en_US/all.js", &format!("{host}:8080")).await);
        let of = |name: &str| historic[name].as_str().unwrap().to_owned();
        assert_eq!(
            [of("www"), of("api"), of("apiRead"), of("graph")],
            ["www", "api", "api-read", "graph"].map(|part| format!("http://{part}.facebook.com:8080")),
            "{host}"
        );
    }
    let stranger = config(&text(&site, "/en_US/all.js", "connect.facebook.net.evil.example").await);
    assert_eq!(stranger["www"], "http://connect.facebook.net.evil.example");
    site.public_url = Some("https://fb.example".to_owned());
    assert_eq!(config(&text(&site, "/en_US/all.js", "inside:8080").await)["www"], "https://fb.example");
}

const HISTORIC_NAMES: [&str; 5] = [
    "connect.facebook.net",
    "static.ak.facebook.com",
    "s-static.ak.facebook.com",
    "static.ak.fbcdn.net",
    "s-static.ak.fbcdn.net",
];

#[tokio::test]
async fn a_host_that_is_none_becomes_no_script() {
    let site = site().await;
    for host in [
        "",
        "a\"b",
        "a'b",
        "a/b",
        "user@fb.example",
        "fb.example?x",
        "fb.example#x",
        "a b",
        "fb.example\\x",
        "</script>",
    ] {
        let (status, _, body) = get(&site, "/en_US/all.js", &[("host", host)]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{host}: {}", String::from_utf8_lossy(&body));
    }
}

#[tokio::test]
async fn it_fits_into_twenty_kilobytes_and_unpacks_to_the_same_text() {
    let site = site().await;
    let (_, headers, packed) =
        get(&site, "/en_US/all.js", &[("host", "fb.example"), ("accept-encoding", "br, gzip")]).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert!(packed.len() <= LARGEST, "{} bytes", packed.len());
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text(&site, "/en_US/all.js", "fb.example").await);
}

#[tokio::test]
async fn every_page_may_load_it_and_keep_it_for_twenty_minutes() {
    let site = site().await;
    let (status, headers, body) = get(&site, "/en_US/all.js", &[("host", "fb.example")]).await;
    for (name, value) in [
        ("content-type", "application/x-javascript; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cache-control", "public, max-age=1200"),
        ("vary", "Accept-Encoding"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(status == StatusCode::OK && !headers.contains_key(header::CONTENT_ENCODING) && !body.is_empty());
    let tag = headers[header::ETAG].to_str().unwrap();
    let strong = tag.trim_start_matches("W/");
    for none_match in [tag, strong, "*", &format!("\"other\", {tag}")] {
        let asked = [("host", "fb.example"), ("if-none-match", none_match), ("accept-encoding", "gzip")];
        let (status, headers, body) = get(&site, "/en_US/all.js", &asked).await;
        assert_eq!((status, headers[header::ETAG].to_str().unwrap()), (StatusCode::NOT_MODIFIED, tag), "{none_match}");
        assert!(body.is_empty() && headers[header::VARY] == "Accept-Encoding");
    }
    let asked = [("host", "other.example"), ("if-none-match", tag)];
    assert_eq!(get(&site, "/en_US/all.js", &asked).await.0, StatusCode::OK, "another name, another script");
}

#[test]
fn gzip_is_for_who_takes_it() {
    for yes in ["gzip", "GZIP", "deflate, gzip;q=0.5", "*", "br;q=1.0, *;q=0.1"] {
        assert!(takes_gzip(yes), "{yes}");
    }
    for no in ["", "br", "gzip;q=0", "gzip; q=0.0", "gzipped", "gzip;q=x"] {
        assert!(!takes_gzip(no), "{no}");
    }
}

#[tokio::test]
async fn made_up_locales_do_not_pile_up() {
    let site = site().await;
    for n in 0..=KEPT {
        let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
        let locale = format!("{}{}_XX", letter(n / 26), letter(n));
        assert_eq!(config(&text(&site, &format!("/{locale}/all.js"), "fb.example").await)["locale"], locale.as_str());
    }
}

#[tokio::test]
async fn it_holds_no_secret() {
    let world = World::new().await;
    let secrets = [world.web.secret.clone(), world.desktop.secret.clone(), world.web.api_key.clone()];
    let site = Site { services: world.services, public_url: None, trusted_proxies: Arc::new([]), faces: None };
    let script = text(&site, "/en_US/all.js", "fb.example").await;
    assert!(secrets.iter().all(|secret| !secret.is_empty() && !script.contains(secret)));
}

#[test]
fn every_file_says_what_lives_there_and_is_of_a_size_to_read() {
    for file in FILES {
        assert!(file.starts_with("/*\n * "), "{}", file.lines().next().unwrap_or_default());
        assert!(file.lines().count() <= 500 && file.lines().all(|line| line.chars().count() <= 140));
    }
    let there = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../sdk/src")).unwrap().count();
    assert_eq!(there, FILES.len(), "each file of the folder is served");
}
