//! Optional heading of FullProf columns (`INSTRM 10`).
//!
//! ```text
//! XYDATA
//! INTER   10.0  1.0  0  0.0       factors of the axis and of the intensities, then interpolation
//! TEMP  300.0                     any other lines; comments after !
//! ```
//!
//! Source: FullProf manual (2001), "Format of data files".

use crate::scan::Draft;
use crate::table::Line;

/// The factors for axis and intensities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Factors(Option<(f64, f64)>);

impl Factors {
    /// The factors stated in a heading. A factor of 1 is ignored.
    pub(super) fn of(headings: &[Line]) -> Self {
        let starts = |line: &Line, word: &str| {
            let start = line.text.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let mut lines = headings.iter();
        if !lines.next().is_some_and(|line| starts(line, "XYDATA")) {
            return Self(None);
        }
        let stated = lines.find(|line| starts(line, "INTER")).and_then(|line| {
            let mut words = line.text.split_whitespace().skip(1);
            let mut factor = || {
                let value = words.next()?.parse().ok();
                value.filter(|f: &f64| f.is_finite() && *f > 0.0)
            };
            Some((factor()?, factor()?))
        });
        Self(stated.filter(|factors| *factors != (1.0, 1.0)))
    }

    /// The factor for the axis.
    pub(super) fn of_axis(self) -> f64 {
        self.0.map_or(1.0, |(x, _)| x)
    }

    /// Multiplies the intensities, and adds a warning about both factors.
    pub(super) fn apply(self, draft: &mut Draft) {
        let Some((x, y)) = self.0 else {
            return;
        };
        draft.intensities.iter_mut().for_each(|v| *v *= y);
        if let Some((sigma, _)) = &mut draft.sigma {
            sigma.iter_mut().for_each(|v| *v *= y);
        }
        draft.warn(format!(
            "INTER multiplies the axis by {x} and the intensities by {y}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_other_than_one() {
        let of = |texts: &[&'static str]| {
            let line = |(i, text): (usize, &&'static str)| Line {
                number: i + 1,
                text,
            };
            Factors::of(&texts.iter().enumerate().map(line).collect::<Vec<_>>())
        };
        assert_eq!(
            of(&["XYDATA", "INTER 10.0 1 0 0.0"]),
            Factors(Some((10.0, 1.0)))
        );
        assert_eq!(
            of(&["xydata", "a", "Inter 1 2 0"]),
            Factors(Some((1.0, 2.0)))
        );
        for none in [
            &["XYDATA", "INTER 1.0 1.0 0 0.0"][..],
            &["a", "INTER 10 1"],
            &["XYDATA", "INTER 0 1"],
            &[],
        ] {
            assert_eq!(of(none), Factors(None), "{none:?}");
        }
    }
}
