//! Stories: several faults in one order, as it takes them to need one of Raft's rules on reads and
//! on membership changes. Faults that are drawn one by one hardly ever come in such an order.
//! Each story goes by the storm's own timeouts, with servers that are drawn; a transfer brings
//! leadership to the server that needs it.

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
    /// One server does not receive the leader's heartbeats and campaigns, while the answers of the
    /// others reach the leader late.
    MissedHeartbeats,
    /// Answers to a leader arrive after it was isolated and another one elected: they confirm
    /// neither a round that is under way nor a lease.
    LateAnswers,
    /// A leader transfers leadership and is elected again; it is isolated, and receives answers to
    /// the rounds of its first term.
    AnswersOfAnOlderTerm,
    /// TimeoutNow reaches the target after the leader has aborted the transfer. The target is
    /// elected, as no server withholds its vote; the leader is isolated at that moment.
    LateTransfer,
    /// A server that did not receive the leader's heartbeats campaigns, and the leader is isolated
    /// at that moment: its lease lasts, so the others must not vote, even if they have just crashed
    /// and forgotten the heartbeats. Clocks may be as wrong as the lease allows.
    CampaignWithinLease,
    /// A leader is cut off with a few voters, and asked to remove one server after the other until
    /// these are a majority.
    ChangesOfAMinority,
}

impl Story {
    /// Stories of leaders that confirm by a round of heartbeats that they still lead.
    pub(super) const OF_ROUNDS: &[Self] =
        &[Self::MissedHeartbeats, Self::LateAnswers, Self::AnswersOfAnOlderTerm];

    /// Stories of leaders with leases.
    pub(super) const OF_LEASES: &[Self] = &[
        Self::MissedHeartbeats,
        Self::LateAnswers,
        Self::LateTransfer,
        Self::LateTransfer,
        Self::CampaignWithinLease,
        Self::CampaignWithinLease,
        Self::CampaignWithinLease,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::MissedHeartbeats => "heartbeats missed by one server",
            Self::LateAnswers => "late answers to a leader cut off",
            Self::AnswersOfAnOlderTerm => "late answers of an older term",
            Self::LateTransfer => "transfer that comes too late",
            Self::CampaignWithinLease => "campaign within a lease",
            Self::ChangesOfAMinority => "changes of a minority",
        }
    }

    /// Whether little may be written before another server leads: a server that lacks an entry is
    /// not elected.
    pub(super) fn needs_quiet(self) -> bool {
        self == Self::MissedHeartbeats
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
            Self::MissedHeartbeats => missed_heartbeats(draw, act, told),
            Self::LateAnswers => late_answers(draw, act, told),
            Self::AnswersOfAnOlderTerm => answers_of_an_older_term(draw, act, told),
            Self::LateTransfer => late_transfer(draw, act, told),
            Self::CampaignWithinLease => campaign_within_lease(draw, act, told),
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

    fn ask(&mut self, at: u64, server: u32, command: &str) {
        self.requests.push(format!("At(\"{at}ms\", {server}, {command})"));
    }

    /// Brings leadership to a server, some time before the act begins.
    fn lead_with(&mut self, leader: u32, at: u64) {
        self.ask(at - 200, leader, &format!("Transfer({leader})"));
    }
}

fn nodes(servers: &[u32]) -> String {
    let numbers: Vec<String> = servers.iter().map(u32::to_string).collect();
    format!("Nodes([{}])", numbers.join(", "))
}

fn missed_heartbeats(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
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
    told.lead_with(leader, at);
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
    told.lead_with(leader, at);
    // A leader gives a transfer up after the longest timeout.
    let delay = format!("Uniform(\"{longest}ms\", \"{}ms\")", longest + longest / 2);
    let links = format!("Links(from: Node({leader}), kind: \"TimeoutNow\", delay: {delay})");
    told.plot.between(at, at + 200, &links);
    told.ask(at, leader, &format!("Transfer({rival})"));
    let cut = format!("Isolate(Node({leader}), cut: AtDelivery)");
    told.each_time("Receive(\"TimeoutNow\")", rival, &cut);
    told.plot.heal(at + 2 * longest + draw.between(200, 400));
}

fn campaign_within_lease(draw: &mut Draw, act: &Act<'_>, told: &mut Told) {
    let Act { scene, cast, at } = *act;
    let (leader, rival, longest) = (cast[0], cast[1], scene.longest);
    let others = nodes(&cast[2..]);
    told.lead_with(leader, at);
    let missed_to = at + longest + draw.between(50, 200);
    told.plot.between(at, missed_to, &format!("OneWay(Node({leader}), Node({rival}))"));
    // No client writes before: a server that lacks an entry is not elected.
    told.plot.between(at, missed_to, "Pause(Others)");
    let role = if scene.pre_vote { "pre-candidate" } else { "candidate" };
    let on = format!("Role(\"{role}\")");
    told.each_time(&on, rival, &format!("Isolate(Node({leader}), cut: AtDelivery)"));
    told.each_time(&on, rival, "Resume(Others)");
    if scene.pre_vote || draw.chance(60) {
        told.each_time(&on, rival, &format!("Crash(who: {others}, down: \"1ms\")"));
    }
    let healed = missed_to + longest;
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
    told.lead_with(leader, at);
    let end = at + scene.longest + draw.between(100, scene.longest);
    told.plot.between(at, end, &format!("Partition([{}])", nodes(&cast[..few])));
    let mut when = at;
    let removed = cast.len() + 1 - 2 * few;
    for server in &away[..removed] {
        when += draw.between(5, 60);
        told.ask(when, leader, &format!("Remove({server})"));
    }
}
