//! Unpublished: benches.
