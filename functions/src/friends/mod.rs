//! The namespace `friends`, and what its methods share.

pub(crate) mod are_friends;
pub(crate) mod get;
pub(crate) mod get_app_users;
pub(crate) mod get_lists;
pub(crate) mod get_mutual_friends;
#[cfg(test)]
mod world;

use reconnect_core::{Context, Result};
use reconnect_store::Id;
use reconnect_wire::Code;

/// Error 110 unless a person has authorised the application. A desktop application acts for the person of its session only, error 200: its
/// secret is in the hands of everybody who has the program.
async fn check_authorised(cx: &Context, person: Id, argument: &str) -> Result<()> {
    if cx.app().desktop && cx.caller.viewer() != Some(person) {
        let why = format!("{argument} is not for desktop applications, which act for their session's user only");
        return Err(Code::Permission.because(why).into());
    }
    match cx.grant_of(person).await? {
        Some(_) => Ok(()),
        None => {
            Err(Code::ParamUserId.because(format!("{argument} {person} has not authorised the application")).into())
        }
    }
}
