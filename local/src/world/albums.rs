//! The albums of a world: what stands in its text, whether they can be, and how they come into a file. Their photos are painted.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use super::painting::{Color, Motif, has_place, paint};
use crate::fail::Outcome;
use reconnect_core::Services;
use reconnect_core::albums::{Aid, Album, MAX_NAME, MAX_TEXT};
use reconnect_core::graph::fold;
use reconnect_core::photos::{IntoAlbum, NewPhoto, Subject, Where};
use reconnect_core::privacy::Audience;
use reconnect_store::Id;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// An album of a world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlbumOfWorld {
    /// Its aid; drawn when absent.
    pub(super) id: Option<u64>,
    /// Whose, by e-mail address.
    owner: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    location: String,
    /// `everyone`, `friends`, `friends-of-friends` or `networks`.
    #[serde(default)]
    visible: Visible,
    #[serde(default, rename = "photo")]
    photos: Vec<Photo>,
}

/// Whom an album is shown to.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Visible {
    #[default]
    Everyone,
    Friends,
    FriendsOfFriends,
    Networks,
}

/// A photo of a world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Photo {
    /// Its pid; drawn when absent.
    id: Option<u64>,
    motif: Motif,
    /// `#rrggbb`: that of the ground, and that of what stands on it.
    colors: [Color; 2],
    #[serde(default)]
    caption: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Who or what is seen on a photo.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    /// By e-mail address.
    person: Option<String>,
    text: Option<String>,
    /// In percent from the left and from the top.
    x: f64,
    y: f64,
}

impl Visible {
    fn audience(self) -> Audience {
        match self {
            Visible::Everyone => Audience::Everyone,
            Visible::Friends => Audience::AllFriends,
            Visible::FriendsOfFriends => Audience::FriendsOfFriends,
            Visible::Networks => Audience::NetworksFriends,
        }
    }
}

impl AlbumOfWorld {
    /// All ids that it takes.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.id.into_iter().chain(self.photos.iter().filter_map(|photo| photo.id))
    }

    fn check(&self, taken: &mut Taken, pairs: &HashSet<(String, String)>) -> Result<(), Wrong> {
        let AlbumOfWorld { owner, name, .. } = self;
        if !taken.knows(owner) {
            let why = format!("the album '{name}' names {owner}, and no person of this world has that e-mail address");
            return wrong(owner, why);
        }
        let long = self.location.len() > MAX_NAME || self.description.len() > MAX_TEXT;
        if name.trim().is_empty() || name.len() > MAX_NAME || long {
            return wrong(
                name,
                format!("an album of {owner} needs a name of at most {MAX_NAME} bytes, and short texts"),
            );
        }
        id(self.id, taken)?;
        for photo in &self.photos {
            id(photo.id, taken)?;
            if photo.caption.len() > MAX_TEXT {
                return wrong(name, format!("a caption in the album '{name}' is longer than {MAX_TEXT} bytes"));
            }
            photo.tags.iter().try_for_each(|tag| tag.check(self, pairs))?;
        }
        Ok(())
    }
}

impl Tag {
    fn check(&self, album: &AlbumOfWorld, pairs: &HashSet<(String, String)>) -> Result<(), Wrong> {
        let AlbumOfWorld { owner, name, .. } = album;
        if Where::new(self.x, self.y).is_err() {
            return wrong(name, format!("a tag in the album '{name}' lies beside the picture: x and y are percents"));
        }
        match (&self.person, &self.text) {
            (Some(person), None) => {
                let friend = fold(person) == fold(owner) || pairs.contains(&super::check::pair(owner, person));
                let why = || format!("the album '{name}' tags {person}, who is neither {owner} nor a friend of theirs");
                if friend { Ok(()) } else { wrong(person, why()) }
            }
            (None, Some(text)) if !text.is_empty() && text.len() <= MAX_NAME => Ok(()),
            _ => wrong(name, format!("a tag in the album '{name}' names either a person or a text")),
        }
    }
}

/// Judges the albums of a world whose people and friendships have been judged.
pub(super) fn check(world: &World, taken: &mut Taken, pairs: &HashSet<(String, String)>) -> Result<(), Wrong> {
    world.albums.iter().try_for_each(|album| album.check(taken, pairs))
}

/// Puts them into a file that holds the people.
pub(super) async fn load(services: &Services, world: &World, people: &HashMap<String, Id>) -> Outcome {
    let person = |email: &str| people.get(&fold(email)).copied().unwrap_or_default();
    let keeps_files = world.albums.is_empty() || has_place(services).await;
    for album in &world.albums {
        let made = Album {
            id: Id(album.id.unwrap_or(0)),
            owner: person(&album.owner),
            privacy: album.visible.audience().into(),
            name: album.name.trim().to_owned(),
            description: album.description.clone(),
            location: album.location.clone(),
            ..Album::default()
        };
        let made = services.graph.create_album(made).await?;
        for photo in album.photos.iter().filter(|_| keeps_files) {
            load_photo(services, &made, photo, &person).await?;
        }
    }
    Ok(())
}

async fn load_photo(services: &Services, album: &Album, photo: &Photo, person: &dyn Fn(&str) -> Id) -> Outcome {
    let new = NewPhoto {
        id: Id(photo.id.unwrap_or(0)),
        owner: album.owner,
        into: IntoAlbum::Named(Aid::Album(album.id)),
        caption: photo.caption.clone(),
        app: None,
        pending: false,
    };
    let target = services.graph.place_for(&new).await?;
    let (added, _) = services.add_photo(new, target, paint(photo.motif, photo.colors)?).await?;
    let tags = photo.tags.iter().map(|tag| {
        let text = || Subject::Text(tag.text.clone().unwrap_or_default());
        let subject = tag.person.as_deref().map_or_else(text, |email| Subject::Person(person(email)));
        Ok((subject, Where::new(tag.x, tag.y)?))
    });
    let tags = tags.collect::<reconnect_core::Result<Vec<_>>>()?;
    if !tags.is_empty() {
        services.graph.tag_photo(&added, &tags).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::load;
    use reconnect_core::Settings;
    use reconnect_store::{MemoryBlobs, SystemClock};
    use std::sync::Arc;

    fn world(album: &str) -> Outcome<World> {
        let person = |name: &str| format!("[[person]]\nname = \"{name}\"\nemail = \"{name}@x\"\n");
        let people = format!("friendships = [[\"a@x\", \"b@x\"]]\n{}{}{}", person("a"), person("b"), person("c"));
        World::parse("w", &format!("{people}[[album]]\nid = 5001\nowner = \"a@x\"\n{album}"))
    }

    const PHOTO: &str = "[[album.photo]]\nid = 5101\nmotif = \"stars\"\ncolors = [\"#102040\", \"#ffffff\"]\n";

    #[tokio::test]
    async fn an_album_is_loaded_with_painted_photos_and_tags() {
        let motifs = ["hills", "sea", "sunset", "squares"];
        let more: String =
            motifs.iter().map(|motif| PHOTO.replace("stars", motif).replace("id = 5101\n", "")).collect();
        let tags = "tags = [{ person = \"b@x\", x = 10, y = 20.5 }, { text = \"the dog\", x = 0, y = 100 }]\n";
        let world = world(&format!("name = \"Nights\"\nvisible = \"friends\"\n{PHOTO}{tags}{more}")).unwrap();
        let clock = Arc::new(SystemClock);
        let store = Arc::new(reconnect_store_sqlite::SqliteStore::in_memory(clock.clone()).unwrap());
        let blobs = Arc::new(MemoryBlobs::new());
        let services =
            Services::open(store, blobs, clock, reconnect_functions::registry(), Settings::default()).await.unwrap();
        load(&services, &world).await.unwrap();
        let graph = &services.graph;
        let album = graph.album(Id(5001)).await.unwrap().unwrap();
        assert_eq!((album.name.as_str(), album.visible(), album.cover), ("Nights", "friends", Some(Id(5101))));
        let photos = graph.photos_in(Aid::Album(Id(5001))).await.unwrap();
        assert_eq!(photos.len(), 5);
        assert_eq!(graph.tags_of(Id(5101)).await.unwrap().len(), 2);
        let mut files = HashSet::new();
        for photo in photos {
            for key in photo.picture.keys() {
                let file = services.blobs.get(&key, None).await.unwrap().unwrap();
                assert!(files.insert(file.bytes), "two photos look alike");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (album, why) in [
            ("name = \" \"\n", "needs a name"),
            ("name = \"N\"\nvisible = \"nobody\"\n", "unknown variant"),
            (&format!("name = \"N\"\n{PHOTO}{PHOTO}"), "the id 5101 stands twice"),
            (&format!("name = \"N\"\n{}", PHOTO.replace("5101", "5001")), "the id 5001 stands twice"),
            (&format!("name = \"N\"\n{}", PHOTO.replace("stars", "dogs")), "unknown variant"),
            (&format!("name = \"N\"\n{}", PHOTO.replace("#102040", "blue")), "is no color"),
            (
                &format!("name = \"N\"\n{PHOTO}tags = [{{ person = \"c@x\", x = 1, y = 1 }}]\n"),
                "nor a friend of theirs",
            ),
            (&format!("name = \"N\"\n{PHOTO}tags = [{{ text = \"a\", x = 101, y = 1 }}]\n"), "beside the picture"),
            (&format!("name = \"N\"\n{PHOTO}tags = [{{ x = 1, y = 1 }}]\n"), "either a person or a text"),
        ] {
            let told = format!("{:?}", world(album).err().unwrap());
            assert!(told.contains(why), "{why}: {told}");
        }
    }
}
