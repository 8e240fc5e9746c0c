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

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    #[test]
    fn a_file_holds_the_picture_and_checks_its_parts() {
        let rgb: Vec<u8> = (0..4 * 3 * 3).map(|n| (n * 37 % 251) as u8).collect();
        let file = file(4, 3, &rgb);
        let mut rest = file.strip_prefix(SIGNATURE).unwrap();
        let (mut kinds, mut data) = (Vec::new(), Vec::new());
        while let Some((length, after)) = rest.split_first_chunk() {
            let (part, after) = after.split_at(4 + u32::from_be_bytes(*length) as usize);
            let (sum, after) = after.split_first_chunk().unwrap();
            let mut crc = Crc::new();
            crc.update(part);
            assert_eq!(crc.sum(), u32::from_be_bytes(*sum));
            kinds.push(String::from_utf8_lossy(&part[..4]).into_owned());
            if part.starts_with(b"IDAT") {
                ZlibDecoder::new(&part[4..]).read_to_end(&mut data).unwrap();
            }
            rest = after;
        }
        assert_eq!(kinds, ["IHDR", "IDAT", "IEND"]);
        let mut above = vec![0u8; 12];
        let rows = data.chunks_exact(13).flat_map(|row| {
            assert_eq!(row[0], 2);
            above = row[1..].iter().zip(&above).map(|(part, above)| above.wrapping_add(*part)).collect();
            above.clone()
        });
        assert_eq!(rows.collect::<Vec<u8>>(), rgb);
    }
}
