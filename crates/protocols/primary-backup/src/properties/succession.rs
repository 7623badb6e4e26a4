//! PB4: who may be what in the next view.

use std::collections::BTreeSet;
use std::sync::Arc;

use sim_check::{Claim, Judge, Kind, Property, size_of_entries};
use sim_node::{Effect, Event, Node, NodeId};

use super::view_service;
use crate::{Message, Party, View, ViewNumber, ViewService};

/// PB4 succession.
#[derive(Clone, Debug)]
pub struct Succession {
    /// The latest view.
    latest: Option<Arc<View>>,
    /// The views that their primaries have acknowledged to the view service.
    acknowledged: BTreeSet<ViewNumber>,
}

impl Property<Party> for Succession {
    const CLAIM: Claim = Claim {
        code: "PB4",
        name: "succession",
        kind: Kind::Safety,
        meaning: "the primary of a view was primary or backup of the view before, and a recruit \
                  becomes a backup only once the primary has acknowledged the view in which it was \
                  recruited",
        source: "MIT 6.824, lab 2",
    };

    fn new(_: &<Party as Node>::Config, _: u32) -> Self {
        Self { latest: None, acknowledged: BTreeSet::new() }
    }

    /// What the view service is told.
    fn before(
        &mut self,
        view: &sim_check::View<'_, Party>,
        node: NodeId,
        event: &Event<Party>,
        _: &mut Judge,
    ) {
        let Event::Message { from, message } = event else { return };
        let number = match message {
            Message::Acknowledge(number) => *number,
            Message::Ping(ping) => ping.acknowledged,
            _ => return,
        };
        let current = view_service(view, node).map(ViewService::view);
        if current.is_some_and(|view| view.number == number && view.primary == *from) {
            self.acknowledged.insert(number);
        }
    }

    fn after(
        &mut self,
        view: &sim_check::View<'_, Party>,
        node: NodeId,
        _: &[Effect<Party>],
        judge: &mut Judge,
    ) {
        let Some(service) = view_service(view, node) else { return };
        let now = service.view();
        if self.latest.as_ref().is_some_and(|latest| Arc::ptr_eq(latest, now)) {
            return;
        }
        let Some(before) = &self.latest else {
            self.latest = Some(Arc::clone(now));
            return;
        };
        if now.number <= before.number {
            // It may have come back from a crash that lost what it has told nobody, and then it
            // gives the number to another view.
            if now != before {
                self.latest = Some(Arc::clone(now));
            }
            return;
        }
        judge.judged();
        let number = now.number;
        let detail = if before.members.contains_key(&now.primary) {
            let mut strangers = now.members.iter().filter(|(node, since)| {
                let is_settled = before.recruits.get(*node) == Some(*since)
                    && self.acknowledged.contains(&before.number);
                before.members.get(*node) != Some(*since) && !is_settled
            });
            strangers.next().map(|(node, _)| {
                format!("{node} counts in view {number}, and its state was never acknowledged")
            })
        } else {
            let primary = now.primary;
            Some(format!("{primary} is primary of view {number}, and was no member before"))
        };
        self.latest = Some(Arc::clone(now));
        if let Some(detail) = detail {
            judge.violate(node, detail, &[]);
        }
    }

    fn kept(&self) -> u64 {
        size_of_entries(self.acknowledged.len())
    }
}
