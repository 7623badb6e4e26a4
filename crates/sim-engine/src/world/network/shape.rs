//! [`Shape`]: how far apart nodes are, and how much their links carry.

use rustc_hash::FxHashMap;
use sim_node::{Bandwidth, NodeId, Ratio};

use super::Leaving;

use crate::chance::{Stream, between};
use crate::{Latency, Network};

/// How far apart nodes are, and until when their links are busy.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    seed: u64,
    /// Of pairs whose latency was drawn: never iterated, so its order does not matter.
    drawn: FxHashMap<(NodeId, NodeId), u64>,
    /// When the last byte of what was sent so far has left, by sender and receiver; never iterated.
    busy: FxHashMap<(NodeId, NodeId), Busy>,
}

/// Until when a link is busy with what an incarnation of its sender has sent. What a crash kept
/// from leaving holds up nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Busy {
    incarnation: u32,
    until: u64,
}

impl Shape {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// What the distance adds to a message's way, in nanoseconds.
    #[inline(never)]
    pub(super) fn latency(&mut self, latency: &Latency, from: NodeId, to: NodeId) -> u64 {
        match latency {
            Latency::None => 0,
            Latency::Regions { region, regions, table } => {
                let of = |node: NodeId| region.get(node.index()).copied();
                let (Some(from), Some(to)) = (of(from), of(to)) else { return 0 };
                if from >= *regions || to >= *regions {
                    return 0;
                }
                let place = u64::from(from) * u64::from(*regions) + u64::from(to);
                let place = usize::try_from(place).expect("a place in a table");
                table.get(place).map_or(0, |latency| latency.as_nanos())
            }
            Latency::Drawn(span) => {
                let (shortest, longest) = (span.shortest().as_nanos(), span.longest().as_nanos());
                let seed = self.seed;
                *self.drawn.entry((from.min(to), from.max(to))).or_insert_with_key(|(a, b)| {
                    between(Stream::of_pair(seed, *a, *b).word(), shortest, longest)
                })
            }
        }
    }

    /// How long a message of so many bytes waits for those before it on its link, and takes to
    /// leave, in nanoseconds. It holds up those behind it.
    pub(super) fn leave(&mut self, bandwidth: Bandwidth, leaving: &Leaving) -> u64 {
        let &Leaving { from, to, incarnation, size, now, .. } = leaving;
        let busy = self.busy.entry((from, to)).or_default();
        if busy.incarnation != incarnation {
            *busy = Busy { incarnation, until: 0 };
        }
        busy.until = now.max(busy.until).saturating_add(bandwidth.time_of(size));
        busy.until - now
    }
}

/// How likely a message of so many bytes is lost by one of its packets.
pub(super) fn loss_of_packets(packet_loss: Ratio, size: u64) -> Ratio {
    const WHOLE: u64 = 1_000_000_000;
    let packets = size.div_ceil(Network::PACKET).max(1);
    let (mut survives, mut factor) = (WHOLE, WHOLE - u64::from(packet_loss.parts_per_billion()));
    let mut left = packets;
    while left > 0 {
        if left & 1 == 1 {
            survives = survives * factor / WHOLE;
        }
        factor = factor * factor / WHOLE;
        left >>= 1;
    }
    Ratio::from_parts_per_billion(u32::try_from(WHOLE - survives).expect("at most all of them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_lost_with_each_of_its_packets() {
        let tenth = Ratio::from_percent(10);
        let of = |size| loss_of_packets(tenth, size).parts_per_billion();
        // One packet up to 1,500 bytes; two survive with 0.81, three with 0.729.
        assert_eq!([0, 1, 1_500].map(of), [100_000_000; 3]);
        assert_eq!([1_501, 4_500].map(of), [190_000_000, 271_000_000]);
        assert_eq!(loss_of_packets(tenth, u64::MAX), Ratio::ONE);
        assert_eq!(loss_of_packets(Ratio::ZERO, u64::MAX), Ratio::ZERO);
    }

    #[test]
    fn a_link_carries_one_message_behind_the_other() {
        let (a, b) = (NodeId::new(0), NodeId::new(1));
        // A byte takes a microsecond.
        let bandwidth = Bandwidth::per_second(1_000_000);
        let leaving = |from, to, size, now| Leaving {
            id: 0,
            from,
            to,
            kind: 0,
            size,
            tie: 0,
            incarnation: 0,
            now,
        };
        let mut shape = Shape::new(0);
        let mut leave = |leaving: Leaving| shape.leave(bandwidth, &leaving);
        assert_eq!(leave(leaving(a, b, 5, 0)), 5_000);
        assert_eq!(leave(leaving(a, b, 2, 1_000)), 6_000, "4 of waiting, 2 of its own");
        assert_eq!(leave(leaving(b, a, 2, 1_000)), 2_000, "the other direction is free");
        assert_eq!(leave(leaving(a, b, 1_000, 90_000)), 1_000_000);
        let reborn = Leaving { incarnation: 1, ..leaving(a, b, 2, 90_000) };
        assert_eq!(leave(reborn), 2_000);
    }
}
