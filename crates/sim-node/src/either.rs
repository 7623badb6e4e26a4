//! [`Either`]: a world of two parties, such as servers and clients, as one node type.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Context, HasParty, ImageError, Node, NodeId, PartyOf, Role, Stable, as_party,
    refuse_for_other_party,
};

/// One of two parties of a mixed world. `start` chooses by the node's number: those below
/// [`Parties::servers`] are `Server`, the rest are `Client`. A world of more parties derives
/// [`crate::HasParty`] as told there.
///
/// Its debug form is that of the party alone: stories and traces speak of what is inside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Either<S, C> {
    /// The first party.
    Server(S),
    /// The second party.
    Client(C),
}

/// A request without a party is for a server: clients are seldom asked for anything.
impl<S, C> From<S> for Either<S, C> {
    fn from(of_server: S) -> Self {
        Self::Server(of_server)
    }
}

impl<S: fmt::Debug, C: fmt::Debug> fmt::Debug for Either<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(server) => server.fmt(f),
            Self::Client(client) => client.fmt(f),
        }
    }
}

/// The configuration of a mixed world.
#[derive(Clone, Debug)]
pub struct Parties<S, C> {
    /// Nodes below this number are of the first party.
    pub servers: u32,
    /// The first party's configuration.
    pub server: S,
    /// The second party's configuration.
    pub client: C,
}

/// The disk of a node that is one of two parties; only its own half is ever written. An image of a
/// disk needs to give no other half either.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EitherStable<S, C> {
    /// What a server keeps.
    pub server: S,
    /// What a client keeps.
    pub client: C,
}

impl<S: Stable, C: Stable> Stable for EitherStable<S, C> {
    type Record = Either<S::Record, C::Record>;
    fn apply(&mut self, record: &Self::Record) {
        match record {
            Either::Server(record) => self.server.apply(record),
            Either::Client(record) => self.client.apply(record),
        }
    }
}

impl<S: Node, C: Node<Message = S::Message>> Node for Either<S, C> {
    type Config = Parties<S::Config, C::Config>;
    type Message = S::Message;
    type Timer = Either<S::Timer, C::Timer>;
    type Request = Either<S::Request, C::Request>;
    type Indication = Either<S::Indication, C::Indication>;
    type Stable = EitherStable<S::Stable, C::Stable>;

    fn start(stable: &Self::Stable, cx: &mut Context<'_, Self>) -> Self {
        if cx.id().number() < cx.config().servers {
            Self::Server(as_party::<Self, First, _>(cx, |cx| S::start(&stable.server, cx)))
        } else {
            Self::Client(as_party::<Self, Second, _>(cx, |cx| C::start(&stable.client, cx)))
        }
    }

    fn on_message(&mut self, from: NodeId, message: Self::Message, cx: &mut Context<'_, Self>) {
        match self {
            Self::Server(node) => {
                as_party::<Self, First, _>(cx, |cx| node.on_message(from, message, cx))
            }
            Self::Client(node) => {
                as_party::<Self, Second, _>(cx, |cx| node.on_message(from, message, cx))
            }
        }
    }

    fn on_timer(&mut self, timer: Self::Timer, cx: &mut Context<'_, Self>) {
        match (self, timer) {
            (Self::Server(node), Either::Server(timer)) => {
                as_party::<Self, First, _>(cx, |cx| node.on_timer(timer, cx));
            }
            (Self::Client(node), Either::Client(timer)) => {
                as_party::<Self, Second, _>(cx, |cx| node.on_timer(timer, cx));
            }
            _ => unreachable!("a party sets timers of its own kind only"),
        }
    }

    /// A request meant for the other party is refused, with the mark
    /// [`WRONG_PARTY`](crate::WRONG_PARTY).
    fn on_request(&mut self, request: Self::Request, cx: &mut Context<'_, Self>) {
        match (self, request) {
            (Self::Server(node), Either::Server(request)) => {
                as_party::<Self, First, _>(cx, |cx| node.on_request(request, cx));
            }
            (Self::Client(node), Either::Client(request)) => {
                as_party::<Self, Second, _>(cx, |cx| node.on_request(request, cx));
            }
            _ => refuse_for_other_party(cx),
        }
    }

    fn role(&self) -> Option<Role> {
        match self {
            Self::Server(node) => node.role(),
            Self::Client(node) => node.role(),
        }
    }

    fn check_image(
        image: &Self::Stable,
        id: NodeId,
        config: &Self::Config,
    ) -> Result<(), ImageError> {
        if id.number() < config.servers {
            let wrong = format!("{id} is a server, which keeps nothing of a client");
            ImageError::check_unused("client", &image.client, wrong)?;
            let checked = S::check_image(&image.server, id, &config.server);
            checked.map_err(|error| error.within("server"))
        } else {
            let wrong = format!("{id} is a client, which keeps nothing of a server");
            ImageError::check_unused("server", &image.server, wrong)?;
            let checked = C::check_image(&image.client, id, &config.client);
            checked.map_err(|error| error.within("client"))
        }
    }

    fn check(&self, config: &Self::Config) {
        match self {
            Self::Server(node) => node.check(&config.server),
            Self::Client(node) => node.check(&config.client),
        }
    }
}

/// The first party, in its world.
enum First {}
/// The second party, in its world.
enum Second {}

impl<S: Node, C: Node<Message = S::Message>> PartyOf<Either<S, C>> for First {
    type Node = S;

    fn config(config: &Parties<S::Config, C::Config>) -> &S::Config {
        &config.server
    }
    fn timer(timer: S::Timer) -> Either<S::Timer, C::Timer> {
        Either::Server(timer)
    }
    fn record(record: RecordOf<S>) -> Either<RecordOf<S>, RecordOf<C>> {
        Either::Server(record)
    }
    fn indication(indication: S::Indication) -> Either<S::Indication, C::Indication> {
        Either::Server(indication)
    }
}

impl<S: Node, C: Node<Message = S::Message>> PartyOf<Either<S, C>> for Second {
    type Node = C;

    fn config(config: &Parties<S::Config, C::Config>) -> &C::Config {
        &config.client
    }
    fn timer(timer: C::Timer) -> Either<S::Timer, C::Timer> {
        Either::Client(timer)
    }
    fn record(record: RecordOf<C>) -> Either<RecordOf<S>, RecordOf<C>> {
        Either::Client(record)
    }
    fn indication(indication: C::Indication) -> Either<S::Indication, C::Indication> {
        Either::Client(indication)
    }
}

type RecordOf<N> = <<N as Node>::Stable as Stable>::Record;

/// Of the second party alone: the first one may be of the same type.
impl<S: Node, C: Node<Message = S::Message>> HasParty<C> for Either<S, C> {
    fn party(&self) -> Option<&C> {
        match self {
            Self::Server(_) => None,
            Self::Client(client) => Some(client),
        }
    }

    fn indicated_by(indication: &Self::Indication) -> Option<&C::Indication> {
        match indication {
            Either::Server(_) => None,
            Either::Client(indication) => Some(indication),
        }
    }
}
