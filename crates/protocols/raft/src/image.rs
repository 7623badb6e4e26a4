//! What a scenario may say of a server's disk at the first start.

mod leaders;

use std::collections::BTreeMap;

use service::{EarlierOperations, Request, Store};
use sim_node::{ImageError, NodeId};
use sim_protocol::{ImageExample, SaidFirst, WrongImage};

use crate::{Config, Disk, Entry, Index, Log, Payload, Snapshot, Term};

/// How images are written.
pub(crate) const IMAGES: &[ImageExample] = &[
    ImageExample {
        meaning: "the term, the vote in it, and a log of empty entries of these terms",
        protocol: "Raft(nodes: 3)",
        images: "{0: (server: (term: 3, vote: 0, log: (noops: [1, 1, 3])))}",
    },
    ImageExample {
        meaning: "entries with operations and a configuration, after a snapshot of the entries up \
                  to 4; and a client that has started before",
        protocol: "Raft(nodes: 5)",
        images: "{
    0: (server: (
        term: 3,
        log: (base: (4, 2), entries: [
            (term: 2, payload: Command((
                operation: (client: (node: 5, session: 0), sequence: 7),
                command: Put(0, \"a\"),
            ))),
            (term: 2, payload: Command((
                operation: (client: (node: 5, session: 0), sequence: 8),
                command: CompareAndSet(0, \"a\", \"b\"),
            ))),
            (term: 3, payload: Noop),
            (term: 3, payload: Configuration((
                incoming: [0, 1, 2],
                outgoing: [0, 1, 3],
                learners: [4],
                learners_next: [3],
                auto_leave: true,
            ))),
        ], noops: [3]),
        snapshot: (
            index: 4,
            term: 2,
            configuration: (incoming: [0, 1, 3]),
            store: (
                values: {0: \"x\", 1: \"y\"},
                sessions: {(node: 5, session: 0): (sequence: 6, output: Value(\"x\"))},
            ),
        ),
    )),
    5: (client: (starts: 1, begun: 8)),
}",
    },
];

impl Disk {
    /// Whether a server can have such a disk.
    pub(crate) fn check(&self, config: &Config) -> Result<(), ImageError> {
        ImageError::check_counter("term", self.term.0)?;
        if let Some(vote) = self.vote {
            check_server(vote, config.nodes).map_err(|error| error.within("vote"))?;
            if self.term == Term(0) {
                let message = "nobody has voted in term 0, which is before all elections; give a \
                               `term`";
                return Err(ImageError::new(message).within("vote"));
            }
        }
        self.log.check(config.nodes).map_err(|error| error.within("log"))?;
        let (last, term) = (self.log.last_term(), self.term);
        if last > term {
            let message = format!(
                "its last entry is of term {last}, which the server has not seen: give `term: \
                 {last}` or a later one"
            );
            return Err(ImageError::new(message).within(if term.0 == 0 { "log" } else { "term" }));
        }
        match &self.snapshot {
            Some(snapshot) => snapshot.check(&self.log, config.nodes),
            None if self.log.base() > Index(0) => {
                let message = "the entries up to `base` are gone, and there is no snapshot of them";
                Err(ImageError::new(message).within("log"))
            }
            None => Ok(()),
        }
        .map_err(|error| match error.path.first().map(String::as_str) {
            Some("log") => error,
            _ => error.within("snapshot"),
        })
    }
}

impl Log {
    fn check(&self, servers: u32) -> Result<(), ImageError> {
        let ((base, before), entries) = self.parts();
        ImageError::check_place("base", base.0)?;
        ImageError::check_counter("base", before.0)?;
        if (base.0 == 0) != (before.0 == 0) {
            let message = "index 0 is of term 0, and every later one of a later term";
            return Err(ImageError::new(message).within("base"));
        }
        let mut latest = before;
        for (place, Entry { term, payload }) in entries.iter().enumerate() {
            let index = base.0 + 1 + place as u64;
            if *term < latest || term.0 == 0 {
                let message = if term.0 == 0 {
                    format!("the entry at index {index} is of term 0; the first term is 1")
                } else {
                    format!(
                        "terms never fall along a log: index {index} is of term {term}, after \
                             one of term {latest}"
                    )
                };
                return Err(ImageError::new(message));
            }
            latest = *term;
            let checked = match payload {
                Payload::Configuration(configuration) => configuration.check(servers),
                Payload::Command(request) => {
                    request.check_image(servers).map_err(|error| error.within("payload"))
                }
                Payload::Noop => Ok(()),
            };
            checked.map_err(|error| error.within(place).within("entries"))?;
        }
        Ok(())
    }
}

impl Snapshot {
    fn check(&self, log: &Log, servers: u32) -> Result<(), ImageError> {
        let (index, term) = (self.index, self.term);
        ImageError::check_place("index", index.0)?;
        let checked = self.configuration.check(servers);
        checked.map_err(|error| error.within("configuration"))?;
        self.store.check_image(servers).map_err(|error| error.within("store"))?;
        if index.0 == 0 {
            let message = "a snapshot covers at least one entry";
            return Err(ImageError::new(message).within("index"));
        }
        if index < log.base() || index > log.last_index() {
            let message = format!(
                "the snapshot covers the entries up to {index}, and the log has those from {} \
                 to {}: a log without entries behind it is `(base: ({index}, {term}))`",
                log.base().next(),
                log.last_index(),
            );
            return Err(ImageError::new(message).within("index"));
        }
        match log.term_at(index) {
            Some(own) if own != term => {
                let message = format!("the log has term {own} at index {index}");
                Err(ImageError::new(message).within("term"))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses disks that servers never have at once.
pub(crate) fn check_together(
    disks: &mut dyn Iterator<Item = (NodeId, &Disk)>,
    config: &Config,
) -> Result<(), WrongImage> {
    let disks: Vec<(NodeId, &Disk)> = disks.collect();
    check_log_matching(&disks)?;
    check_snapshots(&disks)?;
    leaders::check(&disks, config)
}

/// Figure 3, Log Matching: logs with an entry of the same index and term are identical up to it.
///
/// They are if of each index and term all have one entry, after an entry of one term:
///
/// ```text
///          1 2 3
/// disk 0:  1 2 2    the entry 3 of term 2 follows one of term 2
/// disk 1:  1 1 2    here it follows one of term 1: so entry 2 differs, before an equal entry 3
/// ```
fn check_log_matching(disks: &[(NodeId, &Disk)]) -> Result<(), WrongImage> {
    let mut contents = SaidFirst::nothing();
    let mut before = SaidFirst::nothing();
    for (node, disk) in disks {
        for (index, entry) in disk.log.from(Index(0)) {
            let (term, last) = (entry.term, Index(index.0 - 1));
            let own = disk.log.term_at(last).unwrap_or_default();
            let (of, what) = if let Some((of, _)) = contents.differs(*node, (index, term), entry) {
                (of, format!("entry {index} has another content there"))
            } else if let Some((of, theirs)) = before.differs(*node, (index, term), own) {
                (of, format!("entry {last} is of term {theirs} there and {own} here"))
            } else {
                continue;
            };
            let message = format!(
                "the log of {of} has an entry {index} of term {term} as well, but {what}; two logs \
                 with an entry of one index and term are identical up to it"
            );
            return Err(WrongImage { node: *node, error: ImageError::new(message).within("log") });
        }
    }
    Ok(())
}

/// What a snapshot covers is committed, and the same everywhere: in each other of the same index,
/// and in each log under a later one.
fn check_snapshots(disks: &[(NodeId, &Disk)]) -> Result<(), WrongImage> {
    const SAME: &str = "what a snapshot covers is committed, and the same everywhere";
    let wrong = |node: NodeId, message: String| {
        Err(WrongImage { node, error: ImageError::new(message).within("snapshot") })
    };
    let mut snapshots = SaidFirst::nothing();
    let mut terms: BTreeMap<Index, (NodeId, Term)> = BTreeMap::new();
    for (node, disk) in disks {
        let Some(snapshot) = &disk.snapshot else { continue };
        let index = snapshot.index;
        if let Some((of, _)) = snapshots.differs(*node, index, snapshot) {
            return wrong(
                *node,
                format!(
                    "the snapshot of {of} covers the entries up to {index} as well, and is \
                     another; {SAME}"
                ),
            );
        }
        terms.entry(index).or_insert((*node, snapshot.term));
    }
    for (node, disk) in disks {
        let Some(snapshot) = &disk.snapshot else { continue };
        for (index, (of, term)) in terms.range(disk.log.base()..snapshot.index) {
            if let Some(own) = disk.log.term_at(*index).filter(|own| own != term) {
                let (first, second) = ((*node, own), (*of, *term));
                let ((of, theirs), (node, own)) = (first.min(second), first.max(second));
                return wrong(
                    node,
                    format!(
                        "entry {index} has different terms under this snapshot and that of {of}, \
                         {own} and {theirs}; {SAME}"
                    ),
                );
            }
        }
    }
    Ok(())
}

impl EarlierOperations for Disk {
    fn requests(&self) -> impl Iterator<Item = &Request> {
        let (_, entries) = self.log.parts();
        entries.iter().filter_map(|entry| match &entry.payload {
            Payload::Command(request) => Some(&**request),
            Payload::Noop | Payload::Configuration(_) => None,
        })
    }

    fn store(&self) -> Option<&Store> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.store)
    }
}

/// Whether there is such a server.
pub(crate) fn check_server(server: NodeId, servers: u32) -> Result<(), ImageError> {
    if server.number() < servers {
        return Ok(());
    }
    let last = servers.saturating_sub(1);
    let message = format!("there is no server {}; servers are 0 to {last}", server.number());
    Err(ImageError::new(message))
}
