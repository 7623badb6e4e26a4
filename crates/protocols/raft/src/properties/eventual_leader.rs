//! RF6: once all faults have ended (`calm`), some server becomes leader within a bounded number of
//! election timeouts, and one leads at the deadline.

use sim_check::{Claim, Judge, Kind, Obligation, Property, SimTime, View};
use sim_node::{Duration, Effect, Either, Node, NodeId};

use super::server;
use crate::{Party, Server, Term, VoteResult};

/// RF6 eventual-leader.
#[derive(Clone, Debug)]
pub struct EventualLeader {
    /// How long after the faults have ended there may be no leader.
    patience: Duration,
    /// When all faults had ended.
    calm: Option<SimTime>,
    /// When a server first led after that.
    led: Option<SimTime>,
}

/// An election that fails takes a timeout, and each succeeds with a fair chance (section 9.3): this
/// many failures in a row do not happen where timeouts fit the network.
const TIMEOUTS: u64 = 30;

impl Property<Party> for EventualLeader {
    const CLAIM: Claim = Claim {
        code: "RF6",
        name: "eventual-leader",
        kind: Kind::Liveness,
        meaning: "once all faults have ended (`calm`), some server becomes leader within 30 election \
                  timeouts, and one leads at the deadline",
        source: "Ongaro and Ousterhout 2014 (extended version), sections 5.6 and 9.3",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let patience = config.server.election_timeout.longest().saturating_mul(TIMEOUTS);
        Self { patience, calm: None, led: None }
    }

    fn after(&mut self, view: &View<'_, Party>, node: NodeId, _: &[Effect<Party>], _: &mut Judge) {
        if self.calm.is_some() && self.led.is_none() {
            let leads = server(view, node).is_some_and(Server::is_leader);
            self.led = (leads && leader(view).is_some()).then_some(view.time);
        }
    }

    fn calm(&mut self, view: &View<'_, Party>, _: &mut Judge) {
        self.calm = Some(view.time);
        self.led = leader(view).map(|_| view.time);
    }

    fn end(&mut self, view: &View<'_, Party>, judge: &mut Judge) {
        judge.judged();
        let Some(calm) = self.calm else { return };
        let took = self.led.unwrap_or(view.time) - calm;
        if took > self.patience {
            let detail = format!(
                "no server led for {took} after the faults had ended, more than {TIMEOUTS} election \
                 timeouts"
            );
            judge.violate(None, detail, &[]);
        }
    }

    fn unmet(&self, view: &View<'_, Party>) -> Option<Obligation> {
        if leader(view).is_some() {
            return None;
        }
        let detail = format!("no server leads in term {}", latest(view)?);
        Some(Obligation { node: None, detail })
    }
}

/// The leader: a server that is up and in state leader, unless a majority of its configuration's
/// voters is in a newer term. Terms of other servers are ignored: a removed or a badly connected
/// server may be in a newer term although nobody follows it. The leader need not be one of the
/// servers that are guaranteed to be up (`Core`).
fn leader(view: &View<'_, Party>) -> Option<NodeId> {
    let leads = |leader: &Server| {
        let is_in_no_newer_term = |voter| Some(server(view, voter)?.term() <= leader.term());
        leader.is_leader() && leader.configuration().vote(is_in_no_newer_term) != VoteResult::Lost
    };
    let mut up = view.up().filter_map(|(node, state)| Some((node, as_server(state)?)));
    up.find(|(_, server)| leads(server)).map(|(node, _)| node)
}

/// The latest term among the servers that are guaranteed to be up (`Core`).
fn latest(view: &View<'_, Party>) -> Option<Term> {
    view.correct().filter_map(|(_, state)| as_server(state)).map(Server::term).max()
}

fn as_server(party: &Party) -> Option<&Server> {
    match party {
        Either::Server(server) => Some(server),
        Either::Client(_) => None,
    }
}
