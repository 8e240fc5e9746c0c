//! Outlines, written as in SVG with absolute letters: `M 1 2 L 3 4 C 1 2 3 4 5 6 Z`; blanks between all words.

/// A place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// Corners, one after the other. What is closed ends where it began.
pub(super) type Polygon = Vec<Point>;

/// A curve becomes so many sides.
const SIDES: usize = 16;

impl Point {
    pub(super) const FAR: Point = Point { x: f32::MAX, y: f32::MAX };
    pub(super) const NEAR: Point = Point { x: f32::MIN, y: f32::MIN };

    /// How far it is from another.
    pub(super) fn distance_to(self, other: Point) -> f32 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        (x * x + y * y).sqrt()
    }

    /// How far it is from the nearest place between two others.
    pub(super) fn distance_to_side(self, a: Point, b: Point) -> f32 {
        let (x, y) = (b.x - a.x, b.y - a.y);
        let along = ((self.x - a.x) * x + (self.y - a.y) * y) / (x * x + y * y).max(f32::MIN_POSITIVE);
        let along = along.clamp(0.0, 1.0);
        self.distance_to(Point { x: a.x + x * along, y: a.y + y * along })
    }
}

/// The polygons of an outline. None where it is not well formed.
pub(super) fn polygons(outline: &str) -> Option<Vec<Polygon>> {
    let mut words = outline.split_ascii_whitespace();
    let mut polygons: Vec<Polygon> = Vec::new();
    while let Some(letter) = words.next() {
        let mut point = || {
            let mut number = || words.next()?.parse::<f32>().ok().filter(|number| number.is_finite());
            Some(Point { x: number()?, y: number()? })
        };
        match letter {
            "M" => polygons.push(vec![point()?]),
            "L" => polygons.last_mut()?.push(point()?),
            "C" => curve(polygons.last_mut()?, [point()?, point()?, point()?])?,
            "Z" => {
                let polygon = polygons.last_mut()?;
                polygon.push(*polygon.first()?);
            }
            _ => return None,
        }
    }
    (!polygons.is_empty()).then_some(polygons)
}

/// A cubic curve from the last corner.
fn curve(polygon: &mut Polygon, [b, c, d]: [Point; 3]) -> Option<()> {
    let a = *polygon.last()?;
    polygon.extend((1..=SIDES).map(|step| {
        let t = step as f32 / SIDES as f32;
        let u = 1.0 - t;
        let at =
            |a: f32, b: f32, c: f32, d: f32| u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
        Point { x: at(a.x, b.x, c.x, d.x), y: at(a.y, b.y, c.y, d.y) }
    }));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_read_or_refused() {
        let read = polygons("M 1 2 L 3.5 4 C 1 2 3 4 5 6 Z M 0 0").unwrap();
        assert_eq!((read.len(), read[0].len()), (2, 3 + SIDES));
        assert_eq!(read[0].first(), read[0].last());
        for bad in ["", "M 1", "M 1 2 X 3", "M 1 2 L 3 x", "1 2", "L 1 2", "Z", "M 1 NaN", "M 1 inf"] {
            assert!(polygons(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_place_is_as_far_as_the_nearest_part_of_a_side() {
        let (a, b) = (Point { x: 0.0, y: 0.0 }, Point { x: 10.0, y: 0.0 });
        assert_eq!(Point { x: 5.0, y: 3.0 }.distance_to_side(a, b), 3.0);
        assert_eq!(Point { x: 13.0, y: 4.0 }.distance_to_side(a, b), 5.0);
        assert_eq!(Point { x: 3.0, y: 4.0 }.distance_to_side(a, a), 5.0, "a side without length");
    }
}
