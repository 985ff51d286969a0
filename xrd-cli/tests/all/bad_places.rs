//! Results that cannot be written, or would overwrite input: status 2, one clear line on stderr, and
//! all files unchanged.

#[cfg(unix)]
use std::process::Command;

use crate::support::bench::{Bench, TINY};

#[test]
fn results_never_replace_what_they_are_made_of() {
    let bench = Bench::with_model();
    let place = &bench.0;
    for table in [
        "mine/held_out.csv",
        "mine/tuned.csv",
        "mine/maps.csv",
        "mine/labels.csv",
    ] {
        place.write(table, &place.read("labels.csv"));
    }
    place.done("convert scans mine/patterns.npz");
    let of = |table: &str| format!("--labels mine/{table} --out mine");
    let patterns = "--patterns mine/patterns.npz";
    for (ask, told) in [
        (
            format!("study {TINY} {patterns} {}", of("labels.csv")),
            "mine/patterns.npz",
        ),
        (
            format!("study {TINY} --patterns scans {}", of("held_out.csv")),
            "mine/held_out.csv",
        ),
        (
            format!("score {TINY} --patterns scans {}", of("held_out.csv")),
            "mine/held_out.csv",
        ),
        (
            format!("tune {TINY} --patterns scans {}", of("tuned.csv")),
            "mine/tuned.csv",
        ),
        (
            format!("maps --patterns scans {}", of("maps.csv")),
            "mine/maps.csv",
        ),
    ] {
        bench.refuse(&ask, &[told, "is an input file and would be overwritten"]);
    }
}

#[test]
fn an_unwritable_place_is_named() {
    let bench = Bench::with_model();
    bench.write("file", "a file, no folder\n");
    let study = format!("study {TINY} --patterns scans --labels labels.csv --out");
    let model = "--model m.safetensors --patterns scans --out";
    let generate = "generate --model m.safetensors --known latent.csv --target p=0.5 --out";
    for out in ["file", "file/out", "file/a/b"] {
        bench.refuse(&format!("{study} {out}"), &["file"]);
        bench.refuse(&format!("{generate} {out}"), &["file"]);
    }
    for out in ["file/x", "out", "no/folder/x"] {
        bench.refuse(
            &format!("train {TINY} --patterns scans --out {out}"),
            &[out],
        );
        bench.refuse(&format!("encode {model} {out}"), &[out]);
        bench.refuse(&format!("relevance {model} {out}"), &[out]);
        let estimate = format!("estimate --known latent.csv {model} {out}");
        bench.refuse(&estimate, &[out]);
    }
}

#[test]
fn a_folder_in_the_place_of_a_result_leaves_the_others_alone() {
    let bench = Bench::new();
    bench.write("taken/study.json/mine", "precious\n");
    bench.write("taken/latent.csv", "earlier\n");
    let study = format!("study {TINY} --patterns scans --labels labels.csv --out taken");
    bench.refuse(&study, &["study.json"]);
}

/// The program with a limit on the size of files, in kilobytes.
#[cfg(unix)]
fn limited(bench: &Bench, kilobytes: usize, arguments: &str) -> Command {
    let mut bash = Command::new("bash");
    let script = format!("ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
    bash.args(["-c", &script, env!("CARGO_BIN_EXE_xrd")]);
    bash.args(arguments.split_whitespace());
    bash.current_dir(bench.0.path("."));
    bash
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_an_earlier_folder_whole() {
    let bench = Bench::with_model();
    bench.write("NaCl.cif", include_str!("support/NaCl.cif"));
    let study = format!("study {TINY} --patterns scans --labels labels.csv --out");
    for kilobytes in [0, 1, 4, 12] {
        for out in ["out", "new/out"] {
            let arguments = format!("{study} {out}");
            let words = ["cannot write", out];
            bench.refuse_run(
                &mut limited(&bench, kilobytes, &arguments),
                &arguments,
                &words,
            );
        }
    }
    let generate = "generate --model m.safetensors --known latent.csv --target p=0.5 --out out";
    bench.refuse_run(&mut limited(&bench, 0, generate), generate, &["p=0.5.xy"]);
    let simulate = "simulate NaCl.cif --to 40 --out out";
    bench.refuse_run(
        &mut limited(&bench, 1, simulate),
        simulate,
        &["patterns.npz"],
    );
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_an_earlier_file_whole() {
    let bench = Bench::with_model();
    bench.write("estimates.csv", "earlier\n");
    let model = "--model m.safetensors --patterns scans --out";
    for (arguments, file) in [
        (
            format!("train {TINY} --patterns scans --out m.safetensors"),
            "m.safetensors",
        ),
        (format!("encode {model} latent.csv"), "latent.csv"),
        (format!("relevance {model} latent.csv"), "latent.csv"),
        (
            format!("estimate --known latent.csv {model} estimates.csv"),
            "estimates.csv",
        ),
    ] {
        bench.refuse_run(&mut limited(&bench, 1, &arguments), &arguments, &[file]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let bench = Bench::with_model();
    let model = "--model m.safetensors --patterns scans --out /dev/full";
    for arguments in [
        format!("train {TINY} --patterns scans --out /dev/full"),
        format!("encode {model}"),
        format!("relevance {model}"),
        format!("estimate --known latent.csv {model}"),
    ] {
        bench.refuse(&arguments, &["/dev/full"]);
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut info = bench.0.command("info m.safetensors");
    bench.refuse_run(info.stdout(full.unwrap()), "info", &["space"]);
}
