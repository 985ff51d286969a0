//! Scans built from numbers: checked, and equal to what is read back from every writer.

use xrd_core::{IntensityUnit, Scale, Wavelength};
use xrd_io::{AxisKind, Metadata, Radiation, ReadOptions, Scan, TimePerStep, read_bytes, write};

fn metadata() -> Metadata {
    let k_alpha2 = Wavelength::angstrom(1.54439).unwrap();
    let radiation = Radiation::default()
        .with_anode("Cu")
        .with_wavelength(Wavelength::angstrom(1.5406).unwrap())
        .with_k_alpha2(k_alpha2, 0.5);
    Metadata::default()
        .with_sample("quartz")
        .with_drive("Gonio")
        .with_temperature_k(295.0)
        .with_time_per_step(TimePerStep::Same(2.0))
        .with_radiation(radiation)
}

fn counts() -> Scan {
    let axis: Vec<f64> = (0..50).map(|i| 20.0 + 0.5 * f64::from(i)).collect();
    let intensities: Vec<f64> = (0..50).map(|i| f64::from(100 + i * i % 37)).collect();
    let builder = Scan::builder("a", AxisKind::TwoThetaDeg, axis, intensities);
    let builder = builder.unit(IntensityUnit::Counts).metadata(metadata());
    builder.build().unwrap()
}

type Write = fn(&mut Vec<u8>, &[Scan]) -> std::io::Result<()>;

#[test]
fn what_is_built_and_written_is_read_back() {
    let writers: [(&str, Write); 5] = [
        ("a.xy", |to, scans| write::xy(to, &scans[0])),
        ("a.csv", |to, scans| write::csv(to, &scans[0])),
        ("a.npz", |to, scans| write::npz(to, scans)),
        ("a.xrdml", |to, scans| write::xrdml(to, scans)),
        ("a.cif", |to, scans| write::pdcif(to, scans)),
    ];
    let scan = counts();
    for (name, writer) in writers {
        let mut bytes = Vec::new();
        writer(&mut bytes, std::slice::from_ref(&scan)).unwrap();
        let back = read_bytes(name, &bytes, &ReadOptions::default()).unwrap();
        let [back] = &back.scans[..] else {
            panic!("{name}: {} scans", back.scans.len());
        };
        assert_eq!((back.name(), back.axis()), ("a", scan.axis()), "{name}");
        assert_eq!(back.intensities(), scan.intensities(), "{name}");
        assert_eq!(back.scale(), scan.scale(), "{name}");
        assert_eq!(back.metadata(), scan.metadata(), "{name}");
        assert_eq!(back.axis_kind(), scan.axis_kind(), "{name}");
    }
}

#[test]
fn standard_deviations_are_read_back() {
    let scan = Scan::builder(
        "a",
        AxisKind::QPerAngstrom,
        [1.0, 1.5, 3.0],
        [4.0, 9.0, 1.0],
    )
    .sigma([2.0, 0.25, 0.0])
    .scale(Scale::ARBITRARY)
    .build()
    .unwrap();
    let mut bytes = Vec::new();
    write::xye(&mut bytes, &scan).unwrap();
    let back = read_bytes("a.xye", &bytes, &ReadOptions::default()).unwrap();
    assert_eq!(back.scans, [scan]);
}

#[test]
fn what_cannot_be_a_scan_is_refused() {
    let of = |axis: &[f64], y: &[f64]| Scan::builder("a", AxisKind::TwoThetaDeg, axis, y);
    let refusal = |builder: xrd_io::ScanBuilder| builder.build().unwrap_err().to_string();
    let good = || of(&[1.0, 2.0], &[3.0, 4.0]);
    assert!(good().build().is_ok());
    assert_eq!(
        refusal(of(&[1.0, 2.0], &[1.0])),
        "a: 1 intensities on 2 points of the axis (expected as many of both)"
    );
    assert_eq!(
        refusal(of(&[1.0, f64::NAN], &[1.0, 1.0])),
        "a: axis 1 is NaN (expected a finite number)"
    );
    assert!(refusal(of(&[], &[])).contains("no point"));
    assert!(refusal(good().sigma([1.0])).contains("1 standard deviations on 2 points"));
    assert!(refusal(good().sigma([1.0, -1.0])).contains("standard deviation 1 is -1"));
    assert!(refusal(good().sigma([0.0, 0.0])).contains("all standard deviations are 0"));
    let times = |times| Metadata::default().with_time_per_step(times);
    let few = times(TimePerStep::Each(vec![1.0]));
    assert!(refusal(good().metadata(few)).contains("1 times per step"));
    let none = times(TimePerStep::Same(0.0));
    assert!(refusal(good().metadata(none)).contains("time per step 0 is 0"));
    let nameless = Scan::builder("", AxisKind::TwoThetaDeg, [1.0], [1.0]);
    assert!(refusal(nameless).contains("the name of the scan"));
    let scan = good().not_powder("a rocking curve").build().unwrap();
    assert_eq!(scan.not_powder(), Some("a rocking curve"));
    assert!(scan.to_pattern().is_err());
}
