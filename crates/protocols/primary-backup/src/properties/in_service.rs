//! PB6: once all faults have ended (`calm`), a primary serves soon, and at the deadline.

use sim_check::{Claim, Judge, Kind, Obligation, Property, SimTime, View};
use sim_node::{Duration, Effect, Node, NodeId};

use super::{replica, view_service};
use crate::{Config, Party, Replica};

/// PB6 in-service.
#[derive(Clone, Debug)]
pub struct InService {
    config: Config,
    /// When all faults had ended.
    calm: Option<SimTime>,
    /// When a primary first served after it.
    served: Option<SimTime>,
}

/// Within so many timeouts of the view service, and so many times the pause between two sendings of
/// the same, all that are up have sent a ping, and each that was suspected meanwhile has been
/// replaced.
const PATIENCE: u64 = 10;

impl Property<Party> for InService {
    const CLAIM: Claim = Claim {
        code: "PB6",
        name: "in-service",
        kind: Kind::Liveness,
        meaning: "once all faults have ended (`calm`), the primary of the current view serves within 10 \
                  timeouts and 10 retries, and at the deadline",
        source: "Budhiraja, Marzullo, Schneider and Toueg 1993, Pb4; MIT 6.824, lab 2",
    };

    fn new(config: &<Party as Node>::Config, _: u32) -> Self {
        Self { config: config.replica.config.clone(), calm: None, served: None }
    }

    fn after(&mut self, view: &View<'_, Party>, node: NodeId, _: &[Effect<Party>], _: &mut Judge) {
        if self.calm.is_some() && self.served.is_none() {
            let may_serve =
                replica(view, node).is_some_and(serves) || node == self.config.view_service();
            self.served = (may_serve && self.primary(view).is_some()).then_some(view.time);
        }
    }

    fn calm(&mut self, view: &View<'_, Party>, _: &mut Judge) {
        self.calm = Some(view.time);
        self.served = self.primary(view).map(|_| view.time);
    }

    fn end(&mut self, view: &View<'_, Party>, judge: &mut Judge) {
        judge.judged();
        let Some(calm) = self.calm else { return };
        let took = self.served.unwrap_or(view.time) - calm;
        if took > self.patience() {
            let detail = format!("no primary served for {took} after the faults had ended");
            judge.violate(None, detail, &[]);
        }
    }

    fn unmet(&self, view: &View<'_, Party>) -> Option<Obligation> {
        if self.primary(view).is_some() {
            return None;
        }
        Some(Obligation { node: None, detail: "no primary of the current view serves".to_owned() })
    }
}

impl InService {
    /// The primary that the view service names, if it serves.
    fn primary(&self, view: &View<'_, Party>) -> Option<NodeId> {
        let current = view_service(view, self.config.view_service())?.view();
        let leading = replica(view, current.primary)?.leading()?;
        let is_it = leading.view().epoch == current.epoch && leading.is_in_service();
        is_it.then_some(current.primary)
    }

    fn patience(&self) -> Duration {
        let once = self.config.timeout.saturating_add(self.config.retry);
        let lease = self.config.lease;
        once.saturating_mul(PATIENCE).saturating_add(lease)
    }
}

fn serves(replica: &Replica) -> bool {
    replica.leading().is_some_and(|leading| leading.is_in_service())
}
