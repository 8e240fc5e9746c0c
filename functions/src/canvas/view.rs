//! The page around the frame: the site's bar, the application's name, the application.

use super::entry::Entry;
use super::guest::Guest;
use super::place::Frame;
use crate::pages::asked::Asked;
use crate::pages::layout::Page;
use crate::pages::views;
use maud::{Markup, html};
use reconnect_core::model::Application;

/// Historic, and not to be changed: by this name the JavaScript SDK knows that it runs on a canvas page.
const FRAME: &str = "iframe_canvas";
/// Beside the looks of all pages: as wide as canvas pages were.
const STYLE: &str = include_str!("frame.css");
/// Sends the form, and listens to the application's page.
const SCRIPT: &str = include_str!("frame.js");

/// The page.
pub(super) fn page(asked: &Asked, app: &Application, guest: &Guest<'_>, frame: &Frame, entry: &Entry) -> Page {
    let by_post = !entry.fields.is_empty();
    let body = html! {
        @if by_post { (form(app, entry)) }
        iframe #(FRAME) name=(FRAME) title=(app.name) src=[(!by_post).then_some(&entry.address)] data-origin=(frame.origin)
            allow="fullscreen; autoplay; identity-credentials-get" {}
        @if guest.person().is_none() { (nobody(app)) }
    };
    Page {
        navigation: views::navigation(asked),
        form_sources: by_post.then(|| frame.source.clone()).into_iter().collect(),
        frame_sources: vec![frame.source.clone()],
        style: STYLE,
        script: Some(SCRIPT.to_owned()),
        ..Page::new(app.name.clone(), body)
    }
}

/// Sent by the script; by the visitor where scripts are off.
fn form(app: &Application, entry: &Entry) -> Markup {
    html! {
        form #entry .card method="post" action=(entry.address) target=(FRAME) {
            @for (name, value) in &entry.fields { input type="hidden" name=(name) value=(value); }
            div.buttons { input.primary type="submit" value={ "Start " (app.name) }; }
        }
    }
}

fn nobody(app: &Application) -> Markup {
    html! {
        p.quiet.who-is-there {
            "You are not logged in here. "
            a href={ "/login.php?api_key=" (app.api_key) "&v=1.0&canvas=1&skip_api_login=1" } { "Log in" }
        }
    }
}
