//! The pages that people see.

use crate::site::Site;
/// Until the pages stand.
pub fn router() -> axum::Router<Site> {
    axum::Router::new()
}
