//! Reading of whole files. Large files are read in parallel pieces, because most of the time is
//! needed for the allocation of memory pages.

use std::io;
use std::path::Path;

/// Reads all bytes of a file. Cost: O(size).
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    match in_pieces(path) {
        Some(bytes) => Ok(bytes),
        None => std::fs::read(path),
    }
}

/// Reads a file in parallel pieces. Returns `None` if the file is small, has no known size, or
/// changes while it is read.
#[cfg(all(unix, feature = "parallel"))]
fn in_pieces(path: &Path) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt;

    use rayon::prelude::*;

    const PIECE: usize = 1 << 20;
    let file = std::fs::File::open(path).ok()?;
    let size = usize::try_from(file.metadata().ok()?.len()).ok()?;
    if size <= 2 * PIECE || rayon::current_num_threads() == 1 {
        return None;
    }
    let mut bytes = vec![0; size];
    let pieces = bytes.par_chunks_mut(PIECE).enumerate();
    let read = pieces.map(|(i, piece)| file.read_exact_at(piece, (i * PIECE) as u64));
    read.all(|done| done.is_ok()).then_some(())?;
    // A file that has grown is read again.
    (file.metadata().ok()?.len() == size as u64).then_some(bytes)
}

#[cfg(not(all(unix, feature = "parallel")))]
fn in_pieces(_: &Path) -> Option<Vec<u8>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        for size in [0, 1000, 2_097_152, 3_500_001] {
            let bytes: Vec<u8> = (0..size).map(|i: u32| (i ^ (i >> 9)) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
            assert!(pool.unwrap().install(|| read(&path)).unwrap() == bytes);
        }
        assert!(read(&folder.path().join("none")).is_err());
    }
}
