//! An output folder whose files appear all together or not at all.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::inputs::Inputs;
use crate::interrupt::{self, Unfinished};

/// Turns the text of an SVG file into the bytes of a PNG file.
pub(crate) type Renderer = Box<dyn Fn(&str) -> Result<Vec<u8>> + Send + Sync>;

/// Result files, written beside their places and renamed into them by [`commit`](Self::commit).
///
/// Dropped without a commit, it leaves the folder as it was.
pub(crate) struct OutputFolder {
    folder: PathBuf,
    unfinished: Unfinished,
    /// Paths inside the folder, in the order they were written.
    files: Vec<PathBuf>,
    taken: HashSet<PathBuf>,
    /// Draws figures a second time, where that is asked for.
    renderer: Option<Renderer>,
    /// What is read, and never written.
    inputs: Inputs,
}

impl OutputFolder {
    /// Makes the folder where it does not exist, and a place inside it for unfinished files.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        Self::open_marked(folder, "")
    }

    /// The same; `mark` begins the name of that place, so that [`remove_litter`] finds it should
    /// the process be killed.
    pub(crate) fn open_marked(folder: &Path, mark: &str) -> Result<Self> {
        let absolute = std::path::absolute(folder).context(folder.display().to_string())?;
        let missing = absolute.ancestors().take_while(|f| !f.exists());
        let output = Self {
            unfinished: Unfinished {
                staging: absolute.join(format!("{UNFINISHED}{mark}{}", unique())),
                created: missing.map(Path::to_owned).collect(),
            },
            folder: folder.to_owned(),
            files: Vec::new(),
            taken: HashSet::new(),
            renderer: None,
            inputs: Inputs::default(),
        };
        interrupt::remove_if_interrupted(&output.unfinished);
        interrupt::make(|| fs::create_dir_all(&output.unfinished.staging))
            .with_context(|| format!("cannot write into {}", folder.display()))?;
        Ok(output)
    }

    /// Writes one file, named relative to the folder; a second file of one name is numbered.
    pub(crate) fn write(
        &mut self,
        name: impl AsRef<Path>,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<()> {
        let name = self.free_name(name.as_ref());
        self.inputs.spare(&self.folder.join(&name))?;
        let path = self.unfinished.staging.join(&name);
        let write_all = || {
            let file = interrupt::make(|| {
                fs::create_dir_all(path.parent().unwrap_or(&self.unfinished.staging))?;
                fs::File::create(&path)
            });
            let mut file = std::io::BufWriter::new(file?);
            write(&mut file)?;
            file.into_inner().map_err(|e| e.into_error())?.sync_all()
        };
        write_all()
            .with_context(|| format!("cannot write {}", self.folder.join(&name).display()))?;
        self.add(name);
        Ok(())
    }

    /// Writes one of many small files, on any thread, without waiting until it is on disk. It
    /// comes into the folder by [`adopt`](Self::adopt); `key` tells it from the others.
    pub(crate) fn stage(&self, key: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.unfinished.staging.join(format!(".staged-{key}"));
        interrupt::make(|| fs::File::create(&path))
            .and_then(|mut file| file.write_all(bytes))
            .with_context(|| format!("cannot write into {}", self.folder.display()))?;
        Ok(path)
    }

    /// Names a staged file relative to the folder; a second file of one name is numbered.
    pub(crate) fn adopt(&mut self, staged: &Path, name: impl AsRef<Path>) -> Result<()> {
        let name = self.free_name(name.as_ref());
        fs::rename(staged, self.unfinished.staging.join(&name))
            .with_context(|| format!("cannot write {}", self.folder.join(&name).display()))?;
        self.add(name);
        Ok(())
    }

    fn add(&mut self, name: PathBuf) {
        self.taken.insert(name.clone());
        self.files.push(name);
    }

    /// The name, or a numbered one, as in `map_a_b-2.svg`, where it is taken.
    fn free_name(&self, name: &Path) -> PathBuf {
        let stem = name.file_stem().unwrap_or_default().to_string_lossy();
        let extension = name.extension().unwrap_or_default().to_string_lossy();
        let mut free = name.to_owned();
        for number in 2.. {
            if !self.taken.contains(&free) {
                break;
            }
            free = name.with_file_name(format!("{stem}-{number}.{extension}"));
        }
        free
    }

    /// Writes one file of text.
    pub(crate) fn write_text(&mut self, name: impl AsRef<Path>, text: &str) -> Result<()> {
        self.write(name, |f| f.write_all(text.as_bytes()))
    }

    /// The same, which writes no file that is read. Of `names` that is known before the work.
    pub(crate) fn sparing(mut self, inputs: Inputs, names: &[&str]) -> Result<Self> {
        self.inputs = inputs;
        let mut paths = names.iter().map(|name| self.folder.join(name));
        paths.try_for_each(|path| self.inputs.spare(&path))?;
        Ok(self)
    }

    /// The same, which writes figures as PNG too where there is a renderer.
    pub(crate) fn with_renderer(mut self, renderer: Option<Renderer>) -> Self {
        self.renderer = renderer;
        self
    }

    /// Writes a figure, `name` without extension: an SVG file, and a PNG file where that is asked
    /// for.
    pub(crate) fn write_figure(&mut self, name: &str, svg: &str) -> Result<()> {
        let png = self.renderer.as_ref().map(|draw| draw(svg));
        self.write_text(format!("{name}.svg"), svg)?;
        match png {
            Some(png) => {
                let png = png.with_context(|| format!("cannot draw {name}.png"))?;
                self.write(format!("{name}.png"), |f| f.write_all(&png))
            }
            None => Ok(()),
        }
    }

    /// Where the files are until they are all there.
    pub(crate) fn staging(&self) -> &Path {
        &self.unfinished.staging
    }

    /// The files written so far, relative to the folder.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Renames every file into place, in the order they were written.
    pub(crate) fn commit(self) -> Result<()> {
        let each = |step: &dyn Fn(&Path, &Path) -> std::io::Result<()>| {
            self.files.iter().try_for_each(|name| {
                let (from, to) = (self.unfinished.staging.join(name), self.folder.join(name));
                step(&from, &to).with_context(|| format!("cannot write {}", to.display()))
            })
        };
        interrupt::finish(&self.unfinished, || {
            // What can stand in the way of a rename is found before the first one.
            each(&|_, to| make_room(to))?;
            each(&|from, to| fs::rename(from, to))
        })
    }
}

/// Begins the names of the places for unfinished files.
const UNFINISHED: &str = ".xrd-unfinished-";

/// What names a place of this process alone: machines that share a folder may share the numbers
/// of their processes.
fn unique() -> String {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("{}-{}", std::process::id(), since.as_nanos())
}

/// Removes what killed processes of this mark have left in a folder.
pub(crate) fn remove_litter(folder: &Path, mark: &str) {
    let prefix = format!("{UNFINISHED}{mark}");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            // What cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Makes the folder of a file, and fails where the file itself is a folder.
fn make_room(file: &Path) -> std::io::Result<()> {
    if file.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    fs::create_dir_all(file.parent().unwrap_or(Path::new("")))
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        self.unfinished.remove();
    }
}

/// Prints a line of results on stdout.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_together_and_foreign_ones_stay() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/out");
        let mut output = OutputFolder::open(&folder).unwrap();
        output.write_text("one.txt", "1").unwrap();
        output.write_text("sub/two.txt", "2").unwrap();
        assert!(!folder.join("one.txt").exists());
        output.commit().unwrap();
        fs::write(folder.join("foreign"), "mine").unwrap();
        let mut again = OutputFolder::open(&folder).unwrap();
        again.write_text("one.txt", "new").unwrap();
        again.commit().unwrap();
        let read = |name| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(
            (read("one.txt"), read("sub/two.txt"), read("foreign")),
            ("new".into(), "2".into(), "mine".into())
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    }

    #[test]
    fn without_a_commit_nothing_happened() {
        let place = tempfile::tempdir().unwrap();
        let mut output = OutputFolder::open(&place.path().join("new/out")).unwrap();
        output.write_text("one.txt", "1").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_in_the_way_of_one_file_leaves_all_as_they_were() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("one.txt"), "old").unwrap();
        fs::create_dir(place.path().join("two.txt")).unwrap();
        let mut output = OutputFolder::open(place.path()).unwrap();
        output.write_text("one.txt", "new").unwrap();
        output.write_text("two.txt", "new").unwrap();
        let message = format!("{:#}", output.commit().unwrap_err());
        assert!(message.contains("two.txt"), "{message}");
        let one = fs::read_to_string(place.path().join("one.txt")).unwrap();
        assert_eq!(one, "old");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_others_put_into_a_new_folder_stays() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("new/out");
        let output = OutputFolder::open(&folder).unwrap();
        fs::write(folder.join("foreign"), "mine").unwrap();
        drop(output);
        let names = fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["foreign"]);
    }

    #[test]
    fn a_second_file_of_one_name_is_numbered() {
        let place = tempfile::tempdir().unwrap();
        let mut output = OutputFolder::open(place.path()).unwrap();
        for text in ["1", "2", "3"] {
            output.write_text("sub/a.b.svg", text).unwrap();
        }
        output.commit().unwrap();
        let read = |name| fs::read_to_string(place.path().join("sub").join(name)).unwrap();
        let texts = ["a.b.svg", "a.b-2.svg", "a.b-3.svg"].map(read);
        assert_eq!(texts, ["1", "2", "3"]);
    }

    #[test]
    fn a_failing_write_names_the_file() {
        let place = tempfile::tempdir().unwrap();
        let mut output = OutputFolder::open(place.path()).unwrap();
        let full = |_: &mut dyn Write| Err(std::io::ErrorKind::StorageFull.into());
        let message = format!("{:#}", output.write("big.csv", full).unwrap_err());
        assert!(message.contains("big.csv"), "{message}");
    }
}
