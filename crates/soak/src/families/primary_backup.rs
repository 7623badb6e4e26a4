//! Primary-backup: all ways to read, few backups and many, and two worlds. In the one, anything
//! happens to the network and to the view service, and replicas come back with their disks. In the
//! other, messages have a bound and there are only crashes: there, a primary may read alone, and
//! replicas may have no disks. Some storms of the first world tell a story
//! (`primary_backup/stories.rs`): what hardly ever comes together by chance.

mod stories;

use self::stories::{Scene, Story};
use super::key_value::{Dense, clients, dense_readers};
use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::{Kind, Plot};

pub(super) const FAMILY: Family = Family {
    name: "primary-backup",
    play,
    mutants: &[
        Mutant { code: "PB-split", violates: &["KV1"] },
        Mutant { code: "PB-unsynced", violates: &["PB4"] },
        Mutant { code: "PB-one-ack", violates: &["PB3", "KV1"] },
        Mutant { code: "PB-no-confirm", violates: &["KV1", "PB5"] },
        Mutant { code: "PB-no-refuse", violates: &["PB1", "PB2", "PB3", "KV1"] },
        Mutant { code: "PB-lease-no-wait", violates: &["PB5", "KV1"] },
        Mutant { code: "PB-old-view", violates: &["PB3"] },
        Mutant { code: "PB-old-ack", violates: &["PB3"] },
        Mutant { code: "PB-old-chunk", violates: &["KV2"] },
    ],
};

const OCCASIONS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"recruit\")",
    "Role(\"suspended\")",
    "Mark(\"suspected\")",
    "Mark(\"new epoch\")",
    "Mark(\"new view\")",
    "Mark(\"view acknowledged\")",
    "Mark(\"in service\")",
    "Mark(\"refused\")",
    "Mark(\"state installed\")",
    "Send(\"Ping\")",
    "Send(\"Pong\")",
    "Send(\"NewView\")",
    "Send(\"Suspend\")",
    "Send(\"Report\")",
    "Send(\"Chunk\")",
    "Send(\"Forward\")",
    "Receive(\"NewView\")",
    "Receive(\"Forward\")",
    "Receive(\"Ack\")",
    "Receive(\"Chunk\")",
    "Receive(\"Request\")",
    "Write",
];

/// What mobile faults wait for: steps of primaries and of those that may be the next one.
const MOBILE: &[&str] = &[
    "Mark(\"in service\")",
    "Mark(\"state installed\")",
    "Receive(\"Request\")",
    "Receive(\"Request\")",
    "Receive(\"Suspend\")",
    "Receive(\"Forward\")",
    "Receive(\"Ack\")",
    "Receive(\"NewView\")",
    "Send(\"Chunk\")",
];

/// What makes the view service wrong about who is up, and what it is there for.
const OFTEN: &[Kind] = &[
    Kind::MasterCut,
    Kind::MasterCut,
    Kind::MasterCut,
    Kind::MasterPause,
    Kind::MasterCrash,
    Kind::Crash,
    Kind::CrashInside,
    Kind::Mobile,
];

/// All that happens where messages have a bound.
const CRASHES: &[Kind] = &[
    Kind::Crash,
    Kind::CrashInside,
    Kind::CrashOfAll,
    Kind::CrashForGood,
    Kind::ClientCrash,
    Kind::MasterCrash,
];

/// And where, without disks, one replica must not crash.
const CRASHES_BUT_FIRST: &[Kind] = &[Kind::CrashButFirst, Kind::ClientCrash, Kind::MasterCrash];

/// The pings, the timeout and the retries, in milliseconds.
const PACES: &[(u64, u64, u64)] = &[(30, 150, 40), (20, 60, 30), (50, 300, 100), (40, 120, 20)];

/// With a bound, the delays and what is assumed of them besides disks and queues.
const BOUND_MS: u64 = 12;

/// What clients do while a story is told: there is always something to lose.
const BUSY: Dense =
    Dense { gets: &[30, 60], clients: (2, 3), each: (100, 200), timeouts: &[80, 120, 200] };

fn play(seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "primary-backup settings");
    let mut fields = Fields::default();
    let mut telling = Draw::of(seed, "primary-backup story");
    let story = Story::drawn(&mut telling);
    let is_bounded = draw.chance(25) && story.is_none();
    let is_volatile = story.map_or(is_bounded && draw.chance(50), Story::is_volatile);
    let servers = if let Some(story) = story {
        telling.pick(story.sizes())
    } else if is_volatile {
        draw.pick(&[3, 4, 5])
    } else {
        draw.pick(&[1, 2, 2, 3, 3, 3, 3, 4, 5, 5])
    };
    fields.set("nodes", servers);
    if servers > 1 && draw.chance(35) {
        fields.features.push("idle replicas".to_owned());
        fields.plain("backups", draw.between(1, u64::from(servers) - 1));
    }
    let (ping, timeout, retry) = match is_bounded {
        true => (30, 200, 60),
        // Without disks, a replica that is slow must not be taken for one that has crashed.
        false if is_volatile => draw.pick(&[PACES[0], PACES[2]]),
        false => draw.pick(PACES),
    };
    fields.plain("ping", format!("\"{ping}ms\""));
    fields.plain("timeout", format!("\"{timeout}ms\""));
    fields.plain("retry", format!("\"{retry}ms\""));
    let ways: &[&str] =
        if is_bounded { &["Local", "Forward", "Lease"] } else { &["Forward", "Lease"] };
    fields.set("reads", draw.pick(ways));
    let lease = draw.pick(&[60, 150, 300]);
    fields.plain("lease", format!("\"{lease}ms\""));
    let lease_drift = draw.pick(&[1, 2, 10]);
    fields.plain("lease_drift", format!("\"{lease_drift}%\""));
    fields.set("chunk", draw.pick(&[1, 2, 3, 64]));
    fields.set("batch", draw.pick(&[1, 2, 64]));
    // Without disks, a replica that may not crash may not be dropped either.
    let mut dropping = Draw::of(seed, "primary-backup drops");
    if !is_volatile && dropping.chance(30) {
        fields.plain("drop_after", format!("\"{}ms\"", retry + dropping.pick(&[20, 60, 200])));
        fields.features.push("backups out of reach are dropped".to_owned());
    }
    if is_bounded {
        fields.plain("bound", format!("\"{}ms\"", 2 * BOUND_MS));
        fields.features.push("a bound on delays".to_owned());
    }
    if is_volatile {
        fields.set("disks", false);
    }
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    let protocol = fields.construct("PrimaryBackup");
    let mut features = fields.features;
    let mut of_clients = Draw::of(seed, "primary-backup clients");
    let (clients, workload) = match story {
        Some(_) => dense_readers(&mut of_clients, BUSY, &mut features),
        None => clients(&mut of_clients, &mut features),
    };
    let scene = Scene { servers, ping, timeout };
    let plots: Vec<Plot> = story.iter().map(|story| story.tell(&mut telling, &scene)).collect();
    let kinds = match (is_bounded, is_volatile) {
        // Other faults most often spoil a story; and who has no disk may crash only as it tells.
        _ if story.is_some() && (is_volatile || telling.chance(60)) => Vec::new(),
        (_, true) => CRASHES_BUT_FIRST.to_vec(),
        (true, false) => CRASHES.to_vec(),
        (false, false) => [Kind::ALL, OFTEN].concat(),
    };
    Play {
        protocol,
        workload,
        servers,
        clients: servers + 1..servers + 1 + clients,
        links: match (is_bounded, story) {
            (true, _) => Links::Bounded(BOUND_MS),
            (false, Some(_)) => Links::Quick,
            (false, None) => Links::Any,
        },
        // Two clocks that are wrong by half of it in opposite directions drift apart by less. Where
        // there is a bound, clocks are right.
        drift_ppm: if is_bounded { 0 } else { lease_drift * 10_000 / 2 },
        bears_cuts: true,
        kinds,
        plots,
        leaders: &[],
        occasions: OCCASIONS,
        mobile: MOBILE,
        // For the primary to serve, and then for the rest of the operations.
        patience_ms: 10 * (timeout + retry) + lease + if story.is_some() { 60_000 } else { 20_000 },
        features,
    }
}
