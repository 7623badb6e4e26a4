//! What a failure-free run costs, as equalities.

mod cluster;

use cluster::{at, config, hold, link, ms, run, sent, spec};
use raft::Config;
use service::{KeyValue, Loop, Mix};
use sim_engine::{Delay, Outcome};
use sim_node::Span;

/// One client that puts, one operation after the other.
fn puts(operations: u32) -> KeyValue {
    KeyValue {
        clients: 1,
        operations,
        mix: Mix { get: 0, put: 1, append: 0, cas: 0, delete: 0 },
        arrivals: Loop::Closed { think: Span::exactly(ms(10)) },
        ..KeyValue::default()
    }
}

/// A run without faults in which node 0 is elected without a rival.
fn quiet(servers: u32, operations: u32) -> Outcome {
    let server = Config {
        entries_per_append: 1,
        election_timeout: Span::between(ms(150), ms(1_000)),
        ..config(servers)
    };
    let mut spec =
        spec(servers, server, puts(operations), link(Delay::Constant(ms(1))), at(20_000));
    // A seed in which the first to campaign has no rival: no two first timeouts within a round trip.
    spec.calm = None;
    let outcome = (0..)
        .map(|seed| run(spec.clone(), seed))
        .find(|outcome| sent(outcome, "RequestVote") == u64::from(servers) - 1);
    let outcome = outcome.expect("a seed without a rival");
    hold(&outcome, "a quiet run");
    outcome
}

#[test]
fn an_entry_costs_two_messages_to_each_follower() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let (few, many) = (quiet(servers, 10), quiet(servers, 110));
        // The client asks again until a leader is elected, and then never more.
        assert_eq!(many.counts.retransmission, few.counts.retransmission, "{servers} servers");
        assert_eq!(many.counts.protocol - few.counts.protocol, 100 * 2 * (n - 1));
        // The entries of the clients, and the empty one of the election.
        assert_eq!(sent(&many, "AppendEntries"), 111 * (n - 1));
        assert_eq!(sent(&many, "AppendReply"), 111 * (n - 1));
    }
}

#[test]
fn an_election_without_a_rival_costs_two_messages_to_each_voter() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let outcome = quiet(servers, 0);
        assert_eq!(sent(&outcome, "RequestVote"), n - 1, "{servers} servers");
        assert_eq!(sent(&outcome, "Vote"), n - 1, "{servers} servers");
        // Besides, there is the empty entry of the election; then only heartbeats.
        assert_eq!(outcome.counts.protocol, 2 * (n - 1) + 2 * (n - 1), "{servers} servers");
        assert!(outcome.counts.heartbeat > 100 * (n - 1), "{servers} servers");
    }
}
