//! BL1 highest.

use sim_check::{Claim, Judge, Kind, View};

use super::{ByCensus, Census, CensusClaim, Process};

/// All live processes know the live process with the highest identifier as coordinator, once no
/// process has crashed or recovered for
/// [`Settings::settling_time`](super::Settings::settling_time).
pub type Highest = ByCensus<HighestClaim>;

/// See [`Highest`].
#[derive(Clone, Debug)]
pub struct HighestClaim;

impl CensusClaim for HighestClaim {
    const CLAIM: Claim = Claim {
        code: "BL1",
        name: "highest",
        kind: Kind::Safety,
        meaning: "all live processes know the live process with the highest identifier as \
                  coordinator, once no process has crashed or recovered for the settling time \
                  (derived from `bound`, `slack` and `period`; see `Settings::settling_time`)",
        source: super::PAPER,
    };

    fn judge(census: &Census, view: &View<'_, Process>, judge: &mut Judge) {
        if !census.quiet_for(view.config.settling_time(), view.time) {
            return;
        }
        judge.judged();
        if census.mistaken() == 0 {
            return;
        }
        let highest = census.highest();
        if let Some((process, named)) = census.who(|_, named| named != highest).next() {
            let mut witnesses = vec![census.since(process)];
            witnesses.extend(highest.map(|highest| census.since(highest)));
            let highest = highest.map_or_else(String::new, |highest| highest.to_string());
            let named = named.map_or_else(|| "no process".to_string(), |named| named.to_string());
            let detail = format!(
                "{process} knows {named} as coordinator, but {highest} is the highest live process; \
                 {}",
                census.disturbance(view.config.settling_time()),
            );
            judge.violate(process, detail, &witnesses);
        }
    }
}
