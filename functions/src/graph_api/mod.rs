//! The small part of the Graph form that pages with the JavaScript SDK used: `/me`, `/me/friends`, `/ID`, `/ID/picture`.

use crate::site::Site;
use axum::Router;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
}
