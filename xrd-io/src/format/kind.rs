//! The list of pattern formats, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Generates the enum, the list of its variants and their names from one list.
macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $format:ident $name:literal,)+) => {
        /// Format of a pattern file.
        ///
        /// The functions that read files recognise the format by the content, as
        /// [`detect`](crate::detect) does.
        /// [`ReadOptions::with_format`](crate::ReadOptions::with_format) sets the expected format;
        /// a file of another format is then an error.
        ///
        /// Some formats need a Cargo feature. Without this feature, reading such a file returns
        /// [`Error::MissingFeature`].
        ///
        /// # Example
        /// ```
        /// use xrd_io::Format;
        /// assert_eq!(Format::BrukerRaw4.to_string(), "Bruker RAW 4");
        /// assert_eq!("bruker-raw-4".parse::<Format>()?, Format::BrukerRaw4);
        /// assert!(Format::ALL.contains(&Format::Columns));
        /// # Ok::<(), xrd_io::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
        #[non_exhaustive]
        pub enum Format {
            $($(#[doc = $doc])+ $format,)+
        }

        impl Format {
            /// All formats, in the order in which they are tried.
            pub const ALL: &[Self] = &[$(Self::$format,)+];

            /// The name of the format, such as "Bruker RAW 1".
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)+
                }
            }
        }
    };
}

formats! {
    /// Bruker RAW, version 1.
    BrukerRaw1 "Bruker RAW 1",
    /// Bruker RAW, version 2.
    BrukerRaw2 "Bruker RAW 2",
    /// Bruker RAW, version 3 (RAW1.01).
    BrukerRaw3 "Bruker RAW 3",
    /// Bruker RAW, version 4.
    BrukerRaw4 "Bruker RAW 4",
    /// STOE RAW.
    StoeRaw "STOE RAW",
    /// Philips RD and SD (`.rd`, `.sd`).
    PhilipsRd "Philips RD",
    /// NeXus, stored in an HDF5 file. Needs the feature `nexus`.
    Nexus "NeXus",
    /// NumPy array (`.npy`) of one or several patterns. The file contains no axis.
    Npy "npy",
    /// NumPy archive (`.npz`) of scans, in the layout that [`write::npz`](crate::write::npz)
    /// writes. Needs the feature `archives`.
    NpzOfScans "npz of scans",
    /// NumPy archive (`.npz`) of patterns on one common axis. Needs the feature `archives`.
    Npz "npz",
    /// Bruker BRML. Needs the feature `archives`.
    BrukerBrml "Bruker BRML",
    /// Rigaku RASX. Needs the feature `archives`.
    RigakuRasx "Rigaku RASX",
    /// Excel workbook (`.xlsx`). Needs the feature `archives`.
    ExcelWorkbook "Excel workbook",
    /// PANalytical XRDML.
    PanalyticalXrdml "PANalytical XRDML",
    /// Powder CIF (pdCIF).
    PdCif "pdCIF",
    /// Bruker RAW, version 4, exported as text.
    BrukerRaw4Text "Bruker RAW 4 text",
    /// Bruker UXD.
    BrukerUxd "Bruker UXD",
    /// Philips UDF.
    PhilipsUdf "Philips UDF",
    /// Rigaku RAS.
    RigakuRas "Rigaku RAS",
    /// Rigaku text (`.asc`).
    RigakuText "Rigaku text",
    /// PANalytical CSV.
    PanalyticalCsv "PANalytical CSV",
    /// Sietronics CPI.
    SietronicsCpi "Sietronics CPI",
    /// Siemens ASCII.
    SiemensAscii "Siemens ASCII",
    /// JSON file of the data set opXRD.
    OpXrdJson "opXRD JSON",
    /// GSAS raw data (STD, ESD, FXY, FXYE, ALT).
    Gsas "GSAS",
    /// ChiPlot, a format of the program FIT2D.
    ChiPlot "ChiPlot",
    /// MDI, a format of the program Jade.
    Mdi "MDI",
    /// FullProf profile (`.prf`), written after a refinement.
    FullProfProfile "FullProf profile",
    /// Files of the diffractometers D1A, D2B, D1B and D20 at ILL.
    Ill "ILL",
    /// Start, step and end of the axis, followed by the intensities. FullProf, DBWS, LHPM, RIETAN
    /// and other programs use such files.
    StartStepEnd "start step end",
    /// Step scans of the diffractometers in Venice.
    Venezia "Venezia",
    /// Columns of text with empty columns, or with notes next to the numbers.
    ColumnsWithGaps "columns with gaps",
    /// Columns of text with several scans next to each other, each with its own axis.
    ScansSideBySide "scans side by side",
    /// Rows of text that start with an angle, followed by the intensity at this angle and at the
    /// next angles.
    WrappedRows "wrapped rows",
    /// Matrix in text: several patterns on one common axis.
    Matrix "matrix",
    /// Columns of text: the axis, the intensity and sometimes further columns.
    Columns "columns",
}

impl Format {
    /// The names of all formats.
    pub(crate) fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|format| format.name()).collect()
    }
}

impl fmt::Display for Format {
    /// Writes the [`name`](Format::name).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Finds the format with a name. Case is ignored, and spaces, `-` and `_` are equivalent.
    fn from_str(text: &str) -> Result<Self> {
        let found = Self::ALL
            .iter()
            .find(|format| plain(format.name()) == plain(text));
        found.copied().ok_or_else(|| Error::NotAFormat {
            found: crate::error::shorten(text),
        })
    }
}

fn plain(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for format in Format::ALL {
            let name = format.to_string();
            assert_eq!(name.parse::<Format>().unwrap(), *format);
            let slug = name.to_lowercase().replace(' ', "_");
            assert_eq!(slug.parse::<Format>().unwrap(), *format);
        }
        let refusal = "xyz\n".parse::<Format>().unwrap_err().to_string();
        assert!(
            refusal.starts_with("'xyz ' is not a pattern format (expected one of Bruker RAW 1,"),
            "{refusal}"
        );
    }
}
