//! The beam of `xrd simulate`: wavelengths by name, polarisation, dispersion, and Q instead of 2θ.

use std::f64::consts::PI;

use crate::support::workplace::Workplace;

/// The two columns of the pattern of rock salt with these options.
fn columns(place: &Workplace, options: &str) -> (Vec<f64>, Vec<f64>) {
    let range = "--from 20 --to 60 --step 0.05 --fwhm-deg 0.2";
    place.done(&format!(
        "simulate NaCl.cif {range} --xy {options} --out out"
    ));
    let text = place.read("out/NaCl.xy");
    let points = text.lines().filter(|line| !line.starts_with('#'));
    points
        .map(|line| {
            let (x, y) = line.split_once(' ').unwrap();
            (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())
        })
        .unzip()
}

/// Runs the program, which must fail with a message that contains these words.
fn refuse(place: &Workplace, arguments: &str, words: &[&str]) {
    let run = place.xrd(arguments);
    assert_ne!(run.status, Some(0), "xrd {arguments}");
    for word in words {
        assert!(run.stderr.contains(word), "xrd {arguments}: {}", run.stderr);
    }
}

fn workplace() -> Workplace {
    let place = Workplace::new();
    place.write("NaCl.cif", include_str!("support/NaCl.cif"));
    place
}

/// The highest point within half a degree of an angle.
fn height((angles, intensities): &(Vec<f64>, Vec<f64>), at: f64) -> f64 {
    let near = angles
        .iter()
        .zip(intensities)
        .filter(|(x, _)| (*x - at).abs() < 0.5);
    near.map(|(_, y)| *y).fold(0.0, f64::max)
}

#[test]
fn a_tube_s_line_is_a_wavelength() {
    let place = workplace();
    let by_name = columns(&place, "--wavelength CuKa1");
    assert_eq!(by_name, columns(&place, "--wavelength 1.5405929"));
    let cobalt = columns(&place, "--wavelength CoKa");
    let angle = 2.0 * (1.790_275_7_f64 / 5.64).asin().to_degrees();
    assert!(height(&cobalt, angle) > 0.99);
    assert!(height(&by_name, angle) < 0.2);
}

#[test]
fn a_monochromator_weakens_lines_near_90_degrees_least_far_from_it() {
    let place = workplace();
    let (plain, graphite) = (columns(&place, ""), columns(&place, "--monochromator 26.4"));
    // The ratio of the LP factors of (222) and (200), with cos²26.4° · cos²2θ, divided by the ratio
    // without the monochromator.
    let [low, high] = [31.703_f64, 56.472].map(|t| t.to_radians().cos().powi(2));
    let k = 26.4_f64.to_radians().cos().powi(2);
    let expected = (1.0 + k * high) / (1.0 + k * low) / ((1.0 + high) / (1.0 + low));
    let ratio = |c: &(Vec<f64>, Vec<f64>)| height(c, 56.472) / height(c, 31.703);
    let found = ratio(&graphite) / ratio(&plain);
    assert!(
        (found / expected - 1.0).abs() < 1e-3,
        "{found}, not {expected}"
    );
    assert!(expected > 1.01);
}

#[test]
fn dispersion_is_that_of_the_wavelength_and_refused_where_there_is_none() {
    let place = workplace();
    let (plain, disperse) = (columns(&place, ""), columns(&place, "--dispersion"));
    // The structure factor of (111) of rock salt is the difference of chlorine and sodium.
    let change = height(&disperse, 27.366) / height(&plain, 27.366);
    assert!((change - 1.0).abs() > 0.03, "{change}");
    refuse(
        &place,
        "simulate NaCl.cif --wavelength 4.3 --dispersion --out none",
        &["4.3", "f'"],
    );
}

#[test]
fn q_is_the_other_axis_of_the_same_points() {
    let place = workplace();
    let (angles, one) = columns(&place, "--wavelength MoKa1");
    let (q, other) = columns(&place, "--wavelength MoKa1 --axis q");
    assert_eq!(one, other);
    for (angle, q) in angles.iter().zip(q) {
        let expected = 4.0 * PI * (angle / 2.0).to_radians().sin() / 0.709_317_15;
        assert!((q - expected).abs() < 2e-9, "{angle}: {q}");
    }
    let about = place.done("info out/NaCl.xy --json");
    assert!(about.contains("1/angstrom"), "{about}");
    refuse(&place, "simulate NaCl.cif --axis q --out none", &["--xy"]);
}
