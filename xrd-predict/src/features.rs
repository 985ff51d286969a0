//! Properties of elements and of compositions.

use xrd_core::Element;

use crate::Reduced;

/// Number of properties of an element.
pub(crate) const PROPERTIES: usize = 5;

/// Covalent radii in Å, from hydrogen on (B. Cordero et al., Dalton Trans. 2008, 2832; low spin).
const COVALENT_RADII: [f32; 96] = [
    0.31, 0.28, 1.28, 0.96, 0.84, 0.76, 0.71, 0.66, 0.57, 0.58, 1.66, 1.41, 1.21, 1.11, 1.07, 1.05,
    1.02, 1.06, 2.03, 1.76, 1.70, 1.60, 1.53, 1.39, 1.39, 1.32, 1.26, 1.24, 1.32, 1.22, 1.22, 1.20,
    1.19, 1.20, 1.20, 1.16, 2.20, 1.95, 1.90, 1.75, 1.64, 1.54, 1.47, 1.46, 1.42, 1.39, 1.45, 1.44,
    1.42, 1.39, 1.39, 1.38, 1.39, 1.40, 2.44, 2.15, 2.07, 2.04, 2.03, 2.01, 1.99, 1.98, 1.98, 1.96,
    1.94, 1.92, 1.92, 1.89, 1.90, 1.87, 1.87, 1.75, 1.70, 1.62, 1.51, 1.44, 1.41, 1.36, 1.36, 1.32,
    1.45, 1.46, 1.48, 1.40, 1.50, 1.50, 2.60, 2.21, 2.15, 2.06, 2.00, 1.96, 1.90, 1.87, 1.80, 1.69,
];

/// Electronegativities of Pauling, from hydrogen on (A. L. Allred, J. Inorg. Nucl. Chem. 17, 215 (1961), and
/// later additions). Missing ones are those of neighbours.
const ELECTRONEGATIVITIES: [f32; 96] = [
    2.20, 4.50, 0.98, 1.57, 2.04, 2.55, 3.04, 3.44, 3.98, 4.40, 0.93, 1.31, 1.61, 1.90, 2.19, 2.58,
    3.16, 3.20, 0.82, 1.00, 1.36, 1.54, 1.63, 1.66, 1.55, 1.83, 1.88, 1.91, 1.90, 1.65, 1.81, 2.01,
    2.18, 2.55, 2.96, 3.00, 0.82, 0.95, 1.22, 1.33, 1.60, 2.16, 1.90, 2.20, 2.28, 2.20, 1.93, 1.69,
    1.78, 1.96, 2.05, 2.10, 2.66, 2.60, 0.79, 0.89, 1.10, 1.12, 1.13, 1.14, 1.13, 1.17, 1.20, 1.20,
    1.20, 1.22, 1.23, 1.24, 1.25, 1.10, 1.27, 1.30, 1.50, 2.36, 1.90, 2.20, 2.20, 2.28, 2.54, 2.00,
    1.62, 2.33, 2.02, 2.00, 2.20, 2.20, 0.70, 0.90, 1.10, 1.30, 1.50, 1.38, 1.36, 1.28, 1.30, 1.30,
];

/// Atomic numbers of the noble gases, the last elements of their periods.
const PERIOD_ENDS: [u8; 7] = [2, 10, 18, 36, 54, 86, 118];

/// Properties of an element: covalent radius in Å, electronegativity, group (3 for lanthanides and
/// actinides), period, and place among the lanthanides or actinides (0 to 1). Elements beyond curium have
/// the radius and electronegativity of curium.
pub(crate) fn properties(element: Element) -> [f64; PROPERTIES] {
    let number = element.number();
    let last = COVALENT_RADII.len() - 1;
    let at = usize::from(number.max(1) - 1).min(last);
    let period = PERIOD_ENDS.iter().take_while(|end| **end < number).count();
    let start = period.checked_sub(1).map_or(0, |p| PERIOD_ENDS[p]);
    let place = number - start;
    let length = PERIOD_ENDS[period.min(6)] - start;
    let (group, f_place) = match length {
        2 => (if place == 1 { 1 } else { 18 }, 0.0),
        8 => (if place <= 2 { place } else { place + 10 }, 0.0),
        18 => (place, 0.0),
        _ if place <= 2 => (place, 0.0),
        _ if place <= 17 => (3, f64::from(place - 3) / 14.0),
        _ => (place - 14, 0.0),
    };
    [
        f64::from(COVALENT_RADII[at]),
        f64::from(ELECTRONEGATIVITIES[at]),
        f64::from(group),
        period as f64 + 1.0,
        f_place,
    ]
}

/// Features of a composition: for each property of the elements (covalent radius, electronegativity, group,
/// period, place in the f block) the mean over the atoms, its standard deviation, the smallest and the largest
/// value, and then the fractions of atoms in descending order, up to four.
pub fn composition_features(formula: &Reduced) -> Vec<f64> {
    let atoms = f64::from(formula.atoms());
    let parts: Vec<(f64, [f64; PROPERTIES])> = formula
        .elements()
        .iter()
        .map(|(e, n)| (f64::from(*n) / atoms, properties(*e)))
        .collect();
    let mut features = Vec::with_capacity(4 * PROPERTIES + 4);
    for j in 0..PROPERTIES {
        let mean: f64 = parts.iter().map(|(share, p)| share * p[j]).sum();
        let variance: f64 = parts.iter().map(|(s, p)| s * (p[j] - mean).powi(2)).sum();
        let values = parts.iter().map(|(_, p)| p[j]);
        features.extend([
            mean,
            variance.sqrt(),
            values.clone().fold(f64::INFINITY, f64::min),
            values.fold(f64::NEG_INFINITY, f64::max),
        ]);
    }
    let mut shares: Vec<f64> = parts.iter().map(|(share, _)| *share).collect();
    shares.sort_unstable_by(|a, b| b.total_cmp(a));
    shares.resize(4, 0.0);
    features.extend(shares);
    features
}
