//! What a scenario may say of a process's disk at the first start.

use std::collections::BTreeMap;

use sim_node::{ImageError, NodeId, counted};
use sim_protocol::{ImageExample, SaidFirst, WrongImage};

use super::{Config, Disk, Mutant, Proposal, Value};
use crate::Ballot;

/// How images are written.
pub(super) const IMAGES: &[ImageExample] = &[ImageExample {
    meaning: "what a proposer, an acceptor and a learner have written; each part may be left out",
    protocol: "Paxos(nodes: 3)",
    images: "{
    0: (
        ballot: (round: 3, proposer: 0),
        own: 10,
        promised: (round: 4, proposer: 1),
        accepted: (ballot: (round: 3, proposer: 0), value: 10),
    ),
    1: (accepted: (ballot: (round: 3, proposer: 0), value: 10), learned: 10),
}",
}];

/// Refuses disks that processes never have at once.
pub(super) fn check_together(
    images: &BTreeMap<NodeId, Disk>,
    config: &Config,
) -> Result<(), WrongImage> {
    let mut proposed = SaidFirst::nothing();
    let mut learned = SaidFirst::nothing();
    for (&node, disk) in images {
        let wrong = |error| WrongImage { node, error };
        if let Some(own) = disk.accepted
            && let Some((of, theirs)) = proposed.differs(node, own.ballot, own.value)
        {
            let message = format!(
                "{of} has accepted {theirs} in ballot {}; different proposals have different \
                 numbers",
                own.ballot
            );
            return Err(wrong(ImageError::new(message).within("value").within("accepted")));
        }
        if let Some(own) = disk.learned
            && let Some((of, theirs)) = learned.differs(node, (), own)
        {
            let message = format!("{of} has learned {theirs}; only one value is chosen");
            return Err(wrong(ImageError::new(message).within("learned")));
        }
        if let Some(learned) = disk.learned {
            check_chosen(learned, images, config)
                .map_err(|error| wrong(error.within("learned")))?;
        }
    }
    check_later_votes(images, config)
}

/// Refuses a value that was learned and cannot have been chosen. A quorum has accepted it, and of
/// them none has accepted another one since (P2): what an acceptor keeps is its last acceptance.
fn check_chosen(
    learned: Value,
    images: &BTreeMap<NodeId, Disk>,
    config: &Config,
) -> Result<(), ImageError> {
    // There acceptors forget what they have accepted.
    if !config.barrier || config.has(Mutant::PromiseCrash) {
        return Ok(());
    }
    let has_accepted = |acceptor: NodeId| {
        let accepted = images.get(&acceptor).and_then(|disk| disk.accepted);
        accepted.is_some_and(|proposal| proposal.value == learned)
    };
    let (have, needed) = (config.acceptors().filter(|one| has_accepted(*one)), config.accept());
    let have = have.count();
    if have >= needed as usize {
        return Ok(());
    }
    let acceptors = counted(u64::from(config.nodes), "acceptor");
    let message = format!(
        "by their disks, {have} of {acceptors} have accepted {learned}; what is learned has been \
         accepted by {needed}"
    );
    Err(ImageError::new(message))
}

/// Refuses a vote for another value in a higher ballot than that in which a value was chosen: "if
/// a proposal with value v is chosen, then every higher-numbered proposal accepted by any acceptor
/// has value v" (P2a). With three acceptors:
///
/// ```text
/// n0  3.0: 10    3.0: 10              3.0: 10
/// n1  3.0: 10    5.0: 10, learns 10   5.0: 10, learns 10
/// n2  4.1: 11    4.1: 11              2.1: 11
///     refused    refused              fine: 10 was chosen in 3.0, by n0 and n1
/// ```
fn check_later_votes(images: &BTreeMap<NodeId, Disk>, config: &Config) -> Result<(), WrongImage> {
    let is_safe = config.barrier && config.mutant.is_none();
    if !is_safe || !config.quorums.are_safe(config.nodes) {
        return Ok(());
    }
    let acceptors = images.iter().filter(|(node, _)| config.is_acceptor(**node));
    let votes: Vec<(NodeId, Proposal)> =
        acceptors.filter_map(|(node, disk)| Some((*node, disk.accepted?))).collect();
    for Chosen { value, latest, node, part, why } in chosen(images, &votes, config) {
        let differs = |vote: Proposal| vote.value != value && vote.ballot > latest;
        let Some((of, vote)) = votes.iter().copied().find(|(_, vote)| differs(*vote)) else {
            continue;
        };
        let message = format!(
            "{why}, and {of} has accepted {} in ballot {}; once a value is chosen, no higher \
             ballot has another",
            vote.value, vote.ballot
        );
        let error = ImageError::new(message);
        let accepted = |error: ImageError| error.within("value").within("accepted");
        return Err(match part {
            _ if node <= of => WrongImage { node: of, error: accepted(error) },
            Part::Accepted => WrongImage { node, error: accepted(error) },
            Part::Learned => WrongImage { node, error: error.within("learned") },
        });
    }
    Ok(())
}

/// A value that is chosen, as the disks show.
struct Chosen {
    value: Value,
    /// The highest ballot in which it may have been chosen first.
    latest: Ballot,
    /// The disk that shows it, after those before it in number.
    node: NodeId,
    /// Where on that disk.
    part: Part,
    /// How it shows, in words.
    why: String,
}

enum Part {
    Accepted,
    Learned,
}

/// What is chosen, since a quorum has accepted it in one ballot, or a process has learned it.
///
/// Of what is learned no disk tells the ballot. A quorum has accepted it then, and of that quorum
/// every acceptor has accepted it last in the ballot in which it was chosen or in a higher one.
fn chosen(
    images: &BTreeMap<NodeId, Disk>,
    votes: &[(NodeId, Proposal)],
    config: &Config,
) -> Vec<Chosen> {
    // The place of the vote that makes a quorum.
    let last = config.accept() as usize - 1;
    let mut all = Vec::new();
    let mut voters: BTreeMap<Proposal, Vec<NodeId>> = BTreeMap::new();
    for (node, vote) in votes {
        voters.entry(*vote).or_default().push(*node);
    }
    for (Proposal { ballot, value }, voters) in voters {
        if let Some(&node) = voters.get(last) {
            let many = counted(u64::from(config.accept()), "acceptor");
            let why = format!("{many} accepted {value} in ballot {ballot}, so it is chosen");
            all.push(Chosen { value, latest: ballot, node, part: Part::Accepted, why });
        }
    }
    let mut learned = images.iter().filter_map(|(node, disk)| Some((*node, disk.learned?)));
    if let Some((node, value)) = learned.next() {
        let of_value = votes.iter().filter(|(_, vote)| vote.value == value);
        let mut ballots: Vec<Ballot> = of_value.map(|(_, vote)| vote.ballot).collect();
        ballots.sort_unstable_by(|one, other| other.cmp(one));
        if let Some(&latest) = ballots.get(last) {
            let why = format!(
                "{node} has learned {value}, which by the disks was chosen in ballot {latest} or a \
                 lower one"
            );
            all.push(Chosen { value, latest, node, part: Part::Learned, why });
        }
    }
    all
}

impl Disk {
    /// Whether a process can have such a disk.
    pub(super) fn check(&self, id: NodeId, config: &Config) -> Result<(), ImageError> {
        let processes = config.nodes + config.separate();
        let may_propose = |one: NodeId| one.number() < processes && config.is_proposer(one);
        if !config.is_proposer(id) {
            let message = format!("{id} proposes nothing, and keeps nothing of a proposer");
            ImageError::check_unused("ballot", &self.ballot, message.clone())?;
            ImageError::check_unused("own", &self.own, message)?;
        }
        if !config.is_acceptor(id) {
            let message = format!("{id} is no acceptor, and keeps nothing of one");
            ImageError::check_unused("promised", &self.promised, message.clone())?;
            ImageError::check_unused("accepted", &self.accepted, message)?;
        }
        if let Some(ballot) = self.ballot {
            let checked = ballot.check_image(|one| one == id);
            checked.map_err(|error| error.within("ballot"))?;
        }
        if let Some(promised) = self.promised {
            promised.check_image(may_propose).map_err(|error| error.within("promised"))?;
        }
        let Some(accepted) = self.accepted else { return Ok(()) };
        let checked = accepted.ballot.check_image(may_propose);
        checked.map_err(|error| error.within("ballot").within("accepted"))?;
        match self.promised {
            Some(promised) if promised < accepted.ballot => {
                let message = format!(
                    "it has accepted in ballot {}, and with that promised it",
                    accepted.ballot
                );
                Err(ImageError::new(message).within("promised"))
            }
            _ => Ok(()),
        }
    }
}
