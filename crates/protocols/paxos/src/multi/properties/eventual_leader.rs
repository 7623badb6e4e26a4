//! MP6: once all faults have ended (`calm`), some server becomes leader within a bounded time, and
//! one leads at the deadline.

use sim_check::{Claim, Judge, Kind, Obligation, Property, SimTime, View};
use sim_node::{Duration, Effect, Either, Node, NodeId};

use super::server;
use crate::multi::{Leader, Party, Server};

/// MP6 eventual-leader.
#[derive(Clone, Debug)]
pub struct EventualLeader {
    /// How long after the faults have ended there may be no leader.
    bound: Duration,
    /// When all faults had ended.
    calm: Option<SimTime>,
    /// When a server first led after that.
    led: Option<SimTime>,
}

/// A detector's timeout has grown by a step with each mistake of the storm; then two servers may
/// outbid each other a few times.
const TIMEOUTS: u64 = 30;

impl Property<Party> for EventualLeader {
    const CLAIM: Claim = Claim {
        code: "MP6",
        name: "eventual-leader",
        kind: Kind::Liveness,
        meaning: "once all faults have ended (`calm`), some server becomes leader within 30 \
                  timeouts of the detector, and one leads at the deadline",
        source: "Lamport 2001, section 2.4; Chandra, Hadzilacos, Toueg 1996",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        let detector = config.server.omega.detector;
        let bound = (detector.timeout + detector.period).saturating_mul(TIMEOUTS);
        Self { bound, calm: None, led: None }
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
        if let Some(calm) = self.calm.filter(|_| is_due(view)) {
            let took = self.led.unwrap_or(view.time) - calm;
            if took > self.bound {
                let bound = self.bound;
                let detail = format!(
                    "no server led for {took} after the faults had ended, more than {bound}"
                );
                judge.violate(None, detail, &[]);
            }
        }
    }

    fn unmet(&self, view: &View<'_, Party>) -> Option<Obligation> {
        if is_led(view) || !is_due(view) {
            return None;
        }
        let mut servers = view.correct().filter(|(_, party)| matches!(party, Either::Server(_)));
        servers.next()?;
        Some(Obligation { node: None, detail: "no server leads".to_owned() })
    }
}

/// Where everybody may lead, they may outbid each other for ever.
fn is_due(view: &View<'_, Party>) -> bool {
    view.config.server.leader == Leader::Omega
}

/// Whether a server leads: it has done phase 1, and is not bound to fail in phase 2. If so many
/// members have promised a higher ballot that the others are no quorum, it leads no longer and does
/// not know. A leader need not be one of the servers that are guaranteed to be up (`Core`).
fn is_led(view: &View<'_, Party>) -> bool {
    let config = &view.config.server;
    let leads = |leader: &Server| {
        let members = leader.configurations().at(leader.executed().next());
        let refuses = |member: &NodeId| {
            server(view, *member).is_some_and(|member| member.promised() > leader.ballot())
        };
        let refusals = members.iter().filter(refuses).count();
        leader.is_leader() && members.len() - refusals >= config.accept_quorum(members)
    };
    view.up().any(|(_, party)| matches!(party, Either::Server(server) if leads(server)))
}
