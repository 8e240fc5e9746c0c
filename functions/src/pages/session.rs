//! The session that a request names, by its key or by the access token that stands for it: proof that an application's page has it.

use super::problem::Problem;
use reconnect_core::Services;
use reconnect_core::model::Application;
use reconnect_core::secrets::same;
use reconnect_core::session::Opened;
use reconnect_wire::Args;
use reconnect_wire::token::AccessToken;
use std::sync::Arc;

/// The application that the request names, and the session that it proves to have, if that is alive.
pub(super) async fn named(
    services: &Services,
    args: &Args,
) -> Result<(Option<Arc<Application>>, Option<Opened>), Problem> {
    let text = |name| args.text(name).ok().flatten();
    let token: Option<AccessToken> = text("access_token").and_then(|text| text.parse().ok());
    let names = ["api_key", "app_key", "app_id", "client_id"];
    let key = names.into_iter().find_map(text).map(str::to_owned);
    // The PHP class of 2011 names its application by the token only.
    let Some(key) = key.or_else(|| token.as_ref().map(|token| token.app_id().to_string())) else {
        return Ok((None, None));
    };
    let Some(app) = services.apps.find(&services.graph, &key).await? else { return Ok((None, None)) };
    let session_key = match &token {
        Some(AccessToken::User { app_id, session_key, mac }) => {
            let ours = same(mac, &services.secrets.access_token_mac(app.id, session_key)) && *app_id == app.id.0;
            ours.then_some(session_key.as_str())
        }
        Some(AccessToken::App { .. }) => None,
        None => text("session_key"),
    };
    let opened = match session_key {
        Some(session_key) if !app.disabled => services
            .graph
            .live_session(app.id, session_key)
            .await?
            .map(|(session, _)| Opened { session, key: session_key.to_owned() }),
        _ => None,
    };
    Ok((Some(app), opened))
}
