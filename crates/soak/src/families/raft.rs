//! Raft: every optional feature on and off, one to seven servers, membership changes and leadership
//! transfers, and all kinds of faults but the loss of a disk. Some storms tell a story
//! (`raft/stories.rs`): faults in an order that hardly ever comes about by chance.

mod stories;

use self::stories::{Scene, Story};
use super::key_value::{Dense, clients, dense_readers};
use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::Kind;

pub(super) const FAMILY: Family = Family {
    name: "raft",
    play,
    mutants: &[
        Mutant { code: "R-vote2", violates: &["RF1"] },
        Mutant { code: "R-forget-vote", violates: &["RF1"] },
        Mutant { code: "R-silent-pre-vote", violates: &["RF6", "KV2"] },
        Mutant { code: "R-one-ack", violates: &["RF4"] },
        Mutant { code: "R-readindex-noquorum", violates: &["KV1"] },
        Mutant { code: "R-read-before-commit", violates: &["KV1"] },
        Mutant { code: "R-learner-no-vote", violates: &["RF6", "KV2"] },
        Mutant { code: "R-keep-conflict", violates: &["RF3", "RF4", "RF5"] },
        Mutant { code: "R-snapshot-mixed", violates: &["RF5"] },
        Mutant { code: "R-snapshot-no-retry", violates: &["KV2"] },
        Mutant { code: "R-snapshot-merge", violates: &["RF5"] },
        Mutant { code: "R-fig8", violates: &["RF4", "RF5"] },
        Mutant { code: "R-stale-vote-reply", violates: &["RF1"] },
        Mutant { code: "R-dup-vote", violates: &["RF1"] },
        Mutant { code: "R-nonatomic-vote", violates: &["RF1"] },
        Mutant { code: "R-truncate-always", violates: &["RF4", "RF5"] },
        Mutant { code: "R-readindex-retry", violates: &["KV1"] },
        Mutant { code: "R-read-joins-round", violates: &["KV1"] },
        Mutant { code: "R-lease-from-answer", violates: &["KV1"] },
        Mutant { code: "R-lease-transfer", violates: &["KV1"] },
        Mutant { code: "R-lease-no-withhold", violates: &["KV1"] },
        Mutant { code: "R-lease-restart", violates: &["KV1"] },
        Mutant { code: "R-single-change", violates: &["RF1", "RF4", "RF5"] },
        Mutant { code: "R-joint-one-counter", violates: &["RF1", "RF4", "RF5"] },
        Mutant { code: "R-leader-not-counted", violates: &["KV2"] },
        Mutant { code: "R-back-beyond-log", violates: &["PANIC"] },
    ],
};

const OCCASIONS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"stepped down\")",
    "Mark(\"snapshot taken\")",
    "Mark(\"snapshot installed\")",
    "Mark(\"configuration committed\")",
    "Mark(\"transfer begun\")",
    "Mark(\"read confirmed\")",
    "Send(\"RequestVote\")",
    "Send(\"RequestVoteReply\")",
    "Send(\"AppendEntries\")",
    "Send(\"InstallSnapshot\")",
    "Send(\"TimeoutNow\")",
    "Receive(\"RequestVote\")",
    "Receive(\"RequestVoteReply\")",
    "Receive(\"AppendEntries\")",
    "Receive(\"AppendEntriesReply\")",
    "Receive(\"InstallSnapshot\")",
    "Receive(\"Request\")",
    "Write",
];

/// What mobile faults wait for: steps of leaders and voters.
const MOBILE: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Receive(\"Request\")",
    "Receive(\"Request\")",
    "Receive(\"RequestVote\")",
    "Receive(\"RequestVoteReply\")",
    "Receive(\"AppendEntries\")",
    "Receive(\"AppendEntriesReply\")",
    "Send(\"InstallSnapshot\")",
    "Send(\"TimeoutNow\")",
];

/// What deposes leaders, and what makes voters forget.
const OFTEN: &[Kind] =
    &[Kind::Isolation, Kind::Partition, Kind::Crash, Kind::CrashInside, Kind::Mobile];

/// What leaves two servers that believe to lead: where clients read densely.
const DEPOSING: &[Kind] = &[
    Kind::Isolation,
    Kind::Isolation,
    Kind::Partition,
    Kind::OneWay,
    Kind::Hold,
    Kind::Pause,
    Kind::CrashInside,
    Kind::Crash,
    Kind::BadLinks,
    Kind::Drift,
    Kind::Mobile,
    Kind::Mobile,
];

/// The shortest and the longest election timeout and the heartbeat, in milliseconds.
const PACES: &[(u64, u64, u64)] =
    &[(150, 300, 50), (100, 250, 20), (300, 600, 100), (200, 500, 90)];

fn play(seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "raft settings");
    let servers = draw.pick(&[1, 3, 3, 3, 3, 5, 5, 5, 5, 7, 7]);
    let mut fields = Fields::default();
    fields.set("nodes", servers);
    let changes = servers > 1 && draw.chance(25);
    let voters: u32 = if changes {
        u32::try_from(draw.between(1, u64::from(servers))).expect("a few")
    } else {
        servers
    };
    if changes {
        let members: Vec<String> = (0..voters).map(|node| node.to_string()).collect();
        fields.plain("members", format!("[{}]", members.join(", ")));
        fields.features.push("membership changes".to_owned());
    }
    let (shortest, longest, heartbeat) = draw.pick(PACES);
    fields.plain("election_timeout", format!("\"{shortest}ms..{longest}ms\""));
    fields.plain("heartbeat", format!("\"{heartbeat}ms\""));
    let drift_ppm = options(&mut draw, changes, &mut fields);
    // What lets voters withhold their votes while there is a current leader (thesis, 4.2.3).
    let withholds = ["check_quorum: true", "reads: Lease"];
    let bears_cuts = fields.features.iter().any(|one| withholds.contains(&one.as_str()));
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    let protocol = fields.construct("Raft");
    let has = |feature: &str| fields.features.iter().any(|one| one == feature);
    let (rounds, leases) = (has("reads: ReadIndex"), has("reads: Lease"));
    let dense = servers > 1
        && !changes
        && (rounds || leases)
        && Draw::of(seed, "raft dense reads").chance(50);
    let scene = Scene { voters, longest, pre_vote: has("pre_vote: true"), drift_ppm };
    let mut draw = Draw::of(seed, "raft story");
    let story = match (dense, changes) {
        _ if voters < 3 || !draw.chance(70) => None,
        (true, _) => Some(draw.pick(if leases { Story::OF_LEASES } else { Story::OF_ROUNDS })),
        (_, true) => Some(Story::ChangesOfAMinority),
        (false, false) => None,
    };
    let (plots, requests) = match story {
        Some(story) => {
            let (plot, requests) = story.tell(&mut draw, &scene);
            (vec![plot], requests)
        }
        None => (Vec::new(), Vec::new()),
    };
    let kinds = match dense {
        // Other faults most often spoil a story.
        _ if story.is_some() && draw.chance(60) => Vec::new(),
        true => DEPOSING.to_vec(),
        false => [Kind::ALL, OFTEN].concat(),
    };
    let told = story.is_some();
    let asked = Asked { servers, changes, dense, story, requests };
    let (workload, clients) = workload(seed, asked, &mut fields.features);
    Play {
        protocol,
        workload,
        servers,
        clients: servers..servers + clients,
        links: if told { Links::Quick } else { Links::Any },
        drift_ppm,
        bears_cuts,
        kinds,
        plots,
        leaders: &[],
        occasions: OCCASIONS,
        mobile: MOBILE,
        // Thirty timeouts for the election, and then the rest of the operations, of which dense
        // readers have many more, most of all those of a story.
        patience_ms: 30 * longest
            + match (dense, told) {
                (true, true) => 60_000,
                (true, false) => 40_000,
                (false, _) => 12_000,
            },
        features: fields.features,
    }
}

/// The optional features. Returns how wrong clocks may be, in parts per million.
fn options(draw: &mut Draw, changes: bool, fields: &mut Fields) -> u64 {
    fields.maybe(draw, 50, "pre_vote", true);
    // Without it, a server that was removed and does not know deposes leaders again and again
    // (thesis, 4.2.3): then nothing is live.
    if changes || draw.chance(50) {
        fields.set("check_quorum", true);
    }
    fields.set("reads", draw.pick(&["Log", "ReadIndex", "Lease"]));
    let lease_drift = draw.pick(&[1, 2, 10]);
    fields.plain("lease_drift", format!("\"{lease_drift}%\""));
    if draw.chance(60) {
        fields.features.push("snapshots".to_owned());
        let every = draw.pick(&[1, 2, 3, 5, 8, 12, 20]);
        fields.plain("snapshot_every", every);
        fields.plain("snapshot_keep", draw.pick(&[0, 0, 1, 2, 5]));
        let chunk = draw.pick(&[1, 2, 3, 64]);
        fields.set("snapshot_chunk", chunk);
    }
    let entries = draw.pick(&[1, 1, 2, 8, 64]);
    fields.set("entries_per_append", entries);
    let in_flight = draw.pick(&[1, 2, 8]);
    fields.set("in_flight", in_flight);
    fields.maybe(draw, 30, "noop", false);
    // Two clocks that are wrong by half of it in opposite directions drift apart by less than it.
    lease_drift * 10_000 / 2
}

/// Who is asked, and how.
#[derive(Clone, Debug)]
struct Asked {
    servers: u32,
    /// Whether the configuration changes.
    changes: bool,
    /// Whether clients read densely, on few keys.
    dense: bool,
    /// What is told.
    story: Option<Story>,
    /// What the story asks for.
    requests: Vec<String>,
}

/// What clients and administrators ask for, and how many clients there are.
fn workload(seed: u64, asked: Asked, features: &mut Vec<String>) -> (String, u32) {
    let Asked { servers, changes, dense, story, mut requests } = asked;
    let (clients, key_value) = match dense {
        true => dense_readers(&mut Draw::of(seed, "raft clients"), readers(story), features),
        false => clients(&mut Draw::of(seed, "raft clients"), features),
    };
    let mut draw = Draw::of(seed, "raft requests");
    // A story has requests of its own, which no other transfer should meet.
    let told = story.is_some();
    if changes && !(told && draw.chance(60)) {
        for _ in 0..draw.between(1, 6) {
            requests.push(request(&mut draw, servers, true));
        }
    } else if !told && servers > 1 && draw.chance(if dense { 60 } else { 30 }) {
        for _ in 0..draw.between(1, 4) {
            requests.push(request(&mut draw, servers, false));
        }
    }
    if requests.is_empty() {
        return (key_value, clients);
    }
    for (word, feature) in [
        ("Joint(", "joint consensus"),
        ("AddLearner(", "learners"),
        ("Remove(", "removals"),
        ("Transfer(", "leadership transfers"),
    ] {
        if requests.iter().any(|request| request.contains(word)) {
            features.push(feature.to_owned());
        }
    }
    let requests =
        format!("Requests([\n            {},\n        ])", requests.join(",\n            "));
    (format!("[\n        {key_value},\n        {requests},\n    ]"), clients)
}

/// How dense readers read.
fn readers(story: Option<Story>) -> Dense {
    let Some(story) = story else { return Dense::USUAL };
    let gets: &[u64] = if story.needs_quiet() { &[98, 99] } else { &[80, 95] };
    // They read until it is told.
    Dense { gets, clients: (5, 7), each: (150, 300), timeouts: &[80, 100, 120] }
}

/// An admin command.
fn request(draw: &mut Draw, servers: u32, changes: bool) -> String {
    let at = draw.between(300, 5_500);
    let to = draw.below(u64::from(servers));
    let kind = if changes { draw.below(6) } else { 5 };
    let mut one = || draw.below(u64::from(servers));
    let command = match kind {
        0 | 1 => format!("AddVoter({})", one()),
        2 => format!("AddLearner({})", one()),
        3 => format!("Remove({})", one()),
        4 => {
            let all: Vec<u64> = (0..u64::from(servers)).collect();
            let many = usize::try_from(draw.between(1, 3)).expect("a small number");
            let some = draw.sample(&all, many);
            let change = |node| {
                format!("{}({node})", draw.pick(&["AddVoter", "AddVoter", "AddLearner", "Remove"]))
            };
            format!("Joint([{}])", some.into_iter().map(change).collect::<Vec<_>>().join(", "))
        }
        _ => format!("Transfer({})", one()),
    };
    format!("At(\"{at}ms\", {to}, {command})")
}
