//! The pages on which a person decides: accept the application, grant what it asks for, let a program log in.
//!
//! Each names the application and the person, and each is answered by a form whose token covers all that the page showed.

use super::address;
use super::asked::Asked;
use super::finish;
use super::flow::Step;
use super::login::{Flow, proceed};
use super::problem::Problem;
use super::request::LoginRequest;
use super::views;
use axum::response::{IntoResponse, Response};
use reconnect_core::address::channel_origin;
use reconnect_core::secrets::same;

/// What a person decided on the way, and what is not stored before the way ends in success.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carried {
    /// They accepted the application.
    pub(super) accepted: bool,
    /// They ticked the box that makes the session endless.
    pub(super) keep: bool,
    /// They granted what is asked for, by this very request; never travels.
    pub(super) permitted: bool,
    /// They pressed the button of a page of ours, by this very request; never travels.
    pub(super) confirmed: bool,
}

/// The field in which it travels from page to page.
const FIELD: &str = "accepted";
/// For so long, in seconds.
const LIFETIME: i64 = 600;

impl Carried {
    /// What earlier pages of the same run in the same browser, with the same person logged in, left in the request.
    pub(super) fn read(asked: &Asked, request: &LoginRequest) -> Carried {
        let read = || {
            let text = asked.text(FIELD)?;
            let (time, rest) = text.split_once('.')?;
            let (flags, mac) = rest.split_once('.')?;
            let age = asked.site.services.graph.now().secs().checked_sub(time.parse().ok()?)?;
            let ours = same(mac.as_bytes(), mac_of(asked, request, time, flags).as_bytes());
            (ours && (0..=LIFETIME).contains(&age)).then(|| Carried {
                accepted: flags.contains('a'),
                keep: flags.contains('k'),
                ..Carried::default()
            })
        };
        read().unwrap_or_default()
    }

    /// The field's value for the next page; none when there is nothing to carry.
    pub(super) fn write(self, asked: &Asked, request: &LoginRequest) -> Option<String> {
        let flags = match (self.accepted, self.keep) {
            (false, false) => return None,
            (true, false) => "a",
            (false, true) => "k",
            (true, true) => "ak",
        };
        let time = asked.site.services.graph.now().secs().to_string();
        let mac = mac_of(asked, request, &time, flags);
        Some(format!("{time}.{flags}.{mac}"))
    }

    /// The same as the end of a query. Its letters need no escape.
    pub(super) fn query(self, asked: &Asked, request: &LoginRequest) -> String {
        self.write(asked, request).map(|value| format!("&{FIELD}={value}")).unwrap_or_default()
    }

    /// The same as a form's field.
    pub(super) fn field(self, asked: &Asked, request: &LoginRequest) -> Option<(&'static str, String)> {
        self.write(asked, request).map(|value| (FIELD, value))
    }
}

/// Bound to the browser and the person in it (by the form token's own binding), to the application and all else that was asked for.
fn mac_of(asked: &Asked, request: &LoginRequest, time: &str, flags: &str) -> String {
    asked.form_token("carried", &[&request.query(), time, flags])
}

/// What a form's token speaks for.
pub(super) fn subject(flow: &Flow, step: Step) -> [String; 2] {
    [step.name().to_owned(), flow.request.query()]
}

/// The purpose of these forms' tokens.
pub(super) const CONSENT: &str = "consent";

/// The page of a step.
pub(super) fn page(asked: &Asked, flow: &Flow, step: Step) -> Result<Response, Problem> {
    let (Some(app), Some(person)) = (&flow.app, asked.visitor.person()) else { return Err(Problem::NoKey) };
    Ok(views::consent(asked, flow, step, app, person).into_response())
}

/// A button was pressed.
pub(super) async fn submit(asked: &mut Asked, mut flow: Flow) -> Result<Response, Problem> {
    if asked.visitor.login.is_none() {
        return proceed(asked, &flow, None).await; // logged out meanwhile: nobody decided anything
    }
    let step = asked.text(views::STEP).and_then(Step::consent).ok_or(Problem::StaleForm)?;
    let [name, query] = subject(&flow, step);
    asked.check_form(CONSENT, &[&name, &query])?;
    if asked.args.get(views::CANCEL).is_some() {
        return finish::cancel(asked, &flow);
    }
    flow.carried = decided(step, flow.carried, flow.keep_ticked(asked));
    // A dialog shows both questions on one page.
    flow.carried.permitted |= step == Step::Allow && flow.asks_at_once();
    proceed(asked, &flow, None).await
}

fn decided(step: Step, before: Carried, keep: bool) -> Carried {
    match step {
        Step::Allow => Carried { accepted: true, keep, confirmed: true, ..before },
        Step::ConfirmDesktop => Carried { keep, confirmed: true, ..before },
        Step::Permissions => Carried { permitted: true, confirmed: true, ..before },
        Step::Form | Step::Done => before,
    }
}

/// The words under a page's title that say where a decision leads. A channel of ours leads to the page behind it.
pub(super) fn host_of(flow: &Flow) -> Option<String> {
    match flow.target.as_ref()? {
        address::Target::Address(address) => {
            let page = channel_origin(address).unwrap_or_else(|| address.clone());
            url::Url::parse(&page).ok()?.host_str().map(str::to_owned)
        }
        address::Target::Closed => None,
    }
}
