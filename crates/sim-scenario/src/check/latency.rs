//! How far apart nodes are: regions that exist and hold everybody once, a table of their size.

use sim_node::NodeId;

use super::nodes::check_set;
use super::{Cast, check_time};
use crate::Diagnostic;
use crate::beside::nothing_beside;
use crate::language::LatencyText;
use crate::outline::Item;
use crate::sheet::Sheet;
use crate::words::count;

/// The most regions.
const REGIONS_MAX: usize = 1_000;

const EXAMPLE: &str = "write it as in `latency: Regions(sets: [\"a\", \"b\"], table: [[\"1ms\", \
                       \"40ms\"], [\"40ms\", \"1ms\"]])`";

/// The table is as large as there are regions, and each time makes sense.
pub(super) fn check_quantities(sheet: &mut Sheet<'_>, latency: &LatencyText, item: &Item) {
    let text = sheet.text;
    let (sets, table) = match latency {
        LatencyText::Drawn(span) => return check_time(sheet, span.longest(), item.at_index(0)),
        LatencyText::Csv { .. } => return sheet.push(nothing_beside(item.span.clone())),
        LatencyText::Regions { sets, table } => (sets, table),
    };
    let rows = item.at_field(text, "table");
    let wrong = |place: &Item, message: String| {
        Diagnostic::error(place.span.clone(), message).label("not the size").help(EXAMPLE)
    };
    if sets.len() > REGIONS_MAX {
        let message = format!("there are {} regions, and at most {REGIONS_MAX}", sets.len());
        return sheet.push(wrong(item.at_field(text, "sets"), message));
    }
    let regions = count(sets.len() as u64, "region");
    if table.len() != sets.len() {
        let rows_in_words = count(table.len() as u64, "row");
        return sheet.push(wrong(rows, format!("a table of {rows_in_words} for {regions}")));
    }
    for (index, row) in table.iter().enumerate() {
        let item = rows.at_index(index);
        if row.len() != sets.len() {
            let columns = count(row.len() as u64, "column");
            sheet.push(wrong(item, format!("a row of {columns} for {regions}")));
        }
        for (place, time) in row.iter().enumerate() {
            check_time(sheet, *time, item.at_index(place));
        }
    }
}

/// The regions exist, and each node is in one of them.
pub(super) fn check(sheet: &mut Sheet<'_>, latency: &LatencyText, item: &Item, cast: &Cast<'_>) {
    let LatencyText::Regions { sets, .. } = latency else { return };
    let list = item.at_field(sheet.text, "sets");
    for (index, name) in sets.iter().enumerate() {
        check_set(sheet, name, list.at_index(index), cast);
    }
    if sets.iter().any(|name| !cast.sets.contains_key(name)) {
        return;
    }
    for number in 0..cast.nodes() {
        let node = NodeId::new(number);
        let holds = |name: &&String| cast.sets[*name].contains(node, cast.servers);
        let regions: Vec<&String> = sets.iter().filter(holds).collect();
        let message = match regions.as_slice() {
            [_] => continue,
            [] => format!("node {number} is in no region"),
            [one, other, ..] => format!("node {number} is in two regions, `{one}` and `{other}`"),
        };
        return sheet.push(
            Diagnostic::error(list.span.clone(), message)
                .label("the regions")
                .help(format!("each node is in one region; {}", cast.in_words())),
        );
    }
}
