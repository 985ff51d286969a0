use std::collections::HashMap;
use std::f64::consts::PI;

use xrd_core::{Displacement, Lattice};

use super::numeric;
use crate::cif::{Block, Table};

/// Largest plausible mean-square displacement U in Å², equal to B = 12 Å². A larger value is more
/// likely a B in the column of U.
const HIGHEST_U: f64 = 0.15;

/// Tag endings of the six components, in the order of [`Displacement::Anisotropic`].
const COMPONENTS: [&str; 6] = ["11", "22", "33", "12", "13", "23"];

/// The anisotropic displacements of a block, indexed by site label.
pub(super) struct Anisotropic<'b, 'a> {
    table: Table<'b, 'a>,
    /// The prefix of the tags, and the scale of their values.
    prefix: &'static str,
    scale: Scale,
    /// Row indices by label; rows with the same label stay in order.
    rows: HashMap<&'a str, Vec<usize>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Scale {
    U,
    B,
    /// The dimensionless β = 2π² aᵢ* aⱼ* Uᵢⱼ.
    Beta,
}

impl<'b, 'a> Anisotropic<'b, 'a> {
    pub(super) fn of(block: &'b Block<'a>) -> Option<Self> {
        const KINDS: [(&str, Scale); 3] = [
            ("_atom_site_aniso_u_", Scale::U),
            ("_atom_site_aniso_b_", Scale::B),
            ("_atom_site_aniso_beta_", Scale::Beta),
        ];
        let found = KINDS.into_iter().find_map(|(prefix, scale)| {
            Some((block.table(&format!("{prefix}11"))?, prefix, scale))
        });
        let (table, prefix, scale) = found?;
        let labels = table.column("_atom_site_aniso_label");
        let mut rows: HashMap<&str, Vec<usize>> = HashMap::new();
        for (row, label) in labels.into_iter().flat_map(|l| l.iter()).enumerate() {
            rows.entry(label.text).or_default().push(row);
        }
        Some(Self {
            table,
            prefix,
            scale,
            rows,
        })
    }

    /// The displacement for a row of the atom loop. `n` counts the rows with the same label, from
    /// 0. Without labels, sites and displacements are matched by order.
    pub(super) fn get(
        &self,
        (label, nth): (&str, usize),
        row: usize,
        lattice: Option<&Lattice>,
    ) -> Option<Displacement> {
        let row = match self.rows.get(label).map(Vec::as_slice) {
            Some([row]) => *row,
            Some(rows) => *rows.get(nth)?,
            None if self.rows.is_empty() => row,
            None => return None,
        };
        let mut u = [0.0; 6];
        for (u, ending) in u.iter_mut().zip(COMPONENTS) {
            let column = self.table.column(&format!("{}{ending}", self.prefix))?;
            *u = numeric(column.get(row)?)?;
        }
        let per = match (self.scale, lattice) {
            (Scale::U, _) => [1.0; 6],
            (Scale::B, _) => [8.0 * PI * PI; 6],
            (Scale::Beta, lattice) => beta_per_u(lattice?),
        };
        (0..6).for_each(|i| u[i] /= per[i]);
        // A tensor of zeros means that the displacement is unknown.
        u.iter()
            .any(|u| *u != 0.0)
            .then_some(Displacement::Anisotropic(u))
    }
}

/// The factor 2π² aᵢ* aⱼ* for each component.
fn beta_per_u(lattice: &Lattice) -> [f64; 6] {
    let length = |r: [f64; 3]| r.iter().map(|x| x * x).sum::<f64>().sqrt();
    let [a, b, c] = lattice.reciprocal().map(length);
    [a * a, b * b, c * c, a * b, a * c, b * c].map(|p| 2.0 * PI * PI * p)
}

/// The isotropic displacement of a row, and whether it is a B that was written in the column of U.
pub(super) fn isotropic(table: Table, row: usize) -> Option<(Displacement, bool)> {
    let value = |tag: &str| numeric(table.column(tag)?.get(row)?);
    let u = ["_atom_site_u_iso_or_equiv", "_atom_site_u_equiv_geom_mean"];
    let b = ["_atom_site_b_iso_or_equiv", "_atom_site_b_equiv_geom_mean"];
    if let Some(u) = u.into_iter().find_map(value) {
        let is_b = u > HIGHEST_U && says_b(table, row);
        let displacement = match is_b {
            true => Displacement::from_b_iso(u),
            false => Displacement::Isotropic(u),
        };
        return Some((displacement, is_b));
    }
    let b = b.into_iter().find_map(value)?;
    Some((Displacement::from_b_iso(b), false))
}

fn says_b(table: Table, row: usize) -> bool {
    let tags = ["_atom_site_adp_type", "_atom_site_thermal_displace_type"];
    let mut kinds = tags
        .into_iter()
        .filter_map(|tag| table.column(tag)?.get(row));
    kinds.any(|kind| kind.text.eq_ignore_ascii_case("Biso"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cif;

    #[test]
    fn beta_b_and_u_say_the_same() {
        let cell = Lattice::from_parameters(3.0, 4.0, 5.0, 90.0, 95.0, 90.0).unwrap();
        let u = [0.01, 0.02, 0.03, 0.001, 0.002, 0.003];
        let per_b = [8.0 * PI * PI; 6];
        let of = |tag: &str, per: [f64; 6]| {
            let tags = COMPONENTS.map(|c| format!("_atom_site_aniso_{tag}_{c}"));
            let values: Vec<String> = (0..6).map(|i| (u[i] * per[i]).to_string()).collect();
            let text = format!(
                "data_a loop_ _atom_site_aniso_label {} A {}",
                tags.join(" "),
                values.join(" ")
            );
            let blocks = cif::parse(&text);
            let table = Anisotropic::of(&blocks[0]).unwrap();
            assert_eq!(table.get(("B", 0), 0, Some(&cell)), None);
            match table.get(("A", 0), 7, Some(&cell)).unwrap() {
                Displacement::Anisotropic(found) => found,
                Displacement::Isotropic(_) => panic!("isotropic"),
            }
        };
        for found in [
            of("U", [1.0; 6]),
            of("B", per_b),
            of("beta", beta_per_u(&cell)),
        ] {
            assert!(found.iter().zip(u).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}
