//! Pens and colours: shapes on a square of 100 by 100, whatever the size of the picture.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, PremultipliedColorU8, Stroke, Transform,
};

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(pub(super) u8, pub(super) u8, pub(super) u8);

impl Rgb {
    /// A darker (below 1) or lighter (above 1) one.
    pub(super) fn times(self, factor: f32) -> Rgb {
        let one = |part: u8| (f32::from(part) * factor).clamp(0.0, 255.0) as u8;
        Rgb(one(self.0), one(self.1), one(self.2))
    }
}

/// A picture under way.
pub(super) struct Ink {
    pixmap: Pixmap,
    scale: Transform,
}

impl Ink {
    /// A picture of this size, of one color. The square fills it; what is longer on one side is cut off on the other, evenly.
    pub(super) fn new(width: u32, height: u32, ground: Rgb) -> Option<Ink> {
        let mut pixmap = Pixmap::new(width, height)?;
        pixmap.fill(Color::from_rgba8(ground.0, ground.1, ground.2, 255));
        let side = width.max(height) as f32;
        let (left, top) = ((width as f32 - side) / 2.0, (height as f32 - side) / 2.0);
        let scale = Transform::from_row(side / 100.0, 0.0, 0.0, side / 100.0, left, top);
        Some(Ink { pixmap, scale })
    }

    /// Fills an outline, written as in SVG with absolute `M`, `L`, `C` and `Z`.
    pub(super) fn fill(&mut self, outline: &str, color: Rgb) {
        self.fill_with(outline, color, 1.0);
    }

    /// The same, seen through by as much as is missing from 1.
    pub(super) fn fill_with(&mut self, outline: &str, color: Rgb, opacity: f32) {
        if let Some(path) = path(outline) {
            self.fill_path(&path, color, opacity);
        }
    }

    /// Draws along an outline.
    pub(super) fn line(&mut self, outline: &str, width: f32, color: Rgb) {
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(path) = path(outline) {
            self.pixmap.stroke_path(&path, &paint(color, 1.0), &stroke, self.scale, None);
        }
    }

    /// A disc.
    pub(super) fn disc(&mut self, x: f32, y: f32, radius: f32, color: Rgb) {
        self.disc_with(x, y, radius, color, 1.0);
    }

    /// The same, seen through.
    pub(super) fn disc_with(&mut self, x: f32, y: f32, radius: f32, color: Rgb, opacity: f32) {
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.fill_path(&path, color, opacity);
        }
    }

    /// A ring.
    pub(super) fn ring(&mut self, x: f32, y: f32, radius: f32, width: f32, color: Rgb) {
        let stroke = Stroke { width, ..Stroke::default() };
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.pixmap.stroke_path(&path, &paint(color, 1.0), &stroke, self.scale, None);
        }
    }

    fn fill_path(&mut self, path: &Path, color: Rgb, opacity: f32) {
        self.pixmap.fill_path(path, &paint(color, opacity), FillRule::Winding, self.scale, None);
    }

    /// The finished picture, three bytes a pixel. It has no holes: the ground covers all of it.
    pub(super) fn into_rgb(self) -> Vec<u8> {
        let one = |pixel: &PremultipliedColorU8| [pixel.red(), pixel.green(), pixel.blue()];
        self.pixmap.pixels().iter().flat_map(one).collect()
    }
}

fn paint(color: Rgb, opacity: f32) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(color.0, color.1, color.2, (opacity.clamp(0.0, 1.0) * 255.0) as u8);
    paint
}

/// Reads an outline: letters and numbers, blanks between all of them. None where it is not well formed.
pub(super) fn path(outline: &str) -> Option<Path> {
    let mut words = outline.split_ascii_whitespace();
    let mut builder = PathBuilder::new();
    while let Some(verb) = words.next() {
        let mut number = || words.next()?.parse::<f32>().ok();
        match verb {
            "M" => builder.move_to(number()?, number()?),
            "L" => builder.line_to(number()?, number()?),
            "C" => builder.cubic_to(number()?, number()?, number()?, number()?, number()?, number()?),
            "Z" => builder.close(),
            _ => return None,
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_read_or_refused() {
        assert!(path("M 1 2 L 3.5 4 C 1 2 3 4 5 6 Z").is_some());
        for bad in ["", "M 1", "M 1 2 X 3", "M 1 2 L 3 x", "1 2"] {
            assert!(path(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_picture_is_filled_by_the_square_from_its_middle() {
        let mut ink = Ink::new(4, 2, Rgb(0, 0, 0)).unwrap();
        ink.fill("M 0 25 L 50 25 L 50 75 L 0 75 Z", Rgb(255, 255, 255));
        let (white, black) = ([255; 3], [0; 3]);
        let row: Vec<u8> = [white, white, black, black].concat();
        assert_eq!(ink.into_rgb(), [row.clone(), row].concat());
    }
}
