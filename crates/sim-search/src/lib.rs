//! Many worlds: one scenario with many seeds.
//!
//! [`sweep`] runs a range of seeds on all cores. What it returns depends on the runs alone, not on
//! how many there were at a time nor on which ended first.

mod answer;
mod sweep;

pub use answer::Answer;
pub use sweep::{Sweep, SweepError, sweep};
