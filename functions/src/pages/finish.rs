//! How a flow ends: the authorisation is stored, a token bound or a session made, and the browser sent on.

use super::address::{self, Target, granted_of, redirect};
use super::asked::Asked;
use super::login::{Flow, is_bound};
use super::problem::Problem;
use super::request::{LoginRequest, Source};
use super::views;
use axum::response::{IntoResponse, Response};
use reconnect_core::address::cookie_domain;
use reconnect_core::browser::LoggedIn;
use reconnect_core::callbacks;
use reconnect_core::model::{Application, Grant};
use reconnect_core::permission::Permissions;
use reconnect_core::session::{Opened, Plan};
use reconnect_wire::cookies::SessionObject;
use reconnect_wire::token::AccessToken;
use std::time::Duration;

/// How long the application may take to hear that a person authorised it.
const CALLBACK: Duration = Duration::from_secs(2);

/// All steps are behind the person.
pub(super) async fn finish(asked: &Asked, flow: &Flow) -> Result<Response, Problem> {
    let (Some(app), Some(login)) = (&flow.app, &asked.visitor.login) else { return Ok(own_page(flow)) };
    match flow.request.source {
        Source::Home | Source::EditApps => return Ok(own_page(flow)),
        _ if flow.request.skip_api_login => return go(asked, flow, app, None, &[]),
        _ => {}
    }
    let (grant, fresh) = authorize(asked, flow, app, login).await?;
    let plan = plan(flow, login, &grant);
    if let Some(token) = &flow.token
        && !asked.site.services.graph.bind_token(app, token, &plan).await?
    {
        return Err(Problem::TokenSpent(app.name.clone()));
    }
    if fresh {
        tell(asked, app, &plan).await;
    }
    if flow.request.source == Source::CodeGen {
        return Ok(redirect(&code_gen_address(&flow.request)));
    }
    let args = appended(asked, flow, app, &grant, &plan, fresh).await?;
    go(asked, flow, app, Some(&grant.permissions), &args)
}

/// Stores what the person decided, if there is something new in it.
async fn authorize(asked: &Asked, flow: &Flow, app: &Application, login: &LoggedIn) -> Result<(Grant, bool), Problem> {
    let wanted = if flow.carried.permitted { flow.request.permissions.clone() } else { Permissions::none() };
    match &flow.grant {
        Some(grant) if wanted.missing_from(&grant.permissions).is_empty() => Ok((grant.clone(), false)),
        // Nobody said yes: the steps never lead here without.
        None if !flow.carried.accepted => Err(Problem::StaleForm),
        _ => {
            let stored = asked.site.services.graph.authorize(login.person.id, app.id, &wanted).await?;
            Ok((stored.grant, stored.fresh))
        }
    }
}

fn plan(flow: &Flow, login: &LoggedIn, grant: &Grant) -> Plan {
    Plan {
        person: login.person.id,
        granted_epoch: grant.epoch,
        login_epoch: login.browser.login_epoch,
        infinite: flow.carried.keep || grant.permissions.allow("offline_access"),
        // Who gets the session through a browser has no application secret to sign with.
        secret: flow.request.return_session,
        browser: Some(login.browser.id),
    }
}

/// Tells the application in the background that a person authorised it. Whether it listens must not matter to the person.
async fn tell(asked: &Asked, app: &Application, plan: &Plan) {
    if app.post_authorize_url.is_none() {
        return;
    }
    let services = &asked.site.services;
    let call = async {
        let opened = services.graph.open_session(app, plan).await.ok();
        let session = opened.as_ref().map(|opened| (&opened.session, opened.key.as_str()));
        callbacks::authorized(&services.outbound, app, plan.person, services.graph.now(), session).await
    };
    match tokio::time::timeout(CALLBACK, call).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(target: "reconnect", app = app.id.0, %error, "the application could not be told that a person authorised it");
        }
        Err(_) => {
            tracing::warn!(target: "reconnect", app = app.id.0, "the application took too long to hear that a person authorised it");
        }
    }
}

/// What the address at the end gets, by the kind of the application.
async fn appended(
    asked: &Asked,
    flow: &Flow,
    app: &Application,
    grant: &Grant,
    plan: &Plan,
    fresh: bool,
) -> Result<Vec<(&'static str, String)>, Problem> {
    let request = &flow.request;
    let Some(Target::Address(address)) = &flow.target else { return Ok(Vec::new()) };
    if flow.token.is_some() {
        return Ok(Vec::new()); // the program has its token already
    }
    if request.return_session {
        let opened = asked.site.services.graph.open_session(app, plan).await?;
        let mut args = vec![("session", session_json(asked, request, app, address, &opened)?)];
        if !request.permissions.is_empty() {
            // A webOS client cuts at the last `&permissions=`: it comes last.
            let granted = granted_of(&request.permissions, Some(&grant.permissions));
            args.push(("permissions", serde_json::json!(granted).to_string()));
        }
        return Ok(args);
    }
    if request.source == Source::Permissions {
        return Ok(Vec::new());
    }
    // First: the iPhone client reads up to the first `&` only.
    let mut args = vec![("auth_token", asked.site.services.graph.create_bound_token(app, plan).await?)];
    if fresh && !request.fbconnect {
        args.push(("installed", "1".to_owned()));
    }
    Ok(args)
}

fn session_json(
    asked: &Asked,
    request: &LoginRequest,
    app: &Application,
    address: &str,
    opened: &Opened,
) -> Result<String, Problem> {
    let secrets = &asked.site.services.secrets;
    let session = &opened.session;
    let access_token = request.with_access_token.then(|| {
        let mac = secrets.access_token_mac(app.id, &opened.key);
        AccessToken::User { app_id: app.id.0, session_key: opened.key.clone(), mac }.to_string()
    });
    let object = SessionObject {
        access_token,
        base_domain: cookie_domain(app, address),
        expires: session.expires.unsigned_abs(),
        secret: session.secret.then(|| secrets.session_secret(session.id, session.infinite())),
        session_key: opened.key.clone(),
        uid: session.person.map_or(0, |person| person.0),
    };
    object.to_json(app.secret.as_bytes()).map_err(|_| Problem::Unavailable)
}

/// Sends the browser to the address at the end, or shows the page that stands in its place.
fn go(
    asked: &Asked,
    flow: &Flow,
    app: &Application,
    granted: Option<&Permissions>,
    args: &[(&str, String)],
) -> Result<Response, Problem> {
    match &flow.target {
        Some(Target::Address(address)) => {
            let origins = address::origins(&asked.site, &asked.visitor.visit);
            let granted = granted_of(&flow.request.permissions, granted);
            let text = address::finished(app, &origins, address, &granted, args);
            text.map(|text| redirect(&text)).map_err(|refused| flow.refused(refused))
        }
        _ => Ok(views::return_to_program(asked, app).into_response()),
    }
}

/// The person declined. Nothing is stored, nothing is handed over.
pub(super) fn cancel(asked: &Asked, flow: &Flow) -> Result<Response, Problem> {
    let Some(app) = &flow.app else { return Ok(own_page(flow)) };
    let origins = address::origins(&asked.site, &asked.visitor.visit);
    match address::cancelled(app, &flow.request, &origins) {
        Some(Ok(Target::Address(address))) => {
            let granted = granted_of(&flow.request.permissions, flow.grant.as_ref().map(|grant| &grant.permissions));
            let text = address::finished(app, &origins, &address, &granted, &[]);
            text.map(|text| redirect(&text)).map_err(|refused| flow.refused(refused))
        }
        Some(Err(refused)) => Err(flow.refused(refused)),
        // Canvas style goes home; what came in a window of its own, or from a program, has nowhere to go.
        _ if views::has_navigation(flow) && !flow.request.fbconnect && flow.token.is_none() && !app.desktop => {
            Ok(redirect("/home.php"))
        }
        _ => Ok(views::closed(asked).into_response()),
    }
}

/// No page may be shown, and one would be needed: the answer is that there is no session.
pub(super) fn without_interface(asked: &Asked, flow: &Flow) -> Result<Response, Problem> {
    match &flow.app {
        Some(app) if flow.request.cancel.is_none() && flow.target != Some(Target::Closed) => {
            go(asked, flow, app, flow.grant.as_ref().map(|grant| &grant.permissions), &[])
        }
        _ => cancel(asked, flow),
    }
}

/// The answer for a program's token that is bound: its person may look again, for others it is used up.
pub(super) fn bound_already(asked: &Asked, flow: &Flow) -> Result<Option<Response>, Problem> {
    let (Some(token), Some(app)) = (flow.token.as_ref().filter(|token| is_bound(token)), &flow.app) else {
        return Ok(None);
    };
    if token.person.is_none() || token.person != asked.visitor.person_id() {
        return Err(Problem::TokenSpent(app.name.clone()));
    }
    go(asked, flow, app, flow.grant.as_ref().map(|grant| &grant.permissions), &[]).map(Some)
}

/// Where somebody goes who came for the site and not for an application.
fn own_page(flow: &Flow) -> Response {
    redirect(if flow.request.source == Source::EditApps { "/editapps.php" } else { "/home.php" })
}

/// The page that code_gen.php sent the person here from.
fn code_gen_address(request: &LoginRequest) -> String {
    let key = request.api_key.clone().unwrap_or_default();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("api_key", &key)
        .append_pair("v", "1.0")
        .finish();
    format!("/code_gen.php?{query}")
}
