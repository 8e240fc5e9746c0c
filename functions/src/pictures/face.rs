//! A face: what can differ between two people, drawn from a number. The same number is the same face, always and everywhere.
//!
//! Nothing of it follows from a name or a sex; the number knows neither.

use super::ink::{Ink, Rgb};

const SKINS: [Rgb; 8] = [
    Rgb(255, 224, 199),
    Rgb(247, 207, 173),
    Rgb(236, 188, 146),
    Rgb(217, 163, 118),
    Rgb(188, 131, 88),
    Rgb(160, 107, 69),
    Rgb(130, 84, 54),
    Rgb(106, 68, 47),
];
const HAIRS: [Rgb; 10] = [
    Rgb(38, 32, 31),
    Rgb(58, 42, 36),
    Rgb(92, 60, 42),
    Rgb(133, 84, 50),
    Rgb(181, 88, 45),
    Rgb(216, 173, 92),
    Rgb(150, 150, 156),
    Rgb(59, 128, 128),
    Rgb(200, 98, 132),
    Rgb(84, 96, 176),
];
const GROUNDS: [Rgb; 10] = [
    Rgb(248, 200, 160),
    Rgb(168, 213, 186),
    Rgb(156, 199, 234),
    Rgb(215, 186, 234),
    Rgb(245, 172, 168),
    Rgb(253, 223, 142),
    Rgb(176, 222, 222),
    Rgb(203, 219, 152),
    Rgb(234, 182, 206),
    Rgb(172, 186, 234),
];
const SHIRTS: [Rgb; 9] = [
    Rgb(222, 92, 62),
    Rgb(46, 120, 170),
    Rgb(240, 170, 50),
    Rgb(84, 138, 88),
    Rgb(122, 80, 158),
    Rgb(204, 72, 92),
    Rgb(48, 70, 92),
    Rgb(242, 238, 230),
    Rgb(20, 122, 138),
];
const INK: Rgb = Rgb(36, 26, 30);
const WHITE: Rgb = Rgb(255, 255, 255);

/// Everything that can differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Face {
    ground: Rgb,
    skin: Rgb,
    pub(super) hair: Rgb,
    shirt: Rgb,
    pub(super) hat: Rgb,
    head: usize,
    pub(super) style: usize,
    top: usize,
    eyes: usize,
    brows: usize,
    nose: usize,
    mouth: usize,
    glasses: usize,
    freckles: bool,
    earrings: bool,
    pub(super) mirrored: bool,
}

/// Numbers from a number (SplitMix64): all its bits count, and neighbours have nothing in common.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) % n as u64) as usize
    }

    fn of(&mut self, colors: &[Rgb]) -> Rgb {
        colors[self.below(colors.len())]
    }
}

/// Outlines of heads.
const HEADS: [&str; 4] = [
    "M 28 45 C 28 28 37 21 50 21 C 63 21 72 28 72 45 C 72 63 62 75 50 75 C 38 75 28 63 28 45 Z",
    "M 27 46 C 27 28 37 21 50 21 C 63 21 73 28 73 46 C 74 64 64 73 50 73 C 36 73 26 64 27 46 Z",
    "M 28 44 C 28 28 37 21 50 21 C 63 21 72 28 72 44 C 72 57 71 66 63 71 C 57 75 43 75 37 71 \
     C 29 66 28 57 28 44 Z",
    "M 28 44 C 28 28 37 21 50 21 C 63 21 72 28 72 44 C 72 58 66 68 58 73.5 C 53 77 47 77 42 73.5 \
     C 34 68 28 58 28 44 Z",
];
/// How many there are of each.
const STYLES: usize = 14;
const TOPS: usize = 5;
const EYES: usize = 4;
const BROWS: usize = 3;
const NOSES: usize = 3;
const MOUTHS: usize = 6;

impl Face {
    /// The face of a number.
    pub(super) fn of(number: u64) -> Face {
        let mut draw = Draw(number);
        // The rarer colors are at the end.
        let hairs = if draw.below(6) == 0 { &HAIRS[..] } else { &HAIRS[..6] };
        let (ground, skin, hair, shirt) = (draw.of(&GROUNDS), draw.of(&SKINS), draw.of(hairs), draw.of(&SHIRTS));
        Face {
            ground,
            skin,
            hair,
            shirt,
            hat: draw.of(&SHIRTS),
            head: draw.below(HEADS.len()),
            style: draw.below(STYLES),
            top: draw.below(TOPS),
            eyes: draw.below(EYES),
            brows: draw.below(BROWS),
            nose: draw.below(NOSES),
            mouth: draw.below(MOUTHS),
            glasses: draw.below(10),
            freckles: draw.below(6) == 0,
            earrings: draw.below(6) == 0,
            mirrored: draw.below(2) == 0,
        }
    }

    /// Draws it: three bytes a pixel.
    pub(super) fn draw(&self, width: u32, height: u32) -> Vec<u8> {
        let mut ink = Ink::new(width, height, self.ground);
        ink.disc(50.0, 56.0, 43.0, self.ground.times(1.07));
        self.hair_behind(&mut ink);
        self.body(&mut ink);
        self.head(&mut ink);
        self.features(&mut ink);
        self.hair_before(&mut ink);
        self.extras(&mut ink);
        ink.into_rgb()
    }

    fn body(&self, ink: &mut Ink) {
        let shade = self.shirt.times(0.86);
        ink.fill("M 8 101 C 9 87 22 82 38 79 L 62 79 C 78 82 91 87 92 101 Z", self.shirt);
        match self.top {
            // a round neck
            0 => ink.fill("M 37 79 C 39 91 61 91 63 79 Z", shade),
            // stripes
            1 => {
                ink.fill("M 10 95 L 90 95 L 91.5 99 L 8.5 99 Z", shade);
                ink.fill("M 21 86 L 79 86 L 86 90 L 14 90 Z", shade);
            }
            // a hood
            2 => {
                ink.fill(
                    "M 26 84 C 30 76 38 75 41 77 C 42 88 58 88 59 77 C 62 75 70 76 74 84 C 66 96 34 96 26 84 Z",
                    shade,
                );
                ink.line("M 44 92 L 43 99", 1.6, WHITE);
                ink.line("M 56 92 L 57 99", 1.6, WHITE);
            }
            // a collar
            3 => {
                ink.fill("M 39 77 L 50 91 L 61 77 L 70 83 L 58 98 L 50 90 L 42 98 L 30 83 Z", self.shirt.times(1.12));
                ink.line("M 50 91 L 50 101", 1.2, shade);
            }
            // a pointed neck
            _ => ink.fill("M 37 78 L 50 95 L 63 78 Z", shade),
        }
        let neck = self.skin.times(0.88);
        ink.fill("M 41 64 L 59 64 L 59 79 C 57 87 43 87 41 79 Z", neck);
    }

    /// Dark lines are lost on a dark skin.
    fn is_dark(&self) -> bool {
        self.skin.0 < 145
    }

    fn head(&self, ink: &mut Ink) {
        if !self.covers_ears() {
            for x in [27.6, 72.4] {
                ink.disc(x, 51.0, 4.8, self.skin.times(0.94));
                ink.disc(x, 51.0, 2.2, self.skin.times(0.84));
            }
        }
        ink.fill(HEADS[self.head % HEADS.len()], self.skin);
    }

    fn features(&self, ink: &mut Ink) {
        let blush = if self.is_dark() { Rgb(214, 96, 80) } else { Rgb(238, 104, 92) };
        for x in [36.0, 64.0] {
            ink.disc_with(x, 58.5, 4.6, blush, 0.26);
        }
        if self.freckles {
            for (x, y) in [(34.5, 57.0), (37.5, 59.5), (38.5, 56.0), (61.5, 56.0), (62.5, 59.5), (65.5, 57.0)] {
                ink.disc(x, y, 0.75, self.skin.times(0.74));
            }
        }
        self.eyes(ink);
        let dark = self.skin.times(0.78);
        match self.nose {
            0 => ink.line("M 50.5 50 C 49 54 47.6 57.5 51 57.8", 1.7, dark),
            1 => ink.line("M 47.2 56 C 48 58.4 52 58.4 52.8 56", 1.7, dark),
            _ => ink.fill(
                "M 50 49 C 51 53 54 55 53 57.4 C 52 59 48 59 47 57.4 C 46 55 49 53 50 49 Z",
                self.skin.times(0.88),
            ),
        }
        self.mouth(ink);
    }

    fn eyes(&self, ink: &mut Ink) {
        for (x, inward) in [(40.5, 1.0_f32), (59.5, -1.0)] {
            match self.eyes {
                0 if !self.is_dark() => {
                    ink.disc(x, 50.0, 3.3, INK);
                    ink.disc(x + 1.1, 48.8, 1.1, WHITE);
                }
                1 => {
                    ink.line(&format!("M {} 51 C {} 46.4 {} 46.4 {} 51", x - 4.0, x - 2.4, x + 2.4, x + 4.0), 2.2, INK)
                }
                0 | 2 => {
                    ink.disc(x, 50.0, 4.7, WHITE);
                    ink.disc(x + 0.7 * inward, 50.2, 2.9, INK);
                    ink.disc(x + 0.7 * inward + 0.9, 49.0, 0.95, WHITE);
                }
                _ => {
                    ink.fill(
                        &format!(
                            "M {} 50.6 C {} 45 {} 45 {} 50.6 C {} 53.4 {} 53.4 {} 50.6 Z",
                            x - 5.0,
                            x - 3.0,
                            x + 3.0,
                            x + 5.0,
                            x + 3.0,
                            x - 3.0,
                            x - 5.0
                        ),
                        WHITE,
                    );
                    ink.disc(x, 49.8, 2.9, INK);
                    ink.disc(x + 1.0, 48.8, 0.9, WHITE);
                }
            }
            let brow = self.hair.times(if self.is_dark() { 0.55 } else { 0.72 });
            let (a, b) = (x - 5.2 * inward, x + 4.6 * inward);
            match self.brows {
                0 => ink.line(
                    &format!("M {a} 43.4 C {} 40.4 {} 40.2 {b} 42", x - 2.6 * inward, x + 2.0 * inward),
                    2.1,
                    brow,
                ),
                1 => ink.line(&format!("M {a} 42.6 L {b} 42"), 2.3, brow),
                _ => ink.line(
                    &format!("M {a} 42.4 C {} 38.6 {} 38.4 {b} 40.4", x - 3.0 * inward, x + 1.6 * inward),
                    1.8,
                    brow,
                ),
            }
        }
    }

    fn mouth(&self, ink: &mut Ink) {
        let lip = if self.is_dark() { Rgb(206, 112, 102) } else { Rgb(164, 62, 62) };
        match self.mouth {
            0 => ink.line("M 42.5 63 C 45 67.6 55 67.6 57.5 63", 2.1, lip),
            1 => {
                ink.fill("M 41 62 C 46 63.2 54 63.2 59 62 C 58.6 70.6 41.4 70.6 41 62 Z", Rgb(122, 38, 46));
                ink.fill("M 42.6 62.3 C 47 63.3 53 63.3 57.4 62.3 C 57 65.4 43 65.4 42.6 62.3 Z", WHITE);
            }
            2 => ink.line("M 44 64 C 47 66.8 54 66.4 57.5 62", 2.1, lip),
            3 => {
                ink.fill("M 42 62.4 C 46 61.6 54 61.6 58 62.4 C 58 68.4 42 68.4 42 62.4 Z", WHITE);
                ink.line("M 42 62.4 C 46 61.6 54 61.6 58 62.4 C 58 68.4 42 68.4 42 62.4 Z", 1.4, lip);
            }
            4 => ink.line("M 45 64 C 47.5 66 52.5 66 55 64", 2.3, lip),
            _ => {
                ink.fill(
                    "M 43.5 62.6 C 47 61 49 62 50 62.4 C 51 62 53 61 56.5 62.6 C 55 67.6 45 67.6 43.5 62.6 Z",
                    lip.times(1.25),
                );
                ink.line("M 44 63 C 47 64.4 53 64.4 56 63", 1.2, lip.times(0.8));
            }
        }
    }

    fn extras(&self, ink: &mut Ink) {
        if self.earrings {
            let metal = Rgb(244, 206, 92);
            ink.disc(27.2, 56.6, 1.7, metal);
            ink.disc(72.8, 56.6, 1.7, metal);
        }
        let frame = if self.skin.0 > 130 { Rgb(52, 44, 52) } else { Rgb(238, 224, 190) };
        match self.glasses {
            0 => {
                for x in [40.5, 59.5] {
                    ink.disc_with(x, 50.0, 7.8, WHITE, 0.16);
                    ink.ring(x, 50.0, 7.8, 1.7, frame);
                }
            }
            1 => {
                for x in [40.5_f32, 59.5] {
                    let (a, b) = (x - 8.2, x + 8.2);
                    let glass = format!(
                        "M {a} 45.4 C {x} 44.2 {x} 44.2 {b} 45.4 L {} 53.4 C {x} 57 {x} 57 {} 53.4 Z",
                        b - 1.0,
                        a + 1.0
                    );
                    ink.fill_with(&glass, WHITE, 0.16);
                    ink.line(&glass, 1.8, frame);
                }
            }
            _ => return,
        }
        ink.line("M 48.6 49 C 49.4 48 50.6 48 51.4 49", 1.6, frame);
        ink.line("M 32.4 48.4 L 28 47.4", 1.5, frame);
        ink.line("M 67.6 48.4 L 72 47.4", 1.5, frame);
    }
}

/// A silhouette, for an id that nobody has.
pub(super) fn nobody(width: u32, height: u32) -> Vec<u8> {
    let mut ink = Ink::new(width, height, Rgb(214, 220, 230));
    let gray = Rgb(160, 170, 188);
    ink.fill("M 8 101 C 9 87 22 82 38 79 L 62 79 C 78 82 91 87 92 101 Z", gray);
    ink.fill("M 41 64 L 59 64 L 59 80 L 41 80 Z", gray);
    ink.fill("M 28 45 C 28 28 37 21 50 21 C 63 21 72 28 72 45 C 72 63 62 75 50 75 C 38 75 28 63 28 45 Z", gray);
    ink.into_rgb()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part that cannot be read is not drawn: then another choice would look the same.
    #[test]
    fn every_choice_changes_the_picture() {
        let plain = Face { style: 13, glasses: 9, freckles: false, earrings: false, mirrored: false, ..Face::of(1) };
        let draw = |face: Face| face.draw(64, 64);
        let mut seen = std::collections::HashMap::new();
        let mut apart = |what: String, face: Face| {
            if let Some(other) = seen.insert(draw(face), what.clone()) {
                panic!("{what} looks like {other}");
            }
        };
        apart("the plain one".to_owned(), plain);
        for style in 0..STYLES - 1 {
            apart(format!("style {style}"), Face { style, ..plain });
        }
        for style in [1, 8] {
            apart(format!("style {style} mirrored"), Face { style, mirrored: true, ..plain });
        }
        type Set = fn(Face, usize) -> Face;
        let choices: [(&str, usize, usize, Set); 8] = [
            ("head", HEADS.len(), plain.head, |face, head| Face { head, ..face }),
            ("top", TOPS, plain.top, |face, top| Face { top, ..face }),
            ("eyes", EYES, plain.eyes, |face, eyes| Face { eyes, skin: SKINS[1], ..face }),
            ("brows", BROWS, plain.brows, |face, brows| Face { brows, ..face }),
            ("nose", NOSES, plain.nose, |face, nose| Face { nose, ..face }),
            ("mouth", MOUTHS, plain.mouth, |face, mouth| Face { mouth, ..face }),
            ("glasses", 2, 9, |face, glasses| Face { glasses, ..face }),
            ("freckles or earrings", 2, 9, |face, n| Face { freckles: n == 0, earrings: n == 1, ..face }),
        ];
        for (what, count, own, set) in choices {
            for n in (0..count).filter(|n| *n != own) {
                apart(format!("{what} {n}"), set(plain, n));
            }
        }
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let faces: Vec<Face> = (1001..1013).map(Face::of).collect();
        let count = |of: fn(&Face) -> usize| faces.iter().map(of).collect::<std::collections::HashSet<_>>().len();
        assert!(count(|face| face.style) >= 6 && count(|face| face.top) >= 4 && count(|face| face.mouth) >= 4);
    }
}
