//! What a scenario may set, and what it is told when that makes no sense.

use std::sync::Arc;

use paxos::Quorums;
use paxos::single::{Config, Paxos, Proposers, SendTo, Settings, Start, Trusted};
use sim_node::{Duration, Span};
use sim_protocol::{Core, Protocol, SettingsError};

use crate::harness::ms;

pub(crate) fn settings(nodes: u32) -> Settings {
    Settings {
        nodes,
        proposers: Proposers::Acceptors,
        start: Start::Everybody,
        quorums: Quorums::Majority,
        unsafe_quorums: false,
        send_to: SendTo::Everybody,
        learn: paxos::single::Learn::FromProposer,
        leader: None,
        prepare_ahead: false,
        backoff: Span::exactly(ms(10)),
        resend: ms(100),
        ask: ms(500),
        barrier: true,
        mutant: None,
    }
}

fn config(settings: &Settings) -> (Arc<Config>, u32, Core) {
    let setup = Paxos::setup(settings, None).expect("it makes sense");
    (setup.config, setup.others, setup.core)
}

fn error(settings: &Settings) -> SettingsError {
    Paxos::setup(settings, None).expect_err("it makes no sense")
}

const OMEGA: Trusted = Trusted::Omega { period: ms_100(), timeout: ms_100(), increase: ms_100() };

const fn ms_100() -> Duration {
    Duration::from_millis(100)
}

/// The calm must bring back a quorum of each phase.
#[test]
fn the_core_has_a_quorum_of_each_phase() {
    assert_eq!(config(&settings(5)).2, Core::AtLeast(3));
    for (prepare, accept, most) in [(4, 2, 4), (2, 4, 4), (5, 1, 5), (3, 3, 3)] {
        let quorums = Quorums::Flexible { prepare, accept };
        let (config, _, core) = config(&Settings { quorums, ..settings(5) });
        assert_eq!((config.prepare(), config.accept()), (prepare, accept));
        assert_eq!(core, Core::AtLeast(most));
    }
}

#[test]
fn quorums_that_may_miss_each_other_are_refused_unless_asked_for() {
    let quorums = Quorums::Flexible { prepare: 2, accept: 2 };
    let missing = Settings { quorums, ..settings(4) };
    let error = error(&missing);
    assert_eq!(error.field, "quorums");
    assert!(error.message.contains("may miss each other"), "{}", error.message);
    let (config, ..) = config(&Settings { unsafe_quorums: true, ..missing });
    assert_eq!((config.prepare(), config.accept()), (2, 2));
}

#[test]
fn quorums_of_nobody_or_of_too_many_are_refused_always() {
    for (prepare, accept) in [(0, 4), (4, 0), (5, 1), (1, 5)] {
        let quorums = Quorums::Flexible { prepare, accept };
        let wrong = Settings { quorums, unsafe_quorums: true, ..settings(4) };
        assert_eq!(error(&wrong).field, "quorums", "{prepare} and {accept}");
    }
}

#[test]
fn a_leader_is_for_proposers_that_are_acceptors() {
    let leader = Some(OMEGA);
    assert!(config(&Settings { leader, ..settings(3) }).0.leader.is_some());
    let separate = Settings { leader, proposers: Proposers::Separate(2), ..settings(3) };
    assert_eq!(error(&separate).field, "leader");
    let never = Some(Trusted::Omega { period: ms(0), timeout: ms(1), increase: ms(0) });
    assert_eq!(error(&Settings { leader: never, ..settings(3) }).field, "leader");
    assert_eq!(error(&Settings { prepare_ahead: true, ..settings(3) }).field, "prepare_ahead");
    config(&Settings { prepare_ahead: true, leader, ..settings(3) });
}

#[test]
fn separate_proposers_follow_the_acceptors() {
    let separate = Settings { proposers: Proposers::Separate(2), ..settings(3) };
    assert_eq!(config(&separate).1, 2);
    for none in [0, 100] {
        let wrong = Settings { proposers: Proposers::Separate(none), ..settings(3) };
        assert_eq!(error(&wrong).field, "proposers");
    }
    let given = |number: u32| Start::Given([(number, paxos::single::Value(7))].into());
    config(&Settings { start: given(4), ..separate.clone() });
    assert_eq!(error(&Settings { start: given(5), ..separate.clone() }).field, "start");
    let no_proposer = error(&Settings { start: given(2), ..separate });
    assert_eq!(no_proposer.message, "process 2 is no proposer; those begin with 3");
}

#[test]
fn times_must_make_sense() {
    assert_eq!(error(&Settings { resend: ms(0), ..settings(3) }).field, "resend");
    assert_eq!(error(&Settings { ask: ms(0), ..settings(3) }).field, "ask");
    let backoff = Span::exactly(Duration::from_secs(100_000));
    assert_eq!(error(&Settings { backoff, ..settings(3) }).field, "backoff");
}
