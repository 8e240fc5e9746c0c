//! What every keeper of files must do. A backend calls [`keeps_files`] on an empty one.

use crate::blobs::{BlobError, Blobs, Piece, Window};
use bytes::Bytes;

/// Runs all of it; panics if the keeper is wrong.
pub async fn keeps_files(blobs: &dyn Blobs) {
    a_file_is_read_as_it_was_written(blobs).await;
    a_window_is_cut_to_the_file(blobs).await;
    what_is_not_there_is_none_and_removing_it_is_no_failure(blobs).await;
    keys_are_listed_in_their_order(blobs).await;
    a_key_that_leads_elsewhere_is_refused(blobs).await;
}

async fn whole(blobs: &dyn Blobs, key: &str) -> Option<Bytes> {
    let piece = blobs.get(key, None).await.unwrap()?;
    assert_eq!(piece.whole, piece.bytes.len() as u64);
    Some(piece.bytes)
}

async fn a_file_is_read_as_it_was_written(blobs: &dyn Blobs) {
    let large: Bytes = (0..300_000_u32).map(|n| (n % 251) as u8).collect::<Vec<u8>>().into();
    for (key, bytes) in
        [("a/b/one.jpg", large), ("a/none.bin", Bytes::new()), ("two.mp4", Bytes::from_static(b"\0\xff\r\n"))]
    {
        blobs.put(key, bytes.clone()).await.unwrap();
        assert_eq!(whole(blobs, key).await, Some(bytes));
    }
    blobs.put("two.mp4", Bytes::from_static(b"again")).await.unwrap();
    assert_eq!(whole(blobs, "two.mp4").await.unwrap(), "again");
}

async fn a_window_is_cut_to_the_file(blobs: &dyn Blobs) {
    blobs.put("w.bin", Bytes::from_static(b"0123456789")).await.unwrap();
    for (from, length, expected) in [
        (0, 10, "0123456789"),
        (0, 1, "0"),
        (3, 4, "3456"),
        (8, 9, "89"),
        (9, u64::MAX, "9"),
        (10, 1, ""),
        (u64::MAX, 1, ""),
    ] {
        let piece = blobs.get("w.bin", Some(Window { from, length })).await.unwrap();
        let expected = Piece { bytes: Bytes::from_static(expected.as_bytes()), whole: 10 };
        assert_eq!(piece, Some(expected), "{from} {length}");
    }
}

async fn what_is_not_there_is_none_and_removing_it_is_no_failure(blobs: &dyn Blobs) {
    for key in ["a/b/nobody.jpg", "c/d/nobody.jpg"] {
        assert_eq!(blobs.get(key, None).await.unwrap(), None);
        assert_eq!(blobs.get(key, Some(Window { from: 0, length: 1 })).await.unwrap(), None);
        blobs.delete(key).await.unwrap();
    }
    blobs.put("gone.jpg", Bytes::from_static(b"x")).await.unwrap();
    blobs.delete("gone.jpg").await.unwrap();
    assert_eq!(whole(blobs, "gone.jpg").await, None);
}

async fn keys_are_listed_in_their_order(blobs: &dyn Blobs) {
    let mut listed: Vec<String> = Vec::new();
    loop {
        let some = blobs.list(listed.last().map(String::as_str), 2).await.unwrap();
        assert!(some.len() <= 2);
        if some.is_empty() {
            break;
        }
        listed.extend(some);
    }
    assert_eq!(listed, ["a/b/one.jpg", "a/none.bin", "two.mp4", "w.bin"]);
}

async fn a_key_that_leads_elsewhere_is_refused(blobs: &dyn Blobs) {
    for key in ["../up.jpg", "/root.jpg", "a//b.jpg", "page.html", ""] {
        assert!(matches!(blobs.put(key, Bytes::new()).await, Err(BlobError::Refused(_))), "{key}");
        assert!(matches!(blobs.get(key, None).await, Err(BlobError::Refused(_))), "{key}");
        assert!(matches!(blobs.delete(key).await, Err(BlobError::Refused(_))), "{key}");
    }
}
