//! Derives, so that a protocol's author says each thing once. The traits and their documentation are
//! in `sim-node` and `sim-protocol`, which export each derive beside its trait.
