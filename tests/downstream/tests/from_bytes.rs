//! From the bytes of pattern files to estimates, and back to a file: reading, training, estimating
//! through `Box<dyn Encoder>`, and writing a scan that this crate built itself.

use downstream::{Error, estimate};
use xrd_ae::{Autoencoder, AutoencoderConfig, TrainingConfig};
use xrd_core::{Decoder, Encoder, Labels, PatternSet, Wavelength};
use xrd_io::{AxisKind, Format, ReadOptions, Scan};

/// The text of a two-column file: a line that moves from 30° to 31° with the composition.
fn file(composition: f64) -> String {
    let line = |t: f64| 1000.0 * (-((t - 30.0 - composition) / 0.4).powi(2)).exp();
    let row = |i: usize| 28.0 + 0.05 * i as f64;
    let rows = (0..100)
        .map(row)
        .map(|t| format!("{t:.2} {:.3}\n", 5.0 + line(t)));
    rows.collect()
}

fn read(composition: f64) -> Result<Scan, Error> {
    let text = file(composition);
    let read = xrd_io::read_bytes("sample.xy", text.as_bytes(), &ReadOptions::default())?;
    assert_eq!(read.format, Format::Columns);
    Ok(read.scans.into_iter().next().ok_or("no scan")?)
}

const KNOWN: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

fn known() -> Result<(PatternSet, Labels), Error> {
    let patterns = KNOWN
        .iter()
        .map(|x| Ok((format!("x = {x}"), read(*x)?.to_pattern()?)));
    let set = PatternSet::from_patterns(patterns.collect::<Result<_, Error>>()?)?;
    Ok((set, Labels::new(vec!["x".to_owned()], KNOWN.to_vec())?))
}

fn train(set: &PatternSet) -> Result<Autoencoder, Error> {
    let config = AutoencoderConfig::default().with_hidden([24, 12]);
    let training = TrainingConfig::default().with_epochs(400).with_batch(3);
    Ok(Autoencoder::fit(&config, &training, set)?.0)
}

#[test]
fn bytes_become_estimates_through_any_encoder() -> Result<(), Error> {
    let (set, labels) = known()?;
    let encoder: Box<dyn Encoder> = Box::new(train(&set)?);
    let unknown = read(0.5)?.to_pattern()?;
    let found = estimate(&encoder, &set, labels, unknown.intensities())?;
    assert!((found.values[0] - 0.5).abs() < 0.2, "{:?}", found.values);
    Ok(())
}

#[test]
fn a_decoded_pattern_is_written_as_a_scan_of_its_own() -> Result<(), Error> {
    let (set, _) = known()?;
    let model = train(&set)?;
    let point = model.encode(set.intensities(3))?;
    let decoder: &dyn Decoder = &model;
    let intensities: Vec<f64> = decoder.decode(point)?.into_iter().map(f64::from).collect();
    let axis: Vec<f64> = decoder.grid().angles().collect();
    let scan = Scan::builder("decoded", AxisKind::TwoThetaDeg, axis, intensities.clone())
        .wavelength(Wavelength::angstrom(1.5406)?)
        .build()?;
    let mut written = Vec::new();
    xrd_io::write::xy(&mut written, &scan)?;
    let again = xrd_io::read_bytes("decoded.xy", &written, &ReadOptions::default())?;
    assert_eq!(again.scans[0].intensities(), intensities);
    assert_eq!(again.scans[0].wavelength(), scan.wavelength());
    Ok(())
}

#[test]
fn a_scan_that_is_none_is_refused() {
    let short = Scan::builder("short", AxisKind::TwoThetaDeg, [1.0, 2.0], [1.0]);
    assert!(short.build().is_err());
    let odd = Scan::builder("odd", AxisKind::TwoThetaDeg, [1.0, 2.0], [1.0, f64::NAN]);
    assert!(odd.build().is_err());
}
