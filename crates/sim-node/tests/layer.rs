//! Layers: effects pass through in order and in the host's alphabet; indications stop at the host.

mod common;

use common::{Recorder, details, step};
use serde::{Deserialize, Serialize};
use sim_node::{
    Class, ClocksUsed, Context, Duration, Effect, Indications, Layer, LocalTime, Message, Node,
    NodeId, Span, Stable,
};

const PEER: NodeId = NodeId::new(1);

/// A layer that does everything a node can do, as often as it is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Busy {
    choice: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Note(u64);

impl Message for Note {
    const KINDS: &'static [(&'static str, Class)] = &[("Note", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Sum(u64);

impl Stable for Sum {
    type Record = u64;
    fn apply(&mut self, record: &u64) {
        self.0 += record;
    }
}

impl Node for Busy {
    type Config = u64;
    type Message = Note;
    type Timer = u8;
    type Request = u64;
    type Indication = u64;
    type Stable = Sum;

    fn start(stable: &Sum, cx: &mut Context<'_, Self>) -> Self {
        cx.indicate(stable.0);
        Self { choice: cx.choose(10) }
    }

    fn on_message(&mut self, from: NodeId, Note(number): Note, cx: &mut Context<'_, Self>) {
        cx.indicate(number);
        cx.write(number);
        cx.barrier();
        cx.send(from, Note(number + cx.config()));
        cx.indicate(number + 1);
        cx.resend(from, Note(number));
        cx.set_timer(1, Duration::from_nanos(number));
        cx.indicate(number + 2);
        cx.cancel_timer(2);
        cx.mark("noted");
    }

    fn on_timer(&mut self, _: u8, _: &mut Context<'_, Self>) {}

    fn on_request(&mut self, _: u64, _: &mut Context<'_, Self>) {}
}

/// A host with two layers of one kind, told apart by their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Host {
    left: Busy,
    right: Busy,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Side<T> {
    Left(T),
    Right(T),
    Own(T),
}

impl Message for Side<Note> {
    const KINDS: &'static [(&'static str, Class)] =
        &[("Left", Class::Protocol), ("Right", Class::Protocol), ("Own", Class::Client)];
    fn kind(&self) -> usize {
        match self {
            Self::Left(_) => 0,
            Self::Right(_) => 1,
            Self::Own(_) => 2,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Disk {
    left: Sum,
    right: Sum,
}

impl Stable for Disk {
    type Record = Side<u64>;
    fn apply(&mut self, record: &Side<u64>) {
        match record {
            Side::Left(record) => self.left.apply(record),
            Side::Right(record) => self.right.apply(record),
            Side::Own(_) => {}
        }
    }
}

#[derive(Debug)]
struct HostConfig {
    left: u64,
    right: u64,
}

macro_rules! side {
    ($layer:ident, $field:ident) => {
        enum $layer {}
        impl Layer<Host> for $layer {
            type Inner = Busy;
            fn config(config: &HostConfig) -> &u64 {
                &config.$field
            }
            fn message(message: Note) -> Side<Note> {
                Side::$layer(message)
            }
            fn timer(timer: u8) -> (bool, u8) {
                (stringify!($layer) == "Left", timer)
            }
            fn record(record: u64) -> Side<u64> {
                Side::$layer(record)
            }
        }
    };
}
side!(Left, left);
side!(Right, right);

impl Node for Host {
    type Config = HostConfig;
    type Message = Side<Note>;
    type Timer = (bool, u8);
    type Request = u64;
    type Indication = String;
    type Stable = Disk;

    fn start(stable: &Disk, cx: &mut Context<'_, Self>) -> Self {
        let (left, told) = cx.layer_with::<Left, _>(|cx| Busy::start(&stable.left, cx));
        assert_eq!(told.as_slice(), [stable.left.0]);
        let (right, told) = cx.layer_with::<Right, _>(|cx| Busy::start(&stable.right, cx));
        assert_eq!(told.as_slice(), [stable.right.0]);
        Self { left, right }
    }

    fn on_message(&mut self, from: NodeId, message: Side<Note>, cx: &mut Context<'_, Self>) {
        cx.mark("before the layer");
        let told: Indications<Busy> = match message {
            Side::Left(note) => cx.layer::<Left>(|cx| self.left.on_message(from, note, cx)),
            Side::Right(note) => cx.layer::<Right>(|cx| self.right.on_message(from, note, cx)),
            Side::Own(_) => Indications::<Busy>::new(),
        };
        cx.indicate(format!("told {told:?}"));
        cx.send(from, Side::Own(Note(0)));
    }

    fn on_timer(&mut self, _: (bool, u8), _: &mut Context<'_, Self>) {}

    fn on_request(&mut self, _: u64, _: &mut Context<'_, Self>) {}
}

const CONFIG: HostConfig = HostConfig { left: 100, right: 200 };

fn host() -> Host {
    Host { left: Busy { choice: 0 }, right: Busy { choice: 0 } }
}

/// What a node with a layer wants done, in order: the host's own words before, the layer's in the
/// host's alphabet, the host's own words after. So what the host sends last is behind the barrier
/// that the layer set.
#[test]
fn a_layers_effects_pass_in_order_and_in_the_hosts_alphabet() {
    let mut sink = Recorder::<Host>::new();
    let note = Side::Right(Note(5));
    step(&CONFIG, details(0, 2, 0), &mut sink, |cx| host().on_message(PEER, note, cx));
    let right = |number| Side::Right(Note(number));
    let expected = [
        Effect::Mark("before the layer"),
        Effect::Write(Side::Right(5)),
        Effect::Barrier,
        Effect::Send { to: PEER, message: right(205), resend: false, at_once: false },
        Effect::Send { to: PEER, message: right(5), resend: true, at_once: false },
        Effect::SetTimer { timer: (false, 1), span: Span::exactly(Duration::from_nanos(5)) },
        Effect::CancelTimer((false, 2)),
        Effect::Mark("noted"),
        Effect::Indicate("told [5, 6, 7]".to_owned()),
        Effect::Send { to: PEER, message: Side::Own(Note(0)), resend: false, at_once: false },
    ];
    assert_eq!(sink.effects, expected);
}

/// Two layers of one kind keep their configurations, messages, timers and records apart.
#[test]
fn two_layers_of_one_kind_stay_apart() {
    let mut sink = Recorder::<Host>::new();
    step(&CONFIG, details(0, 2, 0), &mut sink, |cx| {
        host().on_message(PEER, Side::Left(Note(5)), cx)
    });
    let message = Side::Left(Note(105));
    assert!(sink.effects.contains(&Effect::Send {
        to: PEER,
        message,
        resend: false,
        at_once: false
    }));
    assert!(sink.effects.contains(&Effect::Write(Side::Left(5))));
    assert!(sink.effects.contains(&Effect::CancelTimer((true, 2))));
}

/// Choices go to the same stream, in order, from host and layer alike; a layer's disk is its own
/// part.
#[test]
fn choices_and_disks_reach_the_layers() {
    let mut sink = Recorder::<Host>::answering([3, 7]);
    let mut disk = Disk::default();
    for record in [Side::Left(1), Side::Right(10), Side::Left(2)] {
        disk.apply(&record);
    }
    let host = step(&CONFIG, details(0, 2, 0), &mut sink, |cx| Host::start(&disk, cx));
    assert_eq!((host.left.choice, host.right.choice), (3, 7));
    assert_eq!(sink.asked, [10, 10]);
    assert_eq!(sink.effects, [], "the layers' indications stop at the host");
}

#[test]
fn clocks_that_a_layer_uses_are_used_by_its_host() {
    let mut sink = Recorder::<Host>::new();
    let mut cx = Context::new(&CONFIG, details(0, 2, 0), &mut sink);
    cx.layer::<Left>(|cx| {
        let _ = cx.wall_clock();
    });
    assert_eq!(cx.clocks_used(), ClocksUsed { monotonic: false, wall: true });
}

/// The layer sees the same details as its host.
#[test]
fn a_layer_sees_the_world_as_its_host_does() {
    let mut sink = Recorder::<Host>::new();
    step(&CONFIG, details(2, 4, 77), &mut sink, |cx| {
        cx.layer::<Left>(|cx| {
            assert_eq!(cx.id(), NodeId::new(2));
            assert_eq!(cx.servers(), 4);
            assert_eq!(cx.now(), LocalTime::from_nanos(77));
            assert_eq!(cx.peers().map(NodeId::number).collect::<Vec<_>>(), [0, 1, 3]);
        });
    });
}

/// A layer inside a layer: the alphabets are lifted twice, the indications stop at the first host.
#[test]
fn layers_nest() {
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    struct Top;
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    struct Wrapped(Side<Note>);
    impl Message for Wrapped {
        const KINDS: &'static [(&'static str, Class)] = Side::<Note>::KINDS;
        fn kind(&self) -> usize {
            self.0.kind()
        }
    }
    impl Node for Top {
        type Config = HostConfig;
        type Message = Wrapped;
        type Timer = (u8, (bool, u8));
        type Request = u64;
        type Indication = u64;
        type Stable = Disk;
        fn start(_: &Disk, _: &mut Context<'_, Self>) -> Self {
            Self
        }
        fn on_message(&mut self, from: NodeId, message: Wrapped, cx: &mut Context<'_, Self>) {
            let told = cx.layer::<Middle>(|cx| host().on_message(from, message.0, cx));
            assert_eq!(told.as_slice(), ["told [1, 2, 3]"]);
        }
        fn on_timer(&mut self, _: (u8, (bool, u8)), _: &mut Context<'_, Self>) {}
        fn on_request(&mut self, _: u64, _: &mut Context<'_, Self>) {}
    }
    enum Middle {}
    impl Layer<Top> for Middle {
        type Inner = Host;
        fn config(config: &HostConfig) -> &HostConfig {
            config
        }
        fn message(message: Side<Note>) -> Wrapped {
            Wrapped(message)
        }
        fn timer(timer: (bool, u8)) -> (u8, (bool, u8)) {
            (9, timer)
        }
        fn record(record: Side<u64>) -> Side<u64> {
            record
        }
    }
    let mut sink = Recorder::<Top>::new();
    let message = Wrapped(Side::Left(Note(1)));
    step(&CONFIG, details(0, 2, 0), &mut sink, |cx| Top.on_message(PEER, message, cx));
    let wrapped = |side| Wrapped(side);
    let expected = [
        Effect::Mark("before the layer"),
        Effect::Write(Side::Left(1)),
        Effect::Barrier,
        Effect::Send {
            to: PEER,
            message: wrapped(Side::Left(Note(101))),
            resend: false,
            at_once: false,
        },
        Effect::Send {
            to: PEER,
            message: wrapped(Side::Left(Note(1))),
            resend: true,
            at_once: false,
        },
        Effect::SetTimer { timer: (9, (true, 1)), span: Span::exactly(Duration::from_nanos(1)) },
        Effect::CancelTimer((9, (true, 2))),
        Effect::Mark("noted"),
        Effect::Send {
            to: PEER,
            message: wrapped(Side::Own(Note(0))),
            resend: false,
            at_once: false,
        },
    ];
    assert_eq!(sink.effects, expected);
}
