//! Disks with which a run may begin: those of several servers that no run leaves behind are
//! refused, and no others (Lamport 2001, section 2.2, P2a, for each slot).

use std::collections::BTreeMap;
use std::sync::Arc;

use paxos::Quorums;
use paxos::multi::{
    AdminCommand, Configurations, Disk, Members, MultiPaxos, Mutant, Record, Settings, Slot,
    Snapshot, Value,
};
use sim_node::{EitherStable, NodeId, Stable};
use sim_protocol::Protocol;

use crate::harness::{ballot, command, node};
use crate::settings::settings;

/// What a disk has of the slot: a vote in a ballot of proposer 0, or what it knows to be chosen.
#[derive(Clone)]
enum Has {
    Vote(u64, Value),
    Known(u64, Value),
    Nothing,
    /// A snapshot after the slot, with these members.
    Executed(Members),
}
use Has::{Executed, Known, Nothing, Vote};

fn put_a(round: u64) -> Has {
    Vote(round, command(1))
}

fn put_b(round: u64) -> Has {
    Vote(round, command(2))
}

fn known(round: u64) -> Has {
    Known(round, command(1))
}

fn members(numbers: &[u32]) -> Members {
    numbers.iter().copied().map(NodeId::new).collect()
}

impl Has {
    fn disk(self, slot: Slot) -> Disk {
        let mut disk = Disk::default();
        disk.apply(&match self {
            Vote(round, value) => Record::Voted { slot, ballot: ballot(round, 0), value },
            Known(round, value) => Record::Chosen { slot, ballot: ballot(round, 0), value },
            Nothing => return disk,
            Executed(members) => {
                let configurations = Configurations::first(members);
                let snapshot = Snapshot { slot, configurations, store: Default::default() };
                Record::Compacted { snapshot: Arc::new(snapshot), upto: slot }
            }
        });
        disk
    }
}

/// Which server's disk is refused, where these have something of slot 1.
fn refused(settings: &Settings, disks: &[Has]) -> Option<u32> {
    let disks = disks.iter().map(|has| has.clone().disk(Slot(1)));
    refused_disks(settings, disks)
}

fn refused_disks(settings: &Settings, disks: impl Iterator<Item = Disk>) -> Option<u32> {
    let config = MultiPaxos::setup(settings, None).expect("it makes sense").config;
    let image = |server| EitherStable { server, ..EitherStable::default() };
    let images: BTreeMap<NodeId, _> = (0..).map(node).zip(disks.map(image)).collect();
    let wrong = MultiPaxos::check_images(&images, &config).err()?;
    let path: Vec<&str> = wrong.error.path.iter().map(String::as_str).collect();
    let [server, log, entries, _, value] = path[..] else { panic!("{path:?}") };
    assert_eq!([server, log, entries, value], ["server", "log", "entries", "value"]);
    Some(wrong.node.number())
}

#[test]
fn no_vote_is_for_another_value_above_a_quorum_of_equal_votes() {
    let three = settings(3);
    assert_eq!(refused(&three, &[put_a(3), put_a(3), put_b(4)]), Some(2));
    assert_eq!(refused(&three, &[put_b(4), put_a(3), put_a(3)]), Some(2));
    // A lower vote, a vote for the same value, and too few votes.
    assert_eq!(refused(&three, &[put_a(3), put_a(3), put_b(2)]), None);
    assert_eq!(refused(&three, &[put_a(3), put_a(3), put_a(4)]), None);
    assert_eq!(refused(&three, &[put_a(3), put_b(4)]), None);
    assert_eq!(refused(&three, &[put_a(2), put_a(3), put_b(4)]), None);
}

/// The ballot of what is known to be chosen may be a lower one than that in which it was chosen. So
/// a vote for another value is fine as long as a quorum may have voted after it.
#[test]
fn a_vote_is_for_another_value_than_a_chosen_one_only_before_that_was_chosen() {
    let three = settings(3);
    assert_eq!(refused(&three, &[known(3), put_a(3), put_b(4)]), Some(2));
    assert_eq!(refused(&three, &[put_b(4), known(3)]), Some(1));
    assert_eq!(refused(&three, &[known(5), Nothing, put_b(4)]), Some(2));
    assert_eq!(refused(&three, &[known(5), put_a(5), put_b(4)]), None);
    assert_eq!(refused(&three, &[known(3), put_a(5), put_b(4)]), None);
    assert_eq!(refused(&three, &[known(3), known(3), put_b(4)]), None);
    // Nothing contradicts it.
    assert_eq!(refused(&three, &[known(3)]), None);
    // Who has executed the slot may have voted in any ballot.
    let executed = || Executed(members(&[0, 1, 2]));
    assert_eq!(refused(&three, &[known(3), executed(), put_b(4)]), None);
}

/// Only a phase-2 quorum of the slot's members chooses, and only quorums that meet keep what is
/// chosen.
#[test]
fn quorums_are_those_of_the_members() {
    let disks = [put_a(3), put_a(3), put_b(4)];
    let flexible = |prepare, accept| Quorums::Flexible { prepare, accept };
    assert_eq!(refused(&Settings { quorums: flexible(3, 2), ..settings(4) }, &disks), Some(2));
    assert_eq!(refused(&Settings { quorums: flexible(2, 3), ..settings(4) }, &disks), None);
    let missing = Settings { quorums: flexible(1, 2), quorums_intersect: false, ..settings(3) };
    assert_eq!(refused(&missing, &disks), None);
    let some = |numbers: &[u32]| Some(numbers.iter().copied().map(node).collect());
    let members = |numbers| Settings { members: some(numbers), ..settings(4) };
    assert_eq!(refused(&members(&[0, 1, 2]), &disks), Some(2));
    assert_eq!(refused(&members(&[1, 2, 3]), &disks), None);
}

/// A command on a disk may have changed the members of the slots from alpha, 4, after it on. Those
/// of a snapshot are known, and may be others than the first.
#[test]
fn nothing_is_said_of_a_slot_whose_members_are_not_certain() {
    let command =
        AdminCommand { server: node(0), number: 1, members: members(&[2]), request: None };
    let three = settings(3);
    let with = |slot: u64, first: &Value, snapshot: Option<Members>| {
        let disks = [put_a(3), put_a(3), put_b(4)].into_iter().map(|has| {
            let mut disk = snapshot.map_or_else(Disk::default, |all| Executed(all).disk(Slot(9)));
            for before in 1..slot {
                let value = if before == 10 { first.clone() } else { Value::Noop };
                disk.apply(&Record::Chosen { slot: Slot(before), ballot: ballot(1, 0), value });
            }
            let Vote(round, value) = has else { unreachable!("all are votes") };
            disk.apply(&Record::Voted { slot: Slot(slot), ballot: ballot(round, 0), value });
            disk
        });
        refused_disks(&three, disks)
    };
    let reconfigure = Value::Reconfigure(Arc::new(command));
    assert_eq!(with(14, &Value::Noop, None), Some(2));
    assert_eq!(with(14, &reconfigure, None), None);
    assert_eq!(with(13, &reconfigure, None), Some(2));
    assert_eq!(with(14, &Value::Noop, Some(members(&[0, 1, 2]))), Some(2));
    assert_eq!(with(14, &Value::Noop, Some(members(&[1, 2]))), None);
    assert_eq!(with(14, &reconfigure, Some(members(&[0, 1, 2]))), None);
}

/// What has a bug may leave anything behind.
#[test]
fn unsafe_settings_may_leave_that_behind() {
    let disks = [put_a(3), put_a(3), put_b(4)];
    let mutant = Settings { mutant: Some(Mutant::AnyValue), ..settings(3) };
    assert_eq!(refused(&mutant, &disks), None);
    assert_eq!(refused(&Settings { barrier: false, ..settings(3) }, &disks), None);
}
