//! Smaller pictures of the same: each new pixel is the mean of those that it stands for. Whole numbers only, one line at a time, so that
//! every machine makes the same picture, and room is needed for the small one alone.

use image::metadata::Orientation;

/// A picture: three bytes a pixel, line by line from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgb: Vec<u8>,
}

/// The largest size of the same shape that keeps within `most` and is no larger than it was.
pub(super) fn fit((width, height): (u32, u32), (most_wide, most_high): (u32, u32)) -> (u32, u32) {
    let scaled = |side: u32, by: u32, of: u32| -> u32 {
        let rounded = (u64::from(side) * u64::from(by) + u64::from(of) / 2) / u64::from(of.max(1));
        u32::try_from(rounded).unwrap_or(u32::MAX).max(1)
    };
    if width <= most_wide && height <= most_high {
        return (width, height);
    }
    if u64::from(width) * u64::from(most_high) >= u64::from(height) * u64::from(most_wide) {
        (most_wide, scaled(height, most_wide, width).min(most_high))
    } else {
        (scaled(width, most_high, height).min(most_wide), most_high)
    }
}

/// Takes the lines of a picture and makes those of a smaller one.
///
/// An old pixel counts `new` units and a new one takes `old` of them, along each side: so an old pixel lies in one new one, or in two.
pub(super) struct Scaler {
    old: (u32, u32),
    new: (u32, u32),
    /// The line that is being gathered, and what has spilled into the next one.
    lines: [Vec<u32>; 2],
    /// How many units of the gathered line are filled.
    filled: u32,
    across: Vec<u32>,
    out: Vec<u8>,
}

/// Between the two directions a color is kept in so many parts of one.
const FINER: u32 = 256;

impl Scaler {
    /// From a size to one that is no larger along either side.
    pub(super) fn new(old: (u32, u32), new: (u32, u32)) -> Scaler {
        let line = vec![0; new.0 as usize * 3];
        let out = Vec::with_capacity(new.0 as usize * new.1 as usize * 3);
        Scaler { old, new, lines: [line.clone(), line.clone()], filled: 0, across: line, out }
    }

    /// Takes the next line.
    pub(super) fn push(&mut self, row: &[u8]) {
        self.shrink_across(row);
        let (units, whole) = (self.new.1, self.old.1);
        let here = units.min(whole - self.filled);
        let [gathered, next] = &mut self.lines;
        for ((gathered, next), color) in gathered.iter_mut().zip(next.iter_mut()).zip(&self.across) {
            *gathered += color * here;
            *next += color * (units - here);
        }
        self.filled += here;
        if self.filled == whole {
            let half = FINER / 2;
            self.out.extend(gathered.iter().map(|sum| ((sum / whole + half) / FINER).min(255) as u8));
            gathered.fill(0);
            self.lines.swap(0, 1);
            self.filled = units - here;
        }
    }

    fn shrink_across(&mut self, row: &[u8]) {
        let (units, whole) = (self.new.0, self.old.0);
        self.across.fill(0);
        let (mut at, mut filled) = (0, 0);
        for pixel in row.chunks_exact(3) {
            let here = units.min(whole - filled);
            for (color, value) in pixel.iter().enumerate() {
                self.across[at + color] += u32::from(*value) * here;
            }
            filled += here;
            if filled == whole {
                (at, filled) = (at + 3, units - here);
                if filled > 0 {
                    for (color, value) in pixel.iter().enumerate() {
                        self.across[at + color] += u32::from(*value) * filled;
                    }
                }
            }
        }
        self.across.iter_mut().for_each(|sum| *sum = *sum * FINER / whole);
    }

    /// The picture; none when not all lines came.
    pub(super) fn finish(self) -> Option<Pixels> {
        let (width, height) = self.new;
        let whole = self.out.len() == width as usize * height as usize * 3;
        whole.then_some(Pixels { width, height, rgb: self.out })
    }
}

impl Pixels {
    /// The same within another size.
    pub(super) fn scaled_to(&self, most: (u32, u32)) -> Pixels {
        let size = (self.width, self.height);
        let mut scaler = Scaler::new(size, fit(size, most));
        self.rgb.chunks_exact(self.width as usize * 3).for_each(|row| scaler.push(row));
        scaler.finish().unwrap_or_else(|| self.clone())
    }
}

/// The same picture the right way up.
pub(super) fn turned(pixels: Pixels, orientation: Orientation) -> Pixels {
    let (width, height) = (pixels.width, pixels.height);
    let (right, bottom) = (width - 1, height - 1);
    // Where the pixel at (x, y) of the new picture stands in the old one.
    let from = |x: u32, y: u32| match orientation {
        Orientation::NoTransforms => (x, y),
        Orientation::FlipHorizontal => (right - x, y),
        Orientation::Rotate180 => (right - x, bottom - y),
        Orientation::FlipVertical => (x, bottom - y),
        Orientation::Rotate90FlipH => (y, x),
        Orientation::Rotate90 => (y, bottom - x),
        Orientation::Rotate270FlipH => (right - y, bottom - x),
        Orientation::Rotate270 => (right - y, x),
    };
    let (new_width, new_height) = match orientation {
        Orientation::NoTransforms => return pixels,
        Orientation::FlipHorizontal | Orientation::Rotate180 | Orientation::FlipVertical => (width, height),
        _ => (height, width),
    };
    let mut rgb = Vec::with_capacity(pixels.rgb.len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (old_x, old_y) = from(x, y);
            let at = (old_y as usize * width as usize + old_x as usize) * 3;
            rgb.extend_from_slice(&pixels.rgb[at..at + 3]);
        }
    }
    Pixels { width: new_width, height: new_height, rgb }
}
