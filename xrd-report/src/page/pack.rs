//! Encoding of data for the page: little-endian bytes, gzipped, in Base64.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::Result;
use crate::figure::base64;

/// Encodes a text.
pub(super) fn text(text: &str) -> Result<String> {
    packed(text.as_bytes())
}

/// Encodes 16-bit numbers: all low bytes, then all high bytes, which compress better.
pub(super) fn words(words: &[u16]) -> Result<String> {
    let bytes = words.iter().map(|w| w.to_le_bytes());
    let (low, high): (Vec<u8>, Vec<u8>) = bytes.map(|[low, high]| (low, high)).unzip();
    packed(&[low, high].concat())
}

/// Encodes 32-bit floating-point numbers.
pub(super) fn floats(numbers: &[f32]) -> Result<String> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    packed(&bytes)
}

fn packed(bytes: &[u8]) -> Result<String> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::new(6));
    gzip.write_all(bytes)?;
    Ok(base64(&gzip.finish()?))
}

/// Number of levels between the smallest and the largest intensity of a pattern.
const LEVELS: f32 = 16383.0;

/// Appends the levels of a pattern above its smallest intensity, each as the difference from the
/// previous level. Returns the smallest intensity and the height of a level.
///
/// The error of an intensity is at most half a level, 3·10⁻⁵ of the range.
pub(super) fn levels(intensities: &[f32], to: &mut Vec<u16>) -> (f32, f32) {
    let low = intensities.iter().copied().fold(f32::INFINITY, f32::min);
    let high = intensities.iter().copied().fold(low, f32::max);
    let level = if high > low {
        (high - low) / LEVELS
    } else {
        1.0
    };
    let mut before = 0;
    for v in intensities {
        let now = ((v - low) / level).round() as u16;
        to.push(now.wrapping_sub(before));
        before = now;
    }
    (low, level)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn levels_add_up_to_the_pattern_again() {
        let pattern: Vec<f32> = (0..500)
            .map(|i| (i as f32 * 0.3).sin() * 70.0 - 5.0)
            .collect();
        let mut words = Vec::new();
        let (low, level) = levels(&pattern, &mut words);
        let mut sum = 0_u16;
        for (v, w) in pattern.iter().zip(words) {
            sum = sum.wrapping_add(w);
            assert!((low + level * f32::from(sum) - v).abs() <= 0.51 * level);
        }
        let flat = levels(&[3.0; 4], &mut Vec::new());
        assert_eq!(flat, (3.0, 1.0));
    }

    #[test]
    fn blocks_are_gzip_in_base64_the_same_each_time() {
        let data: Vec<u16> = (0..9_u16).map(|i| i * 999).collect();
        let block = words(&data).unwrap();
        assert_eq!(block, words(&data).unwrap());
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut bits = String::new();
        for c in block.trim_end_matches('=').bytes() {
            let value = digits.iter().position(|d| *d == c).unwrap();
            bits += &format!("{value:06b}");
        }
        let bytes: Vec<u8> = (0..bits.len() / 8)
            .map(|i| u8::from_str_radix(&bits[8 * i..8 * i + 8], 2).unwrap())
            .collect();
        let mut plain = Vec::new();
        let mut gzip = flate2::read::GzDecoder::new(&bytes[..]);
        gzip.read_to_end(&mut plain).unwrap();
        let (low, high) = plain.split_at(data.len());
        let again = low
            .iter()
            .zip(high)
            .map(|(l, h)| u16::from_le_bytes([*l, *h]));
        assert!(again.eq(data));
    }
}
