//! What a file is is told by its head, and what is cut or damaged is told apart from what is no video.

use super::*;

fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut out = ((content.len() + 8) as u32).to_be_bytes().to_vec();
    out.extend(name);
    out.extend(content);
    out
}

/// Of that many units, of which so many are a second.
fn mp4(brand: &[u8; 4], scale: u32, length: u32) -> Vec<u8> {
    let mut head = vec![0; 12];
    head.extend(scale.to_be_bytes());
    head.extend(length.to_be_bytes());
    head.extend([0; 80]);
    [boxed(b"ftyp", brand), boxed(b"moov", &boxed(b"mvhd", &head)), boxed(b"mdat", &[7; 100])].concat()
}

#[test]
fn kinds_are_known_and_their_length_where_it_is_plain() {
    for (brand, ending) in [(b"isom", "mp4"), (b"qt  ", "mov"), (b"3gp4", "3gp"), (b"3g2a", "3g2"), (b"M4V ", "m4v")] {
        assert_eq!(film(&mp4(brand, 600, 600 * 42 - 1)), Ok(Film { ending, length: Some(42) }));
    }
    let mut avi = b"RIFF\0\0\0\0AVI LIST\0\0\0\0hdrl".to_vec();
    avi.extend(b"avih\x38\0\0\0");
    avi.extend(40_000_u32.to_le_bytes());
    avi.extend([0; 12]);
    avi.extend(250_u32.to_le_bytes());
    assert_eq!(film(&avi), Ok(Film { ending: "avi", length: Some(10) }));
    for (head, ending) in
        [(&b"FLV\x01"[..], "flv"), (b"OggS", "ogv"), (b"\x1a\x45\xdf\xa3", "mkv"), (b"\0\0\x01\xba", "mpg")]
    {
        assert_eq!(film(head), Ok(Film { ending, length: None }));
    }
}

#[test]
fn what_is_cut_is_damaged_and_what_is_none_is_unknown() {
    let whole = mp4(b"isom", 600, 600);
    for length in (8..whole.len()).filter(|length| *length != 128) {
        assert_eq!(film(&whole[..length]), Err(NoFilm::Damaged), "{length}");
    }
    assert_eq!(film(b"RIFF\0\0\0\0AVI "), Err(NoFilm::Damaged));
    for other in [&b""[..], b"x", b"<html>", b"\xff\xd8\xff\xe0\0\0JFIF", b"RIFF\0\0\0\0WAVE"] {
        assert_eq!(film(other), Err(NoFilm::Unknown));
    }
    // Sizes that no file has.
    for size in [[0, 0, 0, 7], [255; 4], [0, 0, 0, 1]] {
        let odd = [&size[..], b"ftyp", &[255; 8]].concat();
        assert!(film(&odd).is_err());
    }
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_answered(mut bytes: Vec<u8>, at in 0usize..200) {
        let _ = film(&bytes);
        let mut whole = mp4(b"isom", 600, 600);
        let place = at % whole.len();
        whole.splice(place..place, bytes.drain(..));
        let _ = film(&whole);
    }
}
