//! The page of all methods, with what holds for every call.

use super::values::prose;
use super::{FIDELITY, access, address};
use crate::METHODS;
use crate::names::NAMES;
use maud::{Markup, html};
use reconnect_core::Handler;
use reconnect_core::method::Fidelity;

/// Arguments that all calls have: name, whether it must be there, what it is.
const COMMON: [(&str, bool, &str); 11] = [
    (
        "method",
        true,
        "The method's name, in any case, with or without `facebook.` in front; or it stands in the path: `/method/NAME`.",
    ),
    ("api_key", true, "Which application calls."),
    ("sig", true, "The signature of all the others. A few methods that tell what is public need none."),
    ("v", false, "`1.0`, as every client sends it."),
    ("session_key", false, "For whom: what `auth.getSession` answered. A method says whether it needs one."),
    ("call_id", false, "A number that grows from call to call. It is checked only for applications that ask for it."),
    ("ss", false, "`1` says that the session's own secret signed, and not the application's."),
    (
        "format",
        false,
        "`XML`, which is also what comes without it; `JSON`; or `json-strings`, with every number as a text.",
    ),
    ("callback", false, "JSONP: the name of a function that the answer is handed to."),
    ("access_token", false, "An OAuth 2.0 token in the place of `api_key`, `session_key` and `sig`."),
    ("call_as_apikey", false, "Another application to act for. No application can grant that here: error 10."),
];

const ERROR_IN_XML: &str = r#"<error_response xmlns="http://api.facebook.com/1.0/" …>
  <error_code>100</error_code>
  <error_msg>Invalid parameter: uids is missing</error_msg>
  <request_args list="true">
    <arg>
      <key>method</key>
      <value>users.getInfo</value>
    </arg>
    …
  </request_args>
</error_response>
"#;

const ERROR_IN_JSON: &str = r#"{"error_code":100,"error_msg":"Invalid parameter: uids is missing","request_args":[{"key":"method","value":"users.getInfo"},…]}
"#;

/// What stands below the heading. `server` is this site's address.
pub(super) fn body(server: &str) -> Markup {
    html! {
        p.intro {
            (METHODS.len()) " of the " (NAMES.len()) " methods are served here, each under its own name and in the form of the API's last years. "
            "What holds for every call is told " a href="#calls" { "below them" } "."
        }
        (namespaces())
        (calls(server))
        (signing())
        (errors())
    }
}

fn namespaces() -> Markup {
    let parts: Vec<&[Handler]> = METHODS.chunk_by(|one, next| namespace(one) == namespace(next)).collect();
    html! {
        nav.index aria-label="Namespaces" { @for part in &parts { @if let Some(first) = part.first() { a href={ "#" (namespace(first)) } { (namespace(first)) } } } }
        @for part in &parts {
            @if let Some(first) = part.first() {
                section.card aria-labelledby=(namespace(first)) {
                    h2 id=(namespace(first)) { (namespace(first)) }
                    dl.methods { @for handler in *part { div { (entry(handler)) } } }
                }
            }
        }
    }
}

fn namespace(handler: &Handler) -> &'static str {
    handler.name.split('.').next().unwrap_or_default()
}

fn entry(handler: &Handler) -> Markup {
    html! {
        dt {
            a href=(address(handler.name)) { (handler.name) }
            span.tag { (access::short(&handler.access)) }
            @if let Some(permission) = handler.access.permission { span.tag { (permission) } }
            @if handler.fidelity == Fidelity::Inferred { span.tag { "inferred in parts" } }
        }
        dd { (prose(handler.summary)) }
    }
}

fn calls(server: &str) -> Markup {
    html! {
        section.card aria-labelledby="calls" {
            h2 #calls { "A call" }
            p {
                "A call is a GET or POST of a form to " code { (server) "/restserver.php" } ", or to " code { (server) "/method/NAME" }
                ". A file travels with it as " code { "multipart/form-data" } "."
            }
            h3 #common { "Arguments that all calls have" }
            dl.members {
                @for (name, must, about) in COMMON {
                    dt { code { (name) } @if must { span.tag.must { "required" } } @else { span.tag { "optional" } } }
                    dd { (prose(about)) }
                }
            }
        }
    }
}

fn signing() -> Markup {
    html! {
        section.card aria-labelledby="signing" {
            h2 #signing { "The signature" }
            ol.steps {
                li { "Take every argument but " code { "sig" } ", with its value as it is before it is encoded for the form." }
                li { "Sort them by name, byte by byte." }
                li { "Write each as " code { "name=value" } ", with nothing between them." }
                li { "Put the secret behind them: the application's, or, with " code { "ss=1" } " and in desktop programs once there is a session, the session's own." }
                li { "The md5 of that text, in 32 lower-case hex digits, is " code { "sig" } "." }
            }
            p.quiet { "Names that are sent twice, files, and the path do not take part: a method that stands only in the path is not signed." }
            p.quiet { "Every method's page has a call that does this in a shell." }
        }
    }
}

fn errors() -> Markup {
    html! {
        section.card aria-labelledby="errors" {
            h2 #errors { "Errors" }
            p { "An error has the HTTP status 200, as answers have, and comes in the format that was asked for:" }
            pre tabindex="0" role="region" aria-label="An error in XML" { code { (ERROR_IN_XML) } }
            pre.paste tabindex="0" role="region" aria-label="An error in JSON" { code { (ERROR_IN_JSON) } }
            p {
                "Programs go by the number in " code { "error_code" } ". " code { "error_msg" } " is the text that belongs to it, and what stands behind a colon says what exactly was wrong. "
                code { "request_args" } " repeats what arrived, without secrets: what is not among it was lost on the way."
            }
            p.quiet {
                "The first check that fails is the answer. They come in this order: application (101), address (5), session (102), signature (104), method (3), "
                "access (15, 16), call_id (103), and then the method's own, beginning with its arguments (100)."
            }
            p.quiet { "How sure all this is, and what differs: " a href=(FIDELITY) { "what is known, and what is inferred" } "." }
        }
    }
}
