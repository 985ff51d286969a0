//! Reading is the inverse of writing for scans on any axis.

use std::io;

use proptest::prelude::*;
use xrd_core::IntensityUnit;
use xrd_io::{AxisKind, Scan, read_scans, write};

/// The parts of a scan, in the notes used by the text files of this crate.
#[derive(Clone, Debug)]
struct Made {
    axis: (&'static str, &'static str),
    points: Vec<(f64, f64, f64)>,
    notes: Vec<String>,
}

impl Made {
    fn scan(&self) -> Scan {
        let mut text = String::new();
        if self.axis.0 != "two-theta" {
            text += &format!("# axis: {}\n# axis_unit: {}\n", self.axis.0, self.axis.1);
        }
        self.notes
            .iter()
            .for_each(|note| text += &format!("# {note}\n"));
        text += "# sigma: stated\n";
        self.points
            .iter()
            .for_each(|(x, y, s)| text += &format!("{x} {y} {s}\n"));
        read_bytes("made.xye", text.as_bytes()).remove(0)
    }
}

const AXES: [(&str, &str); 10] = [
    ("two-theta", "degrees"),
    ("omega", "degrees"),
    ("phi", "degrees"),
    ("chi", "degrees"),
    ("q", "1/angstrom"),
    ("q", "1/nm"),
    ("d-spacing", "angstrom"),
    ("time of flight", "us"),
    ("energy", "keV"),
    ("channel", ""),
];

/// The axes that diffractometer drives can have.
const DRIVES: usize = 4;

fn read_bytes(name: &str, bytes: &[u8]) -> Vec<Scan> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_scans(&path).unwrap()
}

fn made(axes: usize) -> impl Strategy<Value = Made> {
    let even = (0u32..50_000, 1u32..500).prop_map(|(first, step)| (first, step, false));
    let odd = (0u32..50_000, 1u32..500).prop_map(|(first, step)| (first, step, true));
    let values = prop::collection::vec((0.0..1e6f64, 0.001..1e3f64), 2..30);
    let units = prop_oneof![
        Just(vec![]),
        Just(vec!["intensity_unit: counts".to_owned()]),
        Just(vec!["intensity_unit: counts_per_second".to_owned()]),
    ];
    let more = prop::sample::subsequence(
        vec![
            "intensity_factor: 0.25",
            "wavelength_angstrom: 1.540598",
            "k_alpha2_angstrom: 1.544426",
            "k_alpha2_ratio: 0.5",
            "time_per_step_s: 12.5",
            "temperature_k: 293.15",
            "sample: Si <5> & \"more\"",
            "comment: it's noted",
            "date: 2024-04-12T22:32:06",
            "instrument: SmartLab µ",
            "anode: Cu",
            "preparation: snip:1 crop:0:1000",
        ],
        0..=12,
    );
    (0..axes, prop_oneof![even, odd], values, units, more).prop_map(
        |(axis, (first, step, is_odd), values, mut notes, more)| {
            let kind = AXES[axis].0;
            let x = |i: usize| {
                let bend = if is_odd { (i * i) as u32 } else { 0 };
                let x = f64::from(first + step * i as u32 + bend) / 1000.0;
                if kind == "time of flight" {
                    x * 2222.2
                } else {
                    x
                }
            };
            let point = |(i, (y, s))| (x(i), y, s);
            notes.extend(more.into_iter().map(str::to_owned));
            // The word of each format for a scan along its axis.
            let drive = ["Gonio", "Omega", "Phi", "Psi"]
                .get(axis)
                .unwrap_or(&"Gonio");
            notes.push(format!("drive: {drive}"));
            let points = values.into_iter().enumerate().map(point).collect();
            Made {
                axis: AXES[axis],
                points,
                notes,
            }
        },
    )
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 2e-9)
}

/// Compares everything that both formats store except standard deviations; angles to 1e-9.
fn assert_same(back: &Scan, scan: &Scan) -> Result<(), TestCaseError> {
    prop_assert!(near(back.axis(), scan.axis()));
    prop_assert_eq!(back.axis_kind(), scan.axis_kind());
    prop_assert_eq!(back.intensities(), scan.intensities());
    prop_assert_eq!(back.scale(), scan.scale());
    prop_assert_eq!(back.metadata(), scan.metadata());
    prop_assert_eq!(back.not_powder(), scan.not_powder());
    prop_assert_eq!(back.preparation(), scan.preparation());
    Ok(())
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn two_columns(made in made(AXES.len())) {
        let scan = made.scan();
        let back = read_bytes("a.xy", &written(|to| write::xy(to, &scan))).remove(0);
        let limit = |x: f64| if x < 1e5 { 0.0 } else { 0.005 + 1e-9 };
        let pairs = back.axis().iter().zip(scan.axis());
        prop_assert!(pairs.clone().all(|(a, b)| (a - b).abs() <= limit(*b)));
        prop_assert_eq!(back.intensities(), scan.intensities());
        prop_assert_eq!(back.axis_kind(), scan.axis_kind());
        prop_assert_eq!((back.scale(), back.metadata()), (scan.scale(), scan.metadata()));
        prop_assert_eq!(back.preparation(), scan.preparation());
    }

    #[test]
    fn tables(made in made(AXES.len())) {
        let scan = made.scan();
        let back = read_bytes("a.csv", &written(|to| write::csv(to, &scan))).remove(0);
        assert_same(&back, &scan)?;
        prop_assert_eq!((back.axis(), back.sigma()), (scan.axis(), scan.sigma()));
    }

    #[test]
    fn three_columns(made in made(AXES.len())) {
        let scan = made.scan();
        let back = read_bytes("a.xye", &written(|to| write::xye(to, &scan))).remove(0);
        assert_same(&back, &scan)?;
        prop_assert_eq!(back.axis(), scan.axis());
        prop_assert_eq!(back.sigma(), scan.sigma());
    }

    #[test]
    fn arrays(several in prop::collection::vec(made(AXES.len()), 1..4)) {
        let scans: Vec<Scan> = several.iter().map(Made::scan).collect();
        let back = read_bytes("a.npz", &written(|to| write::npz(to, &scans)));
        prop_assert_eq!(back.len(), scans.len());
        for (back, scan) in back.iter().zip(&scans) {
            assert_same(back, scan)?;
            prop_assert_eq!((back.axis(), back.sigma()), (scan.axis(), scan.sigma()));
        }
    }

    #[test]
    fn xrdml(several in prop::collection::vec(made(DRIVES), 1..4)) {
        let mut several = several;
        for made in &mut several {
            made.notes.retain(|note| !note.starts_with("sample"));
            made.notes.push("sample: one <for> all".to_owned());
        }
        let scans: Vec<Scan> = several.iter().map(Made::scan).collect();
        let back = read_bytes("a.xrdml", &written(|to| write::xrdml(to, &scans)));
        prop_assert_eq!(back.len(), scans.len());
        for (back, scan) in back.iter().zip(&scans) {
            assert_same(back, scan)?;
        }
    }

    #[test]
    fn pdcif(several in prop::collection::vec(made(AXES.len() - 1), 1..4)) {
        let mut several = several;
        for made in &mut several {
            // A wavelength stated only in another block would be used too. A ratio needs two
            // wavelengths, and Q is written in one unit.
            let of_radiation = |note: &String| note.contains("alpha2") || note.starts_with("anode");
            made.notes.retain(|note| !of_radiation(note) && !note.starts_with("wavelength"));
            made.notes.push("wavelength_angstrom: 1.540598".to_owned());
            if made.points.len() % 2 == 0 {
                let notes = ["k_alpha2_angstrom: 1.544426", "k_alpha2_ratio: 0.5", "anode: Cu"];
                made.notes.extend(notes.map(str::to_owned));
            }
            if made.axis == ("q", "1/nm") {
                made.axis = ("q", "1/angstrom");
            }
        }
        let scans: Vec<Scan> = several.iter().map(Made::scan).collect();
        let back = read_bytes("a.cif", &written(|to| write::pdcif(to, &scans)));
        prop_assert_eq!(back.len(), scans.len());
        for (back, scan) in back.iter().zip(&scans) {
            assert_same(back, scan)?;
            let pairs = back.sigma().unwrap().iter().zip(scan.sigma().unwrap());
            prop_assert!(pairs.clone().all(|(a, b)| (a - b).abs() <= 1e-12 * b));
        }
    }

    #[test]
    fn axes_that_xrdml_has_not_are_refused(made in made(AXES.len())) {
        let scan = made.scan();
        let is_drive = AXES[..DRIVES].contains(&made.axis);
        let refused = write::xrdml(&mut Vec::new(), std::slice::from_ref(&scan));
        prop_assert_eq!(refused.is_ok(), is_drive);
    }
}

#[test]
fn an_xrdml_file_is_one_of_the_schema() {
    let made = Made {
        axis: AXES[0],
        points: vec![(10.0, 5.0, 2.0), (10.5, 6.0, 2.5), (11.0, 7.0, 3.0)],
        notes: vec![
            "intensity_unit: counts".to_owned(),
            "time_per_step_s: 2".to_owned(),
        ],
    };
    let scan = made.scan();
    assert_eq!(
        (scan.unit(), scan.axis_kind()),
        (IntensityUnit::Counts, &AxisKind::TwoThetaDeg)
    );
    let text = String::from_utf8(written(|to| write::xrdml(to, &[scan]))).unwrap();
    for line in [
        "<startPosition>10</startPosition>",
        "<endPosition>11</endPosition>",
        "<commonCountingTime unit=\"seconds\">2</commonCountingTime>",
        "<intensities unit=\"counts\">5 6 7</intensities>",
        "scanAxis=\"Gonio\"",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn scans_of_two_samples_do_not_fit_into_one_xrdml_file() {
    let of = |sample: &str| {
        let notes = vec![format!("sample: {sample}")];
        Made {
            axis: AXES[0],
            points: vec![(1.0, 1.0, 1.0), (2.0, 1.0, 1.0)],
            notes,
        }
        .scan()
    };
    let refused = write::xrdml(&mut Vec::new(), &[of("a"), of("b")]).unwrap_err();
    assert!(
        refused.to_string().contains("its sample is not that of"),
        "{refused}"
    );
}
