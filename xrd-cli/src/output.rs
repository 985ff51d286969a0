//! Results on stdout, notes on stderr, and output folders.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use xrd_report::{PAGE_FILE, page};
use xrd_study::{Note, OutputFolder, Remedy, STUDY_FILE, StudyReport};

use crate::interrupt;

/// Opens an output folder. Its unfinished files are removed if the program is interrupted.
pub(crate) fn open(folder: &Path) -> Result<OutputFolder> {
    Ok(OutputFolder::open(folder, interrupt::unfinished())?)
}

/// Prints a line of results on stdout.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

/// The indented JSON of a report.
pub(crate) fn pretty(report: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)?)
}

/// Prints notes on stderr, each with the option that addresses it.
pub(crate) fn print_notes(notes: &[Note]) {
    for note in notes {
        print_note(note);
    }
}

/// Prints a note on stderr, with the option that addresses it.
pub(crate) fn print_note(note: &Note) {
    eprintln!("note: {note}{}", advice(note.remedy));
}

/// A warning of a reader with the option that addresses it.
pub(crate) fn with_advice(warning: &str) -> String {
    let note = Note::from(warning.to_owned());
    format!("{note}{}", advice(note.remedy))
}

fn advice(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::AxisKind => " (--axis-unit states it)",
        Remedy::LabelColumns => " (--label-columns)",
        Remedy::Scale => " (--scale max makes them comparable)",
        Remedy::ScaleOrGroup => {
            " (--scale max makes them comparable; --group keeps repeats of a sample together)"
        }
        Remedy::Series => " (--series NAME)",
        Remedy::AsTrained => " (without preparation options, patterns are prepared like those)",
        Remedy::Unprepared => " (--no-preparation leaves them as they are)",
        _ => "",
    }
}

/// Writes the page again if the folder is that of a study.
pub(crate) fn renew_page(folder: &Path) -> Result<()> {
    let file = folder.join(STUDY_FILE);
    if !file.is_file() || !folder.join(PAGE_FILE).is_file() {
        return Ok(());
    }
    let text = page(folder, &StudyReport::read(&file)?)?;
    let page = folder.join(PAGE_FILE);
    Ok(xrd_io::write::atomically(page, |f| {
        f.write_all(text.as_bytes())
    })?)
}
