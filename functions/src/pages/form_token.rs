//! The proof that a form was ours: `fb_dtsg`, for one browser, one login, one purpose and one content.

use super::asked::Asked;
use super::problem::Problem;
use super::visitor::Visitor;
use http::{HeaderMap, header};
use reconnect_core::secrets::{Secrets, same};

/// The field's name; historic.
pub(crate) const FIELD: &str = "fb_dtsg";

/// The token of a form, or of a link that changes something.
pub(crate) fn make(secrets: &Secrets, visitor: &Visitor, purpose: &str, subject: &[&str]) -> String {
    let subject: Vec<&[u8]> = subject.iter().map(|part| part.as_bytes()).collect();
    secrets.form_token(&visitor.binding(), purpose, &subject)
}

impl Asked {
    /// The token for a form on this visitor's page.
    pub(crate) fn form_token(&self, purpose: &str, subject: &[&str]) -> String {
        make(&self.site.services.secrets, &self.visitor, purpose, subject)
    }

    /// Refuses a form that is not ours. `subject` is what the page showed, so that nobody agrees to something else than they read.
    pub(crate) fn check_form(&self, purpose: &str, subject: &[&str]) -> Result<(), Problem> {
        if self.foreign {
            return Err(Problem::ForeignForm);
        }
        if self.token_is_ours(FIELD, purpose, subject) { Ok(()) } else { Err(Problem::StaleForm) }
    }

    /// Whether an argument holds the token for this purpose.
    pub(crate) fn token_is_ours(&self, field: &str, purpose: &str, subject: &[&str]) -> bool {
        let sent = self.args.get(field).unwrap_or_default();
        same(sent, self.form_token(purpose, subject).as_bytes())
    }
}

/// Whether the browser itself says that a request was caused by another site.
///
/// Where it sends `Sec-Fetch-Site`, that decides. Else `Origin` does; but our own forms say `null` there, because of the
/// `Referrer-Policy` of our pages, so `null` proves nothing, and what is left is the token.
pub(crate) fn is_foreign(headers: &HeaderMap, origins: &[String]) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN.as_str()) {
        None | Some("null") => false,
        Some(origin) => !origins.iter().any(|ours| ours.trim_end_matches('/').eq_ignore_ascii_case(origin)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_own_word_about_the_sender_counts() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            is_foreign(&headers, &["http://127.0.0.1:8080".to_owned()])
        };
        assert!(!foreign(&[]), "programs of the time send neither header");
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!foreign(&[("origin", "http://127.0.0.1:8080")]));
        assert!(!foreign(&[("origin", "null")]));
        for bad in ["cross-site", "same-site", ""] {
            assert!(foreign(&[("sec-fetch-site", bad), ("origin", "http://127.0.0.1:8080")]), "{bad}");
        }
        for bad in ["http://127.0.0.1:8081", "https://127.0.0.1:8080", "http://evil.example", ""] {
            assert!(foreign(&[("origin", bad)]), "{bad}");
        }
    }
}
