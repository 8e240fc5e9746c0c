//! What the pages of the flow show. Ids of fields and texts of buttons are historic: drivers of the time look for them.

use super::asked::Asked;
use super::consent::{self, CONSENT};
use super::flow::Step;
use super::form_token;
use super::layout::{self, Navigation, Page};
use super::login::{Again, Flow, LOGIN_FORM};
use super::request::{Display, LoginRequest};
use maud::{Markup, html};
use reconnect_core::model::{Application, Person};
use reconnect_core::permission::{Permission, Permissions};

/// The box that makes a session endless.
pub(super) const KEEP: &str = "persistent";
/// The button that declines. (`cancel` is an argument already.)
pub(super) const CANCEL: &str = "cancel_clicked";
/// The button that accepts.
const GRANT: &str = "grant_clicked";
/// Which page's form it is.
pub(super) const STEP: &str = "step";
/// The person of a face.
pub(super) const FACE: &str = "face";

/// Whether the page has the site's navigation.
pub(super) fn has_navigation(flow: &Flow) -> bool {
    flow.request.display == Display::Page
}

/// The bar for this visitor.
pub(crate) fn navigation(asked: &Asked) -> Navigation {
    match asked.visitor.person() {
        Some(person) => Navigation::Person { name: person.name(), logout: asked.form_token("logout", &[]) },
        None => Navigation::Bare,
    }
}

/// Hidden fields.
pub(super) fn hidden<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> Markup {
    html! { @for (name, value) in fields { input type="hidden" name=(name) value=(value); } }
}

/// An application's name, and the host that the flow returns to.
pub(super) fn plate(app: &Application, host: Option<String>) -> Markup {
    html! {
        div.app {
            (layout::tile(&app.name, app.id.0))
            p {
                b { (app.name) }
                @if let Some(host) = host { br; span.quiet { "returns to " (host) } }
            }
        }
    }
}

/// The login form.
pub(super) fn login_form(asked: &Asked, flow: &Flow, faces: &[Person], again: Option<&Again>) -> Page {
    let request = &flow.request;
    let token = asked.form_token(LOGIN_FORM, &[&request.query()]);
    let hidden = hidden(request.fields().into_iter().chain([(form_token::FIELD, token)]));
    let email = asked.text("email").unwrap_or_default();
    let title = match &flow.app {
        Some(app) => format!("Log in to use {}", app.name),
        None => "Log in".to_owned(),
    };
    let body = html! {
        @if let Some(again) = again { (failed(again)) }
        // Who just mistyped wants the form back, not the faces before it.
        @if !faces.is_empty() && again.is_none() { (row_of_faces(&hidden, faces)) }
        form.card method="post" action=(Step::Form.path()) {
            (hidden)
            @if let Some(app) = &flow.app {
                (plate(app, consent::host_of(flow)))
            }
            label for="email" { "Email" }
            input #email type="text" name="email" value=(email) inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus[faces.is_empty() && again.is_none()];
            label for="pass" { "Password" }
            input #pass type="password" name="pass" autocomplete="current-password" required autofocus[again.is_some()];
            @if flow.offers_to_keep() { (keep_box(flow, false)) }
            div.buttons {
                input.primary type="submit" name="login" value="Login";
                @if flow.app.is_some() { input type="submit" name=(CANCEL) value="Cancel" formnovalidate; }
            }
        }
        @if !faces.is_empty() && again.is_some() { (row_of_faces(&hidden, faces)) }
    };
    Page { form_sources: flow.form_sources(asked), ..Page::new(title, body) }
}

fn failed(again: &Again) -> Markup {
    html! {
        p.alert role="alert" {
            @match again {
                Again::Wrong => { b { "That did not match." } " The email or the password is not right. Please try again." }
                Again::Later => { b { "Too many tries." } " Please wait a quarter of an hour, then try again." }
            }
        }
    }
}

fn row_of_faces(hidden: &Markup, faces: &[Person]) -> Markup {
    html! {
        form.card method="post" action=(Step::Form.path()) {
            (hidden)
            p.quiet { "On this machine, log in with a click as:" }
            div.faces {
                @for person in faces {
                    button type="submit" name=(FACE) value=(person.id) {
                        (layout::face(person.id.0))
                        span { span.unseen { "Log in as " } (person.name()) }
                    }
                }
            }
        }
    }
}

fn keep_box(flow: &Flow, ticked: bool) -> Markup {
    let name = flow.app.as_ref().map(|app| app.name.as_str()).unwrap_or_default();
    html! {
        label.box for="persistent" {
            input #persistent type="checkbox" name=(KEEP) value="1" checked[ticked];
            span { "Keep me logged in to " (name) }
        }
    }
}

/// A page on which the person decides.
pub(super) fn consent(asked: &Asked, flow: &Flow, step: Step, app: &Application, person: &Person) -> Page {
    let [name, query] = consent::subject(flow, step);
    let own = [(STEP, name.clone()), (form_token::FIELD, asked.form_token(CONSENT, &[&name, &query]))];
    let carried = flow.carried.field(asked, &flow.request);
    let fields = flow.request.fields().into_iter().chain(carried).chain(own);
    let (grant, decline) = buttons(flow, step);
    let body = html! {
        form.card method="post" action=(step.path()) {
            (hidden(fields))
            (plate(app, consent::host_of(flow)))
            (question(flow, step, app, person))
            @if flow.offers_to_keep() && step != Step::Permissions { (keep_box(flow, flow.carried.keep)) }
            div.buttons {
                input.primary type="submit" name=(GRANT) value=(grant);
                input type="submit" name=(CANCEL) value=(decline);
            }
            (not_you(flow, person))
        }
    };
    let navigation = if has_navigation(flow) { navigation(asked) } else { Navigation::Bare };
    let title = match step {
        Step::Permissions => "Request for permission".to_owned(),
        Step::ConfirmDesktop => format!("Log in to {}?", app.name),
        _ if flow.request.fbconnect => format!("Connect {} with your account", app.name),
        _ => format!("Allow access to {}?", app.name),
    };
    Page { navigation, form_sources: flow.form_sources(asked), ..Page::new(title, body) }
}

/// Connect sites say Connect and Cancel where applications say Allow and Don't Allow; permissions are always allowed or not.
fn buttons(flow: &Flow, step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Allow if flow.request.fbconnect => ("Connect", "Cancel"),
        _ => ("Allow", "Don't Allow"),
    }
}

fn question(flow: &Flow, step: Step, app: &Application, person: &Person) -> Markup {
    let program = flow.token.is_some();
    html! {
        @match step {
            Step::Permissions => {
                p { b { (app.name) } " asks you, " b { (person.name()) } ", to let it:" }
                (asks(&missing(flow)))
            }
            Step::ConfirmDesktop => p {
                "The program " b { (app.name) } " will be logged in as " b { (person.name()) } "."
            },
            _ => {
                p {
                    "Logged in as " b { (person.name()) } ", you would let " b { (app.name) }
                    " see your profile and your friends, and know you when you come back."
                }
                @if flow.asks_at_once() && !flow.request.permissions.is_empty() {
                    p { "It also asks you to let it:" }
                    (asks(&missing(flow)))
                }
            }
        }
        @if program {
            p.notice {
                "A program asked for this. Only go on if you started " b { (app.name) } " yourself just now, on a device that you trust."
            }
        }
    }
}

/// What is asked for and not granted yet.
fn missing(flow: &Flow) -> Permissions {
    let none = Permissions::none();
    flow.request.permissions.missing_from(flow.grant.as_ref().map_or(&none, |grant| &grant.permissions))
}

/// Permissions in words, with their names.
pub(super) fn asks(permissions: &Permissions) -> Markup {
    html! {
        ul.asks {
            @for permission in permissions.iter().filter_map(Permission::find) {
                li { (permission.asks) " " code { (permission.name) } }
            }
        }
    }
}

fn not_you(flow: &Flow, person: &Person) -> Markup {
    let again = LoginRequest { skipcookie: true, ..flow.request.clone() };
    html! {
        p.quiet.small {
            "Not " (person.name()) "? " a href={ "/login.php?" (again.query()) } { "Log in as somebody else" }
        }
    }
}

/// The end for a program that waits for its token.
pub(super) fn return_to_program(asked: &Asked, app: &Application) -> Page {
    let name = asked.visitor.person().map(Person::name);
    let body = html! {
        section.card.center {
            span.tick aria-hidden="true" { "✓" }
            p {
                "You are logged in to " b { (app.name) }
                @if let Some(name) = name { " as " b { (name) } }
                "."
            }
            p { "You may close this window and return to " (app.name) "." }
        }
    };
    Page { navigation: Navigation::Bare, ..Page::new("All done", body) }
}

/// The end for somebody who declined and has nowhere to go.
pub(super) fn closed(_: &Asked) -> Page {
    let body = html! {
        section.card.center {
            p { "Nothing was shared and nothing was changed." }
            p.quiet { "You may close this window." }
        }
    };
    Page::new("Cancelled", body)
}
