use crate::{Error, Result};

/// Bytes to write.
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u32(&mut self, value: usize) {
        self.0.extend((value as u32).to_le_bytes());
    }

    pub(super) fn f64(&mut self, value: f64) {
        self.0.extend(value.to_le_bytes());
    }
}

/// Bytes to read, and the position.
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn error(&self, reason: &'static str) -> Error {
        Error::File {
            at: self.at,
            reason,
        }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let found = self.bytes[self.at..].get(..length);
        let found = found.ok_or_else(|| self.error("the file is cut off"))?;
        self.at += length;
        Ok(found)
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn u32(&mut self) -> Result<usize> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize)
    }

    /// A number of items of at least `size` bytes each, which have to fit into the rest of the file.
    pub(super) fn count(&mut self, size: usize) -> Result<usize> {
        let count = self.u32()?;
        match count.saturating_mul(size) <= self.bytes.len() - self.at {
            true => Ok(count),
            false => Err(self.error("the file is cut off")),
        }
    }

    pub(super) fn f64(&mut self) -> Result<f64> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(f64::from_le_bytes(bytes))
    }
}
