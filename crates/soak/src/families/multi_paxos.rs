//! Multi-Paxos: quorums of every kind that meet, windows and batches from the least to the roomy,
//! snapshots, reads, reconfigurations, and all kinds of faults but the loss of a disk.

use super::key_value::clients;
use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::Kind;

pub(super) const FAMILY: Family = Family {
    name: "multi-paxos",
    play,
    mutants: &[
        Mutant { code: "P-anyval", violates: &["MP1", "MP3"] },
        Mutant { code: "P-no2bcheck", violates: &["MP1", "MP3"] },
        Mutant { code: "P-reuse", violates: &["MP1", "MP3", "MP4"] },
        Mutant { code: "P-lowest", violates: &["MP1", "MP3"] },
        Mutant { code: "P-promise-crash", violates: &["MP1", "MP3"] },
        Mutant { code: "MP-hole", violates: &["MP5"] },
        Mutant { code: "FP-quorums", violates: &["MP1", "MP3", "MP4", "MP5"] },
    ],
};

const OCCASIONS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"outbid\")",
    "Mark(\"stepped down\")",
    "Mark(\"no-op proposed\")",
    "Mark(\"reconfigured\")",
    "Mark(\"snapshot taken\")",
    "Mark(\"snapshot installed\")",
    "Mark(\"read confirmed\")",
    "Send(\"Prepare\")",
    "Send(\"Promise\")",
    "Send(\"Accept\")",
    "Send(\"Accepted\")",
    "Send(\"Nack\")",
    "Send(\"Commit\")",
    "Send(\"Fetch\")",
    "Send(\"Chunk\")",
    "Receive(\"Prepare\")",
    "Receive(\"Promise\")",
    "Receive(\"Accept\")",
    "Receive(\"Accepted\")",
    "Receive(\"Request\")",
    "Write",
];

/// What mobile faults wait for: steps of proposers and acceptors.
const MOBILE: &[&str] = &[
    "Mark(\"leading\")",
    "Receive(\"Request\")",
    "Receive(\"Request\")",
    "Receive(\"Prepare\")",
    "Receive(\"Promise\")",
    "Receive(\"Accept\")",
    "Receive(\"Accepted\")",
    "Receive(\"Nack\")",
    "Send(\"Chunk\")",
];

/// What makes others lead, and acceptors forget.
const OFTEN: &[Kind] = &[
    Kind::Isolation,
    Kind::Partition,
    Kind::Crash,
    Kind::CrashInside,
    Kind::Mobile,
    Kind::SlowMessage,
    Kind::SlowMessage,
    Kind::SlowMessage,
];

/// The heartbeat, the timeout of the detector, and what a retry waits, in milliseconds.
const PACES: &[(u64, u64, u64)] = &[(100, 250, 100), (50, 150, 60), (100, 400, 40), (60, 130, 200)];

/// How many timeouts after the calm a leader is due.
const TIMEOUTS: u64 = 30;

fn play(seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "multi-paxos settings");
    let servers = draw.pick(&[1, 3, 3, 3, 3, 4, 5, 5, 5, 5, 7]);
    let mut fields = Fields::default();
    fields.set("nodes", servers);
    let changes = servers > 1 && draw.chance(30);
    let members = if changes { draw.between(1, u64::from(servers)) } else { u64::from(servers) };
    if changes {
        let list: Vec<String> = (0..members).map(|node| node.to_string()).collect();
        fields.plain("members", format!("[{}]", list.join(", ")));
        fields.features.push("reconfigurations".to_owned());
    }
    if draw.chance(30) {
        let prepare = draw.between(1, members);
        let accept = draw.between(members + 1 - prepare, members);
        fields.plain("quorums", format!("Flexible(prepare: {prepare}, accept: {accept})"));
        fields.features.push("flexible quorums".to_owned());
    }
    let (heartbeat, timeout, retry) = draw.pick(PACES);
    fields.plain("heartbeat", format!("\"{heartbeat}ms\""));
    fields.plain("timeout", format!("\"{timeout}ms\""));
    fields.plain("retry", format!("\"{retry}ms\""));
    options(&mut draw, &mut fields);
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    let protocol = fields.construct("MultiPaxos");
    let (workload, clients) = workload(seed, servers, changes, &mut fields.features);
    Play {
        protocol,
        workload,
        servers,
        clients: servers..servers + clients,
        links: Links::Any,
        drift_ppm: 5_000,
        // A detector of the core that receives heartbeats of a server outside it, and another that
        // does not, trust two different leaders for ever.
        bears_cuts: false,
        kinds: [Kind::ALL, OFTEN].concat(),
        plots: Vec::new(),
        leaders: &[],
        occasions: OCCASIONS,
        mobile: MOBILE,
        patience_ms: TIMEOUTS * (heartbeat + timeout) + 12_000,
        features: fields.features,
    }
}

/// The optional features.
fn options(draw: &mut Draw, fields: &mut Fields) {
    let backoff = draw.pick(&["\"1ms..20ms\"", "\"20ms..80ms\"", "\"50ms..300ms\""]);
    fields.plain("backoff", backoff);
    let alpha = draw.pick(&[1, 2, 3, 8, 16]);
    fields.set("alpha", alpha);
    let batch = draw.pick(&[1, 1, 2, 8]);
    fields.set("batch", batch);
    fields.set("reads", draw.pick(&["Log", "Quorum"]));
    if draw.chance(60) {
        fields.features.push("snapshots".to_owned());
        let every = draw.pick(&[1, 2, 3, 5, 8, 12, 20]);
        fields.plain("snapshot_every", every);
        fields.plain("snapshot_keep", draw.pick(&[0, 0, 1, 2, 5]));
        let chunk = draw.pick(&[1, 2, 3, 64]);
        fields.set("snapshot_chunk", chunk);
    }
}

/// What clients and administrators ask for, and how many clients there are.
fn workload(seed: u64, servers: u32, changes: bool, features: &mut Vec<String>) -> (String, u32) {
    let (clients, key_value) = clients(&mut Draw::of(seed, "multi-paxos clients"), features);
    if !changes {
        return (key_value, clients);
    }
    let mut draw = Draw::of(seed, "multi-paxos requests");
    let count = draw.between(1, 6);
    let requests: Vec<String> = (0..count).map(|_| request(&mut draw, servers)).collect();
    let requests =
        format!("Requests([\n            {},\n        ])", requests.join(",\n            "));
    (format!("[\n        {key_value},\n        {requests},\n    ]"), clients)
}

/// Other members, asked for at some server.
fn request(draw: &mut Draw, servers: u32) -> String {
    let at = draw.between(300, 5_500);
    let to = draw.below(u64::from(servers));
    let all: Vec<u64> = (0..u64::from(servers)).collect();
    let many = usize::try_from(draw.between(1, u64::from(servers))).expect("a small number");
    let mut some = draw.sample(&all, many);
    some.sort_unstable();
    let members: Vec<String> = some.iter().map(u64::to_string).collect();
    format!("At(\"{at}ms\", {to}, Reconfigure([{}]))", members.join(", "))
}
