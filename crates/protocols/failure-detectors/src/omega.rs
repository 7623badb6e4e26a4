//! The eventual leader detector Ω, above a ◇P.
//!
//! | module | Omega (Ω) |
//! |---|---|
//! | requests | none |
//! | indications | [`Trust(p)`](Trust): `p` is the leader from now on, as far as this process knows |
//! | ELD1 eventual accuracy | there is a time after which every correct process trusts some correct process |
//! | ELD2 eventual agreement | there is a time after which no two correct processes trust different correct processes |
//! | role | `leader`: who trusts itself. There may be several at a time, and none, before `calm` |
//! | model | that of the [`EventuallyPerfect`] inside |
//! | cost | that of the detector, n(n-1) heartbeats a period, and nothing above it |
//! | source | Chandra, Hadzilacos, Toueg 1996; Cachin, Guerraoui, Rodrigues 2011, module 2.9 and algorithm 2.8 (monarchical eventual leader detection) |
//!
//! Processes are ranked by their numbers, the lowest first. Every process trusts the first that its
//! own detector does not suspect. Once all detectors suspect exactly the crashed, all trust the
//! same.

use serde::{Deserialize, Serialize};
use sim_node::{Context, Indications, Layer, Never, Node, NodeId, Role};

use crate::{Config, EventuallyPerfect, Heartbeat, Timer};

/// The configuration of [`Omega`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OmegaConfig {
    /// That of the detector inside.
    pub detector: Config,
}

/// This process is the leader from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Trust(pub NodeId);

/// The layer below: the ◇P. Omega sends nothing of its own, so the detector's messages and timers
/// are all that it has.
#[derive(Debug)]
pub enum Detector {}

impl Layer<Omega> for Detector {
    type Inner = EventuallyPerfect;

    fn config(config: &OmegaConfig) -> &Config {
        &config.detector
    }

    fn message(message: Heartbeat) -> Heartbeat {
        message
    }

    fn timer(timer: Timer) -> Timer {
        timer
    }

    fn record(record: Never) -> Never {
        record
    }
}

/// The leader detector at one process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Omega {
    me: NodeId,
    detector: EventuallyPerfect,
    /// The lowest process that the detector does not suspect.
    trusted: NodeId,
}

impl Omega {
    /// Whom this process trusts to lead.
    #[must_use]
    pub fn trusted(&self) -> NodeId {
        self.trusted
    }

    /// The ◇P inside.
    #[must_use]
    pub fn detector(&self) -> &EventuallyPerfect {
        &self.detector
    }

    /// The detector has handled something: a change of its mind may change the leader.
    fn heed(&mut self, told: &Indications<EventuallyPerfect>, cx: &mut Context<'_, Self>) {
        if told.is_empty() {
            return;
        }
        let lowest = lowest_unsuspected(&self.detector, cx.servers());
        if lowest != self.trusted {
            self.trusted = lowest;
            cx.indicate(Trust(lowest));
        }
    }
}

fn lowest_unsuspected(detector: &EventuallyPerfect, servers: u32) -> NodeId {
    let mut processes = (0..servers).map(NodeId::new);
    let lowest = processes.find(|process| !detector.suspected().contains(process));
    lowest.expect("a process never suspects itself, so somebody is left to trust")
}

impl Node for Omega {
    type Config = OmegaConfig;
    type Message = Heartbeat;
    type Timer = Timer;
    type Request = Never;
    type Indication = Trust;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let (detector, _) = cx.layer_with::<Detector, _>(|cx| EventuallyPerfect::start(&(), cx));
        let trusted = lowest_unsuspected(&detector, cx.servers());
        cx.indicate(Trust(trusted));
        Self { me: cx.id(), detector, trusted }
    }

    fn on_message(&mut self, from: NodeId, message: Heartbeat, cx: &mut Context<'_, Self>) {
        let told = cx.layer::<Detector>(|cx| self.detector.on_message(from, message, cx));
        self.heed(&told, cx);
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        let told = cx.layer::<Detector>(|cx| self.detector.on_timer(timer, cx));
        self.heed(&told, cx);
    }

    /// The lower its number, the higher a leader ranks, as in the election itself.
    fn role(&self) -> Option<Role> {
        let below_me = u64::from(self.me.number());
        (self.trusted == self.me).then(|| Role::leader(self.detector.peers() as u64 - below_me))
    }

    fn check(&self, config: &OmegaConfig) {
        self.detector.check(&config.detector);
        let suspected = self.detector.suspected();
        assert!(!suspected.contains(&self.trusted), "a suspected process is trusted");
        let lower = (0..self.trusted.number()).map(NodeId::new);
        assert!(lower.into_iter().all(|process| suspected.contains(&process)), "not the lowest");
    }
}
