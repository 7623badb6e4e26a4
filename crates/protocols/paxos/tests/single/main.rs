//! Single-decree Paxos, claim by claim: a file for each section of *Paxos Made Simple* (Lamport
//! 2001), and one for the messages that it costs.

mod counts;
mod flexible;
mod harness;
mod images;
mod judged;
mod s2_1_problem;
mod s2_2_choosing;
mod s2_3_learning;
mod s2_4_progress;
mod s2_5_implementation;
mod settings;
mod world;
