//! Hash of data.

/// Returns the FNV-1a hash of numbers (Fowler, Noll and Vo).
///
/// Cost O(numbers).
pub fn digest(numbers: impl Iterator<Item = u64>) -> u64 {
    let bytes = numbers.flat_map(u64::to_le_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_another_order_have_another_digest() {
        assert_eq!(digest([].into_iter()), 0xcbf2_9ce4_8422_2325);
        let of = |numbers: [u64; 3]| digest(numbers.into_iter());
        assert_eq!(of([1, 2, 3]), of([1, 2, 3]));
        assert_ne!(of([1, 2, 3]), of([2, 1, 3]));
        assert_ne!(of([1, 2, 3]), of([1, 2, 4]));
    }
}
