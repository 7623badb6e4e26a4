//! What a run without failures costs, as equalities: messages and message delays.

mod cluster;

use cluster::{GETS, PUTS, at, config, hold, one_client, run, sent, spec};
use primary_backup::Reads;
use service::Mix;
use sim_engine::Outcome;

const ALL: [u32; 4] = [2, 3, 5, 7];

fn quiet(replicas: u32, reads: Reads, operations: u32, mix: Mix) -> (Outcome, Vec<u64>) {
    let workload = one_client(operations, mix, 20);
    let (outcome, watch) = run(spec(config(replicas, reads), workload, at(6_000)));
    hold(&outcome, "a quiet run");
    assert_eq!(watch.delays().len(), operations as usize);
    assert_eq!(outcome.counts.retransmission, 0);
    (outcome, watch.delays())
}

/// What 100 operations more cost: protocol messages, client messages.
fn costs(replicas: u32, reads: Reads, mix: Mix) -> (u64, u64) {
    let (few, many) = (quiet(replicas, reads, 10, mix).0, quiet(replicas, reads, 110, mix).0);
    (many.counts.protocol - few.counts.protocol, many.counts.client - few.counts.client)
}

/// Budhiraja and others 1993; van Renesse and Schneider 2004, section 4: the primary sends the
/// update to each backup, and each acknowledges it.
#[test]
fn an_update_costs_two_messages_to_each_backup() {
    for n in ALL {
        let backups = u64::from(n) - 1;
        assert_eq!(costs(n, Reads::Forward, PUTS), (100 * 2 * backups, 100 * 2), "{n} replicas");
        let (few, many) = (quiet(n, Reads::Local, 10, PUTS).0, quiet(n, Reads::Local, 110, PUTS).0);
        assert_eq!(sent(&many, "Forward") - sent(&few, "Forward"), 100 * backups);
        assert_eq!(sent(&many, "Ack") - sent(&few, "Ack"), 100 * backups);
    }
}

/// Request, forward, acknowledgement, reply.
#[test]
fn an_update_takes_four_message_delays() {
    for n in ALL {
        let (_, delays) = quiet(n, Reads::Forward, 50, PUTS);
        // The first may find that the primary has just begun.
        assert_eq!(delays[1..], [4; 49], "{n} replicas");
    }
    let (_, delays) = quiet(1, Reads::Forward, 50, PUTS);
    assert_eq!(delays[1..], [2; 49], "alone");
}

/// A read at the primary: the request and the reply.
#[test]
fn a_read_alone_costs_two_client_messages() {
    for n in ALL {
        for reads in [Reads::Local, Reads::Lease] {
            assert_eq!(costs(n, reads, GETS), (0, 100 * 2), "{n} replicas, {reads:?}");
            assert_eq!(quiet(n, reads, 50, GETS).1[1..], [2; 49], "{n} replicas, {reads:?}");
        }
    }
}

/// What it costs to be sure without clocks.
#[test]
fn a_confirmed_read_costs_two_messages_to_each_backup() {
    for n in ALL {
        let backups = u64::from(n) - 1;
        assert_eq!(costs(n, Reads::Forward, GETS), (100 * 2 * backups, 100 * 2), "{n} replicas");
        assert_eq!(quiet(n, Reads::Forward, 50, GETS).1[1..], [4; 49], "{n} replicas");
    }
}

/// Heartbeats are told apart: a ping and a pong each time, from each replica.
#[test]
fn an_idle_service_sends_nothing_but_pings() {
    for n in ALL {
        let (outcome, _) = run(spec(config(n, Reads::Forward), one_client(0, PUTS, 20), at(3_000)));
        let backups = u64::from(n) - 1;
        // The first primary asks its backups whether they follow, and acknowledges the view.
        assert_eq!(outcome.counts.protocol, 2 * backups + 1, "{n} replicas");
        assert_eq!(sent(&outcome, "Ping"), u64::from(n) * 101, "{n} replicas");
    }
}
