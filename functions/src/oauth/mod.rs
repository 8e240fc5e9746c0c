//! The OAuth 2.0 endpoints that programs call: `oauth/access_token`, `oauth/exchange_sessions`.

use crate::site::Site;
use axum::Router;

/// Its addresses.
pub(crate) fn router() -> Router<Site> {
    Router::new()
}
