//! NumPy array file without an axis.
//!
//! ```text
//! 0   93 'NUMPY'  major minor          major 1: u16 length follows, 2 and 3: u32
//! 8   length of the header, little-endian
//! 10  {'descr': '<f8', 'fortran_order': False, 'shape': (50, 4501), }   padded, ends with LF
//! …   the numbers, rows first unless fortran_order
//! ```
//!
//! The patterns are the rows of a 2-D array; a 1-D array is a single pattern. The file has no axis,
//! so [`ReadOptions::axis`](crate::ReadOptions::axis) or
//! [`ReadOptions::grid`](crate::ReadOptions::grid) must give it. Memory use is limited by the
//! length of the file, whatever its header claims.
//!
//! Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`.

use std::path::Path;

use xrd_core::Scale;

use super::content::{Content, FormatReader, Matrix};
use super::kind::Format;
use crate::array::MAGIC;
use crate::error::{Error, Place, Result, shorten};
use crate::scan::AxisKind;
#[cfg(feature = "archives")]
use crate::source::Member;
use crate::source::{GivenAxis, Source};

pub(super) const READER: FormatReader = FormatReader::new(
    Format::Npy,
    |source| source.bytes().starts_with(MAGIC),
    read,
);

fn read(source: &Source) -> Result<Content> {
    let array = Array::parse(source.bytes()).map_err(|e| e.at(source.path, ""))?;
    let (count, points) = array.rows_of_patterns(source.path, "")?;
    let axis = given_axis(source.path, &source.given_axis)?;
    if axis.len() != points {
        let expected = format!("{points}, one per column of {}", source.path.display());
        let path = source.given_axis.file.as_deref().unwrap_or(source.path);
        let found = format!("{} angles", axis.len());
        return Err(Error::malformed(path, Place::File, found, expected));
    }
    let intensities = array.intensities(source.path)?;
    Ok(Content::Matrix(Matrix {
        axis_is_assumed: false,
        axis_kind: AxisKind::TwoThetaDeg,
        axis,
        names: Matrix::numbers(count),
        named: false,
        intensities,
        scale: Scale::ARBITRARY,
        wavelength: None,
        preparation: Vec::new(),
        warnings: Vec::new(),
    }))
}

/// Finds the rows of an array file that starts with `head` and contains little-endian `f32`.
/// Returns the offset of the first row, the number of rows, and the number of points.
pub(crate) fn locate_rows(path: &Path, head: &[u8]) -> Result<(usize, usize, usize)> {
    let at = |e: ArrayError| e.at(path, "");
    if !head.starts_with(MAGIC) {
        let found = "a file that does not begin as one";
        return Err(at(ArrayError::new(0, found, "a NumPy array")));
    }
    let header = Header::parse(head).map_err(at)?;
    match (
        header.shape.as_slice(),
        header.number.is_f32(),
        header.fortran_order,
    ) {
        (&[rows, points], true, false) => Ok((header.data_offset, rows, points)),
        _ => {
            let head = String::from_utf8_lossy(&head[10..header.data_offset]);
            let found = format!("the header is {}", shorten(&head));
            let expected = "a matrix '<f4' with one row per pattern (fortran_order False)";
            Err(at(ArrayError::new(10, found, expected)))
        }
    }
}

/// The axis that the caller gives for a file without one.
pub(crate) fn given_axis(path: &Path, given: &GivenAxis) -> Result<Vec<f64>> {
    match (&given.file, &given.grid) {
        (Some(file), _) => read_axis(file),
        (None, Some(grid)) => Ok(grid.angles().collect()),
        (None, None) => Err(Error::malformed(
            path,
            Place::File,
            "a NumPy array holds no two-theta axis",
            "an axis file or a grid given with it, or a .npz with two_theta and intensities",
        )),
    }
}

/// Reads an axis: a 1-D array file, or a text with numbers in a row or a column.
fn read_axis(path: &Path) -> Result<Vec<f64>> {
    let source = Source::open(path)?;
    let axis = match source.bytes().starts_with(MAGIC) {
        true => {
            let array = Array::parse(source.bytes()).map_err(|e| e.at(path, ""))?;
            array.values
        }
        false => axis_in_text(&source)?,
    };
    check_axis(path, &axis)?;
    Ok(axis)
}

fn axis_in_text(source: &Source) -> Result<Vec<f64>> {
    let table = crate::table::Table::of(source.require_text()?);
    let skip = table.heading_len().unwrap_or(0);
    let mut axis = Vec::new();
    for line in &table.lines[skip..] {
        for (i, cell) in table.cells(line).iter().enumerate() {
            let number = table.number(cell);
            axis.push(
                number.ok_or_else(|| Error::not_a_number(source.path, line.number, i + 1, cell))?,
            );
        }
    }
    Ok(axis)
}

/// Refuses an axis that is not finite and increasing.
pub(super) fn check_axis(path: &Path, axis: &[f64]) -> Result<()> {
    let bad =
        |found: String, expected: &str| Err(Error::malformed(path, Place::File, found, expected));
    if axis.len() < 2 {
        return bad(format!("{} angles", axis.len()), "at least 2");
    }
    if let Some(i) = axis.iter().position(|v| !v.is_finite()) {
        return bad(format!("axis value {i} is {}", axis[i]), "a finite number");
    }
    match axis.windows(2).position(|pair| pair[1] <= pair[0]) {
        Some(i) => bad(
            format!("axis value {} ({}) after {}", i + 1, axis[i + 1], axis[i]),
            "an increasing axis",
        ),
        None => Ok(()),
    }
}

/// Numeric array, with its numbers row by row.
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
}

/// Error in an array, before the name of the file is known.
pub(super) struct ArrayError {
    offset: usize,
    found: String,
    expected: &'static str,
}

impl ArrayError {
    fn new(offset: usize, found: impl Into<String>, expected: &'static str) -> Self {
        Self {
            offset,
            found: found.into(),
            expected,
        }
    }

    /// Adds the file and the member to the error.
    pub(super) fn at(self, path: &Path, member: &str) -> Error {
        let name = if member.is_empty() {
            String::new()
        } else {
            format!("{member}: ")
        };
        let found = format!("{name}{}", self.found);
        Error::malformed(path, Place::Byte(self.offset), found, self.expected)
    }
}

impl Array {
    /// Parses a complete array file. Cost: O(length).
    pub(super) fn parse(bytes: &[u8]) -> std::result::Result<Self, ArrayError> {
        Self::of(Header::parse(bytes)?, bytes)
    }

    /// Parses a member of an archive. If the member is truncated, only its complete rows are read.
    /// An array of texts is converted to its lines as bytes.
    #[cfg(feature = "archives")]
    pub(super) fn of_member(member: &Member) -> std::result::Result<Self, ArrayError> {
        let bytes = member.bytes.as_slice();
        if let Some(lines) = lines(bytes) {
            let values: Vec<f64> = lines.bytes().map(f64::from).collect();
            let shape = vec![values.len()];
            return Ok(Self { shape, values });
        }
        let mut header = Header::parse(bytes)?;
        let of_row = header
            .shape
            .iter()
            .skip(1)
            .try_fold(header.number.size(), |n, &d| n.checked_mul(d));
        let cut = member.is_cut && !header.fortran_order;
        let Some(of_row) = of_row.filter(|n| cut && *n > 0) else {
            return Self::of(header, bytes);
        };
        let rows = (bytes.len() - header.data_offset) / of_row;
        let end = header.data_offset + rows * of_row;
        if let Some(first) = header.shape.first_mut().filter(|first| **first > rows) {
            *first = rows;
        }
        Self::of(header, &bytes[..end])
    }

    fn of(header: Header, bytes: &[u8]) -> std::result::Result<Self, ArrayError> {
        let data = &bytes[header.data_offset..];
        let count = header
            .shape
            .iter()
            .try_fold(1usize, |n, &d| n.checked_mul(d));
        let length = count.and_then(|n| n.checked_mul(header.number.size()));
        if length != Some(data.len()) {
            let found = format!(
                "{} bytes of numbers for the shape {:?}",
                data.len(),
                header.shape
            );
            return Err(ArrayError::new(
                header.data_offset,
                found,
                "as many as the shape says",
            ));
        }
        let numbers = data.chunks_exact(header.number.size());
        let values: Vec<f64> = numbers.map(|bytes| header.number.value(bytes)).collect();
        let values = match header.shape.as_slice() {
            [rows, columns] if header.fortran_order => transpose(&values, *rows, *columns),
            _ => values,
        };
        Ok(Self {
            shape: header.shape,
            values,
        })
    }

    /// The numbers of patterns and points; a 1-D array is one pattern.
    pub(super) fn rows_of_patterns(&self, path: &Path, member: &str) -> Result<(usize, usize)> {
        match *self.shape.as_slice() {
            [points] => Ok((1, points)),
            [count, points] => Ok((count, points)),
            _ => {
                let found = format!("an array of the shape {:?}", self.shape);
                let error = ArrayError::new(0, found, "patterns by points");
                Err(error.at(path, member))
            }
        }
    }

    /// The numbers as intensities, which must be finite.
    pub(super) fn intensities(&self, path: &Path) -> Result<Vec<f32>> {
        let intensities: Vec<f32> = self.values.iter().map(|&v| v as f32).collect();
        let Some(i) = intensities.iter().position(|v| !v.is_finite()) else {
            return Ok(intensities);
        };
        let points = self.shape.last().copied().unwrap_or(1).max(1);
        let found = format!(
            "intensity {} of row {} is {}",
            i % points,
            i / points,
            self.values[i]
        );
        Err(Error::malformed(
            path,
            Place::File,
            found,
            "a finite number",
        ))
    }
}

/// The texts of a 1-D array, one per line. `<U7` has seven UTF-32 characters per text and `|S7`
/// seven bytes; shorter texts are padded with zeros.
#[cfg(feature = "archives")]
fn lines(bytes: &[u8]) -> Option<String> {
    let start = if *bytes.get(6)? == 1 { 10 } else { 12 };
    let end = start + bytes.get(start..)?.iter().position(|&b| b == b'\n')?;
    let header = std::str::from_utf8(bytes.get(start..end)?).ok()?;
    let (name, _) = entry(header, "descr")?
        .strip_prefix('\'')?
        .split_once('\'')?;
    let (kind, length) = name.split_at_checked(2)?;
    let length: usize = length.parse().ok().filter(|n| *n > 0)?;
    let [count] = parse_shape(entry(header, "shape")?)?[..] else {
        return None;
    };
    let (big_endian, size) = match kind {
        "<U" => (false, 4),
        ">U" => (true, 4),
        "|S" => (false, 1),
        _ => return None,
    };
    let data = &bytes[end + 1..];
    if Some(data.len()) != count.checked_mul(length)?.checked_mul(size) {
        return None;
    }
    let character = |bytes: &[u8]| match (<[u8; 4]>::try_from(bytes), big_endian) {
        (Ok(word), true) => char::from_u32(u32::from_be_bytes(word)),
        (Ok(word), false) => char::from_u32(u32::from_le_bytes(word)),
        (Err(_), _) => bytes[0].is_ascii().then(|| char::from(bytes[0])),
    };
    let text = |bytes: &[u8]| -> Option<String> {
        let text: Option<String> = bytes.chunks_exact(size).map(character).collect();
        Some(text?.trim_end_matches('\0').replace('\n', " "))
    };
    let texts: Option<Vec<String>> = data.chunks_exact(length * size).map(text).collect();
    Some(texts?.join("\n"))
}

fn transpose(values: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let at = |i: usize| values[(i % columns) * rows + i / columns];
    (0..values.len()).map(at).collect()
}

struct Header {
    number: Number,
    fortran_order: bool,
    shape: Vec<usize>,
    data_offset: usize,
}

impl Header {
    fn parse(bytes: &[u8]) -> std::result::Result<Self, ArrayError> {
        let cut = || ArrayError::new(bytes.len(), "the header is cut off", "a NumPy array");
        let version = *bytes.get(6).ok_or_else(cut)?;
        let (start, length) = match (version, bytes.get(8..)) {
            (1, Some([a, b, ..])) => (10, usize::from(u16::from_le_bytes([*a, *b]))),
            (2 | 3, Some([a, b, c, d, ..])) => (12, u32::from_le_bytes([*a, *b, *c, *d]) as usize),
            _ => return Err(cut()),
        };
        let header = bytes.get(start..start + length).ok_or_else(cut)?;
        let text = String::from_utf8_lossy(header);
        let odd = |what: &'static str| {
            ArrayError::new(start, format!("the header is {}", shorten(&text)), what)
        };
        let descr = entry(&text, "descr").ok_or_else(|| odd("a type 'descr'"))?;
        let shape = entry(&text, "shape").ok_or_else(|| odd("a 'shape'"))?;
        let order = entry(&text, "fortran_order").ok_or_else(|| odd("a 'fortran_order'"))?;
        Ok(Self {
            number: Number::parse(descr).ok_or_else(|| odd("an array of real numbers"))?,
            fortran_order: order.starts_with("True"),
            shape: parse_shape(shape).ok_or_else(|| odd("a 'shape' of whole numbers"))?,
            data_offset: start + length,
        })
    }
}

/// The text after a key in the header, which is a Python dictionary of a fixed form.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}'"))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

fn parse_shape(text: &str) -> Option<Vec<usize>> {
    let (inner, _) = text.strip_prefix('(')?.split_once(')')?;
    let parts = inner.split(',').map(str::trim).filter(|p| !p.is_empty());
    parts.map(|p| p.parse().ok()).collect()
}

/// Number type of an array: kind (`f`, `i`, `u`), size in bytes, byte order.
#[derive(Clone, Copy)]
struct Number {
    big_endian: bool,
    kind: u8,
    size: u8,
}

impl Number {
    fn parse(descr: &str) -> Option<Self> {
        let (name, _) = descr.strip_prefix(['\'', '"'])?.split_once(['\'', '"'])?;
        let &[order, kind, size] = name.as_bytes() else {
            return None;
        };
        let known = match kind {
            b'f' => matches!(size, b'4' | b'8'),
            b'i' | b'u' => matches!(size, b'1' | b'2' | b'4' | b'8'),
            _ => false,
        };
        let number = Self {
            big_endian: order == b'>',
            kind,
            size: size.wrapping_sub(b'0'),
        };
        (known && b"<>|=".contains(&order)).then_some(number)
    }

    fn is_f32(self) -> bool {
        !self.big_endian && self.kind == b'f' && self.size == 4
    }

    fn size(self) -> usize {
        usize::from(self.size)
    }

    /// The number stored in some bytes.
    fn value(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        for (i, &byte) in bytes.iter().enumerate() {
            let place = if self.big_endian {
                bytes.len() - 1 - i
            } else {
                i
            };
            word[place] = byte;
        }
        let bits = u64::from_le_bytes(word);
        match (self.kind, self.size) {
            (b'f', 4) => f64::from(f32::from_bits(bits as u32)),
            (b'f', _) => f64::from_bits(bits),
            (b'u', _) => bits as f64,
            // The bits are shifted to the top and back to extend the sign.
            (_, size) => {
                let shift = 64 - 8 * u32::from(size);
                ((bits << shift) as i64 >> shift) as f64
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReadOptions;
    use crate::array::array_file;

    fn values(descr: &str, data: &[u8]) -> Option<Vec<f64>> {
        let size = descr[2..].parse::<usize>().unwrap();
        let file = array_file(descr, &[data.len() / size], data);
        Array::parse(&file).ok().map(|a| a.values)
    }

    #[cfg(feature = "archives")]
    #[test]
    fn texts_become_lines() {
        let utf_32: Vec<u8> = "a\0µβ"
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        let of = |descr, shape: &[usize], data: &[u8]| lines(&array_file(descr, shape, data));
        assert_eq!(of("<U2", &[2], &utf_32).unwrap(), "a\nµβ");
        assert_eq!(of("|S3", &[2], b"ab\0xyz").unwrap(), "ab\nxyz");
        assert_eq!(of("|S3", &[3], b"ab\0xyz"), None);
        assert_eq!(of("|S3", &[2, 1], b"ab\0xyz"), None);
        assert_eq!(of("<U1", &[1], &[0, 0, 0x11, 0]), None, "no character");
        assert_eq!(of("<U0", &[1], &[]), None);
        assert_eq!(of("<f8", &[1], &[0; 8]), None);
    }

    #[test]
    fn every_number_type() {
        assert_eq!(values("<f8", &1.5f64.to_le_bytes()), Some(vec![1.5]));
        assert_eq!(values(">f8", &1.5f64.to_be_bytes()), Some(vec![1.5]));
        assert_eq!(values("<f4", &(-2.5f32).to_le_bytes()), Some(vec![-2.5]));
        assert_eq!(values("<i2", &(-300i16).to_le_bytes()), Some(vec![-300.0]));
        assert_eq!(values(">i4", &(-7i32).to_be_bytes()), Some(vec![-7.0]));
        assert_eq!(values("|u1", &[200, 3]), Some(vec![200.0, 3.0]));
        assert_eq!(
            values("<u8", &u64::MAX.to_le_bytes()),
            Some(vec![u64::MAX as f64])
        );
        assert_eq!(values("<i8", &(-1i64).to_le_bytes()), Some(vec![-1.0]));
        assert_eq!(values("<c8", &[0; 8]), None);
    }

    #[test]
    fn fortran_order_is_turned() {
        let file = array_file("|u1", &[2, 3], &[1, 4, 2, 5, 3, 6]);
        let text = String::from_utf8_lossy(&file).into_owned();
        let at = text.find("False").unwrap();
        let mut file = file;
        // The lossy text has three bytes for the first byte of the file.
        file[at - 2..at + 3].copy_from_slice(b"True ");
        let array = Array::parse(&file).ok().unwrap();
        assert_eq!(array.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn hostile_headers_take_no_memory() {
        for shape in [
            vec![1_000_000_000_000],
            vec![usize::MAX, 2],
            vec![0, usize::MAX],
            vec![3],
        ] {
            assert!(
                Array::parse(&array_file("<f8", &shape, &[0; 16])).is_err(),
                "{shape:?}"
            );
        }
        let mut file = array_file("<f8", &[1], &[0; 8]);
        file[6] = 2;
        file[8..12].fill(0xff);
        assert!(Array::parse(&file).is_err());
        assert!(Array::parse(b"\x93NUMPY").is_err());
    }

    #[test]
    fn an_axis_must_be_given() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.npy");
        std::fs::write(&path, array_file("|u1", &[2, 3], &[1, 2, 3, 4, 5, 6])).unwrap();
        let read = |options: &ReadOptions| crate::read_patterns(&path, options);
        let refusal = |options: &ReadOptions| read(options).unwrap_err().to_string();
        assert!(refusal(&ReadOptions::default()).contains("no two-theta axis"));
        let grid = |len| xrd_core::TwoThetaGrid::new(10.0, 0.5, len).ok();
        let set = read(&ReadOptions {
            grid: grid(3),
            ..Default::default()
        })
        .unwrap()
        .set;
        assert_eq!(
            (set.grid().len(), set.intensities(1)),
            (3, [4.0, 5.0, 6.0].as_slice())
        );
        assert!(
            refusal(&ReadOptions {
                grid: grid(4),
                ..Default::default()
            })
            .contains("4 angles")
        );
        let axis = dir.path().join("axis.txt");
        for text in ["10\n10.5\n11\n", "# axis\n10 10.5 11\n"] {
            std::fs::write(&axis, text).unwrap();
            let options = ReadOptions {
                axis: Some(axis.clone()),
                ..Default::default()
            };
            assert_eq!(read(&options).unwrap().set, set, "{text:?}");
        }
        std::fs::write(&axis, "10\n9\n11\n").unwrap();
        let options = ReadOptions {
            axis: Some(axis.clone()),
            ..Default::default()
        };
        assert!(refusal(&options).contains("increasing"));
    }
}
