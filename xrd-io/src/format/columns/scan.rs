//! Construction of a scan from a group of rows and the information before them.

use super::frames::Frame;
use super::head::Head;
use super::sigma::{filled, goes_otherwise, has_few_values, is_like_noise, is_sigma};
use super::{doubts, eva};
use crate::error::{Place, Result};
use crate::scan::{Draft, Scan, SigmaOrigin};
use crate::source::Source;

impl Head {
    /// The scan of a group of rows. `export` is the information in a Diffrac.EVA line before them.
    pub(super) fn scan(
        &self,
        source: &Source,
        mut frame: Frame,
        export: Option<&eva::Eva>,
    ) -> Result<Scan> {
        let factor = self.axis_factor * self.factors.of_axis();
        if factor != 1.0 {
            frame.axis.iter_mut().for_each(|x| *x *= factor);
        }
        let mut warnings = self.warnings.clone();
        warnings.extend(frame.warnings);
        let kind = self.axis_kind.clone();
        let mut draft = Draft::new(source, kind, frame.axis, frame.intensities);
        (draft.scale.unit, draft.unit_evidence) = self.unit.clone();
        draft.metadata = self.metadata.clone();
        draft.warnings = warnings;
        if let Some(export) = export {
            let wavelength = draft.metadata.radiation.wavelength;
            draft.metadata = export.metadata.clone();
            draft.metadata.radiation.wavelength = wavelength;
            draft.axis_kind = export.axis_kind.clone().unwrap_or(draft.axis_kind);
        }
        if self.wanted.sigma.is_some() {
            self.take_sigma(source, &mut draft, frame.sigma);
        }
        self.assume_axis(source, &mut draft);
        doubts::note(&mut draft, self.axis_is_named || self.says_no_more);
        self.factors.apply(&mut draft);
        self.notes.apply(&mut draft);
        draft.build(source, |_| Place::File)
    }

    fn take_sigma(&self, source: &Source, draft: &mut Draft, sigma: Vec<f64>) {
        let (sigma, missing) = filled(sigma);
        let trusted = self.sigma_is_named || self.notes.has_sigma() || source.has_extension("xye");
        let is_one_number = sigma.windows(2).all(|pair| pair[0] == pair[1]) && !trusted;
        let is_likely = is_like_noise(&draft.intensities, &sigma)
            && !has_few_values(&sigma, &draft.intensities)
            && !goes_otherwise(&draft.intensities, &sigma);
        if is_sigma(&sigma) && (trusted || is_likely) && !is_one_number {
            draft.sigma = Some((sigma, SigmaOrigin::Stated));
            if missing > 0 {
                draft.warn(format!(
                    "{missing} standard deviations are missing: those of the points before are used"
                ));
            }
            return;
        }
        let column = self.wanted.intensity + 2;
        draft.warn(match sigma.first() {
            Some(value) if is_one_number => {
                format!("not used: column {column}, which is {value} in all rows")
            }
            _ => format!("not used: column {column}, which does not look like standard deviations"),
        });
    }
}
