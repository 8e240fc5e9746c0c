//! Pictures that people upload: judged before they are decoded, decoded off the async threads, and kept as new JPEG files in the sizes
//! that the API names. Nothing of the file that came is kept: no metadata, no place where it was taken, no bytes behind its end.
//!
//! | module | what it holds |
//! |---|---|
//! | `decode` | what a file may be, and its pixels |
//! | `scale` | smaller pictures of the same, the right way up |
//!
//! What decoding takes is known beforehand and bounded: pictures wait until there is room for them.

mod decode;
mod scale;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use bytes::Bytes;
use decode::Measured;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use reconnect_wire::{Code, Upload};
use scale::Pixels;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Semaphore;

pub use decode::{MAX_PIXELS, MAX_SIDE};

/// How much memory decoding may take at a time, in MiB. The largest picture that is taken needs a little less.
const ROOM: u32 = 256;
/// Of the files that are written.
const QUALITY: u8 = 85;

/// The sizes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// `src_big`: at most 720 by 720, since 2010.
    Big,
    /// `src`: at most 130 by 130.
    Middle,
    /// `src_small`: at most 75 by 225.
    Small,
}

impl Size {
    /// All of them.
    pub const ALL: [Size; 3] = [Size::Big, Size::Middle, Size::Small];

    /// What it may measure at most.
    const fn most(self) -> (u32, u32) {
        match self {
            Size::Big => (720, 720),
            Size::Middle => (130, 130),
            Size::Small => (75, 225),
        }
    }

    /// The letter that its files' names end in, as they did.
    const fn letter(self) -> char {
        match self {
            Size::Big => 'n',
            Size::Middle => 's',
            Size::Small => 't',
        }
    }
}

/// What the record of a thing keeps of its picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Picture {
    /// What the names of its files begin with. Nobody guesses it: who knows a picture's address is shown it, as it was.
    pub file: String,
    /// Width and height of each size, in the order of [`Size::ALL`].
    pub sizes: [(u32, u32); 3],
}

impl Picture {
    /// The key of one size's file.
    pub fn key(&self, size: Size) -> String {
        format!("{}_{}.jpg", self.file, size.letter())
    }

    /// The keys of all its files.
    pub fn keys(&self) -> Vec<String> {
        Size::ALL.map(|size| self.key(size)).to_vec()
    }

    /// Where one size is shown. `site` is the request's own; see [`crate::Request`].
    pub fn address(&self, site: &str, size: Size) -> String {
        format!("{site}/{}", self.key(size))
    }
}

/// A picture in all its sizes, not kept yet.
#[derive(Debug)]
pub struct Developed {
    /// Width, height and file, in the order of [`Size::ALL`].
    pub(crate) variants: [(u32, u32, Bytes); 3],
}

impl Developed {
    /// A picture that nobody sent: three bytes a pixel, line by line from the top.
    pub fn drawn(width: u32, height: u32, rgb: Vec<u8>) -> Result<Developed> {
        if width == 0 || rgb.len() != width as usize * height as usize * 3 {
            return Err(Error::Internal("a drawn picture is not as large as it says".to_owned()));
        }
        let drawn = Pixels { width, height, rgb };
        let files = Size::ALL.map(|size| file(&drawn.scaled_to(size.most())).map_err(Error::Internal));
        let [big, middle, small] = files;
        Ok(Developed { variants: [big?, middle?, small?] })
    }

    /// What the record keeps, and the files under their keys, which begin with that name.
    pub(crate) fn files(self, name: String) -> (Picture, Vec<(String, Bytes)>) {
        let sizes = self.variants.each_ref().map(|(width, height, _)| (*width, *height));
        let picture = Picture { file: name, sizes };
        let files =
            Size::ALL.iter().zip(self.variants).map(|(size, (_, _, file))| (picture.key(*size), file)).collect();
        (picture, files)
    }
}

/// Develops pictures, so many at a time as there is room for.
#[derive(Clone, Debug)]
pub struct Pictures {
    room: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Pictures {
        Pictures { room: Arc::new(Semaphore::new(ROOM as usize)) }
    }
}

impl Pictures {
    /// All sizes of the picture that came with a call. Error 324 for whatever is wrong with it: none came, it is no picture or not a whole
    /// one, it is too large.
    pub async fn develop(&self, upload: Option<&Upload>) -> Result<Developed> {
        let Some(upload) = upload.filter(|upload| !upload.bytes.is_empty()) else {
            return Err(unreadable("no file came with the call"));
        };
        let bytes = upload.bytes.clone();
        let measured = aside(move || decode::measure(bytes)).await?;
        let _room = self
            .room
            .acquire_many(measured.room_mib().min(ROOM))
            .await
            .map_err(|e| Error::Internal(format!("pictures: {e}")))?;
        aside(move || developed(measured)).await
    }
}

/// Runs work off the async threads. A decoder that panics has met a file that it cannot read.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|why| unreadable(&why)),
        Err(error) if error.is_panic() => Err(unreadable("it cannot be read")),
        Err(error) => Err(Error::Internal(format!("pictures: {error}"))),
    }
}

fn unreadable(why: &str) -> Error {
    Code::EditPhotoFile.because(why.to_owned()).into()
}

fn developed(measured: Measured) -> Result<Developed, String> {
    let turn = measured.orientation;
    // Turned when it is small: that is the same, and takes a hundredth of the time.
    let big = scale::turned(measured.scaled(Size::Big.most())?, turn);
    let middle = big.scaled_to(Size::Middle.most());
    let small = big.scaled_to(Size::Small.most());
    let [big, middle, small] = [big, middle, small].map(|pixels| file(&pixels));
    Ok(Developed { variants: [big?, middle?, small?] })
}

fn file(pixels: &Pixels) -> Result<(u32, u32, Bytes), String> {
    let (width, height) = (pixels.width, pixels.height);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY)
        .encode(&pixels.rgb, width, height, ExtendedColorType::Rgb8)
        .map_err(|error| format!("it cannot be written: {error}"))?;
    Ok((width, height, out.into()))
}
