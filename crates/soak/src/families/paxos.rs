//! Single-decree Paxos: quorums of all sizes, proposers of all kinds, and values that come when the
//! storm is worst. One value is soon chosen, and then there is little to break, so most values are
//! asked for in the middle of the storm, within a short time that is drawn.

use super::{Family, Fields, Links, Mutant, Play};
use crate::Draw;
use crate::faults::{Kind, Plot};

pub(super) const FAMILY: Family = Family {
    name: "paxos",
    play,
    mutants: &[
        // P2c is judged when a proposal is issued, so it is violated before agreement where both
        // are.
        Mutant { code: "P-anyval", violates: &["PX2", "PX4"] },
        Mutant { code: "P-promise-crash", violates: &["PX2", "PX4"] },
        Mutant { code: "P-no2bcheck", violates: &["PX2"] },
        Mutant { code: "P-reuse", violates: &["PX2", "PX4", "PX6"] },
        Mutant { code: "P-lowest", violates: &["PX2", "PX4"] },
        Mutant { code: "P-stale-promise", violates: &["PX2", "PX4"] },
        Mutant { code: "FP-quorums", violates: &["PX2"] },
    ],
};

const OCCASIONS: &[&str] = &[
    "Role(\"leader\")",
    "Role(\"proposer\")",
    "Mark(\"abandoned\")",
    "Mark(\"learned\")",
    "Send(\"Prepare\")",
    "Send(\"Promise\")",
    "Send(\"Accept\")",
    "Send(\"Accepted\")",
    "Send(\"Learn\")",
    "Receive(\"Prepare\")",
    "Receive(\"Promise\")",
    "Receive(\"Accept\")",
    "Receive(\"Accepted\")",
    "Receive(\"Learn\")",
    "Receive(\"Ask\")",
    "Write",
];

/// What mobile faults wait for: what comes after the promise of another process, so that time has
/// passed since a start.
const MOBILE: &[&str] = &[
    "Mark(\"prepared\")",
    "Send(\"Accept\")",
    "Send(\"Accepted\")",
    "Receive(\"Accept\")",
    "Receive(\"Accepted\")",
    "Receive(\"Refuse\")",
];

/// What comes between the phases of a proposal.
const OFTEN: &[Kind] = &[
    Kind::Isolation,
    Kind::Partition,
    Kind::Crash,
    Kind::CrashInside,
    Kind::CrashOfAll,
    Kind::BadLinks,
    Kind::Hold,
];

fn play(seed: u64, mutant: Option<&str>) -> Play {
    let mut draw = Draw::of(seed, "paxos settings");
    let servers: u32 = draw.pick(&[1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 7]);
    let mut fields = Fields::default();
    fields.set("nodes", servers);
    let separate: u32 = if draw.chance(30) { draw.pick(&[1, 2, 2, 3, 3]) } else { 0 };
    let with_leader = separate == 0 && draw.chance(35);
    if separate > 0 {
        fields.set("proposers", format!("Separate({separate})"));
    }
    let prepare = quorums(&mut draw, servers, &mut fields);
    fields.maybe(&mut draw, 30, "send_to", "Quorum");
    fields.maybe(&mut draw, 35, "learn", "FromAcceptors");
    if with_leader {
        let (period, timeout) = draw.pick(&[(100, 250), (50, 120), (30, 60), (200, 300)]);
        let increase = draw.pick(&[50, 100]);
        let omega = format!(
            "Omega(period: \"{period}ms\", timeout: \"{timeout}ms\", increase: \"{increase}ms\")"
        );
        fields.plain("leader", omega);
        fields.features.push("leader: Omega".to_owned());
        fields.maybe(&mut draw, 40, "prepare_ahead", true);
        // Who is trusted by all has no rival, so a constant backoff is as good.
        fields.set("backoff", draw.pick(&["\"5ms\"", "\"30ms\"", "\"10ms..100ms\""]));
    } else {
        // Of seven proposers one must wait for long enough that another gets through.
        fields.set("backoff", draw.pick(&["\"5ms..600ms\"", "\"20ms..900ms\""]));
    }
    fields.plain("resend", draw.pick(&["\"40ms\"", "\"100ms\"", "\"300ms\""]));
    fields.plain("ask", draw.pick(&["\"150ms\"", "\"500ms\"", "\"1s\""]));
    let workload = values(seed, servers, separate, &mut fields);
    if let Some(code) = mutant {
        fields.plain("mutant", format!("\"{code}\""));
    }
    let mut kinds = [Kind::ALL, OFTEN].concat();
    kinds.retain(|kind| *kind != Kind::Mobile);
    // With one promise, a proposer is done with phase 1 in the instant of its start.
    let mobile = prepare > 1 && servers >= 3;
    Play {
        protocol: fields.construct("Paxos"),
        workload,
        servers,
        // Proposers that are no acceptors are struck as clients are.
        clients: servers..servers + separate,
        links: Links::Any,
        drift_ppm: 10_000,
        // A process outside the core that sends, and receives nothing, may be trusted for ever.
        bears_cuts: !with_leader,
        kinds,
        plots: if mobile { mobile_fault(seed) } else { Vec::new() },
        leaders: &[],
        occasions: OCCASIONS,
        mobile: &[],
        patience_ms: 20_000,
        features: fields.features,
    }
}

/// A mobile fault now and then. It lasts for the whole storm: proposals are over in a moment, which
/// a window that is drawn would miss.
fn mobile_fault(seed: u64) -> Vec<Plot> {
    let mut draw = Draw::of(seed, "paxos mobile fault");
    if !draw.chance(30) {
        return Vec::new();
    }
    let (on, strike) = (draw.pick(MOBILE), draw.pick(&["Crash", "Isolate"]));
    // Who is back from a crash proposes at once and is refused again: two that take turns in it
    // would fill the network.
    let strike = if on.contains("Refuse") { "Isolate" } else { strike };
    let inside = draw.pick(&["Drawn", "Drawn", "First(0)", "First(1)", "First(2)", "First(3)"]);
    let fault = format!("Mobile(on: {on}, inside: {inside}, strike: {strike})");
    let row = format!("mobile fault, {}", strike.to_lowercase());
    vec![Plot { row, faults: vec![format!("Between(\"0ms\", \"5900ms\", {fault})")] }]
}

/// How many promises phase 1 needs.
fn quorums(draw: &mut Draw, servers: u32, fields: &mut Fields) -> u64 {
    let all = u64::from(servers);
    if draw.chance(50) {
        return all / 2 + 1;
    }
    let accept = draw.between(1, all);
    let prepare =
        if draw.chance(70) { all + 1 - accept } else { draw.between(all + 1 - accept, all) };
    fields.plain("quorums", format!("Flexible(prepare: {prepare}, accept: {accept})"));
    fields.features.push("quorums: Flexible".to_owned());
    prepare
}

/// Who wants what chosen, and when. All that is not there from the start comes within a short time.
fn values(seed: u64, servers: u32, separate: u32, fields: &mut Fields) -> String {
    let mut draw = Draw::of(seed, "paxos values");
    let first = if separate > 0 { servers } else { 0 };
    let proposers: Vec<u32> = (first..servers + separate).collect();
    if draw.chance(20) {
        fields.features.push("start: Everybody".to_owned());
        return String::new();
    }
    let mut given = Vec::new();
    if draw.chance(30) {
        let proposer = draw.pick(&proposers);
        given.push(format!("{proposer}: {}", 100 + proposer));
        fields.features.push("start: Given".to_owned());
    } else {
        fields.features.push("start: Nobody".to_owned());
    }
    fields.plain("start", format!("Given({{{}}})", given.join(", ")));
    let begin = draw.between(50, 4_500);
    let spread = draw.pick(&[20, 100, 300, 1_000]);
    let mut requests = Vec::new();
    for number in 0..draw.between(2, 5) {
        let at = begin + draw.below(spread);
        let proposer = draw.pick(&proposers);
        requests.push(format!("At(\"{at}ms\", {proposer}, Propose({number}))"));
    }
    format!("Requests([{}])", requests.join(", "))
}
