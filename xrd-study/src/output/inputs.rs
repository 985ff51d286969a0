//! Input files, which must not be overwritten.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// List of input files and folders, which output files must not overwrite.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    files: HashSet<PathBuf>,
    folders: HashSet<PathBuf>,
}

impl Inputs {
    /// Returns a list of input files, and of folders whose scans are input files. Paths that do not
    /// exist are ignored.
    pub fn new<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let real = paths.into_iter().flat_map(|p| p.as_ref().canonicalize());
        let (folders, files) = real.partition(|p| p.is_dir());
        Self { files, folders }
    }

    /// Adds input files and folders.
    #[must_use]
    pub fn and<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        let more = Self::new(paths);
        self.files.extend(more.files);
        self.folders.extend(more.folders);
        self
    }

    /// Checks that an output file is not an input file. The argument `out` is the output file.
    ///
    /// # Errors
    /// [`Error::Input`] if the output file is one of the input files, or a scan in one of the input
    /// folders.
    pub fn refuse_overwrite(&self, out: &Path) -> Result<()> {
        // A file that does not exist overwrites nothing.
        let Ok(real) = out.canonicalize() else {
            return Ok(());
        };
        let inside = real.parent().is_some_and(|f| self.folders.contains(f));
        let is_scan = || real.is_file() && xrd_io::read_scans(&real).is_ok();
        if self.files.contains(&real) || inside && is_scan() {
            return Err(Error::Input {
                path: out.to_owned(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_is_read_is_spared_under_any_name() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::create_dir(path("scans")).unwrap();
        let scan: String = (0..20).map(|i| format!("{}.0 {i}\n", 10 + i)).collect();
        for (name, text) in [
            ("scans/a.xy", &*scan),
            ("scans/latent.csv", "name,x,y\na,0,0\n"),
            ("labels.csv", "name,Fe\na,1\n"),
        ] {
            fs::write(path(name), text).unwrap();
        }
        let inputs = Inputs::new([path("scans"), path("labels.csv"), path("missing")]);
        for lost in ["labels.csv", "scans/../labels.csv", "scans/a.xy"] {
            let message = inputs
                .refuse_overwrite(&path(lost))
                .unwrap_err()
                .to_string();
            assert!(
                message.ends_with("is an input file and would be overwritten"),
                "{message}"
            );
        }
        for new in ["new.csv", "scans/new.xy", "scans/latent.csv", "scans"] {
            inputs.refuse_overwrite(&path(new)).unwrap();
        }
    }
}
