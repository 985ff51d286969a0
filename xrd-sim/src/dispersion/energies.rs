//! f′ and f″ between 3 and 130 keV.

use xrd_core::Element;

/// For each element from lithium to uranium: the number of points as a `u16`, then energies in eV,
/// f′ and f″ as `f32`, little-endian, point by point. Written by `data/dispersion_energies.py`.
static POINTS: &[u8] = include_bytes!("energies.bin");

const FIRST: u8 = 3;
const POINT: usize = 12;

/// f′ and f″ by Chantler of an element up to uranium at an energy in eV, interpolated linearly over
/// the logarithm of the energy. They are 0 for hydrogen and helium.
///
/// Cost O(elements + log points).
pub(super) fn at(element: Element, energy: f64) -> [f64; 2] {
    if element.number() < FIRST {
        return [0.0; 2];
    }
    let points = points_of(element);
    let above = points.partition_point(|p| number(p, 0) < energy);
    let [a, b] = [
        &points[above.saturating_sub(1)],
        &points[above.min(points.len() - 1)],
    ];
    let (low, high) = (number(a, 0).ln(), number(b, 0).ln());
    let share = if high > low {
        (energy.ln() - low) / (high - low)
    } else {
        0.0
    };
    [1, 2].map(|i| number(a, i) + share.clamp(0.0, 1.0) * (number(b, i) - number(a, i)))
}

/// Points of an element of the table.
fn points_of(element: Element) -> &'static [[u8; POINT]] {
    let mut rest = POINTS;
    for z in FIRST.. {
        let (count, after) = rest.split_at(2);
        let bytes = POINT * usize::from(u16::from_le_bytes([count[0], count[1]]));
        let (points, next) = after.split_at(bytes);
        if z == element.number() {
            return points.as_chunks().0;
        }
        rest = next;
    }
    unreachable!("the table goes to uranium")
}

fn number(point: &[u8; POINT], place: usize) -> f64 {
    let bytes = &point[4 * place..4 * place + 4];
    f64::from(f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_has_rising_energies_that_reach_both_ends() {
        let mut bytes = 0;
        for z in FIRST..=92 {
            let points = points_of(Element::from_number(z).unwrap());
            bytes += 2 + POINT * points.len();
            assert!(points.is_sorted_by(|a, b| number(a, 0) < number(b, 0)));
            assert!(number(&points[0], 0) < 3e3 && number(&points[points.len() - 1], 0) > 1.3e5);
            assert!(
                points
                    .iter()
                    .all(|p| number(p, 2) >= 0.0 && number(p, 1).abs() < 60.0)
            );
        }
        assert_eq!(bytes, POINTS.len());
    }
}
