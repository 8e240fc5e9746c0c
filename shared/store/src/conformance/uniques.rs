//! Unique keys.

use super::fixture::{CANVAS, EMAIL, Fixture};
use crate::batch::Outcome;
use crate::error::Conflict;
use crate::key::Id;

pub(super) async fn a_claimed_key_leads_to_its_id(f: Fixture) {
    assert_eq!(f.unique(&EMAIL, "ann").await, None);
    assert_eq!(f.commit_one(|b| b.claim(&EMAIL, "ann", Id(7))).await, Outcome::Created);
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(7));
}

pub(super) async fn a_taken_key_cannot_be_claimed_by_anyone(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "ann", Id(7))).await;
    for id in [7, 8] {
        assert_eq!(f.conflict(|b| b.claim(&EMAIL, "ann", Id(id))).await, (0, Conflict::Exists));
    }
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(7));
}

pub(super) async fn a_released_key_may_be_claimed_again(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "ann", Id(7))).await;
    assert_eq!(f.commit_one(|b| b.release(&EMAIL, "ann", Id(7))).await, Outcome::Deleted);
    assert_eq!(f.unique(&EMAIL, "ann").await, None);
    f.commit(|b| b.claim(&EMAIL, "ann", Id(8))).await;
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(8));
}

pub(super) async fn releasing_a_free_key_conflicts(f: Fixture) {
    assert_eq!(f.conflict(|b| b.release(&EMAIL, "ann", Id(7))).await, (0, Conflict::Missing));
}

pub(super) async fn releasing_the_key_of_another_conflicts(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "ann", Id(7))).await;
    assert_eq!(f.conflict(|b| b.release(&EMAIL, "ann", Id(8))).await, (0, Conflict::Data));
    assert_eq!(f.unique(&EMAIL, "ann").await, Some(7));
}

pub(super) async fn the_same_text_in_two_spaces_is_two_keys(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "ann", Id(7)).claim(&CANVAS, "ann", Id(8))).await;
    assert_eq!((f.unique(&EMAIL, "ann").await, f.unique(&CANVAS, "ann").await), (Some(7), Some(8)));
    f.commit(|b| b.release(&EMAIL, "ann", Id(7))).await;
    assert_eq!((f.unique(&EMAIL, "ann").await, f.unique(&CANVAS, "ann").await), (None, Some(8)));
}

pub(super) async fn texts_are_taken_exactly_as_written(f: Fixture) {
    let texts = [
        "",
        " ",
        "a",
        "A",
        "a ",
        " a",
        "a\0",
        "a\0b",
        "\0",
        "a#b",
        "a:b",
        "ä",
        "a\u{308}",
        "%",
        "_",
        "'",
        "\u{1F600}",
        "\u{FFFF}",
        "line\nline",
    ];
    for (text, id) in texts.into_iter().zip(1..) {
        f.commit(|b| b.claim(&EMAIL, text, Id(id))).await;
    }
    for (text, id) in texts.into_iter().zip(1..) {
        assert_eq!(f.unique(&EMAIL, text).await, Some(id), "{text:?}");
    }
    for text in ["b", "a\0\0", "a\0c", "Ä"] {
        assert_eq!(f.unique(&EMAIL, text).await, None, "{text:?}");
    }
}

pub(super) async fn an_id_may_have_many_keys(f: Fixture) {
    f.commit(|b| b.claim(&EMAIL, "a", Id(7)).claim(&EMAIL, "b", Id(7)).claim(&CANVAS, "c", Id(7))).await;
    f.commit(|b| b.release(&EMAIL, "a", Id(7)).claim(&EMAIL, "d", Id(7))).await;
    let found = (f.unique(&EMAIL, "a").await, f.unique(&EMAIL, "b").await, f.unique(&EMAIL, "d").await);
    assert_eq!(found, (None, Some(7), Some(7)));
}
