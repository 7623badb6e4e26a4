//! What stands in a scenario file, as `serde` reads it: the parts that the engine does not already
//! define.

use ron::value::RawValue;
use serde::Deserialize;
use sim_check::SimTime;
use sim_engine::{Delay, Fault, NodeSet, Trigger, When};
use sim_node::{Bandwidth, Duration, Ratio, Span};

/// A fault in its time.
#[derive(Clone, Debug, Deserialize)]
pub(crate) enum Plan {
    /// At an instant. In the file the last value is called `for`.
    At(Duration, Fault, #[serde(default)] Option<Duration>),
    /// In a window.
    Between(Duration, Duration, Fault),
    /// When something happens in the protocol. In the file the last value is called `for`.
    When(Trigger, Fault, #[serde(default)] Option<Duration>),
    /// Again and again. In the file the last value is called `for`.
    Every(Span, Fault, #[serde(default)] Option<Duration>),
}

impl Plan {
    /// What is done.
    pub(crate) fn fault(&self) -> &Fault {
        match self {
            Self::At(_, fault, _)
            | Self::Between(_, _, fault)
            | Self::When(_, fault, _)
            | Self::Every(_, fault, _) => fault,
        }
    }

    /// When it is done.
    pub(crate) fn when(&self) -> When {
        match self {
            Self::At(at, ..) => When::At(SimTime::from(*at)),
            Self::Between(from, to, _) => When::Between(SimTime::from(*from), SimTime::from(*to)),
            Self::When(trigger, ..) => When::On(trigger.clone()),
            Self::Every(period, ..) => When::Every(*period),
        }
    }

    /// The place of the fault among the values.
    pub(crate) fn place_of_fault(&self) -> usize {
        match self {
            Self::At(..) | Self::When(..) | Self::Every(..) => 1,
            Self::Between(..) => 2,
        }
    }

    /// For how long a lasting fault holds once it has struck, if that is said.
    pub(crate) fn lasts(&self) -> Option<Duration> {
        match self {
            Self::At(_, _, lasts) | Self::When(_, _, lasts) | Self::Every(_, _, lasts) => *lasts,
            Self::Between(..) => None,
        }
    }
}

/// The links.
#[derive(Debug, Deserialize)]
#[serde(rename = "Transport", deny_unknown_fields)]
pub(crate) enum NetworkText {
    /// Each message for itself.
    Datagram {
        #[serde(default = "usual_delay")]
        delay: Delay,
        #[serde(default)]
        loss: Ratio,
        #[serde(default)]
        duplication: Ratio,
        #[serde(default)]
        order: Order,
        #[serde(default)]
        links: Vec<LinkText>,
        #[serde(default)]
        latency: Option<LatencyText>,
        #[serde(default)]
        bandwidth: Option<Bandwidth>,
        #[serde(default)]
        packet_loss: Ratio,
    },
    /// Connections.
    Stream {
        #[serde(default = "usual_delay")]
        delay: Delay,
        #[serde(default)]
        loss: Ratio,
        #[serde(default)]
        links: Vec<LinkText>,
        #[serde(default)]
        latency: Option<LatencyText>,
        #[serde(default)]
        bandwidth: Option<Bandwidth>,
        #[serde(default)]
        packet_loss: Ratio,
    },
}

impl Default for NetworkText {
    fn default() -> Self {
        Self::Datagram {
            delay: usual_delay(),
            loss: Ratio::ZERO,
            duplication: Ratio::ZERO,
            order: Order::Any,
            links: Vec::new(),
            latency: None,
            bandwidth: None,
            packet_loss: Ratio::ZERO,
        }
    }
}

impl NetworkText {
    /// The delay of every link that nothing overrides.
    pub(crate) fn delay(&self) -> &Delay {
        match self {
            Self::Datagram { delay, .. } | Self::Stream { delay, .. } => delay,
        }
    }

    /// The loss of every link that nothing overrides.
    pub(crate) fn loss(&self) -> Ratio {
        match self {
            Self::Datagram { loss, .. } | Self::Stream { loss, .. } => *loss,
        }
    }

    /// The duplication of every link that nothing overrides.
    pub(crate) fn duplication(&self) -> Ratio {
        match self {
            Self::Datagram { duplication, .. } => *duplication,
            Self::Stream { .. } => Ratio::ZERO,
        }
    }

    /// Links that differ.
    pub(crate) fn links(&self) -> &[LinkText] {
        match self {
            Self::Datagram { links, .. } | Self::Stream { links, .. } => links,
        }
    }

    /// How far apart nodes are.
    pub(crate) fn latency(&self) -> Option<&LatencyText> {
        match self {
            Self::Datagram { latency, .. } | Self::Stream { latency, .. } => latency.as_ref(),
        }
    }

    /// How many bytes a second each link carries.
    pub(crate) fn bandwidth(&self) -> Option<Bandwidth> {
        match self {
            Self::Datagram { bandwidth, .. } | Self::Stream { bandwidth, .. } => *bandwidth,
        }
    }

    /// How likely each packet is lost.
    pub(crate) fn packet_loss(&self) -> Ratio {
        match self {
            Self::Datagram { packet_loss, .. } | Self::Stream { packet_loss, .. } => *packet_loss,
        }
    }

    /// The longest way of a message on all links; `None` when there is no bound, as where messages
    /// wait for each other.
    pub(crate) fn greatest_delay(&self) -> Option<Duration> {
        let most =
            self.delays().try_fold(Duration::ZERO, |most, d| Some(d.greatest()?.max(most)))?;
        self.bandwidth().is_none().then(|| most.saturating_add(self.greatest_latency()))
    }

    /// What the distance adds to a message's way at most.
    pub(crate) fn greatest_latency(&self) -> Duration {
        match self.latency() {
            None | Some(LatencyText::Csv { .. }) => Duration::ZERO,
            Some(LatencyText::Drawn(span)) => span.longest(),
            Some(LatencyText::Regions { table, .. }) => {
                table.iter().flatten().copied().max().unwrap_or_default()
            }
        }
    }

    /// The greatest mean delay of all links, with the greatest latency.
    pub(crate) fn greatest_mean_delay(&self) -> Duration {
        let mean = self.delays().map(Delay::mean).max().unwrap_or_default();
        mean.saturating_add(self.greatest_latency())
    }

    fn delays(&self) -> impl Iterator<Item = &Delay> {
        std::iter::once(self.delay()).chain(self.links().iter().filter_map(|l| l.delay.as_ref()))
    }
}

/// How far apart nodes are.
#[derive(Debug, Deserialize)]
#[serde(rename = "Latency", deny_unknown_fields)]
pub(crate) enum LatencyText {
    /// From each region, a row, to each, a column.
    Regions {
        /// The sets of nodes that are regions.
        sets: Vec<String>,
        /// Row by row.
        table: Vec<Vec<Duration>>,
    },
    /// As a table in a file beside the scenario says, which names the sets that are regions.
    Csv {
        /// The name of the file.
        file: String,
        /// Its times are those of round trips: a message takes half of one.
        #[serde(default)]
        round_trip: bool,
    },
    /// Drawn once a run for each pair.
    Drawn(Span),
}

/// The delay of links in a scenario that says nothing of it.
fn usual_delay() -> Delay {
    Delay::Uniform(Duration::from_millis(1), Duration::from_millis(10))
}

/// In which order datagrams arrive.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) enum Order {
    /// As their delays have it.
    #[default]
    Any,
    /// As they were sent, within one incarnation of the sender.
    Fifo,
}

/// Links that differ.
#[derive(Debug, Deserialize)]
#[serde(rename = "Link", deny_unknown_fields)]
pub(crate) struct LinkText {
    #[serde(default)]
    pub(crate) from: NodeSet,
    #[serde(default)]
    pub(crate) to: NodeSet,
    #[serde(default)]
    pub(crate) both: bool,
    #[serde(default)]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) delay: Option<Delay>,
    #[serde(default)]
    pub(crate) loss: Option<Ratio>,
    #[serde(default)]
    pub(crate) duplication: Option<Ratio>,
}

/// How long some events take some nodes.
#[derive(Debug, Deserialize)]
#[serde(rename = "Service", deny_unknown_fields)]
pub(crate) struct ServiceText {
    #[serde(default)]
    pub(crate) who: NodeSet,
    #[serde(default)]
    pub(crate) what: WorkText,
    pub(crate) time: Delay,
}

/// What takes service time.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "Work")]
pub(crate) enum WorkText {
    #[default]
    Any,
    Messages,
    Kind(String),
    Timers,
    Requests,
    Disk,
}

/// What the scenario expects.
#[derive(Debug, Deserialize)]
#[serde(rename = "Expect")]
pub(crate) enum ExpectText {
    Holds,
    Safe,
    Violates(String),
    /// In the file the second value is called `of`.
    Sometimes(String, u64),
}

/// What must be reached. Their values are read from the tree; see `reach`.
#[derive(Deserialize)]
#[serde(rename = "Reach")]
#[allow(dead_code, reason = "its names are asked for; see `vocabulary`")]
pub(crate) enum ReachText {
    Mark(String),
    Role(String),
    Sent(String),
    Fault(String),
}

/// The workload that every protocol has, its requests unread. Workloads of a protocol's own go by
/// the names that the protocol gives them.
#[derive(Deserialize)]
#[serde(rename = "Workload")]
#[allow(dead_code, reason = "its names are asked for; see `vocabulary`")]
pub(crate) enum WorkloadText<'a> {
    #[serde(borrow)]
    Requests(Vec<&'a RawValue>),
}
