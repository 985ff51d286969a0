#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod baselines;
pub mod composition;
mod dataset;
mod digest;
mod engine;
mod error;
mod experiment;
mod generation;
mod intervals;
mod known_points;
mod latents;
mod maps;
mod note;
mod novelty;
mod output;
mod parts;
mod planes;
mod report;
mod score;
mod sensitivity;
mod session;
mod split;
mod study;
pub mod tables;
mod tune;

#[cfg(test)]
mod samples;

pub use baselines::{BASELINES, Baselines};
pub use dataset::{
    Dataset, ForModel, LabelChoice, Labelled, LeftOut, Origin, Question, TrainingPatterns,
    check_fits, load_model, notes, read,
};
pub use digest::digest;
pub use engine::{remove_saved, train};
pub use error::{Error, Result, SplitBy, UnfinishedError};
pub use experiment::{
    Change, DataSource, Experiment, NamedEstimator, Place, Preset, Reading, Seeds, Settings,
    Splits, Target, Variation, around, combinations, one_at_a_time, schedule_name,
};
pub use generation::{
    GeneratedPattern, check_targets, file_name, generate_targets, paint, safe_name,
};
pub use intervals::{COVERAGE, ErrorSource, Intervals, left_out_errors};
pub use known_points::{Asked, Estimated, KnownPoints, LatentTable, MODEL, NamedBasis, model_name};
pub use latents::Latents;
pub use maps::{MAP_NEIGHBOURS, MOST_MAP_PATTERNS, Map, Maps, compare_maps};
pub use note::{Note, Remedy};
pub use novelty::residuals;
pub use output::{Inputs, OutputFolder, UnfinishedOutput};
pub use parts::{Scheme, parts};
pub use planes::{Plane, mean_of_planes, widest_apart};
pub use report::{
    CandidateReport, DatasetReport, EstimationReport, GenerationReport, GenerationSummary,
    IntervalReport, IntervalsReport, LabelReport, LineReport, MapReport, MapsReport, PeakReport,
    RelevanceReport, STUDY_SCHEMA, SeedGenerationReport, SeedReport, SeedScores, SeparationReport,
    StudyReport, SummaryReport, TrainingReport, Versions,
};
pub use score::{Guess, Guesses, Marks, Score, ScoreReport, ScoreRow, score};
pub use sensitivity::{Cause, Effect, SmallChange, sensitivity};
pub use session::{Every, Observer, Saving, Session, Silent, Stage};
pub use split::Split;
pub use study::{
    Comparison, DOES_NOT_MATTER, Distances, Generated, Indexing, MATTERS, PATTERNS_FILE,
    REPORTED_LINES, Relevance, Run, STUDY_FILE, Scores, Study, Truth, study,
};
pub use tables::{HeldOut, Table};
pub use tune::{SeedOutcome, Tune, TuneReport, TuneRow, student, tune};
