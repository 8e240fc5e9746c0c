//! `/apps/NAME/…`: applications inside the site, in a frame, with a signed visitor.

use crate::site::Site;
use axum::Router;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
}
