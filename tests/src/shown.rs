//! Requests and answers as snapshots show them: the bytes that matter, with a placeholder for whatever differs from run to run.

use crate::client::Reply;
use crate::server::Server;

/// Replaces what is random by names. Known values are replaced as a whole, so that a wrong value stands out instead of vanishing
/// behind a pattern.
#[derive(Debug, Default)]
pub struct Shown {
    names: Vec<(String, String)>,
}

impl Shown {
    /// Knows the server's address.
    pub fn new(server: &Server) -> Shown {
        Shown::default().name(&server.address, "[server]")
    }

    /// Shows `value` as `[name]` from now on.
    #[must_use]
    pub fn name(mut self, value: &str, name: &str) -> Shown {
        assert!(!value.is_empty(), "nothing to call {name}");
        self.names.push((value.to_owned(), name.to_owned()));
        // The longest first: a uid may be part of a session key.
        self.names.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        self
    }

    /// A text with names in it.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (value, name) in &self.names {
            text = text.replace(value, name);
            text = text.replace(&percent(value), name);
        }
        text
    }

    /// A call and its answer: what was sent, status, the header lines that clients look at, body.
    pub fn reply(&self, reply: &Reply) -> String {
        let headers: String = reply
            .answer
            .headers
            .iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "date" | "content-length" | "connection" | "transfer-encoding")
            })
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        let signature = &reply.signature;
        let shown = format!("{}\n\n{}\n{headers}\n{}", reply.sent, reply.answer.status, reply.answer.text());
        let shown = self.text(&shown);
        if signature.is_empty() { shown } else { shown.replace(signature, "[sig]") }
    }
}

fn percent(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
