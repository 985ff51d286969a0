//! Times that files state as text.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Returns the seconds since 1970 of a date with a time, such as `2021-03-04T10:20:30`,
/// `04-Mar-2021 10:20` or `Thu Mar 4 10:20:30 2021`. Time zones are ignored. Dates with the month as
/// a number in another place are not read, because their order is not known.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let time = text.split(|c: char| c == 'T' || c == ',' || c.is_whitespace());
    let time = time.filter(|part| part.contains(':')).find_map(of_day)?;
    Some(86_400.0 * day(text)? as f64 + time)
}

/// Returns the seconds of a time of day.
fn of_day(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.');
    let text = &text[..end.unwrap_or(text.len())];
    let parts: Option<Vec<f64>> = text.split(':').map(|part| part.parse().ok()).collect();
    match parts?[..] {
        [h, m] if h < 24.0 && m < 60.0 => Some(3600.0 * h + 60.0 * m),
        [h, m, s] if h < 24.0 && m < 60.0 && s < 61.0 => Some(3600.0 * h + 60.0 * m + s),
        _ => None,
    }
}

/// Returns the days since 1970.
fn day(text: &str) -> Option<i64> {
    let date: String = text.to_lowercase();
    let words = date.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|w| !w.is_empty()).collect();
    let month = words.iter().position(|w| MONTHS.contains(w));
    let number = |i: usize| words.get(i).and_then(|w| w.parse::<i64>().ok());
    let (year, month, day) = match month {
        Some(at) => {
            let month = MONTHS.iter().position(|m| *m == words[at])? as i64 + 1;
            let year = words
                .iter()
                .filter(|w| w.len() == 4)
                .find_map(|w| w.parse().ok())?;
            let before = at.checked_sub(1).and_then(number);
            (year, month, before.or_else(|| number(at + 1))?)
        }
        None => {
            let first = date.split(['t', ' ']).next()?;
            let parts: Option<Vec<i64>> = first.split('-').map(|p| p.parse().ok()).collect();
            match parts?[..] {
                [year, month, day] if year > 999 => (year, month, day),
                _ => return None,
            }
        }
    };
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| days_from_civil(year, month, day))
}

/// Returns the days from 1970-01-01 to a date of the Gregorian calendar (H. Hinnant,
/// "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - 400 * era;
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_time_in_any_words() {
        for text in [
            "2021-03-04T10:20:30",
            "2021-03-04 10:20:30.000",
            "2021-03-04T10:20:30+01:00",
            "04-Mar-2021, 10:20:30",
            "Thu Mar 4 10:20:30 2021",
            "10:20:30 4 Mar 2021",
        ] {
            assert_eq!(seconds(text), Some(1_614_853_230.0), "{text}");
        }
        assert_eq!(seconds("1970-01-01 00:01"), Some(60.0));
    }

    #[test]
    fn what_is_not_certain_is_not_read() {
        for text in [
            "",
            "03/04/2021 10:20",
            "2021-03-04",
            "2021-13-04 10:20",
            "10:20",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
