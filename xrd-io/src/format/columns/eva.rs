//! The first line of a file exported by Bruker's Diffrac.EVA.
//!
//! ```text
//! 'Id: "" Comment: "a note" Operator: "" Anode: "Cu" Scantype: "Coupled TwoTheta/Theta" TimePerStep: "96"
//! ```

use crate::format::drives::axis_of_drive;
use crate::scan::{AxisKind, Metadata, TimePerStep};

/// Information in the first line of a Diffrac.EVA file.
pub(super) struct Eva {
    pub(super) metadata: Metadata,
    /// The axis, if the scan type implies it.
    pub(super) axis_kind: Option<AxisKind>,
}

/// Parses a line of Diffrac.EVA; `None` for any other line. The line contains `Scantype`.
pub(super) fn read(line: &str) -> Option<Eva> {
    let drive = value(line, "Scantype")?;
    let mut metadata = Metadata {
        sample: value(line, "Id"),
        comment: value(line, "Comment"),
        date: value(line, "Date"),
        ..Metadata::default()
    };
    metadata.radiation.anode = value(line, "Anode");
    let seconds = value(line, "TimePerStep").and_then(|v| v.parse::<f64>().ok());
    metadata.time_per_step = seconds.filter(|s| *s > 0.0).map(TimePerStep::Same);
    let axis_kind = axis_of_drive(&drive);
    metadata.drive = Some(drive);
    Some(Eva {
        metadata,
        axis_kind,
    })
}

/// Parses all lines of Diffrac.EVA in a text. Each scan may have its own line.
pub(super) fn all(text: &str) -> Vec<Eva> {
    let may_be = |line: &&str| line.contains("Scantype: ");
    text.lines().filter(may_be).filter_map(read).collect()
}

/// The text in quotes after `key:`; `None` if it is empty.
fn value(line: &str, key: &str) -> Option<String> {
    let after = line.split_once(&format!("{key}: \""))?.1;
    let text = after.split('"').next()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_key_and_value() {
        let line = "Id: \"\" Comment: \"a \u{b5}m\" Anode: \"Cu\" Scantype: \"Coupled TwoTheta/Theta\" TimePerStep: \"96\"";
        let eva = read(line).unwrap();
        assert_eq!(eva.axis_kind, Some(AxisKind::TwoThetaDeg));
        assert_eq!(eva.metadata.sample, None);
        assert_eq!(eva.metadata.comment.as_deref(), Some("a \u{b5}m"));
        assert_eq!(eva.metadata.radiation.anode.as_deref(), Some("Cu"));
        assert_eq!(eva.metadata.time_per_step, Some(TimePerStep::Same(96.0)));
        let rocking = read("Scantype: \"Rocking curve\"").unwrap();
        assert_eq!(rocking.axis_kind, Some(AxisKind::OmegaDeg));
        let height = read("Scantype: \"Z\"").unwrap();
        assert_eq!(height.axis_kind, Some(AxisKind::other("z", "mm")));
        assert!(read("Anode: \"Cu\"").is_none());
    }
}
