//! video.upload: keeps the video that came with the call, as it came, and answers it.
//!
//! It was to be called on a host of its own, `api-video`. Here every host takes it (error 7 is answered by none); but only a request to that host
//! may be larger than others. Nothing is made of the file: browsers play what they can.

use super::Limits;
use crate::disclosure::Given;
use reconnect_core::disclosure::Disclosure;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::picture::Developed;
use reconnect_core::videos::{MAX_TITLE, NoFilm, Video, film};
use reconnect_core::{Access, Context, Method, Result};
use reconnect_store::Id;
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct Upload;

/// How long a description may be, in bytes.
const MAX_DESCRIPTION: usize = 60_000;
/// The preview, in pixels.
const PREVIEW: (u32, u32) = (160, 120);

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// What it is called; cut after 65 characters.
    #[serde(default)]
    title: String,
    /// What is in it.
    #[serde(default)]
    description: String,
    /// Whom it is shown to; without it whom the person shows their status to.
    privacy: Option<Given>,
}

/// A video, in the form of the last schema.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "uploaded_video")]
pub(crate) struct Uploaded {
    /// Its id.
    vid: u64,
    title: String,
    description: String,
    /// Its page.
    link: String,
    owner: u64,
    /// The address of the picture before it plays.
    thumbnail_link: String,
    /// What a page shows it with.
    embed_html: String,
    /// When it was uploaded, in seconds since 1970.
    created_time: i64,
    /// When it was last changed, in seconds since 1970.
    updated_time: i64,
    /// How long it plays, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
}

impl Method for Upload {
    const NAME: &'static str = "video.upload";
    const SUMMARY: &'static str = "Adds a video.";
    const ACCESS: Access = Access::session().writes().needs_file();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Uploaded;

    async fn call(cx: &Context, args: Args) -> Result<Uploaded> {
        if args.description.len() > MAX_DESCRIPTION {
            return Err(invalid(format!("description is longer than {MAX_DESCRIPTION} bytes")));
        }
        let owner = cx.acting(None, "video_upload", Code::PermissionVideoUpload).await?;
        let upload = cx.upload.as_ref().filter(|upload| !upload.bytes.is_empty());
        let upload = upload.ok_or_else(|| Code::EditVideoFile.because("no file came with the call"))?;
        let limits = Limits::of_viewer(cx).await?;
        if upload.bytes.len() as u64 > limits.size {
            return Err(Code::EditVideoSize.because(format!("it is larger than {} bytes", limits.size)).into());
        }
        let film = film(&upload.bytes).map_err(|why| match why {
            NoFilm::Unknown => Code::EditVideoInvalidType,
            NoFilm::Damaged => Code::EditVideoInvalidFile,
        })?;
        if film.length.is_some_and(|length| length > limits.length) {
            return Err(Code::EditVideoSize.because(format!("it plays longer than {} seconds", limits.length)).into());
        }
        let video = Video {
            owner,
            privacy: privacy(cx, owner, args.privacy).await?,
            title: args.title.chars().take(MAX_TITLE).collect(),
            description: args.description,
            app: Some(cx.app().id),
            ..Video::default()
        };
        let video = cx.services.add_video(video, film, upload.bytes.clone(), preview()?).await?;
        Ok(Uploaded::of(&cx.request.site, video))
    }
}

async fn privacy(cx: &Context, owner: Id, given: Option<Given>) -> Result<Disclosure> {
    match given {
        Some(given) => given.read(),
        None => cx.graph().usual_disclosure_of(owner).await,
    }
}

impl Uploaded {
    fn of(site: &str, video: Video) -> Uploaded {
        let escaped = |text: String| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        let (source, thumbnail) = (video.source(site), video.thumbnail(site));
        let embed_html = format!(
            "<video controls=\"controls\" width=\"400\" poster=\"{}\" src=\"{}\"></video>",
            escaped(thumbnail.clone()),
            escaped(source)
        );
        Uploaded {
            vid: video.id.0,
            link: video.link(site),
            owner: video.owner.0,
            thumbnail_link: thumbnail,
            embed_html,
            created_time: video.created,
            updated_time: video.created,
            length: video.length,
            title: video.title,
            description: video.description,
        }
    }
}

/// What stands for a video that nobody has decoded: a light triangle on a dark ground.
fn preview() -> Result<Developed> {
    let (width, height) = PREVIEW;
    let pixel = |at: u32| {
        let (x, y) = ((at % width) as i32 - 60, (at / width) as i32 - 60);
        if x >= 0 && 2 * y.abs() <= 60 - x { [236, 236, 240] } else { [44, 48, 58] }
    };
    Developed::drawn(width, height, (0..width * height).flat_map(pixel).collect())
}
