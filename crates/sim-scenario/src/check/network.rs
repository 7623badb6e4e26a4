//! The network, the disks, the clocks and the service times.

use sim_engine::NodeSet;

use super::delays::check_delay;
use super::nodes::{check_kind, check_node_set};
use super::{Cast, check_time, latency};
use crate::Diagnostic;
use crate::draft::Draft;
use crate::language::{LinkText, NetworkText, WorkText};
use crate::outline::Item;
use crate::sheet::Sheet;
use crate::words::count;

/// Tables of who is at the ends of overridden links: so many entries at most.
const LINK_ENDS_MAX: u64 = 1 << 24;

/// Distributions and durations make sense.
pub(crate) fn check_quantities(sheet: &mut Sheet<'_>, draft: &Draft<'_>) {
    let text = sheet.text;
    if let Some(network) = &draft.network {
        let item = sheet.field("network");
        check_delay(sheet, network.delay(), item.at_field(text, "delay"));
        if let Some(latency) = network.latency() {
            latency::check_quantities(sheet, latency, item.at_field(text, "latency"));
        }
        for (index, link) in network.links().iter().enumerate() {
            let entry = item.at_field(text, "links").at_index(index);
            check_link_quantities(sheet, network, link, entry);
        }
    }
    for (index, disk) in draft.disks.iter().enumerate() {
        let entry = sheet.field("disks").at_index(index);
        check_delay(sheet, &disk.sync, entry.at_field(text, "sync"));
    }
    for (index, clock) in draft.clocks.iter().enumerate() {
        let entry = sheet.field("clocks").at_index(index);
        check_time(sheet, clock.offset_within, entry.at_field(text, "offset_within"));
        let offset = sim_node::Duration::from_nanos(clock.offset.as_nanos().unsigned_abs());
        check_time(sheet, offset, entry.at_field(text, "offset"));
    }
    for (index, service) in draft.service.iter().enumerate() {
        let entry = sheet.field("service").at_index(index);
        check_delay(sheet, &service.time, entry.at_field(text, "time"));
    }
}

fn check_link_quantities(
    sheet: &mut Sheet<'_>,
    network: &NetworkText,
    link: &LinkText,
    entry: &Item,
) {
    if let Some(delay) = &link.delay {
        check_delay(sheet, delay, entry.at_field(sheet.text, "delay"));
    }
    if link.delay.is_none() && link.loss.is_none() && link.duplication.is_none() {
        sheet.push(
            Diagnostic::error(entry.span.clone(), "the entry changes nothing about its links")
                .label("no delay, loss or duplication")
                .help("write it as in `(from: Node(0), delay: Constant(\"3ms\"))`"),
        );
    }
    if matches!(network, NetworkText::Stream { .. }) && link.duplication.is_some() {
        let place = entry.at_field(sheet.text, "duplication").span.clone();
        sheet.push(
            Diagnostic::error(place, "a stream duplicates no messages")
                .label("connections drop duplicates")
                .help("duplication needs a `Datagram` network"),
        );
    }
}

/// The nodes and names exist.
pub(crate) fn check(sheet: &mut Sheet<'_>, draft: &Draft<'_>, cast: &Cast<'_>) {
    let text = sheet.text;
    if let Some(network) = &draft.network {
        let links = sheet.field("network").at_field(text, "links");
        for (index, link) in network.links().iter().enumerate() {
            let entry = links.at_index(index);
            check_node_set(sheet, &link.from, entry.at_field(text, "from"), cast);
            check_node_set(sheet, &link.to, entry.at_field(text, "to"), cast);
            if let Some(kind) = &link.kind {
                check_kind(sheet, kind, &entry.at_field(text, "kind").span, cast);
            }
        }
        check_size(sheet, network, links, cast);
        if let Some(latency) = network.latency() {
            let item = sheet.field("network").at_field(text, "latency");
            latency::check(sheet, latency, item, cast);
        }
    }
    for (index, disk) in draft.disks.iter().enumerate() {
        let entry = sheet.field("disks").at_index(index);
        check_node_set(sheet, &disk.who, entry.at_field(text, "who"), cast);
    }
    if !draft.disks.is_empty() && !cast.has_disk {
        let message = format!("the nodes of `{}` write nothing to their disks", cast.facts.name);
        let place = sheet.field("disks").span.clone();
        sheet.push(Diagnostic::warning(place, message).label("has no effect"));
    }
    for (index, clock) in draft.clocks.iter().enumerate() {
        let entry = sheet.field("clocks").at_index(index);
        check_node_set(sheet, &clock.who, entry.at_field(text, "who"), cast);
    }
    for (index, service) in draft.service.iter().enumerate() {
        let entry = sheet.field("service").at_index(index);
        check_node_set(sheet, &service.who, entry.at_field(text, "who"), cast);
        if let WorkText::Kind(kind) = &service.what {
            let place = &entry.at_field(text, "what").at_index(0).span;
            check_kind(sheet, kind, place, cast);
        }
    }
}

/// Links between given nodes take a table each, which a file must not make huge.
fn check_size(sheet: &mut Sheet<'_>, network: &NetworkText, links: &Item, cast: &Cast<'_>) {
    let given = |set: &NodeSet| u64::from(*set != NodeSet::All);
    let ends: u64 = network.links().iter().map(|link| given(&link.from) + given(&link.to)).sum();
    if ends.saturating_mul(u64::from(cast.nodes())) > LINK_ENDS_MAX {
        let message = format!("too many special links for {}", count(cast.nodes(), "node"));
        sheet.push(
            Diagnostic::error(links.span.clone(), message)
                .label("too many")
                .help("leave `from` and `to` out where an entry is for all nodes"),
        );
    }
}
