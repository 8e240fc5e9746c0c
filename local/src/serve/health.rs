//! `/livez`: the process answers. `/readyz`: its store can be read, so that it can do its work.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{StatusCode, header};
use reconnect_core::Services;
use std::sync::Arc;

/// The two addresses.
pub(super) fn router(services: &Arc<Services>) -> Router {
    let services = Arc::clone(services);
    let ready = move || {
        let services = Arc::clone(&services);
        async move {
            match services.graph.server_key().await {
                Ok(_) => answer(StatusCode::OK, "ok\n"),
                Err(error) => {
                    tracing::error!(target: "reconnect", %error, "not ready: the store cannot be read");
                    answer(StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read\n")
                }
            }
        }
    };
    Router::new().route("/livez", get(|| async { answer(StatusCode::OK, "ok\n") })).route("/readyz", get(ready))
}

fn answer(status: StatusCode, text: &'static str) -> impl IntoResponse {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text)
}
