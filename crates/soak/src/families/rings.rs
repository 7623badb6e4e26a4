//! Elections on rings: four algorithms, on small rings and larger ones, in any order of
//! identifiers, begun by all or by some. Nothing fails and no message is lost: what is left to a
//! storm is time, that of links, nodes, disks and clocks, the order in which things happen, and for
//! those who can bear it that messages come twice.

use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::Kind;

pub(super) const FAMILY: Family = Family {
    name: "rings",
    play,
    mutants: &[Mutant { code: "CR-no-participant", violates: &["LE4"] }],
};

/// Whatever delays and nothing else.
const KINDS: &[Kind] = &[
    Kind::Pause,
    Kind::Pause,
    Kind::Hold,
    Kind::SlowNode,
    Kind::SlowNode,
    Kind::SlowDisk,
    Kind::Drift,
    Kind::Jump,
];

fn play(seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "rings settings");
    let mut fields = Fields::default();
    let protocol = match mutant {
        Some(_) => "ChangRoberts",
        None => draw.pick(&["ChangRoberts", "HirschbergSinclair", "PetersonRing", "ItaiRodeh"]),
    };
    fields.features.push(protocol.to_owned());
    let servers = draw.pick(&[2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 24]);
    fields.set("nodes", servers);
    match protocol {
        "ItaiRodeh" => {}
        _ if draw.chance(30) => {
            let numbers: Vec<u64> = (1..=u64::from(servers)).collect();
            fields.plain("ids", format!("{:?}", draw.sample(&numbers, numbers.len())));
            fields.features.push("identifiers given".to_owned());
        }
        _ => {
            fields.set("order", draw.pick(&["Ascending", "Descending", "Drawn", "Drawn", "Drawn"]))
        }
    }
    fields.maybe(&mut draw, 30, "announce", false);
    let (links, occasions) = match protocol {
        "ChangRoberts" => (Links::Perfect, CHANG_ROBERTS),
        "HirschbergSinclair" => (Links::Doubling, HIRSCHBERG_SINCLAIR),
        "PetersonRing" => (peterson(&mut draw, &mut fields), PETERSON),
        _ => (itai_rodeh(&mut draw, servers, &mut fields), ITAI_RODEH),
    };
    let workload = initiators(&mut draw, servers, &mut fields);
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    Play {
        protocol: fields.construct(protocol),
        workload,
        servers,
        clients: servers..servers,
        links,
        drift_ppm: 10_000,
        // No link is ever cut.
        bears_cuts: true,
        kinds: KINDS.to_vec(),
        plots: Vec::new(),
        leaders: &[],
        occasions,
        mobile: &[],
        // With constant delays of 60 ms, a round on the largest ring takes a second and a half, and
        // with two identities to draw from, thirty rounds are rare.
        patience_ms: 200_000,
        features: fields.features,
    }
}

/// Both of Peterson's algorithms. Links keep the order and double nothing, or there are numbers.
fn peterson(draw: &mut Draw, fields: &mut Fields) -> Links {
    fields.set("algorithm", draw.pick(&["Basic", "Improved"]));
    let numbered = draw.chance(50);
    fields.set("numbered", numbered);
    if numbered { Links::Doubling } else { Links::Fifo }
}

/// Few identities, so that there are many rounds, or many. Links keep the order and double nothing,
/// or messages name their round.
fn itai_rodeh(draw: &mut Draw, servers: u32, fields: &mut Fields) -> Links {
    if draw.chance(70) {
        fields.plain("identities", draw.pick(&[2, 2, 3, 5, servers.max(2), 1_000]));
    }
    let rounds = draw.chance(60);
    fields.set("rounds", rounds);
    if rounds { Links::Doubling } else { Links::Fifo }
}

/// Who begins: all at once, or some at their start and others when they are asked.
fn initiators(draw: &mut Draw, servers: u32, fields: &mut Fields) -> String {
    let early = if draw.chance(40) {
        fields.features.push("initiators: All".to_owned());
        1
    } else {
        let all: Vec<u32> = (0..servers).collect();
        let many = usize::try_from(draw.below(u64::from(servers).min(4))).expect("a small number");
        let some = draw.sample(&all, many);
        fields.plain("initiators", format!("Only({some:?})"));
        fields.features.push("initiators: Only".to_owned());
        some.len()
    };
    let mut requests = Vec::new();
    while requests.len() + early < 1 || draw.chance(40) {
        let (at, node) = (draw.below(5_000), draw.below(u64::from(servers)));
        requests.push(format!("At(\"{at}ms\", {node}, Elect)"));
    }
    if requests.is_empty() {
        return String::new();
    }
    fields.features.push("requests".to_owned());
    format!("Requests([\n        {},\n    ])", requests.join(",\n        "))
}

const CHANG_ROBERTS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"elected\")",
    "Send(\"Election\")",
    "Receive(\"Election\")",
    "Receive(\"Elected\")",
];

const HIRSCHBERG_SINCLAIR: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"elected\")",
    "Send(\"Inbound\")",
    "Receive(\"Outbound\")",
    "Receive(\"Inbound\")",
    "Receive(\"Elected\")",
];

const PETERSON: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"elected\")",
    "Send(\"Candidate\")",
    "Receive(\"Candidate\")",
    "Receive(\"Elected\")",
];

const ITAI_RODEH: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"candidate\")",
    "Mark(\"elected\")",
    "Send(\"Token\")",
    "Receive(\"Token\")",
    "Receive(\"Elected\")",
];
