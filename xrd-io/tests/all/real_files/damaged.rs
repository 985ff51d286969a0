//! Every real file truncated or damaged at any position, as `damage` does to the seeds.

use crate::damage::{damage_all, files_below};

use super::data;

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn damaged_files() {
    let mut files = files_below(data("patterns"));
    files.extend(files_below(data("cif")));
    damage_all(&files, |path| {
        let is_cif = path.extension().is_some_and(|e| e == "cif");
        let more = is_cif.then(|| "structure".to_owned());
        std::iter::once("any".to_owned()).chain(more).collect()
    });
}
