//! PNG files: eight bits a color, no transparency, one chunk of data.

use flate2::{Compression, Crc, write::ZlibEncoder};
use std::io::Write;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Bytes of a pixel.
const PIXEL: usize = 3;

/// A file of `rgb`, three bytes a pixel, row by row from the top.
pub(super) fn file(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // bit depth, kind of color, compression, filter, interlacing
    head.extend([8, 2, 0, 0, 0]);
    let mut out = SIGNATURE.to_vec();
    chunk(&mut out, b"IHDR", &head);
    chunk(&mut out, b"IDAT", &packed(width as usize * PIXEL, rgb));
    chunk(&mut out, b"IEND", &[]);
    out
}

/// The rows, each as its difference from the one above: most pixels of a drawing are what is above them.
fn packed(row: usize, rgb: &[u8]) -> Vec<u8> {
    const UP: u8 = 2;
    let mut above = vec![0; row];
    let mut filtered = Vec::with_capacity(rgb.len() + rgb.len() / row.max(1) + 1);
    for line in rgb.chunks_exact(row.max(1)) {
        filtered.push(UP);
        filtered.extend(line.iter().zip(&above).map(|(here, above)| here.wrapping_sub(*above)));
        above.copy_from_slice(line);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(&filtered);
    encoder.finish().unwrap_or_default()
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    out.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(kind);
    out.extend(data);
    out.extend(crc.sum().to_be_bytes());
}
