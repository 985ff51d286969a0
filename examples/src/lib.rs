//! Unpublished: examples.
