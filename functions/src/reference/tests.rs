//! What the pages promise: every method has one, every argument is described, and nothing on them acts.

use super::shape::{self, Kind, Node};
use crate::METHODS;
use crate::names::NAMES;
use crate::pages::tests::World;
use http::StatusCode;
use reconnect_core::page::TEXTS;
use std::collections::BTreeSet;

/// Members whose name says all that there is to say, wherever it stands.
const SAYS_IT_ALL: [&str; 52] = [
    "activities",
    "album",
    "alt",
    "artist",
    "books",
    "caption",
    "city",
    "comment_count",
    "company_name",
    "country",
    "degree",
    "description",
    "display_url",
    "end_date",
    "fan_count",
    "favorite_athletes",
    "favorite_teams",
    "first_name",
    "flash_vars",
    "friend_count",
    "games",
    "href",
    "icon",
    "inspirational_people",
    "interests",
    "languages",
    "last_name",
    "latitude",
    "longitude",
    "message",
    "middle_name",
    "movies",
    "music",
    "name",
    "office",
    "owner",
    "permalink",
    "position",
    "preview_img",
    "quotes",
    "recent_news",
    "religion",
    "source_url",
    "sports",
    "start_date",
    "state",
    "street",
    "text",
    "title",
    "uid",
    "website",
    "zip",
];

/// Types whose own comment tells of all their members.
const TELLS_OF_ALL: [&str; 4] =
    ["page_hours", "page_parking", "page_restaurant_services", "page_restaurant_specialties"];

/// Members of an answer, wherever they lie, that have no comment.
fn undescribed(node: &Node, path: &str, found: &mut BTreeSet<String>) {
    if node.name.as_deref().is_some_and(|name| TELLS_OF_ALL.contains(&name)) {
        return;
    }
    match &node.kind {
        Kind::List(item) | Kind::Map(item) => undescribed(item, path, found),
        Kind::Struct { members, .. } => {
            for member in members {
                let path = format!("{path}.{}", member.name);
                let described = member.told().is_some();
                // A page's texts are whatever its owner writes under those names.
                let says_it_all = [&SAYS_IT_ALL[..], TEXTS].iter().any(|names| names.contains(&member.name.as_str()));
                if !described && !says_it_all {
                    found.insert(path.clone());
                }
                undescribed(&member.node, &path, found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_fields_of_get_standard_info_are_all_told() {
    let fields = shape::arguments(super::find("users.getStandardInfo").unwrap()).remove(1);
    let told = fields.about.unwrap_or_default();
    let told: Vec<&str> = told.split('`').skip(1).step_by(2).collect();
    assert_eq!(told, crate::users::get_standard_info::STANDARD);
}

#[test]
fn every_argument_is_described() {
    for handler in METHODS {
        for argument in shape::arguments(handler) {
            let about = argument.about.unwrap_or_default();
            assert!(!about.is_empty(), "{}: the argument {} has no doc comment", handler.name, argument.name);
        }
    }
}

#[test]
fn what_an_answer_s_members_are_is_in_their_names_or_told() {
    let mut found = BTreeSet::new();
    for handler in METHODS {
        undescribed(&shape::answer(handler), handler.name, &mut found);
    }
    assert!(found.is_empty(), "give them a doc comment, or, if the name says it all, a place in the list: {found:#?}");
}

#[tokio::test]
async fn every_method_has_a_page_by_all_its_names() {
    let mut browser = World::new().await.browser();
    for handler in METHODS {
        let page = browser.get(&super::address(handler.name)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", handler.name);
        assert!(page.body.contains(&format!("<h1>{}</h1>", handler.name)), "{}", page.body);
        assert!(!page.body.contains("<script"), "{}", page.body);
        let others = handler.aliases.iter().map(|alias| (*alias).to_owned());
        for other in others.chain([handler.name.to_uppercase(), format!("facebook.{}", handler.name)]) {
            let answer = browser.get(&super::address(&other)).await;
            assert_eq!(
                (answer.status, answer.location()),
                (StatusCode::PERMANENT_REDIRECT, super::address(handler.name).as_str())
            );
        }
    }
}

#[tokio::test]
async fn a_file_that_comes_with_a_call_is_told_of() {
    let mut browser = World::new().await.browser();
    for (method, told) in [
        ("photos.upload", "It comes with the call"),
        ("video.upload", "A batch carries none."),
        ("events.create", "One may come with the call"),
        ("events.edit", "One may come with the call"),
    ] {
        assert!(browser.get(&super::address(method)).await.body.contains(told), "{method}");
    }
    for method in ["events.cancel", "photos.get"] {
        assert!(!browser.get(&super::address(method)).await.body.contains("<dt>File</dt>"), "{method}");
    }
}

#[tokio::test]
async fn the_index_leads_to_every_page_and_every_link_of_a_page_leads_somewhere() {
    let mut browser = World::new().await.browser();
    let index = browser.follow("/docs/rest").await;
    for handler in METHODS {
        assert!(index.body.contains(&format!("href=\"{}\"", super::address(handler.name))), "{}", handler.name);
    }
    let page = browser.get("/docs/rest/users.getInfo").await;
    let fidelity = browser.get("/docs/fidelity").await;
    for (at, body) in [("the index", &index.body), ("a method", &page.body), ("fidelity", &fidelity.body)] {
        for link in body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            if path.starts_with("data:") {
                continue;
            }
            let there = if path.is_empty() { body.clone() } else { browser.get(path).await.body };
            let anchored = anchor.is_none_or(|anchor| there.contains(&format!("id=\"{anchor}\"")));
            assert!(there.contains("<h1>") && anchored, "{at}: {link} leads nowhere");
        }
    }
}

#[tokio::test]
async fn what_is_no_method_is_told_so() {
    let mut browser = World::new().await.browser();
    let waiting = NAMES.iter().find(|name| METHODS.iter().all(|handler| handler.name != **name)).unwrap();
    for (name, words) in
        [("x.y", "no method of this name"), (*waiting, "not served yet"), ("%3Cscript%3E", "no method")]
    {
        let page = browser.get(&format!("/docs/rest/{name}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{name}");
        assert!(page.body.contains(words) && !page.body.contains("<script"), "{name}: {}", page.body);
    }
}

#[tokio::test]
async fn a_signed_call_is_for_those_who_are_offered_one() {
    let mut world = World::new().await;
    world.offer_ann();
    let mut browser = world.browser();
    let here = browser.get("/docs/rest/users.isAppUser").await;
    assert!(here.body.contains("-d sig=") && !here.body.contains(&world.app.secret), "{}", here.body);
    let session = browser.get("/docs/rest/users.isVerified").await;
    assert!(session.body.contains("reconnect call users.isVerified"), "{}", session.body);
    browser.host = "elsewhere";
    let elsewhere = browser.get("/docs/rest/users.isAppUser").await;
    assert!(!elsewhere.body.contains("-d sig=") && elsewhere.body.contains("sig=$SIG"), "{}", elsewhere.body);
    assert!(!elsewhere.body.contains(&world.app.api_key), "{}", elsewhere.body);
}
