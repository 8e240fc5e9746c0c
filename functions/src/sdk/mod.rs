//! The JavaScript SDK, as it is served: `/LOCALE/all.js` and its other names.

use crate::site::Site;
use axum::Router;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
}
