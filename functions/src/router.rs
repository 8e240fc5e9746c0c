//! HTTP: requests in, answers out. The API's addresses, the pages, and what Flash and schema readers ask for.

use crate::plain::{not_found, plain, preflight};
use crate::site::{Peer, Site, Visit};
use crate::{canvas, files, graph_api, login_status, oauth, pages, reference, schema, sdk};
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Router, extract::Path};
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http::header;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use reconnect_core::context::{Host, SiteCookie};
use reconnect_core::dispatch::{self, Performed};
use reconnect_wire::{Call, Code, Document, Limits, Refused, TooLarge, render};
use std::panic::AssertUnwindSafe;

/// Everything that is served under this site.
pub fn router(site: Site) -> Router {
    api_routes().merge(web_routes()).fallback(not_found).with_state(site)
}

/// The API alone: a function of the cloud that answers calls and has no page.
pub fn api(site: Site) -> Router {
    api_routes().fallback(not_found).with_state(site)
}

/// The pages alone, with what Flash and schema readers ask for: the cloud's function that answers no call.
pub fn web(site: Site) -> Router {
    web_routes().fallback(not_found).with_state(site)
}

/// What answers while the server cannot do its work: error 2 to every call, one line to everybody else.
pub fn out_of_service(limits: Limits) -> Router {
    let unavailable = || async {
        plain(StatusCode::SERVICE_UNAVAILABLE, "The service is temporarily unavailable. The log says why.\n")
    };
    api_routes().fallback(unavailable).with_state(OutOfService(limits))
}

/// Who answers calls.
trait Desk: Clone + Send + Sync + 'static {
    /// How large a request may be.
    fn limits(&self) -> &Limits;

    /// The answer to a call that came to one of the historic hosts, if its path told which.
    fn perform(&self, head: &Parts, host: Option<Host>, call: &Call) -> impl Future<Output = Response> + Send;
}

/// The API answers on every host name, since clients were pointed at many: `api`, `api-read`, `api-video`, `api-photo`, `api.new`. The
/// read-only host is told by its name, or, where all live under one name, by a path prefix.
fn api_routes<D: Desk>() -> Router<D> {
    let mut router = Router::new();
    for (prefix, host) in [("", None), ("/api-read", Some(Host::Read)), ("/api-video", Some(Host::Video))] {
        let restserver = move |State(desk): State<D>, request: Request| answer(desk, None, host, request);
        let method = move |State(desk): State<D>, Path(name): Path<String>, request: Request| {
            answer(desk, Some(name), host, request)
        };
        router = router
            .route(&format!("{prefix}/restserver.php"), any(restserver))
            .route(&format!("{prefix}/method/{{name}}"), any(method));
    }
    router
}

/// What is served beside the API.
fn web_routes() -> Router<Site> {
    Router::new()
        .route("/crossdomain.xml", get(crossdomain))
        .route("/1.0/facebook.xsd", get(facebook_xsd))
        .merge(pages::router())
        .merge(reference::router())
        .merge(files::router())
        .merge(sdk::router())
        .merge(oauth::router())
        .merge(login_status::router())
        .merge(canvas::router())
        .merge(graph_api::router())
}

/// One call.
async fn answer(desk: impl Desk, path_method: Option<String>, host: Option<Host>, request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::POST => {}
        Method::OPTIONS => return preflight(),
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED, "The API takes GET and POST.\n"),
    }
    let (head, body) = request.into_parts();
    let limits = &limits_of(&desk, &head, host, path_method.as_deref());
    let body = match read_body(body, limits.body).await {
        Ok(body) => body,
        Err(unread) => return unread.into_response(),
    };
    let read = Call::read(
        reconnect_wire::Request {
            path_method: path_method.as_deref(),
            query: head.uri.query(),
            content_type: head.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes),
            body,
        },
        limits,
    );
    match read {
        Ok(call) => desk.perform(&head, host, &call).await,
        Err(Refused::Malformed { call, error }) => respond(only(render::error(&call, &error)), false),
        Err(Refused::TooLarge(what)) => {
            let (part, limit) = match what {
                TooLarge::Query => ("query", limits.query),
                TooLarge::Body => ("body", limits.body),
            };
            too_large(part, limit)
        }
    }
}

/// What holds for a request: whatever comes for a video may be as large as one.
fn limits_of(desk: &impl Desk, head: &Parts, host: Option<Host>, path_method: Option<&str>) -> Limits {
    let limits = desk.limits();
    let name = head.headers.get(header::HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    let named = name.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"api-video."));
    let video =
        host == Some(Host::Video) || named || path_method.is_some_and(|name| name.eq_ignore_ascii_case("video.upload"));
    let body = if video { limits.video.max(limits.body) } else { limits.body };
    Limits { body, ..limits.clone() }
}

impl Desk for Site {
    fn limits(&self) -> &Limits {
        &self.services.settings.limits
    }

    async fn perform(&self, head: &Parts, host: Option<Host>, call: &Call) -> Response {
        let visit = Visit::of(self, &head.headers, head.extensions.get::<Peer>().copied().unwrap_or_default());
        let mut request = visit.request();
        request.host = host.unwrap_or(request.host);
        request.site = self.base(&visit).into();
        // A defect in one method must not take the connection, and the calls queued on it, with it.
        let performed = match AssertUnwindSafe(dispatch::perform(&self.services, request, call)).catch_unwind().await {
            Ok(performed) => performed,
            Err(_) => only(render::error(call, &Code::Unknown.into())),
        };
        respond(performed, visit.https)
    }
}

/// Nobody does: the store could not be opened.
#[derive(Clone)]
struct OutOfService(Limits);

impl Desk for OutOfService {
    fn limits(&self) -> &Limits {
        &self.0
    }

    async fn perform(&self, _: &Parts, _: Option<Host>, call: &Call) -> Response {
        respond(only(render::error(call, &Code::Service.into())), false)
    }
}

fn only(document: Document) -> Performed {
    Performed { document, cookies: Vec::new() }
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug)]
enum Unread {
    TooLarge(usize),
    Cut,
}

impl IntoResponse for Unread {
    fn into_response(self) -> Response {
        match self {
            Unread::TooLarge(limit) => too_large("body", limit),
            Unread::Cut => plain(StatusCode::BAD_REQUEST, "The body ended early, or took too long.\n"),
        }
    }
}

/// The whole body. Nearly every one comes in one piece, which is then handed on as it is. How long it may take is for whoever accepted
/// the connection to say.
async fn read_body(mut body: Body, limit: usize) -> Result<Bytes, Unread> {
    let (mut first, mut more) = (Bytes::new(), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Cut)?.into_data() else { continue };
        if first.len() + more.len() + data.len() > limit {
            return Err(Unread::TooLarge(limit));
        }
        if first.is_empty() {
            first = data;
        } else {
            more.extend_from_slice(&data);
        }
        if body.is_end_stream() {
            break;
        }
    }
    if more.is_empty() { Ok(first) } else { Ok([first, more.freeze()].concat().into()) }
}

fn too_large(part: &str, limit: usize) -> Response {
    plain(StatusCode::PAYLOAD_TOO_LARGE, &format!("The {part} is larger than {limit} bytes. Send less at once.\n"))
}

/// Every answer of the API is status 200, errors too: the Java and Python clients look at no body of another.
fn respond(performed: Performed, https: bool) -> Response {
    let Performed { document, cookies } = performed;
    let mut response = Response::new(Body::from(document.body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-store, must-revalidate"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    for cookie in &cookies {
        if let Ok(value) = HeaderValue::from_str(&set_cookie(cookie, https)) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    response
}

/// Readable by scripts: the first JavaScript library reads the Connect cookies.
fn set_cookie(cookie: &SiteCookie, https: bool) -> String {
    let mut text = format!("{}={}; Domain={}; Path=/; SameSite=Lax", cookie.name, cookie.value, cookie.domain);
    if cookie.expires != 0
        && let Ok(at) = jiff::Timestamp::from_second(cookie.expires)
        && let Ok(at) = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at)
    {
        text.push_str("; Expires=");
        text.push_str(&at);
    }
    if https {
        text.push_str("; Secure");
    }
    text
}

/// Flash asks for this before it calls another host. Only the API lies open to it by this. The login's cookie is `SameSite`; the status
/// cookie, which is not, speaks to nobody but the browser's own word about a page's origin, which Flash cannot give.
async fn crossdomain() -> Response {
    const POLICY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cross-domain-policy>\n  \
        <site-control permitted-cross-domain-policies=\"master-only\"/>\n  \
        <allow-access-from domain=\"*\" secure=\"false\"/>\n  \
        <allow-http-request-headers-from domain=\"*\" headers=\"Content-Type\" secure=\"false\"/>\n\
        </cross-domain-policy>\n";
    ([(header::CONTENT_TYPE, "text/x-cross-domain-policy"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], POLICY)
        .into_response()
}

async fn facebook_xsd() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/xml; charset=utf-8"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, schema::xsd()).into_response()
}
