//! Joins line segments into lines.

use std::collections::BTreeMap;

/// Line through numbered points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) stops: Vec<usize>,
    pub(crate) closed: bool,
}

/// Joins segments, each between two points, into lines. At most two segments meet at a point.
///
/// Open lines come first. Each starts at the smaller of its two end points, and they are sorted by
/// their starts. Closed lines follow. Each starts at its smallest point, and they are sorted by
/// their starts.
///
/// Cost: O(n log n).
pub(crate) fn join(pieces: &[[usize; 2]]) -> Vec<Line> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &[a, b] in pieces {
        next.entry(a).or_default().push(b);
        next.entry(b).or_default().push(a);
    }
    let ends = next.iter().filter(|(_, to)| to.len() == 1);
    let ends: Vec<usize> = ends.map(|(&stop, _)| stop).collect();
    let mut lines = Vec::new();
    for end in ends {
        if next.contains_key(&end) {
            let stops = walk(&mut next, end);
            let closed = false;
            lines.push(Line { stops, closed });
        }
    }
    // Only closed lines remain.
    while let Some((&stop, _)) = next.first_key_value() {
        let stops = walk(&mut next, stop);
        let closed = true;
        lines.push(Line { stops, closed });
    }
    lines
}

/// Follows the line from `stop` to its end and removes its points from `next`.
fn walk(next: &mut BTreeMap<usize, Vec<usize>>, mut stop: usize) -> Vec<usize> {
    let mut stops = vec![stop];
    while let Some(neighbours) = next.remove(&stop) {
        let ahead = neighbours
            .into_iter()
            .filter(|n| next.contains_key(n))
            .min();
        let Some(ahead) = ahead else { break };
        stops.push(ahead);
        stop = ahead;
    }
    stops
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(stops: &[usize], closed: bool) -> Line {
        Line {
            stops: stops.to_vec(),
            closed,
        }
    }

    #[test]
    fn open_lines_lead_each_from_its_least_end() {
        let pieces = [[7, 8], [5, 6], [6, 7], [8, 5], [9, 2], [3, 9], [1, 4]];
        let expected = [
            line(&[1, 4], false),
            line(&[2, 9, 3], false),
            line(&[5, 6, 7, 8], true),
        ];
        assert_eq!(join(&pieces), expected);
        assert_eq!(join(&[]), []);
    }

    proptest! {
        #[test]
        fn the_order_of_pieces_is_no_matter(n in 3usize..30, turn in 0usize..30) {
            let ring: Vec<[usize; 2]> = (0..n).map(|i| [i, (i + 1) % n]).collect();
            let turned: Vec<[usize; 2]> = (0..n)
                .map(|i| ring[(i * 7 + turn) % n])
                .chain(ring.iter().copied())
                .collect();
            // Keep each piece once, in the turned order, some the other way around.
            let mut seen = std::collections::BTreeSet::new();
            let turned: Vec<[usize; 2]> = turned
                .into_iter()
                .filter(|&piece| seen.insert(piece))
                .map(|[a, b]| if a % 2 == 0 { [b, a] } else { [a, b] })
                .collect();
            prop_assert_eq!(join(&turned), [line(&(0..n).collect::<Vec<_>>(), true)]);
        }
    }
}
