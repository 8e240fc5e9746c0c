//! Which step of the login comes next: decided in one place, from the request and from what is known, and nothing else.

use super::reply::Reply;
use super::request::LoginRequest;
use reconnect_core::permission::Permissions;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Name and password.
    Form,
    /// Accept the application.
    Allow,
    /// Grant what it asks for beyond that.
    Permissions,
    /// Let a program log in, although the application was accepted long ago.
    ConfirmDesktop,
    /// To the address at the end.
    Done,
}

/// What is known when a step is chosen. The last three are true only on the strength of a form that was proven to be ours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    /// Somebody is logged in.
    pub(super) logged_in: bool,
    /// What they granted the application; none when they have not accepted it.
    pub(super) granted: Option<&'a Permissions>,
    /// They accepted the application in this run; not stored yet.
    pub(super) accepted: bool,
    /// They granted what is asked for, by this very request.
    pub(super) permitted: bool,
    /// This very request came from a page that names the application and the person.
    pub(super) confirmed: bool,
}

/// The next step. Steps whose condition already holds are skipped, but for one: a program's token is never bound without a button
/// that a person pressed on a page that names both. Otherwise a link would log a stranger's program into their account.
pub(super) fn next_step(request: &LoginRequest, known: &Known<'_>) -> Step {
    if !known.logged_in || request.skipcookie {
        return Step::Form;
    }
    if request.api_key.is_none() || request.skip_api_login {
        return Step::Done;
    }
    let none = Permissions::none();
    match known.granted {
        None if !known.accepted => Step::Allow,
        // A dialog asks for both on one page.
        None if known.permitted && request.reply != Reply::Classic => Step::Done,
        granted if !known.permitted && !request.permissions.missing_from(granted.unwrap_or(&none)).is_empty() => {
            Step::Permissions
        }
        _ if request.token_to_bind().is_some() && !known.confirmed => Step::ConfirmDesktop,
        _ => Step::Done,
    }
}

impl Step {
    /// The page on which it is shown. Drivers of the time look for these names.
    pub(super) fn path(self) -> &'static str {
        match self {
            Step::Form | Step::Done => "/login.php",
            Step::Allow | Step::ConfirmDesktop => "/tos.php",
            Step::Permissions => "/connect/prompt_permissions.php",
        }
    }

    /// Its name in a form.
    pub(super) fn name(self) -> &'static str {
        match self {
            Step::Form => "login",
            Step::Allow => "allow",
            Step::Permissions => "permissions",
            Step::ConfirmDesktop => "confirm",
            Step::Done => "done",
        }
    }

    /// The step of a form that a person may have answered with a button.
    pub(super) fn consent(name: &str) -> Option<Step> {
        [Step::Allow, Step::Permissions, Step::ConfirmDesktop].into_iter().find(|step| step.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::Source;
    use super::*;

    fn perms(list: &str) -> Permissions {
        Permissions::parse(list).0
    }

    fn request(permissions: &str, auth_token: bool) -> LoginRequest {
        LoginRequest {
            api_key: Some("k".to_owned()),
            permissions: perms(permissions),
            auth_token: auth_token.then(|| "t".to_owned()),
            ..LoginRequest::default()
        }
    }

    /// (logged in, granted, accepted, permitted, confirmed)
    type Row<'a> = (bool, Option<&'a str>, bool, bool, bool);

    fn step(request: &LoginRequest, (logged_in, granted, accepted, permitted, confirmed): Row<'_>) -> Step {
        let granted = granted.map(perms);
        next_step(request, &Known { logged_in, granted: granted.as_ref(), accepted, permitted, confirmed })
    }

    #[test]
    fn the_table() {
        let (plain, asks, token, both) =
            (request("", false), request("email", false), request("", true), request("email", true));
        let f = false;
        let rows: &[(&LoginRequest, Row<'_>, Step)] = &[
            // nobody is logged in: the form, whatever else is known
            (&plain, (f, None, f, f, f), Step::Form),
            (&both, (f, Some("email"), true, true, true), Step::Form),
            // not accepted
            (&plain, (true, None, f, f, f), Step::Allow),
            (&asks, (true, None, f, true, true), Step::Allow),
            // accepted in this run
            (&plain, (true, None, true, f, true), Step::Done),
            (&asks, (true, None, true, f, true), Step::Permissions),
            (&asks, (true, None, true, true, true), Step::Done),
            // accepted long ago
            (&plain, (true, Some(""), f, f, f), Step::Done),
            (&asks, (true, Some(""), f, f, f), Step::Permissions),
            (&asks, (true, Some("email"), f, f, f), Step::Done),
            (&request("photo_upload", false), (true, Some("publish_stream"), f, f, f), Step::Done),
            (&request("publish_stream", false), (true, Some("photo_upload"), f, f, f), Step::Permissions),
            // a program's token needs a button, even when everything else is satisfied
            (&token, (true, Some(""), f, f, f), Step::ConfirmDesktop),
            (&both, (true, Some("email"), f, f, f), Step::ConfirmDesktop),
            (&token, (true, Some(""), f, f, true), Step::Done),
            (&token, (true, None, f, f, f), Step::Allow),
            (&token, (true, None, true, f, true), Step::Done),
            (&token, (true, None, true, f, f), Step::ConfirmDesktop),
            (&both, (true, None, true, f, true), Step::Permissions),
            (&both, (true, None, true, true, true), Step::Done),
        ];
        for (number, (request, known, wanted)) in rows.iter().enumerate() {
            assert_eq!(step(request, *known), *wanted, "row {number}: {known:?} {request:?}");
        }
    }

    #[test]
    fn skipcookie_asks_again_and_skip_api_login_asks_for_nothing_more() {
        let again = LoginRequest { skipcookie: true, ..request("", false) };
        assert_eq!(step(&again, (true, Some(""), false, false, false)), Step::Form);
        let site = LoginRequest { skip_api_login: true, ..request("email", true) };
        assert_eq!(step(&site, (true, None, false, false, false)), Step::Done);
        assert_eq!(step(&LoginRequest::default(), (true, None, false, false, false)), Step::Done);
    }

    #[test]
    fn pages_for_permissions_bind_no_token() {
        let request = LoginRequest { source: Source::Permissions, ..request("email", true) };
        assert_eq!(request.token_to_bind(), None);
        assert_eq!(step(&request, (true, Some("email"), false, false, false)), Step::Done);
    }
}
