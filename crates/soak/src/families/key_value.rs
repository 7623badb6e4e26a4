//! The clients of the key-value service: what families of replicated protocols are asked for.

use super::Fields;
use crate::Draw;

/// How operations are mixed, lightly and heavily in appends.
const MIXES: &[&str] = &[
    "(get: 50, put: 25, append: 15, cas: 5, delete: 5)",
    "(get: 60, put: 40, append: 0, cas: 0, delete: 0)",
    "(get: 30, put: 30, append: 0, cas: 0, delete: 40)",
    "(get: 20, put: 20, append: 0, cas: 60, delete: 0)",
    "(get: 20, put: 10, append: 60, cas: 5, delete: 5)",
];

/// The workload `KeyValue`, and how many clients it has.
///
/// Operations that stay open for long make a history hard to judge, appends most of all, whose
/// orders all differ. So workloads that leave many open are small: an open loop during an outage,
/// and clients that give up.
pub(super) fn clients(draw: &mut Draw, features: &mut Vec<String>) -> (u32, String) {
    let mut fields = Fields::default();
    let open = draw.chance(30);
    let attempts = draw.pick(&[0, 0, 0, 0, 0, 0, 1, 2, 5]);
    let large = !open && attempts == 0;
    let clients = if large { draw.pick(&[1, 2, 3, 3, 3, 5]) } else { draw.pick(&[1, 2, 3]) };
    fields.plain("clients", clients);
    fields.plain("operations", if large { draw.between(20, 120) } else { draw.between(8, 40) });
    let keys = if large { draw.pick(&[1, 2, 2, 4]) } else { draw.pick(&[2, 4, 6]) };
    fields.plain("keys", keys);
    let appends = large && clients <= 2;
    fields.plain("mix", if appends { draw.pick(MIXES) } else { draw.pick(&MIXES[..4]) });
    if large && keys > 1 && draw.chance(25) {
        fields.set("skew", "Hot(keys: 1, share: \"80%\")");
    }
    if open {
        let every = draw.between(80, 500);
        fields.plain("arrivals", format!("Open(every: \"{}ms..{every}ms\")", every / 2));
        features.push("open loop".to_owned());
    } else {
        let think = draw.between(0, 120);
        fields.plain("arrivals", format!("Closed(think: \"{}ms..{think}ms\")", think / 3));
        features.push("closed loop".to_owned());
    }
    let timeouts = if attempts == 0 { [80, 200, 300, 500] } else { [200, 300, 500, 800] };
    fields.plain("timeout", format!("\"{}ms\"", draw.pick(&timeouts)));
    if attempts > 0 {
        fields.plain("attempts", attempts);
        features.push("clients that give up".to_owned());
    }
    features.append(&mut fields.features);
    (clients, fields.construct("KeyValue"))
}

/// How densely clients read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dense {
    /// The shares of reads to choose from, in percent: a server that misses many writes cannot be
    /// elected, and then no other leader is there to write.
    pub(super) gets: &'static [u64],
    /// The least and the most clients.
    pub(super) clients: (u64, u64),
    /// The least and the most operations of each.
    pub(super) each: (u64, u64),
    /// How long they wait for an answer, in milliseconds.
    pub(super) timeouts: &'static [u64],
}

impl Dense {
    /// Where nothing is told that readers must wait for.
    pub(super) const USUAL: Self = Self {
        gets: &[80, 95, 98, 99],
        clients: (3, 6),
        each: (50, 120),
        timeouts: &[80, 120, 200],
    };
}

/// Many reads of one key at once, and a few writes by clients that do not wait for long. A read
/// that is stale for a short time only is found by a client that reads at that time, at the server
/// that was leader, while another client already writes at the next one.
pub(super) fn dense_readers(
    draw: &mut Draw,
    dense: Dense,
    features: &mut Vec<String>,
) -> (u32, String) {
    let mut fields = Fields::default();
    let clients = draw.between(dense.clients.0, dense.clients.1);
    fields.plain("clients", clients);
    fields.plain("operations", clients * draw.between(dense.each.0, dense.each.1));
    fields.plain("keys", draw.pick(&[1, 1, 2]));
    let get = draw.pick(dense.gets);
    fields.plain("mix", format!("(get: {get}, put: {}, append: 0, cas: 0, delete: 0)", 100 - get));
    let think = draw.pick(&[2, 5, 20]);
    fields.plain("arrivals", format!("Closed(think: \"0ms..{think}ms\")"));
    fields.plain("timeout", format!("\"{}ms\"", draw.pick(dense.timeouts)));
    // At once at the newly elected leader, and still at the former one.
    fields.plain("contact", draw.pick(&["Any", "Any", "Any", "Last"]));
    features.push("dense reads".to_owned());
    (u32::try_from(clients).expect("a few"), fields.construct("KeyValue"))
}
