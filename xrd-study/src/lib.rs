#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod alignment;
mod baselines;
mod classifier;
pub mod composition;
mod dataset;
mod digest;
mod disturbing;
mod engine;
mod ensemble;
mod error;
mod experiment;
mod folds;
mod generation;
mod groups;
mod intervals;
mod known_points;
mod latents;
mod limits;
mod maps;
mod note;
mod novelty;
mod outliers;
mod output;
pub mod predict;
mod reference;
mod regression;
mod report;
mod resumable;
mod robustness;
mod rounding;
mod sample;
mod score;
mod sensitivity;
mod sequence;
mod series;
mod session;
mod split;
mod study;
pub mod symmetry;
pub mod tables;
mod tune;

#[cfg(test)]
mod samples;

// Crates whose types are part of the public interface.
pub use indexmap;
pub use rayon;
pub use serde_json;
pub use toml;
pub use xrd_ae;
pub use xrd_core;
pub use xrd_interp;
pub use xrd_io;
pub use xrd_latent;
pub use xrd_predict;
pub use xrd_regression;
pub use xrd_relevance;
pub use xrd_sim;
pub use xrd_symmetry;

pub use alignment::{PatternAligner, PatternShift, ShiftLimit, align};
pub use baselines::{BASELINES, Baselines};
pub use classifier::{EstimatedClass, PatternClassifier};
pub use dataset::{
    Classes, Dataset, LabelChoice, LabelSource, Labelled, LeftOut, LoadedInput, ModelInput,
    OpenedInput, Origin, Patterns, TrainingPatterns, check_fits, load_model, notes,
    options_as_trained, read,
};
pub use digest::digest;
pub use disturbing::{PatternDisturbance, laboratory_effects, line_width_deg, mild_effects};
pub use engine::{FinishedTraining, remove_saved, train};
pub use ensemble::{NetworkEstimates, ensemble_mean, largest_disagreement};
pub use error::{Error, Result, SplitBy, UnfinishedError};
pub use experiment::{
    Change, DataSource, Experiment, GenerationRule, LabelledFiles, NamedEstimator, Preset, Reading,
    Seeds, SeriesChoice, Settings, Splits, Target, TargetComposition, Variation, around,
    combinations, one_at_a_time, schedule_name,
};
pub use folds::{Scheme, folds};
pub use generation::{
    FAR, GeneratedPattern, NEAR, check_targets, file_name, generate_targets, paint,
    reachable_range, safe_name,
};
pub use groups::{
    AngleWindow, BETWEEN_GROUPS, GroupProfile, PatternGroups, find_groups, mean_lines,
};
pub use intervals::{COVERAGE, ErrorSource, Intervals, left_out_errors};
pub use known_points::{Estimated, KnownPoints, LatentTable, MODEL, NamedBasis, Query, model_name};
pub use latents::Latents;
pub use limits::{LabelLimits, LabelRange};
pub use maps::{MAP_NEIGHBOURS, MAP_SAMPLE, MOST_MAP_PATTERNS, Map, Maps, compare_maps};
pub use note::{Note, Remedy};
pub use novelty::residuals;
pub use outliers::{OUTLIER_SAMPLE, Outliers, find_outliers};
pub use output::{Inputs, OutputFolder, UnfinishedOutput};
pub use reference::Reference;
pub use regression::PatternRegression;
pub use report::{
    BetweenReport, CandidateReport, ClassificationReport, CurveReport, DatasetReport,
    EstimationReport, GenerationReport, GenerationSummary, GroupAgreementReport, GroupReport,
    GroupsReport, IntervalReport, IntervalsReport, LabelReport, LineReport, MapReport, MapsReport,
    MethodReport, NumberOfGroupsReport, OnsetReport, OutlierReason, OutlierReport, OutliersReport,
    PeakReport, PlacesReport, ReferenceReport, RelevanceReport, STUDY_SCHEMA, SeedGenerationReport,
    SeedReport, SeedScores, SeparationReport, SequenceReport, SeriesReport, StudyReport,
    SummaryReport, TrainingReport, TransitionReport, Versions, WindowReport,
};
pub use robustness::{
    DisturbanceKind, ROBUST_R2, ROBUSTNESS_FILE, RobustMethod, Robustness, RobustnessOptions,
    RobustnessReport, RobustnessRow, RobustnessVerdict, UndisturbedReport, robustness,
};
pub use score::{FoldEstimate, Novelty, SchemeEstimates, Score, ScoreReport, ScoreRow, score};
pub use sensitivity::{Cause, Effect, SmallChange, sensitivity};
pub use sequence::{MOST_SEQUENCE_VALUES, SamplePlaces, Sequence, sample_places, sequence};
pub use series::{Series, SeriesChanges};
pub use session::{Observer, SaveInterval, Saving, Session, Silent, Stage};
pub use split::Split;
pub use study::{
    Comparison, CurveComparison, DOES_NOT_MATTER, Distances, Generated, Indexing, MATTERS,
    PATTERNS_FILE, REPORTED_LINES, Relevance, Run, STUDY_FILE, Scores, Study, Truth, study,
};
pub use tables::{HeldOut, Table};
pub use tune::{SeedOutcome, Tune, TuneReport, TuneRow, student, tune};
