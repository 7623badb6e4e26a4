//! Figure 3, Leader Completeness, of disks: nobody can have led a term whose entries are on a disk,
//! if the other disks say that too few servers voted for it.
//!
//! A server votes in a term only once it has seen it, and for nobody whose log is less up to date
//! than its own (section 5.4.1). With three servers:
//!
//! ```text
//! disk 0:  term 2   1 2     has not seen term 3, so it did not vote in it
//! disk 1:  term 3   1 2     entry 2 of term 2 came before its vote in term 3, if it voted, and
//!                           was more up to date than the log of the leader of term 3
//! disk 2:  term 3   1 3     so nobody but server 2 voted for that leader
//! ```
//!
//! Entry 2 of term 2 may come from the leader of term 4 on a disk of term 4 (figure 8): from that
//! nothing follows. Nor does anything follow from a server without an image.

use std::collections::BTreeMap;

use sim_node::{ImageError, NodeId, counted};
use sim_protocol::WrongImage;

use crate::{Config, Configuration, Disk, Index, Log, Payload, Term, VoteResult};

/// An entry by what identifies it, and the servers whose logs have it.
type Held = BTreeMap<(Index, Term), Vec<NodeId>>;

/// Refuses entries of terms that nobody can have led.
pub(super) fn check(disks: &[(NodeId, &Disk)], config: &Config) -> Result<(), WrongImage> {
    let seen: BTreeMap<NodeId, Term> =
        disks.iter().map(|(node, disk)| (*node, disk.term)).collect();
    let configurations = configurations(disks, config);
    let is_lost = |refuses: &dyn Fn(NodeId) -> bool| {
        let vote = |voter| refuses(voter).then_some(false);
        configurations.iter().all(|one| one.vote(vote) == VoteResult::Lost)
    };
    let held = held(disks);
    for (node, disk) in disks {
        let wrong = |why: String| {
            Err(WrongImage { node: *node, error: ImageError::new(why).within("log") })
        };
        let terms = terms(&disk.log);
        for elected in &terms {
            let is_unseen = |server: NodeId| seen.get(&server).is_some_and(|term| term < elected);
            if is_lost(&is_unseen) {
                let unseen = seen.values().filter(|term| *term < elected).count();
                let of = counted(unseen as u64, "other server");
                return wrong(format!(
                    "nobody can have led term {elected}, of which it has an entry: by their disks, \
                     {of} had not seen that term, and voted for nobody in it"
                ));
            }
        }
        for ((index, term), holders) in &held {
            let Some(elected) = elected_without(&disk.log, &terms, *index, *term) else { continue };
            let refuses = |server: NodeId| {
                let holds = holders.contains(&server);
                seen.get(&server).is_some_and(|term| *term < elected || *term == elected && holds)
            };
            if is_lost(&refuses) {
                let of = holders.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
                return wrong(format!(
                    "nobody can have led term {elected}, of which it has an entry: this log lacks \
                     entry {index} of term {term}, which is on the disks of {of}, and who has it \
                     votes for nobody who lacks it"
                ));
            }
        }
        check_snapshots(*node, disk, &terms, disks)?;
    }
    Ok(())
}

/// What a snapshot covers was committed in the term of its disk or before, so who leads a later
/// term has it.
fn check_snapshots(
    node: NodeId,
    disk: &Disk,
    terms: &[Term],
    disks: &[(NodeId, &Disk)],
) -> Result<(), WrongImage> {
    for (of, other) in disks {
        let Some(snapshot) = &other.snapshot else { continue };
        let (index, term) = (snapshot.index, snapshot.term);
        let later = terms.iter().find(|one| **one > other.term);
        if let Some(later) = later
            && index > disk.log.base()
            && disk.log.term_at(index) != Some(term)
        {
            let message = format!(
                "it has an entry of term {later}, and not entry {index} of term {term}, which the \
                 snapshot of {of} covers: so that was committed by term {}, and every later leader \
                 had it",
                other.term
            );
            let error = ImageError::new(message).within("log");
            return Err(WrongImage { node, error });
        }
    }
    Ok(())
}

/// The first term after `term` in a log that lacks this entry. Its leader had what is before it in
/// the log, and nothing later than `term`. `None` where that is not known.
fn elected_without(log: &Log, terms: &[Term], index: Index, term: Term) -> Option<Term> {
    let base = log.base();
    let is_told = index > base && log.term_at(base).is_none_or(|before| before <= term);
    if !is_told || log.term_at(index) == Some(term) {
        return None;
    }
    terms.iter().copied().find(|one| *one > term)
}

/// The terms of the entries of a log, in order.
fn terms(log: &Log) -> Vec<Term> {
    let mut terms: Vec<Term> = log.from(Index(0)).map(|(_, entry)| entry.term).collect();
    terms.dedup();
    terms
}

fn held(disks: &[(NodeId, &Disk)]) -> Held {
    let mut held = Held::new();
    for (node, disk) in disks {
        for (index, entry) in disk.log.from(Index(0)) {
            held.entry((index, entry.term)).or_default().push(*node);
        }
        if let Some(snapshot) = &disk.snapshot {
            let holders = held.entry((snapshot.index, snapshot.term)).or_default();
            if holders.last() != Some(node) {
                holders.push(*node);
            }
        }
    }
    held
}

/// The configurations that an election may have taken place in: the first, and those on the disks.
fn configurations(disks: &[(NodeId, &Disk)], config: &Config) -> Vec<Configuration> {
    let mut all = vec![Configuration::of_voters(config.voters())];
    for (_, disk) in disks {
        all.extend(disk.snapshot.iter().map(|snapshot| (*snapshot.configuration).clone()));
        all.extend(disk.log.from(Index(0)).filter_map(|(_, entry)| match &entry.payload {
            Payload::Configuration(configuration) => Some((**configuration).clone()),
            Payload::Noop | Payload::Command(_) => None,
        }));
    }
    all.sort();
    all.dedup();
    all
}
