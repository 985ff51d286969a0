//! Header of a NumPy array file. `format/npy.rs` documents the layout.

/// The first bytes of an array file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// Returns the bytes of an array file of little-endian numbers.
pub(crate) fn array_file(descr: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let mut file = array_header(descr, shape);
    file.extend(data);
    file
}

/// Returns the header of an array file.
pub(crate) fn array_header(descr: &str, shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let mut header = format!(
        "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}), }}",
        if shape.len() == 1 {
            sizes.trim_end()
        } else {
            sizes.trim_end_matches(", ")
        }
    );
    // NumPy wants the numbers to begin at a multiple of 64.
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut file = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes()].concat();
    file.extend(header.as_bytes());
    file
}
