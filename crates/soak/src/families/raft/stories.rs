//! Stories: what must come together, in this order, for one of Raft's rules on reads and on changes
//! of membership to be needed. Faults that are drawn one by one hardly ever make such a sequence.
//! Each is told in the time of the storm's own timeouts, and with servers that are drawn; a
//! transfer brings leadership to where the story wants it.

use crate::Draw;
use crate::faults::{CALM_MS, Plot};

/// What a story begins from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    /// How many servers have a vote, those from 0 on; three at least.
    pub(super) voters: u32,
    /// The longest election timeout, in milliseconds.
    pub(super) longest: u64,
    pub(super) pre_vote: bool,
    /// How wrong a clock may be, in parts per million.
    pub(super) drift_ppm: u64,
}

/// A situation of several faults and requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// One server does not hear the leader and wants to be elected, while the leader hears late
    /// what the others have to say of that.
    HalfHeard,
    /// What a leader was answered arrives after it was cut off and another one elected: it says
    /// nothing about now, neither for a round that is under way nor for a lease.
    LateAnswers,
    /// A leader loses its office and is elected again; it is cut off, and hears answers to the
    /// rounds of its first term.
    AnswersOfAnOlderTerm,
    /// Whom leadership is transferred to hears of it after the leader has given the transfer up,
    /// and is elected with votes that nobody withholds; the leader is cut off just then.
    LateTransfer,
    /// Whoever did not hear the leader wants to be elected, and the leader is cut off just then:
    /// its lease lasts, and so the others must not vote, even if they have just crashed and
    /// forgotten that they heard it. Clocks may be as wrong as the lease allows.
    Overtaken,
    /// A leader is cut off with a few voters, and asked to remove one server after the other until
    /// these are a majority.
    ChangesOfAMinority,
}

impl Story {
    /// Stories of leaders that confirm by a round of heartbeats that they still lead.
    pub(super) const OF_ROUNDS: &[Self] =
        &[Self::HalfHeard, Self::LateAnswers, Self::AnswersOfAnOlderTerm];

    /// Stories of leaders with leases.
    pub(super) const OF_LEASES: &[Self] = &[
        Self::HalfHeard,
        Self::LateAnswers,
        Self::LateTransfer,
        Self::LateTransfer,
        Self::Overtaken,
        Self::Overtaken,
        Self::Overtaken,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::HalfHeard => "leader half heard",
            Self::LateAnswers => "late answers to a leader cut off",
            Self::AnswersOfAnOlderTerm => "late answers of an older term",
            Self::LateTransfer => "transfer that comes too late",
            Self::Overtaken => "campaign within a lease",
            Self::ChangesOfAMinority => "changes of a minority",
        }
    }

    /// Whether little may be written before somebody else leads: who misses an entry is not
    /// elected.
    pub(super) fn needs_quiet(self) -> bool {
        self == Self::HalfHeard
    }

    /// Tells it, as often as the storm has time for it, at most three times: the faults, and what
    /// administrators ask for.
    pub(super) fn tell(self, draw: &mut Draw, scene: &Scene) -> (Plot, Vec<String>) {
        let longest = scene.longest;
        let acts = if self == Self::ChangesOfAMinority { 1 } else { draw.between(1, 3) };
        let voters: Vec<u32> = (0..scene.voters).collect();
        let cast = draw.sample(&voters, voters.len());
        let mut told = Told { plot: Plot::new(self.name()), requests: Vec::new() };
        let mut at = longest + draw.between(200, 800);
        for _ in 0..acts {
            self.act(draw, &Act { scene, cast: &cast, at }, &mut told);
            at += 4 * longest + draw.between(200, 400);
            if at + 3 * longest > CALM_MS {
                break;
            }
        }
        (told.plot, told.requests)
    }

    fn act(self, draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
        match self {
            Self::HalfHeard => half_heard(draw, act, told),
            Self::LateAnswers => late_answers(draw, act, told),
            Self::AnswersOfAnOlderTerm => answers_of_an_older_term(draw, act, told),
            Self::LateTransfer => late_transfer(draw, act, told),
            Self::Overtaken => overtaken(draw, act, told),
            Self::ChangesOfAMinority => changes_of_a_minority(draw, act, told),
        }
    }
}

/// A story is told once more.
#[derive(Clone, Copy, Debug)]
struct Act<'a> {
    scene: &'a Scene,
    /// The voters: the leader of the story, its rival, the others.
    cast: &'a [u32],
    /// When it begins, in milliseconds.
    at: u64,
}

/// What is done in a story, and what is asked for.
#[derive(Debug)]
struct Told {
    plot: Plot,
    requests: Vec<String>,
}

impl Told {
    /// Something begins with what a server does, at the first few times; it is healed in the end.
    fn each_time(&mut self, on: &str, server: u32, fault: &str) {
        for nth in 1..=4 {
            self.plot.when(on, server, nth, fault);
        }
    }

    fn ask(&mut self, at: u64, server: u32, wish: &str) {
        self.requests.push(format!("At(\"{at}ms\", {server}, {wish})"));
    }

    /// Brings leadership to a server, some time before the act begins.
    fn enthrone(&mut self, leader: u32, at: u64) {
        self.ask(at - 200, leader, &format!("Transfer({leader})"));
    }
}

fn nodes(servers: &[u32]) -> String {
    let numbers: Vec<String> = servers.iter().map(u32::to_string).collect();
    format!("Nodes([{}])", numbers.join(", "))
}

fn half_heard(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let Act { scene, at, .. } = *act;
    let to = at + scene.longest + draw.between(50, 600);
    let least = draw.pick(&[1, 30, 70, 70]);
    let most = least + draw.pick(&[5, 40]);
    told.plot.between(at, to, "OneWay(Leader, Random(1))");
    let delay = format!("Uniform(\"{least}ms\", \"{most}ms\")");
    told.plot.between(at, to, &format!("Links(from: Servers, to: Leader, delay: {delay})"));
}

fn late_answers(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let (at, longest) = (act.at, act.scene.longest);
    let cut = at + draw.between(10, longest / 2);
    // Where some come soon, even a leader that asks whether a majority answers goes on.
    let least = draw.pick(&[1, longest * 3 / 4, longest]);
    let most = least + draw.between(longest / 2, 2 * longest);
    let delay = format!("Uniform(\"{least}ms\", \"{most}ms\")");
    told.plot.between(at, cut, &format!("Links(from: Servers, to: Leader, delay: {delay})"));
    told.plot.between(cut, cut + 2 * longest + draw.between(50, 300), "Isolate(Leader)");
}

fn answers_of_an_older_term(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let Act { scene, cast, at } = *act;
    let (leader, rival, longest) = (cast[0], cast[1], scene.longest);
    told.enthrone(leader, at);
    let away = at + draw.between(20, 150);
    let delay = format!("Uniform(\"{longest}ms\", \"{}ms\")", 4 * longest);
    let links = format!("Links(to: Node({leader}), kind: \"ReadIndexReply\", delay: {delay})");
    told.plot.between(at, away, &links);
    told.ask(away, leader, &format!("Transfer({rival})"));
    let back = away + draw.between(30, 200);
    told.ask(back, rival, &format!("Transfer({leader})"));
    let cut = back + draw.between(30, 200);
    told.plot.between(cut, cut + 2 * longest + 100, &format!("Isolate(Node({leader}))"));
}

fn late_transfer(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let Act { scene, cast, at } = *act;
    let (leader, rival, longest) = (cast[0], cast[1], scene.longest);
    told.enthrone(leader, at);
    // A leader gives a transfer up after the longest timeout.
    let delay = format!("Uniform(\"{longest}ms\", \"{}ms\")", longest + longest / 2);
    let links = format!("Links(from: Node({leader}), kind: \"TimeoutNow\", delay: {delay})");
    told.plot.between(at, at + 200, &links);
    told.ask(at, leader, &format!("Transfer({rival})"));
    let cut = format!("Isolate(Node({leader}), cut: AtDelivery)");
    told.each_time("Receive(\"TimeoutNow\")", rival, &cut);
    told.plot.heal(at + 2 * longest + draw.between(200, 400));
}

fn overtaken(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let Act { scene, cast, at } = *act;
    let (leader, rival, longest) = (cast[0], cast[1], scene.longest);
    let others = nodes(&cast[2..]);
    told.enthrone(leader, at);
    let deaf_to = at + longest + draw.between(50, 200);
    told.plot.between(at, deaf_to, &format!("OneWay(Node({leader}), Node({rival}))"));
    // Nobody writes before: who misses an entry is not elected.
    told.plot.between(at, deaf_to, "Pause(Others)");
    let role = if scene.pre_vote { "precandidate" } else { "candidate" };
    let on = format!("Role(\"{role}\")");
    told.each_time(&on, rival, &format!("Isolate(Node({leader}), cut: AtDelivery)"));
    told.each_time(&on, rival, "Resume(Others)");
    if scene.pre_vote || draw.chance(60) {
        told.each_time(&on, rival, &format!("Crash(who: {others}, down: \"1ms\")"));
    }
    let healed = deaf_to + longest;
    if scene.drift_ppm > 0 && draw.chance(40) {
        // The lease is as long, and what voters withhold as short, as they can be.
        let ppm = scene.drift_ppm;
        told.plot.between(at, healed, &format!("Drift(Node({leader}), \"-{ppm}ppm\")"));
        told.plot.between(at, healed, &format!("Drift({others}, \"+{ppm}ppm\")"));
    }
    told.plot.heal(healed);
}

fn changes_of_a_minority(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let Act { scene, cast, at } = *act;
    // As many as can be, so that the others still are a majority.
    let few = cast.len().div_ceil(2) - 1;
    let (leader, away) = (cast[0], &cast[few..]);
    told.enthrone(leader, at);
    let end = at + scene.longest + draw.between(100, scene.longest);
    told.plot.between(at, end, &format!("Partition([{}])", nodes(&cast[..few])));
    let mut when = at;
    let removed = cast.len() + 1 - 2 * few;
    for server in &away[..removed] {
        when += draw.between(5, 60);
        told.ask(when, leader, &format!("Remove({server})"));
    }
}
