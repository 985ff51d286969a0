//! `xrd simulate --grid q`: patterns at points uniform in Q.

use std::f64::consts::PI;

use crate::support::workplace::Workplace;
use xrd_io::{AxisKind, read_scans};

const LAMBDA: f64 = 1.540_593;

/// Rock salt as a line of JSON, and as CIF.
fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    let sites = [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ];
    let chlorine = sites.map(|[x, y, z]| [x + 0.5, y, z]);
    let (species, positions) = ([["Na"; 4], ["Cl"; 4]].concat(), [sites, chlorine].concat());
    let line = serde_json::json!({
        "id": "salt", "cell": [5.64, 5.64, 5.64, 90.0, 90.0, 90.0],
        "species": species, "frac": positions,
    });
    place.write("s.jsonl", &format!("{line}\n"));
    place
}

fn columns(text: &str) -> (Vec<f64>, Vec<f64>) {
    let points = text.lines().filter(|line| !line.starts_with('#'));
    let numbers = points.map(|line| {
        let (x, y) = line.split_once(' ').unwrap();
        (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())
    });
    numbers.unzip()
}

#[test]
fn a_pattern_over_q_is_that_over_angles_carried_over_by_hand() {
    let place = workplace();
    let range = "--grid q --from 1.5 --to 4.5 --step 0.002 --fwhm-deg 0.2 --xy";
    let said = place.done(&format!("simulate NaCl.cif {range} --out q"));
    assert!(
        said.contains("1 patterns of 1500 points from 1.5 to 4.498 by 0.002 1/Å"),
        "{said}"
    );
    place.done("simulate NaCl.cif --from 20 --to 70 --step 0.002 --fwhm-deg 0.2 --xy --out angles");
    let text = place.read("q/NaCl.xy");
    assert!(
        text.starts_with("# axis: q\n# axis_unit: 1/angstrom\n"),
        "{text:.60}"
    );
    let (q, found) = columns(&text);
    let (_, plain) = columns(&place.read("angles/NaCl.xy"));
    // The angle of each Q lies between two points of the other pattern.
    let carried = q.iter().map(|q| {
        let angle = 2.0 * (q * LAMBDA / (4.0 * PI)).asin().to_degrees();
        let x = (angle - 20.0) / 0.002;
        let (below, part) = (x as usize, x - x.floor());
        plain[below] * (1.0 - part) + plain[below + 1] * part
    });
    let carried: Vec<f64> = carried.collect();
    // The highest of these points is not the highest point of the finer grid.
    let top = carried.iter().copied().fold(0.0, f64::max);
    assert_eq!(q.len(), 1500);
    for (i, (found, expected)) in found.iter().zip(carried).enumerate() {
        assert!((q[i] - (1.5 + 0.002 * i as f64)).abs() < 1e-9);
        let expected = expected / top;
        assert!((found - expected).abs() < 1e-4, "{i}: {found} {expected}");
    }
    // The written files are recognised when they are read.
    let scan = &read_scans(place.path("q/patterns.npz")).unwrap()[0];
    assert_eq!(scan.axis_kind(), &AxisKind::QPerAngstrom);
    assert_eq!((scan.axis()[0], scan.axis().len()), (1.5, 1500));
    let told = place.done("info q/patterns.npz");
    assert!(
        told.contains("NaCl") && told.contains("1/angstrom"),
        "{told}"
    );
}

#[test]
fn shards_tell_their_axis_and_are_not_taken_for_angles() {
    let place = workplace();
    place.done("simulate s.jsonl --grid q --out set");
    let manifest: serde_json::Value =
        serde_json::from_str(&place.read("set/manifest.json")).unwrap();
    assert_eq!(manifest["axis"], "q.npy");
    assert!(manifest["two_theta"].is_null());
    // The Q of 5 and of 90 degrees, rounded to hundredths inside this range.
    let axis = serde_json::json!({ "start": 0.36, "step": 0.001, "points": 5400 });
    assert_eq!(manifest["q"], axis);
    let numbers = std::fs::read(place.path("set/q.npy")).unwrap();
    let last = numbers.last_chunk::<8>().unwrap();
    assert!((f64::from_le_bytes(*last) - 5.759).abs() < 1e-9);
    assert!(!place.path("set/two_theta.npy").exists());
    let run = place.xrd("train --patterns set --epochs 1 --out model.safetensors");
    assert_ne!(run.status, Some(0));
    assert!(run.stderr.contains("over Q"), "{}", run.stderr);
}

#[test]
fn what_has_no_q_is_refused() {
    let place = workplace();
    for (arguments, told) in [
        ("simulate --grid q --out out", "built-in series"),
        ("simulate NaCl.cif --grid q --to 8.2 --out out", "end of Q"),
        ("simulate NaCl.cif --grid q --step 1e-9 --out out", "points"),
        ("simulate NaCl.cif --grid d --out out", "two-theta"),
    ] {
        let run = place.xrd(arguments);
        assert_ne!(run.status, Some(0), "{arguments}");
        assert!(run.stderr.contains(told), "{arguments}: {}", run.stderr);
        assert!(!place.path("out").exists());
    }
}
