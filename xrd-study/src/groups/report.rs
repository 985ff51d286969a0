//! Summary of groups for `study.json`.

use super::{AngleWindow, BETWEEN_GROUPS, PatternGroups};
use crate::report::{BetweenReport, GroupReport, GroupsReport, NumberOfGroupsReport, WindowReport};

impl PatternGroups {
    /// Returns the summary of the groups, without mean patterns, tree and
    /// [agreement](Self::agreement) with labels. Groups are numbered from 1.
    pub fn report(&self) -> GroupsReport {
        let (groups, chosen) = (&self.groups, self.groups.chosen());
        GroupsReport {
            compared_by: match self.of_points {
                true => "points",
                false => "lines",
            }
            .to_owned(),
            compared_in_pairs: groups.grouped.len(),
            number: groups.number(),
            silhouette: chosen.map(|c| c.silhouette),
            stability: chosen.and_then(|c| c.stability),
            tried: groups
                .tried
                .iter()
                .map(|t| NumberOfGroupsReport {
                    number: t.number,
                    silhouette: t.silhouette,
                    stability: t.stability,
                })
                .collect(),
            groups: (0..groups.number()).map(|g| self.group_report(g)).collect(),
            between: self.between(),
            agreement: Vec::new(),
        }
    }

    fn group_report(&self, group: usize) -> GroupReport {
        let items = self.groups.items_of(group);
        let name = |&i: &usize| self.names[i].clone();
        GroupReport {
            number: group + 1,
            size: items.len(),
            medoid: name(&self.groups.medoids[group]),
            members: items.iter().map(name).collect(),
            windows: self.profiles[group].windows.iter().map(window).collect(),
        }
    }

    /// Patterns between two groups, those nearest to the middle first.
    fn between(&self) -> Vec<BetweenReport> {
        let members = self.groups.members.iter().enumerate();
        let mut found: Vec<BetweenReport> = members
            .filter(|(_, m)| m.is_between(BETWEEN_GROUPS))
            .filter_map(|(i, m)| {
                Some(BetweenReport {
                    pattern: self.names[i].clone(),
                    group: m.group + 1,
                    other: m.other? + 1,
                    position: m.position,
                })
            })
            .collect();
        found.sort_by(|a, b| b.position.total_cmp(&a.position));
        found
    }
}

fn window(window: &AngleWindow) -> WindowReport {
    WindowReport {
        from_deg: window.from_deg,
        to_deg: window.to_deg,
        peak_deg: window.peak_deg,
        difference: window.difference,
    }
}
