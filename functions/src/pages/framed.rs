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

/// Leads from an address of ours out: into the whole window, or, where an application's page framed a dialog, into a window of its own.
pub(super) fn way_out(path: &str, page_around: Option<String>) -> Response {
    match page_around {
        Some(origin) => to_a_window(path, origin),
        None => to_the_top(path),
    }
}

/// The SDK of 2012 asks connected people for more in a frame (`display=iframe`), and names its own window as the frame's opener's parent does:
/// from the window that is opened here it is one further away.
fn to_a_window(path: &str, origin: String) -> Response {
    let body = html! {
        section.card.center {
            p { "To go on, this page needs a window of its own." }
            p { a.button.primary href=(from_a_window(path)) target="_blank" rel="opener" { "Continue" } }
        }
    };
    Page { frame_ancestors: vec![origin], ..Page::new("Continue in a window", body) }.into_response()
}

fn from_a_window(path: &str) -> String {
    const RELATION: &str = "relation%3D";
    let Some((before, rest)) = path.split_once(RELATION) else { return path.to_owned() };
    let ends = ["%26", "&"].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    format!("{before}{RELATION}opener.parent{}", &rest[ends..])
}

/// The page around must be one of this site: its window may then be led by a script; everybody may press the button.
fn to_the_top(path: &str) -> Response {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_that_asked_is_one_further_away() {
        let path = "/dialog/oauth?redirect_uri=http%3A%2F%2Fx%2Fxd.php%23cb%3D1%26relation%3Dopener%26frame%3Df&display=iframe";
        assert!(from_a_window(path).contains("%26relation%3Dopener.parent%26frame%3Df&display=iframe"));
        assert!(
            from_a_window("/dialog/oauth?redirect_uri=x%26relation%3Dparent").ends_with("relation%3Dopener.parent")
        );
        assert_eq!(from_a_window("/login.php"), "/login.php");
    }
}
