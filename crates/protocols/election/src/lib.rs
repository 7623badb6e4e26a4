//! Leader elections.
