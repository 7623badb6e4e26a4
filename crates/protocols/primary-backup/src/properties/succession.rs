//! PB4: who may be what in the next view.

use sim_check::{Claim, Judge, Kind, Property};
use sim_node::{Effect, Node, NodeId};

use super::view_service;
use crate::{Party, View};

/// PB4 succession.
#[derive(Clone, Debug)]
pub struct Succession {
    /// The latest view, and whether its primary had acknowledged it.
    latest: Option<(View, bool)>,
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
        Self { latest: None }
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
        let Some((before, acknowledged)) = &mut self.latest else {
            self.latest = Some((now.clone(), service.is_acknowledged()));
            return;
        };
        if now.number <= before.number {
            // It may have come back from a crash that lost what nobody has heard of.
            *acknowledged = service.is_acknowledged();
            return;
        }
        judge.judged();
        if !before.members.contains_key(&now.primary) {
            let (primary, number) = (now.primary, now.number);
            let detail = format!("{primary}, primary of view {number}, was no member before");
            return judge.violate(node, detail, &[]);
        }
        let settled = now.members.iter().filter(|one| before.recruits.get(one.0) == Some(one.1));
        let mut strangers = now.members.iter().filter(|one| {
            before.members.get(one.0) != Some(one.1) && before.recruits.get(one.0) != Some(one.1)
        });
        if let Some((one, _)) = strangers.next() {
            let detail =
                format!("{one} is a backup of view {}, and was never recruited", now.number);
            return judge.violate(node, detail, &[]);
        }
        // The acknowledgement and what follows from it may be one step.
        let is_told = *acknowledged || now.number == before.number.next();
        if settled.count() > 0 && !is_told {
            let detail = format!("recruits of view {} count before its time", before.number);
            return judge.violate(node, detail, &[]);
        }
        self.latest = Some((now.clone(), service.is_acknowledged()));
    }
}
