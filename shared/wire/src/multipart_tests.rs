//! Multipart bodies as real clients wrote them.

use super::*;

const TYPE: &[u8] = b"multipart/form-data; boundary=BB";

type Fields = Vec<(String, String)>;

fn read_all(content_type: &[u8], body: &str) -> Result<(Fields, Option<Upload>), String> {
    let mut args = Args::new();
    let body = Bytes::copy_from_slice(body.replace('\n', "\r\n").as_bytes());
    let upload = read(content_type, body, &mut args, &Limits::default()).map_err(|error| error.to_string())?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Ok((args.iter().map(|(name, value)| (text(name), text(value))).collect(), upload))
}

fn fields(body: &str) -> Fields {
    read_all(TYPE, body).unwrap().0
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn php_a_file_without_a_name() {
    let (fields, upload) = read_all(
        b"multipart/form-data; boundary=\"BB\"",
        "--BB\nContent-Disposition: form-data; name=\"method\"\n\nfacebook.photos.upload\n\
         --BB\nContent-Disposition: form-data; filename=\"sunset.jpg\"\nContent-Type: image/jpeg\n\nJPEG\n--BB--\n",
    )
    .unwrap();
    assert_eq!(fields, [pair("method", "facebook.photos.upload")]);
    let bytes = Bytes::from_static(b"JPEG");
    assert_eq!(
        upload,
        Some(Upload { filename: Some("sunset.jpg".into()), content_type: Some("image/jpeg".into()), bytes })
    );
}

#[test]
fn java_type_first_small_letters_and_half_a_media_type() {
    let (fields, upload) = read_all(
        TYPE,
        "--BB\nContent-Type: text/plain;charset=utf-8\nContent-disposition: form-data; name=\"caption\"\n\nAm Strand\n\
         --BB\nContent-Type: image\nContent-disposition: form-data; filename=\"a b.gif\"\n\nGIF\n--BB--\n",
    )
    .unwrap();
    assert_eq!(fields, [pair("caption", "Am Strand")]);
    let upload = upload.unwrap();
    assert_eq!((upload.content_type.as_deref(), upload.filename.as_deref()), (Some("image"), Some("a b.gif")));
}

#[test]
fn php_curl_a_file_with_a_name_is_a_file() {
    let (fields, upload) =
        read_all(TYPE, "--BB\nContent-Disposition: form-data; name=\"_file\"; filename=\"x.png\"\n\nPNG\n--BB--\n")
            .unwrap();
    assert!(fields.is_empty());
    assert_eq!(upload.unwrap().bytes, "PNG");
}

#[test]
fn iphone_no_closing_boundary() {
    for end in ["--BB\n", "--BB", "--BB--", "--BB--\n"] {
        let body = format!(
            "--BB\nContent-Disposition: form-data; name=\"a\"\n\n1\n--BB\nContent-Disposition: form-data; name=\"b\"\n\n2\n{end}"
        );
        assert_eq!(fields(&body), [pair("a", "1"), pair("b", "2")], "{end:?}");
    }
}

#[test]
fn a_part_with_an_empty_name_is_dropped() {
    let body = "--BB\nContent-Disposition: form-data; name=\"\"\n\n\n--BB\nContent-Disposition: form-data; name=\"a\"\n\n1\n--BB--\n";
    assert_eq!(fields(body), [pair("a", "1")]);
}

#[test]
fn values_keep_their_bytes_and_lines() {
    let body = "--BB\nContent-Disposition: form-data; name=\"a\"\n\none\n\ntwo & %41 +\n--BB--\n";
    assert_eq!(fields(body), [pair("a", "one\r\n\r\ntwo & %41 +")]);
}

#[test]
fn a_browser_that_sends_an_empty_file_sends_none_and_two_are_too_many() {
    let part = |name: &str, content: &str| {
        format!("--BB\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\n\n{content}\n")
    };
    let (_, upload) = read_all(TYPE, &format!("{}{}--BB--\n", part("", ""), part("a", "1"))).unwrap();
    assert_eq!(upload.unwrap().bytes, "1");
    let error = read_all(TYPE, &format!("{}{}--BB--\n", part("a", "1"), part("b", "2"))).unwrap_err();
    assert_eq!(error, "Invalid parameter: more than one file");
}

#[test]
fn what_cannot_be_read_is_error_100() {
    let cannot = |content_type: &[u8], body: &str| {
        let error = read_all(content_type, body).unwrap_err();
        error.strip_prefix("Invalid parameter: the multipart body cannot be read: ").unwrap().to_owned()
    };
    assert_eq!(cannot(b"multipart/form-data", ""), "the boundary is missing");
    assert_eq!(cannot(b"multipart/form-data; boundary=", ""), "the boundary is missing");
    assert_eq!(cannot(TYPE, ""), "no part found where one should begin");
    assert_eq!(cannot(TYPE, "a=1&b=2"), "no part found where one should begin");
    assert_eq!(cannot(TYPE, "--BB\nContent-Disposition: form-data; name=\"a\"\n\n12"), "it ends within a part");
}

#[test]
fn boundaries() {
    for (header, expected) in [
        ("multipart/form-data; boundary=abc", Some("abc")),
        ("multipart/form-data; BOUNDARY=\"a b;c\"; charset=x", Some("a b;c")),
        ("multipart/form-data;boundary=----=_Part:1/2?; charset=utf-8", Some("----=_Part:1/2?")),
        ("multipart/form-data", None),
    ] {
        assert_eq!(boundary(header.as_bytes()).as_deref(), expected, "{header}");
    }
    assert!(is_multipart(b"Multipart/Form-Data; boundary=x"));
    assert!(!is_multipart(b"application/x-www-form-urlencoded"));
}
