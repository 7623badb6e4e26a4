//! MP6: once the cluster is calm it has a leader, within a bounded time and at the deadline.

use sim_check::{Claim, Judge, Kind, Obligation, Property, SimTime, View};
use sim_node::{Duration, Effect, Either, Node, NodeId};

use super::server;
use crate::multi::{Leader, Party, Server};

/// MP6 leader.
#[derive(Clone, Debug)]
pub struct LeaderAfterCalm {
    /// Within so long after the calm somebody leads.
    patience: Duration,
    /// When the calm began.
    calm: Option<SimTime>,
    /// When somebody first led after it.
    led: Option<SimTime>,
}

/// A detector's timeout has grown by a step with each mistake of the storm; then two servers may
/// outbid each other a few times.
const TIMEOUTS: u64 = 30;

impl Property<Party> for LeaderAfterCalm {
    const CLAIM: Claim = Claim {
        code: "MP6",
        name: "leader-after-calm",
        kind: Kind::Liveness,
        meaning: "once the cluster is calm, a server leads within 30 timeouts of the detector that \
                  chooses it, and at the deadline",
        source: "Lamport 2001, section 2.4; Chandra, Hadzilacos, Toueg 1996",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let detector = config.server.omega.detector;
        let patience = (detector.timeout + detector.period).saturating_mul(TIMEOUTS);
        Self { patience, calm: None, led: None }
    }

    fn after(&mut self, view: &View<'_, Party>, node: NodeId, _: &[Effect<Party>], _: &mut Judge) {
        if self.calm.is_some() && self.led.is_none() {
            let leads = server(view, node).is_some_and(Server::is_leader);
            self.led = (leads && is_led(view)).then_some(view.time);
        }
    }

    fn calm(&mut self, view: &View<'_, Party>, _: &mut Judge) {
        self.calm = Some(view.time);
        self.led = is_led(view).then_some(view.time);
    }

    fn end(&mut self, view: &View<'_, Party>, judge: &mut Judge) {
        judge.judged();
        let Some(calm) = self.calm.filter(|_| is_promised(view)) else { return };
        let took = self.led.unwrap_or(view.time) - calm;
        if took > self.patience {
            let detail = format!("nobody led for {took} after the calm, {} at most", self.patience);
            judge.violate(None, detail, &[]);
        }
    }

    fn unmet(&self, view: &View<'_, Party>) -> Option<Obligation> {
        if is_led(view) || !is_promised(view) {
            return None;
        }
        let mut servers = view.correct().filter(|(_, party)| matches!(party, Either::Server(_)));
        servers.next()?;
        Some(Obligation { node: None, detail: "nobody leads".to_owned() })
    }
}

/// Where everybody may lead, nothing promises that anybody does for long.
fn is_promised(view: &View<'_, Party>) -> bool {
    view.config.server.leader == Leader::Omega
}

/// Whether somebody leads: has done phase 1, and is not known to fail in phase 2. Whom so many
/// members have outbid that the others are no quorum leads no longer and does not know. Whoever
/// leads the core may be outside it, as long as it is up.
fn is_led(view: &View<'_, Party>) -> bool {
    let config = &view.config.server;
    let leads = |leader: &Server| {
        let members = leader.configurations().at(leader.executed().next());
        let refuses = |member: &&NodeId| {
            server(view, **member).is_some_and(|member| member.promised() > leader.ballot())
        };
        let refusals = members.iter().filter(refuses).count();
        leader.is_leader() && members.len() - refusals >= config.accept_quorum(members)
    };
    view.up().any(|(_, party)| matches!(party, Either::Server(server) if leads(server)))
}
