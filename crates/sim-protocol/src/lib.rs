//! What a protocol shows to the tools.
//!
//! Implement [`Protocol`] on an empty type; a line in the catalogue then gives it scenarios,
//! sweeps, pictures and the whole command line.

mod mutant;
pub mod setting;
mod setting_value;
mod settings;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use mutant::{KnownBug, Mutant};
use serde::Serialize;
use serde::de::DeserializeOwned;
pub use setting::Field;
pub use setting_value::SettingValue;
pub use settings::{Settings, SettingsError};
pub use sim_check::Core;
use sim_check::Properties;
pub use sim_derive::Asks;
use sim_node::{Duration, ImageError, Node, NodeId};

/// A protocol as the tools see it.
pub trait Protocol: 'static {
    /// The RON variant that names it in a scenario: `ChangRoberts`.
    const NAME: &'static str;
    /// The family, which is also the folder of its scenarios: `election`.
    const FAMILY: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: &'static str;
    /// Paper or book, and section.
    const SOURCE: &'static str;
    /// The model it assumes, in words: `synchronous, crash-stop`.
    const MODEL: &'static str;
    /// Whether its claims hold although some nodes are Byzantine, and are about the others: then
    /// its properties see nothing of a Byzantine node. Otherwise they go on to see what it does by
    /// its program, and what its lies do to the others is theirs to find.
    const TOLERATES_BYZANTINE: bool = false;
    /// The names of the roles that its nodes take, for faults and triggers.
    const ROLES: &'static [&'static str] = &[];
    /// The role of which people ask first who has it, and when: `leader`, `head`, `critical`.
    /// `None` where no role stands out.
    const HEADLINE: Option<&'static str> = None;
    /// The role of a node that has nothing special to do: `follower`, `spare`. Pictures draw it as
    /// a line, and every other role as a letter.
    const RESTING: Option<&'static str> = None;
    /// What the rank of a role is, where users know it as a number: `term`. Pictures show it so,
    /// and leave it out where it has no name.
    const RANK: Option<&'static str> = None;
    /// The marks that its nodes emit, for triggers.
    const MARKS: &'static [&'static str] = &[];
    /// What a scenario can ask a node for.
    const REQUESTS: &'static [Ask] = &[];
    /// How the disks of its nodes are written in a scenario: examples that between them show every
    /// field; empty when nothing survives a crash.
    const IMAGES: &'static [ImageExample] = &[];
    /// The least and the greatest number of servers it runs with: the range of the field `nodes`,
    /// unless it has none. Checked before anything is made of the settings.
    const SERVERS: (u32, u32) = setting::range_of_nodes(<Self::Settings as Settings>::FIELDS);

    /// The fields of the scenario's `protocol: Name(...)`; most often the configuration as well.
    type Settings: Settings;
    /// The workload that its own clients make, `workload: Name(...)`; `()` when it has no clients.
    type Workload: Workload;
    /// The state machine. Disks can be written in a scenario, as [`Protocol::IMAGES`] shows and as
    /// far as [`Node::check_image`] lets them.
    type Node: Node<
            // One scenario runs on several threads, with several seeds.
            Config: Send + Sync,
            Request: Send + Sync,
            Stable: DeserializeOwned + Send + Sync,
        >;
    /// What a scenario can ask a node for, as it is written there; most often the node's own
    /// requests.
    type Request: DeserializeOwned + Into<<Self::Node as Node>::Request>;
    /// Its claims, in the order of the module box.
    type Properties: Properties<Self::Node>;

    /// How many servers the settings ask for: the field `nodes`, and without it the least number.
    /// Checked against the limits before [`Protocol::setup`].
    #[must_use]
    fn servers(settings: &Self::Settings) -> u32 {
        settings.nodes().unwrap_or(Self::SERVERS.0)
    }

    /// Makes a configuration of the settings, every one of which lies in its range, and of the
    /// workload when the scenario has one. To be called as [`Protocol::setup`].
    ///
    /// # Errors
    /// When fields of the settings make no sense together, with the name of one of them.
    fn configure(
        settings: &Self::Settings,
        workload: Option<&Self::Workload>,
    ) -> Result<Setup<Self::Node>, SettingsError>;

    /// Checks the ranges of the settings, and makes a configuration of them.
    ///
    /// # Errors
    /// When a field of the settings makes no sense, with the field's name.
    fn setup(
        settings: &Self::Settings,
        workload: Option<&Self::Workload>,
    ) -> Result<Setup<Self::Node>, SettingsError> {
        settings.check_ranges()?;
        Self::configure(settings, workload)
    }

    /// The field of the settings, and its value, that relies on no message taking longer and on
    /// nothing but crashes happening: a scenario that sets it must assume as much in its model,
    /// and is then held to that.
    #[must_use]
    fn relies_on(_settings: &Self::Settings) -> Option<(&'static str, Duration)> {
        None
    }

    /// Whether these disks can be those of one world at its first start, where that is more than
    /// whether each of them can be one ([`Node::check_image`], which has allowed each): what the
    /// disks of several nodes never hold at once.
    ///
    /// # Errors
    /// With the second of two images that contradict each other, and its part that does.
    fn check_images(
        _images: &BTreeMap<NodeId, <Self::Node as Node>::Stable>,
        _config: &<Self::Node as Node>::Config,
    ) -> Result<(), WrongImage> {
        Ok(())
    }

    /// Whether a scenario can ask this node for this. The node is one of the world's.
    ///
    /// # Errors
    /// When it cannot: what is wrong and what would be right, one sentence without a full stop.
    fn may_ask(
        _settings: &Self::Settings,
        _node: NodeId,
        _request: &Self::Request,
    ) -> Result<(), String> {
        Ok(())
    }
}

/// A workload that a protocol's own clients make: `workload: KeyValue(clients: 3)`.
pub trait Workload: Settings {
    /// The RON variant that names it in a scenario; `None` when there is no such workload.
    const NAME: Option<&'static str>;

    /// Whether the values make sense together, in a world of so many servers; each lies in its
    /// range.
    ///
    /// # Errors
    /// With the field that does not.
    fn validate(&self, _servers: u32) -> Result<(), SettingsError> {
        Ok(())
    }

    /// What clients are to do at times that the scenario gives, so that it can be warned of what
    /// nobody will be there to do.
    fn appointments(&self) -> Vec<Appointment> {
        Vec::new()
    }
}

/// Something that a client is to do at a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The field of the workload in which it stands, which is a list, and its place there.
    pub entry: (&'static str, usize),
    /// When.
    pub at: Duration,
    /// The client: the last of all nodes is 1, the one before it 2.
    pub from_last: u32,
}

/// No workload but plain requests.
impl Workload for () {
    const NAME: Option<&'static str> = None;
}

/// Something that a scenario can ask a node for: `At("1s", 0, Elect)`.
///
/// `#[derive(Asks)]` on the enum of requests makes a list of them, `ASKS`: doc comments say what is
/// asked for, and `#[ask("Transfer(2)")]` gives an example where a request names something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// As it is written, with an example of what it names: `Transfer(1)`.
    pub example: &'static str,
    /// What it asks for.
    pub meaning: &'static str,
}

impl Ask {
    /// A request by example.
    #[must_use]
    pub const fn new(example: &'static str, meaning: &'static str) -> Self {
        Self { example, meaning }
    }
}

/// An example of what a scenario may say of the disks at the first start. A test of the catalogue
/// reads each of them, runs it, and finds out whether a field or a variant is shown by none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ImageExample {
    /// What these disks hold.
    pub meaning: &'static str,
    /// The protocol with settings that the images fit, as a scenario has it: `Raft(nodes: 3)`.
    pub protocol: &'static str,
    /// What stands behind `images:` in the scenario.
    pub images: &'static str,
}

/// An image of a disk that is impossible beside the other nodes' images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongImage {
    /// Whose image.
    pub node: NodeId,
    /// Where in it, and why.
    pub error: ImageError,
}

/// What the disks of several nodes say of things that are the same on all of them. Of each thing
/// the first disk that says something of it counts, so a disk is compared with one other and not
/// with all.
#[derive(Clone, Debug)]
pub struct SaidFirst<K, V>(BTreeMap<K, (NodeId, V)>);

impl<K: Ord, V: Copy + PartialEq> SaidFirst<K, V> {
    /// Nothing is said yet.
    #[must_use]
    pub fn nothing() -> Self {
        Self(BTreeMap::new())
    }

    /// A node's disk says this of a thing. Returns which disk has said something else before, and
    /// what.
    pub fn differs(&mut self, node: NodeId, thing: K, said: V) -> Option<(NodeId, V)> {
        let (first, other) = *self.0.entry(thing).or_insert((node, said));
        (other != said).then_some((first, other))
    }
}

/// What a world is made of, once the settings are understood.
#[derive(Clone, Debug)]
pub struct Setup<N: Node> {
    /// The configuration of every node.
    pub config: Arc<N::Config>,
    /// Nodes beyond the servers: clients, a memory, a master. They follow in number; partitions
    /// among servers leave them connected to everybody.
    pub others: u32,
    /// What those nodes are called, in order of their numbers: a name for one of them, and how many
    /// there are.
    pub parties: Vec<(&'static str, u32)>,
    /// Which nodes the calm brings back.
    pub core: Core,
}

impl<N: Node> Setup<N> {
    /// A world of servers alone.
    pub fn new(config: impl Into<Arc<N::Config>>, core: Core) -> Self {
        Self { config: config.into(), others: 0, parties: Vec::new(), core }
    }

    /// So many other nodes as well, behind those there are. `name` is what people call one of
    /// them: `client`.
    #[must_use]
    pub fn with_others(mut self, name: &'static str, count: u32) -> Self {
        self.others += count;
        if count > 0 {
            self.parties.push((name, count));
        }
        self
    }
}
