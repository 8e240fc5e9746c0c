//! `events/`: for every function of the template an event to try it with, and a README that says what comes back.

use super::demo::Application;
use super::event::{Request, schedule};
use crate::Result;
use reconnect_functions::METHODS;
use serde_json::{Value, json};
use std::fmt::Write;

/// Arguments of a method beside the common ones, and what the demo world answers.
struct Sample {
    args: Vec<(&'static str, String)>,
    answer: &'static str,
}

/// Every file under `events/`, by name.
pub(super) fn files() -> Result<Vec<(String, String)>> {
    let app = Application::first()?;
    let mut files = Vec::new();
    let mut rows = String::new();
    for handler in METHODS {
        let name = handler.name;
        let sample = sample(name, &app).ok_or_else(|| {
            format!("{name} has no sample arguments for its event; add them in xtask/src/generate/events.rs")
        })?;
        let _ = writeln!(rows, "| `{name}.json` | {} | {} |", told(&sample.args), sample.answer);
        files.push((format!("{name}.json"), text(&method(name, &sample, &app))));
    }
    files.push(("restserver.json".to_owned(), text(&restserver(&app))));
    files.push(("web.json".to_owned(), text(&web(&app))));
    files.push(("intents.json".to_owned(), text(&schedule())));
    files.push(("README.md".to_owned(), readme(&app, &rows)));
    Ok(files)
}

/// The samples for the pages of the reference. A session cannot be written down: that there must be one is said, and what comes back without
/// one is not.
pub(super) fn reference() -> Result<String> {
    let app = Application::first()?;
    let mut lines = Vec::new();
    for handler in METHODS {
        let Some(Sample { mut args, answer }) = sample(handler.name, &app) else { continue };
        let session = args.iter().any(|(name, _)| *name == "session_key");
        args.retain(|(name, _)| *name != "session_key");
        let answer = (!session).then_some(answer);
        let sample = json!({ "args": args, "answer": answer, "session": session });
        lines.push(format!("  {}: {sample}", json!(handler.name)));
    }
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

/// What a method answers that needs a session.
const NO_SESSION: &str = "error 102: the session is nobody's";

fn sample(method: &str, app: &Application) -> Option<Sample> {
    let of = |args: &[(&'static str, &str)], answer| {
        Some(Sample { args: args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(), answer })
    };
    // Of the form that keys have, so that the whole check is walked.
    let session = ("session_key", "c0ffee0123456789abcdef01-1001");
    match method {
        "auth.createToken" => of(&[], "a token"),
        "auth.expireSession" | "auth.promoteSession" | "users.getLoggedInUser" | "users.isVerified" => {
            of(&[session], NO_SESSION)
        }
        "auth.getSession" => {
            of(&[("auth_token", "c0ffee0123456789abcdef0123456789")], "error 100: nobody has logged in with this token")
        }
        "auth.revokeAuthorization" => of(&[("uid", "1003")], "`true`; the second time too"),
        "auth.revokeExtendedPermission" => of(&[("uid", "1002"), ("perm", "email")], "`true`"),
        "batch.run" => {
            Some(Sample { args: vec![("method_feed", feed(app))], answer: "a list of two texts: `true`, and a token" })
        }
        "comments.add" => of(&[("xid", "guestbook"), ("text", "Hello!"), ("uid", "1001")], "the id of the comment"),
        "comments.get" => of(&[("xid", "guestbook")], "the comments that `comments.add.json` added"),
        "comments.remove" => of(&[("xid", "guestbook"), ("comment_id", "1")], "error 1706: there is no such comment"),
        "events.cancel" => of(&[("eid", "4412"), ("cancel_message", "Rain")], "`true`; the second time error 150"),
        "events.create" => of(&[("event_info", EVENT)], "the id of an event of the application's own"),
        "events.edit" => of(&[("eid", "4411"), ("event_info", "{\"tagline\":\"Bring two\"}")], "`true`"),
        "events.get" => of(&[("eids", "4411,4412")], "both: they were made through the application"),
        "events.getMembers" => of(&[("eid", "4411")], "four of the dorm attend"),
        "events.invite" => of(&[session, ("eid", "4411"), ("uids", "1002")], NO_SESSION),
        "events.rsvp" => of(&[session, ("eid", "4411"), ("rsvp_status", "unsure")], NO_SESSION),
        "friends.areFriends" => of(&[session, ("uids1", "1001,1001"), ("uids2", "1002,1006")], NO_SESSION),
        "friends.get" => of(&[("uid", "1001"), ("flid", "3002")], "`[1002,1004]`, in any order"),
        "friends.getAppUsers" | "friends.getLists" => of(&[session], NO_SESSION),
        "friends.getMutualFriends" => of(&[("source_uid", "1001"), ("target_uid", "1002")], "`[1003]`"),
        "groups.get" => of(&[session, ("gids", "4401,4402")], NO_SESSION),
        "groups.getMembers" => of(&[session, ("gid", "4401")], NO_SESSION),
        "liveMessage.send" => {
            let what = [session, ("recipient", "1002"), ("event_name", "ping"), ("message", "{}")];
            of(&what, NO_SESSION)
        }
        "message.getThreadsInFolder" => of(&[("uid", "1001")], "error 612: she has not granted `read_mailbox`"),
        "notifications.get" | "notifications.getList" => of(&[session], NO_SESSION),
        "notifications.markRead" => of(&[session, ("notification_ids", "1,2")], NO_SESSION),
        "notifications.sendEmail" => {
            let what = [("recipients", "1001,1002,1003"), ("subject", "Waffles"), ("text", "On Sunday.")];
            of(&what, "`\"1001,1002\"`, who granted `email`")
        }
        "pages.blockFan" => of(&[("page_id", "4501"), ("uid", "1006")], "`true`; the second time too"),
        "pages.getinfo" => {
            of(&[("page_ids", "4501"), ("fields", "name,type,fan_count")], "name, type and number of fans")
        }
        "pages.isAdmin" | "pages.isFan" => of(&[session, ("page_id", "4501")], NO_SESSION),
        "pages.isAppAdded" => of(&[("page_id", "4501")], "`true`"),
        "status.get" | "stream.getFilters" => of(&[session], NO_SESSION),
        "status.set" | "users.setStatus" => of(&[session, ("status", "is trying this")], NO_SESSION),
        "stream.addComment" => of(&[session, ("post_id", "1001_1"), ("comment", "Hello!")], NO_SESSION),
        "stream.addLike" | "stream.remove" | "stream.removeLike" => of(&[session, ("post_id", "1001_1")], NO_SESSION),
        "stream.get" => of(&[("viewer_id", "0"), ("source_ids", "1001")], "what everybody may see of a wall"),
        "stream.getComments" => of(&[session, ("post_id", "1001_1")], NO_SESSION),
        "stream.publish" => of(&[session, ("message", "Hello!")], NO_SESSION),
        "stream.removeComment" => of(&[session, ("comment_id", "1001_1_1")], NO_SESSION),
        "links.get" => of(&[session], NO_SESSION),
        "links.getStats" => {
            of(&[("urls", "observatory.northfield.example/tonight")], "one entry with a `share_count` of 2")
        }
        "links.post" => {
            of(&[("uid", "1001"), ("url", "http://pond.example/"), ("comment", "Look")], "the id of a link")
        }
        "links.preview" => of(
            &[("url", "http://observatory.northfield.example/tonight")],
            "title, text and picture, if the world was loaded within the hour; else, where nothing may be fetched, what it knew",
        ),
        "notes.create" => {
            of(&[("uid", "1001"), ("title", "Maps"), ("content", "A list of <b>maps</b>.")], "the id of a note")
        }
        "notes.delete" => of(&[("uid", "1001"), ("note_id", "5501")], "`true`; the second time error 1600"),
        "notes.edit" => of(
            &[("uid", "1001"), ("note_id", "5502"), ("title", "Star party"), ("content", "It rains.")],
            "`true`, if the note is still there",
        ),
        "notes.get" => of(&[("uid", "1001")], "one note: the other is for her own eyes"),
        "privacy.get" => of(&[session], NO_SESSION),
        "photos.addTag" => {
            of(&[session, ("pid", "5102"), ("tag_text", "the map"), ("x", "50"), ("y", "50")], NO_SESSION)
        }
        "photos.createAlbum" => of(&[session, ("name", "Maps")], NO_SESSION),
        "photos.get" => of(&[session, ("aid", "5001")], NO_SESSION),
        "photos.getAlbums" => of(&[session], NO_SESSION),
        "photos.getTags" => of(&[session, ("pids", "5101,5102")], NO_SESSION),
        "photos.upload" => of(&[session], NO_SESSION),
        "users.getInfo" => of(
            &[("uids", "1002,1006"), ("fields", "name,birthday")],
            "both names; `null` for the birthdays, which nobody without a session sees",
        ),
        "users.getStandardinfo" => of(
            &[("uids", "1002,1006"), ("fields", "name,birthday")],
            "name and birthday of 1002; 1006 does not use the application",
        ),
        "users.hasAppPermission" => of(&[("uid", "1001"), ("ext_perm", "email")], "`true`"),
        "video.getUploadLimits" | "video.upload" => of(&[session], NO_SESSION),
        "users.isAppUser" => of(&[("uid", "1001")], "`true`"),
        _ => None,
    }
}

/// What an event is, as far as it must be said.
const EVENT: &str =
    "{\"name\":\"Star Party\",\"start_time\":4102444800,\"location\":\"Roof\",\"privacy_type\":\"SECRET\"}";

/// Two calls, each signed on its own.
fn feed(app: &Application) -> String {
    let calls = [
        app.call(&[("method", "users.isAppUser"), ("uid", "1001"), ("format", "json")]),
        app.call(&[("method", "auth.createToken"), ("format", "json")]),
    ];
    json!(calls).to_string()
}

fn method(name: &str, sample: &Sample, app: &Application) -> Value {
    let mut args: Vec<(&str, &str)> = sample.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    args.push(("format", "json"));
    let path = format!("/method/{name}");
    // The method is signed as part of the arguments only where it is one of them.
    Request { route: format!("ANY {path}"), path, query: "", form: Some(app.call(&args)) }.event()
}

fn restserver(app: &Application) -> Value {
    let path = "/restserver.php".to_owned();
    let form = app.call(&[("method", "users.isAppUser"), ("uid", "1001")]);
    Request { route: format!("ANY {path}"), path, query: "", form: Some(form) }.event()
}

fn web(app: &Application) -> Value {
    let query = format!("api_key={}&v=1.0", app.api_key);
    Request { route: "$default".to_owned(), path: "/login.php".to_owned(), query: &query, form: None }.event()
}

fn text(event: &Value) -> String {
    format!("{event:#}\n")
}

/// The arguments as a person reads them; a batch says itself what it holds.
fn told(args: &[(&str, String)]) -> String {
    let told = args.iter().map(|(name, value)| {
        let value = if value.starts_with('[') { "two calls" } else { value };
        format!("`{name}={value}`")
    });
    told.collect::<Vec<_>>().join(" ")
}

fn readme(app: &Application, rows: &str) -> String {
    format!(
        "# Events\n\n\
         Generated by `cargo xtask generate`; do not edit.\n\n\
         One event for each function of `template.yaml`, as the gateway hands it over: payload 2.0, the form in base64. The calls are signed \
         with the secret of {name}, an application of the demo world (`local/worlds/dorm.toml`), and ask for JSON; only `restserver.json` asks \
         for XML.\n\n\
         ```sh\n\
         RECONNECT_STORE=sqlite sam build\n\
         sam local invoke UsersIsAppUser --event events/users.isAppUser.json\n\
         ```\n\n\
         With the demo world behind it, a function answers:\n\n\
         | event | arguments | answer |\n\
         | --- | --- | --- |\n\
         {rows}\
         | `restserver.json` | `method=users.isAppUser` `uid=1001` | `<users_isAppUser_response …>1<` |\n\
         | `web.json` | `GET /login.php` | the page on which people log in |\n\
         | `intents.json` | a schedule's event | `{{\"done\":0}}` |\n\n\
         A session cannot be written down: its key is random and is given to nobody but the application that asked for it. Where a method needs \
         one, the documented refusal is the answer.\n",
        name = app.name
    )
}
