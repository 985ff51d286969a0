//! Shared parts of the tests.

pub(crate) mod bench;
pub(crate) mod chromium;
pub(crate) mod trained;
pub(crate) mod workplace;
