//! Pictures of people that need no camera: a face each, drawn from their id, always the same.
//!
//! | module | what it holds |
//! |---|---|
//! | `face`, `hair` | what can differ between two faces, and what it looks like |
//! | `ink` | pens and colors |
//! | `png` | the file: Flash and the browsers of the time know no vector pictures |
//!
//! Nothing is kept: a picture is drawn in about a millisecond, and browsers keep it.

mod face;
mod hair;
mod ink;
mod png;

use axum::response::{IntoResponse, Response};
use face::Face;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use reconnect_core::ids::hex;
use reconnect_core::secrets::random_hash;
use reconnect_store::Id;
use reconnect_wire::Args;

/// What a browser may keep a face for. It never changes; but the person may go.
const KEEP_FACE: &str = "public, max-age=86400";
/// And a silhouette, whose id somebody may get.
const KEEP_NOBODY: &str = "public, max-age=300";
/// What follows from whom a token stands for is nobody else's.
const KEEP_OWN: &str = "private, no-store";
/// The longest and the shortest side.
const MOST: u32 = 400;
const LEAST: u32 = 16;

/// How large a picture is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    width: u32,
    height: u32,
}

impl Size {
    /// As wide as high.
    pub(crate) const fn square(side: u32) -> Size {
        Size { width: side, height: side }
    }

    /// What `type` asks for, or `width` and `height`. The names are those of the time; the pictures behind them were of any height, and are
    /// squares here.
    pub(crate) fn read(args: &Args) -> Size {
        let number = |name: &str| args.text(name).ok().flatten()?.parse::<u32>().ok().map(|n| n.clamp(LEAST, MOST));
        match (number("width"), number("height")) {
            (Some(width), Some(height)) => Size { width, height },
            (Some(side), None) | (None, Some(side)) => Size::square(side),
            (None, None) => match args.get("type").unwrap_or_default() {
                b"normal" => Size::square(100),
                b"large" => Size::square(200),
                // `square`, `small`, and whatever nobody knows
                _ => Size::square(50),
            },
        }
    }
}

/// A person's picture, as a file.
pub(crate) fn png(id: Id, size: Size) -> Vec<u8> {
    let Size { width, height } = size;
    png::file(width, height, &Face::of(id.0).draw(width, height))
}

/// A picture of nobody.
fn silhouette(size: Size) -> Vec<u8> {
    let Size { width, height } = size;
    png::file(width, height, &face::nobody(width, height))
}

/// Whose picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// That of somebody who exists.
    Theirs(Id),
    /// That of whoever asks.
    Own(Id),
    /// Of nobody: the old service answered with a silhouette too, not with an error, so that pages show no broken pictures.
    Nobodys,
}

/// The answer to a request for one. Any page may show it.
pub(crate) fn answer(whose: Whose, size: Size, headers: &HeaderMap) -> Response {
    let (who, keep) = match whose {
        Whose::Theirs(id) => (id, KEEP_FACE),
        Whose::Own(id) => (id, KEEP_OWN),
        Whose::Nobodys => (Id(0), KEEP_NOBODY),
    };
    let file = if whose == Whose::Nobodys { silhouette(size) } else { png(who, size) };
    // Of what is in the file: drawings may change, and rounding differs from machine to machine.
    let tag = format!("\"{}\"", hex(&random_hash(&file)));
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut response = if known.flat_map(|tags| tags.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "image/png")], file).into_response()
    };
    const ALWAYS: [(HeaderName, &str); 4] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    let headers = response.headers_mut();
    headers.extend(ALWAYS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn size(query: &[(&str, &str)]) -> (u32, u32) {
        let Size { width, height } = Size::read(&query.iter().copied().collect());
        (width, height)
    }

    #[test]
    fn a_size_has_a_name_or_two_numbers_within_bounds() {
        assert_eq!(size(&[]), (50, 50));
        assert_eq!([size(&[("type", "small")]), size(&[("type", "normal")])], [(50, 50), (100, 100)]);
        assert_eq!(size(&[("type", "large"), ("width", "x")]), (200, 200));
        assert_eq!(size(&[("width", "64"), ("height", "96"), ("type", "large")]), (64, 96));
        assert_eq!(size(&[("height", "64")]), (64, 64));
        assert_eq!(size(&[("width", "0"), ("height", "4000000000")]), (16, 400));
    }

    #[test]
    fn a_face_is_the_same_each_time_and_nobody_elses() {
        let size = Size::square(50);
        assert_eq!(png(Id(1001), size), png(Id(1001), size));
        let faces: HashSet<Vec<u8>> = (1001..1101).map(|id| png(Id(id), size)).collect();
        assert_eq!(faces.len(), 100, "two of a hundred neighbours look alike");
        assert!(!faces.contains(&silhouette(size)));
    }

    #[test]
    fn a_browser_that_has_it_is_not_sent_it_again() {
        let size = Size::square(50);
        let first = answer(Whose::Theirs(Id(1001)), size, &HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let mut headers = HeaderMap::new();
        let tag = first.headers()["etag"].to_str().unwrap();
        headers.insert(header::IF_NONE_MATCH, format!("\"x\", W/{tag}").parse().unwrap());
        assert_eq!(answer(Whose::Theirs(Id(1001)), size, &headers).status(), StatusCode::NOT_MODIFIED);
        for (whose, size) in
            [(Whose::Theirs(Id(1002)), size), (Whose::Theirs(Id(1001)), Size::square(51)), (Whose::Nobodys, size)]
        {
            assert_eq!(answer(whose, size, &headers).status(), StatusCode::OK, "{whose:?} {size:?}");
        }
        assert_eq!(
            answer(Whose::Own(Id(1001)), size, &HeaderMap::new()).headers()["cache-control"],
            "private, no-store"
        );
    }
}
