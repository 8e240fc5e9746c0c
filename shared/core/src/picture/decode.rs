//! What a file may be, and its pixels. Everything is judged by the file's head, before room is made for a single pixel: a picture that
//! says it is as large as a house is refused for the price of reading that.

use super::scale::{Pixels, Scaler, fit};
use bytes::Bytes;
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageResult, Limits};
use std::io::Cursor;

/// How many pixels a picture may have: what the cameras of many years make. Larger ones are to be scaled first, as clients were told.
pub const MAX_PIXELS: u64 = 24_000_000;
/// How long its sides may be.
pub const MAX_SIDE: u32 = 16_384;
/// How many bytes its pixels may take when they are decoded: with 16 bits to a color a picture may have fewer of them.
const MAX_DECODED: u64 = 100 << 20;
/// What else may stand in a file, such as color profiles, may take so much.
const MAX_BESIDE: u64 = 16 << 20;

/// The kinds of file that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Gif,
    Bmp,
}

/// A picture of which only the head has been read.
pub(super) struct Measured {
    bytes: Bytes,
    kind: Kind,
    width: u32,
    height: u32,
    colors: ColorType,
    /// How it has to be turned.
    pub(super) orientation: Orientation,
}

/// By its first bytes. The name that a client gave it, and the type that it says it is of, tell nothing.
fn kind(bytes: &[u8]) -> Option<Kind> {
    const MARKS: [(&[u8], Kind); 4] =
        [(b"\xff\xd8\xff", Kind::Jpeg), (b"\x89PNG\r\n\x1a\n", Kind::Png), (b"GIF8", Kind::Gif), (b"BM", Kind::Bmp)];
    MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)).map(|(_, kind)| *kind)
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED + MAX_BESIDE);
    limits
}

fn open(kind: Kind, bytes: &[u8]) -> ImageResult<Box<dyn ImageDecoder + '_>> {
    let input = Cursor::new(bytes);
    let mut decoder: Box<dyn ImageDecoder + '_> = match kind {
        Kind::Jpeg => Box::new(JpegDecoder::new(input)?),
        Kind::Png => Box::new(PngDecoder::with_limits(input, limits())?),
        Kind::Gif => Box::new(GifDecoder::new(input)?),
        Kind::Bmp => Box::new(BmpDecoder::new(input)?),
    };
    decoder.set_limits(limits())?;
    Ok(decoder)
}

/// Reads a file's head. The reason that it gives is for whoever sent it.
pub(super) fn measure(bytes: Bytes) -> Result<Measured, String> {
    let kind = kind(&bytes).ok_or("it is no picture in JPEG, PNG, GIF or BMP")?;
    let unreadable = |error| format!("it cannot be read: {error}");
    let mut decoder = open(kind, &bytes).map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let colors = decoder.color_type();
    if width == 0 || height == 0 {
        return Err("it has no pixels".to_owned());
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(format!("{width} by {height} pixels are more than {MAX_PIXELS}: scale it first"));
    }
    if decoder.total_bytes() > MAX_DECODED {
        return Err(format!("its pixels take more than {MAX_DECODED} bytes: save it with fewer bits to a color"));
    }
    if kind == Kind::Jpeg && !ends(&bytes) {
        return Err("it is cut".to_owned());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    drop(decoder);
    Ok(Measured { bytes, kind, width, height, colors, orientation })
}

/// Whether the last scan of a JPEG file is followed by the mark of its end. (The decoder would fill up what is missing with grey.) A scan
/// holds neither mark within itself; a small picture in the file's head may hold both, in front of it.
fn ends(bytes: &[u8]) -> bool {
    let last = |mark: [u8; 2]| bytes.windows(2).rposition(|two| two == mark);
    matches!((last([0xff, 0xda]), last([0xff, 0xd9])), (Some(scan), Some(end)) if end > scan)
}

impl Measured {
    /// What decoding it takes, in MiB: its pixels, and for a JPEG of several scans twice as much for their parts.
    pub(super) fn room_mib(&self) -> u32 {
        let pixels = u64::from(self.width) * u64::from(self.height) * u64::from(self.colors.bytes_per_pixel());
        let all = if self.kind == Kind::Jpeg { 3 * pixels } else { pixels };
        u32::try_from(all >> 20).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Its pixels, scaled to fit.
    pub(super) fn scaled(self, most: (u32, u32)) -> Result<Pixels, String> {
        let decoder = open(self.kind, &self.bytes).map_err(|error| format!("it cannot be read: {error}"))?;
        let length = usize::try_from(decoder.total_bytes()).map_err(|_| "it is too large")?;
        if (decoder.dimensions(), decoder.color_type()) != ((self.width, self.height), self.colors) || length == 0 {
            return Err("it cannot be read".to_owned());
        }
        let mut decoded = vec![0; length];
        decoder.read_image_boxed(&mut decoded).map_err(|error| format!("it cannot be read: {error}"))?;
        let mut scaler = Scaler::new((self.width, self.height), fit((self.width, self.height), most));
        let mut row = Vec::with_capacity(self.width as usize * 3);
        for line in decoded.chunks_exact(self.width as usize * usize::from(self.colors.bytes_per_pixel())) {
            row.clear();
            to_rgb(self.colors, line, &mut row)?;
            scaler.push(&row);
        }
        scaler.finish().ok_or_else(|| "it cannot be read".to_owned())
    }
}

/// A line of pixels as red, green and blue; what is transparent stands on white.
fn to_rgb(colors: ColorType, line: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let over = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    // Of two bytes the greater half; their order is this machine's.
    let high = |two: &[u8]| if cfg!(target_endian = "big") { two[0] } else { two[1] };
    match colors {
        ColorType::Rgb8 => out.extend_from_slice(line),
        ColorType::L8 => line.iter().for_each(|l| out.extend([*l; 3])),
        ColorType::La8 => line.chunks_exact(2).for_each(|p| out.extend([over(p[0], p[1]); 3])),
        ColorType::Rgba8 => line.chunks_exact(4).for_each(|p| out.extend([0, 1, 2].map(|at| over(p[at], p[3])))),
        ColorType::L16 => line.chunks_exact(2).for_each(|p| out.extend([high(p); 3])),
        ColorType::La16 => line.chunks_exact(4).for_each(|p| out.extend([over(high(p), high(&p[2..])); 3])),
        ColorType::Rgb16 => line.chunks_exact(6).for_each(|p| out.extend([0, 2, 4].map(|at| high(&p[at..])))),
        ColorType::Rgba16 => {
            line.chunks_exact(8).for_each(|p| out.extend([0, 2, 4].map(|at| over(high(&p[at..]), high(&p[6..])))));
        }
        _ => return Err("its colors are of a kind that is not read".to_owned()),
    }
    Ok(())
}
