//! photos.addTag: says who or what is seen on a photo, one thing or several.
//!
//! Without the permission only photos that wait for approval can be tagged. Who is tagged is the photo's owner or a friend of theirs. Where a
//! tag names both, the person wins over the text (the first documents). `uid` is what the Java client calls `owner_uid`.

use super::{acting, shown};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::photos::{MAX_TAGS, Subject, TagSet, Where, read_pid};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) struct AddTag;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The photo.
    pid: String,
    /// Who.
    tag_uid: Option<u64>,
    /// Who or what, by name.
    tag_text: Option<String>,
    /// The middle of the tag, in percent from the left.
    x: Option<f64>,
    /// In percent from the top.
    y: Option<f64>,
    /// Several: a JSON array of objects with `x`, `y`, and `tag_uid` or `tag_text`. The four above are ignored then.
    tags: Option<String>,
    /// Whose photo it is; without it the session's person.
    owner_uid: Option<u64>,
    /// The same.
    uid: Option<u64>,
}

impl Method for AddTag {
    const NAME: &'static str = "photos.addTag";
    const SUMMARY: &'static str = "Tags people or things on a photo.";
    const ACCESS: Access = Access::optional_session().writes();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = bool;

    async fn call(cx: &Context, args: Args) -> Result<bool> {
        let pid = read_pid(&args.pid).ok_or_else(|| Code::ParamPhotoId.because("pid is no id of a photo"))?;
        let tags = tags(&args)?;
        let (owner, granted) = acting(cx, args.owner_uid.or(args.uid)).await?;
        let shown = shown(cx, Some(owner), cx.graph().photos(&[pid]).await?).await?;
        let Some(photo) = shown.into_iter().map(|one| one.photo).find(|photo| photo.owner == owner) else {
            return Err(Code::PermissionPhoto.because(format!("the photo is not {owner}'s")).into());
        };
        if !granted && !photo.pending {
            return Err(Code::EditPhotoTagPhoto.because("photo_upload is not granted").into());
        }
        cx.graph().tag_photo(&photo, &tags).await?;
        Ok(true)
    }
}

fn tags(args: &Args) -> Result<TagSet> {
    let Some(text) = &args.tags else {
        let (Some(x), Some(y)) = (args.x, args.y) else { return Err(invalid("x or y is missing")) };
        return Ok(vec![(subject(args.tag_uid, args.tag_text.clone())?, Where::new(x, y)?)]);
    };
    let bad = |why: String| Code::ParamBadJson.because(format!("tags: {why}"));
    let list = match serde_json::from_str(text).map_err(|error: serde_json::Error| bad(error.to_string()))? {
        Value::Array(list) => list,
        _ => return Err(bad("it is no array".to_owned()).into()),
    };
    if list.is_empty() || list.len() > MAX_TAGS {
        return Err(invalid(format!("tags holds 1 to {MAX_TAGS} tags")));
    }
    list.iter().map(tag).collect()
}

fn tag(one: &Value) -> Result<(Subject, Where)> {
    let Value::Object(one) = one else { return Err(invalid("tags: a tag is no object")) };
    let (Some(x), Some(y)) = (number(one, "x"), number(one, "y")) else {
        return Err(invalid("tags: a tag has no x or no y"));
    };
    let uid = match one.get("tag_uid") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(text.parse().map_err(|_| invalid("tags: a tag_uid is no id"))?),
        Some(number) => Some(number.as_u64().ok_or_else(|| invalid("tags: a tag_uid is no id"))?),
    };
    let text = one.get("tag_text").and_then(Value::as_str).map(str::to_owned);
    Ok((subject(uid, text)?, Where::new(x, y)?))
}

/// Clients write numbers as texts, too.
fn number(one: &Map<String, Value>, name: &str) -> Option<f64> {
    match one.get(name)? {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_f64(),
    }
}

fn subject(uid: Option<u64>, text: Option<String>) -> Result<Subject> {
    match (uid.filter(|uid| *uid != 0), text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())) {
        (Some(uid), _) if Id(uid) > Id::MAX => {
            Err(Code::EditPhotoTagSubject.because(format!("nobody is {uid}")).into())
        }
        (Some(uid), _) => Ok(Subject::Person(Id(uid))),
        (None, Some(text)) => Ok(Subject::Text(text)),
        (None, None) => Err(invalid("tag_uid and tag_text are missing: one of them is needed")),
    }
}
