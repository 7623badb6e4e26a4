//! What a scenario may say of a process's disk at the first start.

use std::collections::BTreeMap;

use sim_node::{ImageError, NodeId, counted};
use sim_protocol::{ImageExample, SaidFirst, WrongImage};

use super::{Config, Disk, Mutant, Value};

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
    Ok(())
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
