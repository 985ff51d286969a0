//! NumPy archive of patterns on one axis: a zip archive of array files.
//!
//! ```text
//! two_theta.npy     (points)             degrees, increasing; or
//! q.npy             (points)             scattering vector in 1/Å, increasing
//! intensities.npy   (patterns, points)
//! names.npy         u8: UTF-8, one name per line; or an array of texts; optional
//! wavelength.npy    () or (1), Å; optional
//! unit.npy          u8: counts, counts_per_second or arbitrary; optional
//! factor.npy        () or (1): stored = factor · raw; optional
//! preparation.npy   u8: the preparation steps in order, separated by spaces; optional
//! ```
//!
//! If the arrays have other names, the archive must contain exactly one 2-D array and exactly one
//! 1-D array. The 2-D array holds the intensities. The 1-D array is the axis, with one value per
//! column of the 2-D array.
//!
//! Source: `numpy.savez` for the archive. The array names are defined by this crate.

use std::path::Path;

use xrd_core::{Scale, Wavelength};

use super::content::{Content, FormatReader, Matrix};
use super::kind::Format;
use super::npy::{Array, check_axis};
use crate::column_names::unit_from_word;
use crate::error::{Error, Place, Result, shorten};
use crate::notes;
use crate::prepare::Step;
use crate::scan::AxisKind;
use crate::source::Source;

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Npz,
    |source| source.bytes().starts_with(b"PK") && holds_arrays(source),
    read,
);

/// The arrays of an archive, by name.
struct Arrays<'a> {
    path: &'a Path,
    list: Vec<(String, Array)>,
}

fn holds_arrays(source: &Source) -> bool {
    let names = source.archive().map(|archive| archive.names());
    names.is_ok_and(|names| names.iter().any(|n| n.ends_with(".npy")))
}

fn read(source: &Source) -> Result<Content> {
    let arrays = Arrays::read(source)?;
    let (axis_kind, axis, block) = arrays.axis_and_block()?;
    let (count, points) = block.rows_of_patterns(source.path, "intensities")?;
    check_axis(source.path, &axis.values)?;
    if axis.values.len() != points {
        let found = format!(
            "{} angles and {points} intensities per pattern",
            axis.values.len()
        );
        return Err(Error::malformed(
            source.path,
            Place::File,
            found,
            "equal numbers of both",
        ));
    }
    Ok(Content::Matrix(Matrix {
        axis_is_assumed: false,
        axis_kind,
        axis: axis.values.clone(),
        names: arrays.pattern_names(count)?,
        named: arrays.get("names").is_some(),
        intensities: block.intensities(source.path)?,
        scale: arrays.scale(),
        wavelength: arrays.wavelength()?,
        preparation: arrays.preparation(),
        warnings: Vec::new(),
    }))
}

impl<'a> Arrays<'a> {
    fn read(source: &Source<'a>) -> Result<Self> {
        let archive = source.archive()?;
        let mut list = Vec::new();
        for member in archive.names() {
            let Some(name) = member.strip_suffix(".npy") else {
                continue;
            };
            let Some(member) = archive.read(&member)? else {
                continue;
            };
            let array = Array::of_member(&member).map_err(|e| e.at(source.path, &shorten(name)))?;
            list.push((name.to_owned(), array));
        }
        Ok(Self {
            path: source.path,
            list,
        })
    }

    fn get(&self, name: &str) -> Option<&Array> {
        self.list.iter().find(|(n, _)| n == name).map(|(_, a)| a)
    }

    fn axis_and_block(&self) -> Result<(AxisKind, &Array, &Array)> {
        let named = [
            ("two_theta", AxisKind::TwoThetaDeg),
            ("q", AxisKind::QPerAngstrom),
        ];
        for (name, kind) in named {
            if let (Some(axis), Some(block)) = (self.get(name), self.get("intensities")) {
                return Ok((kind, axis, block));
            }
        }
        let of = |dimensions: usize| {
            self.list
                .iter()
                .filter(move |(_, a)| a.shape.len() == dimensions)
        };
        let mut blocks = of(2);
        if let (Some((_, block)), None) = (blocks.next(), blocks.next()) {
            let mut axes = of(1).filter(|(_, a)| a.shape[0] == block.shape[1]);
            if let (Some((_, axis)), None) = (axes.next(), axes.next()) {
                return Ok((AxisKind::TwoThetaDeg, axis, block));
            }
        }
        let names: Vec<String> = self
            .list
            .iter()
            .map(|(n, a)| format!("{n} {:?}", a.shape))
            .collect();
        Err(Error::malformed(
            self.path,
            Place::File,
            format!("holds {}", shorten(&names.join(", "))),
            "two_theta and intensities, or one 1-D and one 2-D array that fit",
        ))
    }

    fn text(&self, name: &str) -> Option<String> {
        let bytes: Vec<u8> = self.get(name)?.values.iter().map(|&v| v as u8).collect();
        String::from_utf8(bytes).ok()
    }

    fn pattern_names(&self, count: usize) -> Result<Vec<String>> {
        if self.get("names").is_none() {
            return Ok(Matrix::numbers(count));
        }
        let text = self.text("names").unwrap_or_default();
        let names: Vec<String> = match count {
            0 => vec![],
            _ => text.split('\n').map(str::to_owned).collect(),
        };
        if names.len() == count {
            return Ok(names);
        }
        let found = format!("names: {} lines of UTF-8", names.len());
        let expected = format!("{count}, one per pattern");
        Err(Error::malformed(self.path, Place::File, found, expected))
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.values.first().copied()
    }

    fn wavelength(&self) -> Result<Option<Wavelength>> {
        let stated = self.number("wavelength").map(Wavelength::angstrom);
        stated.transpose().map_err(|e| Error::invalid(self.path, e))
    }

    fn preparation(&self) -> Vec<Step> {
        let words = self.text("preparation").unwrap_or_default();
        notes::steps(&words).unwrap_or_default()
    }

    fn scale(&self) -> Scale {
        let unit = self.text("unit").and_then(|word| unit_from_word(&word));
        let factor = self.number("factor").filter(|f| f.is_finite() && *f > 0.0);
        Scale {
            unit: unit.unwrap_or(Scale::ARBITRARY.unit),
            factor: factor.unwrap_or(Scale::ARBITRARY.factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use std::io::Cursor;

    use super::*;
    use crate::array::array_file;

    fn doubles(shape: &[usize], values: &[f64]) -> Vec<u8> {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        array_file("<f8", shape, &bytes)
    }

    fn read_arrays(arrays: &[(&str, Vec<u8>)]) -> Result<Matrix> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, array) in arrays {
            archive.start_file(format!("{name}.npy"), deflated).unwrap();
            archive.write_all(array).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        let source = Source::new(Path::new("a.npz"), bytes);
        match crate::format::read(&source)?.1 {
            Content::Matrix(matrix) => Ok(matrix),
            Content::Scans(_) => panic!("read as scans"),
        }
    }

    fn refusal(arrays: &[(&str, Vec<u8>)]) -> String {
        read_arrays(arrays).map(drop).unwrap_err().to_string()
    }

    #[test]
    fn one_axis_and_one_block_under_any_name() {
        let axis = ("q", doubles(&[2], &[10.0, 10.5]));
        let block = ("data", doubles(&[2, 2], &[1.0, 2.0, 3.0, 4.0]));
        let other = ("temperature", doubles(&[3], &[1.0, 2.0, 3.0]));
        let matrix = read_arrays(&[axis.clone(), block.clone(), other]).unwrap();
        assert_eq!(matrix.axis, [10.0, 10.5]);
        assert_eq!(matrix.names, ["1", "2"]);
        assert_eq!(matrix.intensities, [1.0, 2.0, 3.0, 4.0]);
        let rival = ("more", doubles(&[2], &[1.0, 2.0]));
        assert!(refusal(&[axis, block, rival]).contains("two_theta and intensities"));
    }

    #[test]
    fn names_may_be_an_array_of_texts() {
        let axis = ("two_theta", doubles(&[2], &[10.0, 10.5]));
        let block = ("intensities", doubles(&[2, 2], &[1.0, 2.0, 3.0, 4.0]));
        let names = ("names", array_file("|S3", &[2], b"a\0\0b 2"));
        let matrix = read_arrays(&[axis.clone(), block.clone(), names]).unwrap();
        assert_eq!(matrix.names, ["a", "b 2"]);
        let too_few = ("names", array_file("|S3", &[1], b"a\0\0"));
        assert!(refusal(&[axis, block, too_few]).contains("1 lines"));
    }

    #[test]
    fn refusals_say_what_does_not_fit() {
        let axis = |values: &[f64]| ("two_theta", doubles(&[values.len()], values));
        let block = |values: &[f64]| ("intensities", doubles(&[1, values.len()], values));
        let good = (axis(&[10.0, 10.5]), block(&[1.0, 2.0]));
        assert!(refusal(&[axis(&[10.0, 9.0]), good.1.clone()]).contains("increasing"));
        assert!(refusal(&[axis(&[10.0]), good.1.clone()]).contains("at least 2"));
        assert!(refusal(&[axis(&[1.0, 2.0, 3.0]), good.1.clone()]).contains("3 angles and 2"));
        let message = refusal(&[good.0.clone(), block(&[1.0, f64::NAN])]);
        assert!(message.contains("intensity 1 of row 0 is NaN"), "{message}");
        let names = ("names", array_file("|u1", &[3], b"a\nb"));
        let message = refusal(&[good.0.clone(), good.1.clone(), names]);
        assert!(message.contains("names: 2 lines"), "{message}");
        let wavelength = ("wavelength", doubles(&[], &[0.0]));
        assert!(refusal(&[good.0, good.1, wavelength]).contains("wavelength is 0"));
        let broken = ("two_theta", b"\x93NUMPY".to_vec());
        assert!(refusal(&[broken]).contains("two_theta: the header is cut off"));
    }
}
