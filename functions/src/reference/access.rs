//! Who may call a method, and the errors that follow from that, in words.

use reconnect_core::Handler;
use reconnect_core::method::{Access, File, Rights, Session};
use reconnect_core::permission::Permission;
use reconnect_wire::Code;

/// For whom it is called.
pub(super) fn caller(access: &Access) -> &'static str {
    match access.session {
        Session::Required => "An application, in the session of a person.",
        Session::Optional => {
            "An application: in the session of a person, or without one for whomever the arguments name."
        }
        Session::None => "An application, without a session.",
    }
}

/// With which secret.
pub(super) fn secret(access: &Access) -> &'static str {
    match (access.unsigned, access.session_secret) {
        (true, _) => "None is needed: what it tells is public. A signature that is there must be right.",
        (false, true) => "The application's secret, or the session's own: programs in people's hands may call it.",
        (false, false) => {
            "The application's secret only: a session secret, or a person's access token, is error 15. Call it from a server."
        }
    }
}

/// What it does to what is stored.
pub(super) fn rights(access: &Access) -> &'static str {
    match (access.rights, access.on_read_host) {
        (Rights::Read, _) => "Reads.",
        (Rights::Write, false) => "Writes. The read-only host `api-read` answers error 16.",
        (Rights::Write, true) => "Writes, and is served by the read-only host `api-read`, too.",
        (Rights::All, _) => "Runs other methods, each with its own rights.",
    }
}

/// Which file comes with a call.
pub(super) fn file(access: &Access) -> Option<&'static str> {
    match access.file {
        File::None | File::Removed => None,
        File::Optional => Some(
            "One may come with the call: the part of a multipart body that has a file name, whatever its field is called. It is not signed.",
        ),
        File::Required => Some(
            "It comes with the call: the part of a multipart body that has a file name, whatever its field is called. It is not signed. \
             A batch carries none.",
        ),
    }
}

/// In one or two words, for a list.
pub(super) fn short(access: &Access) -> &'static str {
    match access.session {
        Session::Required => "session",
        Session::Optional => "with or without session",
        Session::None => "no session",
    }
}

/// What a permission lets an application do.
pub(super) fn permission(access: &Access) -> Option<(&'static str, &'static str)> {
    let name = access.permission?;
    Some((name, Permission::find(name).map_or("", |known| known.asks)))
}

/// An error that any method of this access can answer, and what to do about it.
pub(super) struct Trouble {
    pub(super) code: Code,
    pub(super) advice: &'static str,
}

/// In the order of their numbers.
pub(super) fn troubles(handler: &Handler, arguments: bool) -> Vec<Trouble> {
    let access = &handler.access;
    let session = access.session != Session::None;
    let writes = access.rights == Rights::Write && !access.on_read_host;
    let all = [
        (true, Code::Unknown, "A defect of the server, whose log says more."),
        (true, Code::Service, "Try again a little later."),
        (true, Code::BadIp, "The application has a list of addresses that it calls from: call from one of them."),
        (!access.session_secret, Code::SessionSecretNotAllowed, "Sign with the application's secret."),
        (writes, Code::HostReadonly, "Call the main address."),
        (arguments, Code::Param, "What stands behind the colon names the argument and says what is wrong with it."),
        (true, Code::ParamApiKey, "The argument api_key is missing, or is the key of no application here."),
        (
            session,
            Code::ParamSessionKey,
            "The session has ended, or is missing where one is needed: let the person log in again.",
        ),
        (session, Code::ParamCallId, "Only for applications that ask for strict call ids: count upwards."),
        (
            !access.unsigned,
            Code::ParamSignature,
            "Another secret, or another text than was sent: every argument but sig is signed as it is before encoding.",
        ),
        (true, Code::ParamAccessToken, "For calls with an access_token only: get a fresh one."),
        (
            access.permission.is_some(),
            Code::Permission,
            "The person has not granted the permission: ask for it. Some methods have a code of their own for this, \
             from 201 to 299.",
        ),
    ];
    all.into_iter().filter(|(can, ..)| *can).map(|(_, code, advice)| Trouble { code, advice }).collect()
}
