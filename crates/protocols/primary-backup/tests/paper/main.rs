//! Claims of the papers and of the lab, one test each, on one node driven by hand.

mod backups;
mod hand;
mod primaries;
mod view_services;
