//! Writes the seeds: run `cargo run --example seeds` in this folder. All seeds are made here or
//! with the modules that the tests use to make their files.

use std::io::Write;
use std::path::Path;

use xrd_io_fuzz::{archives, binary};

const TEXTS: &[(&str, &str)] = &[
    (
        "columns",
        "# wavelength: 1.5406\n2theta intensity sigma\n10 4 2\n10.5 9 3\n11 1 1\n",
    ),
    (
        "columns",
        "'Id: \"a\" Anode: \"Cu\" Scantype: \"Locked Coupled\" TimePerStep: \"96\"\n10,5;4\n11,5;5\n",
    ),
    (
        "columns",
        "# axis: omega\n# intensity_unit: counts\n1 2\n2 3\n3 4\n4 5\n5 6\n1 2\n2 3\n",
    ),
    ("matrix", "name,10.0,10.5,11.0\na,1,5,2\nb,3,4,4\n"),
    (
        "matrix",
        "2theta;a;b;c\n10,0;1;3;4\n10,5;5;4;4\n11,0;5;4;4\n",
    ),
    ("labels", "name;phase;Fe\na;\"x;y\";1,5\nb;z;2,5\n"),
    (
        "structure_line",
        "{\"id\":\"a\",\"cell\":[4,4,4,90,90,90],\"species\":[\"Cs\",\"Cl-\"],\"frac\":[[0,0,0],[0.5,0.5,0.5]],\"occupancy\":[1,0.5]}",
    ),
    (
        "bruker_uxd",
        "; (Data for Range number 1)\n_FILEVERSION=2\n_SAMPLE='a'\n_WL1=1.5406\n_DRIVE='COUPLED'\n_STEPTIME=1.0\n_STEPSIZE=0.02\n_STEPMODE='C'\n_START=10.0\n_2THETA=10.0\n_STEPCOUNT=4\n_COUNTS\n 5 6\n 7 8\n_RANGE_DATA\n_2THETACOUNTS\n10 5\n11 6\n",
    ),
    (
        "philips_udf",
        "SampleIdent,a,/\nAnode,Cu,/\nLabdaAlpha1, 1.540598,/\nRatioAlpha21, 0.5,/\nDataAngleRange, 10.0, 11.5,/\nScanStepSize, 0.5,/\nScanType,CONTINUOUS,/\nScanStepTime, 43.6,/\nRawScan\n 5, 6\n 7, 8/\n",
    ),
    (
        "rigaku_ras",
        "*RAS_DATA_START\n*RAS_HEADER_START\n*FILE_SAMPLE \"a\"\n*HW_XG_TARGET_NAME \"Cu\"\n*MEAS_DATA_COUNT \"2.0\"\n*MEAS_SCAN_AXIS_X_INTERNAL \"TwoThetaTheta\"\n*MEAS_SCAN_SPEED \"2\"\n*MEAS_SCAN_SPEED_UNIT \"deg/min\"\n*MEAS_SCAN_STEP \"0.02\"\n*MEAS_SCAN_UNIT_Y \"counts\"\n*RAS_HEADER_END\n*RAS_INT_START\n10 26 1\n10.02 27 1\n*RAS_INT_END\n*RAS_DATA_END\n",
    ),
    (
        "rigaku_text",
        "*TYPE = Raw\n*CLASS = Standard measurement\n*SAMPLE = a\n*TARGET = 29\n*WAVE_LENGTH1 = 1.54056\n*SPEED_DIM = sec./step\n*SPEED = 2\n*BEGIN\n*GROUP = 0\n*START = 10.0\n*STOP = 11.5\n*STEP = 0.5\n*COUNT = 4\n26, 15, 22, 14\n*END\n*EOF\n",
    ),
    (
        "panalytical_csv",
        "[Measurement conditions]\nSample identification,7059\nAnode material,Cu\nK-Alpha1 wavelength,1.540598\nScan axis,Gonio\nNo. of points,2\nTime per step,50\n[Scan points]\nAngle,TimePerStep,Intensity,ESD\n5.0,50,1719,41\n5.1,50,1720,41\n",
    ),
    (
        "sietronics_cpi",
        "SIETRONICS XRD SCAN\n5.00\n6.00\n0.5\nCu\n1.54056\n1-1-1998\n0.6\na\nSCANDATA\n73\n74\n75\n",
    ),
    (
        "siemens_ascii",
        ".RAW\r05-MAR-97\r09:05:25\ra\r40\r30\r1\r1\rCU\r**\r1.541871\r1.540598\r1.544418\r1.539062\r 5.0\r 0.5\r 3 1\r 12.0\r\r 75\r\r 70\r 71\r 75\r",
    ),
    (
        "opxrd_json",
        "{\"two_theta_values\": [37.0, 37.5], \"intensities\": \"[7264.0, 1]\", \"label\": \"{\\\"xray_info\\\": \\\"{\\\\\\\"primary_wavelength\\\\\\\": \\\\\\\"1.5406\\\\\\\"}\\\", \\\"temp_K\\\": null}\", \"metadata\": \"{\\\"measurement_date\\\": \\\"08/30/2021\\\"}\"}",
    ),
    (
        "gsas",
        "a\nBANK 1 4 1 CONST 1000 50 0 0 STD\n   5   6   7   8\nBANK 2 2 1 CONST 1000 50 0 0 ESD\n 5.0 2.2 6.0 2.4\n",
    ),
    (
        "gsas",
        "a\nBANK 1 3 3 CONST 1000 50 0 0 FXYE\n1000 5 2\n1050 6 2\n1100 7 2\nBANK 2 4 1 RALF 32000 320 32000 0.01 ALT\n 1024000   5000 2000 1024320   6000 2000\n",
    ),
    (
        "gsas",
        "a\nBANK 1 3 1 SLOG 1000 1100 0.01 0 FXY\n1000 5\n1010 6\n1020 7\n",
    ),
    (
        "chiplot",
        "a.tif: azimuthal integration\n2-Theta Angle (Degrees)\nIntensity\n 3\n 6.0E+00 1.0E+00\n 7.0 2.0\n 8.0, 3.0\n",
    ),
    (
        "mdi",
        "09/11/91 DIF a\n 5.000 0.5 4.0 CU 1.540598 6.5 4\n 73 89 83 71\n -1\n",
    ),
    ("venezia", "a\n4 .05 22 1.540598 1\n49\n61\n62\n63\n"),
    (
        "start_step_end",
        "a\n10.000 0.5 13.5 b\n 179 147 165 172 131 144 131 140\n 13.4 12.1 12.8 13.1 11 12 11 12\n",
    ),
    (
        "pdcif",
        "data_a\n_diffrn_radiation_wavelength 1.5406\n_pd_meas_2theta_range_min 8\n_pd_meas_2theta_range_inc 0.5\n_pd_meas_step_count_time 2\nloop_\n_pd_meas_counts_total\n_pd_proc_intensity_bkg_calc\n187(14) 180\n190(14) .\n",
    ),
    (
        "pdcif",
        "data_a\nloop_ _diffrn_radiation_wavelength _diffrn_radiation_wavelength_wt 1.5406 1 1.5444 0.5\ndata_b\nloop_ _pd_proc_d_spacing _pd_meas_intensity_total 2.5 7 2.4 ?\n",
    ),
    (
        "structure",
        "data_a\n_cell_length_a 5.64(2)\n_cell_length_b 5.64\n_cell_length_c 5.64\n_cell_angle_alpha 90\n_symmetry_space_group_name_H-M 'F m -3 m'\n_chemical_formula_sum 'Na Cl'\n_cell_formula_units_Z 4\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n_atom_site_B_iso_or_equiv\nNa1 Na1+ 0 0 0 1 0.5\nCl1 Cl1- .5 .5 .5 1 .\nloop_ _atom_site_aniso_label _atom_site_aniso_U_11 _atom_site_aniso_U_22 _atom_site_aniso_U_33 _atom_site_aniso_U_12 _atom_site_aniso_U_13 _atom_site_aniso_U_23\nNa1 .01 .01 .01 0 0 0\n",
    ),
    (
        "structure",
        "data_a\n_cell.length_a 3\n_cell_length_b 3\n_cell_volume 27\n_cell_length_c 3\n_symmetry_space_group_name_Hall '-P 4 2'\n_x\n;\ntext\n;\nloop_ _space_group_symop_operation_xyz 'x, y, z' '-x,1/2+y,-z'\nloop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z _atom_site_disorder_group\nFe1 0 0 0 1 O1 .5 0.333 0 2\n",
    ),
    (
        "structure",
        "NaCl\n1.0\n5 0 0\n0 5 0\n0 0 5\nNa Cl\n1 1\nSelective dynamics\nDirect\n0 0 0 T T F\n0.5 0.5 0.5\n",
    ),
    (
        "panalytical_xrdml",
        "<xrdMeasurements xmlns=\"http://www.xrdml.com/XRDMeasurement/1.5\"><xrdMeasurement><scan><dataPoints><positions axis=\"2Theta\" unit=\"deg\"><startPosition>10</startPosition><endPosition>11</endPosition></positions><commonCountingTime unit=\"seconds\">2</commonCountingTime><intensities unit=\"counts\">1 2 3</intensities><beamAttenuationFactors>1 1 1</beamAttenuationFactors></dataPoints></scan></xrdMeasurement></xrdMeasurements>",
    ),
];

/// Marker before the members of an archive, so that mutations need not keep checksums valid; see
/// `parsers::archive`.
fn members(list: &[(&str, &[u8])]) -> Vec<u8> {
    let member = |(name, content): &(&str, &[u8])| [b"@", name.as_bytes(), b"\n", content].concat();
    list.iter().map(member).collect::<Vec<_>>().join(&b'\n')
}

/// The members of a zip archive in that form.
fn unzipped(archive: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut list = Vec::new();
    for i in 0..zip.len() {
        let mut member = zip.by_index(i).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut member, &mut content).unwrap();
        list.push((member.name().to_owned(), content));
    }
    let list: Vec<(&str, &[u8])> = list
        .iter()
        .map(|(n, c)| (n.as_str(), c.as_slice()))
        .collect();
    members(&list)
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

fn archive_seeds() -> Vec<(&'static str, Vec<u8>)> {
    let doubles = |v: &[f64]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let axis = npy("<f8", "(3,)", &doubles(&[10.0, 10.5, 11.0]));
    let block = npy("<f8", "(1, 3)", &doubles(&[1.0, 2.0, 3.0]));
    let row = npy("<f8", "(3,)", &doubles(&[1.0, 2.0, 3.0]));
    let notes = npy("|u1", "(14,)", b"# axis: omega\n");
    let cells = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>\
        <row r=\"2\"><c r=\"A2\"><v>10</v></c><c r=\"B2\"><v>5</v></c></row>\
        <row r=\"3\"><c r=\"A3\"><v>11</v></c><c r=\"B3\"><v>6</v></c></row>";
    let conditions = archives::rasx_conditions("TwoThetaTheta", "counts", ("2", "deg/min"), "");
    let rows = ["0,1,5.0,10.0,26", "0,1,5.5,11.0,27"];
    let views = archives::brml_views("TwoTheta", 1);
    let route = archives::brml_route("Final", "Locked Coupled", &views, &rows);
    let raw_data = archives::brml_raw_data(&route);
    let name = "Experiment0/RawData0.xml";
    vec![
        (
            "npz",
            members(&[("two_theta.npy", &axis), ("intensities.npy", &block)]),
        ),
        (
            "npz_of_scans",
            members(&[
                ("axis.npy", &axis),
                ("intensity.npy", &row),
                ("notes.npy", &notes),
            ]),
        ),
        (
            "excel_workbook",
            unzipped(&archives::xlsx(cells, &["2theta", "counts"])),
        ),
        (
            "rigaku_rasx",
            unzipped(&archives::rasx(&[(0, "10 5 1\n11 6 1\n", &conditions)])),
        ),
        (
            "bruker_brml",
            unzipped(&archives::brml(&[name], &[(name, &raw_data)])),
        ),
        ("npy", npy("<f4", "(2, 3)", &[0; 24])),
        ("npy", npy(">i2", "(3,)", &[0, 1, 0, 2, 0, 3])),
        ("npy_rows", npy("<f4", "(2, 3)", &[0; 24])),
    ]
}

fn binary_seeds() -> Vec<(&'static str, Vec<u8>)> {
    let counts = [5.0f32, 6.0, 7.0, 8.0];
    let range = binary::Raw3Range {
        scan_type: 0,
        counts: &counts,
        two_theta: None,
        extra: 0,
    };
    let stoe = |short| binary::StoeRange {
        counts: &[5, 6, 7, 8],
        short,
        scale: 1.0,
        history: 0,
    };
    let raw4 = binary::raw4_range("Locked Coupled", &counts, 4);
    vec![
        ("bruker_raw_1", binary::raw1_range(&counts, 0, true)),
        ("bruker_raw_2", binary::raw2(&[&counts, &counts])),
        ("bruker_raw_3", binary::raw3(1, &[range])),
        ("bruker_raw_4", [binary::raw4_head(), raw4].concat()),
        ("stoe_raw", binary::stoe(1, &[stoe(false), stoe(true)])),
        (
            "philips_rd",
            binary::philips(b"V3RD", false, &[10, 20, 30, 40], 250),
        ),
        (
            "philips_rd",
            binary::philips(b"V5RD", true, &[10, 20, 30, 40], 810),
        ),
    ]
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn main() {
    let texts = TEXTS
        .iter()
        .map(|(parser, text)| (*parser, text.as_bytes().to_vec()));
    let mut seeds: Vec<_> = texts.chain(archive_seeds()).chain(binary_seeds()).collect();
    seeds.push(("any", packed(b"10 1\n11 2\n12 3\n")));
    seeds.push(("any", b"\xff\xfe1\0 \x002\0\n\x002\0 \x003\0\n\0".to_vec()));
    // New seeds go to the end, so that the numbers of existing seeds do not change.
    seeds.push((
        "scans_side_by_side",
        b"s1,,s2,\nx,y,x,y\n10,5,20,3\n10.5,6,20.2,2\n11,4,20.4,4\n11.5,5,20.6,3\n12,7,20.8,1\n12.5,6,,\n".to_vec(),
    ));
    seeds.push((
        "wrapped_rows",
        b"10.0 5 6 9\n10.3 12 20 33\n10.6 52 80 96\n10.9 101 96 80\n11.2 52 33 20\n11.5 12 9 6\n"
            .to_vec(),
    ));
    seeds.push((
        "ill",
        b"  10.000   0.050  10.250\n 5    90 5    80 5    75\n 5    91 5    84 5120000\n".to_vec(),
    ));
    seeds.push((
        "ill",
        b"a\n                   0.500\n  10.000\n 100000. 100000.\n 5    90 5    80 5    75\n   -1000\n".to_vec(),
    ));
    seeds.push((
        "ill",
        b"13-JUL-98 a\n  1  45791\n      124699.     120.   30.010  240.010  -90.010    0.000    0.000    2.520    0.200    0.000    0.000  295.000\n   3 0.0E+00\n 1     185 1     192 1     157\n     -1000\n".to_vec(),
    ));
    seeds.push((
        "fullprof_profile",
        b" a CELL: 8 5 6 90 90 90\n 1 3 1.912 1.912 0\n 2Theta Yobs Ycal Posr (hkl) K\n 10.0 5 6 7 11.2 -50 ( 1 0 1) 0 1\n 10.5 6 6 7\n 11.0 5 6 7\n".to_vec(),
    ));
    seeds.push((
        "fullprof_profile",
        b" a CELL: 8 5 6 90 90 90\n3111 1.0 0\n 11.0 10.0 0.5 8 0\n 1 3 1.912 1.912 0\n 1 0\n    5.00    6.00    5.00\n    6.00    6.00    6.00\n".to_vec(),
    ));
    seeds.push((
        "bruker_raw_4_text",
        b";RAW4.00\n[RawHeader]\nDate=01/07/2024\nTime=21:18:10\n\n[VarInfo]\nType=SAMPLEID\nValue=a\n\n[HardwareConfiguration]\nAlpha1=1.5406\nAlpha2=1.54439\nAlphaRatio=0.5\nAnode=Cu\nWaveUnit=A\n\n[RangeHeader]\nActuallyUsedLambda=1.5406\nScanType=Locked Coupled\nSteps=3\nTime=2\n\n[Data]\n Angle, PSD, Det1,\n 10, 5, 6,\n 10.5, 6, -9999,\n 11, 7, 8,\n".to_vec(),
    ));
    seeds.push((
        "columns_with_gaps",
        b"x,y,,x,y,,a note\n10,5,,20,3,,\n10.5,6,,20.2,2,,b\n11,4,,20.4,4,,\n11.5,5,,20.6,3,,\n12,7,,20.8,1,,\n".to_vec(),
    ));
    seeds.push((
        "columns",
        b" 99.900 4.168110228\n 99.925 4.168110228\n 99.950 4.168110228\n 99.975 4.168110228\n 99.990 4.168110228\n100.00014.168110228\n100.02514.168110228\n".to_vec(),
    ));
    seeds.push((
        "columns",
        b"7.218 5\n5.1 6\n3.9 7\n3.1 8\n2.5 7\n0.251 6\n".to_vec(),
    ));
    seeds.push((
        "siemens_ascii",
        b".RAW\r05-MAR-97\r09:05:25\ra\r40\rCU\r 0\r1.541871\r1.540598\r1.544418\r1.539062\r 5.0\r 0.5\r 3 1\r 12.0\r\r 75\r\r 70\r 71\r 75\r".to_vec(),
    ));
    seeds.push((
        "gsas",
        b"a\0\x01b\nBANK 1 4 1 CONST 1000 50 0 0 STD\n     5     6     7     8\n".to_vec(),
    ));
    seeds.push((
        "chiplot",
        b"a\n2-Theta Angle (Radians)\nIntensity\n 1455 1\n 0.1 1.0\n 0.2 2.0\n".to_vec(),
    ));
    seeds.push((
        "matrix",
        b"0,20,20.5,21,21.5,22\n300,1,2,3,4,5\n310,6,7,9,8,2\n320,5,3,1,7,2\n".to_vec(),
    ));
    seeds.push((
        "matrix",
        b"22,21.5,21,20.5,20\n5,4,3,2,1\n2,8,9,7,6\n".to_vec(),
    ));
    seeds.push((
        "columns_with_gaps",
        b"twotheta,intensity,frame,date time\n10,5,1,2021-03-01 12:30\n10.5,6,1,2021-03-01 12:30\n11,4,1,2021-03-01 12:30\n11.5,5,1,2021-03-01 12:30\n12,7,1,2021-03-01 12:30\n".to_vec(),
    ));
    seeds.push((
        "columns_with_gaps",
        b"20,20.5,21,21.5,22,\n1,2,3,4,5,a\n6,7,9,8,2,a\n".to_vec(),
    ));
    seeds.push((
        "scans_side_by_side",
        b"  10.0     5    9.25     1\n  10.5     6    9.75     2\n  11.0     4   10.25     3\n  11.5     5   10.75     4\n  12.0     7   11.25     5\n               11.75     6\n".to_vec(),
    ));
    seeds.push((
        "pdcif",
        b"data_a\n_instr.wavelength 0.459\nloop_ _pd_meas_2theta_scan _pd_meas_counts_total 10 5 11 6\n".to_vec(),
    ));
    seeds.push((
        "structure",
        b"data_a\n_cell_length_a 5\n_cell_length_b 5\n_cell_length_c 5\n_space_group_it_coordinate_system_code b1\nloop_ _space_group_symop_magn_operation.xyz 'x,y,z,+1' '-x,-y,-z,-1'\nloop_ _space_group_symop_magn_centering.xyz 'x,y,z,+1' 'x+1/2,y+1/2,z+1/2,-1'\nloop_ _atom_site_label _atom_site_type_symbol _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z\nN1 NH4 .1 .2 .3\n".to_vec(),
    ));
    for (number, (parser, bytes)) in seeds.iter().enumerate() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("seeds")
            .join(parser);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(number.to_string()), bytes).unwrap();
    }
}
