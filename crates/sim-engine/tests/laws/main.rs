//! The laws of the world, one file each, held against histories computed by hand.
//!
//! Scripted nodes ([`toy`]) make every step foreseeable; links take one millisecond unless a test
//! says otherwise, so each time in an expected history is a small sum that the comment beside it
//! spells out.

#![expect(unreachable_pub, reason = "`pub` says what a file of this binary offers to the others")]

mod history;
mod scene;
mod toy;

mod arming;
mod assumptions;
mod barrier;
mod between;
mod byzantine;
mod calm;
mod chance;
mod claims;
mod clocks;
mod configs;
mod corrupt;
mod counting;
mod crash;
mod delays;
mod disks;
mod endless;
mod every;
mod identity;
mod idle;
mod inside;
mod links;
mod lose;
mod lost;
mod memory;
mod mobile;
mod omission;
mod panics;
mod partitions;
mod pause;
mod random_worlds;
mod reached;
mod record;
mod requests;
mod service;
mod shape;
mod signed;
mod stall_disk;
mod swizzle;
mod targets;
mod ties;
mod triggers;
mod twins;
mod verdicts;
mod voter;
