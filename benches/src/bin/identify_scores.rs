//! Scores of identification: nearest known structures of simulated and measured patterns.
//!
//! ```text
//! cargo run --release -p xrd-benches --bin identify_scores -- LIBRARY.lines MINERALS.jsonl
//! cargo run --release -p xrd-benches --bin identify_scores -- LIBRARY.lines MINERALS.jsonl --tune 1
//! cargo run --release -p xrd-benches --bin identify_scores -- LIBRARY.lines MINERALS.jsonl --measured FOLDER
//! ```
//!
//! LIBRARY.lines is made by `xrd library` and contains the structures of MINERALS.jsonl. 600 of them
//! (`--patterns`) are simulated with the effects of `xrd simulate --effects laboratory` and a random displacement
//! parameter. With `--tune 1`, settings of the ranking are compared, and with `--tune 2` those of votes, without the
//! pattern's own entry. Without it, the default settings are scored: space group and crystal system without the own
//! entry, recognition with it, mixtures of two phases (`--mixtures 200`), and the time per pattern.
//! `--measured FOLDER` scores the folder with `patterns_u16.npy` and `labels.csv` instead.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use xrd_benches::argument;
use xrd_core::{CrystalSystem, Pattern, Scale, Structure, TwoThetaGrid, Wavelength};
use xrd_identify::{Library, Neighbour, Prepared, Ranking, Search, Votes};
use xrd_io::StructureLines;
use xrd_sim::{Instrument, Mixture, PatternKey, RandomEffects, measure};

const EFFECTS: &str = include_str!("../../../xrd-cli/src/command/simulate/laboratory.toml");

type Res<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Pattern of a known entry.
struct Known {
    entry: usize,
    structure: Structure,
    pattern: Prepared,
}

fn main() -> Res<()> {
    let paths: Vec<String> = std::env::args().skip(1).take(2).collect();
    let [library, minerals] = &paths[..] else {
        return Err("expected LIBRARY.lines MINERALS.jsonl".into());
    };
    let bytes = std::fs::read(library)?;
    let start = Instant::now();
    let library = Library::from_bytes(&bytes)?;
    let took = start.elapsed().as_secs_f64();
    println!("{} entries, decoded in {:.0} ms", library.len(), 1e3 * took);
    let mut measured = std::env::args().skip_while(|a| a != "--measured").skip(1);
    if let Some(folder) = measured.next() {
        return score_measured(&library, Path::new(&folder));
    }
    let patterns = argument("--patterns", 600)?;
    let seed = argument("--seed", 1u64)?;
    let known = simulate(&library, Path::new(minerals), patterns, seed)?;
    match argument("--tune", 0)? {
        0 => {
            score_simulated(&library, &known)?;
            score_mixtures(&library, &known, argument("--mixtures", 200)?)
        }
        1 => tune_ranking(&library, &known),
        _ => tune_votes(&library, &known),
    }
}

/// Random order by splitmix64.
fn mixed(seed: u64, index: u64) -> u64 {
    let mut z = (seed << 32 ^ index).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn simulate(library: &Library, minerals: &Path, count: usize, seed: u64) -> Res<Vec<Known>> {
    let title = |i: usize| library.title(i).map_or("", |t| t.source);
    let entries: HashMap<&str, usize> = (0..library.len()).map(|i| (title(i), i)).collect();
    let effects: RandomEffects = toml::from_str(EFFECTS)?;
    let lines = StructureLines::open(minerals)?;
    let all = lines.read(0..lines.len())?;
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|i| mixed(seed, *i as u64));
    let one = |i: &usize| -> Option<Known> {
        let (id, structure) = all[*i].parse().ok()?;
        let entry = *entries.get(id?.as_str())?;
        let key = PatternKey::new(seed, *i as u64);
        let drawn = effects.draw(key).ok()?;
        let mut instrument = Instrument::default();
        let share = (mixed(seed + 1, *i as u64) >> 11) as f64 / (1u64 << 53) as f64;
        instrument.diffraction.b_iso = 0.3 + 1.2 * share;
        let pattern = measure(&structure, &instrument, &drawn, key).ok()?;
        let pattern = Prepared::of(&pattern).ok()?;
        Some(Known {
            entry,
            structure,
            pattern,
        })
    };
    let found: Vec<Known> = order[..count.min(all.len())]
        .par_iter()
        .filter_map(one)
        .collect();
    println!("{} simulated patterns, seed {seed}", found.len());
    Ok(found)
}

fn group(library: &Library, entry: usize) -> u16 {
    library.title(entry).map_or(0, |t| t.space_group)
}

fn system(group: u16) -> Option<CrystalSystem> {
    CrystalSystem::of_space_group(group).ok()
}

fn share(right: &[bool]) -> f64 {
    100.0 * right.iter().filter(|r| **r).count() as f64 / right.len().max(1) as f64
}

/// The index of the largest weight, as number of the space group.
fn voted(weights: &[f64]) -> u16 {
    let best = (0..weights.len()).max_by(|a, b| weights[*a].total_cmp(&weights[*b]).then(b.cmp(a)));
    best.map_or(0, |b| b as u16 + 1)
}

/// Answers about space groups with their certainties.
#[derive(Default)]
struct Answers(Vec<(u16, u16, f64)>);

impl Answers {
    /// Answer, truth, certainty.
    fn add(&mut self, answer: u16, truth: u16, certainty: f64) {
        self.0.push((answer, truth, certainty));
    }

    /// Space group, crystal system, and the surer half of both in per cent.
    fn line(&self, name: &str) {
        let mut sorted = self.0.clone();
        sorted.sort_by(|a, b| b.2.total_cmp(&a.2));
        let half = &sorted[..sorted.len() / 2];
        let groups =
            |a: &[(u16, u16, f64)]| share(&a.iter().map(|a| a.0 == a.1).collect::<Vec<_>>());
        let systems = |a: &[(u16, u16, f64)]| {
            let right = a.iter().map(|a| system(a.0) == system(a.1));
            share(&right.collect::<Vec<_>>())
        };
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} |",
            groups(&sorted),
            systems(&sorted),
            groups(half),
            systems(half)
        );
    }
}

/// Weights of votes as answer: the group and its share.
fn answer(votes: &Votes, library: &Library, nearest: &[Neighbour]) -> Res<(u16, f64, Vec<f64>)> {
    let weights = votes.weights(library, nearest)?;
    // Beside the votes, all groups have the weight 1.
    let weights: Vec<f64> = weights.into_iter().map(|w| w + 1.0).collect();
    let best = voted(&weights);
    let total: f64 = weights.iter().sum();
    Ok((best, weights[usize::from(best) - 1] / total, weights))
}

fn tune_ranking(library: &Library, known: &[Known]) -> Res<()> {
    println!(
        "| power | smoothing | line | nearest: group | votes: group | log-loss | recognised first | among 100 |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for power in [0.5, 0.65, 0.8] {
        for smoothing_deg in [0.08, 0.15, 0.25] {
            for line_deg in [0.15, 0.25, 0.35] {
                let ranking = Ranking {
                    power,
                    smoothing_deg,
                    line_deg,
                };
                let library = library.clone().with_ranking(ranking)?;
                let nearest: Vec<(Vec<Neighbour>, usize, bool)> = known
                    .par_iter()
                    .map(|k| {
                        let own = library.neighbours(&k.pattern, 100);
                        let is_among = own.iter().any(|n| n.index == k.entry);
                        let others = library.neighbours_of(&k.pattern, 50, |i| i != k.entry);
                        (
                            others,
                            own.first().map_or(usize::MAX, |n| n.index),
                            is_among,
                        )
                    })
                    .collect();
                let truth = |k: &Known| group(&library, k.entry);
                let pairs = || known.iter().zip(&nearest);
                let groups: Vec<bool> = pairs()
                    .map(|(k, n)| group(&library, n.0[0].index) == truth(k))
                    .collect();
                let own: Vec<bool> = pairs().map(|(k, n)| n.1 == k.entry).collect();
                let among: Vec<bool> = nearest.iter().map(|n| n.2).collect();
                let (right, loss) =
                    votes_of(&Votes::default(), &library, known, |i| &nearest[i].0)?;
                println!(
                    "| {power} | {smoothing_deg} | {line_deg:.3} | {:.1} | {right:.1} | {loss:.3} | {:.1} | {:.1} |",
                    share(&groups),
                    share(&own),
                    share(&among)
                );
            }
        }
    }
    Ok(())
}

fn tune_votes(library: &Library, known: &[Known]) -> Res<()> {
    let refined: Vec<Vec<Neighbour>> = known
        .par_iter()
        .map(|k| {
            let all = library.identify_of(&k.pattern, &Search::default(), |i| i != k.entry);
            all.neighbours()
        })
        .collect();
    let ranked: Vec<Vec<Neighbour>> = known
        .par_iter()
        .map(|k| library.neighbours_of(&k.pattern, 100, |i| i != k.entry))
        .collect();
    println!(
        "| voters | sharpness | least | ranked: group | log-loss | refined: group | log-loss |"
    );
    println!("|---|---|---|---|---|---|---|");
    for voters in [20, 50, 100] {
        for sharpness in [10.0, 20.0, 30.0, 40.0, 60.0] {
            for least in [0.4, 0.5, 0.6, 0.7, 0.8] {
                let votes = Votes {
                    voters,
                    sharpness,
                    least,
                };
                let (a, b) = votes_of(&votes, library, known, |i| &ranked[i])?;
                let (c, d) = votes_of(&votes, library, known, |i| &refined[i])?;
                println!(
                    "| {voters} | {sharpness} | {least} | {a:.1} | {b:.3} | {c:.1} | {d:.3} |"
                );
            }
        }
    }
    Ok(())
}

/// Share of right space groups by votes in per cent, and the mean negative logarithm of the probability of the
/// right one.
fn votes_of<'a>(
    votes: &Votes,
    library: &Library,
    known: &[Known],
    nearest: impl Fn(usize) -> &'a Vec<Neighbour>,
) -> Res<(f64, f64)> {
    let (mut right, mut loss) = (Vec::new(), 0.0);
    for (i, k) in known.iter().enumerate() {
        let truth = group(library, k.entry);
        let (best, _, weights) = answer(votes, library, nearest(i))?;
        right.push(best == truth);
        let total: f64 = weights.iter().sum();
        loss -= (weights[usize::from(truth) - 1] / total).ln() / known.len() as f64;
    }
    Ok((share(&right), loss))
}

fn score_simulated(library: &Library, known: &[Known]) -> Res<()> {
    let [mut nearest, mut votes, mut refined, mut refined_votes] =
        [(); 4].map(|()| Answers::default());
    let both: Vec<_> = known
        .par_iter()
        .map(|k| {
            let ranked = library.neighbours_of(&k.pattern, 100, |i| i != k.entry);
            let found = library.identify_of(&k.pattern, &Search::default(), |i| i != k.entry);
            (ranked, found.neighbours())
        })
        .collect();
    for (k, (ranked, found)) in known.iter().zip(&both) {
        let truth = group(library, k.entry);
        let lists = [ranked, found];
        for (answers, list) in [&mut nearest, &mut refined].into_iter().zip(lists) {
            answers.add(group(library, list[0].index), truth, list[0].similarity);
        }
        for (answers, list) in [&mut votes, &mut refined_votes].into_iter().zip(lists) {
            let (best, sure, _) = answer(&Votes::default(), library, list)?;
            answers.add(best, truth, sure);
        }
    }
    println!("\nOwn entry left out\n");
    println!("| by | space group % | crystal system % | surer half: group % | system % |");
    println!("|---|---|---|---|---|");
    nearest.line("nearest entry");
    votes.line("votes");
    refined.line("nearest entry, shifts fitted");
    refined_votes.line("votes, shifts fitted");
    println!("\nRecognition with the own entry in the library\n");
    println!("| by | first % | among five % | same group and elements first % |");
    println!("|---|---|---|---|");
    let own: Vec<_> = known
        .par_iter()
        .map(|k| {
            let ranked = library.neighbours(&k.pattern, 100);
            let found = library.identify(&k.pattern, &Search::default());
            [ranked, found.neighbours()]
        })
        .collect();
    for (i, name) in ["nearest entry", "nearest entry, shifts fitted"]
        .iter()
        .enumerate()
    {
        let among = |n: usize| {
            let is_in = |(k, lists): (&Known, &[Vec<Neighbour>; 2])| {
                lists[i].iter().take(n).any(|m| m.index == k.entry)
            };
            share(&known.iter().zip(&own).map(is_in).collect::<Vec<_>>())
        };
        let same =
            |(k, lists): (&Known, &[Vec<Neighbour>; 2])| alike(library, lists[i][0].index, k.entry);
        let same = share(&known.iter().zip(&own).map(same).collect::<Vec<_>>());
        println!("| {name} | {:.1} | {:.1} | {same:.1} |", among(1), among(5));
    }
    let timed = &known[..known.len().min(30)];
    let time = |work: &(dyn Fn(&Known) + Sync)| {
        let start = Instant::now();
        timed.iter().for_each(work);
        1e3 * start.elapsed().as_secs_f64() / timed.len() as f64
    };
    let ranking = time(&|k| drop(library.neighbours(&k.pattern, 20)));
    let identify = time(&|k| drop(library.identify(&k.pattern, &Search::default())));
    let phases = time(&|k| drop(library.phases(&k.pattern, &Search::default(), 2)));
    println!(
        "\nms per pattern on {} threads: neighbours {ranking:.1}, identify {identify:.0}, two phases {phases:.0}",
        rayon::current_num_threads()
    );
    Ok(())
}

/// Whether two entries have one space group and the same elements.
fn alike(library: &Library, a: usize, b: usize) -> bool {
    let formula = |i: usize| library.title(i).map_or("", |t| t.formula);
    a == b
        || group(library, a) == group(library, b)
            && elements(formula(a)).keys().eq(elements(formula(b)).keys())
}

/// Amounts of the elements of a formula, without hydrogen.
fn elements(formula: &str) -> BTreeMap<String, f64> {
    let mut stack: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new()];
    let letters: Vec<char> = formula.chars().collect();
    let mut i = 0;
    let number = |i: &mut usize| {
        let start = *i;
        while letters
            .get(*i)
            .is_some_and(|c| c.is_ascii_digit() || *c == '.')
        {
            *i += 1;
        }
        letters[start..*i]
            .iter()
            .collect::<String>()
            .parse()
            .unwrap_or(1.0)
    };
    while i < letters.len() {
        match letters[i] {
            '(' | '[' => {
                stack.push(BTreeMap::new());
                i += 1;
            }
            ')' | ']' if stack.len() > 1 => {
                i += 1;
                let factor: f64 = number(&mut i);
                for (element, amount) in stack.pop().unwrap_or_default() {
                    if let Some(outer) = stack.last_mut() {
                        *outer.entry(element).or_insert(0.0) += factor * amount;
                    }
                }
            }
            c if c.is_ascii_uppercase() => {
                let start = i;
                i += 1;
                while letters.get(i).is_some_and(char::is_ascii_lowercase) {
                    i += 1;
                }
                let element: String = letters[start..i].iter().collect();
                let amount = number(&mut i);
                if let Some(outer) = stack
                    .last_mut()
                    .filter(|_| element != "H" && element != "D")
                {
                    *outer.entry(element).or_insert(0.0) += amount;
                }
            }
            _ => i += 1,
        }
    }
    stack.swap_remove(0)
}

fn score_mixtures(library: &Library, known: &[Known], count: usize) -> Res<()> {
    let effects: RandomEffects = toml::from_str(EFFECTS)?;
    let shares = [0.5, 0.7, 0.85];
    let one = |i: usize| -> Option<[bool; 3]> {
        let pair =
            [0, 1].map(|k| &known[(mixed(7, (2 * i + k) as u64) % known.len() as u64) as usize]);
        let key = PatternKey::new(99, i as u64);
        let mut mixture = Mixture::new(Instrument::default());
        pair.iter()
            .try_for_each(|k| mixture.add(k.structure.clone()))
            .ok()?;
        let drawn = effects.draw(key).ok()?;
        let phases = effects.draw_phases(key, &["a", "b"]).ok()?;
        let patterns = mixture.draw(&phases, &drawn).ok()?;
        let first = shares[i % shares.len()];
        let weights = patterns.weights_of_heights(&[first, 1.0 - first]).ok()?;
        let pattern = Prepared::of(&patterns.mix(&weights, key).ok()?).ok()?;
        let found = library.phases(&pattern, &Search::default(), 2);
        let has = |k: &Known| {
            let is = |p: &xrd_identify::Phase| alike(library, p.found.index, k.entry);
            found.phases.iter().any(is)
        };
        let strong = has(pair[0]);
        let weak = has(pair[1]);
        Some([strong, weak, strong && weak])
    };
    let found: Vec<Option<[bool; 3]>> = (0..count).into_par_iter().map(one).collect();
    println!("\nMixtures of two phases: entries of the same space group and elements found\n");
    println!("| heights of the highest lines | mixtures | stronger % | weaker % | both % |");
    println!("|---|---|---|---|---|");
    for (s, first) in shares.iter().enumerate() {
        let of_share = found.iter().skip(s).step_by(shares.len()).flatten();
        let of_share: Vec<&[bool; 3]> = of_share.collect();
        let column = |c: usize| share(&of_share.iter().map(|f| f[c]).collect::<Vec<_>>());
        println!(
            "| {first} : {:.2} | {} | {:.1} | {:.1} | {:.1} |",
            1.0 - first,
            of_share.len(),
            column(0),
            column(1),
            column(2)
        );
    }
    Ok(())
}

fn score_measured(library: &Library, folder: &Path) -> Res<()> {
    let bytes = std::fs::read(folder.join("patterns_u16.npy"))?;
    let labels = std::fs::read_to_string(folder.join("labels.csv"))?;
    let rows: Vec<Vec<&str>> = labels
        .lines()
        .skip(1)
        .map(|l| l.split(',').collect())
        .collect();
    let points = 8500;
    let start = bytes.len() - 2 * points * rows.len();
    let grid = TwoThetaGrid::new(5.0, 0.01, points)?;
    let wavelength = Wavelength::angstrom(1.540_593)?;
    let prepared = |i: usize| -> Res<Prepared> {
        let row = &bytes[start + 2 * points * i..][..2 * points];
        let values = row
            .chunks_exact(2)
            .map(|b| f32::from(u16::from_le_bytes([b[0], b[1]])));
        let pattern = Pattern::new(grid, Scale::ARBITRARY, values.collect())?;
        Ok(Prepared::of(&pattern.with_wavelength(Some(wavelength)))?)
    };
    let patterns = (0..rows.len())
        .map(prepared)
        .collect::<Res<Vec<Prepared>>>()?;
    println!("{} measured patterns", patterns.len());
    let begin = Instant::now();
    let both: Vec<[Vec<Neighbour>; 2]> = patterns
        .par_iter()
        .map(|p| {
            let found = library.identify(p, &Search::default());
            [library.neighbours(p, 100), found.neighbours()]
        })
        .collect();
    let took = begin.elapsed().as_secs_f64();
    println!("\n| by | space group % | crystal system % | surer half: group % | system % |");
    println!("|---|---|---|---|---|");
    let truth: Vec<u16> = rows
        .iter()
        .map(|r| r[3].parse())
        .collect::<Result<_, _>>()?;
    for (i, name) in ["", ", shifts fitted"].iter().enumerate() {
        let [mut nearest, mut votes] = [(); 2].map(|()| Answers::default());
        for (lists, truth) in both.iter().zip(&truth) {
            let list = &lists[i];
            nearest.add(group(library, list[0].index), *truth, list[0].similarity);
            let (best, sure, _) = answer(&Votes::default(), library, list)?;
            votes.add(best, *truth, sure);
        }
        nearest.line(&format!("nearest entry{name}"));
        votes.line(&format!("votes{name}"));
    }
    println!(
        "\nBy similarity of the nearest entry, shifts fitted\n\n| similarity | patterns | space group % |\n|---|---|---|"
    );
    for [from, to] in [[0.0, 0.6], [0.6, 0.7], [0.7, 0.8], [0.8, 0.9], [0.9, 1.01]] {
        let right: Vec<bool> = both
            .iter()
            .zip(&truth)
            .filter(|(l, _)| (from..to).contains(&l[1][0].similarity))
            .map(|(l, t)| group(library, l[1][0].index) == *t)
            .collect();
        println!(
            "| {from} to {:.1} | {} | {:.1} |",
            f64::min(to, 1.0),
            right.len(),
            share(&right)
        );
    }
    let formula = |r: &[&str]| r[5].trim_matches('"').to_owned();
    let known: Vec<usize> = (0..rows.len())
        .filter(|i| !formula(&rows[*i]).is_empty())
        .collect();
    let is_known = |i: &&usize| {
        let wanted = elements(&formula(&rows[**i]));
        let is_same = |t: xrd_identify::Title| {
            t.space_group == truth[**i] && elements(t.formula).keys().eq(wanted.keys())
        };
        (0..library.len()).any(|e| library.title(e).is_some_and(is_same))
    };
    println!(
        "\nRecognition of {} patterns of known formula; {} have an entry of the same elements and group\n",
        known.len(),
        known.iter().filter(is_known).count()
    );
    println!(
        "| by | same elements and group: first % | among five % | same elements: first % | among five % |"
    );
    println!("|---|---|---|---|---|");
    for (list, name) in ["nearest entry", "nearest entry, shifts fitted"]
        .iter()
        .enumerate()
    {
        let among = |n: usize, with_group: bool| {
            let is_right = |i: &usize| {
                let wanted = elements(&formula(&rows[*i]));
                both[*i][list].iter().take(n).any(|m| {
                    let title = library.title(m.index);
                    title.is_some_and(|t| {
                        elements(t.formula).keys().eq(wanted.keys())
                            && (!with_group || t.space_group == truth[*i])
                    })
                })
            };
            share(&known.iter().map(is_right).collect::<Vec<_>>())
        };
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} |",
            among(1, true),
            among(5, true),
            among(1, false),
            among(5, false)
        );
    }
    println!(
        "\n{took:.0} s for all, {:.0} ms per pattern",
        1e3 * took / patterns.len() as f64
    );
    Ok(())
}
