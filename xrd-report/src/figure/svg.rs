//! Elements of an SVG file.

use std::fmt::Write as _;

use super::text::{Text, escape};

/// Width of every figure in points: 85 mm, one column of a journal.
pub(crate) const WIDTH: f64 = 241.0;

const MM_WIDTH: f64 = 85.0;
const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/// Style of a line: colour, width in points, and dashes in SVG notation (empty for a solid line).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) color: &'static str,
    pub(crate) width: f64,
    pub(crate) dashes: &'static str,
}

impl Stroke {
    pub(crate) const fn solid(color: &'static str, width: f64) -> Self {
        Self {
            color,
            width,
            dashes: "",
        }
    }

    pub(crate) const fn dashed(self, dashes: &'static str) -> Self {
        Self { dashes, ..self }
    }
}

/// Alignment of a text at its point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// Rectangle on the page in points, with y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// Builder of the body of an SVG file.
#[derive(Default)]
pub(crate) struct Svg {
    body: String,
}

impl Svg {
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &Stroke) {
        let d = format!(
            "M{} {}L{} {}",
            num(from.0),
            num(from.1),
            num(to.0),
            num(to.1)
        );
        self.path(&d, stroke);
    }

    /// Draws an unfilled path. `d` is SVG path data; an empty path is omitted.
    pub(crate) fn path(&mut self, d: &str, stroke: &Stroke) {
        self.shape(d, "none", stroke);
    }

    /// Draws a filled path.
    pub(crate) fn shape(&mut self, d: &str, fill: &str, stroke: &Stroke) {
        if d.is_empty() {
            return;
        }
        let dashes = match stroke.dashes {
            "" => String::new(),
            dashes => format!(" stroke-dasharray=\"{dashes}\""),
        };
        let (color, width) = (stroke.color, num(stroke.width));
        self.push(format_args!(
            "<path d=\"{d}\" fill=\"{fill}\" stroke=\"{color}\" stroke-width=\"{width}\"{dashes}/>"
        ));
    }

    /// Draws squares of the same size around some points, of one color and partly transparent.
    pub(crate) fn dots(&mut self, points: &[(f64, f64)], side: f64, fill: &str, opacity: f64) {
        let (side, half) = (num(side), side / 2.0);
        let square = |&(x, y): &(f64, f64)| {
            format!(
                "M{} {}h{side}v{side}h-{side}z",
                num(x - half),
                num(y - half)
            )
        };
        let d: String = points.iter().map(square).collect();
        let opacity = num(opacity);
        self.push(format_args!(
            "<path d=\"{d}\" fill=\"{fill}\" fill-opacity=\"{opacity}\"/>"
        ));
    }

    /// Draws a filled, partly transparent area without an outline.
    pub(crate) fn area(&mut self, d: &str, fill: &str, opacity: f64) {
        if d.is_empty() {
            return;
        }
        let opacity = num(opacity);
        self.push(format_args!(
            "<path d=\"{d}\" fill=\"{fill}\" fill-opacity=\"{opacity}\"/>"
        ));
    }

    /// Draws a filled rectangle without an outline.
    pub(crate) fn rectangle(&mut self, frame: &Frame, fill: &str) {
        let Frame { left, top, .. } = *frame;
        let (width, height) = (frame.right - left, frame.bottom - top);
        self.push(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>",
            num(left),
            num(top),
            num(width),
            num(height)
        ));
    }

    /// Draws text of `size` points on the baseline through `at`.
    pub(crate) fn text(&mut self, at: (f64, f64), anchor: Anchor, size: f64, text: &Text) {
        self.push(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" font-size=\"{}\">{}</text>",
            num(at.0),
            num(at.1),
            anchor.name(),
            num(size),
            text.markup()
        ));
    }

    /// Draws upward text with its middle at `at`.
    pub(crate) fn upward_text(&mut self, at: (f64, f64), size: f64, text: &Text) {
        let (x, y) = (num(at.0), num(at.1));
        self.push(format_args!(
            "<text transform=\"translate({x} {y})rotate(-90)\" text-anchor=\"middle\" \
             font-size=\"{}\">{}</text>",
            num(size),
            text.markup()
        ));
    }

    /// Draws a picture that fills a rectangle, without smoothing.
    pub(crate) fn image(&mut self, frame: &Frame, data_uri: &str) {
        let Frame { left, top, .. } = *frame;
        let (width, height) = (frame.right - left, frame.bottom - top);
        self.push(format_args!(
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\" \
             href=\"{data_uri}\"/>",
            num(left),
            num(top),
            num(width),
            num(height)
        ));
    }

    /// Returns the whole file. `height` is in points; `title` describes the figure to screen readers.
    pub(crate) fn finish(self, height: f64, title: &str) -> String {
        let page = Frame {
            left: 0.0,
            right: WIDTH,
            top: 0.0,
            bottom: height,
        };
        let mut paper = Self::default();
        paper.rectangle(&page, "#ffffff");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{MM_WIDTH}mm\" height=\"{}mm\" \
             viewBox=\"0 0 {WIDTH} {}\" role=\"img\" font-family=\"{FONTS}\" fill=\"#000000\" \
             stroke-linejoin=\"round\">\n<title>{}</title>\n{}{}</svg>\n",
            num(height * MM_WIDTH / WIDTH),
            num(height),
            escape(title),
            paper.body,
            self.body
        )
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{element}");
    }
}

/// Returns a length in hundredths of a point, the resolution of the files; 0 if it is not finite.
pub(crate) fn hundredths(length: f64) -> i64 {
    (length * 100.0).round() as i64
}

/// Formats a length with at most two decimals, as short as possible.
pub(crate) fn num(length: f64) -> String {
    hundredths_text(hundredths(length))
}

/// Formats a number of hundredths: `-7` is `-.07`.
pub(crate) fn hundredths_text(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / 100, value.unsigned_abs() % 100);
    let fraction = match part {
        0 => String::new(),
        _ if part.is_multiple_of(10) => format!(".{}", part / 10),
        _ => format!(".{part:02}"),
    };
    let whole = match (whole, part) {
        (0, 1..) => String::new(),
        _ => whole.to_string(),
    };
    format!("{sign}{whole}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_to_two_decimals() {
        for (value, text) in [
            (0.0, "0"),
            (-0.001, "0"),
            (0.5, ".5"),
            (-0.07, "-.07"),
            (12.0, "12"),
            (-12.345, "-12.35"),
            (100.1, "100.1"),
        ] {
            assert_eq!(num(value), text);
        }
        for k in -1234..1234_i64 {
            let back: f64 = hundredths_text(k).parse().unwrap();
            assert!((back - k as f64 / 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn numbers_that_are_not_finite_never_reach_the_file() {
        assert_eq!(num(f64::NAN), "0");
        assert!(!num(f64::INFINITY).contains("inf"));
    }

    #[test]
    fn the_page_is_one_column_wide() {
        let file = Svg::default().finish(WIDTH, "a < b");
        assert!(file.contains("width=\"85mm\" height=\"85mm\""));
        assert!(file.contains("<title>a &lt; b</title>"));
    }
}
