//! `xrd convert`: conversion of pattern files.

use crate::support::workplace::Workplace;
use serde_json::Value;

/// A scan of 21 points from `start`, after a given header.
fn scan(head: &str, start: f64) -> String {
    let line = |i: u32| format!("{} {}\n", start + 0.5 * f64::from(i), 100 + i * i % 7);
    head.to_owned() + &(0..21).map(line).collect::<String>()
}

fn place() -> Workplace {
    let place = Workplace::new();
    place.write("in/a.xy", &scan("", 10.0));
    place.write("in/b.csv", &scan("angle counts\n", 10.0));
    place.write("in/stacked.dat", &(scan("", 10.0) + &scan("", 10.0)));
    place.write("in/rocking.xy", &scan("omega intensity\n", 10.0));
    place.write("in/notes.txt", "no pattern\n");
    place
}

#[test]
fn one_file_to_every_kind_and_back() {
    let place = place();
    for kind in ["xy", "csv", "npz", "xye"] {
        let run = place.xrd(&format!("convert in/b.csv out.{kind}"));
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        assert_eq!(run.stdout, format!("1 scan in out.{kind}\n"));
        let about = place.done(&format!("info out.{kind} --json"));
        let about: Value = serde_json::from_str(&about).unwrap();
        let scan = &about[0]["scans"][0];
        assert_eq!((&scan["points"], &scan["last"]), (&21.into(), &20.0.into()));
        assert_eq!(scan["intensities"], "counts", "{kind}");
    }
    assert!(place.read("out.xye").contains("# sigma: counting"));
    let run = place.xrd("convert in/a.xy refused.xye");
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains("no standard deviations"),
        "{}",
        run.stderr
    );
    assert!(!place.path("refused.xye").exists());
}

#[test]
fn of_several_scans_the_first_or_those_asked_for() {
    let place = place();
    let run = place.xrd("convert in/stacked.dat one.xy");
    assert_eq!(run.status, Some(0));
    assert!(
        run.stderr.contains("the first of 2 scans"),
        "{}",
        run.stderr
    );
    assert_eq!(place.read("one.xy").lines().count(), 21);
    place.done("convert in/stacked.dat second.xy --scan 2");
    let run = place.xrd("convert in/stacked.dat all.xy --scan all");
    assert_eq!(run.stdout, "2 scans in all_1.xy to all_2.xy\n");
    assert_eq!(place.read("all_2.xy"), place.read("second.xy"));
    place.done("convert in/stacked.dat all.npz");
    let about: Value = serde_json::from_str(&place.done("info all.npz --json")).unwrap();
    assert_eq!(about[0]["scans"].as_array().unwrap().len(), 2);
    let run = place.xrd("convert in/stacked.dat third.xy --scan 3");
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr
            .contains("scan 3 does not exist (the file contains 2)"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_folder_of_all_kinds() {
    let place = place();
    let run = place.xrd("convert in out --to csv --scan all");
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "5 files in out, 1 file left out\n");
    assert!(
        run.stderr.contains("left out: in/notes.txt"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("in/rocking.xy: not a powder pattern"),
        "{}",
        run.stderr
    );
    let names: Vec<String> = place.files("out").into_keys().collect();
    assert_eq!(
        names,
        [
            "a.csv",
            "b.csv",
            "rocking.csv",
            "stacked_1.csv",
            "stacked_2.csv"
        ]
    );
    for threads in [1, 2] {
        place.done(&format!(
            "convert in again --to csv --scan all --threads {threads}"
        ));
        assert!(place.files("again") == place.files("out"));
    }
    place.write("in/b.xy", &scan("", 10.0));
    place.done("convert in more");
    assert!(place.files("more").contains_key("b.csv.xy"));
}

#[test]
fn files_of_one_grid_become_a_matrix() {
    let place = place();
    let run = place.xrd("convert in set.npz");
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "3 patterns in set.npz\n");
    assert!(
        run.stderr
            .contains("left out: in/rocking.xy: not a powder pattern"),
        "{}",
        run.stderr
    );
    place.done("convert set.npz set.csv");
    let about: Value = serde_json::from_str(&place.done("info set.csv --json")).unwrap();
    assert_eq!(
        about[0]["names"],
        serde_json::json!(["a", "b", "stacked_1"])
    );
    place.done("convert set.csv a.xy");
    assert_eq!(
        place
            .read("a.xy")
            .lines()
            .filter(|l| !l.starts_with('#'))
            .count(),
        21
    );
    let run = place.xrd("convert in all.xy");
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("a folder as OUT"), "{}", run.stderr);
    place.write("in/other.xy", &scan("", 11.0));
    let run = place.xrd("convert in set.npz");
    assert_eq!(run.status, Some(2));
    assert!(
        run.stderr.contains("in/other.xy has 21 points from 11"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_prepared_says_so() {
    let place = place();
    let crop = "--crop 12:18 --scale max";
    for kind in ["xy", "csv", "npz", "xrdml", "cif"] {
        place.done(&format!("convert in/b.csv out.{kind} {crop}"));
        let about = place.done(&format!("info out.{kind} --json"));
        let about: Value = serde_json::from_str(&about).unwrap();
        let scan = &about[0]["scans"][0];
        assert_eq!(
            (&scan["first"], &scan["largest"]),
            (&12.0.into(), &1.0.into())
        );
        let steps = serde_json::json!(["crop:12:18", "scale:max"]);
        assert_eq!(scan["preparation"], steps, "{kind}");
    }
    place.done(&format!("convert in out {crop}"));
    assert!(
        place
            .read("out/a.xy")
            .contains("# preparation: crop:12:18 scale:max\n")
    );
    for kind in ["csv", "npz"] {
        place.done(&format!("convert in set.{kind} --crop 12:18"));
        place.done(&format!("convert set.{kind} again.csv --scale max"));
        let line = "# preparation: crop:12:18 scale:max\n";
        assert!(place.read("again.csv").contains(line), "{kind}");
    }
    let run = place.xrd("convert in refused --strip-ka2");
    assert_eq!(run.status, Some(2));
    let why = "left out: in/a.xy: a: strip-ka2: the file states no K-alpha-1";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert!(!place.path("refused").exists());
}

#[test]
fn files_without_a_scan_are_refused() {
    let place = place();
    for input in ["in/notes.txt", "missing.xy", "out.d"] {
        std::fs::create_dir_all(place.path("out.d")).unwrap();
        let run = place.xrd(&format!("convert {input} out.xy"));
        assert_eq!(run.status, Some(2), "{input}");
        assert!(run.stderr.contains(input), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1);
    }
    place.write("words/a.txt", "no pattern\n");
    let run = place.xrd("convert words out");
    assert_eq!(run.status, Some(2));
    assert!(!place.path("out").exists());
}

#[test]
fn a_folder_that_is_no_set_is_told_file_by_file() {
    let place = place();
    place.write("in/c.xy", &scan("", 12.25));
    let about = place.done("info in --json");
    let about: Value = serde_json::from_str(&about).unwrap();
    let (files, why) = (&about[0]["files"], &about[0]["no_set_of_patterns"]);
    assert!(why.as_str().unwrap().contains("c.xy"), "{why}");
    let file = |name: &str| {
        let mut files = files.as_array().unwrap().iter();
        files.find(|file| file["name"] == name).unwrap()
    };
    assert_eq!(file("stacked.dat")["scans"], 2);
    assert_eq!(file("rocking.xy")["axis"], "omega");
    let left_out = file("notes.txt")["left_out"].as_str().unwrap();
    assert!(left_out.contains("no line of numbers"), "{left_out}");
    assert!(place.done("info in").contains("  left out"));
}

#[test]
fn what_is_read_is_never_written() {
    let place = place();
    let files = ["in/a.xy", "in/b.csv"];
    let before = files.map(|file| place.read(file));
    for lossy in [
        "convert in/a.xy in/a.xy --scale 2",
        "convert in in --scale 2",
        "convert in/a.xy in/b.csv in/../in/b.csv",
    ] {
        let run = place.xrd(lossy);
        assert_eq!(run.status, Some(2), "{lossy}: {}", run.stdout);
        let told = "is an input file and would be overwritten";
        assert!(run.stderr.contains(told), "{lossy}: {}", run.stderr);
        assert_eq!(before, files.map(|file| place.read(file)));
    }
    place.done("convert in/a.xy in/c.xy --scale 2");
    place.done("convert in in --to npz --scale 2");
}

#[test]
fn patterns_of_a_matrix_keep_their_names() {
    let place = place();
    let of = |i: u32| format!(",{}", 3 * i + 1);
    let row = |name: &str, cell: &dyn Fn(u32) -> String| {
        name.to_owned() + &(0..12).map(cell).collect::<String>()
    };
    let angles = row("two_theta", &|i| format!(",{}", 10 + i));
    let text = [angles, row("first", &of), row("a/b", &of)].join("\n");
    place.write("m.csv", &(text + "\n"));
    place.done("convert m.csv apart --scan all");
    assert!(place.path("apart/first.xy").exists() && place.path("apart/a_b.xy").exists());
}

#[test]
fn a_name_with_a_slash_is_a_folder() {
    let place = place();
    let run = place.xrd("convert in/a.xy out.xy/");
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (Some(0), "1 file in out.xy/\n")
    );
    assert_eq!(place.read("out.xy/a.xy").lines().count(), 21);
}

#[test]
fn a_note_that_many_scans_share_is_one_line() {
    let place = Workplace::new();
    let stacked = scan("time intensity\n", 10.0) + &scan("", 10.0).repeat(152);
    place.write("many.dat", &stacked);
    let run = place.xrd("convert many.dat out/ --scan all");
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let expected = "note: many.dat: 153 scans: not a powder pattern but a scan over time\n";
    assert_eq!(run.stderr, expected);
    place.write("in/a.xy", &scan("", 1.0));
    place.write("in/b.xy", &scan("", 1.0));
    let run = place.xrd("convert in out");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    let start = "note: in/a.xy and 1 more: the axis is assumed to be two-theta in degrees: ";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
    assert!(
        run.stderr.ends_with(" (--axis-unit states it)\n"),
        "{}",
        run.stderr
    );
    let stated = place.xrd("convert in out --axis-unit 2theta");
    assert_eq!((stated.status, stated.stderr.as_str()), (Some(0), ""));
}

#[test]
fn times_of_flight_can_be_stated() {
    let place = Workplace::new();
    place.write("tof.txt", &scan("", 5000.0));
    let about = place.done("info tof.txt");
    assert!(
        about.contains("the file does not name it (--axis-unit states it)"),
        "{about}"
    );
    let about = place.done("info tof.txt --axis-unit tof");
    assert!(about.contains("time of flight"), "{about}");
    assert!(about.contains("not a powder pattern but a scan over time of flight in us"));
    assert!(!about.contains("does not name it"), "{about}");
}

#[test]
fn an_archive_of_files_is_read_as_a_folder() {
    let place = Workplace::new();
    let texts = [
        ("data/b.xye", scan("", 10.0)),
        ("data/a.xye", scan("", 10.0)),
    ];
    std::fs::write(place.path("set.zip"), stored(&texts)).unwrap();
    let run = place.xrd("convert set.zip out");
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (Some(0), "2 files in out\n"),
        "{}",
        run.stderr
    );
    assert_eq!(place.read("out/a.xy").lines().count(), 21);
    assert!(
        place
            .done("convert set.zip set.npz")
            .contains("2 patterns in set.npz")
    );
    assert!(
        place
            .done("info set.zip")
            .contains("patterns                2")
    );
}

/// A zip archive whose members are not compressed.
fn stored(members: &[(&str, String)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let size = (text.len() as u32).to_le_bytes();
        let about = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &crc32(text.as_bytes()).to_le_bytes(),
            &size,
            &size,
            &(name.len() as u16).to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        let place = (body.len() as u32).to_le_bytes();
        directory.extend(
            [
                b"PK\x01\x02\x14\x00",
                &about[..],
                &[0; 10],
                &place,
                name.as_bytes(),
            ]
            .concat(),
        );
        body.extend([b"PK\x03\x04", &about[..], name.as_bytes(), text.as_bytes()].concat());
    }
    let count = (members.len() as u16).to_le_bytes();
    let [size, place] = [directory.len(), body.len()].map(|n| (n as u32).to_le_bytes());
    let end = [
        &b"PK\x05\x06\0\0\0\0"[..],
        &count,
        &count,
        &size,
        &place,
        &[0, 0],
    ]
    .concat();
    [body, directory, end].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
