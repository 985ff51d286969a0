//! Files that are recognised but contain no readable scan: binary formats without a published
//! description, images, lists of peaks and lists of reflections.
//!
//! Without this module, such text files would be read as columns, and the error for the others
//! would only be "not text". Each error message states whether the type follows from the content or
//! only from the file name.

use super::content::{Content, FormatReader, no_scan};
use crate::error::Result;
use crate::source::Source;

pub(super) const READER: FormatReader =
    FormatReader::refusing(|source| name(source).is_some(), read);

/// File types by the first bytes of a binary file.
const FIRST_BYTES: [(&[u8], &str); 15] = [
    (
        b"FI",
        "a Rigaku binary RAW file, whose layout is not published",
    ),
    (b"PK\x03\x04", "a zip archive of another kind"),
    (b"\xd0\xcf\x11\xe0", "an old Office document, such as .xls"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"###CBF", "a CBF image"),
    (b"R-AXIS", "an R-AXIS image"),
    (b"RAXIS", "an R-AXIS image"),
    (b"FORMAT :", "a Bruker image"),
    (b"{\nHEADER_BYTES", "an ADSC image"),
    (b"{", "an EDF image"),
    (b"MTZ ", "an MTZ list of reflections"),
    (b"%PDF", "a PDF document"),
];

/// File types by the extension, if the content does not show the type.
const EXTENSIONS: [(&str, &str); 6] = [
    ("gr", "a pair distribution function, judging by its name"),
    (
        "fq",
        "a reduced structure factor, F(Q), judging by its name",
    ),
    ("sq", "a structure factor, S(Q), judging by its name"),
    ("pks", "a STOE list of peaks, judging by its name"),
    ("udi", "a PANalytical list of peaks, judging by its name"),
    ("hkl", "a list of reflections, judging by its name"),
];

fn name(source: &Source) -> Option<&'static str> {
    let extension = EXTENSIONS
        .iter()
        .find(|(extension, _)| source.has_extension(extension));
    match source.text() {
        Some(text) if of_program(source, text).is_some() => of_program(source, text),
        Some(text) if lists_reflections(text) => Some("a list of peaks with their h k l"),
        Some(text) if text.trim_start().starts_with('{') && text.contains("Dim_1") => {
            Some("an EDF image")
        }
        Some(text) if is_excerpt(text) => Some("an excerpt of a Rigaku text, with lines left out"),
        Some(_) => extension.map(|(_, name)| *name),
        None => {
            let bytes = source.bytes();
            let known = FIRST_BYTES
                .iter()
                .find(|(start, _)| bytes.starts_with(start));
            known.or(unknown_raw(source)).map(|(_, name)| *name)
        }
    }
}

/// Other files that programs write: pole figures, program input, and placeholders for files.
fn of_program(source: &Source, text: &str) -> Option<&'static str> {
    const HEAD: usize = 30;
    let head = || text.lines().take(HEAD).map(str::trim);
    let begins = |word: &str| head().any(|line| line.starts_with(word));
    let is = |extension| source.has_extension(extension);
    let is_pole_figure = |line: &str| {
        let line = line.get(..line.len().min(80)).unwrap_or_default();
        let line = line.to_ascii_lowercase();
        let is_type = line.starts_with("type:") && line.ends_with("pole figure");
        is_type || line.starts_with("*pole figure")
    };
    let topas = ["xdd", "r_wp", "r_exp", "str", "iters"];
    match () {
        () if text.starts_with("version https://git-lfs") => {
            Some("a pointer of Git LFS in place of the file")
        }
        () if head().any(is_pole_figure) => Some("a pole figure in text"),
        () if begins("#GSAS-II instrument parameter file") => Some("an instrument file of GSAS-II"),
        () if begins("INS   BANK") || begins("INS   HTYPE") => Some("an instrument file of GSAS"),
        () if is("poni") && begins("Poni1") => Some("a geometry of pyFAI"),
        () if is("pcr") && (begins("COMM") || begins("!Job")) => Some("an input file of FullProf"),
        () if (is("res") || is("ins")) && begins("TITL") => Some("a structure of SHELX"),
        () if is("inp") && topas.iter().any(|word| begins(word)) => Some("an input file of TOPAS"),
        () => None,
    }
}

/// Binary files of unknown type with the extension .raw, which several vendors use.
fn unknown_raw(source: &Source) -> Option<&'static (&'static [u8], &'static str)> {
    const UNKNOWN: (&[u8], &str) = (
        b"",
        "a binary file of an unknown manufacturer; those of Shimadzu and Scintag are not read",
    );
    let is_raw = ["raw", "rd", "sd"]
        .iter()
        .any(|extension| source.has_extension(extension));
    is_raw.then_some(&UNKNOWN)
}

/// Whether one of the first lines is a heading with columns h, k and l, and the rows below have
/// further columns. SPEC scans are excluded, because they list h, k and l for each point.
fn lists_reflections(text: &str) -> bool {
    const LOOKED_AT: usize = 60;
    const FEWEST: usize = 4;
    fn words(line: &str) -> Vec<&str> {
        let parts = line.split([' ', '\t', ',', ';']);
        parts.filter(|w| !w.is_empty()).collect()
    }
    let heads = |line: &str| {
        let words = words(line);
        let mut threes = words.windows(3);
        threes.any(|w| w == ["H", "K", "L"] || w == ["h", "k", "l"]) && !line.starts_with("#L")
    };
    let mut lines = text.lines().take(LOOKED_AT).skip_while(|line| !heads(line));
    let is_row = |line: &&str| words(line).iter().all(|w| w.parse::<f64>().is_ok());
    let is_first = lines.next().is_some();
    let row = lines.find(|line| is_row(line) && !line.trim().is_empty());
    is_first && row.is_none_or(|row| words(row).len() >= FEWEST)
}

/// Whether a text is an excerpt from a Rigaku file, with lines omitted.
fn is_excerpt(text: &str) -> bool {
    let has = |wanted: fn(&str) -> bool| text.lines().take(60).any(wanted);
    has(|line| line.starts_with("*TYPE")) && has(|line| line.trim() == "...")
}

fn read(source: &Source) -> Result<Content> {
    #[cfg(feature = "archives")]
    if source.bytes().starts_with(b"PK\x03\x04") && source.text().is_none() {
        // A damaged archive has its own message.
        source.archive()?;
    }
    Err(no_scan(source, name(source).unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn told(file: &str, bytes: &[u8]) -> Option<&'static str> {
        name(&Source::new(Path::new(file), bytes.to_vec()))
    }

    #[test]
    fn by_the_first_bytes() {
        assert!(told("a.raw", b"FI\x01\0\0").is_some_and(|name| name.contains("Rigaku binary")));
        assert_eq!(told("a.tif", b"II*\0\x08"), Some("a TIFF image"));
        assert!(told("a.RAW", b"\x01\x02").is_some_and(|name| name.contains("Shimadzu")));
        assert_eq!(told("a.xy", b"\x01\x02"), None);
        for image in [
            &b"{\nHeaderID = 1 ;\nDim_1 = 4 ;\n}\n"[..],
            b"{\nDim_1 = 4 ;\n}\n\x01",
        ] {
            assert_eq!(told("a.edf", image), Some("an EDF image"));
        }
    }

    #[test]
    fn peaks_by_their_heading_else_by_their_name() {
        let dif = b"  Quartz\n 2-THETA  INTENSITY  D-SPACING  H  K  L\n 20.8 22.0 4.25 1 0 0\n";
        assert_eq!(told("a.txt", dif), Some("a list of peaks with their h k l"));
        assert_eq!(
            told("a.PKS", b"20.8 22\n"),
            Some("a STOE list of peaks, judging by its name")
        );
        assert_eq!(told("a.dif", b"20.8 22\n21 23\n"), None);
        for pattern in [
            &b"# h k l removed\n20.8 22\n21 23\n"[..],
            b"#S 1 ascan tth 1 2 3 1\n#L tth  H  K  L  det\n1 0 0 1 5\n2 0 0 2 6\n",
        ] {
            assert_eq!(told("a.txt", pattern), None);
        }
    }

    #[test]
    fn what_programs_write_beside_patterns() {
        for (file, text, word) in [
            (
                "a.xy",
                "version https://git-lfs.github.com/spec/v1\nsize 9\n",
                "Git LFS",
            ),
            (
                "a.dat",
                "*Dump of file: a\n*Pole figure: 111\n 1.0 2.0\n",
                "pole figure",
            ),
            (
                "a.txt",
                "File: a\nType:\t\tRaw pole figure\n 1 2\n",
                "pole figure",
            ),
            ("a.pcr", "COMM a\n! Files\n 1 2 3\n", "FullProf"),
            ("a.res", "TITL a\nCELL 0.7 5 5 5 90 90 90\n", "SHELX"),
            ("a.prm", "   123456\nINS   BANK      1\n", "GSAS"),
            ("a.inp", "xdd a.xy\n bkg @ 1 2 3\n", "TOPAS"),
            ("a.poni", "# a\nPoni1: 0.05\n", "pyFAI"),
            ("a.gr", "0.1 0.2\n0.2 0.3\n", "pair distribution"),
        ] {
            let name = told(file, text.as_bytes());
            assert!(
                name.is_some_and(|name| name.contains(word)),
                "{file}: {name:?}"
            );
        }
        assert_eq!(told("a.inp", b"10 5\n11 6\n"), None);
    }

    #[test]
    fn what_only_shows_a_format_is_not_of_it() {
        let excerpt = "the format:\n*TYPE = Raw\n...\n*COUNT = 2\n5, 6\n";
        assert!(told("a.txt", excerpt.as_bytes()).is_some_and(|name| name.contains("excerpt")));
        assert_eq!(told("a.txt", excerpt.replace("...", "").as_bytes()), None);
    }

    #[test]
    fn a_broken_archive_is_told_as_one() {
        let source = Source::new(Path::new("a.brml"), b"PK\x03\x04\0\0".to_vec());
        let refusal = read(&source).map(|_| ()).unwrap_err();
        assert!(
            refusal.to_string().contains("a whole zip archive"),
            "{refusal}"
        );
    }
}
