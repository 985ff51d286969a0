//! Texts that are as difficult as possible for a reader.

/// Pieces that are repeated.
const PIECES: &[&str] = &[
    "1",
    "1 ",
    "1\n",
    "1,",
    "1;",
    "1\t",
    "1 2\n",
    "1,2\n",
    "1 2 3 4\n",
    "2 1\n",
    "1 2\na\n",
    "a,",
    "a b\n",
    "1e",
    "-",
    "+1-",
    "0.",
    "9",
    ", ",
    ",\n",
    " ",
    "\n",
    "\r",
    "\t",
    "\u{1a}",
    "\u{e9}",
    "=",
    ":",
    "a: b\n",
    "# ",
    "#\n",
    "#a:b\n",
    "/*",
    "*/",
    "/*\n",
    "//\n",
    ";",
    ";\n",
    "'",
    "\"",
    "\"\"\",",
    "\"\"\" ",
    "\"\" ",
    "'''",
    "\"\"\"",
    "\"a\",",
    "'a ",
    "\\",
    "\\n",
    "[",
    "]",
    "{",
    "}",
    "{\"a\":",
    "[1,",
    "[1],",
    "(",
    "data_",
    "data_\n",
    "data_a _b c ",
    "loop_",
    "loop_ ",
    "loop_ _a ",
    "loop_ _a 1 ",
    "_a ",
    "_a 1\n",
    "_",
    "save_",
    "save_ ",
    "save_a ",
    "<",
    ">",
    "<a>",
    "</a>",
    "<a/>",
    "<a b='c'>",
    "<a b='c'/>",
    "<a b='",
    "<a xmlns:b='c'>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "<!DOCTYPE ",
    "<!ENTITY a 'b'>",
    "&a;",
    "&",
    "*",
    "*A \"b\"\n",
    "*A = b\n",
    "1.0e308 ",
    "nan ",
    "inf,",
    "1D5 ",
    "10 0.1 20\n",
    "10.0 0.1 20.0 1 2 3\n",
];

/// Beginnings after which a reader accepts the rest as its format.
const BEGINNINGS: &[&str] = &[
    "1 2\n2 3\n3 4\n",
    "name,1,2\na,1,2\nb,",
    "10,11,12,13\n1,2,3,4\n",
    "# a\n",
    "data_a\n",
    "data_a\nloop_\n_a\n_b\n",
    "data_a\n_b ",
    "data_a _pd_meas_2theta_range_min 1 _pd_meas_2theta_range_inc 1 loop_ _pd_meas_counts_total 1 ",
    "data_a _cell_length_a 5\nloop_ _atom_site_label _atom_site_fract_x\n",
    "data_a _cell_length_a 5 _chemical_formula_sum '",
    "data_a loop_ _atom_site_label _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z O 0 0 0\n\
     loop_ _symmetry_equiv_pos_as_xyz ",
    "data_a _symmetry_space_group_name_Hall ",
    "#\\#CIF_2.0\ndata_a _b ",
    "<?xml version='1.0'?><xrdMeasurements>",
    "<xrdMeasurements xmlns='http://www.xrdml.com/'><xrdMeasurement><scan><dataPoints>",
    "*RAS_DATA_START\n*RAS_INT_START\n",
    "*RAS_DATA_START\n",
    "*TYPE = Raw\n",
    "*TYPE = Raw\n*BEGIN\n*START = 1\n*STEP = 1\n",
    "_FILEVERSION=2\n",
    "_FILEVERSION=2\n_START=1\n_STEPSIZE=1\n_COUNTS\n",
    ";RAW4.00\n",
    ";RAW4.00\n[Data]\nAngle,PSD,\n",
    "SampleIdent,a,/\n",
    "SampleIdent,a,/\nDataAngleRange,1,9,/\nScanStepSize,1,/\nRawScan\n",
    "[Measurement conditions]\n",
    "[Measurement conditions]\n[Scan points]\nAngle,Intensity\n",
    "SIETRONICS XRD SCAN\n",
    "SIETRONICS XRD SCAN\n5\n9\n1\nCu\n1.5\n1\n1\na\nSCANDATA\n",
    ".RAW\r",
    ".RAW\r\n\n\nCU\n**\n1\n1\n1\n1\n1\n1\n9 1\n",
    "{\"two_theta_values\": ",
    "{\"two_theta_values\": [1,2], \"intensities\": \"[1,2]\", \"label\": \"",
    "title\nBANK 1 9 2 CONST 1000 2 0 0 STD\n",
    "title\nBANK 1 9 2 RALF 1000 2 0 0 ALT\n",
    "title\nBANK 1 9 9 CONST 1000 2 0 0 FXYE\n",
    "a\n2-Theta Angle (Degrees)\nI\n 9\n",
    "1/1/91 DIF a\n 5 0.05 4 CU 1.5 25 400\n",
    "a\n9 .05 22 1.5 1\n",
    "a\n1 1 1000\n",
    "NaCl\n1\n1 0 0\n0 1 0\n0 0 1\nNa Cl\n1 1\nDirect\n",
    "NaCl\n1\n1 0 0\n0 1 0\n0 0 1\n",
];

/// Complete scans, each as short as its format allows, of which a file may have many.
const SCANS: &[(&str, &str)] = &[
    ("", "*RAS_INT_START\n1 2 1\n2 2 1\n*RAS_INT_END\n"),
    (
        "*TYPE = Raw\n",
        "*BEGIN\n*START = 1\n*STEP = 1\n1,2\n*END\n",
    ),
    ("_FILEVERSION=2\n_START=1\n_STEPSIZE=1\n", "_COUNTS\n1 2\n"),
    (
        "_FILEVERSION=2\n_START=1\n_STEPSIZE=1\n_COUNTS\n1\n",
        "_RANGE_DATA\n1 2\n",
    ),
    (";RAW4.00\n", "[RangeHeader]\nSteps=1\n[Data]\n1,2,\n"),
    (";RAW4.00\n[Data]\n1,", "2,"),
    ("a\n", "BANK 1 2 1 CONST 1 2 0 0 FXY\n1 1\n2 2\n"),
    ("a\n", "BANK 1 1 1 CONST 1 2 0 0\n"),
    ("", "1 2\n2 2\n3 2\n4 2\n5 2\n6 2\n"),
    (
        "",
        "data_a\n_pd_meas_2theta_range_min 1\n_pd_meas_2theta_range_inc 1\nloop_\n\
         _pd_meas_counts_total\n1 2 3\n",
    ),
    (
        "",
        "data_a\n_cell_length_a 5\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n\
         _atom_site_fract_z\nO 0 0 0\n",
    ),
    (
        "<xrdMeasurements xmlns='http://www.xrdml.com/XRDMeasurement/1.5'><xrdMeasurement>",
        "<scan><dataPoints><positions axis='2Theta'><listPositions>1 2</listPositions></positions>\
         <intensities>1 2</intensities></dataPoints></scan>",
    ),
    (
        "data_a _cell_length_a 90 _cell_length_b 90 _cell_length_c 90 _cell_angle_alpha 90 \
         _cell_angle_beta 90 _cell_angle_gamma 90 _space_group_IT_number 225\nloop_\n\
         _atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n",
        "O 0.1 0.2 0.3\n",
    ),
    (
        "data_a _cell_length_a 5 _cell_length_b 5 _cell_length_c 5 _cell_angle_alpha 90 \
         _cell_angle_beta 90 _cell_angle_gamma 90\nloop_\n_atom_site_label\n_atom_site_fract_x\n\
         _atom_site_fract_y\n_atom_site_fract_z\nO 0.1 0.2 0.3\nloop_\n_symmetry_equiv_pos_as_xyz\n",
        "x,y,z+1/7\n-x,y,z\n",
    ),
];

fn filled(bytes: usize, beginning: &str, piece: &str) -> (String, String) {
    let what = format!("{beginning:?} and many {piece:?}");
    let text = format!("{beginning}{}", piece.repeat(bytes / piece.len()));
    (what, text)
}

/// Texts of about `bytes` bytes with a name for each: a repeated piece after each beginning.
pub(crate) fn texts(bytes: usize) -> impl Iterator<Item = (String, String)> {
    let of = move |b: &&'static str| {
        let beginning = *b;
        PIECES
            .iter()
            .map(move |piece| filled(bytes, beginning, piece))
    };
    BEGINNINGS.iter().flat_map(of)
}

/// The same texts, made of as many complete scans as fit.
pub(crate) fn many_scans(bytes: usize) -> impl Iterator<Item = (String, String)> {
    SCANS
        .iter()
        .map(move |(beginning, scan)| filled(bytes, beginning, scan))
}

/// The same texts without beginnings.
pub(crate) fn bare_texts(bytes: usize) -> impl Iterator<Item = (String, String)> {
    PIECES.iter().map(move |piece| filled(bytes, "", piece))
}
