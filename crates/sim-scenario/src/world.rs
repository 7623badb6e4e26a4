//! From a scenario to the world that the engine runs.

use std::collections::BTreeMap;

use sim_check::SimTime;
use sim_engine::{
    Calm, ClockSpec, DiskSpec, Latency, Link, LinkOverride, Network, NodeSet, ServiceSpec,
    Transport, Work, WorldSpec,
};
use sim_node::{Bytes, NodeId};
use sim_protocol::{Protocol, Setup};

use crate::ProtocolFacts;
use crate::draft::Draft;
use crate::fault::plain_form;
use crate::images::Images;
use crate::language::{ExpectText, LatencyText, NetworkText, Order, ServiceText, WorkText};
use crate::sheet::Sheet;
use crate::words::clip;
use crate::workload::Requests;

/// The world of a scenario that was checked.
pub(crate) fn spec<P: Protocol>(
    draft: &Draft<'_>,
    facts: &ProtocolFacts,
    servers: u32,
    setup: Setup<P::Node>,
    requests: Requests<P::Node>,
    images: Images<P::Node>,
) -> Option<WorldSpec<P::Node>> {
    let Setup { config, others, core, .. } = setup;
    let text = draft.network.as_ref()?;
    let members = |set: &NodeSet| members(set, &draft.sets);
    let network = network(text, facts, (servers, others), members);
    let (disks, clocks, service) = (draft.disks.iter(), draft.clocks.iter(), draft.service.iter());
    let deadline = SimTime::from(draft.deadline?);
    let calm_bound = || {
        let usual = || text.greatest_mean_delay().saturating_mul(10);
        draft.calm_bound.unwrap_or_else(|| text.greatest_delay().unwrap_or_else(usual))
    };
    Some(WorldSpec {
        others,
        disks: disks.map(|disk| DiskSpec { who: members(&disk.who), ..disk.clone() }).collect(),
        clocks: clocks.map(|one| ClockSpec { who: members(&one.who), ..one.clone() }).collect(),
        service: service.map(|one| service_spec(one, members(&one.who), facts)).collect(),
        sets: draft.sets.clone(),
        images,
        requests,
        faults: draft.faults.iter().map(|fault| fault.planned()).collect::<Option<_>>()?,
        demands_liveness: !matches!(draft.expect, Some(ExpectText::Safe)),
        tolerates_byzantine: P::TOLERATES_BYZANTINE,
        calm: draft.calm.map(|at| Calm { at: SimTime::from(at), bound: calm_bound() }),
        core,
        model: draft.model.clone(),
        ties: draft.ties,
        steps_max: draft.budget.unwrap_or(WorldSpec::<P::Node>::STEPS_DEFAULT),
        memory_max: draft.memory.map_or(WorldSpec::<P::Node>::MEMORY_DEFAULT, Bytes::get),
        bytes: draft.bytes,
        ..WorldSpec::new(config, servers, network, deadline)
    })
}

/// A set of nodes; of a named one its nodes. The name was checked, so it is found.
fn members(set: &NodeSet, sets: &BTreeMap<String, NodeSet>) -> NodeSet {
    match set {
        NodeSet::Set(name) => sets.get(name).cloned().unwrap_or_default(),
        set => set.clone(),
    }
}

fn network(
    text: &NetworkText,
    facts: &ProtocolFacts,
    (servers, others): (u32, u32),
    members: impl Fn(&NodeSet) -> NodeSet,
) -> Network {
    let ends = |set: &NodeSet| -> Option<Vec<NodeId>> {
        match members(set) {
            NodeSet::All => None,
            set => {
                let nodes = (0..servers + others).map(NodeId::new);
                Some(nodes.filter(|node| set.contains(*node, servers)).collect())
            }
        }
    };
    let overrides = text.links().iter().map(|link| LinkOverride {
        from: ends(&link.from),
        to: ends(&link.to),
        both: link.both,
        kind: link.kind.as_deref().and_then(|name| kind(name, facts)),
        delay: link.delay.clone(),
        loss: link.loss,
        duplication: link.duplication,
    });
    Network {
        transport: match text {
            NetworkText::Datagram { .. } => Transport::Datagram,
            NetworkText::Stream { .. } => Transport::Stream,
        },
        link: Link {
            delay: text.delay().clone(),
            loss: text.loss(),
            duplication: text.duplication(),
            fifo: matches!(text, NetworkText::Datagram { order: Order::Fifo, .. }),
        },
        overrides: overrides.collect(),
        latency: latency(text.latency(), (servers, servers + others), &members),
        bandwidth: text.bandwidth(),
        packet_loss: text.packet_loss(),
    }
}

/// How far apart nodes are. The names of the regions were checked, so they are found.
fn latency(
    text: Option<&LatencyText>,
    (servers, nodes): (u32, u32),
    members: impl Fn(&NodeSet) -> NodeSet,
) -> Latency {
    match text {
        // A table in a file was written out, or was refused.
        None | Some(LatencyText::Csv { .. }) => Latency::None,
        Some(LatencyText::Drawn(span)) => Latency::Drawn(*span),
        Some(LatencyText::Regions { sets, table }) => {
            let sets: Vec<NodeSet> =
                sets.iter().map(|name| members(&NodeSet::Set(name.clone()))).collect();
            let regions = u32::try_from(sets.len()).expect("a scenario has fewer regions");
            let region = |node: u32| {
                let at = sets.iter().position(|set| set.contains(NodeId::new(node), servers));
                at.map_or(regions, |at| u32::try_from(at).expect("a scenario has fewer regions"))
            };
            let region = (0..nodes).map(region).collect();
            Latency::Regions { region, regions, table: table.concat() }
        }
    }
}

fn service_spec(service: &ServiceText, who: NodeSet, facts: &ProtocolFacts) -> ServiceSpec {
    let what = match &service.what {
        WorkText::Any => Work::Any,
        WorkText::Messages => Work::Messages,
        // The name was checked, so it is found.
        WorkText::Kind(name) => kind(name, facts).map_or(Work::Messages, Work::Kind),
        WorkText::Timers => Work::Timers,
        WorkText::Requests => Work::Requests,
        WorkText::Disk => Work::Disk,
    };
    ServiceSpec { who, what, time: service.time.clone() }
}

/// The index of a kind of message.
fn kind(name: &str, facts: &ProtocolFacts) -> Option<usize> {
    facts.kinds.iter().position(|kind| *kind == name)
}

/// The overrides of the network as they stand in the file, each with its line.
pub(crate) fn override_labels(sheet: &Sheet<'_>) -> Vec<String> {
    let links = sheet.field("network").at_field(sheet.text, "links");
    if links.span == sheet.field("network").span {
        return Vec::new();
    }
    // Entries stand in order, so each line of the file is counted once.
    let (mut line, mut counted) = (1, 0);
    let mut label = |span: std::ops::Range<usize>| {
        line += sheet.text[counted..span.start].matches('\n').count();
        counted = span.start;
        format!("`{}` (line {line})", clip(&plain_form(&sheet.text[span])))
    };
    links.parts().iter().map(|part| label(part.span())).collect()
}
