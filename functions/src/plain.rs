//! Answers in a line of text: for programs and for people who look for something that is not here.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode, header};

/// A line of text.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, text.to_owned()).into_response()
}

/// Nothing of ours.
pub(crate) async fn not_found() -> Response {
    plain(
        StatusCode::NOT_FOUND,
        "Nothing lives here. Old clients want /restserver.php or /method/NAME; people want /login.php.\n",
    )
}

/// What any page may ask of the API and of the Graph form: the JavaScript SDK of 2012 falls back to a cross-origin request without
/// credentials.
pub(crate) fn preflight() -> Response {
    let headers: [(HeaderName, &str); 4] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
