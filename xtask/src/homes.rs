//! The scenario tests over the homes in the cloud: which ones run there, and what is left out, by name and with its reason.

use crate::{Result, run as shell};

/// The homes besides the dev server, over which the workspace's own test run goes: functions on a DynamoDB table, functions on a file.
pub(crate) const HOMES: [&str; 2] = ["cloud", "cloud-sqlite"];

/// The files of `tests/tests` that run over every home, and must pass over every home as they stand.
const SCENARIOS: &[&str] = &[
    "batches",
    "browser",
    "canvas",
    "checks",
    "client_libraries",
    "encodings",
    "events",
    "friends",
    "groups",
    "http_surface",
    "links",
    "log_keeps_secrets",
    "login_flows",
    "login_status",
    "messages",
    "notes",
    "notifications",
    "oauth",
    "page_security",
    "pages",
    "photos",
    "reference",
    "refusals",
    "revocation",
    "session_ends",
    "session_secrets",
    "straight_road",
    "stream",
    "tokens",
    "users",
    "video",
];

/// Tests among them that are about the dev server alone: file, name, reason.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    (
        "video",
        "a_video_is_answered_as_documented_in_every_format",
        "a function takes smaller files, and says so; the other tests of the file run everywhere",
    ),
    (
        "browser",
        "the_start_page_and_its_faces_work_without_scripts_and_fit_every_screen",
        "start page and faces live in the dev server; `cloud` proves that they are nowhere else",
    ),
    (
        "client_libraries",
        "npm_facebook_client_over_method_name_with_an_access_token",
        "the library speaks https only, which is the gateway's own business in the cloud",
    ),
    ("http_surface", "health_is_told_and_the_server_ends_when_asked", "functions have no process that could be asked"),
    ("http_surface", "the_start_page_is_open_to_no_script_and_to_no_frame", "the start page lives in the dev server"),
    ("page_security", "faces_are_for_names_of_this_machine_and_for_demo_people_only", "faces live in the dev server"),
    (
        "reference",
        "whatever_is_signed_for_the_demo_world_works_when_it_is_pasted",
        "the demo world, and what only somebody at this machine sees, live in the dev server",
    ),
];

/// The files that run once: file, reason.
#[cfg(test)]
const ONCE: &[(&str, &str)] = &[
    (
        "canvas_frame",
        "the page's own script, and the example in the demo world; `canvas` is what the homes have a part in",
    ),
    ("cloud", "starts the homes that it compares itself"),
    ("cloud_faults", "needs a table that it can take away"),
    ("dev_server", "flags, start page, faces and complaints of the dev server"),
    ("durability", "kills the one process on the one file; `cloud_faults` does so to the table"),
    ("login_status_events", "the script's own doing; `login_status` is what the homes have a part in"),
    ("login_status_example", "needs the demo world, which the dev server alone has"),
    ("login_status_places", "starts the dev server's https; the rest as above"),
    ("login_status_sessions", "the script's own doing, and what the pages hand over as in `login_status`"),
    ("login_status_windows", "the script's own doing; `login_flows` walks the pages over every home"),
    ("moving", "starts the homes that it moves between itself"),
    ("same_bytes", "starts the homes that it compares itself"),
    ("sam_local", "runs the functions by `sam local`"),
    ("sdk_script", "the script's own doing, without a browser; every home serves the same"),
    ("two_processes", "two dev servers, or verbs beside one, on one file"),
    ("walls", "looks at the sources"),
];

/// Runs the scenarios over one of them. The programs must have been built.
pub(crate) fn run(home: &str) -> Result {
    let chosen = format!("RECONNECT_TEST_HOME={home}");
    let mut test = vec![chosen.as_str(), PREBUILT, "INSTA_UPDATE=no", "cargo", "test", "--locked", "--no-fail-fast"];
    test.extend(["--package", "reconnect-tests"]);
    SCENARIOS.iter().for_each(|file| test.extend(["--test", file]));
    test.extend(["--", "--exact"]);
    LEFT_OUT.iter().for_each(|(_, name, _)| test.extend(["--skip", name]));
    eprintln!("\nOver {home}, without:");
    LEFT_OUT.iter().for_each(|(file, name, why)| eprintln!("  {file}::{name}: {why}"));
    shell("env", &test)
}

/// Says to the tests that the programs lie there.
pub(crate) const PREBUILT: &str = "RECONNECT_TEST_PREBUILT=1";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_tests_runs_over_all_homes_or_says_why_not() {
        let folder = std::fs::read_dir(root().join("tests/tests")).unwrap().map(|entry| entry.unwrap().path());
        let there: BTreeSet<String> = folder
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let listed = SCENARIOS.iter().chain(ONCE.iter().map(|(file, _)| file)).map(|file| (*file).to_owned());
        assert_eq!(there, listed.collect());
    }

    #[test]
    fn what_is_left_out_is_there_and_has_a_reason() {
        for (file, name, why) in LEFT_OUT {
            assert!(SCENARIOS.contains(file), "{file}");
            let text = std::fs::read_to_string(root().join(format!("tests/tests/{file}.rs"))).unwrap();
            assert!(text.contains(&format!("fn {name}()")) && !why.is_empty(), "{file}::{name}");
        }
    }
}
