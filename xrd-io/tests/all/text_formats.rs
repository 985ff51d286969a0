//! Text formats of laboratories and refinement programs, tested on files written for this purpose.

use std::fmt::Write;

use xrd_core::{IntensityUnit, Wavelength};
use xrd_io::{AxisKind, Result, Scan, SigmaOrigin, TimePerStep, UnitEvidence, read_scans};

fn read(text: &str) -> Result<Vec<Scan>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.b");
    std::fs::write(&path, text).unwrap();
    read_scans(&path)
}

fn one(text: &str) -> Scan {
    let mut scans = read(text).unwrap();
    assert_eq!(scans.len(), 1);
    scans.remove(0)
}

/// The error message without the folder.
fn refusal(text: &str) -> String {
    let message = read(text).unwrap_err().to_string();
    assert!(!message.contains('\n'));
    message[message.find("a.b").unwrap()..].to_owned()
}

fn angstrom(scan: &Scan) -> Option<f64> {
    scan.wavelength().map(|w| w.as_angstrom())
}

/// A GSAS file with one bank.
fn bank(points: usize, rest: &str) -> String {
    format!("a title\nBANK 1 {points} 1 {rest}\n")
}

#[test]
fn gsas_counts_with_and_without_counters() {
    let scan = one(&format!(
        "{}     100     121     144       0       0\n",
        bank(3, "CONST 1000.0 2.5 0 0 STD")
    ));
    assert_eq!(scan.axis(), [10.0, 10.025, 10.05]);
    assert_eq!(scan.intensities(), [100.0, 121.0, 144.0]);
    assert_eq!(scan.sigma().unwrap(), [10.0, 11.0, 12.0]);
    assert_eq!(scan.sigma_origin(), Some(SigmaOrigin::Counting));
    assert_eq!(
        (scan.unit(), scan.unit_evidence()),
        (IntensityUnit::Counts, &UnitEvidence::Format)
    );
    assert_eq!(scan.metadata().comment.as_deref(), Some("a title"));
    assert!(scan.warnings().is_empty());
    // Two characters give the number of counters in a mean; they are not repeats.
    let scan = one(&format!("{} 1   100 4   144\n", bank(2, "CONS 1000 5 0 0")));
    assert_eq!(scan.intensities(), [100.0, 144.0]);
    assert_eq!(scan.sigma().unwrap(), [10.0, 6.0]);
    assert_eq!(scan.unit(), IntensityUnit::Arbitrary);
    // Numbers separated by blanks, not in columns.
    let scan = one(&format!("{}100 121\t144\n", bank(3, "CONS 1000 5 0 0 STD")));
    assert_eq!(scan.intensities(), [100.0, 121.0, 144.0]);
}

#[test]
fn gsas_esd_and_its_padding() {
    let row = "    16.0     4.0    25.0     5.0     0.0     0.0\n     0.0     0.0\n";
    let scan = one(&format!("{}{row}", bank(2, "CONST 202.500 5.000 0 0 ESD")));
    assert_eq!(scan.axis(), [2.025, 2.075]);
    assert_eq!(scan.sigma().unwrap(), [4.0, 5.0]);
    assert_eq!(scan.sigma_origin(), Some(SigmaOrigin::Stated));
    assert_eq!(scan.unit(), IntensityUnit::Counts);
    assert!(scan.warnings().is_empty());
    let more = row.replacen("     0.0     0.0", "     9.0     3.0", 1);
    let scan = one(&format!(
        "{}{more}    1.0    1.0\n",
        bank(3, "CONST 202.500 5.000 0 0 ESD")
    ));
    assert_eq!(
        scan.warnings(),
        ["left out: the values from line 5 on, beyond the 3 points announced"]
    );
}

#[test]
fn gsas_free_rows_in_degrees_or_over_q() {
    let rows = |start: f64, step: f64| -> String {
        let row = |i| format!("{:.4} {} 3\n", start + step * f64::from(i), 9 + i % 2);
        (0..60).map(row).collect()
    };
    let degrees = one(&format!(
        "{}{}",
        bank(60, "CONS 10 0.02 0 0 FXYE"),
        rows(10.0, 0.02)
    ));
    assert_eq!((degrees.axis()[0], degrees.axis()[1]), (10.0, 10.02));
    assert_eq!(
        degrees.warnings(),
        [
            "the positions are read as degrees: as hundredths of a degree they would end before 0.112"
        ]
    );
    // The coefficients alone may be in degrees.
    let hundredths = one(&format!(
        "{}{}",
        bank(60, "CONS 10 0.02 0 0 FXYE"),
        rows(1000.0, 2.0)
    ));
    assert_eq!((hundredths.axis()[0], hundredths.axis()[1]), (10.0, 10.02));
    assert!(hundredths.warnings().is_empty());
    let q = one(&format!(
        "{}{}",
        bank(60, "CONQ 0.5 0.01 0 0 FXYE"),
        rows(0.5, 0.01)
    ));
    assert_eq!(
        (q.axis_kind(), q.axis()[1]),
        (&AxisKind::QPerAngstrom, 0.51)
    );
}

#[test]
fn gsas_free_rows_of_angles_and_times() {
    let head = "NAC\n# Temp (K) =  298.0\n# Calibrated wavelength = 0.413909\n\
        # Time per step (sec) =   0.1\n";
    let angles = one(&format!(
        "{head}BANK 1 2 2 CONS 50.00 0.10 0 0 FXYE\n  50 239.933 16.08\n 50.1 244.1 16.1\n50.2 1 1\n"
    ));
    // One row more than announced may be read.
    assert_eq!(angles.axis(), [0.5, 0.501, 0.502]);
    assert_eq!(angstrom(&angles), Some(0.413_909));
    assert_eq!(angles.metadata().temperature_k, Some(298.0));
    assert_eq!(
        angles.metadata().time_per_step,
        Some(TimePerStep::Same(0.1))
    );
    assert_eq!(angles.unit(), IntensityUnit::Arbitrary);
    let times = one(&format!(
        "{head}BANK 2 2 2 SLOG 6776 103816 0.0004 0 FXYE\n 6777.08 75.7 5.9\n 6779.79 72.3 6.3\n"
    ));
    assert_eq!(times.axis_kind(), &AxisKind::TimeOfFlightUs);
    assert_eq!(times.axis(), [6777.08, 6779.79]);
    assert_eq!(angstrom(&times), None);
    assert!(
        times
            .to_pattern()
            .unwrap_err()
            .to_string()
            .contains("time of flight")
    );
    let scan = one(&format!(
        "{}1000 5\n1005 6\n",
        bank(2, "CONS 1000 5 0 0 FXY")
    ));
    assert_eq!(
        (scan.axis(), scan.sigma()),
        ([10.0, 10.05].as_slice(), None)
    );
}

#[test]
fn gsas_angles_and_times_by_what_else_there_is() {
    let rows = |x: f64| format!("{x} 5 2\n{} 6 2\n", 2.0 * x);
    let scan = |binning: &str, rows: &str| one(&(bank(rows.lines().count(), binning) + rows));
    // Positions need no step, and are times if they cannot be angles.
    let angles = scan("CONST 0 0 0 0 FXYE", &rows(1000.0));
    assert_eq!(angles.axis_kind(), &AxisKind::TwoThetaDeg);
    assert_eq!(angles.axis(), [10.0, 20.0]);
    let from_zero: String = (0..60).map(|i| format!("{} 5 2\n", 100 * i)).collect();
    assert_eq!(scan("CONST 0 0 0 0 FXYE", &from_zero).axis()[59], 59.0);
    let times = scan("CONST 0 1 0 0 FXYE", &rows(15_000.0));
    assert_eq!(times.axis_kind(), &AxisKind::TimeOfFlightUs);
    assert_eq!(times.axis(), [15_000.0, 30_000.0]);
    assert!(refusal(&bank(2, "CONST 0 0 0 0 STD")).contains("binning CONST 0 0"));
    let log = format!("{}{}", bank(2, "SLOG 1000 2000 0.001 0 FXYE"), rows(1000.0));
    let even = "BANK 2 2 2 CONST 1000 5 0 0 FXYE\n1000 5 2\n1005 6 2\n";
    let both = read(&(log + even)).unwrap();
    assert_eq!(both[1].axis_kind(), &AxisKind::TimeOfFlightUs);
    assert_eq!(both[1].axis(), [1000.0, 1005.0]);
}

#[test]
fn gsas_binnings_of_time() {
    let log = one(&format!(
        "{}     100     121\n",
        bank(2, "SLOG 1000 2000 0.001 0 STD")
    ));
    assert!((log.axis()[1] - 1001.0).abs() < 1e-9);
    let even = one(&format!(
        "{}     100     121\n",
        bank(2, "CONS 20000 10 0 0 STD")
    ));
    assert_eq!(
        (even.axis_kind(), even.axis()[1]),
        (&AxisKind::TimeOfFlightUs, 20_010.0)
    );
    let banks = "een\nBANK 1 2 1 RALF 82585. 66. 82585. 0.0008  ALT\n   82585  21297  313   82651  21246  314\n\
        next\nBANK 2 1 1 RALF 78895. 63. 78895. 0.0008  ALT\n   78895  21297  313\n";
    let scans = read(&banks.replace("next\n", "")).unwrap();
    assert_eq!(scans.len(), 2);
    assert_eq!(scans[0].axis(), [25.807_812_5, 25.828_437_5]);
    assert_eq!(scans[0].axis_kind().to_string(), "time of flight in 100 us");
    assert_eq!(scans[0].intensities(), [21.297, 21.246]);
    assert_eq!(scans[0].sigma().unwrap(), [0.313, 0.314]);
}

#[test]
fn gsas_cut_short_and_broken() {
    let cut = one(&format!(
        "{}     100     121     1",
        bank(9, "CONST 1000 5 0 0 STD")
    ));
    assert_eq!(cut.intensities(), [100.0, 121.0]);
    let told = [
        "line 3 is cut short: its last value is left out",
        "cut short: 2 of 9 points found",
    ];
    assert_eq!(cut.warnings(), told);
    let cut = one(&format!(
        "{}1000 5 1\n1005 6",
        bank(2, "CONS 1000 5 0 0 FXYE")
    ));
    assert_eq!(cut.warnings().len(), 2, "{:?}", cut.warnings());
    let is = |rest: &str, data: &str, expected: &str| {
        let message = refusal(&format!("{}{data}", bank(2, rest)));
        assert!(message.contains(expected), "{message}");
    };
    is(
        "CONST 1000 5 0 0 STD",
        "     100     1x1\n",
        "line 3: '100     1x1' (expected counts",
    );
    is(
        "CONST 1000 5 0 0 FXYE",
        "1000 5\n",
        "line 3: '1000 5' (expected a position",
    );
    is("CONST 1000 5 0 0 ODD", "1 2\n", "line 2: type ODD");
    is(
        "CONST 1000 0 0 0 STD",
        "1 2\n",
        "line 2: binning CONST 1000 0",
    );
    is("TIME_MAP 1 STD", "1 2\n", "line 2: binning TIME_MAP 1 STD");
    is(
        "RALF 1 1 1 1 STD",
        "       1       2\n",
        "bank 1 of RALF binning without positions",
    );
    is("CONST 1000 5 0 0 STD", "", "no point");
}

const UXD: &str = "; made\n_FILEVERSION=2\n_SAMPLE='BT86'\n_DATEMEASURED='04-Mar-2010'\n\
    _WL_UNIT='A'\n_WL1=1.540600\n_WL2=1.544390\n_WLRATIO=0.500000\n_ANODE='Cu'\n\
    ; (Data for Range number 1)\n_DRIVE='COUPLED'\n_STEPTIME=0.5\n_STEPSIZE=0.02\n_START=3.0\n\
    _2THETACOUNTS\n3.00\t187\n3.02\t183\n";

#[test]
fn uxd_ranges_of_every_layout() {
    let scan = one(UXD);
    assert_eq!(
        (scan.axis(), scan.intensities()),
        ([3.0, 3.02].as_slice(), [187.0, 183.0].as_slice())
    );
    assert_eq!(
        (scan.unit(), scan.axis_kind()),
        (IntensityUnit::Counts, &AxisKind::TwoThetaDeg)
    );
    let metadata = scan.metadata();
    assert_eq!(metadata.sample.as_deref(), Some("BT86"));
    assert_eq!(metadata.radiation.anode.as_deref(), Some("Cu"));
    assert_eq!(
        (angstrom(&scan), metadata.radiation.k_alpha2_ratio),
        (Some(1.5406), Some(0.5))
    );
    assert_eq!(metadata.time_per_step, Some(TimePerStep::Same(0.5)));
    assert!(scan.warnings().is_empty());
    // Another range, on another drive and with a rate.
    let second = format!(
        "{UXD}; (Data for Range number 2)\n_DRIVE='PHI'\n_STEPTIME=2\n_2THETACPS\n 0.0 1.5\n 5.0 2.5\n"
    );
    let scans = read(&second).unwrap();
    assert_eq!(scans[1].axis_kind(), &AxisKind::PhiDeg);
    assert_eq!(scans[1].unit(), IntensityUnit::CountsPerSecond);
    assert_eq!(
        scans[1].metadata().time_per_step,
        Some(TimePerStep::Same(2.0))
    );
    assert_eq!(scans[1].name(), "a_2");
    assert!(scans[1].to_pattern().is_err());
    let bare = UXD.replace(
        "_2THETACOUNTS\n3.00\t187\n3.02\t183\n",
        "_COUNTS\n 187 183\n 190\n",
    );
    assert_eq!(one(&bare).axis(), [3.0, 3.02, 3.04]);
    let timed = UXD.replace(
        "_2THETACOUNTS\n3.00\t187\n3.02\t183\n",
        "_2THETACOUNTSTIME\n3 187 1\n3.1 183 2\n",
    );
    assert_eq!(
        one(&timed).metadata().time_per_step,
        Some(TimePerStep::Each(vec![1.0, 2.0]))
    );
    let nanometres = UXD.replace("'A'", "'nm'").replace("=1.540600", "=0.154060");
    assert!((angstrom(&one(&nanometres)).unwrap() - 1.5406).abs() < 1e-9);
}

#[test]
fn uxd_cut_short_and_broken() {
    let cut = one(&UXD[..UXD.len() - 5]);
    assert_eq!(
        (cut.axis().len(), cut.warnings()),
        (
            1,
            ["line 17 is cut short and left out".to_owned()].as_slice()
        )
    );
    let half_a_number = one(&UXD[..UXD.len() - 2]);
    assert_eq!(half_a_number.axis(), [3.0]);
    assert_eq!(half_a_number.warnings(), cut.warnings());
    let counted = UXD.replace("_START", "_STEPCOUNT=5\n_START");
    assert_eq!(one(&counted).warnings(), ["cut short: 2 of 5 points found"]);
    assert!(
        refusal(&UXD.replace("3.00\t187", "3.00\tx"))
            .contains("line 16: '3.00 x' (expected a position")
    );
    assert!(refusal(&UXD.replace("_WL1=", "WL1 ")).contains("line 6: 'WL1 1.540600'"));
    assert!(refusal("_FILEVERSION=2\n_SAMPLE='x'\n").contains("Bruker UXD without a scan"));
    let bare = UXD
        .replace("_2THETACOUNTS", "_COUNTS")
        .replace("_START=3.0\n", "");
    assert!(refusal(&bare).contains("intensities without _START"));
    let peaks = UXD.replace("_2THETACOUNTS", "_D-I");
    assert!(refusal(&peaks).contains("a list of peaks"));
    let blank = one(&UXD.replace("187", "-9999"));
    assert_eq!(
        blank.warnings(),
        ["left out: 1 points that were not measured"]
    );
}

const UDF: &str = "SampleIdent,7059,/\nTitle1,A, B,/\nDiffrType,XPERT,/\nAnode,Cu,/\n\
    LabdaAlpha1, 1.540598,/\nLabdaAlpha2, 1.544426,/\nRatioAlpha21, 0.50000,/\n\
    FileDateTime,  1-nov-99,  21:06,/\nDataAngleRange,  10.0000,  10.0600,/\n\
    ScanStepSize,   0.020,/\nScanType,CONTINUOUS,/\nScanStepTime,    5.00,/\nRawScan\n\
    \u{20}   80,      75\n      90,      81,/\n";

#[test]
fn udf_scans() {
    let scan = one(UDF);
    assert_eq!(scan.axis(), [10.0, 10.02, 10.04, 10.06]);
    assert_eq!(scan.intensities(), [80.0, 75.0, 90.0, 81.0]);
    let metadata = scan.metadata();
    assert_eq!(metadata.date.as_deref(), Some("1-nov-99,  21:06"));
    assert_eq!(metadata.comment.as_deref(), Some("A, B"));
    assert_eq!(metadata.drive.as_deref(), Some("CONTINUOUS"));
    assert_eq!(
        metadata.radiation.k_alpha2.map(|w| w.as_angstrom()),
        Some(1.544_426)
    );
    assert_eq!(
        (scan.unit(), angstrom(&scan)),
        (IntensityUnit::Counts, Some(1.540_598))
    );
    assert!(scan.warnings().is_empty());
    let cut = one(&UDF[..UDF.len() - 3]);
    assert_eq!(cut.intensities().len(), 3);
    assert_eq!(cut.warnings(), ["cut short: 3 of 4 points found"]);
    let fewer = one(&UDF.replace("10.0600", "10.0800"));
    assert_eq!(
        fewer.warnings(),
        ["4 points, where range and step announce 5"]
    );
    assert!(
        refusal(&UDF.replace("75\n", "7x5\n")).contains("line 14: '7x5' (expected an intensity)")
    );
    assert!(
        refusal(&UDF.replace("ScanStepSize", "Odd")).contains("no DataAngleRange or ScanStepSize")
    );
    assert!(refusal(&UDF[..UDF.find("    80").unwrap()]).contains("no point"));
}

/// A pdCIF block with a range of angles and a loop.
fn pdcif(tags: &str, rows: &str) -> String {
    format!(
        "data_a\n_pd_meas_2theta_range_min 10\n_pd_meas_2theta_range_inc 0.5\nloop_\n{tags}\n{rows}\n"
    )
}

#[test]
fn pdcif_of_several_loops_may_lack_its_block() {
    let segment = |y: usize| {
        format!(
            "_pd_meas_angle_eta {y}\nloop_\n_pd_meas_angle_2theta _pd_meas_intensity_total\n10 {y} 11 2\n"
        )
    };
    let scans = read(&(segment(5) + &segment(7))).unwrap();
    let first: Vec<f64> = scans.iter().map(|scan| scan.intensities()[0]).collect();
    assert_eq!(first, [5.0, 7.0]);
    let background = "loop_\n_pd_meas_2theta_scan\n_pd_meas_counts_background\n\
        _pd_meas_counts_total\n10 50 200\n11 50 237\n";
    assert_eq!(one(background).intensities(), [200.0, 237.0]);
    let image = "_pd_block_id a\nloop_\n_pd_meas_position_x _pd_meas_position_y \
        _pd_meas_intensity_total\n1 2 3 2 2 4\n";
    assert!(refusal(image).contains("line 2: _pd_meas_intensity_total without an axis"));
}

#[test]
fn pdcif_tells_what_is_doubtful() {
    let warning = |text: &str| one(text).warnings().join("; ");
    let range = pdcif("_pd_meas_counts_total", "5 6 7")
        .replace("loop_", "_pd_meas_2theta_range_max 20\nloop_");
    assert_eq!(
        warning(&range),
        "the file says that the range ends at 20, but by its step the last point is at 11.0000"
    );
    let partly = pdcif("_pd_meas_intensity_total", "5(1) 6(1) 7");
    assert_eq!(
        warning(&partly),
        "not used: the uncertainties, as 1 points have none"
    );
    let elsewhere = "data_Mo _diffrn_radiation_wavelength 0.71\n";
    assert_eq!(
        warning(&(elsewhere.to_owned() + &pdcif("_pd_meas_counts_total", "5 6"))),
        "the wavelength is taken from block 'Mo'"
    );
    let cobalt = pdcif("_pd_meas_counts_total", "5 6")
        .replace("data_a\n", "data_a\n_diffrn_radiation_type 'Co K\\a'\n");
    let scan = one(&(elsewhere.to_owned() + &cobalt));
    assert_eq!(scan.metadata().radiation.anode.as_deref(), Some("Co"));
    assert_eq!((scan.wavelength(), scan.warnings().len()), (None, 0));
    let doublet = "data_a loop_ _diffrn_radiation_wavelength 1.54439 1.5406\n";
    let doublet = pdcif("_pd_meas_counts_total", "5 6").replace("data_a\n", doublet);
    let scan = one(&doublet);
    let radiation = &scan.metadata().radiation;
    assert_eq!(
        radiation.wavelength.map(Wavelength::as_angstrom),
        Some(1.5406)
    );
    assert_eq!(
        radiation.k_alpha2.map(Wavelength::as_angstrom),
        Some(1.54439)
    );
    assert_eq!(radiation.k_alpha2_ratio, None);
}

#[test]
fn pdcif_axes_and_intensities_by_rank() {
    let scan = one(&pdcif(
        "_pd_calc_intensity_total _pd_meas_counts_total",
        "1.5 187 2.5 183",
    ));
    assert_eq!(
        (scan.axis(), scan.intensities()),
        ([10.0, 10.5].as_slice(), [187.0, 183.0].as_slice())
    );
    assert_eq!(scan.unit(), IntensityUnit::Counts);
    // The processed range corrects the measured one; a column takes precedence over its range.
    let both = pdcif("_pd_meas_intensity_total", "1 2").replace(
        "loop_",
        "_pd_proc_2theta_range_min 10.1\n_pd_proc_2theta_range_inc 0.5\nloop_",
    );
    assert_eq!(one(&both).axis(), [10.1, 10.6]);
    // A range that the points do not fill is ignored if they have a column of angles.
    let excluded = pdcif("_pd_meas_2theta_scan _pd_meas_counts_total", "10 1 12 2").replace(
        "loop_",
        "_pd_proc_2theta_range_min 10.1\n_pd_proc_2theta_range_max 12.1\n\
         _pd_proc_2theta_range_inc 0.5\nloop_",
    );
    assert_eq!(one(&excluded).axis(), [10.0, 12.0]);
    let elsewhere = "data_x _diffrn_radiation_wavelength 1.54\ndata_a loop_ ";
    let wavelength = |tag| {
        let scan = one(&format!("{elsewhere}{tag} _pd_proc_intensity_net 3 1 4 5"));
        scan.wavelength().is_some()
    };
    assert!(wavelength("_pd_meas_2theta_scan") && !wavelength("_pd_meas_time_of_flight"));
    let column = pdcif(
        "_pd_proc.2theta_corrected _pd_meas.2theta_scan _pd_meas.intensity_total",
        "9 8 1 10 9 2",
    );
    assert_eq!(one(&column).axis(), [9.0, 10.0]);
    let others = [
        ("_pd_proc_d_spacing", AxisKind::DAngstrom),
        ("_pd_meas_time_of_flight", AxisKind::TimeOfFlightUs),
        ("_pd_proc_recip_len_Q", AxisKind::QPerAngstrom),
    ];
    for (tag, kind) in others {
        let scan = one(&format!(
            "data_a loop_ {tag} _pd_proc_intensity_net 3 1 2 5"
        ));
        assert_eq!(
            (scan.axis_kind(), scan.axis()),
            (&kind, [3.0, 2.0].as_slice())
        );
    }
    let calculated = one(&pdcif("_pd_calc_intensity_total", "1 2"));
    assert!(calculated.warnings()[0].contains("a calculated pattern"));
}

#[test]
fn pdcif_axis_in_a_loop_of_its_own() {
    let text = |axis: &str| {
        format!("data_a loop_ _pd_meas_2theta_scan {axis} loop_ _pd_meas_counts_total 3 1 2")
    };
    let scan = one(&text("10 10.5 11"));
    assert_eq!(scan.axis(), [10.0, 10.5, 11.0]);
    assert_eq!(scan.intensities(), [3.0, 1.0, 2.0]);
    assert!(refusal(&text("10 10.5")).contains("without an axis"));
}

#[test]
fn pdcif_uncertainties_and_unknown_points() {
    let scan = one(&pdcif("_pd_meas_intensity_total", "100(10) 121.5(11)"));
    assert_eq!(scan.sigma().unwrap(), [10.0, 1.1]);
    assert_eq!(
        (scan.sigma_origin(), scan.unit()),
        (Some(SigmaOrigin::Stated), IntensityUnit::Arbitrary)
    );
    let column = one(&pdcif(
        "_pd_meas_intensity_total _pd_meas_intensity_total_su",
        "100 10 121 11",
    ));
    assert_eq!(column.sigma().unwrap(), [10.0, 11.0]);
    let gaps = one(&pdcif("_pd_meas_intensity_total", "100(10) . ? 121(11)"));
    assert_eq!(
        (gaps.axis(), gaps.sigma().unwrap()),
        ([10.0, 11.5].as_slice(), [10.0, 11.0].as_slice())
    );
    assert_eq!(gaps.warnings(), ["left out: 2 points of unknown intensity"]);
    let some = one(&pdcif("_pd_meas_intensity_total", "100(10) 121"));
    assert_eq!(some.sigma(), None);
}

#[test]
fn pdcif_blocks_share_the_wavelength() {
    let mut text = "data_phase _cell_length_a 5 loop_ _atom_site_label _atom_site_fract_x Si 0\n\
        data_radiation loop_ _diffrn_radiation_wavelength _diffrn_radiation_wavelength_wt\n\
        1.5444 0.5 1.5406 1.0\n"
        .to_owned();
    for name in ["b", "c"] {
        let block =
            pdcif("_pd_meas_counts_total", "1 2 3").replace("data_a", &format!("data_{name}"));
        writeln!(text, "{block}").unwrap();
    }
    text.push_str("_diffrn_radiation_wavelength 0.7 _diffrn_radiation_type 'Mo K\\a'\n");
    let scans = read(&text).unwrap();
    let names: Vec<&str> = scans.iter().map(Scan::name).collect();
    assert_eq!(names, ["a_1", "a_2"]);
    let radiation = &scans[0].metadata().radiation;
    assert_eq!(angstrom(&scans[0]), Some(1.5406));
    assert_eq!(radiation.k_alpha2.map(|w| w.as_angstrom()), Some(1.5444));
    assert_eq!(radiation.k_alpha2_ratio, Some(0.5));
    assert_eq!(angstrom(&scans[1]), Some(0.7));
    assert_eq!(scans[1].metadata().radiation.anode.as_deref(), Some("Mo"));
}

#[test]
fn pdcif_cut_short_broken_or_without_a_pattern() {
    let cut = one(&pdcif(
        "_pd_meas_counts_total _pd_calc_intensity_total",
        "1 2 3",
    ));
    assert_eq!(cut.axis().len(), 1);
    assert!(cut.warnings()[0].contains("line 4: the loop ends in the middle of a row"));
    let fewer = pdcif("_pd_meas_counts_total", "1 2")
        .replace("loop_", "_pd_meas_number_of_points 9\nloop_");
    assert_eq!(one(&fewer).warnings(), ["cut short: 2 of 9 points found"]);
    assert!(
        refusal(&pdcif("_pd_meas_counts_total", "1 x"))
            .contains("line 6: _pd_meas_counts_total is 'x'")
    );
    assert!(
        refusal("data_a loop_ _pd_meas_counts_total 1 2")
            .contains("line 1: _pd_meas_counts_total without an axis")
    );
    let structure = "data_a loop_ _atom_site_label _atom_site_fract_x Si 0";
    assert!(refusal(structure).contains("a CIF of a crystal structure without a pattern"));
    assert!(refusal("data_a loop_ _refln_index_h 1").contains("a CIF of reflections"));
    assert!(refusal("data_a").contains("a CIF without a powder pattern"));
}
