//! Hair and hats: what hangs behind a head, and what falls into the forehead.

use super::face::Face;
use super::ink::{Ink, Rgb};

const SHINE: Rgb = Rgb(255, 255, 255);

/// Short all round.
const SHORT: &str = "M 26.5 46 C 23 27 34 15.5 50 15.5 C 66 15.5 77 27 73.5 46 C 72 39 70 35 65 32.5 \
    C 56 35.5 44 35.5 35 32.5 C 30 35 28 39 26.5 46 Z";
/// Parted at one side.
const PARTED: &str = "M 26.5 46 C 22 27 35 14 52 15 C 68 16 78 28 73.5 46 C 72 40 70 35 66 31 C 56 37 45 35 37 27 \
    C 34 34 29 38 26.5 46 Z";
/// And at the other.
const PARTED_OTHERWISE: &str = "M 73.5 46 C 78 27 65 14 48 15 C 32 16 22 28 26.5 46 C 28 40 30 35 34 31 C 44 37 55 35 63 27 \
    C 66 34 71 38 73.5 46 Z";
/// Parted in the middle.
const CURTAINS: &str = "M 25 60 C 20 34 30 15 50 15 C 70 15 80 34 75 60 C 74 50 71 42 66 37 C 59 33 53 28 50 23 \
    C 47 28 41 33 34 37 C 29 42 26 50 25 60 Z";
/// Down to the brows.
const FRINGE: &str = "M 25 58 C 20 32 32 15 50 15 C 68 15 80 32 75 58 C 73 52 72 46 71 40 C 58 37 42 37 29 40 \
    C 28 46 27 52 25 58 Z";
/// Combed back.
const BACK: &str =
    "M 26.5 46 C 23 27 34 15.5 50 15.5 C 66 15.5 77 27 73.5 46 C 71 37 62 29 50 24.5 C 38 29 29 37 26.5 46 Z";
/// A shadow.
const SHAVED: &str = "M 27 44 C 25 28 35 20 50 20 C 65 20 75 28 73 44 C 71 37 67 32 62 30 C 55 28.6 45 28.6 38 30 \
    C 33 32 29 37 27 44 Z";
/// In spikes.
const UP: &str = "M 27 45 C 24 36 26 28 30 24 L 31 15 L 39 18 L 44 9.5 L 51 16 L 59 9.5 L 62 17.5 L 70 15 L 70 24 \
    C 75 29 76 37 73 45 C 71 37 67 33 62 31 C 54 34 46 34 38 31 C 33 33 29 37 27 45 Z";
/// The rim of a hat.
const RIM: &str =
    "M 24.5 33 C 33 30 67 30 75.5 33 C 77 36 77 39 75.5 41 C 67 38.4 33 38.4 24.5 41 C 23 39 23 36 24.5 33 Z";
/// Discs: middle and radius.
const CURLS: [(f32, f32, f32); 9] = [
    (28.5, 36.0, 5.6),
    (33.0, 28.0, 6.6),
    (41.0, 23.5, 7.0),
    (50.0, 22.0, 7.2),
    (59.0, 23.5, 7.0),
    (67.0, 28.0, 6.6),
    (71.5, 36.0, 5.6),
    (45.0, 18.5, 6.0),
    (55.0, 18.5, 6.0),
];
/// The same, down to the shoulders.
const WAVES: [(f32, f32, f32); 7] = [
    (25.0, 44.0, 11.0),
    (22.0, 58.0, 10.0),
    (25.0, 72.0, 10.5),
    (75.0, 44.0, 11.0),
    (78.0, 58.0, 10.0),
    (75.0, 72.0, 10.5),
    (50.0, 32.0, 22.0),
];

impl Face {
    /// What hangs behind the shoulders.
    pub(super) fn hair_behind(&self, ink: &mut Ink) {
        let back = self.hair.times(0.82);
        match self.style {
            // long and straight
            2 => ink.fill("M 22 94 C 17 70 18 42 24 30 C 32 14 68 14 76 30 C 82 42 83 70 78 94 Z", back),
            // to the chin
            3 => ink.fill(
                "M 24 72 C 19 60 18 40 25 28 C 34 14 66 14 75 28 C 82 40 81 60 76 72 C 70 78 30 78 24 72 Z",
                back,
            ),
            // round and full
            4 => {
                ink.disc(50.0, 39.0, 32.0, back);
            }
            // waves
            5 => {
                for (x, y, r) in WAVES {
                    ink.disc(x, y, r, back);
                }
            }
            // a bun
            6 => ink.disc(50.0, 13.0, 9.5, back),
            // two buns
            7 => {
                ink.disc(29.0, 20.0, 9.0, back);
                ink.disc(71.0, 20.0, 9.0, back);
            }
            // a tail
            8 => {
                let tail = if self.mirrored {
                    "M 30 24 C 12 22 8 44 13 62 C 15 70 21 72 20 64 C 19 50 24 44 32 38 Z"
                } else {
                    "M 70 24 C 88 22 92 44 87 62 C 85 70 79 72 80 64 C 81 50 76 44 68 38 Z"
                };
                ink.fill(tail, back);
            }
            // what looks out from under a hat
            12 => ink.fill("M 25 62 C 22 52 23 40 27 36 L 73 36 C 77 40 78 52 75 62 C 70 66 30 66 25 62 Z", back),
            _ => {}
        }
    }

    /// What falls into the forehead.
    pub(super) fn hair_before(&self, ink: &mut Ink) {
        let hair = self.hair;
        match self.style {
            // short
            0 | 6 => ink.fill(SHORT, hair),
            // parted at the side
            1 | 8 => {
                let parted = if self.mirrored { PARTED } else { PARTED_OTHERWISE };
                ink.fill(parted, hair);
            }
            // parted in the middle
            2 | 5 => ink.fill(CURTAINS, hair),
            // a fringe
            3 => ink.fill(FRINGE, hair),
            // curls
            4 | 9 => {
                for (x, y, r) in CURLS {
                    ink.disc(x, y, r, hair);
                }
            }
            // combed back, with a middle
            7 => ink.fill(BACK, hair),
            // shaved
            10 => ink.fill_with(SHAVED, hair, 0.62),
            // up
            11 => ink.fill(UP, hair),
            // a hat
            12 => {
                ink.fill("M 26 36 C 24 14 38 9 50 9 C 62 9 76 14 74 36 Z", self.hat);
                ink.fill(RIM, self.hat.times(0.84));
                ink.disc(50.0, 8.5, 5.0, self.hat.times(1.14));
            }
            // none
            _ => ink.fill_with("M 40 26 C 44 23 52 22.6 57 24 C 52 24.6 45 26 42 29 C 40 30 38 28 40 26 Z", SHINE, 0.4),
        }
    }

    /// Whether it covers the ears.
    pub(super) fn covers_ears(&self) -> bool {
        matches!(self.style, 2 | 3 | 5)
    }
}
