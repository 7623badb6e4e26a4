//! The one place that names every protocol.
