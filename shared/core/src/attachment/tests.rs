//! Attachments as programs of the time published them, and what is wrong with others.

use super::*;

fn read(text: &str) -> Attachment {
    read_attachment(text).unwrap().unwrap().0
}

fn told(text: &str) -> String {
    read_attachment(text).unwrap_err().to_string()
}

#[test]
fn all_members_are_read_and_the_whole_is_kept_word_for_word() {
    let text = r#"{"name":"A map","href":"http://maps.example/1","caption":"{*actor*} drew","description":"Old.",
        "properties":{"Year":1898,"More":{"text":"here","href":"http://maps.example/2"}},
        "media":[{"type":"image","src":"http://img.example/m.png","href":"http://maps.example/1"}],
        "latitude":"41.4","comments_xid":"map_1"}"#;
    let (map, xid) = read_attachment(text).unwrap().unwrap();
    assert_eq!((map.name.as_str(), map.caption.as_str(), xid.as_deref()), ("A map", "{*actor*} drew", Some("map_1")));
    let properties: Vec<_> = map.properties.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
    assert_eq!(properties, [("Year", "1898"), ("More", "here")], "in the order in which they came");
    assert!(map.published.contains(r#""latitude":"41.4""#));
    let kept: Attachment = serde_json::from_str(&serde_json::to_string(&map).unwrap()).unwrap();
    assert_eq!(kept, map);
}

#[test]
fn other_forms_of_the_time_are_read_alike() {
    let list = read(
        r#"{"properties":[{"name":"Year","text":"1898"}],"media":{"type":"image","src":"http://a/","href":"http://b/"}}"#,
    );
    assert_eq!((list.properties.len(), list.media.len()), (1, 1));
    for nothing in ["[]", "{}", "null"] {
        assert!(read_attachment(nothing).unwrap().is_none(), "{nothing}");
    }
    assert!(read(r#"{"name":"x","caption":[],"description":null,"properties":"","media":{}}"#).media.is_empty());
}

#[test]
fn sounds_and_films_are_read() {
    let flash = read(
        r#"{"media":[{"type":"flash","swfsrc":"http://a/","imgsrc":"http://b/","expanded_width":"9000","flashvars":"a=1"}]}"#,
    );
    let Media::Flash { width, height, flashvars, .. } = &flash.media[0] else { panic!("{flash:?}") };
    assert_eq!((*width, *height, flashvars.as_str()), (460, 260, "a=1"));
    let mp3 = read(r#"{"media":[{"type":"mp3","src":"http://a/","title":"T"},{"type":"mp3","src":"http://c/"}]}"#);
    assert!(matches!(mp3.media.as_slice(), [Media::Mp3 { title, .. }] if title == "T"), "one sound, and no more");
    let video = read(r#"{"media":[{"type":"video","video_src":"http://a/v.swf","preview_img":"http://b/"}]}"#);
    assert!(matches!(&video.media[0], Media::Video { video_link, video_type, .. }
        if video_link == "http://a/v.swf" && video_type == "application/x-shockwave-flash"));
}

#[test]
fn what_is_wrong_is_named() {
    let long = format!(r#"{{"href":"http://a/{}"}}"#, "x".repeat(1024));
    let label = format!(r#"{{"properties":{{"{}":"x"}}}}"#, "x".repeat(51));
    let huge = format!(r#"{{"name":"{}"}}"#, "x".repeat(MAX_BYTES));
    for (text, expected) in [
        ("{", "attachment: EOF"),
        ("7", "no JSON object"),
        (r#"{"name":["a"]}"#, "attachment.name is no text"),
        (r#"{"caption":{"text":"a"}}"#, "attachment.caption is no text"),
        (r#"{"comments_xid":["a"]}"#, "attachment.comments_xid is no text"),
        (r#"{"href":"javascript:alert(1)"}"#, "attachment.href is no http"),
        (r#"{"href":"http://"}"#, "attachment.href is no http"),
        (long.as_str(), "attachment.href is longer"),
        (huge.as_str(), "attachment is longer"),
        (label.as_str(), "1 to 50 characters"),
        (r#"{"properties":{"a":[]}}"#, "'a' is neither"),
        (r#"{"properties":[7]}"#, "an item is no object"),
        (r#"{"properties":7}"#, "no object of labels"),
        (r#"{"media":7}"#, "media is no array"),
        (r#"{"media":[7]}"#, "an item is no object"),
        (r#"{"media":[{"type":"image","src":"http://a/"}]}"#, "of type image needs href"),
        (r#"{"media":[{"type":"image","src":"data:x","href":"http://b/"}]}"#, "src is no http"),
        (r#"{"media":[{"type":"smell"}]}"#, "a type is image"),
        (
            r#"{"media":[{"type":"mp3","src":"http://a/"},{"type":"image","src":"http://a/","href":"http://b/"}]}"#,
            "of one type",
        ),
    ] {
        assert!(told(text).contains(expected), "{} for {text:.80}", told(text));
    }
    assert_eq!(read_attachment("{").unwrap_err().on_the_wire().code, Code::ParamBadJson);
}

#[test]
fn action_links_need_a_text_and_an_address() {
    let links =
        read_action_links(r#"[{"text":"See","href":"http://a/"},{"text":"More","href":"https://b/"}]"#).unwrap();
    assert_eq!(links.len(), 2);
    assert_eq!(read_action_links(r#"{"text":"See","href":"http://a/"}"#).unwrap().len(), 1);
    for nothing in ["[]", "{}", "null"] {
        assert!(read_action_links(nothing).unwrap().is_empty());
    }
    let labelled = |letters: usize| format!(r#"{{"text":"{}","href":"http://a/"}}"#, "ä".repeat(letters));
    assert_eq!(read_action_links(&labelled(25)).unwrap().len(), 1);
    for wrong in [
        "7",
        "[7]",
        r#"[{"text":"x"}]"#,
        r#"[{"href":"http://a/"}]"#,
        r#"[{"text":"x","href":"ftp://a/"}]"#,
        "[",
        &labelled(26),
    ] {
        assert!(read_action_links(wrong).is_err(), "{wrong}");
    }
}
