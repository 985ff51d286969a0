//! A measured file becomes a pattern; a broken file is refused with the place of the fault.

use std::error::Error;
use std::fs;

use xrd_core::IntensityUnit;
use xrd_io::{ReadOptions, crop, normalise_max, read_patterns, write};

const MEASURED: &str = "\
# wavelength: 1.5406
2theta counts
30.0  12
30.1  15
30.2  90
30.3 240
30.4  88
30.5  14
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("quartz.xy");
    fs::write(&path, MEASURED)?;

    let read = read_patterns(&path, &ReadOptions::default())?;
    let pattern = read.set.pattern(0);
    println!("{} on {}", read.set.names()[0], pattern.grid());
    println!("in {}, largest {}", pattern.scale(), pattern.max());
    assert_eq!(read.set.names(), ["quartz"]);
    assert_eq!(pattern.grid().len(), 6);
    assert_eq!(pattern.scale().unit, IntensityUnit::Counts);
    assert_eq!(pattern.wavelength().map(|w| w.as_angstrom()), Some(1.5406));

    // Nothing is changed unasked, and what was asked for is in the result.
    let part = normalise_max(&crop(&pattern, 30.1, 30.4)?)?;
    println!("cropped and normalised: {:?}", part.intensities());
    println!("in {}", part.scale());
    assert_eq!(part.intensities()[2], 1.0);
    assert!((part.scale().factor - 1.0 / 240.0).abs() < 1e-12);

    // What is written reads back the same.
    let mut text = Vec::new();
    write::pattern_xy(&mut text, &part)?;
    fs::write(&path, text)?;
    let again = read_patterns(&path, &ReadOptions::default())?;
    assert_eq!(again.set.intensities(0), part.intensities());

    fs::write(&path, MEASURED.replace("240", "24O"))?;
    let refused = read_patterns(&path, &ReadOptions::default());
    let message = refused.err().ok_or("a letter was read as a number")?;
    let message = message
        .to_string()
        .replace(&*folder.path().to_string_lossy(), "…");
    println!("refused: {message}");
    assert!(message.contains("line 6"));
    Ok(())
}
