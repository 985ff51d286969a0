//! Output folder whose files appear all together or not at all.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::error::{Error, Result};

mod inputs;

pub use inputs::Inputs;

/// List of the unfinished output folders of a program.
///
/// If your program handles Ctrl-C, create one list, and pass this list or a clone of this list to
/// every call of [`OutputFolder::open`]. Call [`abandon`](Self::abandon) before the program exits.
/// If your program does not handle Ctrl-C, pass a new list to each call.
#[derive(Clone, Debug, Default)]
pub struct UnfinishedOutput(Arc<Mutex<Vec<Staging>>>);

/// Temporary folder with files that are not yet committed.
#[derive(Clone, Debug, PartialEq)]
struct Staging {
    folder: PathBuf,
    /// File that is locked while the folder is in use.
    lock: PathBuf,
    /// Parent folders that did not exist before, the innermost first.
    created: Vec<PathBuf>,
}

impl Staging {
    /// Removes the folder, its lock, and created parent folders that are empty.
    fn remove(&self) {
        // Hidden files that cannot be removed are removed by the next run.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file(&self.lock);
        for folder in &self.created {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl UnfinishedOutput {
    /// Removes the temporary files of all unfinished output folders. After this call, no output can
    /// be started or committed. Threads that try to write are blocked forever, so the caller must
    /// end the process.
    pub fn abandon(&self) {
        let staged = self.lock();
        staged.iter().for_each(Staging::remove);
        // The lock is kept, so that no output starts while the program ends.
        std::mem::forget(staged);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Staging>> {
        // The list is valid even if a thread panicked while it held the lock.
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Makes a file or folder while no folder is being removed.
    fn make<T>(&self, make: impl FnOnce() -> T) -> T {
        let _staged = self.lock();
        make()
    }
}

/// Output folder whose files appear together. Files are first written to a temporary folder inside
/// the output folder. [`commit`](Self::commit) then moves all files to their final names.
///
/// Without a commit, existing files do not change. If a process is killed, its temporary folder
/// remains until the output folder is opened again.
///
/// # Example
/// ```
/// use xrd_study::{OutputFolder, UnfinishedOutput};
/// # let place = tempfile::tempdir()?;
/// let folder = place.path().join("out");
/// let mut out = OutputFolder::open(&folder, &UnfinishedOutput::default())?;
/// out.write_text("one.txt", "1")?;
/// assert!(!folder.join("one.txt").exists());
/// out.commit()?;
/// assert!(folder.join("one.txt").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OutputFolder {
    folder: PathBuf,
    staging: Staging,
    unfinished: UnfinishedOutput,
    /// Locked while the folder is in use. The lock ends with the process.
    lock: File,
    /// Paths relative to the folder, in the order of writing.
    files: Vec<PathBuf>,
    taken: HashSet<PathBuf>,
    /// Input files, which are never overwritten.
    inputs: Inputs,
}

impl OutputFolder {
    /// Opens an output folder, and creates the folder if it does not exist. Removes temporary
    /// folders of killed processes.
    ///
    /// # Errors
    /// [`Error::WriteInto`] if the folder cannot be created, or if no file can be written to it.
    pub fn open(folder: &Path, unfinished: &UnfinishedOutput) -> Result<Self> {
        let fail = |source| Error::WriteInto {
            path: folder.to_owned(),
            source,
        };
        let absolute = std::path::absolute(folder).map_err(fail)?;
        let missing = absolute.ancestors().take_while(|f| !f.exists());
        let created: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        remove_abandoned(&absolute);
        let name = format!("{UNFINISHED}{}", unique());
        let staging = Staging {
            lock: absolute.join(format!("{name}{LOCK}")),
            folder: absolute.join(name),
            created,
        };
        let mut staged = unfinished.lock();
        let made = fs::create_dir_all(&absolute).and_then(|()| {
            // The lock precedes the folder, so that no other process removes the folder.
            let lock = locked(&staging.lock)?;
            fs::create_dir(&staging.folder)?;
            Ok(lock)
        });
        let lock = made.map_err(|error| {
            staging.remove();
            fail(error)
        })?;
        staged.push(staging.clone());
        drop(staged);
        Ok(Self {
            folder: folder.to_owned(),
            staging,
            unfinished: unfinished.clone(),
            lock,
            files: Vec::new(),
            taken: HashSet::new(),
            inputs: Inputs::default(),
        })
    }

    /// Writes one file to the temporary folder. The argument `name` is the final name, relative to
    /// the output folder. A second file with the same name gets a number, as in `a-2.csv`.
    ///
    /// # Errors
    /// [`Error::Input`] if an input file has this name, [`Error::Write`] if the file cannot be
    /// written.
    pub fn write(
        &mut self,
        name: impl AsRef<Path>,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<()> {
        let name = self.free_name(name.as_ref());
        self.inputs.refuse_overwrite(&self.folder.join(&name))?;
        let path = self.staging.folder.join(&name);
        let write_all = || {
            let file = self.unfinished.make(|| {
                fs::create_dir_all(path.parent().unwrap_or(&self.staging.folder))?;
                File::create(&path)
            });
            let mut file = std::io::BufWriter::new(file?);
            write(&mut file)?;
            file.into_inner().map_err(|e| e.into_error())?.sync_all()
        };
        write_all().map_err(|e| self.cannot_write(&name, e))?;
        self.add(name);
        Ok(())
    }

    /// Writes a small file without a final name. The method can be called from several threads, and
    /// does not wait for the disk.
    ///
    /// The argument `key` must be different for each file. Pass the returned path to
    /// [`adopt`](Self::adopt), which gives the file its final name.
    ///
    /// # Errors
    /// [`Error::WriteInto`] if the file cannot be written.
    pub fn stage(&self, key: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.staging.folder.join(format!(".staged-{key}"));
        self.unfinished
            .make(|| File::create(&path))
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|source| Error::WriteInto {
                path: self.folder.clone(),
                source,
            })?;
        Ok(path)
    }

    /// Gives the final name to a file that was written by [`stage`](Self::stage). The argument
    /// `name` is the final name, relative to the output folder. A second file with the same name
    /// gets a number.
    ///
    /// # Errors
    /// [`Error::Write`] if the file cannot be renamed.
    pub fn adopt(&mut self, staged: &Path, name: impl AsRef<Path>) -> Result<()> {
        let name = self.free_name(name.as_ref());
        fs::rename(staged, self.staging.folder.join(&name))
            .map_err(|e| self.cannot_write(&name, e))?;
        self.add(name);
        Ok(())
    }

    fn add(&mut self, name: PathBuf) {
        self.taken.insert(name.clone());
        self.files.push(name);
    }

    /// Returns the name, or a numbered one if it is taken, as in `map_a_b-2.svg`.
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

    /// Writes one text file. The argument `name` has the same meaning as in [`write`](Self::write).
    ///
    /// # Errors
    /// Any error of [`write`](Self::write).
    pub fn write_text(&mut self, name: impl AsRef<Path>, text: &str) -> Result<()> {
        self.write(name, |f| f.write_all(text.as_bytes()))
    }

    /// Sets the input files, which are then never overwritten. The argument `names` contains names
    /// of output files that are checked immediately.
    ///
    /// # Errors
    /// [`Error::Input`] if one of these output files is an input file.
    pub fn protecting(mut self, inputs: Inputs, names: &[&str]) -> Result<Self> {
        self.inputs = inputs;
        let mut paths = names.iter().map(|name| self.folder.join(name));
        paths.try_for_each(|path| self.inputs.refuse_overwrite(&path))?;
        Ok(self)
    }

    /// Returns the temporary folder.
    pub fn staging(&self) -> &Path {
        &self.staging.folder
    }

    /// Returns the paths of the files written so far, relative to the output folder.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Moves every file from the temporary folder to its final name, in the order of writing.
    ///
    /// # Errors
    /// [`Error::Write`] if a file cannot be moved, or if a folder has the same name as a file.
    /// Folders are checked before the first file is moved. If this check fails, no existing file is
    /// changed.
    pub fn commit(self) -> Result<()> {
        let each = |step: &dyn Fn(&Path, &Path) -> std::io::Result<()>| {
            self.files.iter().try_for_each(|name| {
                let (from, to) = (self.staging.folder.join(name), self.folder.join(name));
                step(&from, &to).map_err(|e| self.cannot_write(name, e))
            })
        };
        // Ctrl-C waits until all files are renamed.
        let mut staged = self.unfinished.lock();
        let result =
            each(&|_, to| make_room(to)).and_then(|()| each(&|from, to| fs::rename(from, to)));
        staged.retain(|s| *s != self.staging);
        result
    }

    fn cannot_write(&self, name: &Path, source: std::io::Error) -> Error {
        Error::Write {
            path: self.folder.join(name),
            source,
        }
    }
}

/// Prefix of the names of temporary folders.
const UNFINISHED: &str = ".xrd-unfinished-";

/// Extension of the lock files of temporary folders.
const LOCK: &str = ".lock";

/// Returns a name that no other process uses. The process id alone is not unique on a shared disk.
fn unique() -> String {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("{}-{}", std::process::id(), since.as_nanos())
}

/// Removes temporary folders of killed processes: those that no process has locked.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(UNFINISHED) {
            continue;
        }
        let lock = match name.ends_with(LOCK) {
            // A lock file with a folder is removed together with it. A lock file alone is left by a
            // process that was killed before it made the folder.
            true if folder.join(name.trim_end_matches(LOCK)).exists() => continue,
            true => entry.path(),
            false => folder.join(format!("{name}{LOCK}")),
        };
        // A folder without a lock file is of an older version, or was removed in part.
        let file = File::open(&lock).ok();
        let is_held = |file: &File| {
            let held = file.try_lock();
            matches!(held, Err(TryLockError::WouldBlock | TryLockError::Error(_)))
        };
        if file.as_ref().is_some_and(is_held) {
            continue;
        }
        // Errors are ignored: remaining files are hidden and harmless.
        let _ = fs::remove_dir_all(entry.path());
        let _ = fs::remove_file(lock);
        // The lock is held until here.
        drop(file);
    }
}

/// Makes a file and locks it.
fn locked(path: &Path) -> std::io::Result<File> {
    loop {
        let file = File::create(path)?;
        file.lock()?;
        // Another process may have removed the file before it was locked.
        if path.exists() {
            return Ok(file);
        }
    }
}

/// Makes the parent folder of a file. Fails if the file itself is a folder.
fn make_room(file: &Path) -> std::io::Result<()> {
    if file.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    fs::create_dir_all(file.parent().unwrap_or(Path::new("")))
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        self.unfinished.lock().retain(|s| *s != self.staging);
        self.staging.remove();
        let _ = self.lock.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Result<OutputFolder> {
        OutputFolder::open(folder, &UnfinishedOutput::default())
    }

    #[test]
    fn a_killed_run_leaves_nothing_behind_for_long() {
        let place = tempfile::tempdir().unwrap();
        let names = || -> Vec<String> {
            let entries = fs::read_dir(place.path()).unwrap();
            let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
            names.collect()
        };
        // Files as a killed process leaves them, without a lock.
        for name in ["dead", "older"] {
            let folder = place.path().join(format!("{UNFINISHED}{name}"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("half.csv"), "1,").unwrap();
        }
        fs::write(place.path().join(format!("{UNFINISHED}dead{LOCK}")), "").unwrap();
        fs::write(place.path().join(format!("{UNFINISHED}alone{LOCK}")), "").unwrap();
        let mut alive = open(place.path()).unwrap();
        assert_eq!(names().len(), 2, "{:?}", names());
        alive.write_text("one.txt", "1").unwrap();
        let another = open(place.path()).unwrap();
        assert_eq!(names().len(), 4, "{:?}", names());
        drop(another);
        alive.commit().unwrap();
        assert_eq!(names(), ["one.txt"]);
    }

    #[test]
    fn abandoned_output_is_gone() {
        let place = tempfile::tempdir().unwrap();
        let unfinished = UnfinishedOutput::default();
        let folder = place.path().join("new/out");
        let mut output = OutputFolder::open(&folder, &unfinished).unwrap();
        output.write_text("one.txt", "1").unwrap();
        unfinished.abandon();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        // The mutex of the register stays locked.
        std::mem::forget(output);
    }

    #[test]
    fn files_appear_together_and_foreign_ones_stay() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/out");
        let mut output = open(&folder).unwrap();
        output.write_text("one.txt", "1").unwrap();
        output.write_text("sub/two.txt", "2").unwrap();
        assert!(!folder.join("one.txt").exists());
        output.commit().unwrap();
        fs::write(folder.join("foreign"), "mine").unwrap();
        let mut again = open(&folder).unwrap();
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
        let mut output = open(&place.path().join("new/out")).unwrap();
        output.write_text("one.txt", "1").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_in_the_way_of_one_file_leaves_all_as_they_were() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("one.txt"), "old").unwrap();
        fs::create_dir(place.path().join("two.txt")).unwrap();
        let mut output = open(place.path()).unwrap();
        output.write_text("one.txt", "new").unwrap();
        output.write_text("two.txt", "new").unwrap();
        let message = output.commit().unwrap_err().to_string();
        assert!(message.contains("two.txt"), "{message}");
        let one = fs::read_to_string(place.path().join("one.txt")).unwrap();
        assert_eq!(one, "old");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_others_put_into_a_new_folder_stays() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("new/out");
        let output = open(&folder).unwrap();
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
        let mut output = open(place.path()).unwrap();
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
        let mut output = open(place.path()).unwrap();
        let full = |_: &mut dyn Write| Err(std::io::ErrorKind::StorageFull.into());
        let message = output.write("big.csv", full).unwrap_err().to_string();
        assert!(message.contains("big.csv"), "{message}");
    }
}
