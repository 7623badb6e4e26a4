//! Days without a storm: whatever is set, every claim holds and the clients are answered. Storms
//! are the business of the crate `soak`.

use paxos::Quorums;
use paxos::multi::{Leader, Reads, Settings};
use service::{KeyValue, Loop};
use sim_node::Span;

use crate::cluster::{at, config, hold, ms, run, spec};

#[test]
fn every_claim_holds_on_a_quiet_day() {
    let arrivals = Loop::Closed { think: Span::between(ms(10), ms(60)) };
    let workload = || KeyValue { operations: 90, keys: 2, arrivals, ..KeyValue::default() };
    for servers in [1, 2, 3, 4, 5] {
        for reads in [Reads::Log, Reads::Quorum] {
            for alpha in [1, 16] {
                let server = Settings { reads, alpha, snapshot_every: 10, ..config(servers) };
                let outcome = run(spec(server, workload(), at(15_000)), 1);
                hold(&outcome, &format!("{servers} servers, {reads:?}, alpha {alpha}"));
            }
        }
        let flexible = Quorums::Flexible { prepare: servers, accept: 1 };
        let server = Settings { quorums: flexible, ..config(servers) };
        hold(&run(spec(server, workload(), at(15_000)), 1), "the least phase 2");
    }
}

#[test]
fn the_server_that_a_single_client_asks_leads_where_everybody_may() {
    let workload = KeyValue { clients: 1, operations: 20, ..KeyValue::default() };
    let server = Settings { leader: Leader::Everybody, ..config(3) };
    hold(&run(spec(server, workload, at(15_000)), 1), "no rival");
}
