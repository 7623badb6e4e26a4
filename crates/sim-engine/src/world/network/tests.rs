//! The network by itself: no world, no nodes, no messages.

use serde::{Deserialize, Serialize};
use sim_check::SimTime;
use sim_node::{Class, Context, Duration, Message, Never, Node, NodeId, Ratio};

use super::*;
use crate::chance::FaultChance;
use crate::plan::LinkMatch;
use crate::{Link, Transport, WorldSpec};

/// A plan is made for a kind of node; this one does nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Mute;

impl Message for Mute {
    const KINDS: &'static [(&'static str, Class)] = &[("Mute", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
}

impl Node for Mute {
    type Config = ();
    type Message = Self;
    type Timer = ();
    type Request = Never;
    type Indication = Never;
    type Stable = ();
    fn start((): &(), _: &mut Context<'_, Self>) -> Self {
        Self
    }
    fn on_message(&mut self, _: NodeId, _: Self, _: &mut Context<'_, Self>) {}
    fn on_timer(&mut self, (): (), _: &mut Context<'_, Self>) {}
    fn on_request(&mut self, never: Never, _: &mut Context<'_, Self>) {
        match never {}
    }
}

const A: NodeId = NodeId::new(0);
const B: NodeId = NodeId::new(1);
const C: NodeId = NodeId::new(2);

fn nanos(nanos: u64) -> Delay {
    Delay::Constant(Duration::from_nanos(nanos))
}

/// Three nodes, whose messages take so long.
fn links(delay: Delay, transport: Transport, fifo: bool) -> Network {
    let (loss, duplication) = (Ratio::ZERO, Ratio::ZERO);
    let link = Link { delay, loss, duplication, fifo };
    let network = crate::Network::new(transport, link);
    let spec = WorldSpec::<Mute>::new((), 3, network, SimTime::from_nanos(0));
    Network::new(&Arc::new(Plan::new(&spec)), 3, 0)
}

fn datagrams() -> Network {
    links(nanos(10), Transport::Datagram, false)
}

fn streams() -> Network {
    links(Delay::Uniform(Duration::ZERO, Duration::from_nanos(u64::MAX)), Transport::Stream, false)
}

fn leaving(id: u64, now: u64) -> Leaving {
    Leaving { id, from: A, to: B, kind: 0, size: 0, tie: 0, incarnation: 0, now }
}

/// Words by which nothing is lost or duplicated, and a message travels so long where its delay is
/// uniform over all lengths.
fn words(delay: u64) -> Words {
    Words { delay, loss: u64::MAX, twice: u64::MAX, copy_delay: 0, copy_tie: 0 }
}

fn send(network: &mut Network, id: u64, now: u64, delay: u64) -> Result<u64, Loss> {
    network.send(&leaving(id, now), &words(delay)).map(|journey| journey.arrives.0)
}

fn arrive(network: &mut Network, id: u64, now: u64) -> Option<Loss> {
    network.turned_away((id, A, B, 0), now, &mut false)
}

fn between(from: &[bool], to: &[bool]) -> CutRule {
    CutRule::OneWay(from.to_vec(), to.to_vec())
}

fn kept(id: u64, arrives: u64) -> Kept {
    let (step, sent, tie, copied, copy) = (0, 0, 0, false, false);
    Kept {
        arrives,
        envelope: Envelope { id, from: A, to: B, step, sent, tie, copied, copy, twin: false },
        parcel: 0,
    }
}

#[test]
fn links_are_plain_until_something_is_in_force() {
    let mut network = datagrams();
    assert!(network.is_plain());
    network.cut(0, 1, between(&[true, false, false], &[false, true, false]), false);
    assert!(!network.is_plain() && !network.is_guarded());
    network.end_cut(0);
    assert!(network.is_plain());
    network.hold(0, vec![true; 3], vec![true; 3], None);
    assert!(!network.is_plain());
    network.end_hold(0);
    network.omit(0, B, false, Ratio::ONE, FaultChance::new(0, 0).by_message());
    assert!(!network.is_plain() && network.is_guarded());
    network.end_omissions(0, B);
    assert!(network.is_plain() && !network.is_guarded());
}

#[test]
fn a_cut_loses_what_is_sent_while_it_lasts_in_its_direction() {
    let mut network = datagrams();
    network.cut(0, 1, between(&[true, false, false], &[false, true, false]), false);
    assert_eq!(send(&mut network, 2, 0, 0), Err(Loss::OneWay));
    let back = Leaving { from: B, to: A, ..leaving(3, 0) };
    assert!(network.send(&back, &words(0)).is_ok());
    network.end_cut(0);
    assert_eq!(send(&mut network, 5, 0, 0), Ok(10));
}

#[test]
fn only_a_cut_at_delivery_severs_what_is_in_flight() {
    for (at_delivery, lost) in [(false, None), (true, Some(Loss::OneWay))] {
        let mut network = datagrams();
        network.cut(0, 9, between(&[true; 3], &[true; 3]), at_delivery);
        assert_eq!(arrive(&mut network, 1, 10), lost);
    }
}

#[test]
fn a_partition_counts_before_a_one_way_cut() {
    for partition_first in [true, false] {
        let mut network = datagrams();
        let one_way = between(&[true, false, false], &[false, true, false]);
        let partition = CutRule::Groups(vec![Some(0), Some(1), None]);
        let cuts = if partition_first { [partition, one_way] } else { [one_way, partition] };
        for (fault, cut) in (0..).zip(cuts) {
            network.cut(fault, 1, cut, false);
        }
        assert_eq!(send(&mut network, 2, 0, 0), Err(Loss::Cut));
        network.end_cut(u32::from(!partition_first));
        network.end_cut(u32::from(partition_first));
        assert_eq!(send(&mut network, 3, 0, 0), Ok(10));
    }
}

#[test]
fn groups_part_those_of_other_groups_and_nobody_without_a_group() {
    let mut network = datagrams();
    network.cut(0, 1, CutRule::Groups(vec![Some(0), Some(1), None]), false);
    assert_eq!(send(&mut network, 2, 0, 0), Err(Loss::Cut));
    assert!(network.send(&Leaving { to: C, ..leaving(3, 0) }, &words(0)).is_ok());
}

#[test]
fn a_stream_delivers_in_order_within_one_incarnation() {
    let mut network = streams();
    assert_eq!(send(&mut network, 1, 0, 100), Ok(100));
    assert_eq!(send(&mut network, 2, 0, 5), Ok(100), "behind the first");
    let reborn = Leaving { incarnation: 1, ..leaving(3, 0) };
    assert_eq!(network.send(&reborn, &words(5)).map(|journey| journey.arrives.0), Ok(5));
}

#[test]
fn a_broken_connection_loses_what_is_undelivered_and_nothing_newer() {
    let mut network = streams();
    network.break_connection(A, B, 5);
    assert_eq!(arrive(&mut network, 4, 10), Some(Loss::Connection));
    assert_eq!(arrive(&mut network, 6, 10), None);
}

#[test]
fn a_crash_of_either_end_kills_the_connections_of_a_stream_only() {
    for node in [A, B] {
        let mut network = streams();
        network.crash(node, 5);
        assert_eq!(arrive(&mut network, 4, 10), Some(Loss::Connection));
        assert_eq!(arrive(&mut network, 6, 10), None);
    }
    let mut network = datagrams();
    network.crash(A, 5);
    assert_eq!(arrive(&mut network, 4, 10), None);
}

#[test]
fn a_stream_remembers_a_cut_that_is_over() {
    let mut network = streams();
    network.cut(0, 5, between(&[true; 3], &[true; 3]), false);
    network.end_cut(0);
    let mut severed = false;
    assert_eq!(network.turned_away((4, A, B, 0), 10, &mut severed), Some(Loss::Connection));
    assert!(severed);
    assert_eq!(arrive(&mut network, 7, 10), None);
}

#[test]
fn a_hold_gives_back_what_it_kept_in_the_order_of_sending() {
    let mut network = datagrams();
    network.hold(0, vec![true, false, false], vec![false, true, false], None);
    assert!(network.keeper(B, A, 0).is_none());
    for (id, arrives) in [(3, 30), (1, 50), (2, 20)] {
        network.keeper(A, B, 0).expect("it holds").keep(kept(id, arrives));
    }
    let kept = network.end_hold(0).into_iter().map(|kept| (kept.envelope.id, kept.arrives));
    assert_eq!(kept.collect::<Vec<_>>(), [(1, 50), (2, 20), (3, 30)]);
    assert!(network.keeper(A, B, 0).is_none());
}

#[test]
fn omissions_lose_sends_or_receipts_of_their_node() {
    let mut network = datagrams();
    network.omit(0, A, true, Ratio::ONE, FaultChance::new(0, 0).by_message());
    assert_eq!(send(&mut network, 1, 0, 0), Err(Loss::Omission));
    assert_eq!(arrive(&mut network, 1, 10), None);
    network.end_omissions(0, A);
    network.omit(1, B, false, Ratio::ONE, FaultChance::new(0, 1).by_message());
    assert_eq!(send(&mut network, 2, 0, 0), Ok(10));
    assert_eq!(arrive(&mut network, 2, 10), Some(Loss::Omission));
}

#[test]
fn changed_links_have_other_parameters_while_the_fault_lasts() {
    let mut network = datagrams();
    let links = LinkMatch::of_fault(Some(vec![true, false, false]), None, false, Some(0));
    let (delay, loss) = (Some(nanos(99)), None);
    network.change(LinkFault { fault: 0, links, delay, loss, duplication: Some(Ratio::ONE) });
    let both = Words { twice: 0, ..words(0) };
    let journey = network.send(&leaving(1, 0), &both).expect("nothing is lost");
    assert_eq!(journey, Journey { arrives: (99, 0), copy: Some((99, 0)) });
    assert_eq!(network.send(&Leaving { kind: 1, ..leaving(2, 0) }, &both).unwrap().arrives.0, 10);
    network.end_change(0);
    assert_eq!(send(&mut network, 3, 0, 0), Ok(10));
}

#[test]
fn in_the_calm_the_core_is_connected_and_late_messages_of_the_storm_are_lost() {
    let mut network = datagrams();
    network.cut(0, 1, between(&[true; 3], &[true; 3]), true);
    let inside = vec![true, true, false];
    network.calm_down(InCalm { at: 100, since: 5, bound: 7, inside });
    assert_eq!(send(&mut network, 6, 100, 0), Ok(107), "within the bound");
    assert!(network.send(&Leaving { to: C, ..leaving(7, 100) }, &words(0)).is_err());
    assert_eq!(arrive(&mut network, 4, 107), None);
    assert_eq!(arrive(&mut network, 4, 108), Some(Loss::Calm));
    assert_eq!(arrive(&mut network, 6, 108), None);
}

/// A generator good enough to mix cases.
struct Mix(u64);

impl Mix {
    fn below(&mut self, bound: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.0 >> 33) % bound) as usize
    }

    fn some(&mut self) -> Vec<bool> {
        (0..3).map(|_| self.below(2) == 0).collect()
    }
}

/// Something begins or ends to be in force.
fn change_something(network: &mut Network, mix: &mut Mix, fault: u32) {
    let ended = mix.below(u64::from(fault) + 1) as u32;
    let links = LinkMatch::of_fault(Some(mix.some()), Some(mix.some()), false, Some(mix.below(2)));
    match mix.below(10) {
        0 => network.cut(
            fault,
            u64::from(fault),
            between(&mix.some(), &mix.some()),
            fault.is_multiple_of(2),
        ),
        1 => network.end_cut(ended),
        2 => {
            let kind = Some(mix.below(3)).filter(|kind| *kind < 2);
            network.hold(fault, mix.some(), mix.some(), kind);
        }
        3 => drop(network.end_hold(ended)),
        4 => {
            let (delay, loss) = (Some(nanos(u64::from(fault))), Some(Ratio::ONE));
            network.change(LinkFault { fault, links, delay, loss, duplication: None });
        }
        5 => network.end_change(ended),
        6 => {
            let stream = FaultChance::new(0, u64::from(fault)).by_message();
            network.corrupt(Corruption { fault, links, share: Ratio::ONE, stream });
        }
        7 => network.end_corruption(ended),
        8 => network.lose(CountedLoss { fault, links, passes: fault % 3, loses: 1 + fault % 2 }),
        _ => network.end_loss(ended),
    }
}

#[test]
fn what_is_remembered_of_a_link_is_what_is_in_force_on_it() {
    let mut mix = Mix(7);
    let mut network = datagrams();
    let mut crowded = 0;
    for fault in 0..2_000 {
        change_something(&mut network, &mut mix, fault);
        crowded += usize::from(network.crowded);
        for (from, to) in [(A, B), (B, C), (C, A), (B, A)] {
            let kind = mix.below(2);
            let mut found = network.clone();
            found.crowded = false;
            let message = Leaving { from, to, kind, ..leaving(1, 0) };
            let word = words(mix.0);
            assert_eq!(network.send(&message, &word), found.send(&message, &word));
            let arrival = (1, from, to, kind);
            let turned_away = found.turned_away(arrival, 9, &mut false);
            assert_eq!(network.turned_away(arrival, 9, &mut false), turned_away);
            assert_eq!(network.corrupts(from, to, kind), found.corrupts(from, to, kind));
            let keeper = found.keeper(from, to, kind).map(|hold| hold.fault);
            assert_eq!(network.keeper(from, to, kind).map(|hold| hold.fault), keeper);
        }
    }
    assert!(crowded > 500, "crowded {crowded} times only");
}
