//! Rows that contain only numbers and separators, as most lines do. They are parsed without
//! copying. A long text is parsed in parallel pieces.

use memchr::{memchr, memchr_iter};

use super::rows::{Rows, Wanted};
use crate::number::{parse_prefix, short_prefix};
use crate::threads;

/// Shortest length of a row: two digits, a separator and a line end.
const SHORTEST: usize = 4;

/// Reads the plain rows at the start of a text, up to the first other line, and returns their
/// length in bytes. A text of more than `least` bytes is read in pieces on the caller's threads.
/// Cost: O(length of the text).
pub(super) fn rows(text: &str, wanted: &Wanted, least: usize, to: &mut Rows) -> usize {
    if wanted.plain_row(text.as_bytes()).is_none() {
        return 0;
    }
    let pieces = pieces(text.as_bytes(), least);
    let most = |piece: &[u8]| {
        let ends = memchr_iter(b'\n', piece).count();
        let last = usize::from(!piece.ends_with(b"\n"));
        (ends + last).min(piece.len() / SHORTEST + 1)
    };
    let room = each(pieces.clone(), most);
    let points = room.iter().sum();
    to.axis = vec![0.0; points];
    to.intensities = vec![0.0; points];
    to.sigma = vec![0.0; if wanted.sigma.is_some() { points } else { 0 }];
    let (mut axis, mut intensities) = (&mut *to.axis, &mut *to.intensities);
    let mut sigma = &mut *to.sigma;
    let mut tasks = Vec::with_capacity(pieces.len());
    for (bytes, room) in pieces.iter().copied().zip(room) {
        let of_sigma = room.min(sigma.len());
        tasks.push(Piece {
            bytes,
            axis: axis.split_off_mut(..room).unwrap_or_default(),
            intensities: intensities.split_off_mut(..room).unwrap_or_default(),
            sigma: sigma.split_off_mut(..of_sigma).unwrap_or_default(),
        });
    }
    let read = |piece: Piece| (piece.bytes.len(), piece.axis.len(), piece.read(wanted));
    let read = each(tasks, read);
    let (mut points, mut bytes) = (0, 0);
    for (length, room, (found, end)) in read {
        points += found;
        bytes += end;
        // Unused room separates the points of this piece from those of the next.
        if end < length || found < room {
            break;
        }
    }
    to.axis.truncate(points);
    to.intensities.truncate(points);
    to.sigma.truncate(points);
    bytes
}

/// Applies a function to each item in parallel; a single item is processed without waking other
/// threads.
fn each<T: Send, R: Send>(items: Vec<T>, of_one: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    match items.len() {
        0 | 1 => items.into_iter().map(of_one).collect(),
        _ => threads::map(items, of_one),
    }
}

/// Cuts a text after line ends into several pieces per thread, because threads are not equally
/// fast.
fn pieces(text: &[u8], least: usize) -> Vec<&[u8]> {
    let length = least.max(text.len() / (4 * threads::count()));
    let (mut pieces, mut rest) = (Vec::new(), text);
    while rest.len() > length {
        let end = memchr(b'\n', &rest[length..]);
        let (piece, after) = rest.split_at(end.map_or(rest.len(), |end| length + end + 1));
        pieces.push(piece);
        rest = after;
    }
    pieces.extend((!rest.is_empty()).then_some(rest));
    pieces
}

/// A part of a text, and the memory for its points.
struct Piece<'a> {
    bytes: &'a [u8],
    axis: &'a mut [f64],
    intensities: &'a mut [f64],
    sigma: &'a mut [f64],
}

impl Piece<'_> {
    /// Reads rows until the memory for points is full. Returns the number of rows and the position
    /// after the last row.
    fn read(self, wanted: &Wanted) -> (usize, usize) {
        let short = ShortRow::of(wanted);
        let mut at = 0;
        for i in 0..self.axis.len() {
            let rest = &self.bytes[at..];
            if let Some((row, length)) = short.as_ref().and_then(|short| short.read(rest)) {
                (self.axis[i], self.intensities[i]) = (row[0], row[1]);
                if let Some(to) = self.sigma.get_mut(i) {
                    *to = row[2];
                }
                at += length;
                continue;
            }
            let Some(([axis, intensity, sigma], length)) = wanted.plain_row(rest) else {
                return (i, at);
            };
            let end = match &rest[length..] {
                [] => 0,
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                // Other line ends are rare.
                _ => return (i, at),
            };
            (self.axis[i], self.intensities[i]) = (axis, intensity);
            if let Some(to) = self.sigma.get_mut(i) {
                *to = sigma;
            }
            at += length + end;
        }
        (self.axis.len(), at)
    }
}

/// The form of most rows: axis, intensity and at most one more number, all short, with one
/// separator and possibly blanks between.
struct ShortRow {
    mark: u8,
    gap: u8,
    width: usize,
}

impl ShortRow {
    /// Returns `None` for any other arrangement of the columns.
    fn of(wanted: &Wanted) -> Option<Self> {
        let dialect = &wanted.dialect;
        let is_common = (wanted.axis, wanted.intensity) == (0, 1)
            && matches!(wanted.width, 2 | 3)
            && !dialect.trailing;
        let gap = u8::try_from(dialect.separator.unwrap_or(' ')).ok()?;
        is_common.then_some(Self {
            mark: wanted.mark(),
            gap,
            width: wanted.width,
        })
    }

    /// The numbers of the first line of some bytes, and the length of this line with its line end;
    /// `None` if the line has another form.
    #[inline(always)]
    fn read(&self, bytes: &[u8]) -> Option<([f64; 3], usize)> {
        let (mut row, mut rest) = ([f64::NAN; 3], bytes);
        for (column, value) in row.iter_mut().enumerate().take(self.width) {
            rest = match rest {
                _ if column == 0 => rest,
                [byte, after @ ..] if *byte == self.gap => after,
                _ => return None,
            };
            while let [b' ', after @ ..] = rest {
                rest = after;
            }
            (*value, rest) = short_prefix(rest, self.mark)?;
        }
        match rest {
            [b'\n', after @ ..] | [b'\r', b'\n', after @ ..] => {
                Some((row, bytes.len() - after.len()))
            }
            _ => None,
        }
    }
}

impl Wanted {
    fn mark(&self) -> u8 {
        match self.dialect.decimal_comma {
            true => b',',
            false => b'.',
        }
    }

    /// The axis, the intensity and the standard deviation (or NaN) of a line with only numbers and
    /// separators, and the length of the line; `None` for any other line.
    #[inline]
    pub(super) fn plain_row(&self, bytes: &[u8]) -> Option<([f64; 3], usize)> {
        let mark = self.mark();
        let (mut axis, mut intensity, mut sigma) = (f64::NAN, f64::NAN, f64::NAN);
        let mut at = 0;
        for column in 0..self.width {
            if column > 0 {
                at = self.after_separator(bytes, at)?;
            }
            at = self.after_blanks(bytes, at);
            let (value, length) = parse_prefix(&bytes[at..], mark)?;
            at += length;
            match column {
                c if c == self.axis => axis = value,
                c if c == self.intensity => intensity = value,
                c if Some(c) == self.sigma => sigma = value,
                _ => {}
            }
        }
        at = self.after_blanks(bytes, at);
        if self.dialect.trailing {
            at = self.after_separator(bytes, at)?;
            at = self.after_blanks(bytes, at);
        }
        let ends = matches!(bytes.get(at), None | Some(b'\n' | b'\r'));
        let is_point = ends && axis.is_finite() && intensity.is_finite();
        is_point.then_some(([axis, intensity, sigma], at))
    }

    #[inline]
    fn after_separator(&self, bytes: &[u8], at: usize) -> Option<usize> {
        match self.dialect.separator {
            None => matches!(bytes.get(at), Some(b' ' | b'\t')).then_some(at),
            Some(separator) => {
                let at = self.after_blanks(bytes, at);
                (bytes.get(at).copied().map(char::from) == Some(separator)).then_some(at + 1)
            }
        }
    }

    #[inline]
    fn after_blanks(&self, bytes: &[u8], mut at: usize) -> usize {
        let tab_is_blank = self.dialect.separator != Some('\t');
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' => at += 1,
                b'\t' if tab_is_blank => at += 1,
                _ => break,
            }
        }
        at
    }
}
