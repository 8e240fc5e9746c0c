//! What an application is told of the visitor, signed with its secret: as `signed_request` or as `fb_sig_…`, in the query or by a POST.

use super::guest::Guest;
use super::place::{Frame, Place};
use super::trouble::Trouble;
use reconnect_core::address::{append, cookie_domain};
use reconnect_core::context::Services;
use reconnect_core::model::{Application, CanvasEntry, Grant, Person};
use reconnect_core::{Error, ids};
use reconnect_store::Time;
use reconnect_wire::{Args, fb_sig, signed_request};
use serde::Serialize;

/// How the frame is filled.
pub(super) struct Entry {
    /// What it loads, or what the form is sent to.
    pub(super) address: String,
    /// The form's fields; none where the frame loads the address itself.
    pub(super) fields: Vec<(String, String)>,
}

impl Entry {
    /// In the form that the application understands.
    pub(super) fn of(
        services: &Services,
        app: &Application,
        guest: &Guest<'_>,
        place: &Place,
        frame: &Frame,
    ) -> Result<Entry, Trouble> {
        let now = services.graph.now();
        let (args, by_post) = match app.canvas_entry {
            CanvasEntry::SignedRequest => (by_signed_request(app, guest, now)?, true),
            CanvasEntry::SignedRequestGet => (by_signed_request(app, guest, now)?, false),
            CanvasEntry::FbSig => (by_fb_sig(app, guest, place, frame, now), false),
            CanvasEntry::FbSigPost => (by_fb_sig(app, guest, place, frame, now), true),
        };
        if by_post {
            return Ok(Entry { address: frame.address.clone(), fields: args });
        }
        let args = args.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Ok(Entry { address: append(&frame.address, args), fields: Vec::new() })
    }
}

/// The payload of a canvas page. The order of the members is that of published samples.
#[derive(Serialize)]
struct Payload<'a> {
    algorithm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
    issued_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    oauth_token: Option<String>,
    user: User<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

#[derive(Serialize)]
struct User<'a> {
    locale: &'a str,
    country: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<Age>,
}

#[derive(Serialize)]
struct Age {
    min: u8,
}

/// The oldest of the age groups: nobody here says when they were born, and the younger ones are for holding things back.
const GROWN_UP: Age = Age { min: 21 };

fn by_signed_request(app: &Application, guest: &Guest<'_>, now: Time) -> Result<Vec<(String, String)>, Trouble> {
    let mut payload = Payload {
        algorithm: signed_request::ALGORITHM,
        expires: None,
        issued_at: now.secs(),
        oauth_token: None,
        user: User { locale: guest.locale(), country: guest.country(), age: guest.person().map(|_| GROWN_UP) },
        user_id: None,
    };
    if let Guest::Member { handover, .. } = guest {
        payload.expires = Some(handover.opened().session.expires);
        payload.oauth_token = Some(handover.access_token());
        payload.user_id = Some(handover.user_id());
    }
    let text = signed_request::make(&payload, app.secret.as_bytes())
        .map_err(|error| Error::Internal(format!("a signed_request could not be written: {error}")))?;
    Ok(vec![("signed_request".to_owned(), text)])
}

fn by_fb_sig(app: &Application, guest: &Guest<'_>, place: &Place, frame: &Frame, now: Time) -> Vec<(String, String)> {
    let mut fields = Fields(Args::new());
    fields.set("in_iframe", "1");
    fields.set("iframe_key", ids::hex(&ids::random_bytes::<16>()));
    fields.set("locale", guest.locale());
    fields.set("country", guest.country());
    fields.set("in_new_facebook", "1");
    fields.set("request_method", place.method);
    fields.set("time", format!("{}.{:04}", now.secs(), now.0.rem_euclid(1000) * 10));
    // A desktop application's own secret is in nobody's hands but its maker's: what it gets is signed with the session's, once there is one.
    let mut secret = app.secret.clone();
    match guest {
        Guest::Nobody => fields.set("added", "0"),
        Guest::Stranger(person) => {
            fields.set("added", "0");
            fields.set("canvas_user", person.id.to_string());
        }
        Guest::Member { person, grant, handover } => {
            fields.member(app, person, grant, frame);
            fields.set("session_key", handover.opened().key.as_str());
            fields.set("expires", handover.opened().session.expires.to_string());
            if let Some(session_secret) = handover.secret() {
                fields.set("ss", session_secret.as_str());
                if app.desktop {
                    secret = session_secret;
                }
            }
            // Ready-made, so that a script that knows no secret can set the Connect cookies.
            let cookies = handover.connect_cookies();
            fields.0.set(b"cookie_sig", cookies.get(&app.api_key).unwrap_or_default());
        }
    }
    fields.set("api_key", app.api_key.as_str());
    fields.set("app_id", app.id.to_string());
    let signed = fb_sig::sign(fb_sig::FB_SIG, &fields.0, secret.as_bytes());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    signed.iter().map(|(name, value)| (text(name), text(value))).collect()
}

/// `fb_sig` arguments without their prefix.
struct Fields(Args);

impl Fields {
    fn set(&mut self, name: &str, value: impl AsRef<str>) {
        self.0.set(name.as_bytes(), value.as_ref().as_bytes());
    }

    fn member(&mut self, app: &Application, person: &Person, grant: &Grant, frame: &Frame) {
        self.set("added", "1");
        self.set("user", person.id.to_string());
        self.set("profile_update_time", person.profile_update_time.to_string());
        self.set("ext_perms", grant.permissions.to_list());
        if let Some(domain) = cookie_domain(app, &frame.address) {
            self.set("base_domain", domain);
        }
    }
}
