//! The types that programs store and pass around are `Send`, `Sync` and `'static`. Losing this would break
//! programs, and no other test would notice.

use std::any::type_name;

fn is_free<T: Send + Sync + Unpin + 'static>() -> &'static str {
    type_name::<T>()
}

macro_rules! free {
    ($($t:ty),* $(,)?) => { [$(is_free::<$t>()),*] };
}

#[test]
fn main_types_are_send_and_sync() {
    let core = free![
        xrd_core::TwoThetaGrid,
        xrd_core::Pattern,
        xrd_core::PatternSet,
        xrd_core::Labels,
        xrd_core::Latent2,
        xrd_core::LatentGrid,
        xrd_core::LatentMap,
        xrd_core::Structure,
        xrd_core::Strain,
        xrd_core::Wavelength,
    ];
    let io = free![
        xrd_io::Scan,
        xrd_io::Metadata,
        xrd_io::ReadPatterns,
        xrd_io::LabelTable,
        xrd_io::Crystal,
        xrd_io::ShardFolder,
    ];
    let sim = free![
        xrd_sim::Diffraction,
        xrd_sim::Reflection,
        xrd_sim::Instrument,
        xrd_sim::Effects,
        xrd_sim::RandomEffects,
        xrd_sim::Symmetry,
        xrd_sim::SubstitutionSeries,
    ];
    let ae = free![
        xrd_ae::Autoencoder,
        xrd_ae::AutoencoderConfig,
        xrd_ae::TrainingConfig,
        xrd_ae::Checkpoint,
        xrd_ae::History,
        xrd_ae::RowFiles,
    ];
    let rest = free![
        xrd_latent::LabelledPlane,
        xrd_latent::LabelledSpace,
        xrd_latent::Estimate,
        xrd_latent::Summary,
        Box<dyn xrd_latent::Estimator>,
        xrd_relevance::Sweep,
        xrd_relevance::PeakRelevance,
        xrd_interp::Polyline,
        xrd_regression::Regression,
        xrd_nn::Network<f32>,
        xrd_nn::Trainer<f32>,
        xrd_symmetry::Probabilities,
        xrd_symmetry::Classifier,
        xrd_symmetry::Training,
        xrd_predict::Predictor,
        xrd_predict::Formula,
        xrd_predict::Baseline,
        xrd_study::Dataset,
        xrd_study::Experiment,
        xrd_study::NamedEstimator,
        xrd_study::OutputFolder,
        xrd_study::Run,
        xrd_study::Study,
        xrd_study::StudyReport,
        xrd_study::UnfinishedOutput,
        xrd_report::FigureFiles,
    ];
    let errors = free![
        xrd_core::Error,
        xrd_io::Error,
        xrd_sim::Error,
        xrd_ae::Error,
        xrd_latent::Error,
        xrd_relevance::Error,
        xrd_interp::Error,
        xrd_regression::Error,
        xrd_nn::Error,
        xrd_symmetry::Error,
        xrd_predict::Error,
        xrd_predict::FormulaError,
        xrd_study::Error,
        xrd_report::Error,
    ];
    assert!(core[0].starts_with("xrd_core::") && io[0].starts_with("xrd_io::"));
    assert!(sim[0].starts_with("xrd_sim::") && ae[0].starts_with("xrd_ae::"));
    assert!(rest[0].starts_with("xrd_latent::") && errors[0].ends_with("Error"));
}
