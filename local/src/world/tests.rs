//! Tests of worlds: the shipped ones, what is refused, and what loading writes.

use super::*;
use reconnect_core::{Settings, graph::fold};
use reconnect_store::SystemClock;
use std::sync::Arc;

fn refusal(text: &str) -> String {
    match World::parse("w", text) {
        Err(crate::fail::Failure::Failed(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shipped_worlds_are_sound() {
    for (name, text) in SHIPPED {
        let world = World::parse(name, text).unwrap();
        assert!(!world.about.is_empty(), "{name}");
        assert_eq!(world.demo, name != "empty", "a world with public passwords says so");
    }
}

#[test]
fn the_dorm_has_a_dozen_friends_and_three_applications() {
    let dorm = World::find("dorm").unwrap();
    assert_eq!(dorm.people.len(), 12);
    for person in &dorm.people {
        let friends = dorm.friendships.iter().flatten().filter(|e| fold(e) == fold(&person.email)).count();
        assert!(friends >= 2, "{} is lonely", person.name);
    }
    assert_eq!(dorm.applications.iter().map(|a| a.desktop).collect::<Vec<_>>(), [false, true, false]);
    assert!(dorm.applications.iter().all(|a| a.id.is_some() && a.api_key.is_some() && a.secret.is_some()));
}

#[test]
fn a_mistake_is_told_with_its_line() {
    let cases = [
        ("nonsense", "line 1"),
        ("demo = true\ncolour = 1\n", "line 2"),
        ("[[person]]\nname = \"A\"\nemail = \"a\"\n", "line 3: 'a' is no e-mail address"),
        ("[[person]]\nname = \"A\"\n", "missing field `email`"),
        (
            "[[person]]\nname = \"A\"\nemail = \"a@x\"\n[[person]]\nname = \"B\"\nemail = \"A@x\"\n",
            "line 6: the e-mail address A@x stands twice",
        ),
        ("[[person]]\nid = 1\nname = \"A\"\nemail = \"a@x\"\n", "line 2: the id 1 is not one to choose"),
        ("friendships = [[\"a@x\", \"b@x\"]]\n", "line 1: a friendship names a@x"),
        ("[[friend_list]]\nowner = \"a@x\"\nname = \"A\"\n", "line 2: a friend list names a@x"),
        ("[[application]]\nname = \"A\"\napi_key = \"XYZ\"\n", "line 2: the application 'A': the API key must be 32"),
        ("[[application]]\nname = \"A\"\ncallback_url = \"localhost\"\n", "'localhost' is no address"),
        ("[[application]]\nname = \"A\"\nbase_domain = \".x.example\"\n", "is no domain"),
        ("[[application]]\nname = \"A\"\nip_list = [\"a.b\"]\n", "'a.b' is no address"),
        ("[[application]]\nname = \"A\"\ncanvas_entry = \"post\"\n", "line 3: unknown variant `post`"),
        ("[[install]]\nperson = \"a@x\"\napplication = \"A\"\n", "line 2: an install names a@x"),
        ("[[note]]\nowner = \"a@x\"\ntitle = \"A\"\ncontent = \"B\"\n", "line 2: a note names a@x"),
        ("[[link]]\nowner = \"a@x\"\nurl = \"x.example\"\n", "line 2: a link names a@x"),
    ];
    for (text, expected) in cases {
        let told = refusal(text);
        assert!(told.contains(expected), "{told:?} for {text:?}");
        assert!(told.starts_with("the world w"), "{told}");
    }
}

#[test]
fn an_unknown_world_is_told_with_those_that_are() {
    let crate::fail::Failure::Failed(told) = World::find("nowhere").unwrap_err() else { panic!() };
    assert!(told.contains("dorm, empty"), "{told}");
}

async fn home() -> crate::home::Home {
    crate::home::Home::in_memory(Arc::new(SystemClock), Settings::default()).await.unwrap()
}

#[tokio::test]
async fn a_loaded_world_stands_in_the_graph() {
    let home = home().await;
    let world = World::find("dorm").unwrap();
    load(&home.services, &world).await.unwrap();
    let graph = &home.services.graph;
    let demo = graph.demo().await.unwrap();
    assert_eq!((demo.people.len(), demo.applications.len()), (12, 3));
    assert!(demo.people.iter().all(|one| one.password.is_some()));
    let (person, login) = graph.person_by_email(&world.people[0].email).await.unwrap().unwrap();
    let password = world.people[0].password.as_deref().unwrap();
    assert!(home.services.passwords.check(password, login.password.as_deref()).await.unwrap());
    assert!(!graph.friends(person.id).await.unwrap().is_empty());
    let install = &world.installs[0];
    let (owner, _) = graph.person_by_email(&install.person).await.unwrap().unwrap();
    let (app, grant) = graph
        .grants_of(owner.id)
        .await
        .unwrap()
        .into_iter()
        .map(|(app, grant, _)| (app, grant))
        .find(|(app, _)| app.name == install.application)
        .unwrap();
    assert!(app.demo && grant.permissions.contains("publish_stream"));
}

/// A world of three people, of whom two are friends, and these friend lists of the first.
fn with_lists(lists: &str) -> String {
    let person = |name: &str| format!("[[person]]\nname = \"{name}\"\nemail = \"{name}@x\"\n");
    let lists = lists.replace("[list]", "[[friend_list]]\nowner = \"A@X\"\n");
    format!("friendships = [[\"b@x\", \"a@x\"]]\n{}{}{}{lists}", person("a"), person("b"), person("c"))
}

#[test]
fn a_friend_list_that_cannot_be_is_refused() {
    let cases = [
        ("[list]name = \" \"\n", "line 13: a friend list of A@X needs a name"),
        (
            "[list]name = \"L\"\nmembers = [\"c@x\"]\n",
            "line 14: the friend list 'L' of A@X names c@x, who is no friend",
        ),
        (
            "[list]name = \"L\"\nmembers = [\"d@x\"]\n",
            "line 14: the friend list 'L' of A@X names d@x, who is no friend",
        ),
        ("[list]name = \"L\"\n[list]name = \"l\"\n", "line 16: the friend list 'l' of A@X stands twice"),
        ("[list]name = \"L\"\nid = 1\n", "line 14: the id 1 is not one to choose"),
        ("[list]name = \"L\"\nid = 7\n[list]name = \"M\"\nid = 7\n", "line 18: the id 7 stands twice"),
    ];
    for (lists, expected) in cases {
        let told = refusal(&with_lists(lists));
        assert!(told.contains(expected), "{told:?} for {lists:?}");
    }
}

#[tokio::test]
async fn friend_lists_are_loaded_with_who_is_on_them() {
    let home = home().await;
    let text = with_lists("[list]name = \"Mine\"\nid = 77\nmembers = [\"B@x\"]\n[list]name = \"Empty\"\n");
    load(&home.services, &World::parse("w", &text).unwrap()).await.unwrap();
    let graph = &home.services.graph;
    let (owner, _) = graph.person_by_email("a@x").await.unwrap().unwrap();
    let (friend, _) = graph.person_by_email("b@x").await.unwrap().unwrap();
    let mut names: Vec<String> =
        graph.friend_lists(owner.id).await.unwrap().into_iter().map(|list| list.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["Empty", "Mine"]);
    assert_eq!(graph.friends_on_list(owner.id, Id(77)).await.unwrap(), Some(vec![friend.id]));
    let clash = "[[application]]\nid = 77\nname = \"A\"\n";
    assert!(load(&home.services, &World::parse("w", clash).unwrap()).await.is_err(), "its id is taken");
}

#[tokio::test]
async fn profiles_are_loaded_and_who_opted_out_is_hidden() {
    let home = home().await;
    let hidden = "[[person]]\nname = \"d\"\nemail = \"d@x\"\nopted_out = true\n[person.profile]\nmusic = \"Abba\"\n";
    let text = with_lists("").replace("friendships = [", "friendships = [[\"a@x\", \"d@x\"], ") + hidden;
    load(&home.services, &World::parse("w", &text).unwrap()).await.unwrap();
    let graph = &home.services.graph;
    let (hidden, _) = graph.person_by_email("d@x").await.unwrap().unwrap();
    let (friend, _) = graph.person_by_email("a@x").await.unwrap().unwrap();
    assert!(hidden.opted_out && !graph.friends(friend.id).await.unwrap().contains(&hidden.id));
    assert_eq!(graph.profile(hidden.id).await.unwrap().music, "Abba");
    let wrong = text.replace("music", "musik");
    assert!(refusal(&wrong).contains("the person d@x: profile: there is no 'musik'"), "{}", refusal(&wrong));
}

#[tokio::test]
async fn a_world_says_how_a_canvas_page_is_entered() {
    let home = home().await;
    let text = "[[application]]\nname = \"A\"\ncanvas_name = \"a\"\ncanvas_entry = \"fb_sig_post\"\n";
    load(&home.services, &World::parse("w", text).unwrap()).await.unwrap();
    let app = home.services.graph.application_by_canvas_name("A").await.unwrap().unwrap();
    assert_eq!(app.canvas_entry, CanvasEntry::FbSigPost);
}

#[tokio::test]
async fn a_world_that_clashes_writes_nothing() {
    let home = home().await;
    load(&home.services, &World::find("dorm").unwrap()).await.unwrap();
    let world =
        "[[person]]\nname = \"New\"\nemail = \"new@x\"\n[[person]]\nid = 1001\nname = \"Old\"\nemail = \"old@x\"\n";
    let failure = load(&home.services, &World::parse("w", world).unwrap()).await.unwrap_err();
    assert!(matches!(failure, crate::fail::Failure::Failed(text) if text.contains("id 1001")));
    assert!(home.services.graph.person_by_email("new@x").await.unwrap().is_none());
}

#[test]
fn the_family_name_is_the_last_word() {
    assert_eq!(split_name(" Mary Ann  Smith "), ("Mary Ann".to_owned(), "Smith".to_owned()));
    assert_eq!(split_name("Cher"), ("Cher".to_owned(), String::new()));
}
