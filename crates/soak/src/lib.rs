//! Soaking: random storms over every combination of a protocol's features, each followed by a calm
//! and a deadline, in which every property must hold.
//!
//! A [`Storm`] is the *text* of a scenario, made from a seed. Nothing here knows the types of a
//! protocol or of the engine: what is generated is what a user could have written, so a storm that
//! finds something is a file, and the line that runs it again can be pasted.
//!
//! A storm has two halves. The [`Family`] chooses its settings, workload and what its model allows
//! (`families/`, one file each); the network, the disks, the clocks and the faults are common to
//! all (`weather.rs` and `faults.rs`). What single faults hardly ever make together, a family
//! composes: a [`Plot`] is faults that belong together, with their times. Each choice draws from a
//! stream of its own, named for its purpose, so a new setting does not change the rest of the
//! storms.
//!
//! [`soak`] runs storms and tallies what they met; [`hunt`] looks for the first storm that finds
//! a known bug. `cargo xtask soak` and `cargo xtask mutants` are their command lines.
//!
//! [`damage`] is about the tool and not about protocols: damaged scenario files, as
//! `cargo xtask fuzz` makes them.

pub mod damage;
mod draw;
mod families;
mod faults;
mod hunt;
mod quiet;
mod soak;
mod storm;
mod table;
mod tally;
mod weather;

pub use draw::Draw;
pub use families::{FAMILIES, Family, Links, Mutant, Play, find};
pub use faults::{Kind, Plot, SECOND_SERIES, THIRD_SERIES};
pub use hunt::{Catch, hunt};
pub use soak::{Finding, Soak, soak};
pub use storm::Storm;
pub use table::table;
pub use tally::{Row, Tally};
