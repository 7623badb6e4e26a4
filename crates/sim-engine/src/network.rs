//! [`Network`]: what links do to messages.

use serde::{Deserialize, Serialize};
use sim_node::{NodeId, Ratio};

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
