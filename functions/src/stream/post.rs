//! A post as stream.get shows it: the elements of the last published schema.
//!
//! What a struct may lack is left out of it; what has no value at the top is nil (`attribution`, `target_id`, `action_links`); attachment and
//! app_data without value are empty structs. So the live service did it, says a recorded answer of 2010.

use crate::answer::{Uid, uids};
use crate::comments::element::Comment;
use crate::disclosure::Privacy;
use reconnect_core::attachment::{ActionLink, Attachment, Media, Property};
use reconnect_core::feed::{Told, Under};
use reconnect_core::names::Named;
use reconnect_core::post::Post;
use reconnect_store::Id;
use reconnect_wire::Visible;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// A post.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_post")]
pub(crate) struct StreamPost {
    /// `WALL_N`.
    post_id: String,
    /// Whose view this is; 0 for everybody's.
    viewer_id: u64,
    /// Empty.
    view: String,
    /// Whose wall it stands on.
    source_id: u64,
    /// The sort of story, by number.
    r#type: String,
    /// The application that published it; 0 for the site.
    app_id: u64,
    /// The application's name.
    attribution: Visible<String>,
    /// Who posted it.
    actor_id: u64,
    /// The wall's owner, where that is somebody else.
    target_id: Visible<u64>,
    /// What was typed.
    message: String,
    /// What it carries.
    attachment: StreamAttachment,
    /// As it was published, for programs that look for members of their own.
    app_data: AppData,
    /// Links below it.
    action_links: Visible<Vec<StreamActionLink>>,
    /// What was said about it.
    comments: Comments,
    /// Who likes it.
    likes: Likes,
    /// Whom it is shown to; by name to its author and the wall's owner alone.
    privacy: Privacy,
    /// When it was posted or last commented, in seconds since 1970.
    updated_time: i64,
    /// When it was posted, in seconds since 1970.
    created_time: i64,
    /// Who is named in it.
    tagged_ids: Vec<Tagged>,
    /// Whether the viewer hid its author.
    is_hidden: bool,
    /// The filter through which it was found.
    filter_key: String,
    /// Its own page.
    permalink: String,
}

/// A person who is named in a post.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "id")]
pub(crate) struct Tagged(u64);

/// A link below a post.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_action_link")]
pub(crate) struct StreamActionLink {
    text: String,
    href: String,
}

/// What a post carries. Without value all members are left out.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename = "stream_attachment")]
pub(crate) struct StreamAttachment {
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<Vec<StreamMedia>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Vec<StreamProperty>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    /// `photo`, `album`, `video`, `note`, `event`, `group`, or empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    fb_object_type: Option<String>,
    /// The id of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    fb_object_id: Option<String>,
}

/// A label with its value.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_property")]
pub(crate) struct StreamProperty {
    name: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
}

/// A picture, a sound or a film.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename = "stream_media")]
pub(crate) struct StreamMedia {
    /// Where a click leads.
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt: Option<String>,
    /// `link`, `photo`, `video`, `swf`, `music`; `image` in links.preview.
    r#type: &'static str,
    /// The address of a picture.
    src: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<StreamVideo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    music: Option<StreamMusic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo: Option<StreamPhoto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    swf: Option<StreamSwf>,
}

/// A film.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_video")]
pub(crate) struct StreamVideo {
    display_url: String,
    source_url: String,
    owner: u64,
    permalink: String,
    preview_img: String,
    /// `html` or `flash`.
    source_type: String,
    /// When it was made, in seconds since 1970.
    created_time: i64,
}

/// A sound.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_music")]
pub(crate) struct StreamMusic {
    source_url: String,
    title: String,
    artist: String,
    album: String,
}

/// A photo of this site.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_photo")]
pub(crate) struct StreamPhoto {
    /// The album's id.
    aid: String,
    /// The photo's id.
    pid: String,
    owner: u64,
    /// Its place in the album.
    index: u64,
    /// In pixels.
    width: u64,
    /// In pixels.
    height: u64,
}

/// A Flash film.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_swf")]
pub(crate) struct StreamSwf {
    source_url: String,
    preview_img: String,
    flash_vars: String,
    /// In pixels.
    width: u64,
    /// In pixels.
    height: u64,
}

/// What an application's story was published as.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename = "app_data")]
pub(crate) struct AppData {
    /// The attachment as it was published, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_data: Option<String>,
}

/// What was said about a post.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_comments")]
pub(crate) struct Comments {
    /// Whether the viewer may remove any of them.
    can_remove: bool,
    /// Whether the viewer may add one.
    can_post: bool,
    /// How many there are.
    count: u64,
    /// The last few, oldest first.
    comment_list: Vec<Comment>,
}

/// Who likes a post.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "stream_likes")]
pub(crate) struct Likes {
    /// The page that lists them.
    href: String,
    /// How many there are.
    count: u64,
    /// A few who are no friends of the viewer's.
    sample: Vec<Uid>,
    /// The viewer's friends among them.
    friends: Vec<Uid>,
    /// Whether the viewer is among them.
    user_likes: bool,
    /// Whether the viewer may be.
    can_like: bool,
}

/// What is known of a view beside its posts.
pub(crate) struct Frame<'a> {
    /// Whose view it is.
    pub(crate) viewer: Option<Id>,
    /// The site's address.
    pub(crate) site: &'a str,
    /// The filter that was asked for.
    pub(crate) filter_key: &'a str,
    /// Whether the call may comment and like for its viewer.
    pub(crate) may_write: bool,
    /// What those are called whom the posts name.
    pub(crate) names: &'a HashMap<Id, &'a Named>,
}

impl Frame<'_> {
    fn name(&self, id: Id) -> Option<&str> {
        self.names.get(&id).map(|one| one.name.as_str())
    }
}

impl StreamPost {
    /// As a view shows it.
    pub(crate) fn of(frame: &Frame<'_>, told: Told, under: Under) -> StreamPost {
        let Told { post, updated } = told;
        // Whose wall it is, and who posted it, clears comments away, and knows whom the post was shown to.
        let own = frame.viewer.is_some_and(|viewer| [post.owner, post.actor].contains(&viewer));
        let attribution = post.app.and_then(|app| frame.name(app)).map(str::to_owned);
        let actor = frame.name(post.actor);
        let comments = under.last.iter().map(|one| Comment::under(&post, one.clone())).collect();
        let site = frame.site;
        StreamPost {
            post_id: post.wire_id(),
            viewer_id: frame.viewer.map_or(0, |viewer| viewer.0),
            view: String::new(),
            source_id: post.owner.0,
            r#type: post.kind.to_string(),
            app_id: post.app.map_or(0, |app| app.0),
            attribution: attribution.map_or(Visible::Hidden, Visible::Shown),
            actor_id: post.actor.0,
            target_id: if post.actor == post.owner { Visible::Hidden } else { Visible::Shown(post.owner.0) },
            comments: Comments {
                can_remove: own && frame.may_write,
                can_post: frame.may_write,
                count: under.comments,
                comment_list: comments,
            },
            likes: Likes {
                href: format!("{site}/likes.php?id={}", post.id),
                count: under.likes,
                sample: uids(under.sample),
                friends: uids(under.friends),
                user_likes: under.user_likes,
                can_like: frame.may_write,
            },
            privacy: if own { Privacy::of(&post.privacy, None) } else { Privacy::to_others(&post.privacy) },
            updated_time: updated.div_euclid(1000),
            created_time: post.created.div_euclid(1000),
            // Whoever has no name here is hidden from applications, or gone.
            tagged_ids: post.mentioned.iter().filter(|id| frame.name(**id).is_some()).map(|id| Tagged(id.0)).collect(),
            is_hidden: false,
            filter_key: frame.filter_key.to_owned(),
            permalink: permalink(site, &post),
            app_data: AppData::of(post.attachment.as_ref()),
            action_links: action_links(post.action_links),
            message: post.message,
            attachment: post.attachment.map(|one| StreamAttachment::by(actor, one.at(site))).unwrap_or_default(),
        }
    }
}

/// A post's own page.
fn permalink(site: &str, post: &Post) -> String {
    format!("{site}/profile.php?id={}&story_fbid={}", post.owner, post.id)
}

fn action_links(links: Vec<ActionLink>) -> Visible<Vec<StreamActionLink>> {
    match links.is_empty() {
        true => Visible::Hidden,
        false => {
            Visible::Shown(links.into_iter().map(|ActionLink { text, href }| StreamActionLink { text, href }).collect())
        }
    }
}

impl AppData {
    fn of(attachment: Option<&Attachment>) -> AppData {
        let published = attachment.map(|one| one.published.clone()).filter(|text| !text.is_empty());
        AppData { attachment_data: published }
    }
}

impl StreamAttachment {
    /// As an answer shows it under a post, whose author's name stands for the token `{*actor*}` in the caption.
    fn by(actor: Option<&str>, mut one: Attachment) -> StreamAttachment {
        if let Some(name) = actor {
            one.caption = one.caption.replace("{*actor*}", name);
        }
        StreamAttachment::of(one)
    }

    /// As an answer shows it.
    pub(crate) fn of(one: Attachment) -> StreamAttachment {
        let property = |Property { name, text, href }| StreamProperty { name, text, href };
        StreamAttachment {
            media: Some(one.media.into_iter().map(StreamMedia::of).collect()),
            name: Some(one.name),
            href: Some(one.href),
            caption: Some(one.caption),
            description: Some(one.description),
            properties: Some(one.properties.into_iter().map(property).collect()),
            icon: Some(one.icon),
            fb_object_type: Some(one.fb_object_type),
            fb_object_id: Some(one.fb_object_id),
        }
    }
}

impl StreamMedia {
    /// A picture of a page that a link leads to, before it is posted.
    pub(crate) fn image(href: String, src: String) -> StreamMedia {
        StreamMedia { href, src, r#type: "image", ..StreamMedia::default() }
    }

    fn of(one: Media) -> StreamMedia {
        let base = |r#type, href: &str, src: &str| StreamMedia {
            href: href.to_owned(),
            r#type,
            src: src.to_owned(),
            ..StreamMedia::default()
        };
        match one {
            Media::Image { src, href, alt } => {
                StreamMedia { alt: Some(alt).filter(|alt| !alt.is_empty()), ..base("link", &href, &src) }
            }
            Media::Flash { swfsrc, imgsrc, flashvars, width, height } => {
                let media = base("swf", &swfsrc, &imgsrc);
                let (source_url, preview_img, flash_vars) = (swfsrc, imgsrc, flashvars);
                StreamMedia { swf: Some(StreamSwf { source_url, preview_img, flash_vars, width, height }), ..media }
            }
            Media::Mp3 { src, title, artist, album } => {
                let media = base("music", &src, "");
                StreamMedia { music: Some(StreamMusic { source_url: src, title, artist, album }), ..media }
            }
            Media::Video { video_src, preview_img, video_link, video_type, .. } => {
                let source_type = if video_type == "text/html" { "html" } else { "flash" };
                let video = (0, preview_img.clone(), source_type, 0);
                base("video", &video_link, &preview_img).film(&video_src, &video_link, video)
            }
            Media::OwnVideo { owner, source_url, preview_img, href, created_time, .. } => {
                let video = (owner, preview_img.clone(), "html", created_time);
                base("video", &href, &preview_img).film(&source_url, &href, video)
            }
            Media::Photo { pid, aid, owner, src, href, index, width, height } => {
                let (aid, pid) = (aid.to_string(), pid.to_string());
                let photo = StreamPhoto { aid, pid, owner, index, width, height };
                StreamMedia { photo: Some(photo), ..base("photo", &href, &src) }
            }
        }
    }

    fn film(self, source: &str, page: &str, (owner, preview_img, kind, created_time): Film<'_>) -> StreamMedia {
        let video = StreamVideo {
            display_url: page.to_owned(),
            source_url: source.to_owned(),
            owner,
            permalink: page.to_owned(),
            preview_img,
            source_type: kind.to_owned(),
            created_time,
        };
        StreamMedia { video: Some(video), ..self }
    }
}

/// Owner, picture, `html` or `flash`, and when it was made.
type Film<'a> = (u64, String, &'a str, i64);
