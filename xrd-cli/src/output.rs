//! Results on stdout, notes on stderr, and folders of files that are removed if interrupted.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use xrd_study::{Note, OutputFolder, Remedy};

use crate::interrupt;

/// Opens an output folder whose unfinished files go if the program is interrupted.
pub(crate) fn open(folder: &Path) -> Result<OutputFolder> {
    Ok(OutputFolder::open(folder, interrupt::unfinished())?)
}

/// Prints a line of results on stdout.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

/// A report as pretty JSON.
pub(crate) fn pretty(report: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)?)
}

/// Prints notes on stderr, with the options that change them.
pub(crate) fn print_notes(notes: &[Note]) {
    for note in notes {
        print_note(note);
    }
}

/// Prints a note on stderr.
pub(crate) fn print_note(note: &Note) {
    let advice = match note.remedy {
        Remedy::LabelColumns => " (--label-columns)",
        Remedy::AsTrained => " (--as-trained does the same)",
        _ => "",
    };
    eprintln!("note: {note}{advice}");
}
