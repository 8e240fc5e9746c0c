//! How a flow answers an application's pages: as login.php always did, as OAuth 2.0 does, or as the dialogs of 2010 and 2011, which write
//! a result into an address. This file holds the two younger ways.

use super::asked::Asked;
use super::problem::Problem;
use reconnect_core::address::{append, channel_origin, cookie_domain, is_channel};
use reconnect_core::browser::LoggedIn;
use reconnect_core::model::{Application, Grant};
use reconnect_core::session::Plan;
use reconnect_wire::Args;

/// What an address gets.
pub(super) type Arguments = Vec<(&'static str, String)>;

/// How a flow answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Reply {
    /// As login.php does: an auth token, or a session.
    #[default]
    Classic,
    /// As dialog/oauth does.
    OAuth(OAuth),
    /// As dialog/permissions.request and connect/uiserver.php do: session and permissions as one JSON value.
    Result,
}

/// What dialog/oauth is asked to answer. Code alone goes into the query, all else into the fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OAuth {
    code: bool,
    token: bool,
    signed_request: bool,
    /// Comes back unchanged.
    state: Option<String>,
}

/// The field that says how to answer, as a flow goes from page to page.
const FIELD: &str = "dialog";
const OAUTH: &str = "oauth";
const RESULT: &str = "permissions.request";

impl Reply {
    /// What travels on from page to page.
    pub(super) fn fields(&self) -> Arguments {
        match self {
            Reply::Classic => Vec::new(),
            Reply::Result => vec![(FIELD, RESULT.to_owned())],
            Reply::OAuth(oauth) => {
                let state = oauth.state.iter().map(|state| ("state", state.clone()));
                let types = [(FIELD, OAUTH.to_owned()), ("response_type", oauth.types())];
                types.into_iter().chain(state).collect()
            }
        }
    }

    /// Reads what travelled.
    pub(super) fn travelled(args: &Args) -> Result<Reply, Problem> {
        match args.get(FIELD) {
            Some(b"oauth") => Ok(Reply::OAuth(OAuth::read(args)?)),
            Some(b"permissions.request") => Ok(Reply::Result),
            _ => Ok(Reply::Classic),
        }
    }
}

impl OAuth {
    /// `response_type` as a list divided by commas, blanks or `_and_`; before there was one, `type` of the graph's own address.
    pub(super) fn read(args: &Args) -> Result<OAuth, Problem> {
        let text = |name| args.text(name).map_err(|_| Problem::NotText(name));
        let state = text("state")?.map(str::to_owned);
        let named = match (text("response_type")?, text("type")?) {
            (Some(types), _) => types.to_owned(),
            (None, Some("user_agent")) => "token".to_owned(),
            (None, _) => "code".to_owned(),
        };
        let mut oauth = OAuth { state, ..OAuth::default() };
        for name in named.replace("_and_", ",").split([',', ' ']).filter(|name| !name.is_empty()) {
            match name {
                "code" => oauth.code = true,
                "token" => oauth.token = true,
                "signed_request" => oauth.signed_request = true,
                "none" => {}
                _ => return Err(Problem::ResponseType(named)),
            }
        }
        Ok(oauth)
    }

    fn types(&self) -> String {
        let all = [("code", self.code), ("token", self.token), ("signed_request", self.signed_request)];
        let named: Vec<&str> = all.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect();
        if named.is_empty() { "none".to_owned() } else { named.join(",") }
    }

    /// Puts arguments into the address: into its fragment, unless a code alone is asked for.
    pub(super) fn append(&self, address: &str, args: &Arguments) -> String {
        let pairs = args.iter().map(|(name, value)| (*name, value.as_str()));
        if !self.token && !self.signed_request && !address.contains('#') {
            return append(address, pairs);
        }
        // What follows is a query of its own, whatever stands before it.
        let (before, fragment) = address.split_once('#').unwrap_or((address, ""));
        let appended = append(&format!("?{fragment}"), pairs);
        format!("{before}#{}", appended.strip_prefix('?').unwrap_or(&appended))
    }

    /// What the application gets of a person who is logged in and has authorised it.
    pub(super) async fn success(
        &self,
        asked: &Asked,
        app: &Application,
        plan: &Plan,
        redirect_uri: &str,
        address: &str,
    ) -> Result<Arguments, Problem> {
        let services = &asked.site.services;
        let mut args = Arguments::new();
        let mut code = None;
        if self.token || self.signed_request {
            let handover = asked.handover(app, plan).await?;
            if self.token {
                args.push(("access_token", handover.access_token()));
                args.push(("expires_in", handover.expires_in().to_string()));
            }
            if self.signed_request {
                args.push(("signed_request", handover.signed_request()?));
                code = Some(services.code_of(&handover.opened().session));
            }
        }
        if self.code {
            let code = match code {
                Some(code) => code,
                None => services.create_dialog_code(app, plan, redirect_uri).await?,
            };
            args.push(("code", code));
        }
        if self.signed_request {
            let page = channel_origin(address).unwrap_or_else(|| address.to_owned());
            args.extend(cookie_domain(app, &page).map(|domain| ("base_domain", domain)));
            args.extend(asked.visitor.visit.https.then(|| ("https", "1".to_owned())));
        }
        Ok(self.with_state(args))
    }

    /// The person declined.
    pub(super) fn declined(&self) -> Arguments {
        self.with_state(vec![
            ("error_reason", "user_denied".to_owned()),
            ("error", "access_denied".to_owned()),
            ("error_description", "The user denied your request.".to_owned()),
        ])
    }

    /// No page may be shown, and one would be needed.
    pub(super) fn silent(&self, logged_in: bool) -> Arguments {
        let error = if logged_in { "not_authorized" } else { "unknown" };
        self.with_state(vec![("error", error.to_owned())])
    }

    fn with_state(&self, mut args: Arguments) -> Arguments {
        args.extend(self.state.iter().map(|state| ("state", state.clone())));
        args
    }
}

/// By which the pages on the other side of the SDK's channel may ask again who is there; only our own SDK knows what to do with it.
pub(super) fn kept_token(asked: &Asked, app: &Application, login: &LoggedIn, address: &str) -> Option<String> {
    let origins = asked.site.origins(&asked.visitor.visit);
    let origin = channel_origin(address).filter(|_| is_channel(&origins, address))?;
    Some(asked.site.services.kept_token(login, app, &origin))
}

/// Writes the result where the dialogs of 2010 and 2011 want it: in the place of a quoted word. Where there is none it is appended.
pub(super) fn with_result(address: &str, value: Option<&serde_json::Value>) -> String {
    let text = value.map_or_else(|| "null".to_owned(), ToString::to_string);
    for token in ["%22xxRESULTTOKENxx%22", "\"xxRESULTTOKENxx\"", "xxRESULTTOKENxx"] {
        if address.contains(token) {
            let escaped = append("?", [("result", text.as_str())]);
            return address.replace(token, escaped.trim_start_matches("?result="));
        }
    }
    match value {
        Some(_) => append(address, [("result", text.as_str())]),
        None => address.to_owned(),
    }
}

/// The result of dialog/permissions.request. The session is JSON text inside the JSON: the SDK of 2011 decodes it once more.
pub(super) fn result(session: &str, grant: &Grant) -> serde_json::Value {
    serde_json::json!({ "session": session, "perms": grant.permissions.to_list() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_wire::{Call, Format};

    fn read(query: &str) -> OAuth {
        OAuth::read(&Call::from_query(query.as_bytes(), Format::Xml).args).unwrap()
    }

    #[test]
    fn response_types_of_all_years_are_understood() {
        for (query, types) in [
            ("", "code"),
            ("response_type=token", "token"),
            ("response_type=code_and_token", "code,token"),
            ("response_type=code%20token", "code,token"),
            ("response_type=token,signed_request,code", "code,token,signed_request"),
            ("type=user_agent", "token"),
            ("type=web_server", "code"),
            ("response_type=none", "none"),
        ] {
            assert_eq!(read(query).types(), types, "{query}");
        }
        let args = Call::from_query(b"response_type=everything", Format::Xml).args;
        assert!(matches!(OAuth::read(&args), Err(Problem::ResponseType(_))));
    }

    #[test]
    fn a_code_goes_into_the_query_and_all_else_into_the_fragment() {
        let args = vec![("code", "a b".to_owned()), ("state", "s&=".to_owned())];
        assert_eq!(read("").append("http://a/?x=1", &args), "http://a/?x=1&code=a%20b&state=s%26%3D");
        assert_eq!(
            read("response_type=token").append("http://a/?x=1", &args),
            "http://a/?x=1#code=a%20b&state=s%26%3D"
        );
        let xd = "http://a/xd.php?version=6#cb=1";
        assert_eq!(read("").append(xd, &args), "http://a/xd.php?version=6#cb=1&code=a%20b&state=s%26%3D");
    }

    #[test]
    fn a_result_takes_the_place_of_the_word_in_quotes() {
        let value = serde_json::json!({"perms": "email"});
        let filled = "http://a/#result=%7B%22perms%22%3A%22email%22%7D";
        assert_eq!(with_result("http://a/#result=%22xxRESULTTOKENxx%22", Some(&value)), filled);
        assert_eq!(with_result("http://a/#result=xxRESULTTOKENxx", Some(&value)), filled);
        assert_eq!(with_result("http://a/#result=%22xxRESULTTOKENxx%22", None), "http://a/#result=null");
        assert_eq!(with_result("http://a/", None), "http://a/");
    }
}
