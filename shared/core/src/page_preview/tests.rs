//! Pages as the web has them, kind and odd, and what is read of each.

use super::*;

fn at() -> WebAddress {
    WebAddress::read("http://pond.example/a/b").unwrap()
}

fn read(html: &str) -> Preview {
    Preview::read(html.as_bytes(), None, &at())
}

#[test]
fn a_page_tells_title_description_and_pictures() {
    let preview = read(
        r#"<!DOCTYPE html><html><head><title>
            A  pond &amp; its <b>ducks</b></title>
            <meta name="Description" content=" Ducks,&#10; mostly. ">
            <link rel="image_src" href="/duck.jpg"></head>
            <body><img src="c.png"><img src='/duck.jpg'><img src="data:image/png;base64,AA"><img></body>"#,
    );
    assert_eq!(preview.title, "A pond & its <b>ducks</b>");
    assert_eq!(preview.description, "Ducks, mostly.");
    assert_eq!(preview.images, ["http://pond.example/duck.jpg", "http://pond.example/a/c.png"]);
}

#[test]
fn what_is_said_for_the_purpose_goes_first() {
    let preview = read(
        r#"<meta property="og:title" content="Pond"><meta property="og:title" content="Second"><title>Home | Pond</title>
           <meta name="description" content="Long."><meta name="og:description" content="Short.">
           <img src="a.png"><meta property="og:image" content="http://img.example/d.jpg">"#,
    );
    assert_eq!((preview.title.as_str(), preview.description.as_str()), ("Pond", "Short."));
    assert_eq!(preview.images, ["http://img.example/d.jpg", "http://pond.example/a/a.png"]);
}

#[test]
fn what_scripts_styles_and_comments_hold_is_no_page() {
    let preview = read(
        r#"<script>document.write('<title>No</title><img src="no.png">')</script><style><title>No</title></style>
           <!-- <title>No</title> --><textarea><img src="no.png"></textarea><iframe><img src="no.png"></iframe>
           <title>Yes</title><svg><title>No</title></svg>"#,
    );
    assert_eq!(preview, Preview { title: "Yes".to_owned(), ..Preview::default() });
}

#[test]
fn pictures_are_resolved_by_the_base_of_the_page_and_are_addresses_of_the_web() {
    let preview = read(
        r#"<base href="//img.example/x/"><img src="a.png"><img src="javascript:alert(1)"><img src="ftp://img.example/b">
           <img src="http://user:pass@img.example/c"><img src=""><img src="http://[bad">"#,
    );
    assert_eq!(preview.images, ["http://img.example/x/a.png", "http://img.example/x/"]);
    let many: String = (0..500).map(|n| format!("<img src={n}.png>")).collect();
    assert_eq!(read(&many).images.len(), MAX_IMAGES);
}

#[test]
fn a_page_without_anything_has_nothing_and_odd_ones_do_no_harm() {
    for odd in ["", "just text", "<title>", "<title></title>", "<meta content>", "<", "\0\0\0", "<!--", "<img src='"] {
        assert_eq!(read(odd), Preview::default(), "{odd}");
    }
    assert_eq!(read("<title>Cut of").title, "Cut of");
    assert_eq!(read("<title>a\u{0}b\u{7}c\n</title>").title, "a\u{fffd}b c");
}

#[test]
fn texts_are_cut() {
    let long = "ä ".repeat(5000);
    let preview = read(&format!("<title>{long}</title><meta name=description content='{long}'>"));
    assert_eq!(preview.title.chars().count(), MAX_TITLE);
    assert!(preview.title.ends_with("ä…") && preview.description.chars().count() <= MAX_DESCRIPTION + 1);
}

#[test]
fn bytes_become_text_by_whoever_says_how() {
    let title = |body: &[u8], charset| Preview::read(body, charset, &at()).title;
    let latin = b"<title>caf\xe9</title>";
    assert_eq!(title(latin, None), "café", "nobody says anything, and it is no UTF-8");
    assert_eq!(title("<title>café</title>".as_bytes(), None), "café");
    assert_eq!(title(latin, Some("iso-8859-1")), "café");
    assert_eq!(title(b"<meta charset=\"windows-1251\"><title>\xcf\xf0\xf3\xe4</title>", None), "Пруд");
    let http_equiv = b"<meta http-equiv=Content-Type content='text/html; charset=gb2312'><title>\xb3\xd8</title>";
    assert_eq!(title(http_equiv, None), "池");
    assert_eq!(title(http_equiv, Some("no such charset")), "池");
    assert_eq!(title(b"\xef\xbb\xbf<title>caf\xc3\xa9</title>", Some("gbk")), "café", "the mark goes first");
    let utf16: Vec<u8> =
        [0xfeffu16].into_iter().chain("<title>池</title>".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(title(&utf16, None), "池");
    assert_eq!(title(b"<meta charset=utf-16><title>caf\xc3\xa9</title>", None), "café", "it is none");
    // Cut within the last character.
    assert_eq!(title(&"<title>café</title>é".as_bytes()[..20], None), "café");
    assert_eq!(title(b"<title>\xff\xfe\xfd", Some("utf-8")), "\u{fffd}\u{fffd}\u{fffd}");
}

#[test]
fn the_charset_of_a_content_type() {
    assert_eq!(charset_of("text/html; charset=\"GBK\""), Some("GBK"));
    assert_eq!(charset_of("text/html;a=b; Charset = utf-8 "), Some("utf-8"));
    assert_eq!(charset_of("text/html"), None);
}
