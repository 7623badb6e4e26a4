//! What disks hold of the clients' operations when a run begins, as a scenario gives it.
//!
//! A run from such disks continues one that nobody saw. An operation in a log may take effect in
//! it, and what is in a store was written by operations before; so both are earlier operations of
//! the history by which the run is judged ([`EarlierOperations`]). And what no earlier run can
//! have left behind is the scenario's error ([`check_images`]).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use sim_node::{EitherStable, ImageError, NodeId, Parties, SMALL_COUNTER_MAX, counted};
use sim_protocol::WrongImage;

use crate::{ClientConfig, ClientId, ClientStable, Command, Operation, Request, Store};

/// What a disk of a world with clients holds of their operations.
pub trait EarlierOperations {
    /// The operations of which it knows that they were asked for, and not what they answered.
    fn requests(&self) -> impl Iterator<Item = &Request> {
        std::iter::empty()
    }

    /// The state that it holds.
    fn store(&self) -> Option<&Store> {
        None
    }

    /// What it holds as the disk of a client.
    fn client(&self) -> Option<&ClientStable> {
        None
    }
}

/// A disk on which nothing is kept.
impl EarlierOperations for () {}

impl EarlierOperations for ClientStable {
    fn client(&self) -> Option<&ClientStable> {
        Some(self)
    }
}

impl<S: EarlierOperations> EarlierOperations for EitherStable<S, ClientStable> {
    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.server.requests()
    }

    fn store(&self) -> Option<&Store> {
        self.server.store()
    }

    fn client(&self) -> Option<&ClientStable> {
        Some(&self.client)
    }
}

/// The writes of an earlier run that a history begins with: whose they are, or on whose disk they
/// lie, and what they do. Each may have taken effect, or may still do so, or never.
///
/// That is all that is known of an operation in a log. Of a value in a store it is known who holds
/// it and not who wrote it, and whether it was there to stay depends on the protocol.
pub(crate) fn earlier_writes<I: EarlierOperations>(
    images: &BTreeMap<NodeId, I>,
) -> Vec<(NodeId, Command)> {
    let (mut values, mut operations) = (BTreeSet::new(), BTreeSet::new());
    let mut writes = Vec::new();
    for (node, image) in images {
        let stored = image.store().into_iter().flat_map(Store::values);
        for (key, value) in stored {
            if values.insert((key, value)) {
                writes.push((*node, Command::Put(key, value.to_owned())));
            }
        }
        for Request { operation, command } in image.requests() {
            // The same operation, on several disks or twice in a log, takes effect once.
            if !command.is_read() && operations.insert(*operation) {
                writes.push((operation.client.node, command.clone()));
            }
        }
    }
    writes
}

/// Refuses images that contradict each other in what clients have done. `clients` are the nodes of
/// the world that are clients.
///
/// # Errors
/// When two disks have different operations by one name, or a client of the world has made
/// operations that its own disk knows nothing of: it would give their names to others.
pub fn check_images<I: EarlierOperations>(
    images: &BTreeMap<NodeId, I>,
    clients: Range<u32>,
) -> Result<(), WrongImage> {
    let mut known: BTreeMap<Operation, (NodeId, &Command)> = BTreeMap::new();
    let mut sequences: BTreeMap<ClientId, (NodeId, u64)> = BTreeMap::new();
    for (node, image) in images {
        for Request { operation, command } in image.requests() {
            let (other, first) = known.entry(*operation).or_insert((*node, command));
            if *first != command {
                let message = format!(
                    "the operation {operation} is `{command:?}` here and `{first:?}` on the disk \
                     of {other}; an operation is the same wherever it is"
                );
                return Err(WrongImage { node: *node, error: ImageError::new(message) });
            }
            note(&mut sequences, *node, *operation);
        }
        for operation in image.store().into_iter().flat_map(Store::last_operations) {
            note(&mut sequences, *node, operation);
        }
    }
    let mut begun: BTreeMap<NodeId, u64> = BTreeMap::new();
    for (client, (holder, sequence)) in sequences {
        let node = client.node;
        if clients.contains(&node.number()) {
            let begun = begun.entry(node).or_default();
            *begun = begun.saturating_add(sequence);
            let own = images.get(&node).and_then(EarlierOperations::client);
            check_client(client, sequence, *begun, own).map_err(|error| match own {
                Some(_) => WrongImage { node, error: error.within("client") },
                None => WrongImage { node: holder, error: ImageError::new(error.message) },
            })?;
        }
    }
    Ok(())
}

/// Refuses images of a world of servers and clients: what `check` refuses of the servers' disks,
/// and what [`check_images`] does.
///
/// # Errors
/// When two images contradict each other.
pub fn check_images_of_servers<S: EarlierOperations, C>(
    images: &BTreeMap<NodeId, EitherStable<S, ClientStable>>,
    config: &Parties<C, ClientConfig>,
    check: impl FnOnce(&mut dyn Iterator<Item = (NodeId, &S)>) -> Result<(), WrongImage>,
) -> Result<(), WrongImage> {
    let servers = images.range(..NodeId::new(config.servers));
    check(&mut servers.map(|(node, image)| (*node, &image.server)))
        .map_err(|WrongImage { node, error }| WrongImage { node, error: error.within("server") })?;
    check_images(images, config.servers..config.servers + config.client.clients())
}

fn note(
    sequences: &mut BTreeMap<ClientId, (NodeId, u64)>,
    holder: NodeId,
    Operation { client, sequence }: Operation,
) {
    let (_, last) = sequences.entry(client).or_insert((holder, sequence));
    *last = sequence.max(*last);
}

/// A client has made operations up to this one of a session, and has begun so many at least.
fn check_client(
    client: ClientId,
    sequence: u64,
    begun: u64,
    disk: Option<&ClientStable>,
) -> Result<(), ImageError> {
    let ClientStable { starts, begun: own } = disk.cloned().unwrap_or_default();
    let (node, least) = (client.node.number(), client.starts());
    let operation = Operation { client, sequence };
    if u64::from(starts) < least {
        let message = format!(
            "{} has made the operation {operation} before, so its disk knows of {}: give `{node}: \
             (client: (starts: {least}, begun: {begun}))`",
            client.node,
            counted(least, "start")
        );
        return Err(ImageError::new(message).within("starts"));
    }
    if u64::from(own) < begun {
        let message = format!(
            "{} has made the operation {operation} before, so it has begun at least {}",
            client.node,
            counted(begun, "operation")
        );
        return Err(ImageError::new(message).within("begun"));
    }
    Ok(())
}

impl Request {
    /// Whether a disk may hold this operation when the run begins. Below `first` are the numbers
    /// of nodes that are no clients.
    ///
    /// # Errors
    /// When it is of a node that is no client, or has no name that a client gives.
    pub fn check_image(&self, first: u32) -> Result<(), ImageError> {
        self.operation.check_image(first).map_err(|error| error.within("operation"))
    }
}

impl Operation {
    fn check_image(self, first: u32) -> Result<(), ImageError> {
        self.client.check_image(first).map_err(|error| error.within("client"))?;
        if self.sequence == 0 {
            let message = "the first operation of a session has the sequence number 1";
            return Err(ImageError::new(message).within("sequence"));
        }
        ImageError::check_counter("sequence", self.sequence)
    }
}

impl ClientId {
    fn check_image(self, first: u32) -> Result<(), ImageError> {
        let most = u64::from(SMALL_COUNTER_MAX);
        if self.starts() > most {
            let message = format!("a client starts at most {most} times, with 2^32 sessions each");
            return Err(ImageError::new(message).within("session"));
        }
        if self.node.number() < first {
            let message = format!(
                "{} is no client, and only clients make operations; they have the numbers from \
                 {first} on",
                self.node
            );
            return Err(ImageError::new(message).within("node"));
        }
        Ok(())
    }
}

impl Store {
    /// Whether a disk may hold this state when the run begins; see [`Request::check_image`].
    ///
    /// # Errors
    /// When a session is of a node that is no client.
    pub fn check_image(&self, first: u32) -> Result<(), ImageError> {
        let mut last = self.last_operations();
        last.try_for_each(|one| one.check_image(first))
            .map_err(|error| ImageError::new(error.message).within("sessions"))
    }
}
