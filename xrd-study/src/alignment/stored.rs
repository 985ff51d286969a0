//! Aligners in the file of a model.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use xrd_ae::{Attachment, Numbers};

use super::basis::Basis;
use super::search::Offset;
use super::{PatternAligner, ShiftLimit};
use crate::error::{Error, Result};

#[derive(Serialize, Deserialize)]
struct About {
    limit: Option<ShiftLimit>,
    errors: [Offset; 2],
}

pub(super) fn to_attachment(aligner: &PatternAligner) -> Attachment {
    let Basis { mean, axes } = &aligner.basis;
    let about = About {
        limit: aligner.limit,
        errors: aligner.errors,
    };
    let text = serde_json::to_string(&about).unwrap_or_default();
    let numbers = |slice: &[f32]| Numbers::F32(slice.to_vec());
    let arrays = vec![
        (
            "mean".to_owned(),
            vec![mean.len()],
            numbers(mean.as_slice()),
        ),
        (
            "axes".to_owned(),
            vec![axes.ncols(), axes.nrows()],
            numbers(axes.as_slice()),
        ),
    ];
    Attachment::new(text, arrays)
}

pub(super) fn from_attachment(attachment: &Attachment) -> Result<PatternAligner> {
    let about: About =
        serde_json::from_str(&attachment.text).map_err(|_| Error::DamagedAlignment)?;
    let array = |wanted: &str| {
        let found = attachment.arrays.iter().find(|(name, ..)| name == wanted);
        match found {
            Some((_, _, Numbers::F32(numbers))) if numbers.iter().all(|v| v.is_finite()) => {
                Ok(numbers)
            }
            _ => Err(Error::DamagedAlignment),
        }
    };
    let (mean, axes) = (array("mean")?, array("axes")?);
    if mean.is_empty() || !axes.len().is_multiple_of(mean.len()) {
        return Err(Error::DamagedAlignment);
    }
    Ok(PatternAligner {
        basis: Basis {
            axes: DMatrix::from_column_slice(mean.len(), axes.len() / mean.len(), axes),
            mean: DVector::from_column_slice(mean),
        },
        limit: about.limit,
        errors: about.errors,
    })
}
