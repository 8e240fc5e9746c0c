//! The text of a mail whose markup an application sent: names in the place of `fb:name`, line breaks, the addresses of links, and no tags.

use reconnect_core::markup::without_tags;
use std::collections::HashMap;

/// The tags that a mail may hold; any other and the markup is not rendered.
const KNOWN: [&str; 22] = [
    "a",
    "b",
    "br",
    "div",
    "em",
    "fb:fbt",
    "fb:intl",
    "fb:intl-token",
    "fb:name",
    "fb:tag",
    "fb:tag-attribute",
    "fb:tag-body",
    "fb:userlink",
    "i",
    "li",
    "ol",
    "p",
    "small",
    "span",
    "strong",
    "u",
    "ul",
];

/// A tag of a text.
struct Tag<'a> {
    /// In lower case, without the slash.
    name: String,
    inside: &'a str,
    closes: bool,
}

fn tag(text: &str) -> Tag<'_> {
    let inside = text.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let (closes, inside) = match inside.strip_prefix('/') {
        Some(inside) => (true, inside),
        None => (false, inside),
    };
    let name: String =
        inside.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-')).collect::<String>();
    Tag { name: name.to_ascii_lowercase(), inside, closes }
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<String> {
        let at = self.inside.to_ascii_lowercase().find(&format!(" {name}="))? + name.len() + 2;
        let rest = self.inside.get(at..)?;
        let value = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next()?,
            _ => rest.split_whitespace().next()?,
        };
        Some(without_tags(value))
    }
}

/// Tags and the texts between them, in order.
fn parts(markup: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), markup);
    while let Some(at) = rest.find('<') {
        let (text, from) = rest.split_at(at);
        let end = from.find('>').map_or(from.len(), |end| end + 1);
        let (tag, next) = from.split_at(end);
        parts.extend([text, tag]);
        rest = next;
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The people whose names a text calls for.
pub(crate) fn named(markup: &str) -> Vec<u64> {
    let tags = parts(markup).into_iter().filter(|part| part.starts_with('<')).map(tag);
    tags.filter(|tag| matches!(tag.name.as_str(), "fb:name" | "fb:userlink"))
        .filter_map(|tag| tag.attribute("uid")?.parse().ok())
        .collect()
}

/// The text; none where there is a tag that no mail may hold.
pub(crate) fn render(markup: &str, names: &HashMap<u64, String>) -> Option<String> {
    let (mut text, mut links) = (String::new(), Vec::new());
    for part in parts(markup) {
        if !part.starts_with('<') {
            text.push_str(&without_tags(part));
            continue;
        }
        let tag = tag(part);
        if !KNOWN.contains(&tag.name.as_str()) {
            return None;
        }
        match (tag.name.as_str(), tag.closes) {
            ("fb:name" | "fb:userlink", false) => {
                let uid = tag.attribute("uid").and_then(|uid| uid.parse::<u64>().ok());
                text.push_str(uid.and_then(|uid| names.get(&uid)).map_or("", String::as_str));
            }
            ("a", false) => links.push(tag.attribute("href")),
            ("a", true) => {
                if let Some(href) = links.pop().flatten() {
                    text.push_str(&format!(" ({href})"));
                }
            }
            ("br", _) | ("p" | "div" | "li", true) => text.push('\n'),
            _ => {}
        }
    }
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_links_and_line_breaks_become_text() {
        let names = HashMap::from([(7, "Ann & Co".to_owned())]);
        for (markup, text) in [
            ("plain &amp; simple", Some("plain & simple")),
            ("<fb:name uid=\"7\" useyou='false' /> says<br/>hello", Some("Ann & Co says\nhello")),
            ("<fb:name uid=8></fb:name>!", Some("!")),
            (
                "<p>See <a href=\"http://x/?a=1&amp;b=2\"><b>this</b></a></p>now",
                Some("See this (http://x/?a=1&b=2)\nnow"),
            ),
            ("<fb:intl>Hello <fb:intl-token name=\"n\">you</fb:intl-token></fb:intl>", Some("Hello you")),
            ("<FB:NAME UID=\"7\"/>", Some("Ann & Co")),
            ("<fb:swf src=\"x\"/>", None),
            ("<script>alert(1)</script>", None),
            ("a < b", None),
        ] {
            assert_eq!(render(markup, &names).as_deref(), text, "{markup}");
        }
        assert_eq!(named("<fb:name uid=\"7\"/><fb:userlink uid='9'/><fb:name uid='x'/><a uid='3'>"), [7, 9]);
    }
}
