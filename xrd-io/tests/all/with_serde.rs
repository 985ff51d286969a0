//! Metadata and readings serialised with serde are restored unchanged; an invalid step is refused.

use std::fmt::Debug;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_io::prepare::{Combine, Doublet, Step};
use xrd_io::{AxisKind, Format, ReadOptions, SigmaOrigin, TimePerStep, UnitEvidence, read_scan};

fn goes_round<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap();
    assert_eq!(&again, value, "{text}");
    text
}

#[test]
fn what_a_scan_tells_goes_round() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quartz.uxd");
    let text = "; a comment\n_FILEVERSION=2\n_SAMPLE='quartz'\n_ANODE='Cu'\n_WL1=1.5\n_WL2=1.625\n\
        _WLRATIO=0.5\n_DRIVE='COUPLED'\n_STEPTIME=2.5\n_STEPSIZE=0.25\n_START=10\n_COUNTS\n1 2 3 4\n";
    std::fs::write(&path, text).unwrap();
    let scan = read_scan(&path, 1).unwrap();
    assert_eq!(scan.metadata().radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(scan.metadata().time_per_step, Some(TimePerStep::Same(2.5)));
    goes_round(scan.metadata());
    goes_round(scan.unit_evidence());
    goes_round(scan.axis_kind());

    goes_round(&TimePerStep::Each(vec![0.5, 1.25]));
    goes_round(&AxisKind::Other {
        name: "x".to_owned(),
        unit: String::new(),
    });
    goes_round(&UnitEvidence::Concluded("whole numbers".to_owned()));
    goes_round(&SigmaOrigin::Counting);
}

#[test]
fn a_recipe_goes_round_as_people_write_it() {
    let [ka1, ka2, other] =
        [1.540_592_9, 1.544_427_4, 0.496].map(|angstrom| Wavelength::angstrom(angstrom).unwrap());
    let prepare = vec![
        Step::Despike { threshold: 8.0 },
        Step::ZeroShift { deg: -1.0 / 3.0 },
        Step::StripKa2(None),
        Step::StripKa2(Some(Doublet::new(ka1, ka2, 0.497).unwrap())),
        Step::Smooth {
            window: 11,
            degree: 3,
        },
        Step::Snip { half_width: 1e-300 },
        Step::ArPls { lambda: 1e5 },
        Step::ToWavelength(other),
        Step::Rebin {
            width: 0.1 + 0.2,
            counts: Combine::Mean,
        },
        Step::Crop {
            from: -5.0,
            to: 1e17,
        },
        Step::SquareRoot,
        Step::Scale { factor: 1.0 / 7.0 },
        Step::ScaleToMaximum,
    ];
    let options = ReadOptions::default()
        .with_axis(PathBuf::from("axis.txt"))
        .with_resample(TwoThetaGrid::new(10.0, 0.25, 400).unwrap())
        .with_prepare(prepare)
        .with_exclude([PathBuf::from("labels.csv")]);
    let text = goes_round(&options);
    assert!(!text.contains("format"), "{text}");
    let text_of_format = goes_round(&options.clone().with_format(Format::BrukerRaw4));
    assert!(text_of_format.contains("\"format\":\"Bruker RAW 4\""));
    assert!(text.contains("\"smooth:11,3\""), "{text}");
    let short = r#"{"prepare":["snip","sqrt"]}"#;
    let read: ReadOptions = serde_json::from_str(short).unwrap();
    assert_eq!(
        read.prepare,
        [Step::Snip { half_width: 1.0 }, Step::SquareRoot]
    );
}

#[test]
fn impossible_steps_and_unknown_options_are_not_read() {
    let refusal = |text| {
        serde_json::from_str::<ReadOptions>(text)
            .unwrap_err()
            .to_string()
    };
    let step = refusal(r#"{"prepare":["smooth:4"]}"#);
    assert!(step.contains("smooth:4"), "{step}");
    assert!(refusal(r#"{"compress":[]}"#).contains("compress"));
    let grid = refusal(r#"{"grid":{"start":10,"step":0,"len":4}}"#);
    assert!(grid.contains("step is 0"), "{grid}");
    // Values that the fields of a step can hold but its text cannot.
    let odd = serde_json::to_string(&Step::Scale { factor: f64::NAN }).unwrap();
    assert!(serde_json::from_str::<Step>(&odd).is_err(), "{odd}");
}
