//! Stories: a message that comes very late, and the crash of the very replica that it is for, or
//! that sent it. Each is about what a replica must still know after a crash; faults that are drawn
//! one by one hardly ever meet like this. The first primary is the primary of the story.

use crate::Draw;
use crate::faults::Plot;

/// What a story is told of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    pub(super) servers: u32,
    /// The time between two pings, in milliseconds.
    pub(super) ping: u64,
    /// After how long a silent replica is suspected, in milliseconds.
    pub(super) timeout: u64,
}

/// A situation of several faults, by what it is that comes late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// A view in which the primary was alone reaches it after it has crashed: meanwhile a backup
    /// has come that would succeed it.
    View,
    /// A primary crashes with the acknowledgement of a view; that arrives while it serves again and
    /// does not reach its recruit, which succeeds it.
    Acknowledgement,
    /// Without disks: a part of the state comes twice, and the second time only after another
    /// crash of the recruit, of which the view service learns nothing.
    Chunk,
}

const PRIMARY: u32 = 0;

impl Story {
    /// What the storm of a seed tells, if anything.
    pub(super) fn drawn(draw: &mut Draw) -> Option<Self> {
        let told = draw.chance(30);
        told.then(|| draw.pick(&[Self::View, Self::Acknowledgement, Self::Chunk]))
    }

    fn name(self) -> &'static str {
        match self {
            Self::View => "old view after a crash of the primary",
            Self::Acknowledgement => "acknowledgement of an earlier incarnation",
            Self::Chunk => "part of the state for an earlier incarnation",
        }
    }

    /// Whether replicas have no disks in it.
    pub(super) fn is_volatile(self) -> bool {
        self == Self::Chunk
    }

    /// How many replicas there may be. The more, the less depends on one of them.
    pub(super) fn sizes(self) -> &'static [u32] {
        if self.is_volatile() { &[3, 4] } else { &[2, 2, 2, 3] }
    }

    pub(super) fn tell(self, draw: &mut Draw, scene: &Scene) -> Plot {
        let mut plot = Plot::new(self.name());
        let others: Vec<u32> = (1..scene.servers).collect();
        let cast = draw.sample(&others, others.len());
        let (recruit, rest) = (cast[0], &cast[1..]);
        let away = draw.between(100, 300);
        let down = scene.timeout + 2 * scene.ping + draw.between(20, 200);
        plot.at(away, &format!("Crash(who: Node({recruit}), down: \"{down}ms\")"));
        let back = away + down;
        let act = Act { scene, recruit, back };
        match self {
            Self::View => old_view(draw, &act, &mut plot),
            Self::Acknowledgement => old_acknowledgement(draw, &act, &mut plot),
            Self::Chunk => old_chunk(draw, &act, &mut plot),
        }
        if !self.is_volatile() {
            // They would hold what the recruit lacks.
            for node in rest {
                plot.at(away, &format!("Crash(who: Node({node}))"));
            }
        }
        plot
    }
}

/// The story from when on the recruit is back.
#[derive(Clone, Copy, Debug)]
struct Act<'a> {
    scene: &'a Scene,
    recruit: u32,
    /// When it is back, in milliseconds.
    back: u64,
}

impl Act<'_> {
    fn view_service(&self) -> u32 {
        self.scene.servers
    }
}

fn old_view(draw: &mut Draw, act: &Act<'_>, plot: &mut Plot) {
    let Act { scene, back, .. } = *act;
    let Scene { ping, timeout, .. } = *scene;
    let service = act.view_service();
    let said = back - draw.between(1, ping);
    let delay = draw.between(timeout + 200, timeout + 600);
    let kind = draw.pick(&["", "kind: \"Pong\", "]);
    let late = format!("Links(from: Node({service}), to: Node({PRIMARY}), {kind}delay: ");
    plot.between(said - ping, said, &format!("{late}Constant(\"{delay}ms\"))"));
    // It is up again when the first of them arrives, and so soon that it is not suspected.
    let arrives = said - ping + delay;
    let down = draw.between(1, ping);
    let crash = arrives - down - draw.between(0, 10);
    plot.at(crash, &format!("Crash(who: Node({PRIMARY}), down: \"{down}ms\")"));
    // So long that clients ask once more meanwhile.
    let end = arrives + ping + draw.between(100, 500);
    plot.between(crash - 10, end, &format!("OneWay(Node({service}), Node({PRIMARY}))"));
    plot.at(end, &death(draw, timeout));
}

fn old_acknowledgement(draw: &mut Draw, act: &Act<'_>, plot: &mut Plot) {
    let Act { scene, recruit, back } = *act;
    let Scene { servers, timeout, .. } = *scene;
    let service = act.view_service();
    let delay = draw.between(200, 700);
    let late = format!("Links(from: Node({PRIMARY}), to: Node({service}), kind: \"Acknowledge\", ");
    plot.between(back, back + 500, &format!("{late}delay: Constant(\"{delay}ms\"))"));
    // The first view, one or more after those who are away, and the one with the recruit.
    let nth = u32::try_from(draw.between(3, u64::from(servers) + 1)).expect("a few");
    let down = draw.between(1, timeout / 2);
    let crash = format!("Crash(who: Node({PRIMARY}), down: \"{down}ms\")");
    plot.when("Send(\"Acknowledge\")", PRIMARY, nth, &crash);
    let cut = format!("OneWay(Node({PRIMARY}), Node({recruit}))");
    plot.when("Send(\"Acknowledge\")", PRIMARY, nth, &cut);
    plot.when("Receive(\"Acknowledge\")", service, nth, &death(draw, timeout));
    plot.heal(back + 700 + delay);
}

fn old_chunk(draw: &mut Draw, act: &Act<'_>, plot: &mut Plot) {
    let Act { scene, recruit, back } = *act;
    let service = act.view_service();
    let most = draw.between(300, 1_500);
    let late = format!("Links(to: Node({recruit}), kind: \"Chunk\", duplication: \"100%\", ");
    plot.between(back, back + 250, &format!("{late}delay: Uniform(\"1ms\", \"{most}ms\"))"));
    let crash = back + draw.between(200, most);
    let down = draw.between(1, scene.ping);
    plot.at(crash, &format!("Crash(who: Node({recruit}), down: \"{down}ms\")"));
    let heals = crash + down + draw.between(20, scene.timeout / 2);
    plot.between(crash, heals, &format!("OneWay(Node({recruit}), Node({service}))"));
}

/// The primary crashes for so long that another replica succeeds it.
fn death(draw: &mut Draw, timeout: u64) -> String {
    let down = draw.between(timeout + 600, timeout + 2_500);
    format!("Crash(who: Node({PRIMARY}), down: \"{down}ms\")")
}
