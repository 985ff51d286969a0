//! Preparation steps, which can be written as text and parsed from text.

use std::fmt;
use std::str::FromStr;

use xrd_core::{TwoThetaGrid, Wavelength};

use super::{Combine, Doublet};
use crate::error::{Error, Result};

/// Preparation step that [`Scan::prepare`](crate::Scan::prepare) applies to a scan.
///
/// A step can be written as text, such as `snip:1`, and parsed from this text. The program `xrd`
/// uses the same text in its options and files.
///
/// # Example
/// ```
/// use xrd_io::prepare::Step;
/// let step: Step = "smooth:11,3".parse()?;
/// assert_eq!(step, Step::Smooth { window: 11, degree: 3 });
/// assert_eq!(step.to_string(), "smooth:11,3");
/// # Ok::<(), xrd_io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
#[non_exhaustive]
pub enum Step {
    /// `despike:THRESHOLD`: replaces each spike with the mean of its neighbours; see
    /// [`spikes`](fn@super::spikes). The default threshold is 8.
    Despike {
        /// The threshold in units of the spread of the surroundings.
        threshold: f64,
    },
    /// `zero-shift:DEG`: adds a constant to every 2θ value.
    ZeroShift {
        /// The shift in degrees.
        deg: f64,
    },
    /// `strip-ka2`: removes the Kα2 part; see [`strip_ka2`](fn@super::strip_ka2). Without
    /// arguments, the wavelengths and the ratio stated in the file are used. `strip-ka2:Å,Å,RATIO`
    /// states the wavelengths of Kα1 and Kα2 and their intensity ratio.
    StripKa2(Option<Doublet>),
    /// `smooth:WINDOW,DEGREE`: smooths the intensities; see
    /// [`savitzky_golay`](fn@super::savitzky_golay).
    Smooth {
        /// The window in points, an odd number.
        window: usize,
        /// The degree of the polynomial, smaller than `window`.
        degree: usize,
    },
    /// `snip:HALF_WIDTH`: subtracts the background calculated by [`snip`](fn@super::snip). The half
    /// width is in units of the axis; its default is 1.
    Snip {
        /// Half the width of the widest clipping window, in units of the axis.
        half_width: f64,
    },
    /// `arpls:LAMBDA`: subtracts the background calculated by [`arpls`](fn@super::arpls). The
    /// default is 100000.
    ArPls {
        /// The stiffness λ of the background.
        lambda: f64,
    },
    /// `to-wavelength:Å`: converts the axis to 2θ at the given wavelength. The axis of the scan may
    /// be 2θ at another wavelength, Q or d. Points that cannot be reached at the given wavelength
    /// are dropped. The intensities do not change: they are corrected neither for the
    /// Lorentz-polarisation factor nor for the new spacing of the points.
    ToWavelength(Wavelength),
    /// `rebin:WIDTH:mean` or `rebin:WIDTH:sum`: combines points in bins of equal width; see
    /// [`rebin`](fn@super::rebin). The mean and the sum differ for counts only: rates and arbitrary
    /// units are always averaged. `rebin:WIDTH` is read as `rebin:WIDTH:sum`, its meaning in files
    /// that were written before there was a choice.
    Rebin {
        /// The bin width in units of the axis.
        width: f64,
        /// The rule for counts.
        counts: Combine,
    },
    /// `resample:FROM:TO:STEP`: interpolates linearly onto this 2θ grid. Points are skipped, not
    /// combined, where they are closer than the grid.
    Resample(TwoThetaGrid),
    /// `crop:FROM:TO`: keeps the points in a range of the axis, including both ends.
    Crop {
        /// The lower end.
        from: f64,
        /// The upper end.
        to: f64,
    },
    /// `sqrt`: replaces the intensities by their square roots; negative intensities become 0. The
    /// noise of counts is then about the same at all points, and weak lines get more weight. The
    /// unit becomes arbitrary.
    SquareRoot,
    /// `scale:FACTOR`: multiplies every intensity by a factor and records the factor in the scale
    /// of the scan.
    Scale {
        /// The factor, greater than 0.
        factor: f64,
    },
    /// `scale:max`: divides all intensities by the largest intensity. The unit becomes arbitrary.
    ScaleToMaximum,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Despike { threshold } => write!(f, "despike:{threshold}"),
            Self::ZeroShift { deg } => write!(f, "zero-shift:{deg}"),
            Self::StripKa2(None) => f.write_str("strip-ka2"),
            Self::StripKa2(Some(Doublet { ka1, ka2, ratio })) => {
                let [ka1, ka2] = [ka1, ka2].map(|w| w.as_angstrom());
                write!(f, "strip-ka2:{ka1},{ka2},{ratio}")
            }
            Self::Smooth { window, degree } => write!(f, "smooth:{window},{degree}"),
            Self::Snip { half_width } => write!(f, "snip:{half_width}"),
            Self::ArPls { lambda } => write!(f, "arpls:{lambda}"),
            Self::ToWavelength(wavelength) => {
                write!(f, "to-wavelength:{}", wavelength.as_angstrom())
            }
            Self::Rebin { width, counts } => {
                let rule = match counts {
                    Combine::Sum => "sum",
                    Combine::Mean => "mean",
                };
                write!(f, "rebin:{width}:{rule}")
            }
            Self::Resample(grid) => {
                // Without rounding, the text would contain values such as 79.98000000000002.
                let last = (grid.last() * 1e9).round() / 1e9;
                write!(f, "resample:{}:{last}:{}", grid.start(), grid.step())
            }
            Self::Crop { from, to } => write!(f, "crop:{from}:{to}"),
            Self::SquareRoot => f.write_str("sqrt"),
            Self::Scale { factor } => write!(f, "scale:{factor}"),
            Self::ScaleToMaximum => f.write_str("scale:max"),
        }
    }
}

impl FromStr for Step {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (word, rest) = match text.split_once(':') {
            Some((word, rest)) => (word, Some(rest)),
            None => (text, None),
        };
        let arguments = Arguments { text, rest };
        match word {
            "despike" => arguments.number_or(8.0, "a threshold over 0", positive)
                .map(|threshold| Self::Despike { threshold }),
            "zero-shift" => arguments.number("degrees", |_| true).map(|deg| Self::ZeroShift { deg }),
            "strip-ka2" => arguments.doublet().map(Self::StripKa2),
            "smooth" => arguments.smooth(),
            "snip" => arguments.number_or(1.0, "a half width over 0", positive)
                .map(|half_width| Self::Snip { half_width }),
            "arpls" => arguments.number_or(1e5, "a stiffness over 0, at most 1e12", is_stiffness)
                .map(|lambda| Self::ArPls { lambda }),
            "to-wavelength" => arguments.wavelength().map(Self::ToWavelength),
            "rebin" => arguments.rebin(),
            "resample" => arguments.grid(),
            "crop" => arguments.range(),
            "sqrt" if rest.is_none() => Ok(Self::SquareRoot),
            "scale" if rest == Some("max") => Ok(Self::ScaleToMaximum),
            "scale" => arguments.number("a factor over 0, or max", positive)
                .map(|factor| Self::Scale { factor }),
            _ => Err(arguments.refuse(
                "despike, zero-shift, strip-ka2, smooth, snip, arpls, to-wavelength, rebin, resample, crop, sqrt or scale",
            )),
        }
    }
}

fn positive(value: f64) -> bool {
    value > 0.0
}

/// Whether a stiffness λ is allowed. Above 1e12, rounding errors are as large as the background.
fn is_stiffness(value: f64) -> bool {
    value > 0.0 && value <= 1e12
}

/// The text after the name of a step.
struct Arguments<'a> {
    text: &'a str,
    rest: Option<&'a str>,
}

impl Arguments<'_> {
    fn refuse(&self, expected: &'static str) -> Error {
        Error::NotAStep {
            found: crate::error::shorten(self.text),
            expected,
        }
    }

    fn number(&self, expected: &'static str, valid: impl Fn(f64) -> bool) -> Result<f64> {
        let number = self.rest.and_then(finite).filter(|v| valid(*v));
        number.ok_or_else(|| self.refuse(expected))
    }

    fn number_or(
        &self,
        default: f64,
        expected: &'static str,
        valid: impl Fn(f64) -> bool,
    ) -> Result<f64> {
        match self.rest {
            None => Ok(default),
            Some(_) => self.number(expected, valid),
        }
    }

    fn wavelength(&self) -> Result<Wavelength> {
        let wavelength = self
            .rest
            .and_then(finite)
            .and_then(|v| Wavelength::angstrom(v).ok());
        wavelength.ok_or_else(|| self.refuse("a wavelength in angstrom"))
    }

    fn doublet(&self) -> Result<Option<Doublet>> {
        let Some(rest) = self.rest else {
            return Ok(None);
        };
        let numbers: Option<Vec<f64>> = rest.split(',').map(finite).collect();
        let doublet = match numbers.as_deref() {
            Some(&[ka1, ka2, ratio]) => doublet(ka1, ka2, ratio),
            _ => None,
        };
        let expected = "wavelengths of K-alpha-1 and the longer K-alpha-2 in angstrom, and a ratio from 0 to 1";
        doublet.map(Some).ok_or_else(|| self.refuse(expected))
    }

    fn smooth(&self) -> Result<Step> {
        let pair = self.rest.and_then(|rest| rest.split_once(','));
        let whole = |text: &str| text.trim().parse::<usize>().ok();
        let fits = |(window, degree): &(usize, usize)| {
            window % 2 == 1 && degree < window && *degree <= 10 && *window <= 100_001
        };
        let found = pair
            .and_then(|(w, d)| Some((whole(w)?, whole(d)?)))
            .filter(fits);
        let (window, degree) = found
            .ok_or_else(|| self.refuse("an odd number of points and a lower degree, at most 10"))?;
        Ok(Step::Smooth { window, degree })
    }

    fn rebin(&self) -> Result<Step> {
        let (width, rule) = match self.rest.and_then(|rest| rest.split_once(':')) {
            Some((width, rule)) => (Some(width), rule),
            None => (self.rest, "sum"),
        };
        let counts = match rule {
            "sum" => Some(Combine::Sum),
            "mean" => Some(Combine::Mean),
            _ => None,
        };
        let width = width.and_then(finite).filter(|width| positive(*width));
        let found = width.zip(counts);
        let (width, counts) =
            found.ok_or_else(|| self.refuse("a width over 0, then :mean or :sum if wanted"))?;
        Ok(Step::Rebin { width, counts })
    }

    fn grid(&self) -> Result<Step> {
        let numbers = self.rest.map(|rest| rest.split(':').map(finite).collect());
        let numbers: Option<Vec<f64>> = numbers.unwrap_or_default();
        let grid = match numbers.as_deref() {
            Some(&[from, to, step]) if step > 0.0 && to >= from + step => {
                let steps = ((to - from) / step + 1e-3).floor();
                (steps < 1e9).then(|| TwoThetaGrid::new(from, step, steps as usize + 1))
            }
            _ => None,
        };
        let grid = grid.and_then(std::result::Result::ok);
        let expected = "FROM:TO:STEP in degrees, at least one step, from -180 to 180";
        grid.map(Step::Resample)
            .ok_or_else(|| self.refuse(expected))
    }

    fn range(&self) -> Result<Step> {
        let pair = self.rest.and_then(|rest| rest.split_once(':'));
        let ends = pair.and_then(|(a, b)| Some((finite(a)?, finite(b)?)));
        let (from, to) = ends
            .filter(|(from, to)| from < to)
            .ok_or_else(|| self.refuse("FROM:TO, the lower end first"))?;
        Ok(Step::Crop { from, to })
    }
}

fn doublet(ka1: f64, ka2: f64, ratio: f64) -> Option<Doublet> {
    let [ka1, ka2] = [ka1, ka2].map(Wavelength::angstrom);
    Doublet::new(ka1.ok()?, ka2.ok()?, ratio).ok()
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps() -> impl Strategy<Value = Step> {
        let number = || prop_oneof![-1e6..1e6f64, Just(0.1), -1e-6..1e-6f64];
        let over_0 = || prop_oneof![1e-9..1e6f64, Just(0.1)];
        let wavelength = || (0.1..5.0f64).prop_map(|v| Wavelength::angstrom(v).unwrap());
        let pair = (0.1..2.0f64, 0.0..0.1f64, 0.0..=1.0f64)
            .prop_map(|(ka1, more, ratio)| super::doublet(ka1, ka1 + more + 1e-6, ratio));
        prop_oneof![
            over_0().prop_map(|threshold| Step::Despike { threshold }),
            number().prop_map(|deg| Step::ZeroShift { deg }),
            pair.prop_map(Step::StripKa2),
            Just(Step::StripKa2(None)),
            (0usize..50, 0usize..5).prop_map(|(half, degree)| Step::Smooth {
                window: 2 * (half + degree) + 1,
                degree
            }),
            over_0().prop_map(|half_width| Step::Snip { half_width }),
            over_0().prop_map(|lambda| Step::ArPls { lambda }),
            wavelength().prop_map(Step::ToWavelength),
            (
                over_0(),
                prop_oneof![Just(Combine::Sum), Just(Combine::Mean)]
            )
                .prop_map(|(width, counts)| Step::Rebin { width, counts }),
            (-170.0..100.0f64, 0.01..0.1f64, 2usize..700).prop_map(|(from, step, len)| {
                Step::Resample(TwoThetaGrid::new(from, step, len).unwrap())
            }),
            (number(), over_0()).prop_map(|(from, more)| Step::Crop {
                from,
                to: from + more
            }),
            over_0().prop_map(|factor| Step::Scale { factor }),
            Just(Step::ScaleToMaximum),
            Just(Step::SquareRoot),
        ]
    }

    proptest! {
        #[test]
        fn its_text_gives_the_step_back(step in steps()) {
            prop_assert_eq!(step.to_string().parse::<Step>().unwrap(), step);
        }

        #[test]
        fn no_text_panics(text in "(despike|smooth|crop|snip|strip-ka2|scale)?:?[0-9a-z:,.+-]{0,12}") {
            let _ = text.parse::<Step>();
        }
    }

    #[test]
    fn bins_without_a_rule_are_those_of_older_files() {
        let step = |text: &str| text.parse::<Step>().unwrap();
        assert_eq!(step("rebin:0.02"), step("rebin:0.02:sum"));
        assert_ne!(step("rebin:0.02"), step("rebin:0.02:mean"));
    }

    #[test]
    fn defaults_and_refusals() {
        assert_eq!(
            "despike".parse::<Step>().unwrap(),
            Step::Despike { threshold: 8.0 }
        );
        assert_eq!(
            "snip".parse::<Step>().unwrap(),
            Step::Snip { half_width: 1.0 }
        );
        assert_eq!(
            "arpls".parse::<Step>().unwrap(),
            Step::ArPls { lambda: 1e5 }
        );
        for text in [
            "",
            "snipp",
            "snip:",
            "snip:0",
            "snip:nan",
            "arpls:-1",
            "arpls:1e13",
            "smooth:4,2",
            "smooth:5,5",
            "smooth:5",
            "smooth:99999999999,2",
            "crop:3:1",
            "crop:3",
            "crop:a:b",
            "rebin",
            "rebin:0",
            "rebin:inf",
            "resample:10:80",
            "resample:10:80:0",
            "resample:80:10:0.02",
            "resample:10:200:0.02",
            "resample:10:80:1e-300",
            "rebin:0.1:max",
            "rebin::sum",
            "scale",
            "scale:0",
            "scale:min",
            "zero-shift",
            "to-wavelength:0",
            "to-wavelength:8047",
            "strip-ka2:1.5",
            "strip-ka2:1.54,1.53,0.5",
            "strip-ka2:1.54,1.55,2",
            "despike:0",
        ] {
            let message = text.parse::<Step>().unwrap_err().to_string();
            assert!(
                message.starts_with(&format!("'{text}' is not a step of preparation (expected ")),
                "{message}"
            );
        }
    }
}
