//! Splits of a set into training and test patterns.

use std::collections::BTreeMap;
use std::path::Path;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};
use xrd_io::find_patterns;

use crate::error::{Error, Result, SplitBy};

/// Stream of the random numbers that draw test patterns. The streams of the network are lower.
const TEST_STREAM: u64 = 10;

/// Stream of the random numbers that draw validation patterns.
const VALIDATION_STREAM: u64 = 11;

/// Split of a set into training patterns and test patterns. The indices are in ascending order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Indices of the training patterns.
    pub train: Vec<usize>,
    /// Indices of the test patterns. For a split by [`draw_validation`](Self::draw_validation),
    /// these are validation patterns.
    pub test: Vec<usize>,
}

impl Split {
    /// Selects a random fraction of the patterns, but at least one pattern, as test patterns.
    ///
    /// The argument `groups` contains the name of the sample of each pattern. Random samples are
    /// selected with all their patterns until the fraction is reached. The patterns of one sample
    /// are therefore never divided.
    ///
    /// # Errors
    /// [`Error::Split`] for fewer than 3 training patterns.
    pub fn draw(groups: &[String], fraction: f64, seed: u64) -> Result<Self> {
        let test = draw(groups, fraction, seed, TEST_STREAM);
        Self::without(groups.len(), test, SplitBy::TestFraction)
    }

    /// Selects a random fraction of the patterns, but at least one pattern, as validation patterns
    /// for early stopping. The argument `groups` has the same meaning as in [`draw`](Self::draw).
    ///
    /// # Errors
    /// Any error of [`draw`](Self::draw).
    pub fn draw_validation(groups: &[String], fraction: f64, seed: u64) -> Result<Self> {
        let held_out = draw(groups, fraction, seed, VALIDATION_STREAM);
        Self::without(groups.len(), held_out, SplitBy::ValidationFraction)
    }

    /// Reads the names of the test patterns from a file, one name per line. The file must list
    /// either all patterns of a sample or none of them. The argument `names` contains the name of
    /// each pattern. The argument `groups` contains the name of the sample of each pattern.
    ///
    /// # Errors
    /// All errors contain the name of the file.
    /// - [`Error::File`] if the file cannot be read.
    /// - [`Error::NoListedPattern`] or [`Error::AmbiguousPattern`] if a name matches no pattern or
    ///   several patterns.
    /// - [`Error::DividedSample`] if the file lists only some of the patterns of a sample.
    /// - [`Error::Split`] if no test pattern or fewer than 3 training patterns remain.
    pub fn listed(file: &Path, names: &[String], groups: &[String]) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::file(file, e))?;
        let of_text = || {
            let split = Self::with_test(names.len(), listed(&text, names)?)?;
            split.check_groups(names, groups)?;
            Ok(split)
        };
        of_text().map_err(|e: Error| e.at(file.display()))
    }

    /// Returns a split with given test patterns. The argument `patterns` is the number of patterns
    /// in the set. The argument `test` contains the indices of the test patterns.
    ///
    /// # Errors
    /// [`Error::Split`] if there is no test pattern, or if there are fewer than 3 training
    /// patterns.
    pub fn with_test(patterns: usize, test: Vec<usize>) -> Result<Self> {
        Self::without(patterns, test, SplitBy::List)
    }

    fn check_groups(&self, names: &[String], groups: &[String]) -> Result<()> {
        let train = self.train.iter().map(|&i| (&groups[i], &names[i]));
        let train: BTreeMap<_, _> = train.collect();
        let divided = |&&i: &&usize| train.contains_key(&groups[i]);
        match self.test.iter().find(divided) {
            None => Ok(()),
            Some(&i) => Err(Error::DividedSample {
                test: names[i].clone(),
                train: train[&groups[i]].clone(),
                sample: groups[i].clone(),
            }),
        }
    }

    fn without(patterns: usize, mut test: Vec<usize>, by: SplitBy) -> Result<Self> {
        test.sort_unstable();
        test.dedup();
        let train: Vec<usize> = (0..patterns)
            .filter(|i| test.binary_search(i).is_err())
            .collect();
        if train.len() < 3 || test.is_empty() {
            return Err(Error::Split {
                train: train.len(),
                held_out: test.len(),
                by,
            });
        }
        Ok(Self { train, test })
    }

    /// Returns whether the pattern with this index is a test pattern.
    pub fn is_test(&self, pattern: usize) -> bool {
        self.test.binary_search(&pattern).is_ok()
    }
}

/// Returns the indices of the patterns that a text lists, one per line, with or without folder and
/// extension.
fn listed(text: &str, names: &[String]) -> Result<Vec<usize>> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let lines = lines.enumerate().filter(|(_, line)| !line.is_empty());
    let (numbers, listed): (Vec<usize>, Vec<&str>) = lines.unzip();
    let found = find_patterns(&listed, names);
    let one = |((line, name), found): ((usize, &str), Vec<usize>)| match found[..] {
        [one] => Ok(one),
        [] => Err(Error::NoListedPattern {
            line: line + 1,
            name: name.to_owned(),
        }),
        [a, b, ..] => Err(Error::AmbiguousPattern {
            line: line + 1,
            name: name.to_owned(),
            first: names[a].clone(),
            second: names[b].clone(),
        }),
    };
    let listed = numbers.into_iter().zip(listed);
    listed.zip(found).map(one).collect()
}

/// Draws whole groups of patterns until they reach a fraction of all.
fn draw(groups: &[String], fraction: f64, seed: u64, stream: u64) -> Vec<usize> {
    let target = ((groups.len() as f64 * fraction).round() as usize).max(1);
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(i);
    }
    let mut order: Vec<Vec<usize>> = members.into_values().collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    order.shuffle(&mut rng);
    let mut drawn = Vec::new();
    for members in order {
        if drawn.len() >= target {
            break;
        }
        drawn.extend(members);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize, per_group: usize) -> Vec<String> {
        (0..n).map(|i| (i / per_group).to_string()).collect()
    }

    #[test]
    fn a_tenth_of_150_is_15_and_everything_is_used_once() {
        let split = Split::draw(&names(150, 1), 0.1, 7).unwrap();
        assert_eq!(split.test.len(), 15);
        let mut all = [split.train.clone(), split.test.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..150).collect::<Vec<_>>());
        assert_eq!(split, Split::draw(&names(150, 1), 0.1, 7).unwrap());
        assert_ne!(split, Split::draw(&names(150, 1), 0.1, 8).unwrap());
        assert_ne!(
            split,
            Split::draw_validation(&names(150, 1), 0.1, 7).unwrap()
        );
    }

    #[test]
    fn groups_stay_on_one_side() {
        let groups = names(60, 4);
        let split = Split::draw(&groups, 0.2, 3).unwrap();
        assert_eq!(split.test.len(), 12);
        for i in &split.test {
            assert!((0..60).all(|j| groups[j] != groups[*i] || split.is_test(j)));
        }
    }

    #[test]
    fn lists_name_files_or_patterns() {
        let names: Vec<String> = (0..6).map(|i| format!("s{i}.a")).collect();
        let list = "\u{feff}s1.a\r\n\r\nscans/s0.a.xy\ns1.a.xy\n";
        assert_eq!(listed(list, &names).unwrap(), [1, 0, 1]);
        let refusal = |list| listed(list, &names).unwrap_err().to_string();
        assert_eq!(refusal("s1.a\n\ns1.b\n"), "line 3: no pattern 's1.b'");
        let split = Split::with_test(6, vec![1, 0, 1]).unwrap();
        assert_eq!(split.test, [0, 1]);
        let groups = ["p", "q", "r", "r", "p", "r"].map(str::to_owned);
        let refusal = split.check_groups(&names, &groups).unwrap_err();
        let expected =
            "sample 'p': s0.a is a test pattern and s4.a is not (expected both or neither)";
        assert_eq!(refusal.to_string(), expected);
    }

    #[test]
    fn too_few_patterns_are_refused() {
        assert!(Split::draw(&names(1, 1), 0.1, 0).is_err());
        assert!(Split::draw(&names(3, 1), 0.1, 0).is_err());
        assert!(Split::draw(&names(8, 4), 0.9, 0).is_err());
        assert!(Split::with_test(10, vec![]).is_err());
        let message = Split::draw_validation(&names(3, 1), 0.1, 0).unwrap_err();
        let expected = "2 training and 1 held-out patterns (expected at least 3 and 1)";
        assert_eq!(message.to_string(), expected);
        let by = SplitBy::ValidationFraction;
        assert!(matches!(message, Error::Split { by: found, .. } if found == by));
    }
}
