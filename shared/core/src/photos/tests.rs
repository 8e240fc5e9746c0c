//! A photo is there with its files or not at all, whatever races and fails; and what is removed leaves nothing.

use super::*;
use crate::albums::{Aid, AlbumType, read_aid};
use crate::disclosure::Disclosure;
use crate::intent::Work;
use crate::method::Registry;
use crate::model::{Application, Person};
use crate::picture::Developed;
use crate::privacy::Audience;
use crate::{Settings, albums};
use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};
use reconnect_store::blobs::{Piece, Window};
use reconnect_store::{BlobError, Blobs, ManualClock, MemoryBlobs, Record, StoreExt, Time};
use reconnect_store_sqlite::SqliteStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ANN: Id = Id(11);
const BOB: Id = Id(12);

/// Files that can be made to fail.
#[derive(Debug, Default)]
struct Fragile {
    files: MemoryBlobs,
    broken: AtomicBool,
}

impl Fragile {
    fn check(&self) -> Result<(), BlobError> {
        match self.broken.load(Ordering::SeqCst) {
            true => Err(BlobError::Unavailable("broken".to_owned())),
            false => Ok(()),
        }
    }

    async fn count(&self) -> usize {
        self.files.list(None, 1000).await.unwrap().len()
    }
}

impl Blobs for Fragile {
    fn put<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            // The first file of a picture is kept, the others are not.
            if !key.ends_with("_n.jpg") {
                self.check()?;
            }
            self.files.put(key, bytes).await
        })
    }

    fn get<'a>(&'a self, key: &'a str, window: Option<Window>) -> BoxFuture<'a, Result<Option<Piece>, BlobError>> {
        self.files.get(key, window)
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), BlobError>> {
        Box::pin(async move {
            self.check()?;
            self.files.delete(key).await
        })
    }

    fn list<'a>(&'a self, after: Option<&'a str>, limit: usize) -> BoxFuture<'a, Result<Vec<String>, BlobError>> {
        self.files.list(after, limit)
    }
}

struct House {
    services: Arc<Services>,
    clock: Arc<ManualClock>,
    files: Arc<Fragile>,
    app: Application,
}

impl House {
    async fn new() -> House {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_800_000_000)));
        let store = Arc::new(SqliteStore::in_memory(clock.clone()).unwrap());
        let files = Arc::new(Fragile::default());
        let services =
            Services::open(store, files.clone(), clock.clone(), Registry::new(&[]), Settings::default()).await.unwrap();
        for id in [ANN, BOB] {
            let email = format!("{id}@example.com");
            let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
            services.graph.create_person(person, None).await.unwrap();
        }
        services.graph.befriend(ANN, BOB).await.unwrap();
        let app = Application { name: "Maps".to_owned(), ..Application::default() };
        let app = services.graph.create_application(app).await.unwrap();
        House { services, clock, files, app }
    }

    fn new_photo(&self) -> NewPhoto<'_> {
        let into = IntoAlbum::OfApplication(&self.app);
        NewPhoto { id: Id(0), owner: ANN, into, caption: "C".to_owned(), app: Some(self.app.id), pending: false }
    }

    async fn add(&self, new: NewPhoto<'_>) -> Result<Photo> {
        self.clock.advance(1000);
        let target = self.services.graph.place_for(&new).await?;
        self.services.add_photo(new, target, developed()).await.map(|(photo, _)| photo)
    }

    async fn album(&self) -> Album {
        self.services.graph.albums_of(ANN).await.unwrap().pop().unwrap().album
    }

    /// Kinds and names of all records but these.
    async fn left(&self, without: &[u16]) -> Vec<String> {
        let mut left = Vec::new();
        let mut each = |record: Record| -> Result<(), reconnect_store::StoreError> {
            match record {
                Record::Object { kind, id, .. } if !without.contains(&kind) => left.push(format!("object {kind} {id}")),
                Record::Assoc { from, kind, to, .. } => left.push(format!("assoc {from} {kind} {to}")),
                Record::Unique { space, text, .. } => left.push(format!("unique {space} {text}")),
                _ => {}
            }
            Ok(())
        };
        self.services.graph.store().export(100, &mut each).await.unwrap();
        left
    }
}

fn developed() -> Developed {
    let file = |n: u8| (u32::from(n), u32::from(n), Bytes::from(vec![n; 10]));
    Developed { variants: [file(3), file(2), file(1)] }
}

#[tokio::test]
async fn a_photo_comes_with_its_album_its_files_and_one_story_an_hour() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let first = house.add(house.new_photo()).await.unwrap();
    let second = house.add(house.new_photo()).await.unwrap();
    let listed = graph.albums_of(ANN).await.unwrap().pop().unwrap();
    let album = &listed.album;
    assert_eq!((album.name.as_str(), album.kind, album.cover), ("Maps Photos", AlbumType::App, Some(first.id)));
    assert_eq!((listed.size, listed.modified), (2, second.created));
    assert_eq!(graph.photos_in(Aid::Album(album.id)).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(house.files.count().await, 6);
    assert_eq!(graph.intents().await.unwrap(), (0, 0));
    let post = graph.post(album.story.unwrap().0).await.unwrap().unwrap();
    assert_eq!((post.actor, post.kind, post.attachment.unwrap().media.len()), (ANN, 247, 2));
    house.clock.advance(3_600_000);
    house.add(house.new_photo()).await.unwrap();
    let later = house.album().await.story.unwrap().0;
    assert_ne!(later, post.id);
}

#[tokio::test]
async fn many_uploads_at_once_are_all_there() {
    let house = House::new().await;
    // The first one makes the album, which others may do at the same moment.
    let all = join_all((0..12).map(|_| house.add(house.new_photo()))).await;
    let failed: Vec<_> = all.iter().filter_map(|one| one.as_ref().err()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let listed = house.services.graph.albums_of(ANN).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.size).collect::<Vec<_>>(), [12], "one album");
    assert_eq!(house.files.count().await, 36);
}

#[tokio::test]
async fn files_find_an_id_in_a_second_in_which_many_are_taken() {
    let house = House::new().await;
    house.clock.advance(1000);
    // A twentieth of all that the second has: of two hundred uploads some draw one of them.
    let graph = &house.services.graph;
    let first = crate::ids::draw(graph.now()).0 >> 18 << 18;
    for hundred in 0..130 {
        let mut batch = reconnect_store::Batch::new();
        for n in 0..100 {
            batch.create(Id(first + (hundred * 100 + n) * 20), kinds::PHOTO, b"{}".to_vec());
        }
        graph.commit(batch).await.unwrap();
    }
    for _ in 0..200 {
        house.services.stage(Vec::new()).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_kept_whole_is_not_kept() {
    let house = House::new().await;
    house.files.broken.store(true, Ordering::SeqCst);
    let error = house.add(house.new_photo()).await.unwrap_err();
    assert_eq!(error.on_the_wire().code, reconnect_wire::Code::Service);
    assert!(house.services.graph.albums_of(ANN).await.unwrap().is_empty());
    assert_eq!(house.files.count().await, 1, "half a picture, which could not be removed");
    house.files.broken.store(false, Ordering::SeqCst);
    assert_eq!(house.services.carry_out_due().await.unwrap(), 0, "it might be an upload that takes its time");
    house.clock.advance(3_600_000);
    assert_eq!(house.services.carry_out_due().await.unwrap(), 1);
    assert_eq!((house.files.count().await, house.services.graph.intents().await.unwrap()), (0, (0, 0)));
}

#[tokio::test]
async fn files_that_waited_too_long_get_no_record() {
    let house = House::new().await;
    let (_, staged) = house.services.stage_picture("photos", Id(7), developed()).await.unwrap();
    house.clock.advance(3_600_000);
    house.services.carry_out_due().await.unwrap();
    let mut batch = Batch::new();
    batch.create(Id(7), kinds::PHOTO, b"{}".to_vec());
    staged.settle(&mut batch);
    assert!(matches!(house.services.graph.commit(batch).await, Err(CommitError::Conflict { .. })));
}

#[tokio::test]
async fn an_album_has_its_limit_and_so_have_photos_that_wait() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let album = albums::Album { owner: ANN, name: "A".to_owned(), ..albums::Album::default() };
    let album = graph.create_album(album).await.unwrap();
    let into = IntoAlbum::Named(Aid::Album(album.id));
    let code = |error: crate::Error| error.on_the_wire().code.number();
    for n in 0..200 {
        let mut batch = Batch::new();
        batch.link(album.id, kinds::PHOTOS, Id(1000 + n), 1, Vec::new());
        graph.commit(batch).await.unwrap();
    }
    assert_eq!(code(house.add(NewPhoto { into, ..house.new_photo() }).await.unwrap_err()), 321);
    for _ in 0..MAX_PENDING {
        house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap();
    }
    assert_eq!(code(house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap_err()), 325);
    house.add(house.new_photo()).await.unwrap();
    assert_eq!(house.files.count().await, 3 * 61, "nothing of what was refused");
}

#[tokio::test]
async fn a_photo_that_waits_is_the_owners_until_they_approve_it() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let photo = house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap();
    let album = house.album().await;
    assert_eq!((album.cover, album.story), (None, None));
    let seen = async |viewer| {
        graph.photos_shown(viewer, graph.photos_in(Aid::Album(album.id)).await.unwrap()).await.unwrap().len()
    };
    assert_eq!([seen(Some(ANN)).await, seen(Some(BOB)).await, seen(None).await], [1, 0, 0]);
    let approve = async |by| house.services.approve_photos(by, &[photo.id, Id(99), BOB]).await.unwrap();
    assert_eq!([approve(BOB).await, approve(ANN).await, approve(ANN).await], [0, 1, 0]);
    assert_eq!([seen(Some(ANN)).await, seen(Some(BOB)).await, seen(None).await], [1, 1, 1]);
    assert_eq!(house.album().await.cover, Some(photo.id));
    assert_eq!(graph.store().count(ANN, kinds::PENDING).await.unwrap(), 0);
    assert!(house.album().await.story.is_some(), "friends are told of it now");
    assert_eq!(house.services.discard_photos(ANN, &[photo.id]).await.unwrap(), 0, "it waits no more");
}

#[tokio::test]
async fn photos_that_wait_are_listed_with_their_album_and_application_until_they_are_decided() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let mut waiting = Vec::new();
    for _ in 0..45 {
        let photo = house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap();
        graph.tag_photo(&photo, &vec![(Subject::Person(BOB), Where::default())]).await.unwrap();
        waiting.push(photo.id);
    }
    let album = house.album().await;
    let listed = graph.waiting_photos(ANN).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.photo.id).collect::<Vec<_>>(), waiting);
    assert!(listed.iter().all(|one| one.album == album && one.app == Some(house.app.clone())));
    assert_eq!(
        (graph.waiting_photos_count(ANN).await.unwrap(), graph.waiting_photos(BOB).await.unwrap().len()),
        (45, 0)
    );
    let (kept, gone) = waiting.split_at(22);
    assert_eq!(house.services.discard_photos(BOB, gone).await.unwrap(), 0);
    assert_eq!(house.services.discard_photos(ANN, gone).await.unwrap(), 23);
    assert_eq!(graph.photos_in(Aid::Album(album.id)).await.unwrap().len(), 22);
    assert!(graph.photos(gone).await.unwrap().iter().all(Option::is_none));
    assert_eq!(house.services.carry_out_due().await.unwrap(), 2, "their files");
    assert_eq!((house.files.count().await, graph.intents().await.unwrap()), (66, (0, 0)));
    assert_eq!(house.services.approve_photos(ANN, &waiting).await.unwrap(), 22);
    let album = house.album().await;
    let post = graph.post(album.story.unwrap().0).await.unwrap().unwrap();
    assert_eq!((album.cover, post.attachment.unwrap().media.len()), (Some(kept[0]), 5));
    assert_eq!(graph.waiting_photos(ANN).await.unwrap(), []);
    // Nothing is left of the ones or the others once the album is gone.
    let intent = graph.remove_album(album.id).await.unwrap().unwrap();
    house.services.carry_out(intent).await;
    let left = house.left(&[]).await;
    assert!(!waiting.iter().any(|id| left.iter().any(|one| one.contains(&id.to_string()))), "{left:?}");
}

#[tokio::test]
async fn a_photo_is_approved_or_discarded_and_never_both() {
    let house = House::new().await;
    for _ in 0..10 {
        let photo = house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap();
        let ids = [photo.id];
        let (approved, discarded) =
            tokio::join!(house.services.approve_photos(ANN, &ids), house.services.discard_photos(ANN, &ids));
        assert_eq!(approved.unwrap() + discarded.unwrap(), 1);
    }
}

#[tokio::test]
async fn tags_are_placed_moved_counted_and_told_apart() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let photo = house.add(house.new_photo()).await.unwrap();
    let at = |x| Where { x, y: 5.5 };
    let bob = Subject::Person(BOB);
    let dog = Subject::Text("the dog".to_owned());
    graph
        .tag_photo(&photo, &vec![(bob.clone(), at(1.0)), (dog.clone(), at(2.0)), (bob.clone(), at(3.0))])
        .await
        .unwrap();
    let tags = graph.tags_of(photo.id).await.unwrap();
    assert_eq!(tags.iter().map(|tag| (&tag.subject, tag.place.x)).collect::<Vec<_>>(), [(&dog, 2.0), (&bob, 3.0)]);
    graph.tag_photo(&photo, &vec![(bob.clone(), at(9.0))]).await.unwrap();
    assert_eq!(graph.tags_of(photo.id).await.unwrap().len(), 2);
    assert_eq!(graph.photos_of(BOB).await.unwrap(), std::slice::from_ref(&photo));
    let code = |error: crate::Error| error.on_the_wire().code.number();
    let stranger = Subject::Person(Id(99));
    assert_eq!(code(graph.tag_photo(&photo, &vec![(stranger, at(1.0))]).await.unwrap_err()), 322);
    let many: TagSet = (0..49).map(|n| (Subject::Text(n.to_string()), at(1.0))).collect();
    assert_eq!(code(graph.tag_photo(&photo, &many).await.unwrap_err()), 326);
    graph.tag_photo(&photo, &many[..48].to_vec()).await.unwrap();
    assert_eq!(graph.tags_of(photo.id).await.unwrap().len(), MAX_TAGS);
    let bob_again = bob.clone();
    graph.tag_photo(&photo, &vec![(bob, at(4.0))]).await.unwrap();
    let waiting = house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap();
    assert_eq!(code(graph.tag_photo(&waiting, &many[..21].to_vec()).await.unwrap_err()), 326);
    graph.hide_from_applications(BOB, true).await.unwrap();
    assert_eq!(
        code(graph.tag_photo(&photo, &vec![(bob_again, at(4.0))]).await.unwrap_err()),
        322,
        "nobody knows of him"
    );
    assert!(Where::new(100.1, 0.0).is_err() && Where::new(0.0, f64::NAN).is_err() && Where::new(0.0, 100.0).is_ok());
}

#[tokio::test]
async fn a_removed_album_is_gone_at_once_and_swept_to_the_last_file() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let before = house.left(&[]).await;
    for _ in 0..45 {
        let photo = house.add(NewPhoto { pending: true, ..house.new_photo() }).await.unwrap();
        graph.tag_photo(&photo, &vec![(Subject::Person(BOB), Where::default())]).await.unwrap();
    }
    let album = house.album().await;
    let photos = graph.photos_in(Aid::Album(album.id)).await.unwrap();
    let intent = graph.remove_album(album.id).await.unwrap().unwrap();
    assert_eq!(intent.work, Work::AlbumRemoved { album: album.id, owner: ANN });
    assert!(graph.photos_shown(Some(ANN), photos).await.unwrap().is_empty());
    assert!(graph.remove_album(album.id).await.unwrap().is_none());
    // The first worker fails in the midst of it; the one after it carries on.
    house.files.broken.store(true, Ordering::SeqCst);
    house.services.carry_out(intent).await;
    assert_eq!(house.files.count().await, 135);
    house.files.broken.store(false, Ordering::SeqCst);
    house.clock.advance(120_000);
    assert_eq!(house.services.carry_out_due().await.unwrap(), 1);
    assert_eq!((house.files.count().await, graph.intents().await.unwrap()), (0, (0, 0)));
    assert_eq!(house.left(&[]).await, before);
    house.add(house.new_photo()).await.unwrap();
}

#[tokio::test]
async fn a_person_who_is_removed_leaves_no_photo_and_no_tag() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let photo = house.add(house.new_photo()).await.unwrap();
    let of_bob = house.add(NewPhoto { owner: BOB, ..house.new_photo() }).await.unwrap();
    let tag = |person| vec![(Subject::Person(person), Where::default())];
    graph.tag_photo(&photo, &tag(BOB)).await.unwrap();
    graph.tag_photo(&of_bob, &tag(ANN)).await.unwrap();
    let intent = graph.remove_person(ANN).await.unwrap().unwrap();
    house.services.carry_out(intent).await;
    assert!(graph.photos(&[photo.id]).await.unwrap()[0].is_none());
    assert_eq!(house.files.count().await, 3);
    assert!(graph.tags_of(of_bob.id).await.unwrap().is_empty() && graph.photos_of(BOB).await.unwrap().is_empty());
    assert!(graph.albums_of(ANN).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_album_of_profile_pictures_has_an_id_made_of_its_owners() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let profile =
        albums::Album { owner: ANN, name: "P".to_owned(), kind: AlbumType::Profile, ..albums::Album::default() };
    let made = graph.create_album(profile.clone()).await.unwrap();
    assert!(graph.create_album(profile).await.is_err(), "nobody has two");
    assert_eq!(made.aid(), ((11_u64 << 32) + 0xFFFF_FFFD).to_string());
    assert_eq!(read_aid(&made.aid()), Some(Aid::ProfileOf(ANN)));
    let found = graph.albums(&[read_aid(&made.aid()).unwrap(), Aid::ProfileOf(BOB)]).await.unwrap();
    assert_eq!(found[0].as_ref().unwrap().album.id, made.id);
    assert!(found[1].is_none() && graph.albums_of(ANN).await.unwrap().is_empty());
    let far = albums::Album { owner: Id(1 << 40), ..made };
    assert_eq!(far.aid(), far.id.to_string());
}

#[test]
fn ids_come_in_several_forms() {
    for (text, id) in [("77", 77), ("5_77", 77), (" 77 ", 77), ("1_2_77", 77)] {
        assert_eq!((read_pid(text), read_aid(text)), (Some(Id(id)), Some(Aid::Album(Id(id)))), "{text}");
    }
    for bad in ["", "_", "77_", "x", "-1", "0", "1.5", "281474976710656", "99999999999999999999999"] {
        assert_eq!((read_pid(bad), read_aid(bad)), (None, None), "{bad}");
    }
}

#[tokio::test]
async fn an_album_is_judged_by_its_texts() {
    let house = House::new().await;
    let graph = &house.services.graph;
    let good = albums::Album {
        owner: ANN,
        name: "A".to_owned(),
        privacy: Disclosure::from(Audience::AllFriends),
        ..albums::Album::default()
    };
    assert_eq!(good.visible(), "friends");
    let long = "x".repeat(albums::MAX_NAME + 1);
    for bad in [
        albums::Album { name: " ".to_owned(), ..good.clone() },
        albums::Album { name: long.clone(), ..good.clone() },
        albums::Album { location: long.clone(), ..good.clone() },
        albums::Album { description: "x".repeat(albums::MAX_TEXT + 1), ..good.clone() },
        albums::Album { id: ANN, ..good.clone() },
    ] {
        assert_eq!(graph.create_album(bad).await.unwrap_err().on_the_wire().code.number(), 100);
    }
    graph.create_album(good).await.unwrap();
}

#[tokio::test]
async fn a_story_leads_to_the_site_by_whatever_name_it_has_when_it_is_read() {
    let house = House::new().await;
    house.add(house.new_photo()).await.unwrap();
    let story = house.album().await.story.unwrap().0;
    let attachment = house.services.graph.post(story).await.unwrap().unwrap().attachment.unwrap().at("http://s");
    assert!(attachment.href.starts_with("http://s/album.php?aid="), "{}", attachment.href);
    let [crate::attachment::Media::Photo { src, href, .. }] = attachment.media.as_slice() else {
        panic!("{attachment:?}")
    };
    assert!(src.starts_with("http://s/photos/") && href.starts_with("http://s/photo.php?pid="), "{src} {href}");
}
