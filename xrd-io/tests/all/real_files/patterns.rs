//! Real patterns, labels and structures, compared with what is known of them.

use xrd_core::{IntensityUnit, TwoThetaGrid};
use xrd_io::{
    AxisKind, ReadKind, ReadOptions, join, list, read_labels, read_patterns, read_scans,
    read_structure,
};

use super::{data, files, kinds};

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn what_headings_say() {
    let scan = |part: &str| {
        let mut scans = read_scans(data("patterns").join(part)).unwrap();
        scans.remove(0)
    };
    let dash = scan("xye/dash__Tutorial_03.xye");
    assert_eq!(dash.wavelength().map(|w| w.as_angstrom()), Some(1.5285));
    assert!(dash.sigma().is_some());
    let eva = scan("xy/datalab__example_evadiffract.xy");
    assert_eq!(eva.unit(), IntensityUnit::CountsPerSecond);
    let flight = scan("xye/GSAS-II-tutorials__PG3_20254-2_10K.xye");
    assert_eq!(flight.axis_kind(), &AxisKind::TimeOfFlightUs);
    for part in [
        "xy/geddes__sample.xy",
        "xy/XRD-AutoAnalyzer__Li2MnO3+MnO+TiO2.xy",
    ] {
        let scan = scan(part);
        assert_eq!(scan.sigma(), None, "{part}");
        assert_eq!(scan.warnings().len(), 1);
    }
    let polarised = scan("multicolumn_dat/easyDiffraction__Data_full.dat");
    assert_eq!(polarised.wavelength().map(|w| w.as_angstrom()), Some(0.84));
    assert!(polarised.sigma().is_some());
    let beamline = scan("xye/datalab__example_bmb.xye");
    assert_eq!(
        beamline.wavelength().map(|w| w.as_angstrom()),
        Some(0.414581)
    );
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn a_measured_matrix_and_its_labels() {
    let folder = data("measured/fe-ga-pd/data");
    let read = read_patterns(folder.join("FeGaPd_XRD.txt"), &ReadOptions::default()).unwrap();
    assert_eq!((read.set.len(), read.kind), (278, ReadKind::Matrix));
    let grid = TwoThetaGrid::new(37.0, 0.02, 551).unwrap();
    assert_eq!(*read.set.grid(), grid);
    let table = read_labels(folder.join("FeGaPd_CMP.txt")).unwrap();
    let labels = join(&table, read.set.names(), true, &[]).unwrap();
    assert_eq!(
        (labels.columns(), labels.len()),
        (["Fe", "Ga", "Pd"].map(String::from).as_slice(), 278)
    );
    assert_eq!(labels.row(0), [0.8216, 0.1285, 0.0499]);
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn measured_arrays() {
    let folder = data("measured/rruff908");
    let path = folder.join("patterns_u16.npy");
    assert!(read_patterns(&path, &ReadOptions::default()).is_err());
    let grid = TwoThetaGrid::new(5.0, 0.01, 8500).ok();
    let read = read_patterns(&path, &ReadOptions::default().with_grid(grid)).unwrap();
    assert_eq!((read.set.len(), read.set.grid().len()), (908, 8500));
    let table = read_labels(folder.join("labels.csv")).unwrap();
    assert_eq!(table.len(), 908);
}

/// The format of the files in each folder. Files in folders that are not listed are columns.
const FORMATS: &[(&str, &str)] = &[
    ("bruker_brml", "Bruker BRML"),
    ("bruker_raw1", "Bruker RAW 1"),
    ("bruker_raw2", "Bruker RAW 2"),
    ("bruker_raw3", "Bruker RAW 3"),
    ("bruker_raw4", "Bruker RAW 4"),
    ("bruker_uxd", "Bruker UXD"),
    ("chi", "ChiPlot"),
    ("cpi", "Sietronics CPI"),
    ("dbws", "start step end"),
    ("fullprof_dat", "start step end"),
    ("gsas", "GSAS"),
    ("json_opxrd", "opXRD JSON"),
    ("mdi", "MDI"),
    ("nexus", "NeXus"),
    ("panalytical_csv", "PANalytical CSV"),
    ("panalytical_udf", "Philips UDF"),
    ("panalytical_xrdml", "PANalytical XRDML"),
    ("pdcif", "pdCIF"),
    ("philips_rd", "Philips RD"),
    ("riet7_dat", "start step end"),
    ("rigaku_asc", "Rigaku text"),
    ("rigaku_ras", "Rigaku RAS"),
    ("rigaku_rasx", "Rigaku RASX"),
    ("siemens_ascii_raw", "Siemens ASCII"),
    ("stoe_raw", "STOE RAW"),
    ("venezia_dat", "Venezia"),
    ("xdd", "start step end"),
    ("xlsx", "Excel workbook"),
];

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn every_file_is_of_the_format_of_its_folder() {
    let mut faults = Vec::new();
    for kind in kinds() {
        let name = kind.file_name().unwrap().to_str().unwrap();
        let known = FORMATS.iter().find(|(folder, _)| *folder == name);
        let expected = match (name, known) {
            ("not_a_pattern", _) => None,
            // NeXus needs a feature of the crate.
            ("nexus", _) if !cfg!(feature = "nexus") => None,
            (_, Some((_, format))) => Some(*format),
            (_, None) => Some("columns"),
        };
        for path in files(&kind) {
            let found = list(&path).map(|listing| listing.format);
            if found.as_ref().ok() != expected.as_ref() {
                faults.push(format!("{}: {found:?}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
#[ignore = "needs the real files: XRD_TEST_DATA=... cargo test -p xrd-io --all-features -- --ignored"]
fn structures_of_the_series() {
    let mut paths = files(&data("smfe12"));
    paths.retain(|p| p.extension().is_some_and(|e| e == "cif"));
    assert!(!paths.is_empty());
    for path in &paths {
        let structure = read_structure(path).unwrap();
        let volume = structure.lattice().volume();
        let atoms = structure.atoms().len();
        assert!(atoms % 13 == 0, "{}: {atoms} atoms", path.display());
        assert!(
            (12.0..14.5).contains(&(volume / atoms as f64)),
            "{}",
            path.display()
        );
    }
}
