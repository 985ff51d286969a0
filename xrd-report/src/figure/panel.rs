//! Panel: a rectangle with two axes.

use super::axis::{Extent, Scale, Tick, Ticks};
use super::palette::BLACK;
use super::svg::{Anchor, Frame, Stroke, Svg, WIDTH};
use super::text::Text;

/// Size of the numbers on the axes, in points.
pub(crate) const TICK_SIZE: f64 = 6.5;
/// Size of all other text.
pub(crate) const LABEL_SIZE: f64 = 7.5;
/// Height of the numbers and the label below a panel.
pub(crate) const X_AXIS_HEIGHT: f64 = 22.0;

const TICK: f64 = 2.4;
/// Space between the numbers on the left and the baseline of their label.
const LEFT_GAP: f64 = 5.0;
const AXIS: Stroke = Stroke::solid(BLACK, 0.5);

/// Returns the width of ticks, numbers and label left of a panel with this vertical scale.
pub(crate) fn y_axis_width(scale: &Scale, wanted: usize) -> f64 {
    TICK + label_room(&scale.ticks(wanted).major) + LEFT_GAP + LABEL_SIZE
}

/// Quantity of an axis: a name and a unit, which may be empty.
#[derive(Clone, Debug)]
pub(crate) struct Quantity {
    pub(crate) name: Text,
    pub(crate) unit: &'static str,
}

impl Quantity {
    pub(crate) fn new(name: Text, unit: &'static str) -> Self {
        Self { name, unit }
    }

    pub(crate) fn two_theta() -> Self {
        Self::new(Text::two_theta(), "degrees")
    }

    pub(crate) fn intensity() -> Self {
        Self::new(Text::plain("Intensity"), "arb. units")
    }

    /// Returns the label of an axis whose numbers are multiplied by ten to the `exponent`.
    fn label(&self, exponent: i32) -> Text {
        let name = self.name.clone();
        let unit = Text::plain(self.unit);
        match (exponent, self.unit) {
            (0, "") => name,
            (0, _) => name.and(Text::plain(" (")).and(unit).and(Text::plain(")")),
            (_, "") => {
                let factor = Text::power_of_ten(exponent);
                name.and(Text::plain(" ("))
                    .and(factor)
                    .and(Text::plain(")"))
            }
            _ => {
                let factor = Text::power_of_ten(exponent).and(Text::plain(" "));
                let unit = factor.and(unit).and(Text::plain(")"));
                name.and(Text::plain(" (")).and(unit)
            }
        }
    }
}

/// A rectangle with a horizontal and a vertical scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    pub(crate) x: Scale,
    pub(crate) y: Scale,
}

impl Panel {
    /// Returns a panel with linear axes over these ranges of the data.
    pub(crate) fn new(frame: Frame, x: Extent, y: Extent) -> Self {
        Self {
            x: Scale::linear(x, (frame.left, frame.right)),
            y: Scale::linear(y, (frame.bottom, frame.top)),
        }
    }

    pub(crate) fn frame(&self) -> Frame {
        let ((left, right), (bottom, top)) = (self.x.page(), self.y.page());
        Frame {
            left,
            right,
            top,
            bottom,
        }
    }

    /// Returns the position of a data point on the page.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x.at(x), self.y.at(y))
    }

    /// Returns a panel of the same width that reaches `height` points farther down, for ticks of
    /// references below the curves. Its vertical scale has no meaning.
    pub(crate) fn extended_below(&self, height: f64) -> Self {
        let Frame { top, bottom, .. } = self.frame();
        Self {
            x: self.x,
            y: Scale::linear(None, (bottom + height, top)),
        }
    }

    /// Draws the four sides.
    pub(crate) fn draw_box(&self, svg: &mut Svg) {
        let Frame {
            left,
            right,
            top,
            bottom,
        } = self.frame();
        let corners = [
            (left, top),
            (right, top),
            (right, bottom),
            (left, bottom),
            (left, top),
        ];
        svg.path(&super::curve::unthinned_path(&corners), &AXIS);
    }

    /// Draws the ticks at the bottom, with numbers and label if `quantity` is given.
    pub(crate) fn draw_x_axis(&self, svg: &mut Svg, wanted: usize, quantity: Option<&Quantity>) {
        let ticks = self.x.ticks(wanted);
        let bottom = self.frame().bottom;
        for tick in &ticks.major {
            let x = self.x.at(tick.value);
            svg.line((x, bottom), (x, bottom + TICK), &AXIS);
        }
        let Some(quantity) = quantity else { return };
        for tick in ticks.major.iter().step_by(self.label_stride(&ticks)) {
            let at = (self.x.at(tick.value), bottom + TICK + 6.3);
            svg.text(at, Anchor::Middle, TICK_SIZE, &tick.label);
        }
        let middle = (self.frame().left + self.frame().right) / 2.0;
        let label = quantity.label(ticks.exponent);
        svg.text(
            (middle, bottom + TICK + 15.2),
            Anchor::Middle,
            LABEL_SIZE,
            &label,
        );
    }

    /// Returns the interval between labelled ticks, so that labels do not overlap.
    fn label_stride(&self, ticks: &Ticks) -> usize {
        let [first, second, ..] = &ticks.major[..] else {
            return 1;
        };
        let room = (self.x.at(second.value) - self.x.at(first.value)).abs();
        let widest = widest_label(&ticks.major) + 2.0;
        ((widest / room.max(1e-3)).ceil() as usize).max(1)
    }

    /// Draws the ticks, numbers and label on the left.
    pub(crate) fn draw_y_axis(&self, svg: &mut Svg, wanted: usize, quantity: &Quantity) {
        let left = self.frame().left;
        let place = Side {
            axis: left,
            outwards: -1.0,
        };
        self.draw_side(svg, wanted, quantity, place);
    }

    /// Draws the ticks, numbers and label on the right.
    pub(crate) fn draw_right_axis(&self, svg: &mut Svg, wanted: usize, quantity: &Quantity) {
        let right = self.frame().right;
        let place = Side {
            axis: right,
            outwards: 1.0,
        };
        self.draw_side(svg, wanted, quantity, place);
    }

    fn draw_side(&self, svg: &mut Svg, wanted: usize, quantity: &Quantity, side: Side) {
        let ticks = self.y.ticks(wanted);
        for tick in &ticks.major {
            let y = self.y.at(tick.value);
            svg.line((side.axis, y), (side.out(TICK), y), &AXIS);
            let at = (side.out(TICK + 1.6), y + 0.36 * TICK_SIZE);
            svg.text(at, side.anchor(), TICK_SIZE, &tick.label);
        }
        for &value in &ticks.minor {
            let y = self.y.at(value);
            svg.line((side.axis, y), (side.out(0.6 * TICK), y), &AXIS);
        }
        // The letters of upward text lie left of its baseline.
        let gap = if side.outwards < 0.0 { LEFT_GAP } else { 9.0 };
        let x = side.out(TICK + label_room(&ticks.major) + gap);
        let x = x.clamp(0.8 * LABEL_SIZE, WIDTH - 0.3 * LABEL_SIZE);
        let middle = (self.frame().top + self.frame().bottom) / 2.0;
        let label = quantity.label(ticks.exponent);
        svg.upward_text((x, middle), LABEL_SIZE, &label);
    }
}

/// Draws the letter and the title of panel `k`, counted from 0.
pub(crate) fn draw_title(svg: &mut Svg, at: (f64, f64), k: usize, title: &str) {
    let letter = char::from(b'a' + (k % 26) as u8);
    let text = Text::bold(&format!("({letter})")).and(Text::plain(&format!(" {title}")));
    svg.text(at, Anchor::Start, LABEL_SIZE, &text);
}

/// Vertical side of a panel that has an axis.
#[derive(Clone, Copy)]
struct Side {
    axis: f64,
    outwards: f64,
}

impl Side {
    fn out(self, distance: f64) -> f64 {
        self.axis + self.outwards * distance
    }

    fn anchor(self) -> Anchor {
        if self.outwards < 0.0 {
            Anchor::End
        } else {
            Anchor::Start
        }
    }
}

/// Returns the width of the numbers next to an axis. It has a minimum, so that the labels of most panels
/// are aligned.
fn label_room(ticks: &[Tick]) -> f64 {
    widest_label(ticks).max(13.0)
}

fn widest_label(ticks: &[Tick]) -> f64 {
    let widths = ticks.iter().map(|t| t.label.width(TICK_SIZE));
    widths.fold(0.0, f64::max)
}
