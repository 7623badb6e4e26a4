//! A world of two parties: each node is one of them, and speaks for that party alone.

mod common;

use common::{Recorder, details, step};
use serde::{Deserialize, Serialize};
use sim_node::{
    Class, ClocksUsed, Context, Duration, Effect, Either, EitherStable, Message, Node, NodeId,
    Parties, RequestId, RequestOutcome, Role, Span, Stable, StepDetails,
};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Word(u32);

impl Message for Word {
    const KINDS: &'static [(&'static str, Class)] = &[("Word", Class::Client)];
    fn kind(&self) -> usize {
        0
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Last(u32);

impl Stable for Last {
    type Record = u32;
    fn apply(&mut self, record: &u32) {
        self.0 = *record;
    }
}

/// Both parties do the same with other types, so that a mix-up shows.
macro_rules! party {
    ($name:ident, $role:literal, $timer:ty, $key:expr) => {
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        struct $name {
            found: u32,
            received: Vec<(NodeId, u32)>,
            drawn: u64,
        }

        impl Node for $name {
            type Config = u32;
            type Message = Word;
            type Timer = $timer;
            type Request = u32;
            type Indication = $timer;
            type Stable = Last;

            fn start(stable: &Last, cx: &mut Context<'_, Self>) -> Self {
                Self { found: stable.0, received: Vec::new(), drawn: cx.choose(6) }
            }

            fn on_message(&mut self, from: NodeId, Word(w): Word, cx: &mut Context<'_, Self>) {
                self.received.push((from, w));
                cx.write(w);
                cx.barrier();
                cx.send(from, Word(w + cx.config()));
                cx.resend(from, Word(w));
                cx.set_timer($key, Duration::from_nanos(3));
                cx.cancel_timer($key);
                cx.indicate($key);
                cx.mark($role);
            }

            fn on_timer(&mut self, timer: $timer, cx: &mut Context<'_, Self>) {
                assert_eq!(timer, $key);
                cx.mark("fired");
            }

            fn on_request(&mut self, request: u32, cx: &mut Context<'_, Self>) {
                cx.done(cx.request());
                cx.send(NodeId::new(0), Word(request));
            }

            fn role(&self) -> Option<Role> {
                Some(Role::new($role, 1))
            }

            fn check(&self, config: &u32) {
                assert_ne!(*config, 0, concat!($role, " checked"));
            }
        }
    };
}
party!(Server, "server", u8, 8);
party!(Client, "client", u64, 64);

type World = Either<Server, Client>;

const CONFIG: Parties<u32, u32> = Parties { servers: 2, server: 100, client: 200 };

fn started(id: u32) -> World {
    let disk = EitherStable { server: Last(11), client: Last(22) };
    let mut sink = Recorder::answering([5]);
    let node = step(&CONFIG, details(id, 2, 0), &mut sink, |cx| World::start(&disk, cx));
    assert_eq!(sink.asked, [6]);
    node
}

#[test]
fn the_number_says_which_party_a_node_is_of() {
    for id in [0, 1] {
        let Either::Server(server) = started(id) else { panic!("n{id} is a server") };
        assert_eq!((server.found, server.drawn), (11, 5));
    }
    let Either::Client(client) = started(2) else { panic!("n2 is a client") };
    assert_eq!((client.found, client.drawn), (22, 5));
}

/// Messages are common to both; timers, records and indications carry the party.
#[test]
fn effects_are_those_of_the_party_in_order() {
    let from = NodeId::new(1);
    let mut sink = Recorder::<World>::new();
    let mut node = started(2);
    step(&CONFIG, details(2, 2, 0), &mut sink, |cx| node.on_message(from, Word(5), cx));
    let span = Span::exactly(Duration::from_nanos(3));
    let expected = [
        Effect::Write(Either::Client(5)),
        Effect::Barrier,
        Effect::Send { to: from, message: Word(205), resend: false, at_once: false },
        Effect::Send { to: from, message: Word(5), resend: true, at_once: false },
        Effect::SetTimer { timer: Either::Client(64), span },
        Effect::CancelTimer(Either::Client(64)),
        Effect::Indicate(Either::Client(64)),
        Effect::Mark("client"),
    ];
    assert_eq!(sink.take(), expected);

    let mut node = started(0);
    step(&CONFIG, details(0, 2, 0), &mut sink, |cx| node.on_message(from, Word(5), cx));
    let expected = [
        Effect::Write(Either::Server(5)),
        Effect::Barrier,
        Effect::Send { to: from, message: Word(105), resend: false, at_once: false },
        Effect::Send { to: from, message: Word(5), resend: true, at_once: false },
        Effect::SetTimer { timer: Either::Server(8), span },
        Effect::CancelTimer(Either::Server(8)),
        Effect::Indicate(Either::Server(8)),
        Effect::Mark("server"),
    ];
    assert_eq!(sink.take(), expected);
    let Either::Server(server) = node else { panic!("n0 is a server") };
    assert_eq!(server.received, [(from, 5)]);
}

#[test]
fn timers_come_back_to_the_party_that_set_them() {
    let mut sink = Recorder::<World>::new();
    let (mut server, mut client) = (started(0), started(2));
    step(&CONFIG, details(0, 2, 0), &mut sink, |cx| server.on_timer(Either::Server(8), cx));
    step(&CONFIG, details(2, 2, 0), &mut sink, |cx| client.on_timer(Either::Client(64), cx));
    assert_eq!(sink.effects, [Effect::Mark("fired"), Effect::Mark("fired")]);
}

#[test]
fn a_request_to_the_wrong_party_is_marked_and_ignored() {
    let mut sink = Recorder::<World>::new();
    let mut server = started(0);
    let before = server.clone();
    let asked = |number| StepDetails { request: Some(number), ..details(0, 2, 0) };
    let [first, second] = [RequestId::new(0), RequestId::new(1)];
    step(&CONFIG, asked(first), &mut sink, |cx| server.on_request(Either::Client(9), cx));
    assert_eq!(sink.take(), [Effect::Mark("request to the wrong party")]);
    assert_eq!(server, before);
    let refused = RequestOutcome::Refused("a node of another party was asked".to_owned());
    assert_eq!(sink.told, [(first, refused)]);
    sink.told.clear();
    step(&CONFIG, asked(second), &mut sink, |cx| server.on_request(Either::Server(9), cx));
    let (to, message) = (NodeId::new(0), Word(9));
    assert_eq!(sink.take(), [Effect::Send { to, message, resend: false, at_once: false }]);
    assert_eq!(sink.told, [(second, RequestOutcome::Done)]);
}

#[test]
fn clocks_that_a_party_uses_are_used_by_its_node() {
    let mut sink = Recorder::<World>::new();
    let mut client = started(2);
    let mut cx = Context::new(&CONFIG, details(2, 2, 0), &mut sink);
    client.on_timer(Either::Client(64), &mut cx);
    assert_eq!(cx.clocks_used(), ClocksUsed::default());
    client.on_message(NodeId::new(1), Word(5), &mut cx);
    assert_eq!(cx.clocks_used(), ClocksUsed { monotonic: true, wall: false }, "it sets a timer");
}

#[test]
fn roles_are_those_of_the_party() {
    assert_eq!(started(0).role().map(|role| role.name), Some("server"));
    assert_eq!(started(2).role().map(|role| role.name), Some("client"));
}

#[test]
#[should_panic(expected = "client checked")]
fn a_clients_invariants_are_checked_with_its_own_configuration() {
    started(2).check(&Parties { client: 0, ..CONFIG });
}

#[test]
#[should_panic(expected = "server checked")]
fn a_servers_invariants_are_checked_with_its_own_configuration() {
    started(0).check(&Parties { server: 0, ..CONFIG });
}

/// A disk has two halves, of which a node writes only its own.
#[test]
fn records_go_to_their_half_of_the_disk() {
    let mut disk = EitherStable::<Last, Last>::default();
    disk.apply(&Either::Client(3));
    assert_eq!(disk, EitherStable { server: Last(0), client: Last(3) });
    disk.apply(&Either::Server(4));
    assert_eq!(disk, EitherStable { server: Last(4), client: Last(3) });
}
