//! What a link to a page shows of it: title, description, pictures, read from whatever some server of the web sent. Nothing in it is
//! trusted: texts are cut and freed of what is no text, addresses are resolved and must be addresses of the web, sizes are not looked at.
//!
//! Only the tokens of the page are read, never a tree of it: what is wanted stands in single tags.

use crate::web_address::WebAddress;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use html5ever::Attribute;
use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// How long a title is kept, in characters.
const MAX_TITLE: usize = 300;
/// How long a description is kept, in characters.
const MAX_DESCRIPTION: usize = 1000;
/// How many pictures are kept.
const MAX_IMAGES: usize = 10;
/// Where a page says how it is written stands within these bytes (HTML's own rule).
const CHARSET_WITHIN: usize = 1024;

/// What a link shows of the page that it leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// Its title; empty where it has none.
    pub title: String,
    /// What it says of itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Addresses of pictures on it, the ones that it is proud of first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
}

impl Preview {
    /// Of an HTML page, found at this address. `charset` is what the server said of it; whatever it is, no byte makes this fail.
    pub fn read(body: &[u8], charset: Option<&str>, at: &WebAddress) -> Preview {
        let page = Page::read(&text(body, charset));
        let base = page.base.as_deref().and_then(|base| at.within(base)).unwrap_or_else(|| at.clone());
        let mut images: Vec<String> = Vec::new();
        for reference in page.pictures.iter().chain(&page.images) {
            let Some(image) = base.within(reference) else { continue };
            if images.len() < MAX_IMAGES && !images.iter().any(|one| one == image.text()) {
                images.push(image.text().to_owned());
            }
        }
        Preview {
            title: tidy(page.og_title.as_deref().or(page.title.as_deref()).unwrap_or_default(), MAX_TITLE),
            description: tidy(
                page.og_description.as_deref().or(page.description.as_deref()).unwrap_or_default(),
                MAX_DESCRIPTION,
            ),
            images,
        }
    }

    /// Of a picture: itself.
    pub fn of_image(at: &WebAddress) -> Preview {
        Preview { images: vec![at.text().to_owned()], ..Preview::default() }
    }
}

/// The bytes as text: by their byte order mark, by what the server says, by what the page says; UTF-8 where nobody says anything and it is.
fn text(body: &[u8], charset: Option<&str>) -> String {
    let named = |name: &str| Encoding::for_label(name.trim().as_bytes());
    let by_page = || {
        let start = body.get(..CHARSET_WITHIN).unwrap_or(body);
        let label = Page::read(&WINDOWS_1252.decode(start).0).charset?;
        // What could be read so far is no UTF-16, whatever it says.
        named(&label).map(Encoding::output_encoding)
    };
    let encoding = match Encoding::for_bom(body) {
        Some((encoding, _)) => encoding,
        None => charset.and_then(named).or_else(by_page).unwrap_or_else(|| guess(body)),
    };
    encoding.decode(body).0.into_owned()
}

/// A body may have been cut within a character.
fn guess(body: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// In one line, without control characters, cut.
fn tidy(text: &str, most: usize) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// What the tags of a page say. The first of a sort counts.
#[derive(Default)]
struct Page {
    charset: Option<String>,
    base: Option<String>,
    title: Option<String>,
    og_title: Option<String>,
    description: Option<String>,
    og_description: Option<String>,
    /// Those that the page names for such a use.
    pictures: Vec<String>,
    /// Those that it shows.
    images: Vec<String>,
    in_title: bool,
}

impl Page {
    fn read(text: &str) -> Page {
        let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from_slice(text));
        // Scripts interrupt it: none is run.
        while let TokenizerResult::Script(()) = tokenizer.feed(&queue) {}
        tokenizer.end();
        tokenizer.sink.0.into_inner()
    }

    fn tag(&mut self, tag: &Tag) {
        let of = |name: &str| value(&tag.attrs, name);
        match &*tag.name {
            "title" if self.title.is_none() => {
                self.title = Some(String::new());
                self.in_title = true;
            }
            "meta" => self.meta(tag),
            "base" if self.base.is_none() => self.base = of("href"),
            "link" if of("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("image_src")) => {
                self.pictures.extend(of("href"));
            }
            // Ten that are addresses are wanted; of a page with thousands the first are enough.
            "img" if self.images.len() < MAX_IMAGES * 10 => self.images.extend(of("src")),
            _ => {}
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let of = |name: &str| value(&tag.attrs, name);
        if let Some(charset) = of("charset") {
            self.charset.get_or_insert(charset);
        }
        let Some(content) = of("content") else { return };
        if of("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("content-type")) {
            if let Some(charset) = charset_of(&content) {
                self.charset.get_or_insert_with(|| charset.to_owned());
            }
            return;
        }
        // Some write `name` where `property` is meant.
        let name = of("property").or_else(|| of("name")).unwrap_or_default().to_ascii_lowercase();
        let place = match name.trim() {
            "og:title" => &mut self.og_title,
            "og:description" => &mut self.og_description,
            "description" => &mut self.description,
            "og:image" | "og:image:url" if self.pictures.len() < MAX_IMAGES * 10 => {
                self.pictures.push(content);
                return;
            }
            _ => return,
        };
        if place.is_none() && !content.trim().is_empty() {
            *place = Some(content);
        }
    }
}

fn value(attrs: &[Attribute], name: &str) -> Option<String> {
    attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| attr.value.to_string())
}

/// The charset in a content type: `text/html; charset="gbk"`.
pub(crate) fn charset_of(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1).filter_map(|one| one.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, value)| value.trim().trim_matches(['"', '\'']))
}

#[derive(Default)]
struct Sink(RefCell<Page>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                page.tag(&tag);
                // What these hold is no markup, and a reader of tags has to know.
                match &*tag.name {
                    "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
                    "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                    "plaintext" => return TokenSinkResult::Plaintext,
                    _ => {}
                }
            }
            Token::TagToken(tag) if &*tag.name == "title" => page.in_title = false,
            Token::CharacterTokens(text) if page.in_title => {
                if let Some(title) = page.title.as_mut().filter(|title| title.len() < MAX_TITLE * 8) {
                    title.push_str(&text);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests;
