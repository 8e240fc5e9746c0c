//! The namespace `events`, and what its methods share.

pub(crate) mod cancel;
pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod get;
pub(crate) mod get_members;
mod info;
pub(crate) mod invite;
pub(crate) mod rsvp;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

use reconnect_core::event::{Caller, Event, Standing, no_event};
use reconnect_core::notification::Notification;
use reconnect_core::picture::Developed;
use reconnect_core::{Context, Result};
use reconnect_store::Id;
use reconnect_wire::Code;

/// Who calls.
fn caller(cx: &Context) -> Caller {
    Caller { viewer: cx.caller.viewer(), app: cx.app().id, server: cx.caller.is_server() }
}

/// Whether a call may change an event: the application must administer it, and so must the session's person, who must have granted
/// `create_event`. For what it made itself an application needs nobody's leave.
fn check_administers(cx: &Context, standing: &Standing) -> Result<()> {
    if !standing.is_known() {
        return Err(no_event(standing.event.id));
    }
    if !standing.is_administered() {
        let why = "the application and the session's user do not both administer this event";
        return Err(Code::Permission.because(why).into());
    }
    let granted = cx.caller.grant.as_ref().is_some_and(|grant| grant.permissions.allow("create_event"));
    if granted || cx.caller.viewer().is_none() || standing.event.creator == cx.app().id {
        return Ok(());
    }
    Err(Code::PermissionEvent.because("create_event is not granted").into())
}

/// The picture that came with a call, if one did; error 324 for what is none.
async fn picture(cx: &Context) -> Result<Option<Developed>> {
    match &cx.upload {
        Some(upload) => cx.services.pictures.develop(Some(upload)).await.map(Some),
        None => Ok(None),
    }
}

/// The page of an event.
fn address(cx: &Context, event: Id) -> String {
    format!("{}/event.php?eid={event}", cx.request.site)
}

/// What people find in their notifications of an event: a line with markup, a text without any.
fn notice(cx: &Context, event: &Event, title_html: String, body: &str) -> Notification {
    Notification {
        sender: cx.caller.viewer().unwrap_or_default(),
        app: cx.app().id,
        title_html,
        body_html: maud::html! { (body) }.into_string(),
        object: event.id,
        object_type: "event".to_owned(),
        ..Notification::default()
    }
}
