//! The reflections of every structure of a JSON-lines file, as one line of JSON each.
//! `peers/sticks.py` compares them with other programs.
//!
//! ```text
//! sticks FILE [--wavelength X] [--from X] [--to X] [--b-iso X]
//! ```
//!
//! A line contains `hkl`, `multiplicity`, `d`, `two_theta`, `f_squared` and `intensity`, with one value per
//! family of planes, or `error` if the structure is refused.

use std::io::{BufWriter, Write, stdout};

use xrd_benches::argument;
use xrd_core::Wavelength;
use xrd_io::StructureLines;
use xrd_sim::{Diffraction, Reflection, reflections};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: sticks FILE")?;
    let mut diffraction =
        Diffraction::new(Wavelength::angstrom(argument("--wavelength", 1.540_593)?)?);
    diffraction.b_iso = argument("--b-iso", 0.0)?;
    let range = argument("--from", 5.0)?..=argument("--to", 90.0)?;
    let lines = StructureLines::open(path)?;
    let mut out = BufWriter::new(stdout().lock());
    for line in lines.read(0..lines.len())? {
        let (_, structure) = line.parse()?;
        match reflections(&structure, &diffraction, range.clone()) {
            Ok(found) => writeln!(out, "{}", json(&found))?,
            Err(error) => writeln!(out, "{{\"error\": {:?}}}", error.to_string())?,
        }
    }
    Ok(out.flush()?)
}

/// Numbers are written with all their digits.
fn json(found: &[Reflection]) -> String {
    let column = |name: &str, of: &dyn Fn(&Reflection) -> String| {
        let values: Vec<String> = found.iter().map(of).collect();
        format!("\"{name}\": [{}]", values.join(", "))
    };
    let columns = [
        column("hkl", &|r| format!("{:?}", r.hkl)),
        column("multiplicity", &|r| r.multiplicity.to_string()),
        column("d", &|r| format!("{:?}", r.d_angstrom)),
        column("two_theta", &|r| format!("{:?}", r.two_theta_deg)),
        column("f_squared", &|r| {
            format!("{:?}", r.structure_factor_squared)
        }),
        column("intensity", &|r| format!("{:?}", r.intensity)),
    ];
    format!("{{{}}}", columns.join(", "))
}
