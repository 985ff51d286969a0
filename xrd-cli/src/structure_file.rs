//! Recognition of structure files by name.

use std::path::Path;

const EXTENSIONS: [&str; 5] = ["cif", "mcif", "vasp", "poscar", "contcar"];

/// Whether a file name is that of a structure file: by the extension, or because it begins with
/// POSCAR or CONTCAR. Compressed files count too.
pub(crate) fn is_named_so(file: &Path) -> bool {
    let lower =
        |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().to_lowercase();
    let file = without_packing(file);
    let name = lower(file.file_name());
    EXTENSIONS.contains(&lower(file.extension()).as_str())
        || name.starts_with("poscar")
        || name.starts_with("contcar")
}

/// The name of the structure in a file: the file name without extensions.
pub(crate) fn name_of(file: &Path) -> String {
    let stem = without_packing(file).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// The path without .gz or .bz2.
fn without_packing(file: &Path) -> &Path {
    let is_packed = |e: &std::ffi::OsStr| ["gz", "bz2"].iter().any(|p| e.eq_ignore_ascii_case(p));
    match (file.extension(), file.file_stem()) {
        (Some(extension), Some(stem)) if is_packed(extension) => Path::new(stem),
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_files_are_recognised_by_name_compressed_or_not() {
        for (file, name) in [
            ("in/NaCl.cif", "NaCl"),
            ("in/NaCl.CIF.gz", "NaCl"),
            ("a.b.vasp.bz2", "a.b"),
            ("POSCAR", "POSCAR"),
            ("Contcar_1.gz", "Contcar_1"),
        ] {
            assert!(is_named_so(Path::new(file)), "{file}");
            assert_eq!(name_of(Path::new(file)), name);
        }
        for file in ["cif", "a.xy.gz", "a.cif.txt", "my_POSCAR"] {
            assert!(!is_named_so(Path::new(file)), "{file}");
        }
    }
}
