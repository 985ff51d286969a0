//! Output formats, and the choice of scans.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;
use xrd_io::Scan;

/// The scans of a file to convert.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice {
    All,
    Number(usize),
}

impl std::str::FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            _ => crate::options::count(text)
                .map(Self::Number)
                .map_err(|e| e + ", or all"),
        }
    }
}

/// Output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// Text with two columns
    Xy,
    /// Text with three columns; the third is the standard deviation
    Xye,
    /// Table with a header, or a matrix of several patterns
    Csv,
    /// NumPy arrays
    Npz,
    /// PANalytical XRDML 1.5
    Xrdml,
    /// pdCIF
    Cif,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

impl Target {
    const ALL: [Self; 6] = [
        Self::Xy,
        Self::Xye,
        Self::Csv,
        Self::Npz,
        Self::Xrdml,
        Self::Cif,
    ];

    /// The format of a file with this name; `None` for a folder, whose name may end with a slash.
    pub(super) fn of(path: &Path) -> Option<Self> {
        if path.to_string_lossy().ends_with(std::path::is_separator) {
            return None;
        }
        let extension = path.extension()?;
        Self::ALL
            .into_iter()
            .find(|t| extension.eq_ignore_ascii_case(t.extension()))
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Xy => "xy",
            Self::Xye => "xye",
            Self::Csv => "csv",
            Self::Npz => "npz",
            Self::Xrdml => "xrdml",
            Self::Cif => "cif",
        }
    }

    /// Whether a file of this format can hold scans with different axes.
    pub(super) fn holds_many(self) -> bool {
        matches!(self, Self::Npz | Self::Xrdml | Self::Cif)
    }

    /// Whether this format can hold a matrix of patterns on one grid.
    pub(super) fn is_matrix(self) -> bool {
        matches!(self, Self::Csv | Self::Npz)
    }

    /// Writes scans. Only the first is written if the format holds a single scan.
    pub(super) fn write(self, to: &mut dyn Write, scans: &[Scan]) -> io::Result<()> {
        match self {
            Self::Xy => xrd_io::write::xy(to, &scans[0]),
            Self::Xye => xrd_io::write::xye(to, &scans[0]),
            Self::Csv => xrd_io::write::csv(to, &scans[0]),
            Self::Npz => xrd_io::write::npz(to, scans),
            Self::Xrdml => xrd_io::write::xrdml(to, scans),
            Self::Cif => xrd_io::write::pdcif(to, scans),
        }
    }
}
