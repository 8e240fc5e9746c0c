//! Pens and colors: shapes on a square of 100 by 100, whatever the size of the picture, with soft edges.

use zeno::{Cap, Command, Fill, Join, Mask, PathBuilder, PathData, Stroke, Style, Transform};

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(pub(super) u8, pub(super) u8, pub(super) u8);

impl Rgb {
    /// A darker (below 1) or lighter (above 1) one.
    pub(super) fn times(self, factor: f32) -> Rgb {
        let one = |part: u8| (f32::from(part) * factor).clamp(0.0, 255.0) as u8;
        Rgb(one(self.0), one(self.1), one(self.2))
    }

    /// Part of the way to another.
    fn towards(self, other: Rgb, part: f32) -> Rgb {
        let one = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * part + 0.5) as u8;
        Rgb(one(self.0, other.0), one(self.1, other.1), one(self.2, other.2))
    }
}

/// A picture under way.
pub(super) struct Ink {
    width: u32,
    height: u32,
    pixels: Vec<Rgb>,
    /// From the square to the picture.
    place: Transform,
}

impl Ink {
    /// A picture of this size, of one color. The square fills it; what is longer on one side is cut off on the other, evenly.
    pub(super) fn new(width: u32, height: u32, ground: Rgb) -> Ink {
        let side = width.max(height) as f32;
        let (left, top) = ((width as f32 - side) / 2.0, (height as f32 - side) / 2.0);
        let place = Transform::scale(side / 100.0, side / 100.0).then_translate(left, top);
        Ink { width, height, pixels: vec![ground; width as usize * height as usize], place }
    }

    /// Fills an outline, written as in SVG.
    pub(super) fn fill(&mut self, outline: &str, color: Rgb) {
        self.fill_with(outline, color, 1.0);
    }

    /// The same, seen through by as much as is missing from 1.
    pub(super) fn fill_with(&mut self, outline: &str, color: Rgb, opacity: f32) {
        self.draw(&commands(outline), Fill::NonZero.into(), color, opacity);
    }

    /// Draws along an outline.
    pub(super) fn line(&mut self, outline: &str, width: f32, color: Rgb) {
        self.draw(&commands(outline), Stroke::new(width).cap(Cap::Round).join(Join::Round).into(), color, 1.0);
    }

    /// A disc.
    pub(super) fn disc(&mut self, x: f32, y: f32, radius: f32, color: Rgb) {
        self.disc_with(x, y, radius, color, 1.0);
    }

    /// The same, seen through.
    pub(super) fn disc_with(&mut self, x: f32, y: f32, radius: f32, color: Rgb, opacity: f32) {
        self.draw(&circle(x, y, radius), Fill::NonZero.into(), color, opacity);
    }

    /// A ring.
    pub(super) fn ring(&mut self, x: f32, y: f32, radius: f32, width: f32, color: Rgb) {
        self.draw(&circle(x, y, radius), Stroke::new(width).into(), color, 1.0);
    }

    /// The finished picture, three bytes a pixel.
    pub(super) fn into_rgb(self) -> Vec<u8> {
        self.pixels.iter().flat_map(|pixel| [pixel.0, pixel.1, pixel.2]).collect()
    }

    /// Of one kind of path only: each kind would put the library into the program once more.
    fn draw(&mut self, path: &[Command], style: Style<'_>, color: Rgb, opacity: f32) {
        let (covered, _) =
            Mask::new(path).size(self.width, self.height).style(style).transform(Some(self.place)).render();
        for (pixel, covered) in self.pixels.iter_mut().zip(covered).filter(|(_, covered)| *covered > 0) {
            *pixel = pixel.towards(color, f32::from(covered) / 255.0 * opacity);
        }
    }
}

fn commands(outline: &str) -> Vec<Command> {
    outline.commands().collect()
}

fn circle(x: f32, y: f32, radius: f32) -> Vec<Command> {
    let mut path = Vec::new();
    path.add_circle((x, y), radius);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Rgb = Rgb(0, 0, 0);
    const WHITE: Rgb = Rgb(255, 255, 255);

    /// The picture's reds, row by row.
    fn reds(ink: Ink) -> Vec<Vec<u8>> {
        let width = ink.width as usize;
        ink.into_rgb().chunks(3 * width).map(|row| row.iter().step_by(3).copied().collect()).collect()
    }

    #[test]
    fn a_picture_is_filled_by_the_square_from_its_middle() {
        let mut ink = Ink::new(4, 2, BLACK);
        ink.fill("M 0 25 L 50 25 L 50 75 L 0 75 Z", WHITE);
        assert_eq!(reds(ink), [[255, 255, 0, 0], [255, 255, 0, 0]]);
    }

    #[test]
    fn what_is_seen_through_lets_half_of_the_ground_show_and_what_lies_outside_is_cut_off() {
        let mut ink = Ink::new(4, 4, BLACK);
        ink.fill_with("M -50 -50 L 50 -50 L 50 150 L -50 150 Z", WHITE, 0.5);
        assert_eq!(reds(ink)[3], [128, 128, 0, 0]);
    }

    #[test]
    fn discs_rings_and_lines_are_as_wide_as_they_say() {
        let area = |draw: fn(&mut Ink)| {
            let mut ink = Ink::new(100, 100, BLACK);
            draw(&mut ink);
            reds(ink).concat().iter().map(|red| f32::from(*red) / 255.0).sum::<f32>()
        };
        let near = |a: f32, b: f32| assert!((a - b).abs() < b / 50.0, "{a} is not {b}");
        near(area(|ink| ink.disc(50.0, 50.0, 20.0, WHITE)), 1256.6);
        near(area(|ink| ink.ring(50.0, 50.0, 20.0, 4.0, WHITE)), 502.7);
        near(area(|ink| ink.line("M 20 50 L 80 50", 4.0, WHITE)), 252.6); // with round ends
        near(area(|ink| ink.fill("M 20 20 C 20 80 80 80 80 20 Z", WHITE)), 2160.0);
    }
}
