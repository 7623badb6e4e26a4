//! `#[derive(Parties)]`: each node of the world is of one party, and speaks for that one alone.

mod common;

use common::{Recorder, details, step};
use serde::{Deserialize, Serialize};
use sim_node::{
    Class, Context, Duration, Effect, HasParty, Message, Node, NodeId, Parties, Role, Share, Span,
    Stable,
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

/// All parties do the same with other types, so that a mix-up shows.
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
party!(Master, "master", u16, 16);
party!(Client, "client", u64, 64);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Parties)]
enum World {
    Server(Server),
    TheMaster(Master),
    Client(Client),
}

const CONFIG: WorldConfig = WorldConfig {
    server: Share { count: 2, config: 100 },
    the_master: Share { count: 1, config: 200 },
    client: Share { count: 3, config: 300 },
};

fn started(id: u32) -> World {
    let disk = WorldStable { server: Last(11), the_master: Last(22), client: Last(33) };
    let mut sink = Recorder::answering([5]);
    let node = step(&CONFIG, details(id, 2, 0), &mut sink, |cx| World::start(&disk, cx));
    assert_eq!(sink.asked, [6]);
    node
}

#[test]
fn the_number_says_which_party_a_node_is_of() {
    assert_eq!(CONFIG.nodes(), 6);
    for id in [0, 1] {
        let World::Server(server) = started(id) else { panic!("n{id} is a server") };
        assert_eq!((server.found, server.drawn), (11, 5));
    }
    let World::TheMaster(master) = started(2) else { panic!("n2 is the master") };
    assert_eq!((master.found, master.drawn), (22, 5));
    for id in [3, 5] {
        let World::Client(client) = started(id) else { panic!("n{id} is a client") };
        assert_eq!((client.found, client.drawn), (33, 5));
    }
}

#[test]
#[should_panic(expected = "n6 is of no party: there are 6 nodes")]
fn a_node_beyond_the_last_party_is_a_mistake() {
    started(6);
}

/// Messages are common to all; timers, records and indications carry the party.
#[test]
fn effects_are_those_of_the_party_in_order() {
    let from = NodeId::new(1);
    let mut sink = Recorder::<World>::new();
    let mut node = started(2);
    step(&CONFIG, details(2, 2, 0), &mut sink, |cx| node.on_message(from, Word(5), cx));
    let span = Span::exactly(Duration::from_nanos(3));
    let expected = [
        Effect::Write(WorldRecord::TheMaster(5)),
        Effect::Barrier,
        Effect::Send { to: from, message: Word(205), resend: false, at_once: false },
        Effect::Send { to: from, message: Word(5), resend: true, at_once: false },
        Effect::SetTimer { timer: WorldTimer::TheMaster(16), span },
        Effect::CancelTimer(WorldTimer::TheMaster(16)),
        Effect::Indicate(WorldIndication::TheMaster(16)),
        Effect::Mark("master"),
    ];
    assert_eq!(sink.take(), expected);

    let mut node = started(4);
    step(&CONFIG, details(4, 2, 0), &mut sink, |cx| node.on_message(from, Word(5), cx));
    let expected = [
        Effect::Write(WorldRecord::Client(5)),
        Effect::Barrier,
        Effect::Send { to: from, message: Word(305), resend: false, at_once: false },
        Effect::Send { to: from, message: Word(5), resend: true, at_once: false },
        Effect::SetTimer { timer: WorldTimer::Client(64), span },
        Effect::CancelTimer(WorldTimer::Client(64)),
        Effect::Indicate(WorldIndication::Client(64)),
        Effect::Mark("client"),
    ];
    assert_eq!(sink.take(), expected);
    let World::Client(client) = node else { panic!("n4 is a client") };
    assert_eq!(client.received, [(from, 5)]);
}

#[test]
fn timers_come_back_to_the_party_that_set_them() {
    let mut sink = Recorder::<World>::new();
    let timers = [(0, WorldTimer::Server(8)), (2, WorldTimer::TheMaster(16))];
    for (id, timer) in timers.into_iter().chain([(3, WorldTimer::Client(64))]) {
        let mut node = started(id);
        step(&CONFIG, details(id, 2, 0), &mut sink, |cx| node.on_timer(timer, cx));
        assert_eq!(sink.take(), [Effect::Mark("fired")]);
    }
}

#[test]
fn a_request_to_the_wrong_party_is_marked_and_ignored() {
    let mut sink = Recorder::<World>::new();
    let mut master = started(2);
    let before = master.clone();
    let request = WorldRequest::Client(9);
    step(&CONFIG, details(2, 2, 0), &mut sink, |cx| master.on_request(request, cx));
    assert_eq!(sink.take(), [Effect::Mark("request to the wrong party")]);
    assert_eq!(master, before);
    let request = WorldRequest::TheMaster(9);
    step(&CONFIG, details(2, 2, 0), &mut sink, |cx| master.on_request(request, cx));
    let (to, message) = (NodeId::new(0), Word(9));
    assert_eq!(sink.take(), [Effect::Send { to, message, resend: false, at_once: false }]);
}

/// A scenario of a world whose clients are asked for nothing names no party.
#[test]
fn a_request_without_a_party_is_for_the_first() {
    assert_eq!(WorldRequest::from(9), WorldRequest::Server(9));
}

#[test]
fn roles_are_those_of_the_party() {
    assert_eq!(started(0).role().map(|role| role.name), Some("server"));
    assert_eq!(started(2).role().map(|role| role.name), Some("master"));
    assert_eq!(started(3).role().map(|role| role.name), Some("client"));
}

#[test]
#[should_panic(expected = "master checked")]
fn a_partys_invariants_are_checked_with_its_own_configuration() {
    started(0).check(&CONFIG);
    let the_master = Share { count: 1, config: 0 };
    started(2).check(&WorldConfig { the_master, ..CONFIG });
}

/// A disk has a part for each party, of which a node writes only its own; an image in a scenario
/// names no other.
#[test]
fn records_go_to_the_partys_part_of_the_disk() {
    let mut disk = WorldStable::default();
    disk.apply(&WorldRecord::TheMaster(3));
    assert_eq!(disk, WorldStable { the_master: Last(3), ..WorldStable::default() });
    disk.apply(&WorldRecord::Server(4));
    assert_eq!(disk, WorldStable { server: Last(4), the_master: Last(3), client: Last(0) });
    let image: WorldStable = ron::from_str("(the_master: (7))").expect("it is an image");
    assert_eq!(image, WorldStable { the_master: Last(7), ..WorldStable::default() });
}

#[test]
fn a_claim_about_one_party_finds_its_nodes_and_what_they_indicate() {
    let (server, client) = (started(0), started(5));
    let of = <World as HasParty<Client>>::party;
    assert_eq!(of(&server), None);
    assert_eq!(of(&client).map(|client| client.found), Some(33));
    let told = <World as HasParty<Client>>::indicated_by;
    assert_eq!(told(&WorldIndication::TheMaster(64)), None);
    assert_eq!(told(&WorldIndication::Client(64)), Some(&64));
}

/// Stories and traces speak of what is inside.
#[test]
fn the_debug_form_is_that_of_the_party() {
    let World::Client(client) = started(3) else { panic!("n3 is a client") };
    assert_eq!(format!("{:?}", World::Client(client.clone())), format!("{client:?}"));
    assert_eq!(format!("{:?}", WorldTimer::TheMaster(16)), "16");
}
