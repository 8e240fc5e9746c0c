//! The picture of an event: it comes with the event, is changed, and goes, and none is left behind.

use super::world::Evening;
use crate::photos::tests::picture;
use crate::tests::world::{ANN, BEGINNING, By};
use serde_json::{Value, json};

/// The members that are addresses of it, with the letter that each file's name ends in.
const SIZES: [(&str, &str); 3] = [("pic", "s"), ("pic_big", "n"), ("pic_small", "t")];

impl Evening {
    async fn granted() -> Evening {
        let evening = Evening::new().await;
        evening.world.permit(ANN, "create_event").await;
        evening
    }

    async fn send(&self, method: &str, args: &[(&str, &str)], file: &[u8]) -> Value {
        let world = &self.world;
        let session = world.session(&world.web).await.key;
        let args: Vec<_> = [("session_key", session.as_str())].iter().chain(args).copied().collect();
        world.upload(By::App(&world.web), method, &args, file).await
    }

    async fn make(&self, file: &[u8]) -> Value {
        let info = json!({"name": "Ball", "start_time": BEGINNING + 9000, "location": "Hall"}).to_string();
        self.send("events.create", &[("event_info", &info)], file).await
    }

    /// What is told of its picture, and the keys of the files that this means.
    async fn shown(&self, eid: &str) -> Vec<String> {
        let event = self.world.ask(ANN, "events.get", &[("eids", eid)]).await[0].clone();
        let key = |name: &str| event[name].as_str().unwrap().strip_prefix("http://site.example/").unwrap().to_owned();
        SIZES
            .iter()
            .map(|(name, letter)| (key(name), letter))
            .inspect(|(key, letter)| assert!(key.ends_with(&format!("_{letter}.jpg")), "{key}"))
            .map(|(key, _)| key)
            .collect()
    }

    async fn files(&self) -> Vec<String> {
        self.world.services.blobs.list(None, 100).await.unwrap()
    }

    /// The files of this event, and no others, are there.
    async fn keeps_only(&self, eid: &str) {
        let mut shown = self.shown(eid).await;
        shown.sort();
        assert_eq!(self.files().await, shown);
        assert_eq!(self.world.services.graph.intents().await.unwrap(), (0, 0));
    }
}

#[tokio::test]
async fn a_file_beside_the_call_becomes_the_events_picture() {
    let evening = Evening::granted().await;
    let eid = evening.make(&picture()).await.to_string();
    evening.keeps_only(&eid).await;
    for key in evening.shown(&eid).await {
        let file = evening.world.services.blobs.get(&key, None).await.unwrap().unwrap();
        assert!(key.starts_with("events/") && file.bytes.starts_with(b"\xff\xd8\xff"), "{key}");
    }
    assert_eq!(
        evening.world.ask_code(ANN, "events.edit", &[("eid", &eid), ("event_info", "{\"host\":\"A\"}")]).await,
        0
    );
    evening.keeps_only(&eid).await;
}

#[tokio::test]
async fn a_new_picture_takes_the_place_of_the_former_whose_files_go() {
    let evening = Evening::granted().await;
    let eid = evening.make(&picture()).await.to_string();
    let former = evening.shown(&eid).await;
    let args = [("eid", eid.as_str()), ("event_info", "{}")];
    assert_eq!(evening.send("events.edit", &args, &picture()).await, json!(true));
    evening.keeps_only(&eid).await;
    assert!(evening.shown(&eid).await.iter().all(|key| !former.contains(key)));
    // One that had none gets its first.
    let args = [("eid", "4302"), ("event_info", "{}")];
    assert_eq!(evening.send("events.edit", &args, &picture()).await, json!(true));
    assert_eq!((evening.shown("4302").await.len(), evening.files().await.len()), (3, 6));
}

#[tokio::test]
async fn the_picture_of_a_cancelled_event_goes() {
    let evening = Evening::granted().await;
    let eid = evening.make(&picture()).await.to_string();
    assert_eq!(evening.files().await.len(), 3);
    assert_eq!(evening.world.ask_code(ANN, "events.cancel", &[("eid", &eid)]).await, 0);
    assert_eq!((evening.files().await.len(), evening.world.services.graph.intents().await.unwrap()), (0, (0, 0)));
}

#[tokio::test]
async fn what_is_no_picture_makes_no_event_and_changes_none() {
    let evening = Evening::granted().await;
    let before = evening.world.ask(ANN, "events.get", &[]).await;
    for file in [&b"GIF89a, perhaps"[..], b""] {
        assert_eq!(evening.make(file).await["error_code"], 324);
        let close = [("eid", "4302"), ("event_info", "{\"privacy_type\":\"SECRET\",\"tagline\":\"x\"}")];
        assert_eq!(evening.send("events.edit", &close, file).await["error_code"], 324);
    }
    assert_eq!(evening.world.ask(ANN, "events.get", &[]).await, before);
    // Who may not, and what cannot be, is told before the picture is looked at.
    let args = [("eid", "4303"), ("event_info", "{}")];
    assert_eq!(evening.send("events.edit", &args, b"x").await["error_code"], 200);
    assert_eq!(evening.send("events.create", &[("event_info", "{}")], b"x").await["error_code"], 100);
    assert_eq!(evening.files().await, [""; 0]);
}
