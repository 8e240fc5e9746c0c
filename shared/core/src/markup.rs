//! Texts with markup, and what is left of them where only plain text is shown. Nothing here judges markup or lets it through: what comes
//! out is text, to be escaped wherever it is shown.

/// The text of a piece of HTML: tags and comments fall away, a line break becomes one, the common entities are read. What is broken is taken
/// as text as far as it is any.
pub fn without_tags(html: &str) -> String {
    let (mut text, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let end = match tag.starts_with("<!--") {
            true => tag.find("-->").map(|end| end + 2),
            false if begins_tag(tag) => end_of_tag(tag),
            false => {
                // A lone "<", as in "1 < 2".
                text.push('<');
                rest = tag.get(1..).unwrap_or_default();
                continue;
            }
        };
        if is_line_break(tag) {
            text.push('\n');
        }
        rest = end.and_then(|end| tag.get(end + 1..)).unwrap_or_default();
    }
    text.push_str(rest);
    without_entities(&text)
}

fn begins_tag(tag: &str) -> bool {
    let next = tag.as_bytes().get(1).copied().unwrap_or_default();
    next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')
}

/// Where a tag ends: at the first ">" outside of its quoted values.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return true,
            _ => {}
        }
        false
    })
}

fn is_line_break(tag: &str) -> bool {
    let name: String = tag.chars().skip(1).take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
    matches!(name.to_ascii_lowercase().as_str(), "br" | "br/" | "/p")
}

fn without_entities(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        plain.push_str(before);
        let read =
            entity.find(';').filter(|end| *end <= 10).and_then(|end| Some((read_entity(entity.get(1..end)?)?, end)));
        match read {
            Some((character, end)) => {
                plain.push(character);
                rest = entity.get(end + 1..).unwrap_or_default();
            }
            None => {
                plain.push('&');
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn read_entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control() || *c == '\n' || *c == '\t')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_tags;

    #[test]
    fn tags_and_comments_fall_away_and_entities_are_read() {
        for (html, text) in [
            ("", ""),
            ("plain", "plain"),
            ("<b>Bob</b> fed your duck.", "Bob fed your duck."),
            ("<a href=\"http://x/?a>b\" title='c>d'>there</a>!", "there!"),
            ("one<br/>two<BR>three</p>four", "one\ntwo\nthree\nfour"),
            ("a<!-- <b>not</b> this -->b", "ab"),
            ("&lt;b&gt; &amp;amp; &quot;&#65;&#x42;&apos;&nbsp;.", "<b> &amp; \"AB' ."),
            ("1 < 2 & 3 &unknown; &", "1 < 2 & 3 &unknown; &"),
            ("cut <a href=\"", "cut "),
            ("cut <!-- off", "cut "),
            ("Ünï<i>cödé</i> &#1114112;", "Ünïcödé &#1114112;"),
        ] {
            assert_eq!(without_tags(html), text, "{html}");
        }
    }

    #[test]
    fn no_piece_of_markup_is_too_broken() {
        let whole = "a <b c='d>\">é</b> &amp; <!-- x --> &#x;";
        for (at, _) in whole.char_indices() {
            let _ = (without_tags(&whole[..at]), without_tags(&whole[at..]));
        }
    }
}
