//! privacy.get: whom a thing of the session's person is shown to: a post, a note, a link, an album, a photo, a video.
//!
//! Only the struct and its values are known of this late method; its arguments are those of the table `privacy`. Without an id it tells whom a new
//! post of the person's is shown to where nothing is said. A photo is shown to whom its album is.

use crate::disclosure::Privacy;
use reconnect_core::disclosure::{Disclosure, Friends, Value};
use reconnect_core::error::invalid;
use reconnect_core::friendship::FriendList;
use reconnect_core::method::Fidelity;
use reconnect_core::model::decode;
use reconnect_core::people::person_in;
use reconnect_core::{Access, Context, Method, Result, kinds};
use reconnect_store::{Found, Id, Key};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The thing.
    object_id: Option<String>,
    /// The same, by another name.
    id: Option<String>,
    /// Whose it is: the person of the session.
    uid: Option<u64>,
}

impl Method for Get {
    const NAME: &'static str = "privacy.get";
    const SUMMARY: &'static str = "Tells whom a thing of the session's person is shown to.";
    const ACCESS: Access = Access::session().no_session_secret();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Privacy;

    async fn call(cx: &Context, args: Args) -> Result<Privacy> {
        let viewer = cx.viewer()?;
        if let Some(uid) = args.uid.filter(|uid| Id(*uid) != viewer) {
            return Err(Code::Permission.because(format!("uid {uid} is not the session's user")).into());
        }
        let disclosure = match args.object_id.or(args.id) {
            Some(text) => of_thing(cx, viewer, &text).await?,
            None => cx.graph().usual_disclosure_of(viewer).await?,
        };
        let description = describe(cx, &disclosure).await?;
        Ok(Privacy::of(&disclosure, Some(description)))
    }
}

/// Of a thing that may be seen it is told that it is somebody else's; of any other nothing.
async fn of_thing(cx: &Context, viewer: Id, text: &str) -> Result<Disclosure> {
    // Ids of posts and old photos have their owner's in front.
    let id = text.trim().rsplit('_').next().and_then(|id| id.parse::<u64>().ok());
    let id = id.ok_or_else(|| invalid("object_id is no id"))?;
    let thing = cx.graph().content_shown_one(Some(viewer), Id(id)).await?;
    let thing = thing.filter(|thing| thing.owner.is_some());
    let thing = thing.ok_or_else(|| invalid(format!("object_id: nothing that is shared has the id {id}")))?;
    if !thing.is_of(viewer) {
        return Err(Code::Permission.because(format!("object_id {id} is not the session's user's")).into());
    }
    Ok(thing.privacy)
}

async fn describe(cx: &Context, disclosure: &Disclosure) -> Result<String> {
    let Disclosure { value, friends, networks, allow, deny } = disclosure;
    let whole = match (value, friends) {
        (Value::Everyone, _) | (Value::Custom, Some(Friends::Everyone)) => "Everyone",
        (Value::AllFriends, _) | (Value::Custom, Some(Friends::AllFriends)) => "Friends Only",
        (Value::NetworksFriends, _) | (Value::Custom, Some(Friends::NetworksFriends)) => "Friends and Networks",
        (Value::FriendsOfFriends, _) | (Value::Custom, Some(Friends::FriendsOfFriends)) => "Friends of Friends",
        (Value::Custom, Some(Friends::SomeFriends | Friends::NoFriends)) => "",
        (Value::Myself | Value::Custom, _) => "Only Me",
    };
    let (allowed, denied) = (names(cx, allow).await?, names(cx, deny).await?);
    let networks = if networks.is_empty() { "" } else { "Networks" };
    let mut parts: Vec<String> =
        [whole, networks].into_iter().filter(|part| !part.is_empty()).map(str::to_owned).collect();
    parts.extend(allowed);
    let told = if parts.is_empty() { "Only Me".to_owned() } else { parts.join(", ") };
    Ok(if denied.is_empty() { told } else { format!("{told}; Except: {}", denied.join(", ")) })
}

/// What people and friend lists are called; who is gone is left out.
async fn names(cx: &Context, ids: &[u64]) -> Result<Vec<String>> {
    let keys: Vec<Key> = ids.iter().map(|id| Key::Object(Id(*id))).collect();
    let mut names = Vec::with_capacity(keys.len());
    for found in cx.graph().get(&keys).await? {
        names.extend(match &found {
            Found::Object(Some(object)) if object.is(kinds::FRIEND_LIST) => {
                Some(decode::<FriendList>("friend list", object.id, &object.data)?.name)
            }
            found => person_in(found)?.map(|person| person.name()),
        });
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, BOB, By, World};
    use reconnect_core::disclosure::{Disclosure, Friends, Value};
    use reconnect_core::friendship::FriendList;
    use reconnect_core::kinds;
    use reconnect_core::model::Person;
    use reconnect_core::post::Post;
    use reconnect_core::privacy::Audience;
    use reconnect_store::{Batch, Id};
    use serde_json::json;

    const METHOD: &str = "privacy.get";
    const EVE: Id = Id(1_240_090);

    async fn post(world: &World, actor: Id, privacy: Disclosure) -> Id {
        let post = Post { actor, owner: actor, message: "M".to_owned(), privacy, ..Post::default() };
        world.services.graph.publish_status(post, |_, _| Ok(())).await.unwrap().id
    }

    #[tokio::test]
    async fn whom_ones_own_things_are_shown_to_is_told_in_words_and_by_ids() {
        let world = World::new().await;
        let graph = &world.services.graph;
        graph.befriend(ANN, BOB).await.unwrap();
        let list = FriendList { owner: ANN, name: "Work".to_owned(), ..FriendList::default() };
        let list = graph.create_friend_list(list, &[BOB]).await.unwrap().id;
        let custom = |friends, allow: &[Id], deny: &[Id]| Disclosure {
            value: Value::Custom,
            friends: Some(friends),
            allow: allow.iter().map(|id| id.0).collect(),
            deny: deny.iter().map(|id| id.0).collect(),
            ..Disclosure::default()
        };
        for (privacy, description, value, friends) in [
            (Disclosure::default(), "Everyone", "EVERYONE", "NO_FRIENDS"),
            (Audience::AllFriends.into(), "Friends Only", "ALL_FRIENDS", "NO_FRIENDS"),
            (Audience::FriendsOfFriends.into(), "Friends of Friends", "FRIENDS_OF_FRIENDS", "NO_FRIENDS"),
            (Audience::NetworksFriends.into(), "Friends and Networks", "NETWORKS_FRIENDS", "NO_FRIENDS"),
            (Audience::Myself.into(), "Only Me", "SELF", "NO_FRIENDS"),
            (custom(Friends::SomeFriends, &[BOB, list], &[]), "Bob, Work", "CUSTOM", "SOME_FRIENDS"),
            (custom(Friends::AllFriends, &[], &[list]), "Friends Only; Except: Work", "CUSTOM", "ALL_FRIENDS"),
            (custom(Friends::NoFriends, &[], &[]), "Only Me", "CUSTOM", "NO_FRIENDS"),
        ] {
            let id = post(&world, ANN, privacy.clone()).await;
            let told = world.ask(ANN, METHOD, &[("object_id", &id.to_string())]).await;
            assert_eq!(
                (&told["description"], &told["value"], &told["friends"]),
                (&json!(description), &json!(value), &json!(friends))
            );
            let named = |ids: &[u64]| json!(ids.iter().map(u64::to_string).collect::<Vec<_>>());
            assert_eq!((&told["allow"], &told["deny"]), (&named(&privacy.allow), &named(&privacy.deny)));
        }
        let id = post(&world, ANN, custom(Friends::SomeFriends, &[BOB], &[])).await;
        insta::assert_snapshot!(world.ask_xml(ANN, METHOD, &[("id", &format!("{ANN}_{id}"))]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <privacy_get_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
          <description>Bob</description>
          <value>CUSTOM</value>
          <friends>SOME_FRIENDS</friends>
          <networks list="true"/>
          <allow list="true">
            <allow_elt>1240078</allow_elt>
          </allow>
          <deny list="true"/>
        </privacy_get_response>
        "#);
        let usual = world.ask(ANN, METHOD, &[]).await;
        assert_eq!((&usual["value"], &usual["networks"]), (&json!("ALL_FRIENDS"), &json!([])));
        let privacy = [("status".to_owned(), Audience::Everyone)].into_iter().collect();
        let eve =
            Person { id: EVE, first_name: "Eve".to_owned(), email: "e@x".to_owned(), privacy, ..Person::default() };
        graph.create_person(eve, None).await.unwrap();
        world.permit(EVE, "").await;
        assert_eq!(world.ask(EVE, METHOD, &[]).await["value"], json!("EVERYONE"), "as her statuses are");
    }

    #[tokio::test]
    async fn a_photo_is_shown_as_its_album_is() {
        let world = World::new().await;
        let mut batch = Batch::new();
        let own = json!({"owner": ANN, "privacy": {"value": "ALL_FRIENDS"}, "name": "A"});
        batch.create(Id(71), kinds::ALBUM, own.to_string().into_bytes());
        batch.create(Id(72), kinds::PHOTO, json!({"owner": ANN, "album": 71}).to_string().into_bytes());
        world.services.graph.commit(batch).await.unwrap();
        for id in ["71", "72", "5_72"] {
            assert_eq!(world.ask(ANN, METHOD, &[("object_id", id)]).await["value"], json!("ALL_FRIENDS"), "{id}");
        }
    }

    #[tokio::test]
    async fn of_others_things_nothing_is_told() {
        let world = World::new().await;
        let open = post(&world, BOB, Disclosure::default()).await.to_string();
        let own = post(&world, BOB, Audience::Myself.into()).await.to_string();
        let code = async |args: &[(&str, &str)]| world.ask_code(ANN, METHOD, args).await;
        assert_eq!(code(&[("object_id", &open)]).await, 200);
        assert_eq!(code(&[("object_id", &own)]).await, 100, "it is as if there were none");
        for wrong in ["79999", "x", "1_", "1240077"] {
            assert_eq!(code(&[("object_id", wrong)]).await, 100, "{wrong}");
        }
        assert_eq!(code(&[("uid", "1240078")]).await, 200);
        assert_eq!(code(&[("uid", "1240077")]).await, 0);
        assert_eq!(world.ask_by_secret(METHOD, &[]).await["error_code"], json!(15));
        assert_eq!(world.code(By::App(&world.web), METHOD, &[]).await, 102);
    }
}
