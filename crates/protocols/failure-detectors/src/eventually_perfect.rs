//! The eventually perfect failure detector ◇P, by heartbeats.
//!
//! | module | EventuallyPerfect (◇P) |
//! |---|---|
//! | requests | none |
//! | indications | [`Suspect(p)`](Indication::Suspect): `p` seems to have crashed; [`Restore(p)`](Indication::Restore): it does not, after all |
//! | EPFD1 strong completeness | eventually every crashed process is suspected by every correct process, for good |
//! | EPFD2 eventual strong accuracy | eventually no correct process is suspected by any correct process |
//! | EPFD3 faithful indications | what was indicated adds up to what the process suspects, and never names the process itself |
//! | model | partially synchronous; crash-stop or crash-recovery; links that do not lose for ever |
//! | cost | n(n-1) heartbeats a period |
//! | source | Chandra and Toueg 1996, section 9.1 and figure 10; the properties as in Cachin, Guerraoui, Rodrigues 2011, module 2.8 |
//!
//! Every process sends "I am alive" to every other, once a period. It suspects a peer that was
//! silent for longer than the peer's timeout. A heartbeat from a suspected peer is proof of a
//! mistake: the suspicion is taken back, and that peer's timeout grows. Once messages take at most
//! `d`, heartbeats of a correct peer come at most `period + d` apart, so a peer is wrongly
//! suspected only until its timeout has grown to that.
//!
//! # Crash-recovery
//! Nothing is kept on disk and a heartbeat carries no incarnation. *Correct* is then who is up for
//! good in the end. A process that returns suspects nobody, starts with the initial timeouts, and
//! is restored by its first heartbeat, even if its disk was lost. The price is small and bounded:
//! to the others the absence looks like a mistake, so their timeout for that peer grows by one
//! step; and a heartbeat of a crashed incarnation that is still in flight may make others trust
//! the process again for one more timeout. With numbered incarnations neither would happen, but a
//! process that lost its number would be suspected for ever.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sim_node::{Context, Duration, Message, Never, Node, NodeId};

use crate::Config;

/// A bug that textbooks warn of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sim_protocol::Mutant)]
#[non_exhaustive]
pub enum Mutant {
    /// A suspicion is never taken back.
    #[mutant("FD-no-restore")]
    NoRestore,
}

/// "I am alive."
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Message,
)]
#[message(Heartbeat)]
pub struct Heartbeat;

/// What the detector waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// The period is over: the next heartbeat is due.
    Period,
    /// This peer was silent for as long as its timeout.
    Silence(NodeId),
}

/// What the detector says of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Indication {
    /// The peer seems to have crashed.
    Suspect(NodeId),
    /// The suspicion was a mistake, or the peer is back.
    Restore(NodeId),
}

/// The detector at one process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct EventuallyPerfect {
    /// Whom this process suspects now; peers only, never itself.
    suspected: BTreeSet<NodeId>,
    /// How long each peer may be silent; never shorter than at first, and it never shrinks.
    timeouts: BTreeMap<NodeId, Duration>,
}

impl EventuallyPerfect {
    /// Whom this process suspects now.
    #[must_use]
    pub fn suspected(&self) -> &BTreeSet<NodeId> {
        &self.suspected
    }

    /// How long a peer may be silent now; `None` for the process itself and for clients.
    #[must_use]
    pub fn timeout(&self, peer: NodeId) -> Option<Duration> {
        self.timeouts.get(&peer).copied()
    }

    /// How many peers are watched.
    #[must_use]
    pub fn peers(&self) -> usize {
        self.timeouts.len()
    }
}

impl Node for EventuallyPerfect {
    type Config = Config;
    type Message = Heartbeat;
    type Timer = Timer;
    type Request = Never;
    type Indication = Indication;
    type Stable = ();

    fn start((): &(), cx: &mut Context<'_, Self>) -> Self {
        let timeout = cx.config().timeout;
        let timeouts: BTreeMap<_, _> = cx.peers().map(|peer| (peer, timeout)).collect();
        for peer in cx.peers() {
            cx.set_timer(Timer::Silence(peer), timeout);
        }
        say_alive(cx);
        Self { suspected: BTreeSet::new(), timeouts }
    }

    fn on_message(&mut self, from: NodeId, _: Heartbeat, cx: &mut Context<'_, Self>) {
        // Heartbeats of nodes that are not servers, such as clients, are ignored.
        let Some(timeout) = self.timeouts.get_mut(&from) else { return };
        if !cx.config().has(Mutant::NoRestore) && self.suspected.remove(&from) {
            *timeout += cx.config().increase;
            cx.indicate(Indication::Restore(from));
        }
        cx.set_timer(Timer::Silence(from), *timeout);
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match timer {
            Timer::Period => say_alive(cx),
            // The next heartbeat, if one ever comes, sets the timer again.
            Timer::Silence(peer) => {
                if self.suspected.insert(peer) {
                    cx.indicate(Indication::Suspect(peer));
                }
            }
        }
    }

    fn check(&self, config: &Config) {
        for peer in &self.suspected {
            assert!(self.timeouts.contains_key(peer), "EPFD3: {peer} is suspected, yet no peer");
        }
        for (peer, timeout) in &self.timeouts {
            assert!(*timeout >= config.timeout, "the timeout of {peer} has shrunk to {timeout}");
        }
    }
}

fn say_alive(cx: &mut Context<'_, EventuallyPerfect>) {
    cx.broadcast(&Heartbeat);
    cx.set_timer(Timer::Period, cx.config().period);
}
