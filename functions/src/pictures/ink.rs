//! Pens and colors: shapes on a square of 100 by 100, whatever the size of the picture, with soft edges.
//!
//! A library for this would be a twentieth of the whole program of a function, and would know much that no face needs. Sums, products and
//! square roots only: they come out the same on every machine.

use super::outline::{Point, Polygon, polygons};

/// How many lines of each row of pixels are looked at.
const LINES: usize = 8;

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
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
    /// Pixels for each of the hundred parts of the square's side.
    scale: f32,
    /// Where the square begins; outside of a picture that is longer on one side.
    corner: Point,
}

impl Ink {
    /// A picture of this size, of one color. The square fills it; what is longer on one side is cut off on the other, evenly.
    pub(super) fn new(width: u32, height: u32, ground: Rgb) -> Ink {
        let side = width.max(height) as f32;
        let corner = Point { x: (width as f32 - side) / 2.0, y: (height as f32 - side) / 2.0 };
        let (width, height) = (width as usize, height as usize);
        Ink { width, height, pixels: vec![ground; width * height], scale: side / 100.0, corner }
    }

    /// Fills an outline, written as in SVG with absolute `M`, `L`, `C` and `Z`.
    pub(super) fn fill(&mut self, outline: &str, color: Rgb) {
        self.fill_with(outline, color, 1.0);
    }

    /// The same, seen through by as much as is missing from 1.
    pub(super) fn fill_with(&mut self, outline: &str, color: Rgb, opacity: f32) {
        let polygons = self.placed(outline);
        let mut crossings: Vec<Crossing> = polygons.iter().flat_map(|polygon| self.crossings(polygon)).collect();
        crossings.sort_unstable_by(|a, b| a.line.cmp(&b.line).then(a.x.total_cmp(&b.x)));
        let mut row = vec![0.0; self.width];
        for of_row in crossings.chunk_by(|a, b| a.line / LINES == b.line / LINES) {
            row.fill(0.0);
            of_row.chunk_by(|a, b| a.line == b.line).for_each(|line| cover(&mut row, line));
            let y = of_row[0].line / LINES;
            for (x, covered) in row.iter().enumerate().filter(|(_, covered)| **covered > 0.0) {
                self.blend(x, y, color, covered.min(1.0) * opacity);
            }
        }
    }

    /// Draws along an outline.
    pub(super) fn line(&mut self, outline: &str, width: f32, color: Rgb) {
        let polygons = self.placed(outline);
        let half = width * self.scale / 2.0;
        let corners = || polygons.iter().flatten();
        let least = corners().fold(Point::FAR, |least, p| Point { x: least.x.min(p.x), y: least.y.min(p.y) });
        let most = corners().fold(Point::NEAR, |most, p| Point { x: most.x.max(p.x), y: most.y.max(p.y) });
        self.shade(least, most, half + 1.0, color, 1.0, |here| {
            let sides = polygons.iter().flat_map(|polygon| polygon.windows(2));
            half - sides.map(|side| here.distance_to_side(side[0], side[1])).fold(f32::MAX, f32::min)
        });
    }

    /// A disc.
    pub(super) fn disc(&mut self, x: f32, y: f32, radius: f32, color: Rgb) {
        self.disc_with(x, y, radius, color, 1.0);
    }

    /// The same, seen through.
    pub(super) fn disc_with(&mut self, x: f32, y: f32, radius: f32, color: Rgb, opacity: f32) {
        let (middle, radius) = (self.place(Point { x, y }), radius * self.scale);
        self.shade(middle, middle, radius + 1.0, color, opacity, |here| radius - here.distance_to(middle));
    }

    /// A ring.
    pub(super) fn ring(&mut self, x: f32, y: f32, radius: f32, width: f32, color: Rgb) {
        let (middle, radius, half) = (self.place(Point { x, y }), radius * self.scale, width * self.scale / 2.0);
        self.shade(middle, middle, radius + half + 1.0, color, 1.0, |here| {
            half - (here.distance_to(middle) - radius).abs()
        });
    }

    /// The finished picture, three bytes a pixel.
    pub(super) fn into_rgb(self) -> Vec<u8> {
        self.pixels.iter().flat_map(|pixel| [pixel.0, pixel.1, pixel.2]).collect()
    }

    fn place(&self, point: Point) -> Point {
        Point { x: self.corner.x + point.x * self.scale, y: self.corner.y + point.y * self.scale }
    }

    fn placed(&self, outline: &str) -> Vec<Polygon> {
        let mut polygons = polygons(outline).unwrap_or_default();
        polygons.iter_mut().flatten().for_each(|point| *point = self.place(*point));
        polygons
    }

    /// Where the sides of a polygon cross the lines that are looked at. It is closed, drawn so or not.
    fn crossings(&self, polygon: &Polygon) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        let last = (self.height * LINES) as f32;
        for (at, &a) in polygon.iter().enumerate() {
            let b = polygon[(at + 1) % polygon.len()];
            let (top, bottom, turn) = if a.y < b.y { (a, b, 1) } else { (b, a, -1) };
            // Lines run through the middle of their eighth.
            let first = |y: f32| (y * LINES as f32 - 0.5).ceil().clamp(0.0, last) as usize;
            for line in first(top.y)..first(bottom.y) {
                let y = (line as f32 + 0.5) / LINES as f32;
                let x = top.x + (bottom.x - top.x) * (y - top.y) / (bottom.y - top.y);
                crossings.push(Crossing { line, x, turn });
            }
        }
        crossings
    }

    /// Colors the pixels from `least` to `most` and a little around, by how far each is inside, in pixels.
    fn shade(
        &mut self,
        least: Point,
        most: Point,
        around: f32,
        color: Rgb,
        opacity: f32,
        inside: impl Fn(Point) -> f32,
    ) {
        let range = |from: f32, to: f32, most: usize| {
            let end = |at: f32| at.clamp(0.0, most as f32) as usize;
            end((from - around).floor())..end((to + around).ceil())
        };
        for y in range(least.y, most.y, self.height) {
            for x in range(least.x, most.x, self.width) {
                let covered = inside(Point { x: x as f32 + 0.5, y: y as f32 + 0.5 }) + 0.5;
                if covered > 0.0 {
                    self.blend(x, y, color, covered.min(1.0) * opacity);
                }
            }
        }
    }

    fn blend(&mut self, x: usize, y: usize, color: Rgb, part: f32) {
        if let Some(pixel) = self.pixels.get_mut(y * self.width + x) {
            *pixel = if part < 1.0 { pixel.towards(color, part) } else { color };
        }
    }
}

/// Where a side crosses a line, and in which direction.
struct Crossing {
    line: usize,
    x: f32,
    turn: i32,
}

/// Adds what lies between the crossings of one line to the pixels of its row.
fn cover(row: &mut [f32], line: &[Crossing]) {
    let mut turns = 0;
    for pair in line.windows(2) {
        turns += pair[0].turn;
        if turns == 0 {
            continue;
        }
        let (from, to) = (pair[0].x.clamp(0.0, row.len() as f32), pair[1].x.clamp(0.0, row.len() as f32));
        let pixels = row.iter_mut().enumerate().skip(from as usize).take_while(|(at, _)| (*at as f32) < to);
        for (at, covered) in pixels {
            *covered += (to.min(at as f32 + 1.0) - from.max(at as f32)) / LINES as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Rgb = Rgb(0, 0, 0);
    const WHITE: Rgb = Rgb(255, 255, 255);

    /// The picture's reds, row by row.
    fn reds(ink: Ink) -> Vec<Vec<u8>> {
        let width = ink.width;
        ink.into_rgb().chunks(3 * width).map(|row| row.iter().step_by(3).copied().collect()).collect()
    }

    #[test]
    fn a_picture_is_filled_by_the_square_from_its_middle() {
        let mut ink = Ink::new(4, 2, BLACK);
        ink.fill("M 0 25 L 50 25 L 50 75 L 0 75 Z", WHITE);
        assert_eq!(reds(ink), [[255, 255, 0, 0], [255, 255, 0, 0]]);
        let mut ink = Ink::new(1, 2, BLACK);
        ink.fill("M 0 0 L 50 0 L 50 50 L 0 50 Z", WHITE);
        assert_eq!(reds(ink), [[128], [0]], "half of the pixel's width");
    }

    #[test]
    fn edges_are_soft_and_what_lies_outside_is_cut_off() {
        let mut ink = Ink::new(4, 4, BLACK);
        ink.fill("M -50 -50 L 37.5 -50 L 37.5 150 L -50 150 Z", WHITE);
        assert_eq!(reds(ink)[2], [255, 128, 0, 0]);
        let mut ink = Ink::new(4, 4, BLACK);
        ink.fill_with("M 0 0 L 100 0 L 100 100 L 0 100 L 0 0", WHITE, 0.5);
        assert_eq!(reds(ink)[3], [128; 4]);
    }

    #[test]
    fn what_turns_twice_around_a_place_covers_it_once() {
        let mut ink = Ink::new(1, 1, BLACK);
        let square = "M 0 0 L 100 0 L 100 100 L 0 100 Z";
        ink.fill_with(&format!("{square} {square}"), WHITE, 0.5);
        assert_eq!(reds(ink), [[128]]);
    }

    #[test]
    fn discs_rings_and_lines_are_as_wide_as_they_say() {
        let area = |draw: fn(&mut Ink)| {
            let mut ink = Ink::new(100, 100, BLACK);
            draw(&mut ink);
            reds(ink).concat().iter().map(|red| f32::from(*red) / 255.0).sum::<f32>()
        };
        let near = |a: f32, b: f32| (a - b).abs() < b / 50.0;
        assert!(near(area(|ink| ink.disc(50.0, 50.0, 20.0, WHITE)), 1256.6));
        assert!(near(area(|ink| ink.ring(50.0, 50.0, 20.0, 4.0, WHITE)), 502.7));
        assert!(near(area(|ink| ink.line("M 20 50 L 80 50", 4.0, WHITE)), 252.6), "with round ends");
        assert!(near(area(|ink| ink.fill("M 20 20 C 20 80 80 80 80 20 Z", WHITE)), 2160.0));
    }

    #[test]
    fn what_is_not_well_formed_is_not_drawn() {
        let mut ink = Ink::new(2, 2, BLACK);
        ink.fill("M 0 0 L x", WHITE);
        ink.line("nonsense", 3.0, WHITE);
        assert_eq!(reds(ink), [[0, 0], [0, 0]]);
    }
}
