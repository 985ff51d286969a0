//! Options that prepare patterns.

use clap::Args;
use xrd_io::prepare::Step;

const HEADING: &str = "Preparation of patterns, in this order";

/// Steps that prepare patterns as they are read. Only requested steps are done, always in this
/// order.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Preparing {
    /// Replace single points that are more than N robust standard deviations above their
    /// surroundings [default N: 8]
    #[arg(long, help_heading = HEADING, value_name = "N", num_args = 0..=1, require_equals = true,
        default_missing_value = "8", value_parser = |n: &str| step("despike", n))]
    despike: Option<Step>,
    /// Add DEG to every angle
    #[arg(long, help_heading = HEADING, value_name = "DEG", allow_negative_numbers = true,
        value_parser = |deg: &str| step("zero-shift", deg))]
    zero_shift: Option<Step>,
    /// Remove the K-alpha-2 lines, given the wavelengths of K-alpha-1 and K-alpha-2 and the
    /// intensity ratio [default: those in the file]
    #[arg(long, help_heading = HEADING, value_name = "Å,Å,RATIO", num_args = 0..=1, require_equals = true,
        default_missing_value = "", value_parser = |pair: &str| step("strip-ka2", pair))]
    strip_ka2: Option<Step>,
    /// Smooth with polynomials of DEGREE over W points (Savitzky-Golay)
    #[arg(long, help_heading = HEADING, value_name = "W,DEGREE", value_parser = |text: &str| step("smooth", text))]
    smooth: Option<Step>,
    /// Subtract the background with SNIP (half window in degrees, 1 by default) or arPLS
    /// (stiffness, 1e5 by default)
    #[arg(long, help_heading = HEADING, value_name = "snip[:DEG]|arpls[:LAMBDA]", value_parser = background)]
    background: Option<Step>,
    /// Convert the axis, also one in Q or d, to the angles of this wavelength
    #[arg(long, help_heading = HEADING, value_name = "Å", value_parser = |text: &str| step("to-wavelength", text))]
    to_wavelength: Option<Step>,
    /// Rebin to bins of width STEP, centred on multiples of STEP. Each bin is the mean of its points;
    /// with STEP:sum, counts are summed
    #[arg(long, help_heading = HEADING, value_name = "STEP[:sum]", value_parser = rebin)]
    rebin: Option<Step>,
    /// Keep only the angles from A to B
    #[arg(long, help_heading = HEADING, value_name = "A:B", allow_hyphen_values = true,
        value_parser = |text: &str| step("crop", text))]
    crop: Option<Step>,
    /// Take the square root of the intensities. Counting noise is then the same everywhere, and weak
    /// lines have more weight
    #[arg(long, help_heading = HEADING)]
    sqrt: bool,
    /// Multiply intensities by FACTOR, or divide each pattern by its maximum
    #[arg(long, help_heading = HEADING, value_name = "FACTOR|max", value_parser = |text: &str| step("scale", text))]
    scale: Option<Step>,
}

impl Preparing {
    /// The requested steps, in the order in which they are done.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let steps = [
            self.despike,
            self.zero_shift,
            self.strip_ka2,
            self.smooth,
            self.background,
            self.to_wavelength,
            self.rebin,
            self.crop,
            self.sqrt.then_some(Step::SquareRoot),
            self.scale,
        ];
        steps.into_iter().flatten().collect()
    }
}

/// The preparation step with this name and these arguments.
fn step(word: &str, arguments: &str) -> Result<Step, xrd_io::Error> {
    match arguments {
        "" => word.parse(),
        _ => format!("{word}:{arguments}").parse(),
    }
}

/// The step `rebin`. Without a rule the option means the mean, while a stored step means the sum.
fn rebin(text: &str) -> Result<Step, xrd_io::Error> {
    match text.contains(':') {
        true => step("rebin", text),
        false => step("rebin", &format!("{text}:mean")),
    }
}

fn background(text: &str) -> Result<Step, String> {
    match text.parse() {
        Ok(step @ (Step::Snip { .. } | Step::ArPls { .. })) => Ok(step),
        Ok(_) => Err("expected snip or arpls".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        preparing: Preparing,
    }

    fn steps(arguments: &str) -> Result<Vec<String>, clap::Error> {
        let words = std::iter::once("xrd").chain(arguments.split_whitespace());
        let program = Program::try_parse_from(words)?;
        Ok(program
            .preparing
            .steps()
            .iter()
            .map(Step::to_string)
            .collect())
    }

    #[test]
    fn the_order_of_options_is_not_that_of_steps() {
        let found =
            steps("--crop 10:80 --background snip --sqrt --despike --scale=max --rebin 0.02");
        let expected = [
            "despike:8",
            "snip:1",
            "rebin:0.02:mean",
            "crop:10:80",
            "sqrt",
            "scale:max",
        ];
        assert_eq!(found.unwrap(), expected);
        assert!(steps("").unwrap().is_empty());
    }

    #[test]
    fn values_are_taken_or_refused() {
        let one = |arguments| steps(arguments).unwrap().remove(0);
        assert_eq!(one("--despike=5"), "despike:5");
        assert_eq!(one("--strip-ka2"), "strip-ka2");
        assert_eq!(
            one("--strip-ka2=1.5406,1.5444,0.5"),
            "strip-ka2:1.5406,1.5444,0.5"
        );
        assert_eq!(one("--background arpls:1e6"), "arpls:1000000");
        assert_eq!(one("--rebin 0.02:sum"), "rebin:0.02:sum");
        assert_eq!(one("--zero-shift -0.02"), "zero-shift:-0.02");
        assert_eq!(one("--crop -5:5"), "crop:-5:5");
        for wrong in [
            "--background rebin:1",
            "--background spline",
            "--smooth 4,2",
            "--rebin 0",
            "--rebin 0.1:max",
            "--crop 3",
            "--despike=0",
            "--to-wavelength 0",
            "--scale min",
        ] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}
