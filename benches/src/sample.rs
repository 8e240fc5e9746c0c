//! A method that touches no storage: declared like every other one, so that a call of it walks the whole road and nothing else.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Handler, Method, Registry, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Its name on the wire.
pub(crate) const SAMPLE: &str = "bench.sample";

struct Sample;

#[derive(Deserialize, JsonSchema)]
struct Args {
    /// Comes back as the first member.
    uid: u64,
}

/// About as much as a small users.getInfo says: 360 bytes of JSON.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename = "user")]
pub(crate) struct Person {
    uid: u64,
    first_name: String,
    last_name: &'static str,
    name: &'static str,
    sex: &'static str,
    birthday: &'static str,
    locale: &'static str,
    timezone: i32,
    about_me: Option<&'static str>,
    is_app_user: bool,
    profile_update_time: i64,
    pic_square: &'static str,
    profile_url: &'static str,
}

/// The person of that id.
pub(crate) fn person(uid: u64) -> Person {
    Person {
        uid,
        first_name: "Émilie".to_owned(),
        last_name: "Wilson-O'Brien",
        name: "Émilie Wilson-O'Brien",
        sex: "female",
        birthday: "November 3",
        locale: "en_US",
        timezone: -8,
        about_me: None,
        is_app_user: true,
        profile_update_time: 1_234_567_890,
        pic_square: "http://profile.example/v225/1240/q1240077_2953.jpg",
        profile_url: "http://www.example/profile.php?id=1240077",
    }
}

impl Method for Sample {
    const NAME: &'static str = SAMPLE;
    const SUMMARY: &'static str = "Answers from memory.";
    const ACCESS: Access = Access::app_secret();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Person;

    async fn call(_: &Context, args: Args) -> Result<Person> {
        Ok(person(args.uid))
    }
}

/// Every method of the API, and this one.
pub(crate) fn registry() -> Registry {
    let all = reconnect_functions::METHODS.iter().copied().chain([Handler::of::<Sample>()]);
    // A registry lives as long as its process, and there is one a process.
    Registry::new(Box::leak(all.collect()))
}
