//! Ranges: order, windows, directions, cursors.

use super::fixture::{BADGE, FRIEND, Fixture, LIKE, NOTE, at, bytes};
use crate::error::StoreError;
use crate::key::Id;
use crate::range::{Direction, Entry, Range};
use crate::{StoreExt, limits};

/// Writes the list of 1 with these times and ids, in batches of 100.
async fn fill(f: &Fixture, entries: impl IntoIterator<Item = (i64, u64)>) {
    let entries: Vec<(i64, u64)> = entries.into_iter().collect();
    for chunk in entries.chunks(100) {
        f.commit(|b| {
            for (time, to) in chunk {
                b.link(Id(1), &FRIEND, Id(*to), *time, to.to_string().into_bytes());
            }
            b
        })
        .await;
    }
}

fn newest(limit: usize) -> Range {
    Range::newest(Id(1), &FRIEND, limit)
}

fn oldest(limit: usize) -> Range {
    Range::oldest(Id(1), &FRIEND, limit)
}

pub(super) async fn a_list_is_read_newest_first(f: Fixture) {
    fill(&f, [(20, 1), (10, 2), (30, 3)]).await;
    assert_eq!(f.ids(&newest(10)).await, [3, 1, 2]);
}

pub(super) async fn a_list_is_read_oldest_first(f: Fixture) {
    fill(&f, [(20, 1), (10, 2), (30, 3)]).await;
    assert_eq!(f.ids(&oldest(10)).await, [2, 1, 3]);
}

pub(super) async fn entries_of_one_time_are_ordered_by_id(f: Fixture) {
    fill(&f, [(5, 300), (5, 4), (5, Id::MAX.0), (5, 0), (6, 2), (4, 9)]).await;
    assert_eq!(f.ids(&oldest(10)).await, [9, 0, 4, 300, Id::MAX.0, 2]);
    assert_eq!(f.ids(&newest(10)).await, [2, Id::MAX.0, 300, 4, 0, 9]);
}

pub(super) async fn negative_times_come_before_positive_ones(f: Fixture) {
    let times = [i64::MIN, -1_000_000_007, -10, -9, -1, 0, 1, 9, 10, i64::from(i32::MAX) + 1, i64::MAX];
    fill(&f, times.into_iter().zip(1..)).await;
    let (entries, _) = f.pages(oldest(0), 3).await;
    assert_eq!(entries.iter().map(|entry| entry.time).collect::<Vec<_>>(), times);
    let (mut entries, _) = f.pages(newest(0), 4).await;
    entries.reverse();
    assert_eq!(entries.iter().map(|entry| entry.time).collect::<Vec<_>>(), times);
}

pub(super) async fn the_ends_of_a_window_are_included(f: Fixture) {
    fill(&f, [(10, 1), (20, 2), (20, 3), (30, 4), (40, 5)]).await;
    assert_eq!(f.ids(&newest(10).between(20, 30)).await, [4, 3, 2]);
    assert_eq!(f.ids(&oldest(10).between(20, 30)).await, [2, 3, 4]);
    assert_eq!(f.ids(&oldest(10).between(20, 20)).await, [2, 3]);
    assert_eq!(f.ids(&oldest(10).between(i64::MIN, 10)).await, [1]);
    assert_eq!(f.ids(&newest(10).between(31, i64::MAX)).await, [5]);
}

pub(super) async fn a_window_that_is_empty_or_reversed_holds_nothing(f: Fixture) {
    fill(&f, [(10, 1), (20, 2)]).await;
    for range in [newest(10), oldest(10)] {
        assert_eq!(f.ids(&range.clone().between(11, 19)).await, [0; 0]);
        assert_eq!(f.ids(&range.between(20, 10)).await, [0; 0]);
    }
}

pub(super) async fn the_limit_cuts_and_says_where_to_go_on(f: Fixture) {
    fill(&f, (1..=5).map(|n| (n * 10, n as u64))).await;
    let page = f.range(&newest(2)).await;
    assert_eq!(page.next, Some(at(40, 4)));
    assert_eq!(f.ids(&newest(2).after(page.next)).await, [3, 2]);
    let page = f.range(&oldest(2)).await;
    assert_eq!(page.next, Some(at(20, 2)));
    assert_eq!(f.ids(&oldest(2).after(page.next)).await, [3, 4]);
}

pub(super) async fn a_limit_of_0_asks_for_nothing(f: Fixture) {
    fill(&f, [(10, 1)]).await;
    for range in [newest(0), oldest(0)] {
        assert_eq!(f.range(&range).await.entries, []);
    }
}

pub(super) async fn a_range_ends_with_its_list(f: Fixture) {
    fill(&f, (1..=6).map(|n| (n, n as u64))).await;
    for (range, limit) in [(newest(0), 2), (newest(0), 3), (oldest(0), 5), (oldest(0), 6), (newest(0), 7)] {
        let (entries, pages) = f.pages(range, limit).await;
        assert_eq!((entries.len(), pages), (6, 6_usize.div_ceil(limit)));
    }
    assert_eq!(f.range(&newest(7)).await.next, None, "a page that the limit did not cut is the last one");
}

pub(super) async fn a_cursor_may_stand_outside_of_the_window(f: Fixture) {
    fill(&f, [(10, 1), (20, 2), (30, 3)]).await;
    assert_eq!(f.ids(&newest(9).between(10, 20).after(Some(at(99, 1)))).await, [2, 1]);
    assert_eq!(f.ids(&newest(9).between(10, 20).after(Some(at(5, 1)))).await, [0; 0]);
    assert_eq!(f.ids(&oldest(9).between(20, 30).after(Some(at(5, 1)))).await, [2, 3]);
    assert_eq!(f.ids(&oldest(9).between(20, 30).after(Some(at(99, 1)))).await, [0; 0]);
}

pub(super) async fn a_cursor_need_not_name_an_entry(f: Fixture) {
    fill(&f, [(10, 1), (20, 5), (20, 7), (30, 3)]).await;
    assert_eq!(f.ids(&newest(9).after(Some(at(20, 6)))).await, [5, 1]);
    assert_eq!(f.ids(&oldest(9).after(Some(at(20, 6)))).await, [7, 3]);
    assert_eq!(f.ids(&newest(9).after(Some(at(15, 0)))).await, [1]);
    assert_eq!(f.ids(&oldest(9).after(Some(at(20, u64::MAX)))).await, [3]);
}

pub(super) async fn pages_have_no_gap_and_no_repeat(f: Fixture) {
    fill(&f, (0..90).map(|n| ((n * 37 % 90) / 4, n as u64))).await;
    for limit in [1, 7, 30, 89, 90, 91] {
        let (up, _) = f.pages(oldest(0), limit).await;
        let (mut down, _) = f.pages(newest(0), limit).await;
        down.reverse();
        assert_eq!(up.len(), 90);
        assert!(up.iter().map(Entry::position).is_sorted_by(|a, b| a < b));
        assert_eq!(up, down);
    }
}

pub(super) async fn pages_within_one_time_have_no_gap_and_no_repeat(f: Fixture) {
    fill(&f, (1..=20).map(|to| (7, to))).await;
    for limit in [1, 3, 20] {
        let (up, _) = f.pages(oldest(0).between(7, 7), limit).await;
        assert_eq!(up.iter().map(|entry| entry.to.0).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
        let (down, _) = f.pages(newest(0).between(7, 7), limit).await;
        assert_eq!(down.iter().map(|entry| entry.to.0).collect::<Vec<_>>(), (1..=20).rev().collect::<Vec<_>>());
    }
}

pub(super) async fn pages_have_no_gap_and_no_repeat_while_others_write(f: Fixture) {
    for direction in [Direction::NewestFirst, Direction::OldestFirst] {
        f.commit(|b| {
            for to in 1..=30 {
                b.replace(Id(1), &FRIEND, Id(to), to as i64 * 10, bytes("old"));
            }
            b
        })
        .await;
        let mut seen = Vec::new();
        let mut range = Range { direction, ..newest(4) };
        loop {
            let page = f.range(&range).await;
            seen.extend(page.entries.iter().map(Entry::position));
            let Some(next) = page.next else { break };
            range.after = Some(next);
            // Before, behind and at the place of reading; and what was just read goes away.
            let fresh = 1000 + seen.len() as u64 * 10;
            f.commit(|b| {
                b.keep(Id(1), &FRIEND, Id(fresh), 100_000, bytes("new"));
                b.keep(Id(1), &FRIEND, Id(fresh + 1), -100_000, bytes("new"));
                b.keep(Id(1), &FRIEND, Id(fresh + 2), next.time, bytes("new"));
                b.unlink(Id(1), &FRIEND, next.to)
            })
            .await;
        }
        let mut old: Vec<u64> = seen.iter().map(|place| place.to.0).filter(|to| *to <= 30).collect();
        old.sort_unstable();
        assert_eq!(old, (1..=30).collect::<Vec<_>>(), "what stood there all the time is met once");
        seen.sort_unstable();
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "nothing is met twice");
    }
}

pub(super) async fn a_range_carries_data_and_times(f: Fixture) {
    let all: Vec<u8> = (0..=255).collect();
    f.commit(|b| b.link(Id(1), &FRIEND, Id(2), -5, all.clone()).link(Id(1), &FRIEND, Id(3), 6, Vec::new())).await;
    let expected = [Entry { to: Id(3), time: 6, data: Vec::new() }, Entry { to: Id(2), time: -5, data: all }];
    assert_eq!(f.range(&newest(9)).await.entries, expected);
}

pub(super) async fn a_re_timed_entry_moves_in_its_list(f: Fixture) {
    fill(&f, [(10, 1), (20, 2), (30, 3)]).await;
    f.commit(|b| b.replace(Id(1), &FRIEND, Id(1), 40, bytes("moved"))).await;
    assert_eq!(f.ids(&newest(9)).await, [1, 3, 2]);
    f.commit(|b| b.replace_if(Id(1), &FRIEND, Id(1), -1, bytes("moved"), bytes("moved"))).await;
    assert_eq!(f.ids(&newest(9)).await, [3, 2, 1]);
    assert_eq!(f.assoc(1, &FRIEND, 1).await, Some((-1, bytes("moved"))));
    f.commit(|b| b.keep(Id(1), &FRIEND, Id(1), 99, bytes("kept"))).await;
    assert_eq!(f.ids(&newest(9)).await, [3, 2, 1], "keep moves nothing");
    f.commit(|b| b.unlink(Id(1), &FRIEND, Id(1))).await;
    assert_eq!(f.ids(&newest(9)).await, [3, 2]);
}

pub(super) async fn a_deleted_entry_is_in_no_range(f: Fixture) {
    fill(&f, [(10, 1), (20, 2)]).await;
    f.commit(|b| b.unlink(Id(1), &FRIEND, Id(2))).await;
    assert_eq!(f.ids(&newest(9)).await, [1]);
    assert_eq!(f.ids(&oldest(9)).await, [1]);
}

pub(super) async fn other_lists_are_not_in_a_range(f: Fixture) {
    fill(&f, [(10, 5)]).await;
    f.commit(|b| {
        b.link(Id(0), &FRIEND, Id(6), 10, bytes("")).link(Id(2), &FRIEND, Id(7), 10, bytes(""));
        b.link(Id(1), &LIKE, Id(8), 10, bytes("")).link(Id(1), &NOTE, Id(9), 10, bytes(""))
    })
    .await;
    assert_eq!(f.ids(&newest(9)).await, [5]);
    assert_eq!(f.ids(&oldest(9)).await, [5]);
    assert_eq!(f.ids(&Range::newest(Id(1), &LIKE, 9)).await, [8]);
}

pub(super) async fn an_absent_list_is_empty(f: Fixture) {
    for range in [newest(9), oldest(9)] {
        let page = f.range(&range).await;
        assert_eq!((page.entries, page.next), (Vec::new(), None));
    }
}

pub(super) async fn an_unordered_kind_has_no_range(f: Fixture) {
    f.commit(|b| b.link(Id(1), &NOTE, Id(1), 0, bytes(""))).await;
    for kind in [&NOTE, &BADGE] {
        let answer = f.store.range(&Range::newest(Id(1), kind, 9)).await;
        assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
    }
}

pub(super) async fn a_range_beyond_the_limit_is_refused(f: Fixture) {
    assert_eq!(f.range(&newest(limits::MAX_RANGE)).await.entries, []);
    let answer = f.store.range(&newest(limits::MAX_RANGE + 1)).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
}

pub(super) async fn a_list_longer_than_one_range_is_followed(f: Fixture) {
    let total = limits::MAX_RANGE as u64 + 100;
    fill(&f, (0..total).map(|to| (to as i64 / 3, to))).await;
    let all = f.store.entries(oldest(usize::MAX)).await.unwrap();
    assert!(all.iter().map(|entry| entry.to.0).eq(0..total), "all of them, in order");
    let most = f.store.entries(newest(limits::MAX_RANGE + 50)).await.unwrap();
    assert_eq!(most.len(), limits::MAX_RANGE + 50);
    assert_eq!(most[0].to, Id(total - 1));
}
