//! From a scenario to the world that the engine runs.

use sim_check::SimTime;
use sim_engine::{
    Calm, Link, LinkOverride, Network, NodeSet, ServiceSpec, Transport, Work, WorldSpec,
};
use sim_node::{Bytes, NodeId};
use sim_protocol::{Protocol, Setup};

use crate::ProtocolFacts;
use crate::draft::Draft;
use crate::fault::plain_form;
use crate::images::Images;
use crate::language::{ExpectText, NetworkText, Order, ServiceText, WorkText};
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
    let network = network(text, facts, servers, others);
    let deadline = SimTime::from(draft.deadline?);
    let calm_bound = || {
        let usual = || text.greatest_mean_delay().saturating_mul(10);
        draft.calm_bound.unwrap_or_else(|| text.greatest_delay().unwrap_or_else(usual))
    };
    Some(WorldSpec {
        others,
        disks: draft.disks.clone(),
        clocks: draft.clocks.clone(),
        service: draft.service.iter().map(|service| service_spec(service, facts)).collect(),
        images,
        requests,
        faults: draft.faults.iter().map(|fault| fault.planned()).collect::<Option<_>>()?,
        demands_liveness: !matches!(draft.expect, Some(ExpectText::Safe)),
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

fn network(text: &NetworkText, facts: &ProtocolFacts, servers: u32, others: u32) -> Network {
    let ends = |set: &NodeSet| -> Option<Vec<NodeId>> {
        match set {
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
    }
}

fn service_spec(service: &ServiceText, facts: &ProtocolFacts) -> ServiceSpec {
    let what = match &service.what {
        WorkText::Any => Work::Any,
        WorkText::Messages => Work::Messages,
        // The name was checked, so it is found.
        WorkText::Kind(name) => kind(name, facts).map_or(Work::Messages, Work::Kind),
        WorkText::Timers => Work::Timers,
        WorkText::Requests => Work::Requests,
        WorkText::Disk => Work::Disk,
    };
    ServiceSpec { who: service.who.clone(), what, time: service.time.clone() }
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
    let label = |span: std::ops::Range<usize>| {
        let line = 1 + sheet.text[..span.start].matches('\n').count();
        format!("`{}` (line {line})", clip(&plain_form(&sheet.text[span])))
    };
    links.parts().iter().map(|part| label(part.span())).collect()
}
