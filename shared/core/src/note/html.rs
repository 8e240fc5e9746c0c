//! What of the HTML of a note is kept. It is shown by whoever asks for the note, so that nothing in it may run, load a program or pose as a
//! part of their page.

use ammonia::{Builder, UrlRelative};
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// The tags that notes may have. Of others only what they hold stays; of scripts and styles nothing.
const TAGS: [&str; 15] = ["a", "b", "blockquote", "br", "h1", "h2", "h3", "i", "img", "li", "ol", "p", "s", "u", "ul"];
/// Where links and pictures may lead. What is relative would lead to whoever shows the note.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// The HTML of a note, cleaned: what the same text would be after another cleaning, too.
pub fn clean(html: &str) -> String {
    static CLEANER: OnceLock<Builder<'static>> = OnceLock::new();
    CLEANER.get_or_init(cleaner).clean(html).to_string()
}

fn cleaner() -> Builder<'static> {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["alt", "height", "src", "width"])),
        ]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(SCHEMES))
        .url_relative(UrlRelative::Deny)
        // What was written is answered: `rel` is for whoever shows it.
        .link_rel(None);
    cleaner
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{MAX_CONTENT, MAX_TAGS};

    #[test]
    fn simple_markup_stays_as_it_was_written() {
        for html in [
            "plain text",
            "<p>A list of <b>maps</b>.</p>",
            "<h1>a</h1><h2>b</h2><h3>c</h3><ul><li><i>d</i></li></ul><ol><li><u>e</u></li></ol>",
            "<blockquote><s>f</s></blockquote><br>",
            r#"<a href="http://pond.example/?a=1&amp;b=2">g</a>"#,
            r#"<img src="https://pond.example/d.jpg" alt="h" width="10" height="20">"#,
            "two\nlines &amp; 1 &lt; 2",
        ] {
            assert_eq!(clean(html), html);
        }
        assert_eq!(clean("Tom & Jerry < 3"), "Tom &amp; Jerry &lt; 3");
        assert_eq!(clean("<P>open <B>tags"), "<p>open <b>tags</b></p>");
    }

    #[test]
    fn nothing_in_it_runs_or_loads_or_hides() {
        for (html, left) in [
            ("a<script>alert(1)</script>b", "ab"),
            ("<style>p{}</style>c", "c"),
            ("<div onclick=alert(1)><span style='x'>d</span></div>", "d"),
            ("<p onmouseover=\"alert(1)\" style=\"position:fixed\" id=x class=y title=z>e</p>", "<p>e</p>"),
            ("<a href=\"javascript:alert(1)\" target=_top>f</a>", "<a>f</a>"),
            ("<a href=\"jav&#x09;ascript:alert(1)\">g</a>", "<a>g</a>"),
            ("<a href=\"/login.php\">h</a>", "<a>h</a>"),
            ("<img src=\"data:text/html,x\" onerror=alert(1)>", "<img>"),
            ("<iframe src=http://x.example></iframe><object data=x></object><embed src=x>", ""),
            ("<form action=http://x.example><input name=pass></form>", ""),
            ("<!-- i --><?php j ?>k", "k"),
            ("<svg><script>alert(1)</script><style><img src=x onerror=alert(1)></style></svg>", "<img>"),
        ] {
            let clean_once = clean(html);
            assert_eq!(clean_once, left, "{html}");
            assert_eq!(clean(&clean_once), clean_once);
        }
    }

    #[test]
    fn the_longest_note_of_the_worst_sort_is_cleaned_soon() {
        for tag in [
            "<b>",
            "<p><b>",
            "<a>",
            "<li><i>",
            "<ul>",
            "<blockquote>",
            "</p>",
            "<a href=x>",
            "<table><b>",
            "<h1><a><p>",
            "<svg>",
            "<b x=1>",
        ] {
            let times = (MAX_TAGS / tag.matches('<').count()).min(MAX_CONTENT / tag.len());
            let begun = std::time::Instant::now();
            clean(&tag.repeat(times));
            assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{tag}: {:?}", begun.elapsed());
        }
    }
}
