//! What operations cost without failures, as equalities: messages, and message delays.
//!
//! Sections 3 and 4 of van Renesse and Schneider 2004; section 2.3 of Terrace and Freedman 2009.

mod cluster;

use chain_replication::{Config, Consistency, Reads};
use cluster::{GETS, PUTS, clients, config, run, sent, spec, without_acks};
use service::Mix;

const LENGTHS: [u32; 5] = [1, 2, 3, 5, 7];

fn craq(replicas: u32) -> Config {
    Config { reads: Reads::Any(Consistency::Strong), ..config(replicas) }
}

#[test]
fn an_update_costs_a_forward_and_an_acknowledgement_for_each_link() {
    for config in LENGTHS.map(config).into_iter().chain(LENGTHS.map(craq)) {
        let t = u64::from(config.nodes);
        let (few, _) = run(spec(config.clone(), clients(1, 10, PUTS)));
        let (many, trace) = run(spec(config, clients(1, 110, PUTS)));
        assert_eq!(many.counts.protocol - few.counts.protocol, 100 * 2 * (t - 1), "t = {t}");
        assert_eq!(sent(&many, "Update"), 110 * (t - 1), "t = {t}");
        assert_eq!(sent(&many, "Ack"), 110 * (t - 1), "t = {t}");
        assert_eq!(many.counts.client - few.counts.client, 100 * 2, "t = {t}");
        assert_eq!(many.counts.retransmission, 0, "t = {t}");
        // From the client to the head, down the chain, and from the tail to the client.
        assert!(trace.operations.iter().all(|asked| asked.delays() == t + 1), "t = {t}");
    }
}

#[test]
fn a_query_is_between_client_and_tail() {
    for t in LENGTHS {
        let (few, _) = run(spec(config(t), clients(1, 10, GETS)));
        let (many, trace) = run(spec(config(t), clients(1, 110, GETS)));
        assert_eq!(many.counts.protocol, 0, "t = {t}");
        assert_eq!(many.counts.client - few.counts.client, 100 * 2, "t = {t}");
        // The first one asked the head, which sent it on.
        let known = &trace.operations[1..];
        assert!(known.iter().all(|asked| asked.delays() == 2), "t = {t}");
    }
}

#[test]
fn a_clean_version_is_read_at_once_at_every_replica() {
    for t in LENGTHS {
        let (few, _) = run(spec(craq(t), clients(t, 10 * t, GETS)));
        let (many, trace) = run(spec(craq(t), clients(t, 110 * t, GETS)));
        assert_eq!(many.counts.protocol, 0, "t = {t}");
        let more = many.counts.client - few.counts.client;
        assert_eq!(more, 100 * 2 * u64::from(t), "t = {t}");
        assert_eq!(many.counts.client, 110 * 2 * u64::from(t), "nobody is sent elsewhere");
        assert!(trace.operations.iter().all(|asked| asked.delays() == 2), "t = {t}");
    }
}

/// "If the object is dirty, the node contacts the tail and asks for its last committed version
/// number": two messages more, and two delays. At the tail nothing is dirty.
#[test]
fn a_dirty_version_costs_a_question_to_the_tail() {
    let mix = Mix { get: 9, put: 1, ..PUTS };
    for t in [2, 3, 5, 7] {
        let config = cluster::with(craq(t), |it| it.retry = cluster::ms(1_000_000));
        let (outcome, trace) = run(without_acks(spec(config, clients(t, 40 * t, mix))));
        let tail = 2 * t;
        let (mut clean, mut dirty) = (0, 0);
        for asked in trace.operations.iter().filter(|asked| asked.command.is_read()) {
            match asked.delays() {
                2 => clean += 1,
                4 if asked.operation.client.node.number() < tail => dirty += 1,
                other => panic!("t = {t}: {other} delays"),
            }
        }
        assert!(clean > 10 && dirty > 10, "t = {t}: {clean} clean and {dirty} dirty");
        assert_eq!(sent(&outcome, "VersionQuery"), dirty, "t = {t}");
        assert_eq!(sent(&outcome, "Version"), dirty, "t = {t}");
        let puts = trace.operations.iter().filter(|asked| !asked.command.is_read()).count();
        // An update is acknowledged by the tail only: the others are not told.
        let protocol = puts as u64 * (u64::from(t) - 1 + 1) + 2 * dirty;
        assert_eq!(outcome.counts.protocol, protocol, "t = {t}");
    }
}
