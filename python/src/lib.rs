//! The compiled module `xrd._xrd` of the Python package.
//!
//! The functions here take and return arrays, numbers and text. Their names, defaults and documentation for users are in
//! the Python files of `xrd/`. Errors of the crates become Python exceptions with the same text (`errors.rs`). Long work
//! runs on another thread without the interpreter's lock (`watch.rs`), so that Ctrl-C works.

mod arrays;
mod errors;
mod explaining;
mod instrument;
mod knowing;
mod model;
mod plane;
mod reading;
mod simulation;
mod structure;
mod studying;
mod threads;
mod watch;

/// The compiled part of the package.
#[pyo3::pymodule(gil_used = false)]
mod _xrd {
    #[pymodule_export]
    use crate::explaining::{generate, relevance};
    #[pymodule_export]
    use crate::instrument::{Effects, Instrument, toml_as_json, training_effects};
    #[pymodule_export]
    use crate::knowing::{classify, identify, predict};
    #[pymodule_export]
    use crate::model::Network;
    #[pymodule_export]
    use crate::plane::{estimate, interval_radius};
    #[pymodule_export]
    use crate::reading::{
        convert_scan, read_folder, read_labels, read_patterns, read_scans, read_structures,
        uniform_grid,
    };
    #[pymodule_export]
    use crate::simulation::{reflections, simulate_many, simulate_one};
    #[pymodule_export]
    use crate::structure::Structure;
    #[pymodule_export]
    use crate::studying::{study, usual_settings};
}
