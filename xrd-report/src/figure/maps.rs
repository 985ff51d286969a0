//! Maps of the same patterns side by side.

use xrd_core::Latent2;

use super::axis::extent;
use super::legend::{self, Entry};
use super::panel::{Panel, draw_title};
use super::samples::Samples;
use super::svg::{Anchor, Frame, Svg, WIDTH};
use super::text::Text;

const TOP: f64 = 13.0;
const MARGIN: f64 = 4.0;
const GAP: f64 = 5.0;
const CAPTION: f64 = 8.0;
/// Number of panels that determines their largest width.
const LEAST_PANELS: usize = 2;

/// Panel of a figure of maps: one two-dimensional map of the patterns, with a title and captions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MapPanel<'a> {
    /// Title of the panel: the name of the method that made the map.
    pub name: &'a str,
    /// Points on the map, one per pattern, in any unit. Points that are not finite are skipped.
    pub points: &'a [Latent2],
    /// Two lines of text below the panel, for example with scores of the map. The legend of the
    /// figure explains the abbreviations T (trustworthiness), C (continuity), S (silhouette) and
    /// ARI (adjusted Rand index).
    pub captions: [String; 2],
}

impl<'a> MapPanel<'a> {
    /// Returns a map without captions.
    pub fn new(name: &'a str, points: &'a [Latent2]) -> Self {
        Self {
            name,
            points,
            captions: Default::default(),
        }
    }

    /// Sets the two lines of text below the panel.
    #[must_use]
    pub fn with_captions(mut self, captions: [String; 2]) -> Self {
        self.captions = captions;
        self
    }
}

/// Draws several maps of the same patterns side by side, one square panel per map.
///
/// The argument `samples` gives the category of each pattern. Both axes of a panel have the same
/// scale and no numbers, because only the distances on a map have a meaning. Cost: O(points).
///
/// ```
/// use xrd_core::Latent2;
/// use xrd_report::{MapPanel, Samples, maps};
///
/// let points = [Latent2::new(0.0, 0.0), Latent2::new(1.0, 0.5)];
/// let captions = ["T 0.98, C 0.97", "S 0.40, ARI 0.61"].map(str::to_owned);
/// let map = MapPanel::new("PCA", &points).with_captions(captions);
/// let samples = Samples::new(&[0, 1], &[]);
///
/// let svg = maps(&[map], &samples);
/// assert!(svg.contains(" PCA<") && svg.contains("T 0.98, C 0.97"));
/// ```
pub fn maps(maps: &[MapPanel<'_>], samples: &Samples<'_>) -> String {
    let mut svg = Svg::default();
    let panels = maps.len().max(LEAST_PANELS) as f64;
    let side = (WIDTH - 2.0 * MARGIN - (panels - 1.0) * GAP) / panels;
    for (k, map) in maps.iter().enumerate() {
        let left = MARGIN + k as f64 * (side + GAP);
        let frame = Frame {
            left,
            right: left + side,
            top: TOP,
            bottom: TOP + side,
        };
        draw_map(&mut svg, frame, map.points, samples);
        draw_title(&mut svg, (left, TOP - 4.0), k, map.name);
        for (line, caption) in map.captions.iter().enumerate() {
            let at = (
                left + side / 2.0,
                frame.bottom + CAPTION * (line as f64 + 1.0) + 1.0,
            );
            svg.text(at, Anchor::Middle, 6.5, &Text::number(caption));
        }
    }
    let top = TOP + side + 2.0 * CAPTION + 6.0;
    let mut entries = samples.legend();
    entries.push(Entry::note(
        "T: trustworthiness, C: continuity, S: silhouette,",
    ));
    entries.push(Entry::note("ARI: adjusted Rand index of k-means clusters"));
    let height = top + legend::draw(&mut svg, top, &entries);
    svg.finish(height + 2.0, "Maps of the same patterns")
}

fn draw_map(svg: &mut Svg, frame: Frame, points: &[Latent2], samples: &Samples<'_>) {
    let finite = || points.iter().filter(|p| p.is_finite());
    let (x, y) = (extent(finite().map(|p| p.x)), extent(finite().map(|p| p.y)));
    let (x, y) = (x.unwrap_or((0.0, 1.0)), y.unwrap_or((0.0, 1.0)));
    let widest = (x.1 - x.0).max(y.1 - y.0);
    let around = |(low, high): (f64, f64)| {
        let (middle, half) = ((low + high) / 2.0, 0.54 * widest);
        Some((middle - half, middle + half))
    };
    let panel = Panel::new(frame, around(x), around(y));
    panel.draw_box(svg);
    let size = if points.len() > 200 { 1.1 } else { 1.5 };
    for (i, point) in points.iter().enumerate() {
        if point.is_finite() {
            samples
                .marker(i, size)
                .draw(svg, panel.at(point.x, point.y));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::{assert_sound, names};

    fn map(points: &[Latent2]) -> MapPanel<'_> {
        MapPanel {
            name: "a<b",
            points,
            captions: ["T –, C –".to_owned(), "S –, ARI –".to_owned()],
        }
    }

    #[test]
    fn every_pattern_is_on_every_map() {
        let points: Vec<Latent2> = (0..30).map(|k| Latent2::new(f64::from(k), 1.0)).collect();
        let category: Vec<usize> = (0..30).map(|k| k % 3).collect();
        let names = names(&["SmFe12", "b & c", ""]);
        let samples = Samples {
            category: &category,
            names: &names,
            test: &[],
            ..Samples::default()
        };
        let file = maps(&[map(&points), map(&points), map(&points)], &samples);
        assert_sound(&file);
        assert_eq!(file.matches("stroke=\"#ffffff\"").count(), 90 + 3);
        assert!(file.contains("a&lt;b") && file.contains("S –"));
    }

    #[test]
    fn poor_data_is_drawn_without_fail() {
        let bad = [
            Latent2::new(f64::NAN, 0.0),
            Latent2::new(1.0, f64::INFINITY),
        ];
        let one = [Latent2::new(0.5, 0.5); 3];
        for points in [&[][..], &bad, &one] {
            let samples = Samples {
                category: &[7],
                names: &[],
                test: &[true],
                ..Samples::default()
            };
            assert_sound(&maps(&[map(points)], &samples));
            assert_sound(&maps(&[], &samples));
        }
    }
}
