//! How a flow ends: the authorisation is stored, a token bound or a session made, and the browser sent on.

use super::address::{self, Target, granted_of, redirect};
use super::approve_photos;
use super::asked::Asked;
use super::login::{Flow, is_bound};
use super::problem::Problem;
use super::reply::{self, Arguments, Reply};
use super::request::{LoginRequest, Source};
use super::views;
use crate::handover;
use axum::response::{IntoResponse, Response};
use reconnect_core::address::{channel_origin, cookie_domain};
use reconnect_core::browser::LoggedIn;
use reconnect_core::callbacks;
use reconnect_core::model::{Application, Grant};
use reconnect_core::permission::Permissions;
use reconnect_core::session::Plan;
use std::time::Duration;

/// How long the application may take to hear that a person authorised it.
const CALLBACK: Duration = Duration::from_secs(2);

/// All steps are behind the person.
pub(super) async fn finish(asked: &Asked, flow: &Flow) -> Result<Response, Problem> {
    let (Some(app), Some(login)) = (&flow.app, &asked.visitor.login) else { return Ok(own_page(flow)) };
    match flow.request.source {
        Source::Home | Source::EditApps | Source::Photos => return Ok(own_page(flow)),
        _ if flow.request.skip_api_login => return go(asked, flow, app, None, &Arguments::new()),
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
    let mut args = appended(asked, flow, app, &grant, &plan, fresh).await?;
    // Who brought a session along has no more to show for it than that: it is not traded for what lives longer.
    let known_here = flow.request.own_sdk && !asked.brought_a_session();
    if let (true, Some(Target::Address(address))) = (known_here, &flow.target) {
        args.extend(reply::kept_token(asked, app, login, address).map(|token| ("status_token", token)));
    }
    go(asked, flow, app, Some(&grant), &args)
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
    let usual = handover::plan(login, grant);
    // Who gets an auth token or a code trades it with the application's secret, and needs none of the session's own.
    let secret = flow.request.return_session || flow.request.reply != Reply::Classic;
    Plan { infinite: flow.carried.keep || usual.infinite, secret, ..usual }
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
) -> Result<Arguments, Problem> {
    let request = &flow.request;
    let Some(Target::Address(address)) = &flow.target else { return Ok(Vec::new()) };
    if let Reply::OAuth(oauth) = &request.reply {
        let redirect_uri = request.next.as_deref().unwrap_or_default();
        return oauth.success(asked, app, plan, redirect_uri, address).await;
    }
    if flow.token.is_some() {
        return Ok(Vec::new()); // the program has its token already
    }
    if request.return_session || request.reply == Reply::Result {
        let handover = asked.handover(app, plan).await?;
        let page = channel_origin(address).unwrap_or_else(|| address.clone());
        let session = handover.session_json(request.with_access_token, cookie_domain(app, &page))?;
        let mut args = vec![("session", session)];
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

/// Sends the browser to the address at the end, or shows the page that stands in its place.
fn go(
    asked: &Asked,
    flow: &Flow,
    app: &Application,
    grant: Option<&Grant>,
    args: &Arguments,
) -> Result<Response, Problem> {
    match &flow.target {
        Some(Target::Address(address)) => lead(asked, flow, app, &written(flow, address, grant, args)),
        _ => Ok(views::return_to_program(asked, app).into_response()),
    }
}

/// The address with what it gets, in the way in which the application wants its answer.
fn written(flow: &Flow, address: &str, grant: Option<&Grant>, args: &Arguments) -> String {
    match (&flow.request.reply, grant, args.iter().find(|(name, _)| *name == "session")) {
        (Reply::OAuth(oauth), ..) => oauth.append(address, args),
        (Reply::Result, Some(grant), Some((_, session))) => {
            let rest: Arguments = args.iter().filter(|(name, _)| *name == "status_token").cloned().collect();
            address::filled(&reply::with_result(address, Some(&reply::result(session, grant))), &[], &rest)
        }
        (Reply::Result, ..) => reply::with_result(address, None),
        (Reply::Classic, ..) => {
            let granted = granted_of(&flow.request.permissions, grant.map(|grant| &grant.permissions));
            address::filled(address, &granted, args)
        }
    }
}

fn lead(asked: &Asked, flow: &Flow, app: &Application, text: &str) -> Result<Response, Problem> {
    let origins = address::origins(&asked.site, &asked.visitor.visit);
    let judged = address::judged(app, &origins, text.to_owned());
    judged.map(|text| redirect(&text)).map_err(|refused| flow.refused(refused))
}

/// The person declined. Nothing is stored, nothing is handed over.
pub(super) fn cancel(asked: &Asked, flow: &Flow) -> Result<Response, Problem> {
    let Some(app) = &flow.app else { return Ok(own_page(flow)) };
    if let Reply::OAuth(oauth) = &flow.request.reply {
        let mut args = oauth.declined();
        args.extend(status_of_the_declined(asked, flow).map(|status| ("status", status.to_owned())));
        return go(asked, flow, app, None, &args);
    }
    let origins = address::origins(&asked.site, &asked.visitor.visit);
    match address::cancelled(app, &flow.request, &origins) {
        Some(Ok(Target::Address(address))) => {
            let text = written(flow, &address, flow.grant.as_ref(), &Arguments::new());
            lead(asked, flow, app, &text)
        }
        Some(Err(refused)) => Err(flow.refused(refused)),
        _ if flow.request.reply == Reply::Result => go(asked, flow, app, None, &Arguments::new()),
        // Canvas style goes home; what came in a window of its own, or from a program, has nowhere to go.
        _ if views::has_navigation(flow) && !flow.request.fbconnect && flow.token.is_none() && !app.desktop => {
            Ok(redirect("/home.php"))
        }
        _ => Ok(views::closed(asked).into_response()),
    }
}

/// What our own SDK is told of a person who declined: whether they were logged in when they did. Nothing of one who is connected already,
/// and declined more.
fn status_of_the_declined(asked: &Asked, flow: &Flow) -> Option<&'static str> {
    match (flow.request.own_sdk, asked.visitor.login.is_some(), &flow.grant) {
        (false, ..) | (true, true, Some(_)) => None,
        (true, true, None) => Some("not_authorized"),
        (true, false, _) => Some("unknown"),
    }
}

/// No page may be shown, and one would be needed: the answer is that there is no session.
pub(super) fn without_interface(asked: &Asked, flow: &Flow) -> Result<Response, Problem> {
    match (&flow.app, &flow.request.reply) {
        (Some(app), Reply::OAuth(oauth)) => {
            let args = oauth.silent(asked.visitor.login.is_some());
            go(asked, flow, app, None, &args)
        }
        (Some(app), _) if flow.request.cancel.is_none() && flow.target != Some(Target::Closed) => {
            go(asked, flow, app, flow.grant.as_ref(), &Arguments::new())
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
    go(asked, flow, app, flow.grant.as_ref(), &Arguments::new()).map(Some)
}

/// Where somebody goes who came for the site and not for an application.
fn own_page(flow: &Flow) -> Response {
    redirect(match flow.request.source {
        Source::EditApps => "/editapps.php",
        Source::Photos => approve_photos::PATH,
        _ => "/home.php",
    })
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
