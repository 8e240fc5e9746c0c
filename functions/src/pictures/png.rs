//! The file: Flash and the browsers of the time know no vector pictures.

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

/// A file of `rgb`, three bytes a pixel, row by row from the top.
pub(super) fn file(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    // Most pixels of a drawing are what is above them.
    encoder.set_filter(Filter::Up);
    // Writing to memory does not fail, and a picture is as large as it says.
    let _ = encoder.write_header().and_then(|mut writer| writer.write_image_data(rgb));
    out
}
