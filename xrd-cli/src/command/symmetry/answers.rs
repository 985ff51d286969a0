//! The answers about all patterns: printed, collected for the array, and written to a folder.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use xrd_identify::Library;
use xrd_study::xrd_symmetry::Settings;

use super::answer::Answer;
use super::folder::Folder;
use crate::message;
use crate::output::{renew_page, say};

/// Receiver of answers.
pub(super) struct Answers<'a> {
    /// Name of the model.
    model: &'a str,
    library: &'a Library,
    is_json: bool,
    folder: Option<Folder>,
    all: Vec<Value>,
}

impl<'a> Answers<'a> {
    pub(super) fn new(
        model: &'a str,
        library: &'a Library,
        is_json: bool,
        folder: Option<Folder>,
    ) -> Self {
        Self {
            model,
            library,
            is_json,
            folder,
            all: Vec::new(),
        }
    }

    /// Prints the answer about a pattern, or collects it.
    pub(super) fn add(&mut self, answer: &Answer) -> Result<()> {
        if !self.is_json {
            answer.lines().iter().try_for_each(|line| say(line))?;
        }
        let json = answer.to_json(self.model);
        if let Some(folder) = &mut self.folder {
            folder.add(answer, &json, self.library)?;
        }
        self.all.push(json);
        Ok(())
    }

    /// Collects the error of a pattern that cannot be read.
    pub(super) fn add_error(&mut self, pattern: &str, error: &anyhow::Error) {
        let json = json!({"pattern": pattern, "error": message(error)});
        if let Some(folder) = &mut self.folder {
            folder.add_error(pattern, &json);
        }
        self.all.push(json);
    }

    /// Writes the folder, and the page of a study in it again, and prints the array.
    pub(super) fn finish(self, settings: &Settings, out: Option<&Path>) -> Result<()> {
        if let (Some(folder), Some(out)) = (self.folder, out) {
            folder.finish(self.model, settings)?;
            renew_page(out)?;
        }
        match self.is_json {
            true => say(&serde_json::to_string_pretty(&Value::Array(self.all))?),
            false => Ok(()),
        }
    }
}
