//! Multi-Paxos, claim by claim: Lamport 2001 ("Paxos Made Simple") by section, and the papers that
//! made a system of it.

mod catching_up;
mod cluster;
mod counts;
mod flexible;
mod harness;
mod images;
mod judged;
mod kept;
mod leaders;
mod phase_1;
mod phase_2;
mod quiet_days;
mod reads;
mod reconfiguration;
mod settings;
