//! What our own SDK asks: who is logged in here, as far as this application may know.

use crate::site::Site;
use axum::Router;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
}
