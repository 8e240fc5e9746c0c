//! A request in the Graph form: which node, which edge, which arguments, who calls.

use super::refusal::Refusal;
use crate::site::{Peer, Site, Visit};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use reconnect_core::Caller;
use reconnect_core::authenticate;
use reconnect_store::Id;
use reconnect_wire::{Call, Format, Limits, Refused, Request as Wire};

/// Bytes that a body may have: nothing is uploaded here.
const MOST: usize = 64 << 10;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The id; none stands for whoever the token is.
    id: Option<u64>,
    /// What of it.
    pub(super) edge: Edge,
    /// The edge as it was asked for.
    pub(super) rest: String,
}

/// What can be asked of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// The node itself.
    Itself,
    /// Their friends.
    Friends,
    /// Their picture.
    Picture,
    /// What they allow the application.
    Permissions,
    /// Something that is not here.
    Unknown,
}

impl Place {
    /// The place of a path; none for what is no node at all. Names of people and pages are none: only ids are known here.
    pub(super) fn of(path: &str) -> Option<Place> {
        let path = path.strip_prefix('/')?;
        let (node, rest) = path.split_once('/').unwrap_or((path, ""));
        let id = match node {
            "me" => None,
            _ if node.is_empty() || !node.bytes().all(|b| b.is_ascii_digit()) => return None,
            // More digits than any id has: nobody's.
            _ => Some(node.parse().unwrap_or(u64::MAX)),
        };
        let rest = rest.trim_end_matches('/');
        let edge = match rest {
            "" => Edge::Itself,
            "friends" => Edge::Friends,
            "picture" => Edge::Picture,
            "permissions" => Edge::Permissions,
            _ => Edge::Unknown,
        };
        Some(Place { id, edge, rest: rest.to_owned() })
    }

    /// Whether it is about whoever asks.
    pub(super) fn is_me(&self) -> bool {
        self.id.is_none()
    }
}

/// A request.
pub(super) struct Ask {
    pub(super) site: Site,
    /// How it came.
    pub(super) visit: Visit,
    pub(super) place: Place,
    /// Its arguments, and the wrapper of the answer.
    pub(super) call: Call,
    pub(super) headers: HeaderMap,
    method: Method,
    /// What is wrong with the arguments themselves.
    malformed: Option<Refusal>,
}

impl Ask {
    /// Reads one.
    pub(super) async fn read(site: &Site, place: Place, request: Request) -> Result<Ask, Response> {
        let (parts, body) = request.into_parts();
        let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large.\n").into_response();
        let body = axum::body::to_bytes(body, MOST).await.map_err(|_| too_large())?;
        let wire = Wire {
            path_method: None,
            query: parts.uri.query(),
            content_type: parts.headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes()),
            body,
        };
        let (call, malformed) = match Call::read(wire, &Limits { body: MOST, ..site.services.settings.limits.clone() })
        {
            Ok(call) => (call, None),
            Err(Refused::Malformed { call, error }) => (*call, Some(Refusal::from(error))),
            Err(Refused::TooLarge(_)) => return Err(too_large()),
        };
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or_default();
        let visit = Visit::of(site, &parts.headers, peer);
        let call = Call { format: Format::Json, ..call };
        Ok(Ask { site: site.clone(), visit, place, call, headers: parts.headers, method: parts.method, malformed })
    }

    /// Only reading is served. The argument `method` wins: scripts can send no other request than GET, and long ones only by POST.
    pub(super) fn check_method(&self) -> Result<(), Refusal> {
        if let Some(refusal) = &self.malformed {
            return Err(refusal.clone());
        }
        let named =
            self.text("method").unwrap_or(if self.method == Method::HEAD { "GET" } else { self.method.as_str() });
        if named.eq_ignore_ascii_case("GET") { Ok(()) } else { Err(Refusal::unsupported(named)) }
    }

    /// Who calls; nobody in particular without a token.
    pub(super) async fn caller(&self) -> Result<Option<Caller>, Refusal> {
        let Some(token) = self.call.args.present("access_token") else { return Ok(None) };
        let services = &self.site.services;
        match authenticate::token(services, &self.visit.request(), token).await {
            Ok(caller) => Ok(Some(caller)),
            Err(error) => Err(Refusal::of_token(services, token, error).await),
        }
    }

    /// Whom it is about.
    pub(super) fn id(&self, caller: Option<&Caller>) -> Result<Id, Refusal> {
        match self.place.id {
            Some(id) => Ok(Id(id)),
            None => caller.and_then(Caller::viewer).ok_or_else(Refusal::nobody),
        }
    }

    /// An argument as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.call.args.text(name).ok().flatten()
    }

    /// An argument as a number.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// Where the Graph form lives, as the caller sees it.
    pub(super) fn base(&self) -> String {
        self.site.base(&self.visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_id_or_me_and_nothing_else() {
        let place = |path: &str| Place::of(path).map(|place| (place.id, place.edge));
        assert_eq!(place("/me"), Some((None, Edge::Itself)));
        assert_eq!(place("/1001/"), Some((Some(1001), Edge::Itself)));
        assert_eq!(place("/1001/friends"), Some((Some(1001), Edge::Friends)));
        assert_eq!(place("/me/picture/"), Some((None, Edge::Picture)));
        assert_eq!(place("/1001/friends/x"), Some((Some(1001), Edge::Unknown)));
        assert_eq!(place("/99999999999999999999999"), Some((Some(u64::MAX), Edge::Itself)));
        for none in ["/", "", "/favicon.ico", "/1001x", "/-1", "/+1", "/Me", "/en_US/all.js", "/\u{661}"] {
            assert_eq!(place(none), None, "{none}");
        }
    }
}
