//! Options that several subcommands share, and the parsers of their values.

mod beam;
mod configuring;
mod estimating;
mod input;
mod pictures;
mod preparing;
mod saving;
mod source;
mod stating;
mod training;
mod values;
mod viewing;

pub(crate) use beam::Beam;
pub(crate) use configuring::Configuring;
pub(crate) use estimating::{Estimating, Ranges};
pub(crate) use input::{Input, PlaceName, Question, Reading, SchemeName, Threads};
pub(crate) use pictures::Pictures;
pub(crate) use preparing::Preparing;
pub(crate) use saving::{SavingOptions, beside};
pub(crate) use source::Source;
pub(crate) use stating::{Resampling, Stating, resampling};
pub(crate) use training::{Stopping, Training};
pub(crate) use values::{
    Path, at_most, composition, count, fraction, label_source, not_negative, path, positive,
    series, share, target, ti,
};
pub(crate) use viewing::Viewing;
