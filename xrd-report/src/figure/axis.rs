//! Scales from data to the page, and their ticks.

use super::text::Text;

/// A tick of an axis with its label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) label: Text,
}

/// Ticks of one axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) major: Vec<Tick>,
    /// Ticks without labels.
    pub(crate) minor: Vec<f64>,
    /// Exponent of the power of ten that multiplies the labels; 0 for none.
    pub(crate) exponent: i32,
}

/// Linear or logarithmic map from data values to one coordinate of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
}

/// Smallest and largest value of data; `None` without data.
pub(crate) type Extent = Option<(f64, f64)>;

/// Returns the smallest and the largest finite value, if there is one.
pub(crate) fn extent(values: impl IntoIterator<Item = f64>) -> Extent {
    // The limit is far beyond any measurement and keeps differences of two values finite.
    let usable = values.into_iter().filter(|v| v.abs() < 1e300);
    usable.fold(None, |range, v| match range {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

/// Widens a range by these fractions of its size below and above.
pub(crate) fn padded(range: (f64, f64), below: f64, above: f64) -> (f64, f64) {
    let size = range.1 - range.0;
    (range.0 - below * size, range.1 + above * size)
}

/// Extends a range to zero if it starts near zero.
pub(crate) fn from_zero_if_near((low, high): (f64, f64)) -> (f64, f64) {
    let near = (0.0..0.05 * high).contains(&low);
    (if near { 0.0 } else { low }, high)
}

impl Scale {
    /// Returns a linear scale from `data` to `page`. Without data it shows 0 to 1. A range of less than a
    /// thousandth of its values is widened, because its ticks would hardly differ.
    pub(crate) fn linear(data: Extent, page: (f64, f64)) -> Self {
        let (low, high) = data.unwrap_or((0.0, 1.0));
        let least = 1e-3 * low.abs().max(high.abs());
        let (low, high) = match high - low {
            size if size > least && size > 1e-290 => (low, high),
            _ if least < 1e-290 => (low - 0.5, high + 0.5),
            _ => (low - 0.1 * low.abs(), high + 0.1 * high.abs()),
        };
        Self {
            low,
            high,
            from: page.0,
            to: page.1,
            logarithmic: false,
        }
    }

    /// Returns a logarithmic scale of positive `data`. Without data it shows 0.1 to 10.
    pub(crate) fn logarithmic(data: Extent, page: (f64, f64)) -> Self {
        let (low, high) = data.filter(|d| d.0 > 1e-290).unwrap_or((0.1, 10.0));
        let room = if high / low > 1.01 { 1.0 } else { 2.0 };
        Self {
            low: low / room,
            high: high * room,
            from: page.0,
            to: page.1,
            logarithmic: true,
        }
    }

    /// Returns the position of a value on the page.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + share * (self.to - self.from)
    }

    /// Returns whether a value lies on the axis.
    pub(crate) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    pub(crate) fn low(&self) -> f64 {
        self.low
    }

    pub(crate) fn high(&self) -> f64 {
        self.high
    }

    /// Returns the first and the last coordinate on the page.
    pub(crate) fn page(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// Returns three to nine ticks, about `count`, with steps of 1, 2 or 5 times a power of ten.
    pub(crate) fn ticks(&self, count: usize) -> Ticks {
        if self.logarithmic {
            return logarithmic_ticks(self.low, self.high);
        }
        linear_ticks(self.low, self.high, count)
    }
}

/// A step of `digit` times ten to the `power`, and its multiples in the range.
struct Steps {
    digit: i64,
    power: i32,
    first: i64,
    last: i64,
}

impl Steps {
    fn new(low: f64, high: f64, digit: i64, power: i32) -> Self {
        let step = scaled(digit as f64, power);
        // Ends that miss a multiple by a rounding error count as that multiple.
        let slack = 1e-9 * (high - low) / step;
        Self {
            digit,
            power,
            first: (low / step - slack).ceil() as i64,
            last: (high / step + slack).floor() as i64,
        }
    }

    fn count(&self) -> i64 {
        self.last - self.first + 1
    }
}

/// Returns the step with three to nine multiples in the range whose number is nearest to `count`.
///
/// Such a step always exists. The largest step with at least three multiples has at most eight, since
/// the next larger step is at most 2.5 times as large and has at most two.
fn nice_steps(low: f64, high: f64, count: usize) -> Steps {
    let size = (high - low).log10().floor() as i32;
    let powers = (size - 2..=size + 1).rev();
    powers
        .flat_map(|power| [5, 2, 1].map(|digit| Steps::new(low, high, digit, power)))
        .filter(|steps| (3..=9).contains(&steps.count()))
        .min_by_key(|steps| steps.count().abs_diff(count as i64))
        .unwrap_or(Steps::new(low, high, 1, size))
}

fn linear_ticks(low: f64, high: f64, count: usize) -> Ticks {
    let steps = nice_steps(low, high, count);
    let values: Vec<f64> = (steps.first..=steps.last)
        .map(|k| scaled((k * steps.digit) as f64, steps.power))
        .collect();
    let exponent = common_exponent(&values);
    let decimals = (exponent - steps.power).max(0) as usize;
    let label = |v: f64| Text::number(&format!("{:.decimals$}", scaled(v, -exponent)));
    Ticks {
        major: values
            .into_iter()
            .map(|value| Tick {
                value,
                label: label(value),
            })
            .collect(),
        minor: Vec::new(),
        exponent,
    }
}

/// Returns the power of ten to factor out of all labels; 0 if they are readable without.
fn common_exponent(values: &[f64]) -> i32 {
    let greatest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if greatest == 0.0 {
        return 0;
    }
    match (greatest * (1.0 + 1e-9)).log10().floor() as i32 {
        -1..=3 => 0,
        exponent => exponent,
    }
}

/// Returns powers of ten if there are three of them, else 1-2-5 multiples, else linear ticks.
fn logarithmic_ticks(low: f64, high: f64) -> Ticks {
    let powers = ((low.log10() - 1e-9).ceil() as i32)..=((high.log10() + 1e-9).floor() as i32);
    let decades = powers.clone().count();
    let mut ticks = if decades >= 3 {
        let stride = decades.div_ceil(9);
        let major = powers.step_by(stride).map(decade_tick).collect();
        unscaled_ticks(major)
    } else {
        let major = multiples(low, high, &[1, 2, 5]).map(|(digit, power)| Tick {
            value: scaled(digit as f64, power),
            label: multiple_label(digit, power),
        });
        unscaled_ticks(major.collect())
    };
    if ticks.major.len() < 3 {
        ticks = linear_ticks(low, high, 5);
    }
    if decades <= 9 {
        let minor = multiples(low, high, &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        ticks.minor = minor.map(|(d, power)| scaled(d as f64, power)).collect();
    }
    ticks
}

fn unscaled_ticks(major: Vec<Tick>) -> Ticks {
    Ticks {
        major,
        minor: Vec::new(),
        exponent: 0,
    }
}

fn decade_tick(power: i32) -> Tick {
    Tick {
        value: scaled(1.0, power),
        label: Text::power_of_ten(power),
    }
}

fn multiple_label(digit: i64, power: i32) -> Text {
    match (digit, power) {
        (_, -3..=3) => Text::plain(&scaled(digit as f64, power).to_string()),
        (1, _) => Text::power_of_ten(power),
        _ => Text::plain(&format!("{digit}×")).and(Text::power_of_ten(power)),
    }
}

/// Returns all products of a digit and a power of ten in the range, ascending.
fn multiples(low: f64, high: f64, digits: &[i64]) -> impl Iterator<Item = (i64, i32)> {
    let powers = (low.log10().floor() as i32)..=(high.log10().floor() as i32);
    let inside = low * (1.0 - 1e-9)..=high * (1.0 + 1e-9);
    powers
        .flat_map(move |power| digits.iter().map(move |&digit| (digit, power)))
        .filter(move |&(digit, power)| inside.contains(&scaled(digit as f64, power)))
}

/// Returns `value` times ten to the `power`, rounded as little as possible.
fn scaled(value: f64, power: i32) -> f64 {
    match power {
        0.. => value * 10_f64.powi(power),
        _ => value / 10_f64.powi(-power),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::check::Lcg;

    /// Returns the digit of a step, which must be a digit times a power of ten.
    fn digit(step: f64) -> f64 {
        step / 10_f64.powf((step * 1.0001).log10().floor())
    }

    fn values(ticks: &Ticks) -> Vec<f64> {
        ticks.major.iter().map(|t| t.value).collect()
    }

    #[test]
    fn linear_ticks_cover_the_range_in_nice_steps() {
        let mut random = Lcg::new(1);
        for k in 0..20_000 {
            let size = 10_f64.powf(random.between(-12.0, 12.0));
            let low = size * random.between(-50.0, 50.0);
            let scale = Scale::linear(Some((low, low + size)), (0.0, 100.0));
            let count = 3 + k % 6;
            let v = values(&scale.ticks(count));
            assert!(
                (3..=9).contains(&v.len()),
                "{} from {low} + {size}",
                v.len()
            );
            let step = v[1] - v[0];
            let slack = 1e-6 * step;
            assert!(
                [1.0, 2.0, 5.0]
                    .iter()
                    .any(|d| (digit(step) - d).abs() < 1e-2)
            );
            assert!(v[0] >= low - slack && v[0] - step < low + slack);
            let last = v[v.len() - 1];
            assert!(last <= low + size + slack && last + step > low + size - slack);
            assert!(v.windows(2).all(|p| (p[1] - p[0] - step).abs() < slack));
        }
    }

    #[test]
    fn tick_labels_are_distinct_and_say_the_value() {
        let mut random = Lcg::new(2);
        for _ in 0..2_000 {
            let size = 10_f64.powf(random.between(-8.0, 8.0));
            let low = size * random.between(-5.0, 5.0);
            let ticks = Scale::linear(Some((low, low + size)), (0.0, 100.0)).ticks(5);
            for tick in &ticks.major {
                let text = tick.label.markup().replace('\u{2212}', "-");
                let shown: f64 = text.parse().unwrap();
                let value = scaled(shown, ticks.exponent);
                assert!((value - tick.value).abs() < 1e-3 * size, "{text}");
            }
        }
    }

    #[test]
    fn logarithmic_ticks_are_three_to_nine() {
        let mut random = Lcg::new(3);
        for _ in 0..20_000 {
            let low = 10_f64.powf(random.between(-12.0, 6.0));
            let high = low * 10_f64.powf(random.between(0.01, 20.0));
            let scale = Scale::logarithmic(Some((low, high)), (0.0, 100.0));
            let ticks = scale.ticks(5);
            let v = values(&ticks);
            assert!((3..=9).contains(&v.len()), "{} in {low}..{high}", v.len());
            for value in v.iter().chain(&ticks.minor) {
                let place = scale.at(*value);
                assert!((-1e-6..=100.0 + 1e-6).contains(&place), "{place}");
            }
        }
    }

    #[test]
    fn a_scale_takes_the_ends_of_the_data_to_the_ends_of_the_page() {
        let linear = Scale::linear(Some((-2.0, 6.0)), (100.0, 20.0));
        assert_eq!(
            (linear.at(-2.0), linear.at(2.0), linear.at(6.0)),
            (100.0, 60.0, 20.0)
        );
        let log = Scale::logarithmic(Some((0.01, 100.0)), (0.0, 4.0));
        assert!((log.at(1.0) - 2.0).abs() < 1e-12);
        assert!(linear.contains(6.0) && !linear.contains(6.1) && !linear.contains(f64::NAN));
    }

    #[test]
    fn poor_data_still_has_a_scale() {
        let nothing = extent([f64::NAN, f64::INFINITY]);
        assert_eq!(nothing, None);
        for data in [
            None,
            Some((0.0, 0.0)),
            Some((5.0, 5.0)),
            Some((-1e299, 1e299)),
        ] {
            for scale in [
                Scale::linear(data, (0.0, 10.0)),
                Scale::logarithmic(data, (0.0, 10.0)),
            ] {
                let ticks = values(&scale.ticks(5));
                assert!(ticks.len() >= 3, "{data:?} {ticks:?}");
                assert!(ticks.iter().all(|&v| scale.at(v).is_finite()));
            }
        }
    }

    #[test]
    fn labels_of_large_and_small_values_share_a_power_of_ten() {
        let ticks = Scale::linear(Some((0.0, 3e-4)), (0.0, 1.0)).ticks(4);
        assert_eq!(ticks.exponent, -4);
        assert_eq!(ticks.major[1].label, Text::plain("1"));
        assert_eq!(
            Scale::linear(Some((0.0, 9_000.0)), (0.0, 1.0))
                .ticks(4)
                .exponent,
            0
        );
    }
}
