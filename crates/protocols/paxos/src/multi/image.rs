//! What a scenario may say of a server's disk at the first start.

mod chosen;

use std::collections::BTreeSet;

use service::{EarlierOperations, Request, Store};
use sim_node::{ImageError, NodeId};
use sim_protocol::{ImageExample, SaidFirst, WrongImage};

use super::{AdminCommand, Config, Configurations, Disk, Log, Slot, Snapshot, Value};
use crate::Ballot;

/// How images are written.
pub(super) const IMAGES: &[ImageExample] = &[
    ImageExample {
        meaning: "a promise, a ballot of its own, and votes in two slots",
        protocol: "MultiPaxos(nodes: 3)",
        images: "{
    0: (server: (
        promised: (round: 2, proposer: 1),
        own: (round: 1, proposer: 0),
        log: (entries: {
            1: (ballot: (round: 1, proposer: 0), value: Noop, chosen: true),
            2: (ballot: (round: 2, proposer: 1), value: Noop, chosen: false),
        }),
    )),
}",
    },
    ImageExample {
        meaning: "operations and other members after a snapshot of the slots up to 2; and a client \
                  that has started before",
        protocol: "MultiPaxos(nodes: 5)",
        images: "{
    0: (server: (
        promised: (round: 1, proposer: 0),
        own: (round: 1, proposer: 0),
        numbered: 2,
        log: (base: 2, entries: {
            3: (
                ballot: (round: 1, proposer: 0),
                value: Commands([(
                    operation: (client: (node: 5, session: 0), sequence: 3),
                    command: Put(0, \"a\"),
                )]),
                chosen: true,
            ),
            4: (
                ballot: (round: 1, proposer: 0),
                value: Reconfigure((server: 0, number: 2, members: [0, 1, 2])),
                chosen: false,
            ),
        }),
        snapshot: (
            slot: 2,
            configurations: (effective: {0: [0, 1, 2, 3, 4]}, commands: {0: 1}),
            store: (
                values: {0: \"x\", 1: \"y\"},
                sessions: {(node: 5, session: 0): (sequence: 2, output: Done)},
            ),
        ),
    )),
    5: (client: (starts: 1, begun: 3)),
}",
    },
];

impl Disk {
    /// Whether a server can have such a disk.
    pub(super) fn check(&self, id: NodeId, config: &Config) -> Result<(), ImageError> {
        let is_server = |one: NodeId| one.number() < config.nodes;
        if let Some(promised) = self.promised {
            promised.check_image(is_server).map_err(|error| error.within("promised"))?;
        }
        if let Some(own) = self.own {
            own.check_image(|one| one == id).map_err(|error| error.within("own"))?;
        }
        ImageError::check_counter("numbered", self.numbered)?;
        self.log.check(config.nodes).map_err(|error| error.within("log"))?;
        self.check_snapshot(config)?;
        self.check_promise()
    }

    fn check_snapshot(&self, config: &Config) -> Result<(), ImageError> {
        let Some(snapshot) = &self.snapshot else {
            let message = "the slots up to `base` are gone, and there is no snapshot of them";
            let base = self.log.base();
            return ImageError::check_unused("base", &base, message)
                .map_err(|error| error.within("log"));
        };
        snapshot.check(config).map_err(|error| error.within("snapshot"))?;
        let (slot, base) = (snapshot.slot, self.log.base());
        if slot < base {
            let message = format!(
                "the snapshot ends at slot {slot}, and the slots up to {base} are gone from the log"
            );
            return Err(ImageError::new(message).within("slot").within("snapshot"));
        }
        Ok(())
    }

    /// Who begins a ballot or votes in one has promised it, in one record. What is known to be
    /// chosen may come from others.
    fn check_promise(&self) -> Result<(), ImageError> {
        let above = |ballot: Ballot, what: &str| {
            let Ballot { round, proposer } = ballot;
            let message = format!(
                "it has {what} ballot {ballot}, and with that promised it: give `promised: (round: \
                 {round}, proposer: {})` or a higher one",
                proposer.number()
            );
            Err(ImageError::new(message))
        };
        if let Some(own) = self.own.filter(|own| self.promised < Some(*own)) {
            return above(own, "begun").map_err(|error: ImageError| error.within("own"));
        }
        let mut votes = self.log.all().filter(|(_, entry)| !entry.chosen);
        match votes.find(|(_, entry)| self.promised < Some(entry.ballot)) {
            Some((slot, vote)) => above(vote.ballot, "voted in").map_err(|error: ImageError| {
                error.within("ballot").within(slot).within("entries").within("log")
            }),
            None => Ok(()),
        }
    }
}

impl Log {
    fn check(&self, servers: u32) -> Result<(), ImageError> {
        let base = self.base();
        ImageError::check_place("base", base.0)?;
        for (slot, entry) in self.all() {
            let here = |error: ImageError| error.within(slot).within("entries");
            ImageError::check_place("entries", slot.0)?;
            if slot <= base {
                let message = if slot == Slot(0) {
                    "the first slot is 1".to_owned()
                } else {
                    format!("the slots up to `base`, which is {base}, are gone from the log")
                };
                return Err(here(ImageError::new(message)));
            }
            let checked = entry.ballot.check_image(|one| one.number() < servers);
            checked.map_err(|error| here(error.within("ballot")))?;
            let checked = match &entry.value {
                Value::Reconfigure(command) => command.check(servers),
                Value::Commands(requests) => check_requests(requests, servers),
                Value::Noop => Ok(()),
            };
            checked.map_err(|error| here(error.within("value")))?;
        }
        Ok(())
    }
}

impl AdminCommand {
    fn check(&self, servers: u32) -> Result<(), ImageError> {
        check_server(self.server, servers).map_err(|error| error.within("server"))?;
        ImageError::check_counter("number", self.number)?;
        if self.number == 0 {
            return Err(ImageError::new("the first command is number 1").within("number"));
        }
        let exist = self.members.iter().try_for_each(|one| check_server(one, servers));
        exist.map_err(|error| error.within("members"))
    }
}

impl Snapshot {
    fn check(&self, config: &Config) -> Result<(), ImageError> {
        ImageError::check_place("slot", self.slot.0)?;
        if self.slot == Slot(0) {
            let message = "a snapshot covers at least one slot";
            return Err(ImageError::new(message).within("slot"));
        }
        let checked = self.configurations.check(self.slot, config);
        checked.map_err(|error| error.within("configurations"))?;
        self.store.check_image(config.nodes).map_err(|error| error.within("store"))
    }
}

impl Configurations {
    fn check(&self, executed: Slot, config: &Config) -> Result<(), ImageError> {
        let (effective, commands) = self.parts();
        let Some((first, _)) = effective.first_key_value() else {
            let message = "some members were the first; give `{0: [0, 1, 2]}`";
            return Err(ImageError::new(message).within("effective"));
        };
        if *first > executed.next() {
            let message = format!("nobody has a vote before slot {first}");
            return Err(ImageError::new(message).within(first).within("effective"));
        }
        let latest = executed.plus(config.alpha);
        for (slot, members) in effective {
            let here =
                |message: String| Err(ImageError::new(message).within(slot).within("effective"));
            if *slot > latest {
                return here(format!(
                    "the slots up to {executed} decide who are the members up to slot {latest}"
                ));
            }
            if !config.allows(*members, config.nodes) {
                let last = config.nodes - 1;
                return here(format!(
                    "these cannot be the members: servers are 0 to {last}, and quorums must meet"
                ));
            }
        }
        for (server, number) in commands {
            let exists = check_server(*server, config.nodes);
            exists.map_err(|error| error.within(server.number()).within("commands"))?;
            ImageError::check_counter("commands", *number)?;
        }
        Ok(())
    }
}

/// Refuses disks that servers never have at once.
pub(super) fn check_together(
    disks: &mut dyn Iterator<Item = (NodeId, &Disk)>,
    config: &Config,
) -> Result<(), WrongImage> {
    let disks: Vec<(NodeId, &Disk)> = disks.collect();
    check_agreement(&disks)?;
    chosen::check_later_votes(&disks, config)?;
    check_gaps(&disks, config.alpha)
}

/// Refuses a slot that is in use too early. Who proposes in it has executed all slots but the last
/// `alpha` before it (Lamport 2001, section 3); so these are chosen, and of what is chosen some
/// disk holds something. With alpha 3:
///
/// ```text
/// disk 0:  1 2     the slots up to 2 may be executed, so slot 5 may be in use
/// disk 1:  1   6   slot 6 is in use once slot 3 is executed, of which no disk has anything
/// ```
fn check_gaps(disks: &[(NodeId, &Disk)], alpha: u64) -> Result<(), WrongImage> {
    let end = |disk: &Disk| disk.snapshot.as_ref().map_or(Slot(0), |snapshot| snapshot.slot);
    let held: BTreeSet<Slot> =
        disks.iter().flat_map(|(_, disk)| disk.log.all().map(|(slot, _)| slot)).collect();
    let mut known = disks.iter().map(|(_, disk)| end(disk)).max().unwrap_or_default();
    for slot in held.range(known.next()..) {
        if *slot > known.next() {
            break;
        }
        known = *slot;
    }
    let missing = known.next();
    for (node, disk) in disks {
        if let Some((slot, _)) = disk.log.all().find(|(slot, _)| *slot > known.plus(alpha)) {
            let message = format!(
                "slot {slot} is in use once slot {} is executed, as `alpha` is {alpha}, and no \
                 disk has anything of slot {missing}",
                slot.0 - alpha
            );
            let error = ImageError::new(message).within(slot).within("entries").within("log");
            return Err(WrongImage { node: *node, error });
        }
    }
    Ok(())
}

/// Refuses two values of a slot or a ballot, and two states after a slot.
fn check_agreement(disks: &[(NodeId, &Disk)]) -> Result<(), WrongImage> {
    let mut chosen = SaidFirst::nothing();
    let mut proposed = SaidFirst::nothing();
    let mut stores = SaidFirst::nothing();
    for &(node, disk) in disks {
        for (slot, own) in disk.log.all() {
            let other = own.chosen.then(|| chosen.differs(node, slot, &own.value)).flatten();
            let message = if let Some((of, theirs)) = other {
                format!(
                    "another value is chosen in slot {slot} on the disk of {of}, {theirs:?}; only \
                     one is chosen in a slot"
                )
            } else if let Some((of, theirs)) =
                proposed.differs(node, (slot, own.ballot), &own.value)
            {
                format!(
                    "ballot {} has another value in slot {slot} on the disk of {of}, {theirs:?}; a \
                     ballot has one value in a slot",
                    own.ballot
                )
            } else {
                continue;
            };
            let here = ImageError::new(message).within("value").within(slot);
            return Err(WrongImage { node, error: here.within("entries").within("log") });
        }
        if let Some(own) = &disk.snapshot
            && let Some((of, _)) = stores.differs(node, own.slot, &own.store)
        {
            let message = format!(
                "the snapshot of {of} ends at slot {} as well, and holds another state; replicas \
                 execute the same values",
                own.slot
            );
            let error = ImageError::new(message).within("store").within("snapshot");
            return Err(WrongImage { node, error });
        }
    }
    Ok(())
}

impl EarlierOperations for Disk {
    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.log.all().flat_map(|(_, entry)| match &entry.value {
            Value::Commands(requests) => &requests[..],
            Value::Noop | Value::Reconfigure(_) => &[],
        })
    }

    fn store(&self) -> Option<&Store> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.store)
    }
}

fn check_requests(requests: &[Request], servers: u32) -> Result<(), ImageError> {
    let mut requests = requests.iter().enumerate();
    requests.try_for_each(|(place, request)| {
        request.check_image(servers).map_err(|error| error.within(place))
    })
}

fn check_server(server: NodeId, servers: u32) -> Result<(), ImageError> {
    if server.number() < servers {
        return Ok(());
    }
    let last = servers.saturating_sub(1);
    let message = format!("there is no server {}; servers are 0 to {last}", server.number());
    Err(ImageError::new(message))
}
