use serde::Serialize;
use serde::de::DeserializeOwned;
use xrd_predict::Predictor;

use crate::engine::Store;
use crate::error::{Error, Result};
use crate::session::Saving;

/// Kind of the work in messages.
const KIND: &str = "score of predictions";
/// Name of the saved predictor.
const PREDICTOR: &str = "predictor";

/// Finished parts of the work, in a folder or nowhere.
pub(super) struct Saved(Option<Store>);

impl Saved {
    /// Finished parts in the folder of `saving`. Settings are written as lines.
    pub(super) fn open(saving: Option<&Saving>, settings: &str) -> Result<Self> {
        let store = saving.map(|s| Store::open(s, KIND, settings));
        Ok(Self(store.transpose()?))
    }

    /// The saved predictor, or a new one, which is saved.
    pub(super) fn predictor(
        &self,
        fit: impl FnOnce() -> xrd_predict::Result<Predictor>,
    ) -> Result<Predictor> {
        let Some(store) = &self.0 else {
            return Ok(fit()?);
        };
        let file = store.checkpoint_file(PREDICTOR);
        if !file.exists() {
            let bytes = fit()?.to_bytes();
            store.begin()?;
            xrd_io::write::atomically(&file, |f| f.write_all(&bytes))?;
        }
        // Positions are rounded in the file, so that the predictor is read also where it is new.
        let bytes = std::fs::read(&file).map_err(|e| Error::file(&file, e))?;
        Ok(Predictor::from_bytes(&bytes)?)
    }

    /// The saved part with a number, if there is one.
    pub(super) fn read<T: DeserializeOwned>(&self, part: usize) -> Result<Option<T>> {
        let store = self.0.as_ref();
        Ok(store.map(|s| s.read(&name(part))).transpose()?.flatten())
    }

    /// Saves a part.
    pub(super) fn write(&self, part: usize, finished: &impl Serialize) -> Result<()> {
        let store = self.0.as_ref();
        store.map_or(Ok(()), |s| s.write(&name(part), finished))
    }

    /// The error of work that is stopped.
    pub(super) fn stopped(&self) -> Error {
        self.0.as_ref().map_or(Error::Stopped, |store| {
            let saved = store.path().to_owned();
            Error::Interrupted { saved }
        })
    }

    /// Removes the finished parts.
    pub(super) fn remove(self) -> Result<()> {
        self.0.map_or(Ok(()), Store::remove)
    }
}

fn name(part: usize) -> String {
    format!("predictions-{part}")
}
