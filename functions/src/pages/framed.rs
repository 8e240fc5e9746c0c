//! The way out of a frame. An application inside the site may send its own frame to the login, as its classes did wherever the site's name
//! was not the one they knew. No page that decides anything is shown in a frame, so this one stands in its place and leads the whole window
//! there.

use super::asked::Asked;
use super::layout::Page;
use axum::response::{IntoResponse, Response};
use maud::html;

/// Whether the browser says that this is for a frame.
pub(super) fn is_framed(asked: &Asked) -> bool {
    let dest = asked.headers.get("sec-fetch-dest").map(|value| value.as_bytes());
    matches!(dest, Some(b"iframe" | b"frame" | b"object" | b"embed"))
}

/// Leads out. The page around must be one of this site: its window may then be led by a script; everybody may press the button.
pub(super) fn way_out(path: &str) -> Response {
    let body = html! {
        section.card.center {
            p { "To go on, this page needs the whole window." }
            p { a #out.button.primary href=(path) target="_top" rel="opener" { "Continue" } }
        }
    };
    let script = "try { if (top.location.origin === location.origin) { top.location.replace(document.getElementById('out').href); } } \
                  catch (e) { /* somebody else's window: the button remains */ }";
    let page = Page {
        script: Some(script.to_owned()),
        frame_ancestors: vec!["'self'".to_owned()],
        ..Page::new("Continue in the whole window", body)
    };
    page.into_response()
}
