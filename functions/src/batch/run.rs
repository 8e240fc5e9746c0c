//! batch.run: up to 20 calls in one request; each answer stands as a text in the order of the calls.
//!
//! Every entry is a complete call, signed on its own and checked in full; one entry's error never ends the batch. The 2008 server
//! ran up to five entries without checking their signatures, and let an error of one end all: clients parse entry by entry, so
//! neither is missed.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Error, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The limit that was enforced; some pages say 15.
const MOST: usize = 20;
/// Entries under way at once, unless they must run in order.
const AT_ONCE: usize = 4;

pub(crate) struct Run;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// JSON array of form-encoded calls, at most 20.
    method_feed: String,
    /// Run them strictly in order.
    #[serde(default)]
    serial_only: bool,
}

/// One call's whole document, as text.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "batch_run_response_elt")]
pub(crate) struct Answer(String);

impl Method for Run {
    const NAME: &'static str = "batch.run";
    const SUMMARY: &'static str = "Runs up to 20 calls in one request.";
    const ACCESS: Access = Access::optional_session().runs_others();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Vec<Answer>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<Answer>> {
        let feed: Vec<String> = serde_json::from_str(&args.method_feed).map_err(|e| {
            Error::from(Code::ParamBadJson.because(format!("method_feed is no JSON array of strings: {e}")))
        })?;
        if feed.len() > MOST {
            return Err(Code::BatchTooManyItems.into());
        }
        let mut answers = Vec::with_capacity(feed.len());
        for wave in feed.chunks(if args.serial_only { 1 } else { AT_ONCE }) {
            answers.extend(futures_util::future::join_all(wave.iter().map(|entry| run(cx, entry))).await);
        }
        Ok(answers)
    }
}

async fn run(cx: &Context, entry: &str) -> Answer {
    let document = cx.run_entry(entry).await;
    Answer(String::from_utf8_lossy(&document.body).into_owned())
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{ANN, By, World};
    use reconnect_core::model::Application;

    fn entry(world: &World, app: &Application, method: &str, args: &[(&str, &str)]) -> String {
        let args = world.sign(By::App(app), method, args);
        let pairs = args
            .iter()
            .map(|(n, v)| (String::from_utf8_lossy(n).into_owned(), String::from_utf8_lossy(v).into_owned()));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    async fn run(world: &World, feed: &[String], args: &[(&str, &str)]) -> serde_json::Value {
        let feed = serde_json::to_string(feed).unwrap();
        let args: Vec<_> = [("method_feed", feed.as_str())].iter().chain(args).copied().collect();
        world.json(By::App(&world.web), "batch.run", &args).await
    }

    #[tokio::test]
    async fn answers_stand_in_order_and_one_error_ends_nothing() {
        let world = World::new().await;
        let opened = world.session(&world.web).await;
        let session = [("session_key", opened.key.as_str())];
        let mut feed: Vec<String> =
            (0..20).map(|_| entry(&world, &world.web, "users.getLoggedInUser", &session)).collect();
        feed[7] = entry(&world, &world.web, "users.getEverything", &session);
        feed[8] = feed[8].replace("&sig=", "&sig=0");
        for serial in ["", "1"] {
            let answers = run(&world, &feed, &[("serial_only", serial)]).await;
            let answers = answers.as_array().unwrap();
            assert_eq!(answers.len(), 20);
            for (i, answer) in answers.iter().enumerate() {
                let answer: serde_json::Value = serde_json::from_str(answer.as_str().unwrap()).unwrap();
                match i {
                    7 => assert_eq!(answer["error_code"], 3),
                    8 => assert_eq!(answer["error_code"], 104),
                    _ => assert_eq!(answer, ANN.0),
                }
            }
        }
    }

    #[tokio::test]
    async fn an_entrys_own_format_wins_and_the_outer_one_is_the_default() {
        let world = World::new().await;
        let feed = [
            entry(&world, &world.web, "users.isAppUser", &[("uid", "1240077"), ("format", "XML")]),
            entry(&world, &world.web, "users.isAppUser", &[("uid", "1240077"), ("callback", "x")]),
        ];
        let answers = run(&world, &feed, &[]).await;
        assert!(answers[0].as_str().unwrap().starts_with("<?xml"), "{answers}");
        assert_eq!(answers[1], "true");
    }

    #[tokio::test]
    async fn an_entry_without_session_key_is_made_for_the_batchs_session() {
        let world = World::new().await;
        let opened = world.session(&world.web).await;
        let feed = [entry(&world, &world.web, "users.getLoggedInUser", &[])];
        assert!(run(&world, &feed, &[]).await[0].as_str().unwrap().contains("\"error_code\":102"));
        assert_eq!(run(&world, &feed, &[("session_key", opened.key.as_str())]).await[0], ANN.to_string());
    }

    #[tokio::test]
    async fn too_many_bad_json_nesting_and_foreign_applications_are_refused() {
        let world = World::new().await;
        let one = entry(&world, &world.web, "auth.createToken", &[]);
        assert_eq!(run(&world, &vec![one.clone(); 21], &[]).await["error_code"], 950);
        assert_eq!(world.code(By::App(&world.web), "batch.run", &[("method_feed", "[1,")]).await, 144);
        assert_eq!(world.code(By::App(&world.web), "batch.run", &[]).await, 100);
        let inner = serde_json::to_string(&[&one]).unwrap();
        let feed = [
            entry(&world, &world.web, "batch.run", &[("method_feed", &inner)]),
            entry(&world, &world.desktop, "auth.createToken", &[]),
            String::new(),
            "%%%=\u{0}&&==&method".to_owned(),
        ];
        let answers = run(&world, &feed, &[]).await;
        for (i, code) in [(0, 953), (1, 101), (2, 101), (3, 101)] {
            let answer: serde_json::Value = serde_json::from_str(answers[i].as_str().unwrap()).unwrap();
            assert_eq!(answer["error_code"], code, "{answer}");
        }
        assert_eq!(run(&world, &[], &[]).await, serde_json::json!([]));
    }
}
