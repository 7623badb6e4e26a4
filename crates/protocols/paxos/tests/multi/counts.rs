//! What a failure-free run costs, as equalities: messages between servers, the commit on the next
//! proposal or heartbeat, one client that waits for each answer.

use paxos::multi::{Reads, Settings};
use service::{KeyValue, Loop, Mix};
use sim_engine::Outcome;
use sim_node::Span;

use crate::cluster::{at, config, hold, ms, run, sent, spec};

const PUTS: Mix = Mix { get: 0, put: 1, append: 0, cas: 0, delete: 0 };
const GETS: Mix = Mix { get: 1, put: 0, append: 0, cas: 0, delete: 0 };

/// One client, one operation after the other: of 4ms, and then 46ms of thought.
fn client(operations: u32, mix: Mix) -> KeyValue {
    KeyValue {
        clients: 1,
        operations,
        mix,
        arrivals: Loop::Closed { think: Span::exactly(ms(46)) },
        ..KeyValue::default()
    }
}

fn quiet(server: &Settings, operations: u32, mix: Mix) -> Outcome {
    let outcome = run(spec(server.clone(), client(operations, mix), at(10_000)), 0);
    hold(&outcome, "a quiet run");
    assert_eq!(outcome.counts.retransmission, 0);
    outcome
}

#[test]
fn phase_1_costs_two_messages_to_each_other_member_once() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        for operations in [0, 100] {
            let outcome = quiet(&config(servers), operations, PUTS);
            assert_eq!(sent(&outcome, "Prepare"), n - 1, "{servers} servers");
            assert_eq!(sent(&outcome, "Promise"), n - 1, "{servers} servers");
        }
        // With nothing to do, that is all but heartbeats.
        assert_eq!(quiet(&config(servers), 0, PUTS).counts.protocol, 2 * (n - 1));
    }
}

#[test]
fn a_command_costs_two_messages_to_each_other_member() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let outcome = quiet(&config(servers), 100, PUTS);
        assert_eq!(sent(&outcome, "Accept"), 100 * (n - 1), "{servers} servers");
        assert_eq!(sent(&outcome, "Accepted"), 100 * (n - 1), "{servers} servers");
        // Phase 1, once, and nothing else: no replica has to fetch what was chosen.
        assert_eq!(outcome.counts.protocol, 2 * (n - 1) + 100 * 2 * (n - 1));
    }
}

#[test]
fn a_client_sends_one_message_and_gets_one() {
    for servers in [3, 5, 7, 9] {
        let outcome = quiet(&config(servers), 100, PUTS);
        assert_eq!(sent(&outcome, "Request"), 100, "{servers} servers");
        assert_eq!(sent(&outcome, "Reply"), 100, "{servers} servers");
        assert_eq!(outcome.counts.client, 200, "{servers} servers");
    }
}

#[test]
fn a_command_takes_two_delays_at_the_leader_and_four_at_the_client() {
    // The client thinks for 46ms from answer to question; a hundred operations of d delays of 1ms
    // take 100 * (46 + d), from the first question on. The deadline is between that of 4 delays
    // and that of 5.
    for servers in [3, 5, 7, 9] {
        let workload = || client(100, PUTS);
        let enough = run(spec(config(servers), workload(), at(100 * 50 + 1)), 0);
        hold(&enough, "four delays");
        // A read by a round is as long: two delays of the client, and two of the leader.
        let server = Settings { reads: Reads::Quorum, ..config(servers) };
        hold(&run(spec(server, client(100, GETS), at(100 * 50 + 1)), 0), "four delays of a read");
        let short = run(spec(config(servers), workload(), at(100 * 50 - 1)), 0);
        assert!(short.undecided.is_some() || !short.findings.is_empty(), "it is met late");
    }
}

#[test]
fn a_read_by_a_quorum_round_costs_two_messages_to_each_other_member() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let server = Settings { reads: Reads::Quorum, ..config(servers) };
        let outcome = quiet(&server, 100, GETS);
        assert_eq!(sent(&outcome, "Confirm"), 100 * (n - 1), "{servers} servers");
        assert_eq!(sent(&outcome, "Confirmed"), 100 * (n - 1), "{servers} servers");
        assert_eq!(sent(&outcome, "Accept"), 0, "it takes no slot");
    }
}
