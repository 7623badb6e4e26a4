//! Stories of chains with disks: what a disk may say of a history that it does not hold. Faults
//! that are drawn one by one hardly ever meet like this.

use crate::Draw;
use crate::faults::Plot;

/// What a story is told of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    pub(super) servers: u32,
    /// After how long a silent replica is taken out of the chain, in milliseconds.
    pub(super) patience: u64,
}

/// A situation of several faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// A new tail is taken out and is not told; what it said before it joined arrives
    /// late, and so it is bidden to join once more. Then it crashes.
    JoinedTwice,
    /// A new tail crashes as it catches up, and its disk keeps some of what it was writing.
    CrashAsItCatchesUp,
    /// Everybody crashes among the first writes, and disks keep some of these; and then once more.
    FirstWrites,
}

impl Story {
    /// What the storm of a seed tells, if anything.
    pub(super) fn drawn(draw: &mut Draw) -> Option<Self> {
        let (joins, writes) = (Self::JoinedTwice, Self::FirstWrites);
        let told = draw.chance(40);
        told.then(|| draw.pick(&[joins, joins, Self::CrashAsItCatchesUp, writes, writes]))
    }

    fn name(self) -> &'static str {
        match self {
            Self::JoinedTwice => "joins twice in an incarnation",
            Self::CrashAsItCatchesUp => "crash of a new tail as it catches up",
            Self::FirstWrites => "crashes among the first writes",
        }
    }

    /// How many replicas there may be.
    pub(super) fn sizes(self) -> &'static [u32] {
        if self.has_spare() { &[3, 3, 4] } else { &[1, 1, 1, 2, 3] }
    }

    /// Whether the last replica is no part of the chain at first.
    pub(super) fn has_spare(self) -> bool {
        self != Self::FirstWrites
    }

    pub(super) fn tell(self, draw: &mut Draw, scene: &Scene) -> Plot {
        let mut plot = Plot::new(self.name());
        match self {
            Self::JoinedTwice => joined_twice(draw, scene, &mut plot),
            Self::CrashAsItCatchesUp => crash_as_it_catches_up(draw, scene, &mut plot),
            Self::FirstWrites => first_writes(draw, &mut plot),
        }
        plot
    }
}

/// A replica of the chain crashes until `calm`, so that the spare is needed. Returns when that is
/// noticed at the earliest.
fn make_room(draw: &mut Draw, scene: &Scene, plot: &mut Plot) -> u64 {
    let at = draw.between(100, 400);
    let gone = draw.below(u64::from(scene.servers) - 1);
    plot.at(at, &format!("Crash(who: Node({gone}))"));
    at + scene.patience
}

fn joined_twice(draw: &mut Draw, scene: &Scene, plot: &mut Plot) {
    let Scene { servers, patience } = *scene;
    let (tail, master) = (servers - 1, servers);
    let needed = make_room(draw, scene, plot);
    // From when on its heartbeats are late: it has begun to receive the history by then.
    let late = needed + draw.between(0, 120);
    let delay = patience + draw.between(100, 500);
    let links = format!("Links(from: Node({tail}), to: Node({master}), kind: \"Alive\", ");
    let end = late + delay + draw.between(0, 100);
    plot.between(late, end, &format!("{links}delay: Constant(\"{delay}ms\"))"));
    // It is told that it is in the chain, and not that it is not any more.
    let cut_off = late + draw.between(patience / 2, patience);
    let told = late + delay - draw.between(0, 20);
    plot.between(cut_off, told, &format!("OneWay(Node({master}), Node({tail}))"));
    let down = draw.between(1, 100);
    let crash = format!("Crash(who: Node({tail}), down: \"{down}ms\")");
    plot.when("Mark(\"chain extended\")", master, 2, &crash);
}

fn crash_as_it_catches_up(draw: &mut Draw, scene: &Scene, plot: &mut Plot) {
    let needed = make_room(draw, scene, plot);
    let sync = draw.between(3, 20);
    plot.between(needed, needed + 2_000, &format!("SlowDisk(Servers, Constant(\"{sync}ms\"))"));
    let down = draw.between(1, 60);
    let crash = format!("Crash(who: Trigger, down: \"{down}ms\", disk: Subset)");
    for nth in 1..=2 {
        plot.when("Mark(\"caught up\")", scene.servers - 1, nth, &crash);
    }
}

fn first_writes(draw: &mut Draw, plot: &mut Plot) {
    let sync = draw.between(20, 40);
    plot.between(0, 100, &format!("SlowDisk(Servers, Constant(\"{sync}ms\"))"));
    // The very first incarnation leaves nothing: the next one finds the disk slow.
    plot.at(0, "Crash(who: Servers, down: \"1ms\", disk: Unsynced)");
    let mut at = draw.between(sync / 2, sync);
    let crashes = draw.between(2, 3);
    for _ in 0..crashes {
        let down = draw.between(1, 15);
        plot.at(at, &format!("Crash(who: Servers, down: \"{down}ms\", disk: Subset)"));
        at += draw.between(60, 250);
    }
}
