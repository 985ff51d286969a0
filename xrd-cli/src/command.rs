//! The subcommands, one file each.

mod completions;
mod convert;
mod encode;
mod estimate;
mod fit;
mod generate;
mod info;
mod man;
mod maps;
mod relevance;
mod report;
mod score;
mod sensitivity;
mod series;
mod simulate;
mod study;
mod train;
mod tune;

use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Command {
    Study(study::Study),
    Simulate(simulate::Simulate),
    Series(series::Series),
    Train(train::Train),
    Encode(encode::Encode),
    Estimate(estimate::Estimate),
    Relevance(relevance::Relevance),
    Report(report::Report),
    Generate(generate::Generate),
    Fit(fit::Fit),
    Score(score::Score),
    Tune(tune::Tune),
    Sensitivity(sensitivity::Sensitivity),
    Maps(maps::Maps),
    Convert(convert::Convert),
    Info(info::Info),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Study(c) => c.run(),
            Self::Simulate(c) => c.run(),
            Self::Series(c) => c.run(),
            Self::Train(c) => c.run(),
            Self::Encode(c) => c.run(),
            Self::Estimate(c) => c.run(),
            Self::Relevance(c) => c.run(),
            Self::Report(c) => c.run(),
            Self::Generate(c) => c.run(),
            Self::Fit(c) => c.run(),
            Self::Score(c) => c.run(),
            Self::Sensitivity(c) => c.run(),
            Self::Maps(c) => c.run(),
            Self::Tune(c) => c.run(),
            Self::Convert(c) => c.run(),
            Self::Info(c) => c.run(),
            Self::Completions(c) => c.run(),
            Self::Man(c) => c.run(),
        }
    }
}
