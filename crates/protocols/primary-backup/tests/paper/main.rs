//! Claims of the papers and of the lab, one test each, on one node in a test harness.

mod backups;
mod harness;
mod primaries;
mod view_services;
