//! BL2 one-coordinator.

use sim_check::{Claim, Judge, Kind, View};

use super::{ByCensus, Census, CensusClaim, Process};

/// At most one process is coordinator, except within
/// [`Settings::rivalry_time`](super::Settings::rivalry_time) after a crash or recovery.
pub type OneCoordinator = ByCensus<OneCoordinatorClaim>;

/// See [`OneCoordinator`].
#[derive(Clone, Debug)]
pub struct OneCoordinatorClaim;

impl CensusClaim for OneCoordinatorClaim {
    const CLAIM: Claim = Claim {
        code: "BL2",
        name: "one-coordinator",
        kind: Kind::Safety,
        meaning: "at most one process is coordinator (role `leader`), except within the rivalry time \
                  (derived from `bound`, `slack` and `period`; see `Settings::rivalry_time`) \
                  after a crash or recovery",
        source: super::PAPER,
    };

    fn judge(census: &Census, view: &View<'_, Process>, judge: &mut Judge) {
        if !census.quiet_for(view.config.rivalry_time(), view.time) {
            return;
        }
        judge.judged();
        if census.coordinators() < 2 {
            return;
        }
        let mut rivals = census.who(|process, named| named == Some(process));
        if let (Some((lower, _)), Some((higher, _))) = (rivals.next(), rivals.next()) {
            let detail = format!(
                "{lower} and {higher} are both coordinators; {}",
                census.disturbance(view.config.rivalry_time()),
            );
            judge.violate(lower, detail, &[census.since(lower), census.since(higher)]);
        }
    }
}
