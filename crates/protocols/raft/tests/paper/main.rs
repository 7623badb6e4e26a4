//! One test for each claim of the paper (Ongaro and Ousterhout 2014, extended version) and of the
//! thesis (Ongaro 2014), by section. Servers run in a test harness: every message that arrives, and
//! every timer that fires, is there to be read in the test.

#[path = "../cluster/mod.rs"]
mod cluster;
mod group;
mod messages;
mod server;

mod s5_1_terms;
mod s5_2_elections;
mod s5_3_replication;
mod s5_4_safety;
mod s5_5_crashes;
mod s5_6_timing;
mod s6_membership;
mod s7_snapshots;
mod s8_clients;
mod t10_2_pipelining;
mod t3_10_transfer;
mod t4_1_one_at_a_time;
mod t4_2_catching_up;
mod t6_2_check_quorum;
mod t6_3_sessions;
mod t6_4_leases;
mod t6_4_reads;
mod t9_6_pre_vote;
