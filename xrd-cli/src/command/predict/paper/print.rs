//! Lines of text of a table.

use xrd_study::predict::paper::{
    PaperDataset, PaperRow, PaperScore, PaperTable, RangeScore, TableNumber, published_distances,
};

/// The table, what differs from the paper, and the other scores.
pub(super) fn lines(table: &PaperTable) -> Vec<String> {
    let mut lines = about(table);
    lines.push(String::new());
    match table.table {
        TableNumber::Two => lines.extend(distances(table)),
        TableNumber::Three => lines.extend(losses(table)),
        _ => lines.extend(tuned(table)),
    }
    lines.extend(scores(table));
    lines
}

fn about(table: &PaperTable) -> Vec<String> {
    let s = &table.settings;
    let number = u8::from(table.table);
    let mut lines = vec![
        format!("Table {number} of Dong et al. (2022), ours and (paper)"),
        format!(
            "  {} filters (32), dropout {} (not stated), at most {} epochs (not stated), patience {} epochs (not stated), seed {}",
            s.network.filters, s.network.dropout, s.epochs, s.patience, s.seed
        ),
    ];
    lines.extend(table.datasets.iter().map(|d| {
        let paper = match d.dataset {
            PaperDataset::Abc3 => "2989, 427, 854",
            PaperDataset::Ternary => "26048, 3721, 7442",
        };
        format!(
            "  {}: {} formulas for training, {} for validation, {} for the test ({paper}); {} left out",
            d.dataset.name(),
            d.training,
            d.validation,
            d.test,
            d.left_out
        )
    }));
    lines.push(
        "  Structure of a formula: smallest identifier (lowest formation energy). Lines 0.5° wide (not stated)."
            .to_owned(),
    );
    lines
}

/// Table 2.
fn distances(table: &PaperTable) -> Vec<String> {
    const ROWS: [&str; 3] = ["all points", "peaks", "aligned peaks"];
    let mut lines =
        vec!["cosine         Pearson        JSD            DTW             patterns".to_owned()];
    let mut rows = |name: &str, score: &PaperScore, published: Option<[[f64; 4]; 3]>| {
        for (row, values) in score.distances.iter().flatten().enumerate() {
            let cell = |k: usize| match published {
                Some(p) if k == 3 => format!("{:5.2} ({:.2})", values[k], p[row][k]),
                Some(p) => format!("{:.3} ({:.3})", values[k], p[row][k]),
                None if k == 3 => format!("{:5.2}       ", values[k]),
                None => format!("{:.3}        ", values[k]),
            };
            let cells = [0, 1, 2, 3].map(cell).join("  ");
            lines.push(format!("{cells}   {name}, {}", ROWS[row]));
        }
    };
    for row in &table.rows {
        rows(
            &named(row, table.table),
            &row.score,
            Some(published_distances()),
        );
    }
    for b in &table.baselines {
        rows(
            &format!("{} {}", b.dataset.name(), b.method),
            &b.score,
            None,
        );
    }
    lines
}

/// Table 3.
fn losses(table: &PaperTable) -> Vec<String> {
    let mut lines =
        vec!["peak match     MSE            MSLE           Cosine         Pearson".to_owned()];
    for dataset in PaperDataset::ALL {
        let of_set = table.rows.iter().filter(|r| r.plan.dataset == dataset);
        let cells: Vec<String> = of_set.map(|r| cell(r, 3)).collect();
        lines.push(format!("{:<13}  {}", dataset.name(), cells.join("  ")));
    }
    lines
}

/// Tables 4 and 5.
fn tuned(table: &PaperTable) -> Vec<String> {
    let mut lines = Vec::new();
    for rows in table.rows.chunks(12) {
        if lines.is_empty() {
            let heads = rows.chunks(3).map(|r| {
                format!(
                    "{:<38}",
                    format!("learning rate {}", r[0].plan.learning_rate)
                )
            });
            lines.push(format!("layers  {}", heads.collect::<String>().trim_end()));
            let sizes = rows
                .iter()
                .map(|r| format!("{:<12}", format!("batch {}", r.plan.batch)));
            let sizes: Vec<String> = sizes.collect();
            let sizes: Vec<String> = sizes.chunks(3).map(|c| c.join("")).collect();
            lines.push(format!("        {}", sizes.join("  ").trim_end()));
        }
        let cells: Vec<String> = rows.iter().map(|r| cell(r, 2)).collect();
        let cells: Vec<String> = cells.chunks(3).map(|c| c.join(" ")).collect();
        lines.push(format!(
            "{:>6}  {}",
            rows[0].plan.network.blocks,
            cells.join("   ")
        ));
    }
    lines
}

/// Peak match beside that of the paper. A training that diverged has an exclamation mark.
fn cell(row: &PaperRow, digits: usize) -> String {
    let mark = if row.has_diverged { "!" } else { "" };
    let published = row.published_match.unwrap_or_default();
    format!(
        "{:.digits$}{mark} ({published:.digits$})",
        row.score.ranges[0].peak_match
    )
}

/// All scores of peaks.
fn scores(table: &PaperTable) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (k, range) in ["0° to 180°", "5° to 90°"].into_iter().enumerate() {
        lines.push(format!(
            "{range}: match, reverse; precision, recall, F1 at 0.2°, 0.5° and 2°; match and reverse of as many random peaks"
        ));
        let mut line = |name: &str, s: &PaperScore| {
            let polymorph = match k {
                0 => String::new(),
                _ => format!("; F1 0.5° of the best polymorph {:.3}", s.best_polymorph_f1),
            };
            lines.push(format!(
                "{}; {:.3} {:.3}  {name}{polymorph}",
                peaks(&s.ranges[k]),
                s.random[k].peak_match,
                s.random[k].reverse
            ));
        };
        for row in &table.rows {
            line(&named(row, table.table), &row.score);
        }
        for b in &table.baselines {
            line(&format!("{} {}", b.dataset.name(), b.method), &b.score);
        }
    }
    lines
}

fn peaks(range: &RangeScore) -> String {
    let of = |k: usize| {
        let p = range.peaks[k];
        format!("{:.3} {:.3} {:.3}", p.precision, p.recall, p.f1)
    };
    format!(
        "{:.3} {:.3}; {}; {}; {}",
        range.peak_match,
        range.reverse,
        of(0),
        of(1),
        of(2)
    )
}

/// A training in a few words.
fn named(row: &PaperRow, table: TableNumber) -> String {
    let plan = &row.plan;
    let epochs = format!("epoch {} of {}", row.best_epoch, row.epochs);
    let set = plan.dataset.name();
    match table {
        TableNumber::Two | TableNumber::Three => format!("{set} {} ({epochs})", plan.loss.name()),
        _ => format!(
            "{set} {} layers, rate {}, batch {} ({epochs})",
            plan.network.blocks, plan.learning_rate, plan.batch
        ),
    }
}
