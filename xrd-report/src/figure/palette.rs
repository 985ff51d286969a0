//! Colours that colour-blind readers can distinguish.

use std::sync::LazyLock;

/// Colours of Okabe and Ito (2008), "Color universal design". The yellow is omitted, because it is too
/// pale for small markers on white. Black is last, because it is also the colour of the axes.
pub(crate) const CATEGORIES: [&str; 7] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000",
];

pub(crate) const BLUE: &str = CATEGORIES[0];
pub(crate) const VERMILLION: &str = CATEGORIES[1];
pub(crate) const SKY_BLUE: &str = CATEGORIES[4];
pub(crate) const ORANGE: &str = CATEGORIES[5];
pub(crate) const BLACK: &str = "#000000";
pub(crate) const WHITE: &str = "#ffffff";
/// Colour of grid lines and notes.
pub(crate) const GREY: &str = "#7f7f7f";
pub(crate) const PALE_GREY: &str = "#ececec";

/// The viridis map (van der Walt and Smith, matplotlib, 2015) at nine equally spaced values.
const VIRIDIS: [[u8; 3]; 9] = [
    [0x44, 0x01, 0x54],
    [0x47, 0x2d, 0x7b],
    [0x3b, 0x52, 0x8b],
    [0x2c, 0x72, 0x8e],
    [0x21, 0x91, 0x8c],
    [0x28, 0xae, 0x80],
    [0x5e, 0xc9, 0x62],
    [0xad, 0xdc, 0x30],
    [0xfd, 0xe7, 0x25],
];

/// Returns red, green and blue of the sequential map at `fraction`, which is clamped to 0…1. Colours are
/// linear between keys.
pub(crate) fn sequential(fraction: f64) -> [u8; 3] {
    let place = fraction.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let k = (place as usize).min(VIRIDIS.len() - 2);
    let (below, above) = (VIRIDIS[k], VIRIDIS[k + 1]);
    let mix = |c: usize| {
        let (a, b) = (f64::from(below[c]), f64::from(above[c]));
        (a + (b - a) * (place - k as f64)).round() as u8
    };
    [mix(0), mix(1), mix(2)]
}

/// Number of steps between the colours of [`level`].
const STEPS: usize = 100;

/// Returns the colour of the sequential map at `fraction` as text, rounded to a hundredth. A value that is
/// not finite has the first colour.
pub(crate) fn level(fraction: f64) -> &'static str {
    static LEVELS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let color = |k: usize| {
            let [r, g, b] = sequential(k as f64 / STEPS as f64);
            format!("#{r:02x}{g:02x}{b:02x}")
        };
        (0..=STEPS).map(color).collect()
    });
    &LEVELS[(fraction.clamp(0.0, 1.0) * STEPS as f64).round() as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: [u8; 3]) -> f64 {
        let [r, g, b] = color.map(f64::from);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn the_sequential_map_grows_lighter_throughout() {
        let l: Vec<f64> = (0..=100)
            .map(|k| luminance(sequential(f64::from(k) / 100.0)))
            .collect();
        assert!(l.windows(2).all(|p| p[1] > p[0]));
    }

    #[test]
    fn the_sequential_map_meets_its_keys_and_is_clamped() {
        for (k, key) in VIRIDIS.iter().enumerate() {
            assert_eq!(sequential(k as f64 / 8.0), *key);
        }
        assert_eq!((level(0.0), level(7.0)), ("#440154", "#fde725"));
        assert_eq!(level(f64::NAN), level(0.0));
        assert_eq!(sequential(-1.0), VIRIDIS[0]);
        assert_eq!(sequential(2.0), VIRIDIS[8]);
    }
}
