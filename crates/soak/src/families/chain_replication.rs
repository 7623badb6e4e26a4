//! Chain replication and CRAQ, in three models. Fail-stop: the master is never wrong, and one
//! replica never fails, since memory is all there is. Leases: the master is wrong, and no node
//! crashes. Disks: leases, and everything happens to all nodes, the master included. Some storms of
//! the last model tell a story (`chain_replication/stories.rs`): what hardly ever comes together by
//! chance.

mod stories;

use self::stories::{Scene, Story};
use super::key_value::{Dense, clients, dense_readers};
use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::{Kind, Plot};

const MUTANTS: &[Mutant] = &[
    Mutant { code: "C-head-ack", violates: &["KV1"] },
    Mutant { code: "C-no-resend", violates: &["CH3", "KV1", "KV2"] },
    Mutant { code: "C-no-epoch", violates: &["CH1", "CH2", "CH3", "KV1"] },
    Mutant { code: "C-joined-twice", violates: &["CH1", "CH3", "KV1"] },
    Mutant { code: "C-complete-anyway", violates: &["CH3", "KV1"] },
    Mutant { code: "C-first-keeps", violates: &["CH2", "CH3", "KV1"] },
];

const CRAQ_MUTANTS: &[Mutant] = &[
    MUTANTS[0],
    MUTANTS[1],
    MUTANTS[2],
    MUTANTS[3],
    MUTANTS[4],
    MUTANTS[5],
    // Chain replication reads at the tail alone, which is suspected if it comes back blank.
    Mutant { code: "C-read-before-lease", violates: &["KV1"] },
    Mutant { code: "C-dirty-read", violates: &["CR1", "CR2", "KV1"] },
    Mutant { code: "C-newest-read", violates: &["CR1", "KV1"] },
];

pub(super) const CHAIN: Family =
    Family { name: "chain-replication", play: play_chain, mutants: MUTANTS };

pub(super) const CRAQ: Family = Family { name: "craq", play: play_craq, mutants: CRAQ_MUTANTS };

const OCCASIONS: &[&str] = &[
    "Role(\"head\")",
    "Role(\"tail\")",
    "Mark(\"suspected\")",
    "Mark(\"reconfigured\")",
    "Mark(\"configuration installed\")",
    "Mark(\"transfer begun\")",
    "Mark(\"history received\")",
    "Mark(\"chain extended\")",
    "Mark(\"caught up\")",
    "Mark(\"taken back\")",
    "Send(\"Update\")",
    "Send(\"Ack\")",
    "Send(\"Alive\")",
    "Send(\"Installed\")",
    "Send(\"Configure\")",
    "Send(\"Resume\")",
    "Send(\"Version\")",
    "Receive(\"Update\")",
    "Receive(\"Ack\")",
    "Receive(\"Configure\")",
    "Receive(\"Installed\")",
    "Receive(\"Request\")",
    "Write",
];

/// Those that come up at replicas alone: isolating the master makes it suspect wrongly.
const AT_REPLICAS: &[&str] = &[
    "Role(\"head\")",
    "Role(\"tail\")",
    "Mark(\"configuration installed\")",
    "Mark(\"transfer begun\")",
    "Send(\"Update\")",
    "Send(\"Ack\")",
    "Receive(\"Update\")",
    "Receive(\"Ack\")",
    "Receive(\"Configure\")",
    "Receive(\"Request\")",
];

const MOBILE: &[&str] = &[
    "Role(\"head\")",
    "Role(\"tail\")",
    "Receive(\"Request\")",
    "Receive(\"Update\")",
    "Receive(\"Ack\")",
    "Mark(\"configuration installed\")",
    "Receive(\"Resume\")",
    "Receive(\"Chunk\")",
];

/// What faults mean by the leader: the roles that matter.
const LEADERS: &[&str] = &["head", "head", "middle", "tail", "tail", "joining"];

/// The heartbeat and the timeout, in milliseconds.
const PACES: &[(u64, u64)] = &[(50, 200), (20, 100), (40, 150), (100, 300)];

/// What clients do while a story is told: there is always something to lose.
const BUSY: Dense =
    Dense { gets: &[30, 60], clients: (2, 3), each: (100, 200), timeouts: &[80, 120, 200] };

/// What may go wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Model {
    FailStop,
    Leases,
    Disks,
}

/// What cuts replicas from each other, but none from the master.
const CUTS: &[Kind] = &[
    Kind::ClientCrash,
    Kind::Isolation,
    Kind::Partition,
    Kind::OneWay,
    Kind::Bridge,
    Kind::Heal,
    Kind::Hold,
    Kind::SlowDisk,
    Kind::Jump,
];

/// What makes the master suspect somebody who is up.
const WRONG: &[Kind] = &[
    Kind::Pause,
    Kind::BadLinks,
    Kind::SlowNode,
    Kind::Omission,
    Kind::Drift,
    Kind::SlowMessage,
    Kind::MasterCut,
    Kind::MasterCut,
    Kind::MasterPause,
];

fn play_chain(seed: u64, mutant: Option<&str>) -> Play {
    play("ChainReplication", seed, mutant)
}

fn play_craq(seed: u64, mutant: Option<&str>) -> Play {
    play("Craq", seed, mutant)
}

fn play(protocol: &str, seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "chain settings");
    let mut fields = Fields::default();
    let model = draw.pick(&[Model::FailStop, Model::Leases, Model::Disks, Model::Disks]);
    let mut telling = Draw::of(seed, "chain story");
    let story = Story::drawn(&mut telling).filter(|_| model == Model::Disks);
    let servers = match story {
        Some(story) => telling.pick(story.sizes()),
        None => draw.pick(&[1, 2, 3, 3, 3, 4, 5, 5, 7]),
    };
    fields.set("nodes", servers);
    if story.is_some_and(Story::has_spare) {
        fields.plain("length", format!("Some({})", servers - 1));
        fields.features.push("spares".to_owned());
    } else if servers > 1 && draw.chance(30) {
        let length = draw.between(1, u64::from(servers) - 1);
        fields.plain("length", format!("Some({length})"));
        fields.features.push("spares".to_owned());
    }
    let (heartbeat, timeout) = draw.pick(PACES);
    fields.plain("heartbeat", format!("\"{heartbeat}ms\""));
    fields.plain("timeout", format!("\"{timeout}ms\""));
    let lease_drift = draw.pick(&[1, 2, 10]);
    let mut patience = timeout;
    if model == Model::FailStop {
        fields.features.push("fail-stop".to_owned());
    } else {
        fields.features.push("leases".to_owned());
        // Even in the calm a heartbeat and its answer take up to 40ms.
        let lease = draw.pick(&[heartbeat.max(50) + 15, heartbeat + 60, timeout, timeout * 2]);
        patience = patience.max(lease);
        fields.plain("lease", format!("Some(\"{lease}ms\")"));
        fields.plain("lease_drift", format!("\"{lease_drift}%\""));
    }
    if model == Model::Disks {
        fields.set("disks", true);
    }
    fields.plain("retry", format!("\"{}ms\"", draw.pick(&[30, 60, 100, 200])));
    let chunk = draw.pick(&[1, 2, 5, 64]);
    fields.set("chunk", chunk);
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    let construct = fields.construct(protocol);
    // A read that is stale for a moment is seen by a client that reads in that moment.
    let dense = draw.chance(30) || story.is_some();
    let mut of_clients = Draw::of(seed, "chain clients");
    let (many, workload) = if dense {
        let how = if story.is_some() { BUSY } else { Dense::USUAL };
        dense_readers(&mut of_clients, how, &mut fields.features)
    } else {
        clients(&mut of_clients, &mut fields.features)
    };
    let first = servers + 1;
    let scene = Scene { servers, patience };
    let plots: Vec<Plot> = story.iter().map(|story| story.tell(&mut telling, &scene)).collect();
    Play {
        protocol: construct,
        workload,
        servers,
        clients: first..first + many,
        // A heartbeat is on its way for less than half of the timeout, and so are its delays.
        links: match (model, story) {
            (Model::FailStop, _) => Links::Bounded(timeout / 5),
            (_, Some(_)) => Links::Quick,
            (_, None) => Links::Any,
        },
        drift_ppm: lease_drift * 10_000 / 2,
        bears_cuts: true,
        kinds: match model {
            // Other faults most often spoil a story.
            _ if story.is_some() && telling.chance(60) => Vec::new(),
            Model::FailStop => {
                [&[Kind::CrashButFirst; 10][..], &[Kind::EarlyCrash; 4], CUTS].concat()
            }
            Model::Leases => [CUTS, WRONG].concat(),
            Model::Disks => {
                let more = [Kind::MasterCrash, Kind::Crash, Kind::EarlyCrash];
                [Kind::ALL, WRONG, &more].concat()
            }
        },
        plots,
        leaders: LEADERS,
        occasions: if model == Model::FailStop { AT_REPLICAS } else { OCCASIONS },
        mobile: MOBILE,
        // Dense readers have many more operations, and ask replicas that are down as often as
        // others.
        patience_ms: if dense { 60_000 } else { 20_000 },
        features: fields.features,
    }
}
