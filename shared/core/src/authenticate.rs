//! Who calls: application, session, signature, method, access, in the documented order. The first check that fails is the answer.
//!
//! Source of the order: the 2008 server. A bad key wins over everything; a bad session wins over a bad signature and over an
//! unknown method.

use crate::context::{Caller, Host, Request, Services, Signed};
use crate::error::{Error, Result};
use crate::method::{Handler, Rights, Session as Needs};
use crate::model::{Application, Grant, Session};
use crate::secrets::same;
use reconnect_store::Id;
use reconnect_wire::token::{AccessToken, SessionKey};
use reconnect_wire::{ApiError, Call, Code, sign};
use std::sync::Arc;

/// A desktop session's end moves with each call, but only when that gains more than this: so that a read is not a write.
const SLIDE_SECS: i64 = 300;

/// Checks a call up to the point where its method's own checks begin. `outer` is the caller of the batch that the call is an
/// entry of. `app` is told as soon as it is known, for the log of a call that fails later.
pub(crate) async fn authenticate(
    services: &Services,
    request: &Request,
    call: &Call,
    outer: Option<&Caller>,
    app: &mut Option<Id>,
) -> Result<(Caller, &'static Handler)> {
    let handler = call.method.as_ref().and_then(|name| services.registry.find(name.folded()));
    let caller = match call.args.present("access_token") {
        Some(token) => by_token(services, request, call, token, handler, app).await?,
        None => by_signature(services, request, call, handler, outer, app).await?,
    };
    let handler = handler.ok_or(Error::from(Code::Method))?;
    if outer.is_none() && !services.registry.opens_to(handler) {
        return Err(served_elsewhere(services, handler));
    }
    check_access(request, &caller, handler)?;
    check_on_behalf(&caller, call)?;
    let caller = check_call_id(services, caller, call).await?;
    Ok((slide(services, caller).await?, handler))
}

/// A function of the cloud has the rights of its own method and answers no other.
fn served_elsewhere(services: &Services, handler: &Handler) -> Error {
    let own = services.registry.restricted_to().map_or("-", |own| own.name);
    let name = handler.name;
    Code::Method.because(format!("this is the function of {own}; {name} is served at /method/{name}")).into()
}

async fn by_signature(
    services: &Services,
    request: &Request,
    call: &Call,
    handler: Option<&'static Handler>,
    outer: Option<&Caller>,
    known: &mut Option<Id>,
) -> Result<Caller> {
    let args = &call.args;
    // 1. the application; public data is told to whoever names none
    let key = args.present("api_key").or_else(|| args.present("app_id"));
    if key.is_none() && args.get("sig").is_none() && handler.is_some_and(|h| h.access.unsigned) {
        return Ok(Caller { app: Arc::default(), session: None, grant: None, signed: Signed::Nothing });
    }
    let app = find_app(services, key).await?;
    *known = Some(app.id);
    if outer.is_some_and(|outer| outer.app.id != app.id) {
        return Err(Code::ParamApiKey.because("an entry of a batch names the application of the batch").into());
    }
    // 2. where it calls from
    check_address(&app, request)?;
    // 3. a session secret without a session
    let session_key = call.session_key()?;
    let ss = is_true(args.present("ss"));
    if ss && session_key.is_none() {
        return Err(session_error(
            &app,
            Code::SessionRequiredForSecret,
            "ss says session secret, but there is no session_key",
        ));
    }
    // 4. a method at all
    if call.method.is_none() {
        return Err(Code::Method.because("the argument method is missing").into());
    }
    // 5. a session where the method needs one
    let needs_session = handler.is_some_and(|h| h.access.session == Needs::Required);
    let inherited = outer.filter(|outer| outer.session.is_some());
    if needs_session && session_key.is_none() && inherited.is_none() {
        return Err(session_error(&app, Code::SessionRequired, "this method needs a session_key"));
    }
    // 6. the session, also where it is not needed
    let found = match session_key {
        Some(key) => Some(find_session(services, &app, &key).await?),
        None => None,
    };
    // 7. the signature
    match found {
        Some((session, grant)) => {
            let signed = check_session_signature(services, &app, &session, call, ss, handler)?;
            Ok(Caller { app, session: Some(session), grant: Some(grant), signed })
        }
        None if args.get("sig").is_none() && handler.is_some_and(|h| h.access.unsigned) => {
            Ok(Caller { app, session: None, grant: None, signed: Signed::Nothing })
        }
        None => {
            check_signature(call, app.secret.as_bytes())?;
            // An entry of a batch without a session key is made for the session of the batch.
            let (session, grant) = match inherited {
                Some(outer) => (outer.session.clone(), outer.grant.clone()),
                None => (None, None),
            };
            Ok(Caller { app, session, grant, signed: Signed::AppSecret })
        }
    }
}

async fn find_app(services: &Services, key: Option<&[u8]>) -> Result<Arc<Application>> {
    let unknown = |why: &'static str| Error::from(Code::ParamApiKey.because(why));
    let Some(key) = key else { return Err(unknown("the argument api_key is missing")) };
    let Ok(key) = std::str::from_utf8(key) else { return Err(Code::ParamApiKey.into()) };
    match services.apps.find(&services.graph, key).await? {
        Some(app) if !app.disabled => Ok(app),
        Some(_) => Err(unknown("the application is disabled")),
        None => Err(unknown("this server has no application with this api_key")),
    }
}

fn check_address(app: &Application, request: &Request) -> Result<()> {
    if app.calls_from(request.address) {
        return Ok(());
    }
    let address = request.address.map(|a| a.to_canonical().to_string()).unwrap_or_default();
    Err(ApiError::bad_ip(address).into())
}

/// The session behind a key, or why there is none.
async fn find_session(services: &Services, app: &Application, key: &str) -> Result<(Session, Grant)> {
    if let Some(found) = services.graph.live_session(app.id, key).await? {
        return Ok(found);
    }
    let now = services.graph.now().secs();
    let timed_out = matches!(key.parse(), Ok(SessionKey::Expiring { expiry, .. }) if expiry <= now.unsigned_abs());
    Err(session_error(app, if timed_out { Code::SessionTimedOut } else { Code::SessionInvalid }, ""))
}

/// Which secret signs a call with a session: the application's; or the session's, when `ss` says so or the application is a
/// desktop program. auth.createToken and auth.getSession are signed with the application's by everybody.
fn check_session_signature(
    services: &Services,
    app: &Application,
    session: &Session,
    call: &Call,
    ss: bool,
    handler: Option<&Handler>,
) -> Result<Signed> {
    let takes_no_session = handler.is_some_and(|h| h.access.session == Needs::None);
    if !ss && (!app.desktop || takes_no_session) {
        check_signature(call, app.secret.as_bytes())?;
        return Ok(Signed::AppSecret);
    }
    if !session.secret && !app.desktop {
        return Err(session_error(app, Code::SessionCannotUseSessionSecret, "this session has no session secret"));
    }
    let secret = services.secrets.session_secret(session.id, session.infinite());
    check_signature(call, secret.as_bytes())?;
    Ok(Signed::SessionSecret)
}

fn check_signature(call: &Call, secret: &[u8]) -> Result<()> {
    if sign::verify(&call.args, secret) {
        return Ok(());
    }
    let why = match call.args.present("sig") {
        None => "the argument sig is missing",
        Some(sig) if sig.iter().any(u8::is_ascii_uppercase) => "sig has upper-case letters",
        Some(_) => return Err(Code::ParamSignature.into()),
    };
    Err(Code::ParamSignature.because(why).into())
}

/// Who calls with an OAuth 2.0 token where no method of the REST API is named: the Graph form. The checks are those of a call.
pub async fn token(services: &Services, request: &Request, token: &[u8]) -> Result<Caller> {
    let (app, token) = read_token(services, request, token, &mut None).await?;
    let caller = bearer(services, app, token, None).await?;
    slide(services, caller).await
}

/// An OAuth 2.0 token in the place of api_key, session_key and sig. Whatever is wrong with it is error 190.
async fn by_token(
    services: &Services,
    request: &Request,
    call: &Call,
    token: &[u8],
    handler: Option<&'static Handler>,
    known: &mut Option<Id>,
) -> Result<Caller> {
    let (app, token) = read_token(services, request, token, known).await?;
    if call.method.is_none() {
        return Err(Code::Method.because("the argument method is missing").into());
    }
    bearer(services, app, token, handler).await
}

fn invalid_token() -> Error {
    Code::ParamAccessToken.into()
}

/// What a token says, and the application that it names.
async fn read_token(
    services: &Services,
    request: &Request,
    token: &[u8],
    known: &mut Option<Id>,
) -> Result<(Arc<Application>, AccessToken)> {
    if !request.https && !services.settings.tokens_over_http {
        return Err(Code::Secure.because("an access_token is taken over https only").into());
    }
    let token =
        std::str::from_utf8(token).ok().and_then(|t| t.parse::<AccessToken>().ok()).ok_or_else(invalid_token)?;
    let app = match find_app(services, Some(token.app_id().to_string().as_bytes())).await {
        Err(Error::Api(_)) => return Err(invalid_token()),
        other => other?,
    };
    *known = Some(app.id);
    check_address(&app, request)?;
    Ok((app, token))
}

/// Whom a token stands for.
async fn bearer(
    services: &Services,
    app: Arc<Application>,
    token: AccessToken,
    handler: Option<&'static Handler>,
) -> Result<Caller> {
    match token {
        AccessToken::App { rest, .. } => {
            let derived = services.secrets.app_token(app.id, &app.secret);
            if !(same(rest.as_bytes(), app.secret.as_bytes()) | same(rest.as_bytes(), derived.as_bytes())) {
                return Err(invalid_token());
            }
            if handler.is_some_and(|h| h.access.session == Needs::Required) {
                return Err(session_error(&app, Code::SessionRequired, "an application's token has no user"));
            }
            Ok(Caller { app, session: None, grant: None, signed: Signed::AppSecret })
        }
        AccessToken::User { session_key, mac, .. } => {
            if !same(&mac, &services.secrets.access_token_mac(app.id, &session_key)) {
                return Err(invalid_token());
            }
            match find_session(services, &app, &session_key).await {
                Ok((session, grant)) => {
                    Ok(Caller { app, session: Some(session), grant: Some(grant), signed: Signed::UserToken })
                }
                Err(Error::Api(_)) => Err(invalid_token()),
                Err(other) => Err(other),
            }
        }
    }
}

fn check_access(request: &Request, caller: &Caller, handler: &Handler) -> Result<()> {
    let access = &handler.access;
    if !access.session_secret && matches!(caller.signed, Signed::SessionSecret | Signed::UserToken) {
        return Err(Code::SessionSecretNotAllowed.into());
    }
    if request.host == Host::Read && access.rights == Rights::Write && !access.on_read_host {
        return Err(Code::HostReadonly.into());
    }
    Ok(())
}

/// `call_as_apikey`: on behalf of another application, which would have had to grant that by the permissions API. Nobody can here, so
/// the call is refused and not answered for the wrong application.
fn check_on_behalf(caller: &Caller, call: &Call) -> Result<()> {
    match call.args.present("call_as_apikey") {
        Some(other) if other != caller.app.api_key.as_bytes() => {
            Err(Code::PermissionDenied.because("no application has granted others to call on its behalf").into())
        }
        _ => Ok(()),
    }
}

/// Only for applications that ask for it: the iPhone client sends whole seconds, and repeats itself within one.
async fn check_call_id(services: &Services, caller: Caller, call: &Call) -> Result<Caller> {
    let Some(session) = caller.session.as_ref().filter(|_| caller.app.strict_call_id) else { return Ok(caller) };
    let refused = |why: &'static str| Error::from(Code::ParamCallId.because(why));
    let sent = call.args.text("call_id").ok().flatten().ok_or_else(|| refused("the argument call_id is missing"))?;
    let number = CallId::parse(sent).ok_or_else(|| refused("it is not a decimal number"))?;
    if let Some(last) = session.last_call_id.as_deref().and_then(CallId::parse)
        && !number.may_follow(&last)
    {
        return Err(Code::ParamCallId.into());
    }
    let mut session = session.clone();
    session.last_call_id = Some(sent.to_owned());
    if !services.graph.replace_session(&session).await? {
        return Err(refused("another call of this session came first"));
    }
    session.version += 1;
    Ok(Caller { session: Some(session), ..caller })
}

/// Moves the end of a desktop session: a day from its last call.
async fn slide(services: &Services, caller: Caller) -> Result<Caller> {
    let Some(session) = caller.session.as_ref().filter(|s| caller.app.desktop && s.expires != 0) else {
        return Ok(caller);
    };
    let expires = services.graph.now().secs() + caller.app.lifetime();
    if expires - session.expires <= SLIDE_SECS {
        return Ok(caller);
    }
    let mut session = Session { expires, ..session.clone() };
    // Lost races are harmless: whoever won moved it too, or ended it, which the method's own writes will find.
    if services.graph.replace_session(&session).await? {
        session.version += 1;
        return Ok(Caller { session: Some(session), ..caller });
    }
    Ok(caller)
}

/// 102 for every kind of bad session, as clients of all ages expect; the finer codes where the application asks for them.
fn session_error(app: &Application, fine: Code, why: &'static str) -> Error {
    let code = if app.fine_session_errors { fine } else { Code::ParamSessionKey };
    if why.is_empty() { code.into() } else { code.because(why).into() }
}

/// `ss`: the 2008 code tested PHP truth; the word `false` counts as false here.
fn is_true(value: Option<&[u8]>) -> bool {
    value.is_some_and(|v| !v.is_empty() && v != b"0" && !v.eq_ignore_ascii_case(b"false"))
}

/// A call_id as a decimal number of any length: compared as a number, not as text and not as a float.
struct CallId<'a> {
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> CallId<'a> {
    fn parse(text: &'a str) -> Option<CallId<'a>> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        (!whole.is_empty() && text.len() <= 64 && digits(whole) && digits(fraction))
            .then(|| CallId { whole: whole.trim_start_matches('0'), fraction: fraction.trim_end_matches('0') })
    }

    /// Greater; or equal, when both are whole: two calls of the iPhone client in one second.
    fn may_follow(&self, last: &CallId<'_>) -> bool {
        let order = self.whole.len().cmp(&last.whole.len()).then_with(|| self.whole.cmp(last.whole));
        let order = order.then_with(|| self.fraction.cmp(last.fraction));
        order.is_gt() || order.is_eq() && self.fraction.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_ids_are_compared_as_decimal_numbers() {
        let follows = |a: &str, b: &str| CallId::parse(a).unwrap().may_follow(&CallId::parse(b).unwrap());
        assert!(follows("1262304001.25", "1262304001.2"));
        assert!(follows("10", "9.99"));
        assert!(!follows("9.99", "10"));
        assert!(follows("1262304001", "1262304001"), "whole seconds may repeat");
        assert!(!follows("1262304001.5", "1262304001.50"));
        assert!(follows("99999999999999999999999", "99999999999999999999998"));
        for bad in ["", ".", "-1", "1e9", "1.2.3", "+1", &"9".repeat(65)] {
            assert!(CallId::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn ss_is_php_truth_but_for_the_word_false() {
        for (value, truth) in [("1", true), ("true", true), ("yes", true), ("0", false), ("", false), ("False", false)]
        {
            assert_eq!(is_true(Some(value.as_bytes())), truth, "{value}");
        }
        assert!(!is_true(None));
    }
}
