//! A client of the Legacy REST API, written from the protocol alone: it shares no line with the server, signatures included.

use crate::http::{Answer, Request};
use crate::program::{App, text_of};
use crate::{schema, server::Server};
use md5::{Digest, Md5};
use serde_json::Value;

/// `md5(name=value… in the order of the names + secret)`, in lower-case hex.
pub fn sign(args: &[(Vec<u8>, Vec<u8>)], secret: &str) -> String {
    let mut sorted: Vec<_> = args.iter().filter(|(name, _)| name != b"sig").collect();
    sorted.sort();
    let mut hash = Md5::new();
    for (name, value) in sorted {
        hash.update([name, b"=".as_slice(), value].concat());
    }
    hash.update(secret);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a call's arguments travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// In the query.
    Get,
    /// As a form.
    Form,
    /// As `multipart/form-data`.
    Multipart,
}

/// A call in the making.
#[derive(Clone, Debug)]
pub struct Call {
    /// The arguments in the order in which they travel, `sig` not yet among them.
    pub args: Vec<(Vec<u8>, Vec<u8>)>,
    secret: Option<String>,
    target: String,
    encoding: Encoding,
    file: Option<(String, Vec<u8>)>,
    headers: Vec<(String, String)>,
    documented_root: bool,
}

impl App {
    /// A call of this application, signed with its secret.
    pub fn call(&self, method: &str) -> Call {
        Call::bare().with("method", method).with("api_key", &self.key).with("v", "1.0").signed_with(&self.secret)
    }

    /// A call for a session of a web application: signed with the application's secret.
    pub fn call_for(&self, method: &str, session: &Session) -> Call {
        self.call(method).with("session_key", &session.key)
    }

    /// A call signed with a session's own secret.
    pub fn call_by(&self, method: &str, session: &Session) -> Call {
        self.call_for(method, session).with("ss", "1").signed_with(session.secret())
    }

    /// A new auth token.
    pub fn create_token(&self, server: &Server) -> String {
        self.call("auth.createToken").send(server).scalar()
    }

    /// Trades a token for its session.
    pub fn get_session(&self, server: &Server, token: &str) -> Session {
        Session::of(&self.call("auth.getSession").with("auth_token", token).send(server))
    }

    /// Who the session belongs to: the proof that it works.
    pub fn who_is(&self, server: &Server, session: &Session) -> Reply {
        self.call_for("users.getLoggedInUser", session).send(server)
    }
}

impl Call {
    /// Without any argument, unsigned.
    pub fn bare() -> Call {
        Call {
            args: Vec::new(),
            secret: None,
            target: "/restserver.php".to_owned(),
            encoding: Encoding::Form,
            file: None,
            headers: Vec::new(),
            documented_root: true,
        }
    }

    /// With one more argument, or with another value of one that is there.
    #[must_use]
    pub fn with(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Call {
        let (name, value) = (name.as_ref().to_vec(), value.as_ref().to_vec());
        match self.args.iter_mut().find(|(n, _)| *n == name) {
            Some(arg) => arg.1 = value,
            None => self.args.push((name, value)),
        }
        self
    }

    /// Without an argument.
    #[must_use]
    pub fn without(mut self, name: &str) -> Call {
        self.args.retain(|(n, _)| n != name.as_bytes());
        self
    }

    /// Answered in this format.
    #[must_use]
    pub fn format(self, format: &str) -> Call {
        self.with("format", format)
    }

    /// Signed with this secret.
    #[must_use]
    pub fn signed_with(mut self, secret: &str) -> Call {
        self.secret = Some(secret.to_owned());
        self
    }

    /// Not signed; a `sig` given as an argument stays.
    #[must_use]
    pub fn unsigned(mut self) -> Call {
        self.secret = None;
        self
    }

    /// Sent to another address of the API.
    #[must_use]
    pub fn to(mut self, target: &str) -> Call {
        self.target = target.to_owned();
        self
    }

    /// Sent in another encoding.
    #[must_use]
    pub fn by(mut self, encoding: Encoding) -> Call {
        self.encoding = encoding;
        self
    }

    /// With a file beside the arguments; `head` is its part's header lines, as old clients write them.
    #[must_use]
    pub fn file(mut self, head: &str, bytes: &[u8]) -> Call {
        self.file = Some((head.to_owned(), bytes.to_vec()));
        self.by(Encoding::Multipart)
    }

    /// With a picture, as most clients send one: the part has no name.
    #[must_use]
    pub fn picture(self, bytes: &[u8]) -> Call {
        self.file("Content-Disposition: form-data; filename=\"map.jpg\"\r\nContent-Type: image/jpeg", bytes)
    }

    /// With a header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Call {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The root of the answer echoes an odd spelling of the method, which no schema can list; the answer is not held against it.
    #[must_use]
    pub fn odd_root(mut self) -> Call {
        self.documented_root = false;
        self
    }

    /// The arguments with the signature.
    pub fn signed(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut args = self.args.clone();
        if let Some(secret) = &self.secret {
            args.push((b"sig".to_vec(), sign(&self.args, secret).into_bytes()));
        }
        args
    }

    /// The arguments in form encoding: a query, a form's body, an entry of a batch.
    pub fn encoded(&self) -> String {
        let text = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
        self.signed()
            .iter()
            .map(|(name, value)| format!("{}={}", text(name), text(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// The request that travels.
    pub fn request(&self) -> Request {
        let mut request = match self.encoding {
            Encoding::Get => Request::get(&format!("{}?{}", self.target, self.encoded())),
            Encoding::Form => Request::post(&self.target, "application/x-www-form-urlencoded", self.encoded()),
            Encoding::Multipart => Request::post(
                &self.target,
                "multipart/form-data; boundary=OldClient",
                multipart(&self.signed(), self.file.as_ref(), "OldClient"),
            ),
        };
        request.headers.extend(self.headers.iter().cloned());
        request
    }

    /// Sends it. An XML answer is held against the server's own schema.
    pub fn send(&self, server: &Server) -> Reply {
        let reply = self.send_unchecked(server);
        if self.documented_root
            && reply.answer.status == 200
            && reply.answer.header("content-type").starts_with("text/xml")
        {
            schema::validate(server, reply.text());
        }
        // Things are listed by the millisecond they were made in: what one test makes in two calls has an order.
        std::thread::sleep(std::time::Duration::from_millis(1));
        reply
    }

    /// Sends it and looks at nothing: for many calls at once.
    pub fn send_unchecked(&self, server: &Server) -> Reply {
        let request = self.request();
        let answer = server.ask(&request);
        let signature = self.secret.as_ref().map(|secret| sign(&self.args, secret)).unwrap_or_default();
        let mut sent = format!("{} {}", request.method, request.target);
        for (name, value) in &request.headers {
            sent += &format!("\n{name}: {value}");
        }
        if !request.body.is_empty() {
            sent += &format!("\n\n{}", String::from_utf8_lossy(&request.body));
        }
        Reply { sent, signature, answer }
    }
}

/// A multipart body, every argument a part, the file the last one.
pub fn multipart(args: &[(Vec<u8>, Vec<u8>)], file: Option<&(String, Vec<u8>)>, boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in args {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"").as_bytes());
        body.extend_from_slice(name);
        body.extend_from_slice(b"\"\r\n\r\n");
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    if let Some((head, bytes)) = file {
        body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// What came back, and what was sent for it.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The request, readable.
    pub sent: String,
    /// Its signature, if it had one.
    pub signature: String,
    /// The answer.
    pub answer: Answer,
}

impl Reply {
    /// The body. The API answers with status 200, whatever happened.
    pub fn text(&self) -> &str {
        assert_eq!(self.answer.status, 200, "{}\n{}", self.sent, self.answer.text());
        self.answer.text()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|e| panic!("{e} in {}", self.text()))
    }

    fn is_xml(&self) -> bool {
        self.answer.header("content-type").starts_with("text/xml")
    }

    /// The text of the first element of this name, or the member.
    pub fn field(&self, name: &str) -> Option<String> {
        if !self.is_xml() {
            let json = self.json();
            return (!json[name].is_null()).then(|| text_of(&json, name));
        }
        let document = roxmltree::Document::parse(self.text()).expect("well-formed XML");
        let element = document
            .root_element()
            .children()
            .find(|node| node.has_tag_name(("http://api.facebook.com/1.0/", name)))?;
        Some(element.text().unwrap_or_default().to_owned())
    }

    /// The error's code; 0 for success.
    pub fn code(&self) -> u32 {
        self.field("error_code").map_or(0, |code| code.parse().unwrap())
    }

    /// The error's text; empty for success.
    pub fn message(&self) -> String {
        self.field("error_msg").unwrap_or_default()
    }

    /// Fails unless the answer is this error.
    #[track_caller]
    pub fn refused_with(&self, code: u32) {
        assert_eq!(self.code(), code, "{}\n→\n{}", self.sent, self.answer.text());
    }

    /// The result where it is a single value.
    #[track_caller]
    pub fn scalar(&self) -> String {
        assert_eq!(self.code(), 0, "{}\n→\n{}", self.sent, self.answer.text());
        if self.is_xml() {
            let document = roxmltree::Document::parse(self.text()).expect("well-formed XML");
            return document.root_element().text().unwrap_or_default().trim().to_owned();
        }
        match self.json() {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }
}

/// A session as auth.getSession or a login page handed it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session key.
    pub key: String,
    /// Whose.
    pub uid: String,
    /// When it ends; 0 never.
    pub expires: i64,
    /// Its own secret, where there is one.
    pub secret: Option<String>,
    /// The OAuth 2.0 token of the same session.
    pub access_token: Option<String>,
}

impl Session {
    /// From an answer of auth.getSession.
    #[track_caller]
    pub fn of(reply: &Reply) -> Session {
        assert_eq!(reply.code(), 0, "{}\n→\n{}", reply.sent, reply.answer.text());
        let field = |name: &str| reply.field(name);
        Session {
            key: field("session_key").expect("a session key"),
            uid: field("uid").expect("a uid"),
            expires: field("expires").expect("an end").parse().unwrap(),
            secret: field("secret"),
            access_token: field("access_token"),
        }
    }

    /// From the JSON object that a login page appends as `session=`.
    pub fn of_json(object: &Value) -> Session {
        let optional = |name: &str| object[name].as_str().map(str::to_owned);
        Session {
            key: text_of(object, "session_key"),
            uid: text_of(object, "uid"),
            expires: object["expires"].as_i64().expect("expires is a number"),
            secret: optional("secret"),
            access_token: optional("access_token"),
        }
    }

    /// Its own secret, which it must have.
    pub fn secret(&self) -> &str {
        self.secret.as_deref().expect("the session has a secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_md5_of_sorted_arguments_and_secret() {
        // Computed by md5sum over `a=1b=2secret`.
        let args =
            [("b", "2"), ("a", "1"), ("sig", "old")].map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec()));
        assert_eq!(sign(&args, "secret"), "d37cfe88ec8ff020e497f5197bf3ba1c");
    }
}
