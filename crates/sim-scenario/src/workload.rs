//! The workload and the first disks of a scenario, read with the protocol's own types.

use std::collections::BTreeMap;

use ron::value::RawValue;
use serde::Deserialize;
use sim_check::SimTime;
use sim_node::{Duration, Node, NodeId};
use sim_protocol::Protocol;

use crate::Diagnostic;
use crate::check::{Cast, check_node, check_time};
use crate::draft::Draft;
use crate::language::WorkloadText;
use crate::sheet::Sheet;

/// The most requests of a plain workload.
const REQUESTS_MAX: usize = 100_000;

/// A request, what it asks for unread.
#[derive(Deserialize)]
#[serde(rename = "RequestLine")]
enum RequestLine<'a> {
    At(Duration, u32, #[serde(borrow)] &'a RawValue),
}

/// Requests of a node, in the order of the file.
pub(crate) type Requests<N> = Vec<(SimTime, NodeId, <N as Node>::Request)>;
/// Disks at the first start.
pub(crate) type Images<N> = BTreeMap<NodeId, <N as Node>::Stable>;

/// The plain workload.
pub(crate) fn requests<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
    cast: &Cast<'_>,
) -> Option<Requests<P::Node>> {
    let Some(workload) = draft.workload else { return Some(Vec::new()) };
    let list = sheet.field("workload").at_index(0);
    let length = list.parts().len();
    if length > REQUESTS_MAX {
        let message =
            format!("the workload has {length} requests; at most {REQUESTS_MAX} are allowed");
        let place = list.at_index(REQUESTS_MAX).span.clone();
        sheet.push(Diagnostic::error(place, message).label("one too many"));
        return None;
    }
    let WorkloadText::Requests(raws) = sheet.read(workload, "the workload")?;
    let mut requests = Vec::with_capacity(raws.len());
    let mut all_read = true;
    for (index, raw) in raws.into_iter().enumerate() {
        let item = list.at_index(index);
        let line = sheet.read::<RequestLine<'_>>(raw.get_ron(), "the request");
        let Some(RequestLine::At(at, node, request)) = line else {
            all_read = false;
            continue;
        };
        check_time(sheet, at, item.at_index(0));
        check_node(sheet, node, &item.at_index(1).span, cast);
        if draft.deadline.is_some_and(|deadline| at > deadline) {
            let message = format!("the request at {at} comes after the deadline");
            let place = item.at_index(0).span.clone();
            sheet.push(Diagnostic::warning(place, message).label("the run is over by then"));
        }
        match sheet.read(request.get_ron(), "the request") {
            Some(request) => requests.push((SimTime::from(at), NodeId::new(node), request)),
            None => all_read = false,
        }
    }
    all_read.then_some(requests)
}

/// The disks at the first start.
pub(crate) fn images<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
    cast: &Cast<'_>,
) -> Option<Images<P::Node>> {
    let Some(text) = draft.images else { return Some(BTreeMap::new()) };
    let raws: BTreeMap<u32, &RawValue> = sheet.read(text, "the images")?;
    let item = sheet.field("images");
    if item.parts().len() > raws.len() {
        let message = "a node has two images";
        sheet.push(Diagnostic::error(item.span.clone(), message).label("one node is named twice"));
    }
    for part in item.parts() {
        let Some(key) = &part.key else { continue };
        if let Ok(node) = sheet.text[key.span.clone()].parse() {
            check_node(sheet, node, &key.span, cast);
        }
    }
    let mut images = BTreeMap::new();
    let mut all_read = true;
    for (node, raw) in raws {
        match sheet.read(raw.get_ron(), "the image") {
            Some(image) => {
                images.insert(NodeId::new(node), image);
            }
            None => all_read = false,
        }
    }
    all_read.then_some(images)
}
