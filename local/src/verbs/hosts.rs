//! `hosts`: the lines for the hosts file that lead old programs here.

use crate::cli::{Common, HostsFlags};
use crate::fail::Outcome;
use crate::output;
use serde_json::json;

/// The names by which old programs know the API and its pages, and for what each stands.
pub(crate) const NAMES: [(&str, &str); 15] = [
    ("api.facebook.com", "the API: what nearly every client calls"),
    ("api-read.facebook.com", "the API, read only: JavaScript SDK, PHP SDK 2 and 3"),
    ("api-video.facebook.com", "video.upload"),
    ("api-photo.facebook.com", "photos.upload"),
    ("api.new.facebook.com", "the API in the beta of 2008: a switch of the Ruby client"),
    ("www.facebook.com", "the login pages"),
    ("login.facebook.com", "the login pages, of some clients"),
    ("m.facebook.com", "the login pages on phones"),
    ("apps.facebook.com", "applications inside the site"),
    ("graph.facebook.com", "OAuth 2.0, and the small part of the Graph that pages used"),
    ("connect.facebook.net", "the JavaScript SDK"),
    ("static.ak.facebook.com", "its channel between windows"),
    ("s-static.ak.facebook.com", "the same by https"),
    ("static.ak.fbcdn.net", "the same, from 2010 on"),
    ("s-static.ak.fbcdn.net", "the same by https, from 2010 on"),
];

/// Prints them.
pub(crate) fn run(common: &Common, flags: &HostsFlags) -> Outcome {
    let address = flags.address.to_string();
    let value = json!({ "address": address, "names": NAMES.map(|(name, _)| name) });
    output::print(common, &value, || text(&address))
}

fn text(address: &str) -> String {
    let rows: Vec<Vec<String>> =
        NAMES.iter().map(|(name, what)| vec![address.to_owned(), (*name).to_owned(), format!("# {what}")]).collect();
    format!(
        "# Old programs find this server under the names that they know. Add these lines to /etc/hosts (Windows:\n\
         # C:\\Windows\\System32\\drivers\\etc\\hosts), and take them out to reach the live site again.\n\
         # The programs call ports 80 and 443: see docs/OLD-CLIENTS.md.\n{}",
        output::table(&rows)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_entry_or_a_comment() {
        let text = text("127.0.0.1");
        let entries: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(entries.len(), NAMES.len());
        for (line, (name, _)) in entries.iter().zip(NAMES) {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(words[..3], ["127.0.0.1", name, "#"], "{line}");
        }
    }
}
