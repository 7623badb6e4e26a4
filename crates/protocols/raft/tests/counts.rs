//! What a failure-free run costs, as equalities: messages between servers, the commit index on the
//! next append or heartbeat, one entry per append, one client that waits for each answer.

mod cluster;

use cluster::{at, config, hold, link, ms, run, sent, spec};
use raft::{Config, Reads};
use service::{KeyValue, Loop, Mix};
use sim_engine::{Delay, Outcome};
use sim_node::Span;

/// One client, one operation after the other: of 4ms, and then 46ms of thought, so that heartbeats,
/// every 50ms, always fall into the same place between two operations.
fn client(operations: u32, mix: Mix) -> KeyValue {
    KeyValue {
        clients: 1,
        operations,
        mix,
        arrivals: Loop::Closed { think: Span::exactly(ms(46)) },
        ..KeyValue::default()
    }
}

const PUTS: Mix = Mix { get: 0, put: 1, append: 0, cas: 0, delete: 0 };
const GETS: Mix = Mix { get: 1, put: 0, append: 0, cas: 0, delete: 0 };

/// A run without faults in which the first to campaign has no rival.
fn quiet(server: &Config, operations: u32, mix: Mix) -> Outcome {
    let servers = u32::try_from(server.voters().len()).expect("a few");
    let workload = client(operations, mix);
    let spec = spec(servers, server.clone(), workload, link(Delay::Constant(ms(1))), at(20_000));
    let outcome = (0..)
        .map(|seed| run(spec.clone(), seed))
        .find(|outcome| sent(outcome, "RequestVote") == u64::from(servers) - 1);
    let outcome = outcome.expect("a seed without a rival");
    hold(&outcome, "a quiet run");
    outcome
}

/// Timeouts are far apart, so that most elections have no rival.
fn server(servers: u32) -> Config {
    Config {
        entries_per_append: 1,
        election_timeout: Span::between(ms(150), ms(1_000)),
        ..config(servers)
    }
}

#[test]
fn an_entry_costs_two_messages_to_each_follower() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let (few, many) = (quiet(&server(servers), 10, PUTS), quiet(&server(servers), 110, PUTS));
        // The client asks again until a leader is elected, and then never more.
        assert_eq!(many.counts.retransmission, few.counts.retransmission, "{servers} servers");
        assert_eq!(many.counts.protocol - few.counts.protocol, 100 * 2 * (n - 1));
        // The entries of the clients, and the empty one of the election.
        assert_eq!(sent(&many, "AppendEntries"), 111 * (n - 1));
        assert_eq!(sent(&many, "AppendEntriesReply"), 111 * (n - 1));
    }
}

#[test]
fn an_election_without_a_rival_costs_two_messages_to_each_voter() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let outcome = quiet(&server(servers), 0, PUTS);
        assert_eq!(sent(&outcome, "RequestVote"), n - 1, "{servers} servers");
        assert_eq!(sent(&outcome, "RequestVoteReply"), n - 1, "{servers} servers");
        // Besides, there is the empty entry of the election; then only heartbeats.
        assert_eq!(outcome.counts.protocol, 2 * (n - 1) + 2 * (n - 1), "{servers} servers");
        assert!(outcome.counts.heartbeat > 100 * (n - 1), "{servers} servers");
        // Without the empty entry there is nothing else.
        let outcome = quiet(&Config { noop: false, ..server(servers) }, 0, PUTS);
        assert_eq!(outcome.counts.protocol, 2 * (n - 1), "{servers} servers");
        assert!(outcome.counts.heartbeat > 100 * (n - 1), "{servers} servers");
    }
}

#[test]
fn a_read_by_read_index_costs_a_round() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let server = Config { reads: Reads::ReadIndex, ..server(servers) };
        let (few, many) = (quiet(&server, 10, GETS), quiet(&server, 110, GETS));
        let more = |kind| sent(&many, kind) - sent(&few, kind);
        assert_eq!(more("ReadIndex"), 100 * (n - 1), "{servers} servers");
        assert_eq!(more("ReadIndexReply"), 100 * (n - 1), "{servers} servers");
        assert_eq!(many.counts.protocol - few.counts.protocol, 100 * 2 * (n - 1));
        assert_eq!(sent(&many, "AppendEntries"), n - 1, "no entry but that of the election");
    }
}

#[test]
fn a_read_by_lease_costs_nothing() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let server = Config { reads: Reads::Lease, ..server(servers) };
        let (few, many) = (quiet(&server, 10, GETS), quiet(&server, 110, GETS));
        assert_eq!(many.counts.protocol, few.counts.protocol, "{servers} servers");
        assert_eq!(sent(&many, "AppendEntries"), n - 1, "no entry but that of the election");
        // Each read is asked once and answered once.
        assert_eq!(sent(&many, "Request") - sent(&few, "Request"), 100);
        assert_eq!(sent(&many, "Reply") - sent(&few, "Reply"), 100);
    }
}

#[test]
fn a_read_in_the_log_costs_what_a_write_does() {
    for servers in [3, 5, 7, 9] {
        let n = u64::from(servers);
        let (few, many) = (quiet(&server(servers), 10, GETS), quiet(&server(servers), 110, GETS));
        assert_eq!(many.counts.protocol - few.counts.protocol, 100 * 2 * (n - 1));
    }
}
