//! oauth/exchange_sessions: access tokens for the session keys of an application that moves to OAuth 2.0. In the order of the keys; `null`
//! stands in the place of a key that is none.

use super::{Ask, Failure, ask, plain, text};
use crate::handover::Handover;
use crate::site::Site;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use reconnect_core::session::Opened;
use serde::Serialize;

/// Keys in one request.
const MOST: usize = 100;

#[derive(Serialize)]
struct Exchanged {
    access_token: String,
    /// UNIX seconds; left out for a session without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
}

/// The answer.
pub(super) async fn exchange_sessions(State(site): State<Site>, request: Request) -> Response {
    let outcome = match ask(request, &site).await {
        Ok(ask) => answer(&ask).await,
        Err(failure) => Err(failure),
    };
    outcome.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(ask: &Ask) -> Result<Response, Failure> {
    let keys = text(&ask.args, "sessions")?.ok_or_else(|| Failure::of(100, "Missing sessions parameter."))?;
    let keys: Vec<&str> = keys.split(',').map(str::trim).collect();
    if keys.len() > MOST {
        return Err(Failure::of(100, format!("sessions has {} keys; at most {MOST} at once.", keys.len())));
    }
    let services = &ask.site.services;
    let mut exchanged: Vec<Option<Exchanged>> = Vec::with_capacity(keys.len());
    for key in keys {
        let live = services.graph.live_session(ask.app.id, key).await?;
        exchanged.push(live.map(|(session, _)| {
            let expires = (session.expires != 0).then_some(session.expires);
            // The token stands for the session that there is; both end together.
            let handover = Handover::of(services, &ask.app, Opened { session, key: key.to_owned() });
            Exchanged { access_token: handover.access_token(), expires }
        }));
    }
    let body = serde_json::to_string(&exchanged).map_err(|error| Failure::of(1, error.to_string()))?;
    Ok(plain(StatusCode::OK, "application/json; charset=utf-8", body))
}
