//! Lines about the series of the patterns.

use xrd_study::{OnsetReport, PlacesReport, SequenceReport, SeriesReport, TransitionReport};

/// Smallest number of values of which transitions are searched.
const FEWEST: usize = 8;

/// Largest number of lines that are named per transition.
const MOST_LINES: usize = 4;

/// The series of the patterns, and its transitions.
pub(super) fn series(found: &SeriesReport) -> Vec<String> {
    let name = found.variables.join(", ");
    let origin = match &found.source[..] {
        "order" => "the order of the files".to_owned(),
        source => format!("{name} (from {})", source.replace("labels", "the labels")),
    };
    let mut lines = Vec::new();
    if let Some(sequence) = &found.sequence {
        let variable = found.variables.first().map_or("", String::as_str);
        lines.push(format!(
            "series over {origin}: {} values, {}",
            sequence.values,
            count(sequence)
        ));
        let each = sequence.transitions.iter();
        lines.extend(each.map(|t| transition(variable, t)));
    }
    if let Some(places) = &found.places {
        lines.push(format!(
            "places on the sample over {origin}: {}",
            at(places)
        ));
    }
    if found.recognised {
        lines.push("  recognised; --series none switches this off".to_owned());
    }
    lines
}

fn count(sequence: &SequenceReport) -> String {
    match (sequence.values, sequence.transitions.len()) {
        (..FEWEST, _) => format!("too few for a search of transitions (at least {FEWEST})"),
        (_, 0) => "no transition".to_owned(),
        (_, 1) => "1 transition".to_owned(),
        (_, n) => format!("{n} transitions"),
    }
}

fn transition(variable: &str, t: &TransitionReport) -> String {
    let [value, from, to] = [t.value, t.from, t.to].map(short);
    let [after, before] = [t.steepest_from, t.steepest_to].map(short);
    format!(
        "  transition at {variable} = {value} (95 %: {from} to {to}), {:.1} times as fast as usual, steepest \
         from {after} to {before}{}{}",
        t.speed,
        angles("new lines at", &t.appear),
        angles("lines gone at", &t.disappear),
    )
}

fn angles(words: &str, lines: &[OnsetReport]) -> String {
    let shown = lines.iter().take(MOST_LINES);
    let angles: Vec<String> = shown.map(|l| format!("{:.2}°", l.two_theta_deg)).collect();
    let more = match lines.len().saturating_sub(MOST_LINES) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    match angles.is_empty() {
        true => String::new(),
        false => format!("; {words} {}{more}", angles.join(", ")),
    }
}

fn at(places: &PlacesReport) -> String {
    let largest = places.largest_step_at.as_ref().zip(places.largest_step);
    let largest = largest.map_or(String::new(), |(name, step)| {
        format!(", most different from its neighbours: {name} ({step:.1} times the median)")
    });
    format!("{} places{largest}", places.places)
}

/// A value with four significant digits, and all digits before the point.
fn short(value: f64) -> String {
    let size = value.abs().max(1e-300).log10().floor() as i32;
    let digits = usize::try_from(3 - size).unwrap_or(0).min(12);
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_four_digits() {
        let all = [412.0, 412.26, 12345.6, 0.123_456, 0.0, -7.25].map(short);
        assert_eq!(all, ["412", "412.3", "12346", "0.1235", "0", "-7.25"]);
    }
}
