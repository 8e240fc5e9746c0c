//! What an application is told in the background: that a person authorised it, that a person removed it.

use crate::model::{Application, Session};
use crate::outbound::{Outbound, OutboundError};
use reconnect_store::{Id, Time};
use reconnect_wire::{Args, fb_sig, signed_request};

/// Tells an application that a person authorised it: a POST of `fb_sig_authorize=1` to its post-authorize address. Nothing to do
/// when it has none. The session key is that of a session made for the purpose, if there is one.
pub async fn authorized(
    outbound: &Outbound,
    app: &Application,
    person: Id,
    now: Time,
    session: Option<(&Session, &str)>,
) -> Result<(), OutboundError> {
    let Some(address) = &app.post_authorize_url else { return Ok(()) };
    let mut fields = common(app, person, now);
    fields.set(b"authorize", b"1");
    fields.set(b"added", b"1");
    if let Some((session, key)) = session {
        fields.set(b"session_key", key.as_bytes());
        fields.set(b"expires", session.expires.to_string().as_bytes());
    }
    outbound.post_form(address, &fb_sig::sign(fb_sig::FB_SIG, &fields, app.secret.as_bytes())).await
}

/// Tells an application that a person removed it: `fb_sig_uninstall=1` to its post-remove address, a `signed_request` with the
/// person's id to its deauthorize address; to both when it has both. Never a session key.
pub async fn removed(outbound: &Outbound, app: &Application, person: Id, at: Time) -> Result<(), OutboundError> {
    let by_fb_sig = async {
        let Some(address) = &app.post_remove_url else { return Ok(()) };
        let mut fields = common(app, person, at);
        fields.set(b"uninstall", b"1");
        fields.set(b"added", b"0");
        outbound.post_form(address, &fb_sig::sign(fb_sig::FB_SIG, &fields, app.secret.as_bytes())).await
    };
    let by_signed_request = async {
        let Some(address) = &app.deauthorize_url else { return Ok(()) };
        let payload = serde_json::json!({
            "algorithm": signed_request::ALGORITHM,
            "issued_at": at.secs(),
            "user": { "country": "us", "locale": "en_US" },
            "user_id": person.to_string(),
        });
        let signed = signed_request::make(&payload, app.secret.as_bytes())
            .map_err(|error| OutboundError::Failed(format!("signing: {error}")))?;
        let mut fields = Args::new();
        fields.set(b"signed_request", signed.as_bytes());
        outbound.post_form(address, &fields).await
    };
    // At the same time: both together are waited for no longer than one.
    let (one, other) = tokio::join!(by_fb_sig, by_signed_request);
    one.and(other)
}

fn common(app: &Application, person: Id, at: Time) -> Args {
    let mut fields = Args::new();
    let time = format!("{}.{:04}", at.secs(), at.0.rem_euclid(1000) * 10);
    fields.set(b"time", time.as_bytes());
    fields.set(b"user", person.to_string().as_bytes());
    fields.set(b"api_key", app.api_key.as_bytes());
    fields.set(b"app_id", app.id.to_string().as_bytes());
    fields
}
