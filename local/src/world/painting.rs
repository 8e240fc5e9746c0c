//! The pictures of a world. Nobody takes a photo for one: they are painted, each from the name of a motif and two colors.

use crate::fail::{Outcome, failed};
use reconnect_core::Services;
use reconnect_core::picture::Developed;
use serde::Deserialize;

/// How large the paintings are, in pixels.
const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// A picture, where nothing else stands beside it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Painting {
    motif: Motif,
    /// `#rrggbb`: that of the ground, and that of what stands on it.
    colors: [Color; 2],
}

impl Painting {
    pub(super) fn paint(self) -> Outcome<Developed> {
        paint(self.motif, self.colors)
    }
}

/// What a painting shows.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Motif {
    /// A row of hills.
    Hills,
    /// The sky at night.
    Stars,
    /// Waves.
    Sea,
    /// A disc over a line.
    Sunset,
    /// Squares, as on a board.
    Squares,
}

/// A color, as pages write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Color([u8; 3]);

impl TryFrom<String> for Color {
    type Error = String;

    fn try_from(text: String) -> Result<Color, String> {
        let number =
            text.strip_prefix('#').filter(|hex| hex.len() == 6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let number = number.ok_or_else(|| format!("'{text}' is no color: write it like #20c0ff"))?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Color([red, green, blue]))
    }
}

/// A table without a bucket has no place for files: what a world shows comes without its pictures then, and it is said why.
pub(super) async fn has_place(services: &Services) -> bool {
    match services.blobs.get("nothing.jpg", None).await {
        Ok(_) => true,
        Err(why) => {
            tracing::warn!(target: "reconnect", %why, "the world comes without its pictures");
            false
        }
    }
}

/// Paints it.
pub(super) fn paint(motif: Motif, colors: [Color; 2]) -> Outcome<Developed> {
    let [ground, figure] = colors.map(|Color(rgb)| rgb);
    let pixels = (0..WIDTH * HEIGHT).flat_map(|at| {
        // In thousandths of the height, from the top and from the left.
        let (x, y) = ((at % WIDTH) as i32 * 1000 / HEIGHT as i32, (at / WIDTH) as i32 * 1000 / HEIGHT as i32);
        let part = motif.share(x, y).clamp(0, 255) as u32;
        let mixed = |from: u8, to: u8| ((u32::from(from) * (255 - part) + u32::from(to) * part) / 255) as u8;
        [0, 1, 2].map(|color| mixed(ground[color], figure[color]))
    });
    Developed::drawn(WIDTH, HEIGHT, pixels.collect()).map_err(|error| failed(error.to_string()))
}

impl Motif {
    /// How much of the figure's color a place has, of 255.
    fn share(self, x: i32, y: i32) -> i32 {
        /// A wave between -1000 and 1000, 1000 wide.
        fn wave(at: i32) -> i32 {
            let at = at.rem_euclid(1000);
            let half = at % 500;
            let height = half * (500 - half) * 16 / 1000;
            if at < 500 { height } else { -height }
        }
        match self {
            Motif::Hills => {
                let far = y - 450 - wave(x + 200) / 10;
                let near = y - 650 - wave(x * 7 / 5) / 8;
                if near > 0 {
                    255
                } else if far > 0 {
                    140
                } else {
                    y / 12
                }
            }
            Motif::Stars => {
                let (column, row) = (x / 50, y / 50);
                let drawn = (column * 7919 + row * 104_729) % 101;
                let (dx, dy) = (x % 50 - 10 - drawn % 30, y % 50 - 10 - (drawn * 7) % 30);
                let bright = drawn < 23 && dx * dx + dy * dy < 4 + drawn * 2;
                if bright { 255 } else { y / 20 }
            }
            Motif::Sea if y < 420 => y / 10,
            Motif::Sea => 110 + wave(x * 3 + wave(y * 2) / 3 + y * 2) / 12,
            Motif::Sunset => {
                let (dx, dy) = (x - 667, y - 520);
                if y > 620 {
                    60 + (y - 620) / 8
                } else if dx * dx + dy * dy < 220 * 220 {
                    255
                } else {
                    y / 8
                }
            }
            Motif::Squares => {
                if (x / 125 + y / 125) % 2 == 0 {
                    255
                } else {
                    0
                }
            }
        }
    }
}
