//! oauth/access_token: a code, the application's own secret, or a token that is to live longer, for an access token. The answer is no JSON
//! but a query: so it was, and so clients read it.

use super::{Ask, Failure, ask, plain, text};
use crate::handover::Handover;
use crate::site::Site;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use http::StatusCode;
use reconnect_core::model::Application;
use reconnect_core::secrets::same;
use reconnect_core::session::Plan;
use reconnect_wire::token::AccessToken;

/// How long an exchanged token lives, in seconds: 60 days.
const LONG_LIFETIME: u32 = 60 * 86_400;

/// The answer.
pub(super) async fn access_token(State(site): State<Site>, request: Request) -> Response {
    match answer(request, &site).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn answer(request: Request, site: &Site) -> Result<Response, Failure> {
    let ask = ask(request, site).await?;
    // Before there was `grant_type`, the graph took `type=client_cred`.
    let kind = match (text(&ask.args, "grant_type")?, text(&ask.args, "type")?) {
        (Some(kind), _) => kind,
        (None, Some("client_cred")) => "client_credentials",
        (None, _) => "authorization_code",
    };
    match kind {
        "authorization_code" => by_code(&ask).await,
        "client_credentials" | "client_cred" => {
            let rest = ask.site.services.secrets.app_token(ask.app.id, &ask.app.secret);
            Ok(granted(&AccessToken::App { app_id: ask.app.id.0, rest }.to_string(), None))
        }
        "fb_exchange_token" => by_token(&ask).await,
        _ => Err(Failure::of(
            100,
            "Invalid grant_type: it is authorization_code, client_credentials or fb_exchange_token.",
        )),
    }
}

/// A code is good once, for the `redirect_uri` of the dialog that gave it; one from inside a `signed_request` for none.
async fn by_code(ask: &Ask) -> Result<Response, Failure> {
    let code = text(&ask.args, "code")?.ok_or_else(|| Failure::of(100, "Missing code parameter."))?;
    let redirect_uri = text(&ask.args, "redirect_uri")?.unwrap_or_default();
    let services = &ask.site.services;
    match services.redeem_code(&ask.app, code, redirect_uri).await? {
        Some(opened) => Ok(handed(&Handover::of(services, &ask.app, opened))),
        None => Err(Failure::of(
            100,
            "Invalid verification code format. (The code is unknown, used, or was made for another redirect_uri.)",
        )),
    }
}

/// A token that lives 60 days, for one that lives less.
async fn by_token(ask: &Ask) -> Result<Response, Failure> {
    let invalid = || Failure::of(190, "Error validating access token: it is invalid, has expired, or was withdrawn.");
    let sent = text(&ask.args, "fb_exchange_token")?;
    let sent = sent.ok_or_else(|| Failure::of(100, "Missing fb_exchange_token parameter."))?;
    let services = &ask.site.services;
    let Ok(AccessToken::User { app_id, session_key, mac }) = sent.parse::<AccessToken>() else { return Err(invalid()) };
    let ours = same(&mac, &services.secrets.access_token_mac(ask.app.id, &session_key)) && app_id == ask.app.id.0;
    let found = if ours { services.graph.live_session(ask.app.id, &session_key).await? } else { None };
    let Some((session, _)) = found else { return Err(invalid()) };
    let Some(person) = session.person else { return Err(invalid()) };
    let plan = Plan {
        person,
        granted_epoch: session.granted_epoch,
        login_epoch: session.login_epoch,
        infinite: session.infinite(),
        secret: false,
        // It is to outlive the browser's login.
        browser: None,
    };
    let longer = Application { session_lifetime: LONG_LIFETIME.max(ask.app.session_lifetime), ..(*ask.app).clone() };
    Ok(handed(&Handover::open(services, &longer, &plan).await?))
}

fn handed(handover: &Handover<'_>) -> Response {
    let left = handover.expires_in();
    granted(&handover.access_token(), (left != 0).then_some(left))
}

/// `expires` are the seconds that are left; left out when it never ends.
fn granted(token: &str, expires: Option<i64>) -> Response {
    let mut query = Serializer::new(String::new());
    query.append_pair("access_token", token);
    if let Some(expires) = expires {
        query.append_pair("expires", &expires.to_string());
    }
    plain(StatusCode::OK, "text/plain; charset=utf-8", query.finish())
}
