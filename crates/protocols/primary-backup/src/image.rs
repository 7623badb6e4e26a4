//! What a scenario may say of a disk at the first start, a replica's or the view service's.

use std::collections::BTreeMap;
use std::sync::Arc;

use service::{ClientStable, EarlierOperations, Request, Store};
use sim_node::{ImageError, NodeId};
use sim_protocol::{ImageExample, SaidFirst, WrongImage};

use crate::{Config, Disk, Incarnation, Log, Number, PartyStable, View, ViewDisk, ViewNumber};

/// How images are written.
pub(crate) const IMAGES: &[ImageExample] = &[ImageExample {
    meaning: "two replicas with disks have run before, with an update after what all members have; \
              the view service, while it suspends members for view 3; and a client that has \
              started before",
    protocol: "PrimaryBackup(nodes: 3, disks: true)",
    images: "{
    0: (replica: (
        starts: 1,
        epoch: 1,
        acknowledged: 2,
        since: 1,
        store: (
            values: {0: \"a\", 1: \"y\"},
            sessions: {(node: 4, session: 0): (sequence: 5, output: Done)},
        ),
        log: (base: 4, updates: [(
            operation: (client: (node: 4, session: 0), sequence: 5),
            command: Put(0, \"a\"),
        )]),
    )),
    1: (replica: (
        starts: 2,
        epoch: 1,
        since: 1,
        store: (values: {1: \"y\"}, sessions: {(node: 4, session: 0): (sequence: 4, output: Done)}),
        log: (base: 4),
    )),
    3: (view_service: (
        view: (
            number: 2,
            epoch: 1,
            primary: 0,
            members: {0: 1, 1: 1},
            recruits: {2: 2},
            incarnations: {0: 1, 1: 1, 2: 1},
        ),
        highest: 3,
        acknowledged: true,
    )),
    4: (client: (starts: 1, begun: 5)),
}",
}];

impl Disk {
    /// Whether a replica can have such a disk.
    pub(crate) fn check(&self, config: &Config) -> Result<(), ImageError> {
        ImageError::check_small_counter("starts", self.starts)?;
        check_number("epoch", self.epoch)?;
        check_number("acknowledged", self.acknowledged)?;
        check_number("since", self.since)?;
        let state = |message: &str| {
            ImageError::check_unused("epoch", &self.epoch, message)?;
            ImageError::check_unused("acknowledged", &self.acknowledged, message)?;
            ImageError::check_unused("since", &self.since, message)?;
            ImageError::check_unused("store", &self.store, message)?;
            ImageError::check_unused("log", &self.log, message)
        };
        if self.starts == 0 {
            return state("who has never started has kept nothing; give `starts: 1`");
        }
        if !config.disks {
            return state("replicas keep their state on their disks with `disks: true` only");
        }
        if self.epoch < ViewNumber::FIRST {
            let message = "who has started follows the epoch of the first view, 1, or a later one";
            return Err(ImageError::new(message).within("epoch"));
        }
        let first = config.nodes + 1;
        self.store.check_image(first).map_err(|error| error.within("store"))?;
        self.log.check(first).map_err(|error| error.within("log"))
    }
}

impl Log {
    /// From `first` on, nodes are clients.
    fn check(&self, first: u32) -> Result<(), ImageError> {
        ImageError::check_place("base", self.base().0)?;
        let mut updates = self.updates().enumerate();
        updates.try_for_each(|(place, update)| {
            let checked = update.check_image(first);
            checked.map_err(|error| error.within(place).within("updates"))
        })
    }
}

/// Refuses disks of members of one view that do not hold one order of updates: each has a prefix of
/// what the one with the most has, and none has forgotten what another lacks (PB2, PB3). Of a
/// replica whose state is of another membership nothing follows.
pub(crate) fn check_members(
    images: &BTreeMap<NodeId, PartyStable>,
    config: &Config,
) -> Result<(), WrongImage> {
    let service = images.get(&config.view_service());
    let view = service.and_then(|image| image.view_service.view.clone());
    let view = view.unwrap_or_else(|| Arc::new(View::first(config.backups())));
    let View { number, members, .. } = &*view;
    let members: Vec<(NodeId, &Disk)> = members
        .iter()
        .filter_map(|(node, since)| Some((*node, *since, &images.get(node)?.replica)))
        .filter(|(_, since, disk)| disk.since == *since)
        .map(|(node, _, disk)| (node, disk))
        .collect();
    let beside = |of: NodeId| format!("{of} is a member of view {number} as well");
    let wrong =
        |node: NodeId, error: ImageError| Err(WrongImage { node, error: error.within("replica") });
    let forgotten = members.iter().map(|(node, disk)| (disk.log.base(), *node)).max();
    let (mut updates, mut stores) = (SaidFirst::nothing(), SaidFirst::nothing());
    for (node, disk) in members {
        let (base, last) = (disk.log.base(), disk.log.last());
        for (place, update) in disk.log.updates().enumerate() {
            let number = Number(base.0 + 1 + place as u64);
            if let Some((of, theirs)) = updates.differs(node, number, update) {
                let message = format!(
                    "{}, and its update {number} is the operation {}, `{:?}`; members have the \
                     same updates in the same order",
                    beside(of),
                    theirs.operation,
                    theirs.command
                );
                let here = ImageError::new(message).within(place).within("updates");
                return wrong(node, here.within("log"));
            }
        }
        if let Some((forgotten, of)) = forgotten.filter(|(forgotten, _)| *forgotten > last) {
            let message = format!(
                "{}, and has no more than the state of its updates up to {forgotten}: those all \
                 members have, and this one has them up to {last}",
                beside(of)
            );
            return wrong(node, ImageError::new(message).within("log"));
        }
        if let Some((of, _)) = stores.differs(node, last, &disk.store) {
            let message = format!(
                "{}, and has another state after update {last}; members execute the same updates",
                beside(of)
            );
            return wrong(node, ImageError::new(message).within("store"));
        }
    }
    Ok(())
}

impl EarlierOperations for PartyStable {
    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.replica.log.updates()
    }

    fn store(&self) -> Option<&Store> {
        Some(&self.replica.store)
    }

    fn client(&self) -> Option<&ClientStable> {
        Some(&self.client)
    }
}

impl ViewDisk {
    /// Whether the view service can have such a disk.
    pub(crate) fn check(&self, config: &Config) -> Result<(), ImageError> {
        check_number("highest", self.highest)?;
        let Some(view) = &self.view else {
            let message = "without a `view`, there is none that could be acknowledged";
            return ImageError::check_unused("acknowledged", &self.acknowledged, message);
        };
        view.check(config).map_err(|error| error.within("view"))?;
        if self.highest < view.number && self.highest != ViewNumber::default() {
            let message = format!("the view has the number {}, which is higher", view.number);
            return Err(ImageError::new(message).within("highest"));
        }
        Ok(())
    }
}

impl View {
    fn check(&self, config: &Config) -> Result<(), ImageError> {
        check_number("number", self.number)?;
        if self.number < ViewNumber::FIRST {
            return Err(ImageError::new("the first view has the number 1").within("number"));
        }
        if self.epoch < ViewNumber::FIRST || self.epoch > self.number {
            let message = format!("an epoch has the number of a view, from 1 to {}", self.number);
            return Err(ImageError::new(message).within("epoch"));
        }
        if !self.members.contains_key(&self.primary) {
            let message = format!("the primary, {}, is a member", self.primary);
            return Err(ImageError::new(message).within("members"));
        }
        self.check_since("members", &self.members, config)?;
        self.check_since("recruits", &self.recruits, config)?;
        if let Some(both) = self.recruits.keys().find(|node| self.members.contains_key(node)) {
            let message = format!("{both} is a member already");
            return Err(ImageError::new(message).within(both.number()).within("recruits"));
        }
        let (others, most) = (self.others().count(), config.backups() as usize);
        if others > most {
            let message = format!("{others} backups and recruits; a view has at most {most}");
            return Err(ImageError::new(message).within("members"));
        }
        let everybody = self.members.keys().chain(self.recruits.keys());
        let mut strangers = self.incarnations.keys();
        if let Some(stranger) = strangers.find(|one| self.since(**one).is_none()) {
            let message = format!("{stranger} is neither a member nor a recruit");
            return Err(ImageError::new(message).within(stranger.number()).within("incarnations"));
        }
        for node in everybody {
            if self.incarnation(*node) < Incarnation::FIRST {
                let message = format!("the incarnation of {node}, at least 1, is missing");
                return Err(ImageError::new(message).within("incarnations"));
            }
            ImageError::check_small_counter("incarnations", self.incarnation(*node).0)?;
        }
        Ok(())
    }

    fn check_since(
        &self,
        field: &str,
        since: &BTreeMap<NodeId, ViewNumber>,
        config: &Config,
    ) -> Result<(), ImageError> {
        for (node, number) in since {
            let here =
                |message: String| Err(ImageError::new(message).within(node.number()).within(field));
            if node.number() >= config.nodes {
                let last = config.nodes - 1;
                return here(format!(
                    "there is no replica {}; replicas are 0 to {last}",
                    node.number()
                ));
            }
            if *number < ViewNumber::FIRST || *number > self.number {
                return here(format!("it is there since a view from 1 to {}", self.number));
            }
        }
        Ok(())
    }
}

fn check_number(field: &str, number: ViewNumber) -> Result<(), ImageError> {
    ImageError::check_counter(field, number.0)
}
