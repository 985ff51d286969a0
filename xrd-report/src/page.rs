//! `report.html`: a study as one page that works from disk, without a server or a network.
//!
//! The page is `page/page.html` with a style, a script and blocks of data. Names, labels and tables are
//! only in the blocks, gzipped and in Base64. The script shows them as text, so that text of the user is
//! never read as markup. A content security policy allows this script alone, by its hash, and the
//! WebAssembly module that it unpacks, and forbids all requests.

mod about;
mod answers;
mod files;
mod network;
mod pack;
mod reader;
mod robustness;

use std::path::Path;

use sha2::{Digest, Sha256};
use xrd_ae::Autoencoder;
use xrd_study::StudyReport;

use crate::error::{Error, Result};
use crate::figure::base64;

pub use answers::{ANSWERS_FILE, ANSWERS_PAGE, answers_page};

const FRAME: &str = include_str!("page/page.html");
const ANSWERS_FRAME: &str = include_str!("page/answers.html");
const STYLE: &str = include_str!("page/page.css");

/// Pieces of the script, in the order of their dependencies.
const SCRIPT: &[&str] = &[
    include_str!("page/data.js"),
    include_str!("page/network.js"),
    include_str!("page/series.js"),
    include_str!("page/study.js"),
    include_str!("page/theme.js"),
    include_str!("page/chart.js"),
    include_str!("page/colours.js"),
    include_str!("page/angles.js"),
    include_str!("page/orders.js"),
    include_str!("page/waterfall.js"),
    include_str!("page/pattern.js"),
    include_str!("page/ternary.js"),
    include_str!("page/plane.js"),
    include_str!("page/tables.js"),
    include_str!("page/summary.js"),
    include_str!("page/sheets.js"),
    include_str!("page/robustness.js"),
    include_str!("page/answers.js"),
    include_str!("page/chosen.js"),
    include_str!("page/reader.js"),
    include_str!("page/newcomers.js"),
    include_str!("page/drop.js"),
    include_str!("page/page.js"),
];

/// Pieces of the script of the page of answers about space groups.
const ANSWERS_SCRIPT: &[&str] = &[
    include_str!("page/data.js"),
    include_str!("page/theme.js"),
    include_str!("page/chart.js"),
    include_str!("page/tables.js"),
    include_str!("page/answers.js"),
    include_str!("page/answers_page.js"),
];

/// Largest size of the data of a page with the module that reads new files, in bytes.
const LARGEST: usize = 14_800_000;

/// File name of the page in the folder of a study.
pub const PAGE_FILE: &str = "report.html";

/// Returns the page of a study as the text of one HTML file, which works offline.
///
/// The argument `folder` is the folder with the files of the study. If it also contains the results of a
/// [robustness test](fn@xrd_study::robustness) of the same patterns, the page shows them, and so it does with the answers about
/// space groups in [`ANSWERS_FILE`]. Tables above 8 MB and figures above 2 MB are
/// not on the page, which names them. A page that would exceed 15 MB, such as that of 100,000 patterns, does
/// not read new files. Coordinates have the digits of single precision, and estimates of training patterns
/// have six digits. The page contains no computing times, so that repeated runs of the same study give the
/// same page.
///
/// # Errors
/// [`Error::File`], [`Error::Study`], [`Error::Tensors`], [`Error::NoModel`],
/// [`Error::TensorKind`], [`Error::OtherGrid`] or [`Error::NoPoint`] if a file of the study is
/// missing or invalid. [`Error::Latent`] or [`Error::Contour`] if the labels cannot be estimated
/// or a contour cannot be computed.
pub fn page(folder: &Path, study: &StudyReport) -> Result<String> {
    let file = folder.join("model.safetensors");
    let bytes = std::fs::read(&file).map_err(|source| Error::File {
        path: file.clone(),
        source,
    })?;
    let wrong = |e: xrd_ae::Error| xrd_study::Error::from(e).at(file.display());
    let model = Autoencoder::from_bytes(&bytes).map_err(wrong)?;
    let network = network::packed(&file, &bytes)?;
    let robustness = robustness::report(folder, study)?;
    let more = robustness.as_ref().map_or(&[][..], |_| &robustness::FILES);
    let mut blocks = Vec::new();
    if let Some(answers) = answers::answers(folder)? {
        blocks.push(("answers", pack::text(&serde_json::to_string(&answers)?)?));
    }
    let files = files::files(folder, study, more)?;
    let robustness = robustness.as_ref().map(robustness::shown);
    let shown = (&network.shape, &files.omitted[..], robustness);
    let about = about::about(folder, study, &model, shown)?;
    let new_files = reader::facts(folder, study, &model, &about.left_out_errors)?;
    blocks.extend([
        ("about", pack::text(&about.text)?),
        ("maps", pack::words(&about.maps)?),
        ("patterns", pack::words(&about.patterns)?),
        ("weights", pack::words(&network.weights)?),
        ("numbers", pack::floats(&network.numbers)?),
        ("files", pack::text(&files.texts)?),
    ]);
    let reading = [
        ("new-files", pack::text(&new_files)?),
        ("reader", base64(reader::MODULE)),
    ];
    if bytes_of(&blocks) + bytes_of(&reading) <= LARGEST {
        blocks.extend(reading);
    }
    Ok(assembled(FRAME, SCRIPT, &blocks))
}

fn bytes_of(blocks: &[(&str, String)]) -> usize {
    blocks.iter().map(|(_, data)| data.len()).sum()
}

/// Fills the frame. Blocks are Base64, which contains no character that could end an element.
fn assembled(frame: &str, script: &[&str], blocks: &[(&str, String)]) -> String {
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", script.concat());
    let data: String = blocks
        .iter()
        .map(|(name, data)| {
            format!("<script type=\"text/plain\" id=\"data-{name}\">{data}</script>\n")
        })
        .collect();
    let policy = format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; style-src {}; img-src blob:; base-uri 'none'; \
         form-action 'none'",
        hash(&script),
        hash(STYLE)
    );
    let parts = [
        ("{policy}", policy.as_str()),
        ("{style}", STYLE),
        ("{data}", &data),
        ("{script}", &script),
    ];
    let mut page = String::new();
    let mut rest = frame;
    for (mark, part) in parts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        page += before;
        page += part;
        rest = after;
    }
    page + rest
}

/// Returns the hash of an inline script or style for the content security policy.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_has_a_place_for_each_part_in_this_order() {
        for frame in [FRAME, ANSWERS_FRAME] {
            let places = ["{policy}", "{style}", "{data}", "{script}"];
            assert!(places.map(|m| frame.find(m).unwrap()).is_sorted());
        }
        let page = assembled(FRAME, SCRIPT, &[("about", "QUJD".to_owned())]);
        assert!(page.contains("id=\"data-about\">QUJD</script>"));
        assert!(page.trim_end().ends_with("</html>"));
    }

    #[test]
    fn the_policy_allows_the_script_and_the_module_alone() {
        let page = assembled(FRAME, SCRIPT, &[]);
        assert!(page.contains("default-src 'none'; script-src 'sha256-"));
        assert!(page.contains(" 'wasm-unsafe-eval'; style-src 'sha256-"));
        for forbidden in [" 'unsafe-eval'", "'unsafe-inline'", "connect-src"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn the_script_can_be_inline_and_asks_for_nothing() {
        let scripts = || SCRIPT.iter().chain(ANSWERS_SCRIPT);
        for text in scripts().chain([&STYLE, &FRAME, &ANSWERS_FRAME]) {
            for forbidden in [
                "eval(",
                "innerHTML",
                "outerHTML",
                "document.write",
                "fetch(",
            ] {
                assert!(!text.contains(forbidden), "{forbidden}");
            }
            assert!(!text.contains("https://"), "an address outside");
        }
        for text in scripts() {
            assert!(!text.contains("</script") && !text.contains("<!--"));
        }
    }
}
