//! `xrd predict paper`: Tables 2 to 5 of Dong et al. (2022).

mod print;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use xrd_study::predict::paper::{PaperSettings, TableNumber, paper_table, remove_trainings};
use xrd_study::xrd_predict::PaperNetwork;

use super::known;
use crate::options::{SavingOptions, Threads, count};
use crate::output::{self, pretty, say};
use crate::progress::Terminal;

/// Train the network of the paper of Dong et al. (2022) and compute one of its tables.
///
/// The network predicts a pattern of 1,024 points from 0° to 180° from the formula alone. It is trained on 70 % of the
/// formulas, stopped by 10 %, and scored on 20 %. The values of the paper are printed beside. Because the peak match of
/// the paper rewards many peaks, its reverse, precision, recall and F1 of peaks, random peaks and mean patterns are printed too.
///
/// Finished trainings are saved in the folder of --checkpoint until the table is complete. With --keep they stay there, and
/// other tables use the same trainings.
/// With the network of the paper, Tables 4 and 5 take days on one processor; --filters, --formulas and --epochs make them smaller.
#[derive(Args)]
#[command(after_help = "\
Examples:
  xrd predict paper structures/ --table 3 --checkpoint trainings --keep
  xrd predict paper structures/ --table 2 --checkpoint trainings --resume --keep   uses the trainings of Table 3
  xrd predict paper structures/ --table 4 --filters 8 --epochs 10                  a smaller network")]
pub(crate) struct Paper {
    /// Structures: .jsonl, .cif and POSCAR files, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    structures: Vec<PathBuf>,
    /// Table: 2 (distances), 3 (loss functions), 4 (depth, learning rate and batch size for ABC3) or 5 (the same for
    /// ternary formulas)
    #[arg(long, value_enum)]
    table: Number,
    /// Folder for table-N.json
    #[arg(long, value_name = "DIR", default_value = "predict-paper")]
    out: PathBuf,
    /// Largest number of epochs
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count)]
    epochs: usize,
    /// Number of epochs without a lower loss of the validation part after which a training ends
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count)]
    patience: usize,
    /// Filters of the first convolution; all other layers are multiples of it
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = count)]
    filters: usize,
    /// Probability of dropout before and after the dense layer, below 1
    #[arg(long, value_name = "X", default_value_t = 0.2, value_parser = below_one)]
    dropout: f64,
    /// Largest number of training formulas, chosen at random. Without it, all are used
    #[arg(long, value_name = "N", value_parser = count)]
    formulas: Option<usize>,
    /// Seed of the split, the weights and the order of the formulas
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    saving: SavingOptions,
    /// Keep the finished trainings, for --resume and other tables
    #[arg(long)]
    keep: bool,
    /// Print table-N.json instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Number {
    #[value(name = "2")]
    Two,
    #[value(name = "3")]
    Three,
    #[value(name = "4")]
    Four,
    #[value(name = "5")]
    Five,
}

impl From<Number> for TableNumber {
    fn from(number: Number) -> Self {
        match number {
            Number::Two => Self::Two,
            Number::Three => Self::Three,
            Number::Four => Self::Four,
            Number::Five => Self::Five,
        }
    }
}

impl Paper {
    pub(crate) fn run(&self) -> Result<()> {
        let pool = self.threads.pool()?;
        pool.install(|| self.run_on_threads())
    }

    fn run_on_threads(&self) -> Result<()> {
        let mut out = output::open(&self.out)?;
        let terminal = Terminal::default();
        let (known, skipped) = known::read(&self.structures, &terminal)?;
        if let Some((count, why)) = skipped {
            eprintln!("note: {count} structures are left out; the first: {why}");
        }
        let saving = self.saving.saving(&self.out).with_keep(self.keep);
        let number = TableNumber::from(self.table);
        let table = paper_table(&known, number, &self.settings(), &saving, &terminal)?;
        let json = pretty(&table)?;
        out.write_text(
            format!("table-{}.json", u8::from(number)),
            &format!("{json}\n"),
        )?;
        out.commit()?;
        if !self.keep {
            remove_trainings(number, &self.settings(), &saving)?;
        }
        match self.json {
            true => say(&json),
            false => print::lines(&table).iter().try_for_each(|line| say(line)),
        }
    }

    fn settings(&self) -> PaperSettings {
        PaperSettings {
            epochs: self.epochs,
            patience: self.patience,
            network: PaperNetwork {
                filters: self.filters,
                dropout: self.dropout,
                ..PaperNetwork::default()
            },
            most_formulas: self.formulas,
            seed: self.seed,
        }
    }
}

fn below_one(text: &str) -> Result<f64, String> {
    let number: Result<f64, _> = text.parse();
    match number {
        Ok(x) if (0.0..1.0).contains(&x) => Ok(x),
        _ => Err("expected a number from 0 to below 1".to_owned()),
    }
}
