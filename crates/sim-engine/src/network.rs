//! [`Network`]: what links do to messages.

use serde::{Deserialize, Serialize};
use sim_node::{Bandwidth, Duration, NodeId, Ratio, Span};

use crate::Delay;

/// What a link is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transport {
    /// Each message for itself: it may be late, lost, duplicated or overtaken.
    #[default]
    Datagram,
    /// In order, each direction of a pair a connection of its own. A loss, a cut or a crash of
    /// either end kills the connection with all that is undelivered; the next one delivers newer
    /// messages only.
    Stream,
}

/// The links of a world: one set of parameters for all, and overrides.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What the links are.
    pub transport: Transport,
    /// The parameters of every link that nothing overrides.
    pub link: Link,
    /// Later ones win, each parameter for itself.
    pub overrides: Vec<LinkOverride>,
    /// How far apart nodes are: what is added to the delay of each message.
    pub latency: Latency,
    /// How many bytes a second each direction of a link carries, one message behind the other; no
    /// bound when `None`.
    pub bandwidth: Option<Bandwidth>,
    /// How likely each packet of a message is lost, and the message with it.
    pub packet_loss: Ratio,
}

impl Network {
    /// How many bytes of a message fit into one packet.
    pub const PACKET: u64 = 1_500;

    /// Links with these parameters and nothing else.
    #[must_use]
    pub fn new(transport: Transport, link: Link) -> Self {
        Self {
            transport,
            link,
            overrides: Vec::new(),
            latency: Latency::None,
            bandwidth: None,
            packet_loss: Ratio::ZERO,
        }
    }

    /// Whether the size of a message matters to a link.
    pub(crate) fn asks_sizes(&self) -> bool {
        self.bandwidth.is_some() || self.packet_loss != Ratio::ZERO
    }
}

/// How far apart nodes are: what is added to the delay of each message.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Latency {
    /// Nothing.
    #[default]
    None,
    /// By region: the region of each node by its number, and the latency from each region (a row)
    /// to each (a column). A node without a region is near everybody.
    Regions {
        /// By node; nodes behind the last have none.
        region: Vec<u32>,
        /// Rows of so many columns.
        regions: u32,
        /// Row by row.
        table: Vec<Duration>,
    },
    /// Drawn once a run for each pair of nodes, for both directions.
    Drawn(Span),
}

/// The parameters of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// How long a message travels.
    pub delay: Delay,
    /// How likely a message is lost.
    pub loss: Ratio,
    /// How likely a datagram arrives twice, the second copy with a delay of its own. Streams drop
    /// copies.
    pub duplication: Ratio,
    /// Whether datagrams of one sender incarnation to one receiver arrive in the order of sending.
    pub fifo: bool,
}

/// Parameters of some links, in one direction, of one kind of message or of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinkOverride {
    /// Senders; all when `None`.
    pub from: Option<Vec<NodeId>>,
    /// Receivers; all when `None`.
    pub to: Option<Vec<NodeId>>,
    /// Also the opposite direction.
    pub both: bool,
    /// The kind of message by its index; all when `None`.
    pub kind: Option<usize>,
    /// In the place of the link's delay.
    pub delay: Option<Delay>,
    /// In the place of the link's loss.
    pub loss: Option<Ratio>,
    /// In the place of the link's duplication.
    pub duplication: Option<Ratio>,
}
