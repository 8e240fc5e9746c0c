//! What a post carries beside its message: the attachment that a program publishes as JSON, read, judged and kept.
//!
//! Programs of the time sent what they liked, so that reading is mild where a mistake changes nothing (numbers for texts, unknown members)
//! and strict where it would be lost on the reader (no JSON: error 144; a media item without its address: error 100).

use crate::error::{Result, invalid};
use reconnect_wire::Code;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// How long an attachment may be, as JSON.
pub const MAX_BYTES: usize = 64 * 1024;
/// How long an address may be.
pub const MAX_HREF: usize = 1024;
/// How long a description may be, in characters; what is longer is cut.
const MAX_DESCRIPTION: usize = 1000;
/// How long the label of a property may be, in characters.
const MAX_LABEL: usize = 50;
/// How long the text of an action link may be, in characters.
const MAX_LINK_TEXT: usize = 25;
/// How many pictures are kept.
const MAX_IMAGES: usize = 5;

/// What a post carries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// The title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where the title leads.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub href: String,
    /// The line below the title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub caption: String,
    /// The text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Labels with values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<Property>,
    /// Pictures, sound or film, all of one sort.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
    /// A small picture.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// `photo`, `album`, `video`, `note`, `event`, `group`: what of the site it shows.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fb_object_type: String,
    /// The id of that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fb_object_id: String,
    /// As it was published, word for word, for programs that look for members of their own.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub published: String,
}

/// A label with its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// The label.
    pub name: String,
    /// The value.
    pub text: String,
    /// Where it leads; none for plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
}

/// One picture, sound or film.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Media {
    /// A picture somewhere in the web.
    Image {
        /// Its address.
        src: String,
        /// Where a click leads.
        href: String,
        /// What is said instead of it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        alt: String,
    },
    /// A Flash film.
    Flash {
        /// Its address.
        swfsrc: String,
        /// The picture before it plays.
        imgsrc: String,
        /// Its variables.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        flashvars: String,
        /// How wide it plays.
        width: u64,
        /// How high it plays.
        height: u64,
    },
    /// A sound.
    Mp3 {
        /// Its address.
        src: String,
        /// Its title.
        #[serde(default)]
        title: String,
        /// Who plays.
        #[serde(default)]
        artist: String,
        /// From which album.
        #[serde(default)]
        album: String,
    },
    /// A film somewhere in the web.
    Video {
        /// Its address.
        video_src: String,
        /// The picture before it plays.
        preview_img: String,
        /// Its title.
        #[serde(default)]
        video_title: String,
        /// What it is.
        video_type: String,
        /// Where a click leads.
        video_link: String,
    },
    /// A photo of this site.
    Photo {
        /// Its id.
        pid: u64,
        /// Its album.
        aid: u64,
        /// Whose it is.
        owner: u64,
        /// The address of its small picture.
        src: String,
        /// Its page.
        href: String,
        /// Its place in the album, from 1.
        index: u64,
        /// In pixels.
        width: u64,
        /// In pixels.
        height: u64,
    },
    /// A film of this site.
    OwnVideo {
        /// Its id.
        vid: u64,
        /// Whose it is.
        owner: u64,
        /// The address of the file.
        source_url: String,
        /// The picture before it plays.
        preview_img: String,
        /// Its page.
        href: String,
        /// When it was made, in seconds since 1970.
        created_time: i64,
    },
}

/// A link below a post, one of the application's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLink {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

impl Attachment {
    /// The same as this site shows it: what the site itself posted leads to it, whatever its name is now, and is kept without one.
    #[must_use]
    pub fn at(mut self, site: &str) -> Attachment {
        let lead = |address: &mut String| {
            if address.starts_with('/') {
                address.insert_str(0, site);
            }
        };
        lead(&mut self.href);
        for one in &mut self.media {
            match one {
                Media::Photo { src, href, .. } => [src, href].into_iter().for_each(lead),
                Media::OwnVideo { source_url, preview_img, href, .. } => {
                    [source_url, preview_img, href].into_iter().for_each(lead);
                }
                Media::Image { .. } | Media::Flash { .. } | Media::Mp3 { .. } | Media::Video { .. } => {}
            }
        }
        self
    }
}

/// The attachment that a program published, and the name of its comments where it gave them one. None for an empty one.
pub fn read_attachment(text: &str) -> Result<Option<(Attachment, Option<String>)>> {
    if text.len() > MAX_BYTES {
        return Err(invalid(format!("attachment is longer than {MAX_BYTES} bytes")));
    }
    let members = match json("attachment", text)? {
        Value::Object(members) => members,
        // PHP writes an empty array for an empty object.
        Value::Array(list) if list.is_empty() => return Ok(None),
        Value::Null => return Ok(None),
        _ => return Err(invalid("attachment is no JSON object")),
    };
    if members.is_empty() {
        return Ok(None);
    }
    let text_of = |name: &str| told(&members, name);
    let xid = Some(text_of("comments_xid")?).filter(|xid| !xid.is_empty());
    let attachment = Attachment {
        name: text_of("name")?,
        href: address(&members, "attachment.href", "href")?,
        caption: text_of("caption")?,
        description: cut(&text_of("description")?, MAX_DESCRIPTION),
        properties: properties(members.get("properties"), text)?,
        media: media(members.get("media"))?,
        published: text.trim().to_owned(),
        ..Attachment::default()
    };
    Ok(Some((attachment, xid)))
}

/// The action links that a program published.
pub fn read_action_links(text: &str) -> Result<Vec<ActionLink>> {
    if text.len() > MAX_BYTES {
        return Err(invalid(format!("action_links is longer than {MAX_BYTES} bytes")));
    }
    let list = match json("action_links", text)? {
        Value::Array(list) => list,
        // The Java client sends a single one bare; an empty object is PHP's empty array.
        Value::Object(one) if one.is_empty() => Vec::new(),
        one @ Value::Object(_) => vec![one],
        Value::Null => Vec::new(),
        _ => return Err(invalid("action_links is no JSON array of {text, href}")),
    };
    let links = list.iter().map(|link| {
        let Value::Object(link) = link else { return Err(invalid("action_links: a link is no object {text, href}")) };
        let text = said(link, "text");
        if text.chars().count() > MAX_LINK_TEXT {
            return Err(invalid(format!("action_links: a text has at most {MAX_LINK_TEXT} characters")));
        }
        match (text.is_empty(), address(link, "action_links.href", "href")?) {
            (false, href) if !href.is_empty() => Ok(ActionLink { text, href }),
            _ => Err(invalid("action_links: a link needs text and href")),
        }
    });
    links.collect()
}

fn json(argument: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| Code::ParamBadJson.because(format!("{argument}: {error}")).into())
}

/// A member as text; numbers and truth values are texts, too.
fn said(members: &Map<String, Value>, name: &str) -> String {
    match members.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(one @ (Value::Number(_) | Value::Bool(_))) => one.to_string(),
        _ => String::new(),
    }
}

/// The same of a member that would be missed: what is no text is an error. Nothing is written in any way (PHP: an empty array).
fn told(members: &Map<String, Value>, name: &str) -> Result<String> {
    let lost = match members.get(name) {
        Some(Value::Object(one)) => !one.is_empty(),
        Some(Value::Array(one)) => !one.is_empty(),
        _ => false,
    };
    if lost { Err(invalid(format!("attachment.{name} is no text"))) } else { Ok(said(members, name)) }
}

fn number(members: &Map<String, Value>, name: &str, usual: u64, most: u64) -> u64 {
    let given = match members.get(name) {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().trim_end_matches("px").parse().ok(),
        _ => None,
    };
    given.filter(|number| *number > 0).unwrap_or(usual).min(most)
}

/// An address of the web, or nothing. Others (`javascript:`) would run on whoever shows the post.
fn address(members: &Map<String, Value>, argument: &str, name: &str) -> Result<String> {
    let href = said(members, name).trim().to_owned();
    if href.len() > MAX_HREF {
        return Err(invalid(format!("{argument} is longer than {MAX_HREF} bytes")));
    }
    match href.is_empty() || is_of_the_web(&href) {
        true => Ok(href),
        false => Err(invalid(format!("{argument} is no http or https address"))),
    }
}

fn is_of_the_web(href: &str) -> bool {
    url::Url::parse(href).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn needed(members: &Map<String, Value>, kind: &str, name: &str) -> Result<String> {
    let href = address(members, &format!("attachment.media: {name}"), name)?;
    if href.is_empty() {
        Err(invalid(format!("attachment.media: an item of type {kind} needs {name}")))
    } else {
        Ok(href)
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// An object of labels (text, or `{text, href}`), or from 2010 on an array of `{name, text, href}`.
fn properties(given: Option<&Value>, attachment: &str) -> Result<Vec<Property>> {
    let property = |name: &str, value: &Value| -> Result<Property> {
        if name.is_empty() || name.chars().count() > MAX_LABEL {
            return Err(invalid(format!("attachment.properties: a label has 1 to {MAX_LABEL} characters")));
        }
        let name = name.to_owned();
        match value {
            Value::Object(members) => {
                let href =
                    Some(address(members, "attachment.properties.href", "href")?).filter(|href| !href.is_empty());
                Ok(Property { name, text: said(members, "text"), href })
            }
            Value::String(text) => Ok(Property { name, text: text.clone(), href: None }),
            one @ (Value::Number(_) | Value::Bool(_)) => Ok(Property { name, text: one.to_string(), href: None }),
            _ => Err(invalid(format!("attachment.properties: '{name}' is neither a text nor {{text, href}}"))),
        }
    };
    match given {
        Some(Value::Object(_)) => {
            let ordered: Ordered = serde_json::from_str(attachment).map_err(|_| invalid("attachment.properties"))?;
            ordered.properties.0.iter().map(|(name, value)| property(name, value)).collect()
        }
        Some(Value::Array(list)) => {
            let each = list.iter().map(|one| match one {
                Value::Object(members) => property(&said(members, "name"), one),
                _ => Err(invalid("attachment.properties: an item is no object {name, text, href}")),
            });
            each.collect()
        }
        None | Some(Value::Null) => Ok(Vec::new()),
        // PHP's empty value.
        Some(Value::String(text)) if text.is_empty() => Ok(Vec::new()),
        Some(_) => Err(invalid("attachment.properties is no object of labels")),
    }
}

/// The labels of an attachment in the order in which they were written, which is the order in which they are shown.
#[derive(Deserialize)]
struct Ordered {
    properties: Pairs,
}

struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Pairs, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

fn media(given: Option<&Value>) -> Result<Vec<Media>> {
    let list = match given {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one @ Value::Object(members)) if !members.is_empty() => std::slice::from_ref(one),
        None | Some(Value::Null | Value::Object(_)) => &[],
        Some(_) => return Err(invalid("attachment.media is no array")),
    };
    let mut media = Vec::with_capacity(list.len());
    for item in list {
        let Value::Object(item) = item else { return Err(invalid("attachment.media: an item is no object")) };
        media.push(medium(item)?);
    }
    let same = |one: &Media| std::mem::discriminant(one) == std::mem::discriminant(&media[0]);
    if !media.iter().all(same) {
        return Err(invalid("attachment.media: all items have to be of one type"));
    }
    // More pictures were never shown; of the other sorts one.
    let most = if matches!(media.first(), Some(Media::Image { .. })) { MAX_IMAGES } else { 1 };
    media.truncate(most);
    Ok(media)
}

fn medium(item: &Map<String, Value>) -> Result<Media> {
    Ok(match said(item, "type").as_str() {
        "image" => Media::Image {
            src: needed(item, "image", "src")?,
            href: needed(item, "image", "href")?,
            alt: cut(&said(item, "alt"), MAX_DESCRIPTION),
        },
        "flash" => Media::Flash {
            swfsrc: needed(item, "flash", "swfsrc")?,
            imgsrc: needed(item, "flash", "imgsrc")?,
            flashvars: cut(&said(item, "flashvars"), MAX_HREF),
            width: number(item, "expanded_width", 320, 460),
            height: number(item, "expanded_height", 260, 260),
        },
        "mp3" => Media::Mp3 {
            src: needed(item, "mp3", "src")?,
            title: cut(&said(item, "title"), MAX_DESCRIPTION),
            artist: cut(&said(item, "artist"), MAX_DESCRIPTION),
            album: cut(&said(item, "album"), MAX_DESCRIPTION),
        },
        "video" => {
            let video_src = needed(item, "video", "video_src")?;
            let link = address(item, "attachment.media: video_link", "video_link")?;
            let kind = Some(said(item, "video_type")).filter(|kind| !kind.is_empty());
            Media::Video {
                preview_img: needed(item, "video", "preview_img")?,
                video_title: cut(&said(item, "video_title"), MAX_DESCRIPTION),
                video_type: kind.unwrap_or_else(|| "application/x-shockwave-flash".to_owned()),
                video_link: if link.is_empty() { video_src.clone() } else { link },
                video_src,
            }
        }
        _ => return Err(invalid("attachment.media: a type is image, flash, mp3 or video")),
    })
}

#[cfg(test)]
mod tests;
