//! Contents of a structure file.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use xrd_core::Lattice;
use xrd_io::{Crystal, ReadOptions, SymmetrySource, read_crystals};

/// The crystals of a file, and its scans if it has any.
pub(super) fn describe(file: &Path, options: &ReadOptions) -> Result<Value> {
    let scans = super::scans(file, options);
    let mut about = match (read_crystals(file), &scans) {
        (Ok(crystals), _) => match crystals.as_slice() {
            [crystal] => {
                let mut about = of(crystal);
                about["kind"] = json!("structure");
                about
            }
            all => {
                let all: Vec<Value> = all.iter().map(of).collect();
                json!({"kind": "structures", "structures": all})
            }
        },
        (Err(_), Ok(_)) => return scans,
        (Err(e), _) => return Err(e.into()),
    };
    if let Ok(scans) = scans {
        about["scans"] = scans["scans"].clone();
    }
    Ok(about)
}

fn of(crystal: &Crystal) -> Value {
    let group = crystal.space_group();
    let lattice = crystal.lattice();
    let content: Vec<String> = crystal
        .content()
        .iter()
        .map(|(symbol, n)| format!("{symbol}{}", (n * 1e4).round() / 1e4))
        .collect();
    let lacks = crystal.structure().err().map(|e| e.to_string());
    json!({
        "name": crystal.name(),
        "formula": crystal.formula(),
        "space_group": group.name,
        "space_group_number": group.number,
        "operations": group.operations,
        "symmetry_from": source_words(group.source),
        "cell_angstrom": lattice.map(Lattice::lengths),
        "cell_angles_deg": lattice.map(angles_deg),
        "volume_cubic_angstrom": lattice.map(Lattice::volume),
        "sites": crystal.sites().len(),
        "atoms": crystal.atoms(),
        "cell_content": content.join(" "),
        "no_full_cell": lacks,
        "warnings": crystal.warnings(),
    })
}

fn source_words(source: SymmetrySource) -> &'static str {
    match source {
        SymmetrySource::Operations => "operations",
        SymmetrySource::HallSymbol => "Hall symbol",
        SymmetrySource::HermannMauguinSymbol => "Hermann-Mauguin symbol",
        SymmetrySource::Number => "number",
        _ => "nothing: the atoms are taken as they are listed",
    }
}

/// The angles of a cell, to 1e-6 degrees.
fn angles_deg(lattice: &Lattice) -> [f64; 3] {
    let [a, b, c] = *lattice.vectors();
    let [la, lb, lc] = lattice.lengths();
    let angle = |u: [f64; 3], v: [f64; 3], lengths: f64| {
        let cosine = (0..3).map(|i| u[i] * v[i]).sum::<f64>() / lengths;
        (cosine.clamp(-1.0, 1.0).acos().to_degrees() * 1e6).round() / 1e6
    };
    [
        angle(b, c, lb * lc),
        angle(a, c, la * lc),
        angle(a, b, la * lb),
    ]
}
