//! Binary files of instruments, made byte by byte from the offsets in their descriptions. On
//! purpose no constant of the reader is used.

/// Writes bytes at an offset; if the file is shorter, zeros are added before it.
pub fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    file.resize(file.len().max(end), 0);
    file[at..end].copy_from_slice(bytes);
}

fn floats(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// RAW 1: a range from 10° in steps of 0.5°, counted 2 s per point, with `following` further
/// ranges. Further ranges may lack the "RAW ".
pub fn raw1_range(counts: &[f32], following: u32, marked: bool) -> Vec<u8> {
    let mut range = vec![];
    put(&mut range, 0, b"RAW ");
    put(&mut range, 4, &(counts.len() as u32).to_le_bytes());
    put(&mut range, 8, &2f32.to_le_bytes());
    put(&mut range, 12, &0.5f32.to_le_bytes());
    put(&mut range, 24, &10f32.to_le_bytes());
    put(&mut range, 40, b"quartz                          ");
    put(&mut range, 72, &1.5406f32.to_le_bytes());
    put(&mut range, 76, &1.5443f32.to_le_bytes());
    put(&mut range, 152, &following.to_le_bytes());
    put(&mut range, 156, &floats(counts));
    range.split_off(if marked { 0 } else { 4 })
}

/// RAW 2 with ranges from 10° in steps of 0.02°.
pub fn raw2(ranges: &[&[f32]]) -> Vec<u8> {
    let mut file = vec![];
    put(&mut file, 0, b"RAW2");
    put(&mut file, 4, &(ranges.len() as u16).to_le_bytes());
    put(&mut file, 8, b"ZINCITE.DAT");
    put(&mut file, 168, b"19-12-199721:57     Cu");
    put(&mut file, 190, &floats(&[1.5406, 1.5443, 0.514]));
    put(&mut file, 255, &[0]);
    for counts in ranges {
        let start = file.len();
        put(&mut file, start, &60u16.to_le_bytes());
        put(&mut file, start + 2, &(counts.len() as u16).to_le_bytes());
        put(&mut file, start + 8, &floats(&[3.0, 0.02, 10.0]));
        put(&mut file, start + 46, &298u16.to_le_bytes());
        put(&mut file, start + 60, &floats(counts));
    }
    file
}

/// A range of RAW 3.
pub struct Raw3Range<'a> {
    /// The code of the moving drive.
    pub scan_type: u32,
    /// The counts of the points.
    pub counts: &'a [f32],
    /// 2θ of each point, if the records contain it.
    pub two_theta: Option<&'a [f64]>,
    /// The length of the further headers.
    pub extra: usize,
}

/// RAW 3: θ from 5°, 2θ from 10°, χ from 20°, φ from 30°, x, y and z from 1, 2 and 3 mm, the
/// further drives from 4, 5 and 6, in steps of 0.02.
pub fn raw3(status: u32, ranges: &[Raw3Range]) -> Vec<u8> {
    let mut file = vec![];
    put(&mut file, 0, b"RAW1.01");
    put(&mut file, 8, &status.to_le_bytes());
    put(&mut file, 12, &(ranges.len() as u32).to_le_bytes());
    put(&mut file, 16, b"10/13/03");
    put(&mut file, 26, b"20:54:36");
    put(&mut file, 326, b"KGa-1");
    put(&mut file, 386, b"spray dried");
    put(&mut file, 608, b"Co");
    put(&mut file, 624, &1.78897f64.to_le_bytes());
    put(&mut file, 632, &1.79285f64.to_le_bytes());
    put(&mut file, 648, &0.5f64.to_le_bytes());
    put(&mut file, 711, &[0]);
    for range in ranges {
        let start = file.len();
        let record: u32 = if range.two_theta.is_some() { 12 } else { 4 };
        put(&mut file, start, &304u32.to_le_bytes());
        put(
            &mut file,
            start + 4,
            &(range.counts.len() as u32).to_le_bytes(),
        );
        put(&mut file, start + 8, &5f64.to_le_bytes());
        put(&mut file, start + 16, &10f64.to_le_bytes());
        put(&mut file, start + 24, &20f64.to_le_bytes());
        put(&mut file, start + 32, &30f64.to_le_bytes());
        for (at, value) in [40, 48, 56, 144, 152, 160].into_iter().zip(1..) {
            put(&mut file, start + at, &f64::from(value).to_le_bytes());
        }
        put(&mut file, start + 176, &0.02f64.to_le_bytes());
        put(&mut file, start + 192, &95f32.to_le_bytes());
        put(&mut file, start + 196, &range.scan_type.to_le_bytes());
        put(&mut file, start + 212, &300f32.to_le_bytes());
        put(
            &mut file,
            start + 248,
            &u32::from(range.two_theta.is_some()).to_le_bytes(),
        );
        put(&mut file, start + 252, &record.to_le_bytes());
        put(&mut file, start + 256, &(range.extra as u32).to_le_bytes());
        put(&mut file, start + 303, &[0]);
        file.extend(vec![7; range.extra]);
        for (i, count) in range.counts.iter().enumerate() {
            file.extend(count.to_le_bytes());
            file.extend(
                range
                    .two_theta
                    .iter()
                    .flat_map(|list| list[i].to_le_bytes()),
            );
        }
    }
    file
}

fn raw4_segment(kind: u32, length: usize, fields: &[(usize, &[u8])]) -> Vec<u8> {
    let mut segment = vec![0; length];
    put(&mut segment, 0, &kind.to_le_bytes());
    put(&mut segment, 4, &(length as u32).to_le_bytes());
    for (at, bytes) in fields {
        put(&mut segment, *at, bytes);
    }
    segment
}

/// The header of RAW 4, up to its first range.
pub fn raw4_head() -> Vec<u8> {
    let mut file = vec![];
    put(&mut file, 0, b"RAW4.00");
    put(&mut file, 12, b"05/19/2025");
    put(&mut file, 24, b"14:24:14");
    put(&mut file, 60, &[0]);
    file.extend(raw4_segment(10, 40, &[(12, b"SAMPLEID"), (36, b"SbI3")]));
    let lines = [1.5406f64, 1.54439, 1.39222, 0.5]
        .map(f64::to_le_bytes)
        .concat();
    file.extend(raw4_segment(30, 136, &[(80, &lines), (116, b"Cu")]));
    file.extend(raw4_segment(60, 76, &[]));
    file
}

/// A range of RAW 4 from 20° in steps of 0.5°, with records of `record` bytes. ω moves from 20°, θ
/// is fixed.
pub fn raw4_range(scan: &str, counts: &[f32], record: usize) -> Vec<u8> {
    let mut range = vec![];
    let drive = |name: &[u8], moves: u8, position: f64| {
        let position = position.to_le_bytes();
        raw4_segment(50, 92, &[(12, name), (52, &[moves]), (56, &position)])
    };
    let segments = [drive(b"Theta", 0, 20.0), drive(b"Omega", 1, 20.0)].concat();
    put(&mut range, 32, scan.as_bytes());
    put(&mut range, 72, &20f64.to_le_bytes());
    put(&mut range, 80, &0.5f64.to_le_bytes());
    put(&mut range, 88, &(counts.len() as u32).to_le_bytes());
    put(&mut range, 92, &76.8f32.to_le_bytes());
    put(&mut range, 136, &(record as u32).to_le_bytes());
    put(&mut range, 140, &(segments.len() as u32).to_le_bytes());
    put(&mut range, 160, &segments);
    for count in counts {
        range.extend(count.to_le_bytes());
        range.extend(vec![1; record - 4]);
    }
    range
}

/// A range of a STOE file.
pub struct StoeRange<'a> {
    /// The counts of the points.
    pub counts: &'a [u32],
    /// Whether each count is stored in two bytes, not in four.
    pub short: bool,
    /// The factor of the stored counts.
    pub scale: f32,
    /// The number of lines of history.
    pub history: u16,
}

/// STOE RAW 1.06: 2θ from 10° in steps of 0.015°, ω from 5° in steps of 0.0075°.
pub fn stoe(scan_type: u16, ranges: &[StoeRange]) -> Vec<u8> {
    let mut file = vec![];
    put(&mut file, 0, b"RAW_1.06Powdat");
    put(&mut file, 16, b"22-Sep-20 17:18");
    put(&mut file, 32, b"LaB6");
    put(&mut file, 310, &2u16.to_le_bytes());
    put(&mut file, 322, &floats(&[0.7093, 0.7136]));
    put(&mut file, 360, &scan_type.to_le_bytes());
    put(&mut file, 378, &(ranges.len() as u16).to_le_bytes());
    put(&mut file, 4 * 512 - 1, &[0]);
    for (number, range) in ranges.iter().enumerate() {
        let start = file.len();
        put(
            &mut file,
            480 + 2 * number,
            &((start / 512 + 1) as u16).to_le_bytes(),
        );
        put(
            &mut file,
            start + 34,
            &(range.counts.len() as u16).to_le_bytes(),
        );
        put(&mut file, start + 38, &u16::from(range.short).to_le_bytes());
        put(&mut file, start + 40, &range.scale.to_le_bytes());
        put(&mut file, start + 44, &floats(&[10.0, 5.0]));
        put(&mut file, start + 60, &floats(&[0.015, 0.0075, 352.0]));
        put(&mut file, start + 118, &range.history.to_le_bytes());
        put(&mut file, start + 511, &[0]);
        for count in range.counts {
            let bytes = count.to_le_bytes();
            file.extend(&bytes[..if range.short { 2 } else { 4 }]);
        }
        let records = file.len().div_ceil(512);
        file.resize(records * 512, 0);
    }
    file
}

/// A Philips file with its four letters and the data at offset `data`: steps of 0.05° from 5°.
///
/// # Panics
/// If no count is stored.
pub fn philips(kind: &[u8; 4], continuous: bool, stored: &[u16], data: usize) -> Vec<u8> {
    let mut file = vec![];
    let steps = stored.len() as u16 - u16::from(!continuous);
    let last = 5.0 + 0.05 * f64::from(steps);
    put(&mut file, 0, kind);
    put(&mut file, 84, &[3]);
    put(
        &mut file,
        94,
        &[1.540598f64, 1.544426, 0.5].map(f64::to_le_bytes).concat(),
    );
    put(&mut file, 126, &[u8::from(continuous)]);
    put(
        &mut file,
        128,
        &[10u16, 1000, 1000 + 10 * steps]
            .map(u16::to_le_bytes)
            .concat(),
    );
    put(&mut file, 136, &stored.iter().max().unwrap().to_le_bytes());
    put(&mut file, 146, b"7059");
    put(
        &mut file,
        214,
        &[0.05f64, 5.0, last].map(f64::to_le_bytes).concat(),
    );
    put(
        &mut file,
        data,
        &stored
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect::<Vec<_>>(),
    );
    file
}
