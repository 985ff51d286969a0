//! Target values of labels.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Label with a value, written as `Ti=0.75`. An experiment generates a pattern for a target, or
/// excludes the patterns that have this label value.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the label.
    pub column: String,
    /// Value in the unit of the label; finite.
    pub value: f64,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.column, self.value)
    }
}

impl Target {
    /// Returns a target for a label. The argument `column` is the name of the label.
    pub fn new(column: impl Into<String>, value: f64) -> Self {
        let column = column.into();
        Self { column, value }
    }
}

impl FromStr for Target {
    type Err = Error;

    /// Reads a target from text of the form `COLUMN=VALUE`.
    fn from_str(text: &str) -> Result<Self> {
        let (column, value) = text.split_once('=').ok_or(Error::Expected("COL=VALUE"))?;
        let value = value.trim().parse::<f64>().ok().filter(|v| v.is_finite());
        Ok(Self {
            column: column.to_owned(),
            value: value.ok_or(Error::Expected("a finite number"))?,
        })
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        super::text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        super::text::deserialize(from)
    }
}

/// One or several labels with values that one generated pattern must have together, written as
/// `Mn=0.5,V=0.3,Nb=0.2`. No label occurs twice.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetComposition {
    targets: Vec<Target>,
}

impl TargetComposition {
    /// Returns a composition of these labels and values.
    ///
    /// # Errors
    /// [`Error::Expected`] if there are no labels, or if a label occurs twice.
    pub fn new(targets: Vec<Target>) -> Result<Self> {
        let again = |i: usize| targets[..i].iter().any(|t| t.column == targets[i].column);
        match targets.len() {
            0 => Err(Error::Expected("COL=VALUE")),
            n if (1..n).any(again) => {
                Err(Error::Expected("each label once in COL=VALUE,COL=VALUE"))
            }
            _ => Ok(Self { targets }),
        }
    }

    /// Labels and values; at least one.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Returns the label and its value if there is only one label.
    pub fn single(&self) -> Option<&Target> {
        match &self.targets[..] {
            [target] => Some(target),
            _ => None,
        }
    }
}

impl From<Target> for TargetComposition {
    fn from(target: Target) -> Self {
        let targets = vec![target];
        Self { targets }
    }
}

impl fmt::Display for TargetComposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, target) in self.targets.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{target}")?;
        }
        Ok(())
    }
}

impl FromStr for TargetComposition {
    type Err = Error;

    /// Reads a composition from text of the form `COLUMN=VALUE,COLUMN=VALUE`. A comma before the
    /// equals sign is part of the name of the label.
    fn from_str(text: &str) -> Result<Self> {
        let (mut targets, mut begun) = (Vec::new(), None);
        for piece in text.split(',') {
            let part = match begun.take() {
                Some(start) => format!("{start},{piece}"),
                None => piece.to_owned(),
            };
            match part.contains('=') {
                true => targets.push(part.parse()?),
                false => begun = Some(part),
            }
        }
        match begun {
            None => Self::new(targets),
            Some(_) => Err(Error::Expected("COL=VALUE")),
        }
    }
}

impl Serialize for TargetComposition {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        super::text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for TargetComposition {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        super::text::deserialize(from)
    }
}

/// Rule by which the pattern of a target is generated.
/// [`generate_targets`](crate::generate_targets) describes the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GenerationRule {
    /// Strained mixture of the patterns that are decoded at the neighbouring compositions: a lattice
    /// strain aligns the lines of these patterns before they are mixed
    /// ([`strained_mixture`](xrd_interp::strained_mixture)).
    #[default]
    Between,
    /// Pattern decoded at the latent point of this mixture.
    Strained,
    /// Pattern decoded at the point of the latent plane where the estimated labels equal those of the
    /// target, as in Utimula et al. (2022).
    Contour,
}

impl GenerationRule {
    /// Returns the name of the rule, as used on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Between => "between",
            Self::Strained => "strained",
            Self::Contour => "contour",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositions_are_lists_of_different_labels() {
        let read = |text: &str| text.parse::<TargetComposition>();
        let three = read("Mn=0.5,V=0.3,Nb = 0.2").unwrap();
        assert_eq!(three.targets().len(), 3);
        assert_eq!((three.targets()[1].value, three.single()), (0.3, None));
        assert_eq!(read(&three.to_string()).unwrap(), three);
        // A comma was always allowed in the name of a label.
        let one = read("a,b=1").unwrap();
        assert_eq!(one.single().map(|t| t.column.as_str()), Some("a,b"));
        assert_eq!(read("c=2,a,b=1").unwrap().targets()[1].column, "a,b");
        for wrong in ["", "a", "a=1,", "a=1,b", "a=1,a=2", "a=x", "a=1,b=nan"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
