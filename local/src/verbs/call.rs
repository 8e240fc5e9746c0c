//! `call`: signs one call as an old client would, sends it to a server or performs it on the home itself, and prints the answer as it came.

use super::find;
use crate::cli::{CallFlags, CallFormat, Common, DEFAULT_SERVER};
use crate::fail::{Failure, Outcome, failed, usage};
use crate::home::Home;
use crate::output;
use crate::serve::authority_paths;
use reconnect_core::context::{Host, Request};
use reconnect_core::dispatch;
use reconnect_core::model::{Application, Session};
use reconnect_core::session::Plan;
use reconnect_wire::{Args, Call, Limits, sign};
use std::net::Ipv4Addr;
use std::time::Duration;

/// How long a server may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// So long after a commit every other process on the file sees it.
const SEEN_AFTER: Duration = Duration::from_millis(110);

/// Makes the call.
pub(super) async fn run(common: &Common, flags: CallFlags) -> Outcome {
    let mut args = arguments(&flags)?;
    // In process only where the home is named and no server is.
    let server = match (&flags.server, common.names_home()) {
        (Some(server), _) => Some(server.clone()),
        (None, false) => Some(DEFAULT_SERVER.to_owned()),
        (None, true) => None,
    };
    let (body, opened) = match (&flags.app, &flags.secret, &flags.viewer) {
        (Some(key), Some(secret), None) if server.is_some() => {
            args.set(b"api_key", key.as_bytes());
            (signed(&args, secret), None)
        }
        _ => {
            let home = Home::open(common).await?;
            let (body, session) = prepare(&home, &flags, args).await?;
            (body, Some((home, session)))
        }
    };
    let answer = match (&server, &opened) {
        (Some(server), opened) => {
            if matches!(opened, Some((_, Some(_)))) {
                tokio::time::sleep(SEEN_AFTER).await;
            }
            send(common, server, body).await
        }
        (None, Some((home, _))) => Ok(perform(home, body).await?),
        (None, None) => Err(usage("name a server with --server, or the home with --db or --table")),
    };
    if let Some((home, session)) = opened {
        // The session was for this call alone.
        if let Some(session) = session {
            home.services.graph.end_session(&session).await?;
        }
        home.close();
    }
    let answer = answer?;
    output::write(&if answer.ends_with('\n') { answer.clone() } else { format!("{answer}\n") })?;
    if is_error(&answer) { Err(Failure::Said) } else { Ok(()) }
}

fn arguments(flags: &CallFlags) -> Outcome<Args> {
    let mut args = Args::new();
    args.set(b"method", flags.method.as_bytes());
    args.set(b"v", b"1.0");
    args.set(b"format", if flags.format == CallFormat::Xml { b"xml" } else { b"json" });
    for text in &flags.arguments {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(usage(format!("{text}: write an argument as NAME=VALUE")));
        };
        args.set(name.as_bytes(), value.as_bytes());
    }
    Ok(args)
}

/// Completes and signs the arguments from what the file knows: the application, and a session of the person if one is named.
async fn prepare(home: &Home, flags: &CallFlags, mut args: Args) -> Outcome<(String, Option<Session>)> {
    if args.get("access_token").is_some() {
        return Ok((form(&args), None));
    }
    let graph = &home.services.graph;
    let mut app = match &flags.app {
        Some(named) => find::application(graph, named).await?,
        None => graph.applications().await?.into_iter().next().ok_or_else(|| {
            failed("there is no application to call for: make one with `reconnect app create --name NAME`")
        })?,
    };
    if let Some(secret) = &flags.secret {
        app.secret.clone_from(secret);
    }
    args.set(b"api_key", app.api_key.as_bytes());
    let Some(named) = &flags.viewer else { return Ok((signed(&args, &app.secret), None)) };
    let (session, key, secret) = open_session(home, &app, named).await?;
    args.set(b"session_key", key.as_bytes());
    if args.get("call_id").is_none() {
        args.set(b"call_id", graph.now().0.to_string().as_bytes());
    }
    Ok((signed(&args, &secret), Some(session)))
}

/// A session for one call, with its key and the secret that signs for it.
async fn open_session(home: &Home, app: &Application, named: &str) -> Outcome<(Session, String, String)> {
    let graph = &home.services.graph;
    let person = find::person(graph, named).await?;
    let (Some(grant), Some(login)) = (graph.grant(person.id, app.id).await?, graph.login(person.id).await?) else {
        return Err(failed(format!(
            "{} has not authorised {}: `reconnect user grant {} {}` does it",
            person.name(),
            app.name,
            person.email,
            app.api_key
        )));
    };
    let plan = Plan {
        person: person.id,
        granted_epoch: grant.epoch,
        login_epoch: login.epoch,
        infinite: false,
        secret: false,
        browser: None,
    };
    let opened = graph.open_session(app, &plan).await?;
    let secret = if app.desktop {
        home.services.secrets.session_secret(opened.session.id, opened.session.infinite())
    } else {
        app.secret.clone()
    };
    Ok((opened.session, opened.key, secret))
}

fn signed(args: &Args, secret: &str) -> String {
    let mut args = args.clone();
    let sig = sign::signature(args.iter(), secret.as_bytes());
    args.set(b"sig", &sig);
    form(&args)
}

fn form(args: &Args) -> String {
    let escape = |bytes| form_urlencoded::byte_serialize(bytes).collect::<String>();
    args.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

/// The client for `call` and `check`: one short request, to the address that the owner names.
pub(super) fn client(common: &Common, within: Duration) -> Outcome<reqwest::Client> {
    // The choice of crypto library is the process's; whoever chooses first chooses the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder().timeout(within).redirect(reqwest::redirect::Policy::none()).no_proxy();
    // The authority that `serve --tls local` made on this file is trusted without being asked.
    let authority = std::fs::read(authority_paths(&common.db()).0).ok();
    if let Some(authority) = authority.and_then(|pem| reqwest::Certificate::from_pem(&pem).ok()) {
        client = client.tls_certs_merge([authority]);
    }
    client.build().map_err(|error| failed(format!("no request can be made: {}", reason(error))))
}

/// Why a request failed, without its address: that is in the sentence already.
pub(super) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

async fn send(common: &Common, server: &str, body: String) -> Outcome<String> {
    let url = format!("{}/restserver.php", server.trim_end_matches('/'));
    let request = client(common, TIMEOUT)?
        .post(&url)
        .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
        .body(body);
    let unreachable = |error| {
        failed(format!(
            "{url} does not answer: {}. Start the server with `reconnect`, or name another with --server",
            reason(error)
        ))
    };
    let answer = request.send().await.map_err(unreachable)?;
    let status = answer.status();
    let text = answer.text().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(text);
    }
    Err(failed(format!("{url} answered {}, which no API does: is this the right server?", status.as_u16())))
}

/// The same road as a server's, without one.
async fn perform(home: &Home, body: String) -> Outcome<String> {
    let request =
        reconnect_wire::Request { path_method: None, query: None, content_type: None, body: bytes::Bytes::from(body) };
    let call = match Call::read(request, &Limits::default()) {
        Ok(call) => call,
        Err(refused) => return Err(failed(format!("the call cannot be read: {refused:?}"))),
    };
    let here =
        Request { address: Some(Ipv4Addr::LOCALHOST.into()), https: true, host: Host::Api, ..Request::default() };
    let performed = dispatch::perform(&home.services, here, &call).await;
    Ok(String::from_utf8_lossy(&performed.document.body).into_owned())
}

/// An API error is told by its document, never by a status.
fn is_error(answer: &str) -> bool {
    let text = answer.trim_start();
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => value.get("error_code").is_some(),
        Err(_) => text.contains("<error_response"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_by_its_document() {
        assert!(is_error(r#"{"error_code":102,"error_msg":"x"}"#));
        assert!(is_error("<?xml version=\"1.0\"?>\n<error_response xmlns=\"x\">"));
        assert!(!is_error("1001") && !is_error("\"abc\"") && !is_error("<auth_createToken_response>"));
    }

    #[test]
    fn what_is_sent_is_what_was_signed() {
        let mut args = Args::new();
        args.set(b"message", "é & = +".as_bytes());
        let body = signed(&args, "s");
        let call = Call::from_query(body.as_bytes(), reconnect_wire::Format::Json);
        assert!(sign::verify(&call.args, b"s"), "{body}");
    }
}
