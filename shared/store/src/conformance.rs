//! The suite that every backend and every wrapper of one must pass: small cases, each on a fresh store, none of which a backend
//! may skip.
//!
//! A backend writes one function that makes a store and runs a case on it, and has one test per case made from it:
//!
//! ```text
//! fn on_a_file(case: &'static Case) {
//!     let clock = Arc::new(ManualClock::new(conformance::START));
//!     let store = Arc::new(MyStore::open(…, clock.clone()));
//!     let runtime = tokio::runtime::Runtime::new().unwrap();
//!     let handle = runtime.handle().clone();
//!     let fixture = Fixture::new(store, clock, move |task| drop(handle.spawn(task)));
//!     runtime.block_on((case.run)(fixture));
//! }
//! reconnect_store::conformance_tests!(on_a_file);
//! ```
//!
//! A stand-in that cannot run several calls at once writes `conformance_tests!(on_a_file, without concurrency)`: that is the one
//! group that can be left out, and it is left out by its name. [`CASES`] lists the same cases for other harnesses.

// The suite is test code that lives in a library: a failing expectation is what it is for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assocs;
mod batches;
mod blobs;
mod concurrency;
mod counters;
mod counts;
mod expiry;
mod fixture;
mod gets;
mod limits;
mod objects;
mod ranges;
mod scans;
mod uniques;

pub use blobs::keeps_files;
pub use fixture::{Fixture, START};

use futures_util::future::BoxFuture;

/// One case.
pub struct Case {
    /// A sentence.
    pub name: &'static str,
    /// Whether it runs several calls at once.
    pub concurrent: bool,
    /// Runs it on a fresh store; panics if the store is wrong.
    pub run: fn(Fixture) -> BoxFuture<'static, ()>,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The case of that name.
pub fn case(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).expect("a case of the suite")
}

/// Makes [`CASES`] and the macro `conformance_tests` from one list. `$d` is a dollar sign for the macro within the macro.
macro_rules! cases {
    ($d:tt one_by_one { $($module:ident: $($name:ident),+;)+ } concurrent { $($racing:ident: $($race:ident),+;)+ }) => {
        /// Every case.
        pub const CASES: &[Case] = &[
            $($(Case { name: stringify!($name), concurrent: false, run: |fixture| Box::pin($module::$name(fixture)) },)+)+
            $($(Case { name: stringify!($race), concurrent: true, run: |fixture| Box::pin($racing::$race(fixture)) },)+)+
        ];

        /// One `#[test]` for each case of the suite, run by the function that is named, a `fn(&'static Case)`; see
        /// [`conformance`](crate::conformance).
        #[macro_export]
        macro_rules! conformance_tests {
            ($d run:path) => {
                $crate::conformance_tests!($d run, without concurrency);
                $($(#[test] fn $race() { $d run($crate::conformance::case(stringify!($race))) })+)+
            };
            ($d run:path, without concurrency) => {
                $($(#[test] fn $name() { $d run($crate::conformance::case(stringify!($name))) })+)+
            };
        }
    };
}

cases! { $
    one_by_one {
        objects:
            a_created_object_is_read_back_with_version_1,
            creating_an_object_that_exists_conflicts,
            an_update_overwrites_and_raises_the_version_by_one,
            an_update_with_another_version_conflicts,
            an_update_of_an_absent_object_conflicts,
            a_deleted_object_is_gone_and_may_be_created_anew,
            deleting_an_absent_object_conflicts,
            a_delete_may_demand_a_version,
            a_check_of_an_object_writes_nothing,
            a_failing_check_of_an_object_conflicts,
            the_data_of_an_object_are_any_bytes,
            the_smallest_and_the_greatest_id_are_legal;
        assocs:
            an_inserted_association_is_read_back,
            an_association_has_a_direction_and_a_kind,
            inserting_an_association_that_exists_conflicts,
            keep_writes_only_what_is_absent,
            replace_writes_there_or_not,
            replace_if_writes_only_over_the_expected_data,
            a_delete_if_there_says_whether_it_was,
            a_delete_or_fail_conflicts_when_absent,
            a_delete_if_data_demands_the_expected_data,
            a_check_of_an_association_writes_nothing,
            a_failing_check_of_an_association_conflicts,
            an_association_may_lead_to_itself,
            unordered_associations_are_written_and_read_like_others,
            the_data_of_an_association_are_any_bytes;
        counts:
            a_list_that_was_never_written_counts_0,
            inserts_and_deletes_are_counted,
            keeping_and_replacing_count_only_what_is_new,
            a_delete_of_nothing_is_not_counted,
            several_associations_of_one_list_in_one_batch_are_all_counted,
            a_batch_that_adds_and_removes_leaves_the_difference,
            lists_are_counted_each_for_itself,
            a_sharded_count_is_the_sum_of_its_shards,
            an_unordered_list_may_be_counted,
            re_timing_is_not_counted,
            a_conflict_leaves_counts_alone;
        ranges:
            a_list_is_read_newest_first,
            a_list_is_read_oldest_first,
            entries_of_one_time_are_ordered_by_id,
            negative_times_come_before_positive_ones,
            the_ends_of_a_window_are_included,
            a_window_that_is_empty_or_reversed_holds_nothing,
            the_limit_cuts_and_says_where_to_go_on,
            a_limit_of_0_asks_for_nothing,
            a_range_ends_with_its_list,
            a_cursor_may_stand_outside_of_the_window,
            a_cursor_need_not_name_an_entry,
            pages_have_no_gap_and_no_repeat,
            pages_within_one_time_have_no_gap_and_no_repeat,
            pages_have_no_gap_and_no_repeat_while_others_write,
            a_range_carries_data_and_times,
            a_re_timed_entry_moves_in_its_list,
            a_deleted_entry_is_in_no_range,
            other_lists_are_not_in_a_range,
            an_absent_list_is_empty,
            an_unordered_kind_has_no_range,
            a_range_beyond_the_limit_is_refused,
            a_list_longer_than_one_range_is_followed;
        uniques:
            a_claimed_key_leads_to_its_id,
            a_taken_key_cannot_be_claimed_by_anyone,
            a_released_key_may_be_claimed_again,
            releasing_a_free_key_conflicts,
            releasing_the_key_of_another_conflicts,
            the_same_text_in_two_spaces_is_two_keys,
            texts_are_taken_exactly_as_written,
            an_id_may_have_many_keys;
        counters:
            an_absent_counter_is_absent_and_counts_from_0,
            adding_answers_the_new_value,
            setting_answers_the_new_value,
            counters_are_told_apart_by_owner_kind_and_sub,
            a_lone_change_below_the_floor_changes_nothing_and_answers_the_old_value,
            a_lone_change_above_the_ceiling_changes_nothing_and_answers_the_old_value,
            a_bound_itself_is_within_it,
            a_set_keeps_bounds_too,
            a_refused_change_fails_the_batch_it_is_in,
            an_overflow_counts_as_passing_a_bound,
            several_counters_change_in_one_batch;
        expiry:
            an_object_is_gone_at_the_millisecond_it_expires,
            an_association_is_gone_at_the_millisecond_it_expires,
            an_unordered_association_is_gone_at_the_millisecond_it_expires,
            a_unique_key_is_free_at_the_millisecond_it_expires,
            a_counter_counts_from_0_once_it_has_expired,
            an_expired_object_counts_as_absent,
            an_expired_association_counts_as_absent,
            an_expired_association_may_be_written_anew_at_any_time,
            an_expired_key_can_be_taken_by_another_but_not_released,
            writing_again_without_an_end_lives_on,
            expired_entries_do_not_fill_the_pages_of_a_range,
            what_is_written_already_expired_is_never_seen,
            expired_things_are_not_exported;
        gets:
            mixed_keys_are_answered_in_their_order,
            repeated_keys_are_answered_each,
            no_keys_have_no_answers,
            absent_things_are_answered_as_absent,
            a_thousand_keys_are_read_at_once,
            an_eventual_read_answers_in_the_same_form,
            the_count_of_an_uncounted_kind_is_refused,
            too_many_keys_are_refused;
        batches:
            an_empty_batch_does_nothing,
            outcomes_stand_in_the_order_of_the_batch,
            a_failing_last_write_leaves_no_trace,
            the_first_conflict_is_reported,
            conditions_see_the_state_before_the_batch,
            a_conflict_in_one_batch_does_not_harm_the_next;
        limits:
            a_hundred_actions_are_written_and_one_more_is_refused,
            counts_are_actions,
            an_item_named_twice_is_refused,
            data_up_to_the_limit_are_written_and_beyond_it_refused,
            a_batch_of_more_bytes_than_allowed_is_refused,
            a_text_up_to_the_limit_is_written_and_beyond_it_refused,
            an_end_on_a_counted_kind_is_refused,
            a_floor_above_the_ceiling_is_refused,
            an_id_beyond_the_greatest_is_refused;
        scans:
            an_empty_store_exports_nothing,
            an_export_holds_everything_once_whatever_the_page,
            a_place_that_no_export_gave_out_is_refused;
    }
    concurrent {
        concurrency:
            of_many_that_create_one_object_one_wins,
            of_many_that_insert_one_triple_one_wins,
            of_many_that_keep_one_triple_one_creates_it_and_it_counts_once,
            of_many_that_claim_one_key_one_wins,
            of_many_that_update_one_version_one_wins,
            of_many_that_delete_one_association_one_wins,
            concurrent_additions_to_a_counter_are_all_counted,
            a_ceiling_holds_under_concurrent_additions,
            a_count_is_exact_under_concurrent_inserts,
            a_count_is_exact_under_concurrent_inserts_and_deletes,
            readers_never_see_half_a_batch,
            what_was_answered_is_seen_by_every_later_read;
    }
}
