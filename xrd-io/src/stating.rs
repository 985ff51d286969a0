//! The axis and the wavelength that the caller states for files that do not.

use std::path::Path;

use crate::error::{Error, Result};
use crate::format::{Content, Format};
use crate::options::ReadOptions;
use crate::scan::{AxisKind, Scan};

/// Adds the axis and the wavelength of the options to the content of a file.
///
/// # Errors
/// [`Error::OtherAxis`] if the file states another axis.
pub(crate) fn complete(
    path: &Path,
    format: Format,
    content: &mut Content,
    options: &ReadOptions,
) -> Result<()> {
    match content {
        Content::Scans(scans) => scans
            .iter_mut()
            .try_for_each(|scan| complete_scan(path, format, scan, options)),
        Content::Matrix(matrix) => {
            let found = (&matrix.axis_kind, matrix.axis_is_assumed);
            if let Some(given) = axis_for(path, format, found, options)? {
                matrix.set_axis_kind(given);
            }
            matrix.wavelength = matrix.wavelength.or(options.wavelength);
            Ok(())
        }
    }
}

fn complete_scan(
    path: &Path,
    format: Format,
    scan: &mut Scan,
    options: &ReadOptions,
) -> Result<()> {
    let found = (scan.axis_kind(), scan.axis_is_assumed());
    if let Some(given) = axis_for(path, format, found, options)? {
        scan.set_axis_kind(given);
    }
    let Some(given) = options.wavelength else {
        return Ok(());
    };
    match scan.wavelength() {
        None => scan.set_wavelength(given),
        Some(own) if !own.same_as(given) && !scan.axis_kind().is_over_spacings() => {
            scan.warn(&format!(
                "the file states {own}, which is used, not {given}"
            ));
        }
        Some(_) => {}
    }
    Ok(())
}

/// The axis to use instead of the one found, if any. The flag says whether the one found is assumed.
fn axis_for(
    path: &Path,
    format: Format,
    (found, is_assumed): (&AxisKind, bool),
    options: &ReadOptions,
) -> Result<Option<AxisKind>> {
    match &options.axis_kind {
        Some(given) if is_assumed => Ok(Some(given.clone())),
        Some(given) if given == found => Ok(None),
        Some(given) if may_be_unsaid(format, found) => Ok(Some(given.clone())),
        Some(given) => Err(Error::OtherAxis {
            path: path.to_owned(),
            axis: found.to_string().into(),
            given: given.to_string().into(),
        }),
        None => Ok(None),
    }
}

/// Whether a file of this format may have this axis only because it states none.
fn may_be_unsaid(format: Format, found: &AxisKind) -> bool {
    let of_columns = [
        Format::Npy,
        Format::Npz,
        Format::ExcelWorkbook,
        Format::ChiPlot,
        Format::StartStepEnd,
        Format::ColumnsWithGaps,
        Format::ScansSideBySide,
        Format::WrappedRows,
        Format::Matrix,
        Format::Columns,
    ];
    let is_assumed = *found == AxisKind::TwoThetaDeg || *found == AxisKind::other("x", "");
    is_assumed && of_columns.contains(&format)
}
