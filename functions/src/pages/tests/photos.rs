//! approve_photos.php: who decides about photos that wait, and about which.

use super::*;
use reconnect_core::photos::{IntoAlbum, NewPhoto};
use reconnect_core::picture::Developed;
use reconnect_store::Id;

const PATH: &str = "/approve_photos.php";

impl World {
    /// Photos of Ann's that wait, added by the application.
    async fn waiting(&self, count: usize) -> Vec<Id> {
        let services = &self.site.services;
        let mut ids = Vec::new();
        for n in 0..count {
            self.clock.advance(1000);
            let (into, app) = (IntoAlbum::OfApplication(&self.app), Some(self.app.id));
            let caption = format!("Cow <{n}>");
            let new = NewPhoto { id: Id(0), owner: self.ann.id, into, caption, app, pending: true };
            let target = services.graph.place_for(&new).await.unwrap();
            let picture = Developed::drawn(4, 3, vec![99; 36]).unwrap();
            ids.push(services.add_photo(new, target, picture).await.unwrap().0.id);
        }
        ids
    }

    /// Of these photos those that wait, those that do not, and how many are gone.
    async fn decided(&self, photos: &[Id]) -> (usize, usize, usize) {
        let found = self.site.services.graph.photos(photos).await.unwrap();
        let there: Vec<_> = found.iter().flatten().collect();
        let wait = there.iter().filter(|photo| photo.pending).count();
        (wait, there.len() - wait, found.len() - there.len())
    }
}

fn ticks(photos: &[Id]) -> Vec<(String, String)> {
    photos.iter().map(|id| (format!("photo_{id}"), "1".to_owned())).collect()
}

async fn press(browser: &mut Browser, page: &Answer, button: &str, photos: &[Id]) -> Answer {
    let ticks = ticks(photos);
    let ticks: Vec<_> = ticks.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.press(page, button, &ticks).await
}

#[tokio::test]
async fn what_waits_is_told_of_and_approved_or_discarded_by_its_owner() {
    let world = World::new().await;
    let mut ann = world.logged_in(&world.ann).await;
    assert!(!ann.get("/home.php").await.body.contains(PATH), "nothing waits");
    assert!(ann.get(PATH).await.body.contains("No photos wait"));
    let photos = world.waiting(4).await;
    let home = ann.get("/home.php").await;
    assert!(home.body.contains(&format!("<a href=\"{PATH}\">4 photos wait</a>")), "{}", home.body);
    let page = ann.get(PATH).await;
    for told in [
        "<b>Farm &lt;b&gt;Game&lt;/b&gt;</b> wants to add 4 photos to your album <b>Farm &lt;b&gt;Game&lt;/b&gt; Photos</b>",
        "Cow &lt;3&gt;",
        "Everybody sees that album.",
        "img src=\"/photos/",
    ] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    assert_eq!(page.body.matches("type=\"checkbox\"").count(), 4);
    // Only what is ticked is decided.
    assert_eq!(press(&mut ann, &page, "Approve", &photos[..1]).await.location(), PATH);
    assert_eq!(world.decided(&photos).await, (3, 1, 0));
    let page = ann.get(PATH).await;
    press(&mut ann, &page, "Discard", &photos[1..3]).await;
    assert_eq!(world.decided(&photos).await, (1, 1, 2));
    assert!(ann.get("/home.php").await.body.contains("A photo waits"));
    let page = ann.get(PATH).await;
    press(&mut ann, &page, "Discard", &[]).await;
    press(&mut ann, &page, "Approve", &photos[..3]).await;
    assert_eq!(world.decided(&photos).await, (1, 1, 2), "nothing that it showed was ticked");
    assert_eq!(world.site.services.blobs.list(None, 100).await.unwrap().len(), 12);
    world.site.services.carry_out_due().await.unwrap();
    assert_eq!(world.site.services.blobs.list(None, 100).await.unwrap().len(), 6, "the files follow");
}

#[tokio::test]
async fn who_is_not_logged_in_comes_back_to_the_photos_after_it() {
    let world = World::new().await;
    world.waiting(1).await;
    let mut browser = world.browser();
    let page = browser.follow(PATH).await;
    assert!(page.has_button("Login") && !page.body.contains("Cow"));
    let answer = browser.log_in(&page, "ann@example.com", PASSWORD).await;
    assert_eq!(answer.location(), PATH);
}

#[tokio::test]
async fn nothing_is_decided_without_the_form_of_this_very_page() {
    let world = World::new().await;
    let photos = world.waiting(2).await;
    let mut ann = world.logged_in(&world.ann).await;
    let page = ann.get(PATH).await;
    let form = page.form("Approve");
    let fields = [form.fields, ticks(&photos)].concat();
    let without = |name: &str| fields.iter().filter(|field| field.0 != name).cloned().collect::<Vec<_>>();
    let list = |ids: &str| [without("photos"), vec![("photos".to_owned(), ids.to_owned())]].concat();
    assert_eq!(ann.post(PATH, &without("fb_dtsg")).await.status, StatusCode::FORBIDDEN);
    for other in ["", "x", &photos[0].to_string(), &format!("{},{},5", photos[0], photos[1])] {
        assert_eq!(ann.post(PATH, &list(other)).await.status, StatusCode::FORBIDDEN, "{other}");
    }
    // Neither by a link, nor by another site, nor by somebody else.
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    assert_eq!(ann.get(&format!("{PATH}?{query}")).await.status, StatusCode::OK);
    for header in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")] {
        ann.headers = vec![header];
        assert_eq!(ann.post(PATH, &fields).await.status, StatusCode::FORBIDDEN, "{header:?}");
    }
    ann.headers.clear();
    let mut ben = world.logged_in(&world.ben).await;
    assert!(!ben.get(PATH).await.body.contains("Cow"));
    assert_eq!(ben.post(PATH, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.browser().post(PATH, &fields).await.location(), "/login.php?source=photos");
    // A page that Ann left open decides nothing once somebody else is logged in.
    let login = ann.get("/login.php?skipcookie=1").await;
    ann.log_in(&login, "ben@example.com", PASSWORD).await;
    assert_eq!(ann.post(PATH, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.decided(&photos).await, (2, 0, 0));
}

#[tokio::test]
async fn each_application_and_album_is_decided_for_itself() {
    let world = World::new().await;
    let photos = world.waiting(1).await;
    let graph = &world.site.services.graph;
    let other = Application { name: "Zoo".to_owned(), ..Application::default() };
    let zoo = graph.create_application(other).await.unwrap();
    let world = World { app: zoo.clone(), ..world };
    let theirs = world.waiting(2).await;
    let mut ann = world.logged_in(&world.ann).await;
    let page = ann.get(PATH).await;
    assert_eq!(page.body.matches("<form").count(), 2);
    assert!(page.body.contains("<b>Zoo</b> wants to add 2 photos") && page.body.contains("wants to add a photo"));
    press(&mut ann, &page, "Approve", &[photos.clone(), theirs.clone()].concat()).await;
    assert_eq!((world.decided(&photos).await, world.decided(&theirs).await), ((0, 1, 0), (2, 0, 0)));
    // What an application added waits also when it is gone.
    let graph = &world.site.services.graph;
    graph.remove_application(zoo.id).await.unwrap();
    let page = ann.get(PATH).await;
    assert!(page.body.contains("An application that is gone"), "{}", page.body);
    press(&mut ann, &page, "Discard", &theirs).await;
    assert_eq!(world.decided(&theirs).await, (0, 0, 2));
}
