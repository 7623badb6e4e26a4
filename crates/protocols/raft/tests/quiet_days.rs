//! Days without a storm: whatever is set, every claim holds and the clients are answered. Storms
//! are the business of the crate `soak`.

mod cluster;

use cluster::{at, config, hold, link, ms, run, spec, workload};
use raft::{Config, Reads};
use sim_engine::Delay;
use sim_node::Span;

#[test]
fn every_claim_holds_on_a_quiet_day() {
    for servers in [1, 2, 3, 5] {
        for reads in [Reads::Log, Reads::ReadIndex, Reads::Lease] {
            let server = Config { reads, snapshot_every: 10, ..config(servers) };
            let links = link(Delay::Constant(ms(2)));
            let spec = spec(servers, server, workload(90), links, at(15_000));
            hold(&run(spec, 1), &format!("{servers} servers, {reads:?}"));
        }
    }
}

#[test]
fn a_slow_election_timeout_is_still_one() {
    let server = Config { election_timeout: Span::between(ms(1_000), ms(2_000)), ..config(3) };
    let spec = spec(3, server, workload(30), link(Delay::Constant(ms(2))), at(15_000));
    hold(&run(spec, 3), "slow timeouts");
}
