//! What a scenario may say of a disk at the first start, a replica's or the master's.

use std::collections::BTreeMap;

use service::{ClientStable, EarlierOperations, Request, Store};
use sim_node::{ImageError, NodeId};
use sim_protocol::{ImageExample, WrongImage};

use crate::configuration::Member;
use crate::{Config, Configuration, Disk, Epoch, Incarnation, MasterDisk, PartyStable, Position};

/// How images are written for chain replication.
pub(crate) const IMAGES: &[ImageExample] = &[ImageExample {
    meaning: "two replicas with disks have run before, one of them with an update; the master; and \
              a client that has started before",
    protocol: "ChainReplication(nodes: 3, disks: true)",
    images: TWO_OF_THREE,
}];

/// How images are written for CRAQ.
pub(crate) const IMAGES_OF_CRAQ: &[ImageExample] =
    &[ImageExample { protocol: "Craq(nodes: 3, disks: true)", ..IMAGES[0] }];

const TWO_OF_THREE: &str = "{
    0: (replica: (
        incarnation: 1,
        origin: 1,
        epoch: 2,
        complete: true,
        base: 0,
        store: (values: {}, sessions: {}),
        log: [(
            position: 1,
            request: (
                operation: (client: (node: 4, session: 0), sequence: 1),
                command: Put(0, \"a\"),
            ),
        )],
    )),
    1: (replica: (incarnation: 2, origin: 1, epoch: 2, complete: true)),
    3: (master: (configuration: (
        epoch: 2,
        chain: [
            (node: 0, origin: 1, incarnation: 1, linked: 1),
            (node: 1, origin: 1, incarnation: 2, linked: 2),
        ],
        joining: (node: 2, origin: 0, incarnation: 1, linked: 2),
    ))),
    4: (client: (starts: 1, begun: 1)),
}";

impl Disk {
    /// Whether a replica can have such a disk.
    pub(crate) fn check(&self, config: &Config) -> Result<(), ImageError> {
        ImageError::check_counter("incarnation", self.incarnation.0)?;
        ImageError::check_counter("epoch", self.epoch.0)?;
        let history = |message: &str| {
            ImageError::check_unused("origin", &self.origin, message)?;
            ImageError::check_unused("epoch", &self.epoch, message)?;
            ImageError::check_unused("complete", &self.complete, message)?;
            ImageError::check_unused("base", &self.base, message)?;
            ImageError::check_unused("store", &self.store, message)?;
            ImageError::check_unused("log", &self.log, message)
        };
        if self.incarnation == Incarnation(0) {
            return history("who has never started has kept nothing; give `incarnation: 1`");
        }
        if !config.disks {
            return history("replicas keep a history on their disks with `disks: true` only");
        }
        if self.origin == Incarnation(0) {
            return history("who has not joined has no history; give `origin: 1`");
        }
        if self.origin > self.incarnation {
            let message = format!(
                "it joined in incarnation {}, and has begun {} of them",
                self.origin.0, self.incarnation.0
            );
            return Err(ImageError::new(message).within("origin"));
        }
        if self.epoch == Epoch(0) {
            let message = "the first configuration has epoch 1";
            return Err(ImageError::new(message).within("epoch"));
        }
        // The claims compare whole histories.
        let message = "a history is given from its first update on, all of it in `log`";
        ImageError::check_unused("base", &self.base, message)?;
        ImageError::check_unused("store", &self.store, message)?;
        self.check_log(config.nodes + 1)
    }

    /// The updates follow the state without a gap. From `first` on, nodes are clients.
    fn check_log(&self, first: u32) -> Result<(), ImageError> {
        let mut last: Position = self.base;
        for (place, update) in self.log.iter().enumerate() {
            if update.position != last.next() {
                let message = format!(
                    "update {} follows update {last}; there are no gaps in a history",
                    update.position
                );
                let error = ImageError::new(message).within("position");
                return Err(error.within(place).within("log"));
            }
            let checked = update.request.check_image(first);
            let here = |error: ImageError| error.within("request").within(place).within("log");
            checked.map_err(here)?;
            last = update.position;
        }
        Ok(())
    }
}

/// Refuses disks of replicas that are in the master's chain together and have histories of which
/// neither is a prefix of the other: the Update Propagation Invariant (van Renesse and Schneider
/// 2004, section 3). Of a replica that was in an earlier chain only, or has not installed this
/// one, nothing follows.
pub(crate) fn check_chain(
    images: &BTreeMap<NodeId, PartyStable>,
    config: &Config,
) -> Result<(), WrongImage> {
    let Some(master) = images.get(&config.master()) else { return Ok(()) };
    let configuration = &master.master.configuration;
    let installed = configuration.chain.iter().filter_map(|member| {
        let disk = &images.get(&member.node)?.replica;
        let has = disk.incarnation == member.incarnation
            && disk.origin == member.origin
            && disk.epoch == configuration.epoch
            && disk.complete;
        has.then_some((member.node, disk))
    });
    let mut before: Option<(NodeId, &Disk)> = None;
    for (node, disk) in installed {
        if let Some((other, theirs)) = before
            && let Some(place) =
                (0..disk.log.len()).find(|at| disk.log.get(*at) != theirs.log.get(*at))
        {
            let message = format!(
                "{other} is before {node} in the chain, and does not have update {} of this \
                 history; that of a replica further from the head is a prefix",
                place + 1
            );
            let error = ImageError::new(message).within(place).within("log").within("replica");
            return Err(WrongImage { node, error });
        }
        before = Some((node, disk));
    }
    Ok(())
}

impl EarlierOperations for PartyStable {
    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.replica.log.iter().map(|update| &*update.request)
    }

    fn store(&self) -> Option<&Store> {
        Some(&self.replica.store)
    }

    fn client(&self) -> Option<&ClientStable> {
        Some(&self.client)
    }
}

impl MasterDisk {
    /// Whether the master can have such a disk.
    pub(crate) fn check(&self, config: &Config) -> Result<(), ImageError> {
        self.configuration.check(config).map_err(|error| error.within("configuration"))
    }
}

impl Configuration {
    fn check(&self, config: &Config) -> Result<(), ImageError> {
        ImageError::check_counter("epoch", self.epoch.0)?;
        if self.epoch == Epoch(0) {
            let message = "epoch 0 is before all configurations; give `epoch: 1` or a later one";
            ImageError::check_unused("chain", &self.chain, message)?;
            return ImageError::check_unused("joining", &self.joining, message);
        }
        let most = config.length() as usize;
        if self.chain.is_empty() || self.chain.len() > most {
            let message =
                format!("a chain of {} replicas; it has from 1 to {most}", self.chain.len());
            return Err(ImageError::new(message).within("chain"));
        }
        for (place, member) in self.chain.iter().enumerate() {
            let here = |error: ImageError| error.within(place).within("chain");
            member.check(self.epoch, config.nodes).map_err(here)?;
            if member.origin == Incarnation(0) {
                let message = "who is in the chain has joined it, at first in incarnation 1";
                return Err(here(ImageError::new(message).within("origin")));
            }
            if self.place(member.node) != Some(place) {
                let message = format!("{} is in the chain twice", member.node);
                return Err(here(ImageError::new(message).within("node")));
            }
        }
        let Some(joining) = &self.joining else { return Ok(()) };
        joining.check(self.epoch, config.nodes).map_err(|error| error.within("joining"))?;
        if self.place(joining.node).is_some() {
            let message = format!("{} is in the chain already", joining.node);
            return Err(ImageError::new(message).within("node").within("joining"));
        }
        if self.chain.len() == most {
            let message = format!("nobody joins a chain of {most}, which is whole");
            return Err(ImageError::new(message).within("joining"));
        }
        Ok(())
    }
}

impl Member {
    fn check(&self, epoch: Epoch, replicas: u32) -> Result<(), ImageError> {
        check_replica(self.node, replicas).map_err(|error| error.within("node"))?;
        ImageError::check_counter("incarnation", self.incarnation.0)?;
        if self.incarnation == Incarnation(0) {
            let message = "the first incarnation is 1";
            return Err(ImageError::new(message).within("incarnation"));
        }
        if self.origin > self.incarnation {
            let message = "it joined in an incarnation that is yet to come";
            return Err(ImageError::new(message).within("origin"));
        }
        if self.linked > epoch || self.linked == Epoch(0) {
            let message = format!("it has its predecessor since an epoch from 1 to {epoch}");
            return Err(ImageError::new(message).within("linked"));
        }
        Ok(())
    }
}

fn check_replica(node: NodeId, replicas: u32) -> Result<(), ImageError> {
    if node.number() < replicas {
        return Ok(());
    }
    let last = replicas.saturating_sub(1);
    let message = format!("there is no replica {}; replicas are 0 to {last}", node.number());
    Err(ImageError::new(message))
}
