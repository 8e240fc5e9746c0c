//! A film: the head that says how long it plays, and whatever bytes stand for the pictures.

/// An MP4 file that plays for so many seconds.
pub fn film(seconds: u32, pictures: &[u8]) -> Vec<u8> {
    let boxed = |name: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], name, content].concat()
    };
    let head = [&[0; 12][..], &1_u32.to_be_bytes(), &seconds.to_be_bytes(), &[0; 80]].concat();
    [boxed(b"ftyp", b"isom"), boxed(b"moov", &boxed(b"mvhd", &head)), boxed(b"mdat", pictures)].concat()
}
