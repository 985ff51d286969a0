//! Bad input of every kind: status 2, one clear line on stderr, and all files unchanged.

use crate::support::bench::{Bench, TINY};
use crate::support::workplace::{pattern, scan};

#[test]
fn missing_files_are_named() {
    let bench = Bench::new();
    bench.refuse_study("missing.csv", "order.csv", &["missing.csv"]);
    bench.refuse_study("matrix.csv", "missing.csv", &["missing.csv"]);
    bench.refuse_study("scans", "labels.csv --test missing.txt", &["missing.txt"]);
    for command in [
        "info missing.xy",
        "simulate missing.cif --out out",
        "train --patterns missing --out out/m",
        "encode --model missing --patterns scans --out out/l.csv",
        "estimate --model missing --known missing --patterns scans",
        "relevance --model missing --patterns scans --out out/r.csv",
        "generate --model missing --known missing --target p=1 --out out",
    ] {
        bench.refuse(command, &["missing"]);
    }
}

#[test]
fn empty_files_are_named() {
    let bench = Bench::with_model();
    std::fs::create_dir(bench.0.path("nothing")).unwrap();
    bench.write("empty", "");
    bench.refuse_study("empty", "order.csv", &["empty"]);
    bench.refuse_study("matrix.csv", "empty", &["empty"]);
    bench.refuse_study("nothing", "labels.csv", &["nothing"]);
    bench.refuse_study(
        "scans",
        "labels.csv --test empty",
        &["0 held-out", "--test"],
    );
    bench.refuse("info empty", &["empty"]);
    bench.refuse("simulate empty --out out", &["empty"]);
    bench.refuse("encode --model empty --patterns scans", &["empty"]);
    let known = "estimate --model m.safetensors --known empty --patterns scans";
    bench.refuse(known, &["empty"]);
}

#[test]
fn text_among_numbers_is_told_with_its_line() {
    let bench = Bench::new();
    let place = &bench.0;
    place.change_line("matrix.csv", 3, |l| l.replacen("0.", "abc", 1));
    bench.refuse_study("matrix.csv", "order.csv", &["matrix.csv", "line 3", "abc"]);
    place.change_line("scans/s05.xy", 7, |_| "23 abc".to_owned());
    let words = ["s05.xy", "line 7", "abc"];
    bench.refuse_study("scans", "labels.csv", &words);
    bench.refuse("info scans/s05.xy", &words);
    place.change_line("scans/s05.xy", 7, |_| "23 1".to_owned());
    place.change_line("labels.csv", 4, |_| "s02,abc,0,b1".to_owned());
    bench.refuse_study("scans", "labels.csv", &["labels.csv", "line 4", "abc"]);
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let bench = Bench::new();
    let noise: Vec<u8> = (0..3000u32).map(|i| (i * i * 37 % 251) as u8).collect();
    std::fs::write(bench.0.path("noise.dat"), noise).unwrap();
    bench.refuse_study("noise.dat", "order.csv", &["noise.dat"]);
    bench.refuse_study("matrix.csv", "noise.dat", &["noise.dat"]);
}

#[test]
fn ragged_rows_are_told_with_their_line() {
    let bench = Bench::new();
    let drop_one = |l: &str| l.split_once(',').unwrap().1.to_owned();
    bench.0.change_line("matrix.csv", 4, drop_one);
    bench.refuse_study("matrix.csv", "order.csv", &["matrix.csv", "line 4"]);
    bench.0.change_line("labels.csv", 6, drop_one);
    bench.refuse_study("scans", "labels.csv", &["labels.csv", "line 6"]);
    bench.0.change_line("scans/s00.xy", 5, |l| format!("{l} 3"));
    bench.refuse("info scans/s00.xy", &["s00.xy", "line 5"]);
}

#[test]
fn numbers_that_are_not_finite_are_told_with_their_line() {
    for number in ["nan", "inf", "-inf", "1e999"] {
        let bench = Bench::new();
        let place = &bench.0;
        place.change_line("matrix.csv", 3, |l| {
            format!("{number},{}", l.split_once(',').unwrap().1)
        });
        bench.refuse_study("matrix.csv", "order.csv", &["matrix.csv", "line 3", number]);
        place.change_line("scans/s00.xy", 7, |_| format!("23 {number}"));
        let words = ["s00.xy", "line 7", number];
        bench.refuse_study("scans", "labels.csv", &words);
        bench.refuse("info scans/s00.xy", &words);
        place.change_line("scans/s00.xy", 7, |_| "23 1".to_owned());
        place.change_line("labels.csv", 4, |_| format!("s02,{number},0,b1"));
        bench.refuse_study("scans", "labels.csv", &["labels.csv", "line 4", number]);
    }
}

#[test]
fn an_axis_that_does_not_increase_is_refused() {
    let bench = Bench::new();
    let swap = |l: &str| {
        let mut cells: Vec<&str> = l.split(',').collect();
        cells.swap(4, 8);
        cells.join(",")
    };
    bench.0.change_line("matrix.csv", 1, swap);
    bench.refuse_study("matrix.csv", "order.csv", &["matrix.csv"]);
    bench
        .0
        .change_line("scans/s00.xy", 6, |_| "22 1".to_owned());
    bench
        .0
        .change_line("scans/s00.xy", 7, |_| "21 1".to_owned());
    bench.refuse_study("scans", "labels.csv", &["s00.xy", "two-theta step"]);
    // `info` reads the scan as measured, and reports that the axis decreases.
    let about = bench.0.done("info scans/s00.xy");
    assert!(
        about.contains("the axis does not increase at 2 points"),
        "{about}"
    );
}

#[test]
fn patterns_on_different_axes_are_both_named() {
    let bench = Bench::new();
    bench.write("scans/s03.xy", &scan(&pattern(3), 0.25));
    let words = ["s00.xy", "s03.xy", "20.25"];
    bench.refuse_study("scans", "labels.csv", &words);
    bench.refuse(&format!("train --patterns scans {TINY}"), &words);
    bench.refuse(&format!("train --patterns scans {TINY}"), &["(--resample)"]);
    // A pattern is never extrapolated, not even with --resample.
    let wide = "labels.csv --resample 20:49:0.5";
    bench.refuse_study(
        "scans",
        wide,
        &["s03.xy", "20.25", "--resample FROM:TO:STEP"],
    );
    for patterns in ["scans", "scans/s00.xy", "matrix.csv"] {
        let words = [patterns, "its own axis", "axis.txt"];
        bench.refuse_study(patterns, "labels.csv --axis axis.txt", &words);
    }
}

#[test]
fn labels_that_do_not_match_are_listed() {
    let bench = Bench::new();
    bench.write("short.csv", "p,q\n0,1\n1,0\n");
    bench.refuse_study("matrix.csv", "short.csv", &["short.csv", "24", "2"]);
    bench.refuse_study("scans", "order.csv", &["order.csv", "name"]);
    bench
        .0
        .change_line("labels.csv", 3, |l| l.replace("s01", "elsewhere"));
    bench.refuse_study("scans", "labels.csv", &["labels.csv", "s01", "elsewhere"]);
    bench
        .0
        .change_line("labels.csv", 3, |l| l.replace("elsewhere", "s02"));
    bench.refuse_study("scans", "labels.csv", &["labels.csv", "s02", "twice"]);
}

#[test]
fn labels_that_are_of_no_use_are_refused() {
    let bench = Bench::new();
    bench
        .0
        .change_line("labels.csv", 1, |_| "name,x,q,batch".to_owned());
    bench.refuse_study("scans", "labels.csv", &["labels.csv", "'x'", "latent.csv"]);
    bench.write("words.csv", &"a\n".repeat(25));
    bench.refuse_study("matrix.csv", "words.csv", &["words.csv"]);
    let unknown = "order.csv --group batch";
    bench.refuse_study("matrix.csv", unknown, &["order.csv", "batch"]);
}

#[test]
fn a_pattern_that_is_zero_throughout_is_named_before_any_training() {
    let bench = Bench::with_model();
    bench.write("scans/s07.xy", &scan(&[0.0; 60], 0.0));
    let told = "'s07': zero at all angles";
    bench.refuse_study("scans", "labels.csv", &[told]);
    for command in [
        "train",
        "encode --model m.safetensors",
        "relevance --model m.safetensors",
    ] {
        bench.refuse(&format!("{command} --patterns scans --out new"), &[told]);
    }
}

#[test]
fn counts_and_what_states_no_unit_are_not_rebinned_together() {
    let bench = Bench::new();
    let counts: String = (0..60)
        .map(|i| format!("{},{}\n", 20.0 + 0.5 * f64::from(i), 7 * i))
        .collect();
    bench.write("mixed/a.csv", &format!("2theta,counts\n{counts}"));
    bench.write("mixed/b.csv", &format!("2theta,intensity\n{counts}"));
    bench.write("mixed/c.csv", &format!("2theta,intensity\n{counts}"));
    let train = format!("train --patterns mixed {TINY} --rebin 1:sum");
    bench.refuse(&train, &["a.csv", "sums (counts)", "b.csv", "means"]);
    bench.refuse(&format!("{train} --scale max"), &["are all equal"]);
    let means = format!("train --patterns mixed {TINY} --rebin 1");
    bench.refuse(&means, &["are all equal"]);
}

#[test]
fn too_few_patterns_are_refused() {
    let bench = Bench::new();
    let text = bench.0.read("matrix.csv");
    let lines: Vec<&str> = text.lines().collect();
    bench.write("one.csv", &lines[..2].join("\n"));
    bench.write("one-label.csv", "p,q\n0,1\n");
    bench.refuse_study("one.csv", "one-label.csv", &[]);
    bench.write("alone/s00.xy", &scan(&pattern(0), 0.0));
    bench.write("alone.csv", "name,p\ns00,1\n");
    bench.refuse_study("alone", "alone.csv", &["0 training"]);
    bench.refuse_study("scans/s00.xy", "alone.csv", &["0 training"]);
    bench.refuse(&format!("train --patterns alone {TINY}"), &["1 patterns"]);
}

#[test]
fn patterns_without_a_difference_are_refused() {
    for (intensity, told) in [(0.0, "'s00': zero at all angles"), (1.0, "are all equal")] {
        let bench = Bench::new();
        let same = scan(&[intensity; 60], 0.0);
        (0..24).for_each(|k| bench.0.write(&format!("scans/s{k:02}.xy"), &same));
        bench.refuse_study("scans", "labels.csv", &[told]);
        let train = format!("train --patterns scans {TINY}");
        bench.refuse(&train, &[told]);
    }
}

#[test]
fn a_model_for_another_grid_is_refused() {
    let bench = Bench::with_model();
    bench.write("shifted.xy", &scan(&pattern(0), 0.1));
    bench.write("short.xy", &scan(&pattern(0)[..40], 0.0));
    for patterns in ["shifted.xy", "short.xy"] {
        for command in [
            "encode --out out/l.csv",
            "estimate --known latent.csv --out out/e.csv",
            "relevance --out out/r.csv",
        ] {
            let command = format!("{command} --model m.safetensors --patterns {patterns}");
            bench.refuse(&command, &["20 to 49.5", "--resample"]);
            let resampled = format!("{command} --resample");
            bench.refuse(&resampled, &[patterns, "not extrapolated"]);
        }
    }
}

#[test]
fn a_wavelength_that_differs_is_refused() {
    let bench = Bench::new();
    let measured = |k, angstrom| {
        let note = format!("# wavelength_angstrom: {angstrom}\n");
        note + &scan(&pattern(k), 0.0)
    };
    for k in 0..24 {
        bench.write(&format!("scans/s{k:02}.xy"), &measured(k, 1.5406));
    }
    bench.0.done(&format!(
        "train --patterns scans {TINY} --out m.safetensors"
    ));
    bench.write("new.xy", &measured(0, 0.7093));
    for command in ["encode", "relevance", "encode --resample"] {
        let command = format!("{command} --model m.safetensors --patterns new.xy");
        bench.refuse(&command, &["0.7093", "1.5406"]);
    }
    bench.write("scans/s03.xy", &measured(3, 0.7093));
    let words = ["s03.xy", "0.7093", "1.5406"];
    bench.refuse_study("scans", "labels.csv", &words);
}

#[test]
fn a_file_that_is_no_model_is_named() {
    let bench = Bench::with_model();
    let model = std::fs::read(bench.0.path("m.safetensors")).unwrap();
    let broken = bench.0.path("broken.safetensors");
    for end in [4, model.len() / 2, model.len() - 1] {
        std::fs::write(&broken, &model[..end]).unwrap();
        let encode = "encode --model broken.safetensors --patterns scans";
        bench.refuse(encode, &["broken.safetensors"]);
        bench.refuse("info broken.safetensors", &["broken.safetensors"]);
    }
    let generate = "generate --model labels.csv --known latent.csv --target p=0.5";
    bench.refuse(generate, &["labels.csv"]);
}

#[test]
fn a_table_that_holds_no_known_points_is_named() {
    let bench = Bench::with_model();
    bench.write("no-labels.csv", "name,x,y\na,0,1\nb,1,0\nc,1,1\n");
    bench.write(
        "no-number.csv",
        "name,x,y,p\na,0,1,1\nb,1,what,0\nc,1,1,1\n",
    );
    bench.write(
        "tested.csv",
        "name,x,y,p,split\na,0,1,1,test\nb,1,0,0,test\n",
    );
    for (known, word) in [
        ("labels.csv", "'x'"),
        ("no-labels.csv", "label"),
        ("no-number.csv", "line 3"),
        ("tested.csv", "no known points"),
    ] {
        let known_points = format!("--model m.safetensors --known {known}");
        let estimate = format!("estimate {known_points} --patterns scans");
        bench.refuse(&estimate, &[known, word]);
        let generate = format!("generate {known_points} --target p=0.5 --out out");
        bench.refuse(&generate, &[known, word]);
    }
}

#[test]
fn points_of_another_model_are_refused() {
    let bench = Bench::with_model();
    let place = &bench.0;
    place.done(&format!(
        "train --patterns scans {TINY} --seed 1 --out other.st"
    ));
    let told = ["latent.csv: line 2: point of model m", "xrd encode"];
    for ask in [
        "estimate --patterns scans --known latent.csv",
        "generate --target p=0.5 --known latent.csv --out new",
        "fit --patterns scans --known latent.csv --out new",
    ] {
        bench.refuse(&format!("{ask} --model other.st"), &told);
    }
    // Tables of other programs do not name a model.
    let table = place.read("latent.csv").replace(",model\n", ",whose\n");
    place.write("latent.csv", &table);
    place.done("estimate --patterns scans --known latent.csv --model other.st");
}

#[test]
fn what_is_not_there_cannot_be_chosen() {
    let bench = Bench::with_model();
    bench.write("test.txt", "s03\nnobody\n");
    let unknown = "labels.csv --test test.txt";
    bench.refuse_study("scans", unknown, &["test.txt", "line 2", "nobody"]);
    bench.write("half.txt", "s03.xy\n");
    let half = "labels.csv --test half.txt --group batch";
    bench.refuse_study("scans", half, &["half.txt", "s03", "s02", "'b1'"]);
    let target = "labels.csv --target Fe=1";
    bench.refuse_study("scans", target, &["Fe", "p, q"]);
    let generate = "generate --model m.safetensors --known latent.csv --out out --target";
    bench.refuse(&format!("{generate} Fe=1"), &["Fe", "p, q"]);
    bench.refuse(&format!("{generate} p=99"), &["p=99"]);
    let relevance = "relevance --model m.safetensors --patterns scans --name nobody";
    bench.refuse(relevance, &["nobody"]);
}

#[test]
fn bad_arguments_are_refused_in_one_line() {
    let bench = Bench::with_model();
    let study = "study --patterns scans --labels labels.csv --out out";
    for (option, values) in [
        ("--epochs", "-1 0 x 1.5 1e3 99999999999999999999"),
        ("--batch", "0 -3 x"),
        ("--seeds", "0 -1 1000000 x"),
        ("--seed", "-1 x 1.5 99999999999999999999"),
        ("--hidden", "0 abc 8,,4 8;4 -1 , 100000000"),
        ("--lr", "0 -1 nan inf x"),
        ("--weight-decay", "-1 nan inf x"),
        ("--test-fraction", "0 1 1.5 -0.1 nan x"),
        ("--window-deg", "0 -1 nan x"),
        ("--fwhm-deg", "0 -1 nan x"),
        ("--threads", "0 -1 x 1000000"),
        ("--target", "p p= =1 p=x p=nan"),
        ("--dataset-seed", "-1 x"),
        ("--scaling", "x"),
    ] {
        for value in values.split_whitespace() {
            let given = format!("{study} {option}={value}");
            // An empty column name is reported as an unknown column; other errors name the option.
            let word = if value == "=1" { "=1" } else { option };
            bench.refuse(&given, &[word]);
        }
    }
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let bench = Bench::with_model();
    bench.write("test.txt", "s00\ns01\n");
    bench.write("NaCl.cif", include_str!("support/NaCl.cif"));
    bench.write("out/study.json", "{}\n");
    let study = "study --patterns scans --labels labels.csv --out out";
    for (arguments, word) in [
        ("nonsense", "nonsense"),
        ("study --nonsense", "--nonsense"),
        ("study nonsense", "nonsense"),
        ("score --patterns scans --out out", "--labels"),
        ("study --labels labels.csv --out out", "--patterns"),
        ("study --group batch --out out", "--patterns"),
        (
            "study --axis axis.txt --out out",
            "--axis is for --patterns",
        ),
        ("study --resample --out out", "--resample is for --patterns"),
        ("maps --sqrt --out out", "(sqrt) is for --patterns"),
        ("train --out out/m", "--patterns"),
        ("encode --patterns scans", "--model"),
        (
            "generate --model m.safetensors --known latent.csv",
            "--target",
        ),
        ("info", "FILE"),
        ("simulate --all Ti=0.1 --out out", "Ti=0.1"),
        ("simulate --all Fe=1 --out out", "Fe=1"),
        ("simulate --all Ti=1 NaCl.cif --out out", "--all"),
        ("simulate --from 50 --to 40 --out out", "--from 50"),
        ("simulate --to 200 --out out", "--to"),
        ("simulate --wavelength 0 --out out", "--wavelength"),
        ("simulate --wavelength 1000 --out out", "1000"),
        ("simulate --wavelength CuKa3 --out out", "CuKa1"),
        ("simulate --monochromator 180 --out out", "180"),
        ("simulate --synchrotron 0.2 --out out", "0.2"),
        ("simulate --step 1e-9 --out out", "--step"),
        ("simulate --eta 1.5 --out out", "--eta"),
        (
            "train --latent 0 --patterns scans",
            "expected a whole number from 2 to 16",
        ),
        (
            "score --folds 25 --patterns scans --labels labels.csv --out new",
            "25 folds (expected at most 24, the number of samples)",
        ),
        ("report out", "not written by a study"),
        (
            "simulate NaCl.cif NaCl.cif --out new",
            "NaCl.cif is given twice (expected different files)",
        ),
        (
            "series NaCl.cif --site Na --with K --guests 1,1 --out new",
            "given twice",
        ),
        ("simulate --b-iso=-1 --out out", "--b-iso"),
    ] {
        bench.refuse(arguments, &[word]);
    }
    for (more, word) in [
        ("--quick --epochs 3", "--quick"),
        ("--test test.txt --test-fraction 0.1", "--test"),
        ("--dataset-seed 1", "--dataset-seed"),
        ("--seed 18446744073709551615 --seeds 2", "--seed"),
        ("--test-fraction 0.99", "--test-fraction"),
        ("--lr 1e30 --hidden 8,4 --epochs 2", "--lr"),
        (
            "--window-deg 0.01",
            "(expected at least the step of 0.5 degrees) (--window-deg)",
        ),
    ] {
        bench.refuse(&format!("{study} {more}"), &[word]);
    }
    let dispersion = "simulate --wavelength 4.3 --dispersion NaCl.cif --out out";
    bench.refuse(dispersion, &["--dispersion"]);
    // A negative number is a value, not an option.
    bench.refuse(&format!("{study} --epochs -1"), &["--epochs", "-1"]);
    bench.refuse("simulate --to -10 --out out", &["-10", "--to"]);
    let relevance = "relevance --model m.safetensors --patterns scans";
    bench.refuse(
        &format!("{relevance} --window-deg 0.01"),
        &["0.01", "--window-deg"],
    );
    bench.refuse(&format!("{relevance} --step-deg 1e-9"), &["--step-deg"]);
    let twice = "generate --model m.safetensors --known latent.csv --target p=0.5 --target p=0.5";
    bench.refuse(twice, &["--target p=0.5: given twice"]);
    let path = "generate --model m.safetensors --known latent.csv --path p=7:9:3";
    bench.refuse(
        path,
        &["--path p from 7 to 9: none of the values", "reaches p = 0."],
    );
    let generate = "generate --model m.safetensors --known latent.csv --target";
    bench.refuse(
        &format!("{generate} p=0.5,q=7"),
        &["--target p=0.5,q=7: no point of the map comes near", "q = "],
    );
    bench.refuse(&format!("{generate} p=0.5,p=0.6"), &["each label once"]);
    // Plain text states no wavelength, and none is assumed.
    bench.refuse(
        "sensitivity --model m.safetensors --structure NaCl.cif",
        &["m.safetensors: the training patterns state no wavelength (use --wavelength)"],
    );
    for k in 0..24 {
        let high: Vec<f64> = pattern(k).iter().map(|v| 1000.0 * v).collect();
        bench.write(&format!("high/s{k:02}.xy"), &scan(&high, 0.0));
    }
    bench
        .0
        .done(&format!("train --patterns high {TINY} --out high.st"));
    bench.refuse(
        "sensitivity --model high.st --structure NaCl.cif --wavelength 1",
        &["high.st", "--scale max"],
    );
}

#[test]
fn info_answers_what_it_can() {
    let bench = Bench::new();
    bench.write("words.txt", "words\n");
    let run = bench.0.xrd("info scans/s00.xy words.txt scans/s01.xy");
    assert_eq!(run.status, Some(2));
    assert!(run.stdout.contains("scans/s00.xy\n") && run.stdout.contains("scans/s01.xy\n"));
    assert!(
        run.stdout
            .contains("words.txt\n  kind                    not read\n  error "),
        "{}",
        run.stdout
    );
    assert!(run.stderr.starts_with("xrd: words.txt: "), "{}", run.stderr);
    let run = bench.0.xrd("info missing words.txt scans/s01.xy --json");
    assert_eq!(
        (run.status, run.stderr.as_str()),
        (Some(2), "xrd: 2 of 3 files cannot be read\n")
    );
    let about: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(about[0]["kind"], "not read");
    assert!(
        about[1]["error"]
            .as_str()
            .unwrap()
            .contains("no line of numbers")
    );
    assert_eq!(about[2]["kind"], "scans");
    let run = bench.0.xrd("info missing words.txt");
    assert!(
        run.stdout.is_empty() && run.stderr.contains("missing"),
        "{}",
        run.stderr
    );
}
