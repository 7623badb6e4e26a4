//! [`Harness`] keeps the laws of the contract. The node is a puppet: it does what it is told.

use serde::{Deserialize, Serialize};
use sim_node::{Class, Context, Duration, Effect, Harness, Message, Node, NodeId, Span, Stable};

/// What the puppet is told to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Do {
    /// Sends orders to a node.
    Send(u32, Orders),
    Resend(u32, Orders),
    AtOnce(u32, Orders),
    Set(u8, u64),
    Cancel(u8),
    Write(u8),
    Barrier,
    Tell(u8),
    Mark,
    Choose(u64),
}

use Do::{AtOnce, Barrier, Cancel, Choose, Mark, Resend, Send, Set, Tell, Write};

/// What to do, in order.
type Orders = Vec<Do>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Letter(Orders);

impl Message for Letter {
    const KINDS: &'static [(&'static str, Class)] = &[("Letter", Class::Protocol)];
    fn kind(&self) -> usize {
        0
    }
}

/// All records in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Records(Vec<u8>);

impl Stable for Records {
    type Record = u8;
    fn apply(&mut self, record: &u8) {
        self.0.push(*record);
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Puppet {
    /// What was on its disk, and whether it was told of damage, when it started.
    found: (Vec<u8>, bool),
    chosen: Vec<u64>,
    /// Steps, and how many of them were told of damage.
    steps: u64,
    damaged: u64,
}

impl Puppet {
    fn obey(&mut self, orders: Orders, cx: &mut Context<'_, Self>) {
        self.steps += 1;
        self.damaged += u64::from(cx.damaged());
        for order in orders {
            match order {
                Send(to, orders) => cx.send(NodeId::new(to), Letter(orders)),
                Resend(to, orders) => cx.resend(NodeId::new(to), Letter(orders)),
                AtOnce(to, orders) => cx.send_at_once(NodeId::new(to), Letter(orders)),
                Set(timer, nanos) => cx.set_timer(timer, Duration::from_nanos(nanos)),
                Cancel(timer) => cx.cancel_timer(timer),
                Write(record) => cx.write(record),
                Barrier => cx.barrier(),
                Tell(number) => cx.indicate(number),
                Mark => cx.mark("marked"),
                Choose(alternatives) => self.chosen.push(cx.choose(alternatives)),
            }
        }
    }
}

/// How many steps a puppet may make in one incarnation.
const STEPS: u64 = 10;

impl Node for Puppet {
    /// What it does when it starts.
    type Config = Orders;
    type Message = Letter;
    type Timer = u8;
    type Request = Orders;
    type Indication = u8;
    type Stable = Records;

    fn start(disk: &Records, cx: &mut Context<'_, Self>) -> Self {
        let mut puppet = Self { found: (disk.0.clone(), cx.damaged()), ..Self::default() };
        puppet.obey(cx.config().clone(), cx);
        puppet
    }

    fn on_message(&mut self, _: NodeId, Letter(orders): Letter, cx: &mut Context<'_, Self>) {
        self.obey(orders, cx);
    }

    fn on_timer(&mut self, timer: u8, cx: &mut Context<'_, Self>) {
        self.obey(vec![Tell(timer)], cx);
    }

    fn on_request(&mut self, orders: Orders, cx: &mut Context<'_, Self>) {
        self.obey(orders, cx);
    }

    fn check(&self, _: &Orders) {
        assert!(self.steps <= STEPS, "worn out");
    }
}

/// Node 0 of three.
fn puppet() -> Harness<Puppet> {
    let (puppet, sent) = Harness::new(Vec::new(), NodeId::new(0), 3);
    assert_eq!(sent, []);
    puppet
}

fn slow() -> Harness<Puppet> {
    let mut puppet = puppet();
    puppet.slow_disk = true;
    puppet
}

fn letter(to: u32, number: u8) -> (NodeId, Letter) {
    (NodeId::new(to), Letter(vec![Tell(number)]))
}

/// Sends a node the order to tell a number.
fn send(to: u32, number: u8) -> Do {
    Send(to, vec![Tell(number)])
}

#[test]
fn sends_leave_in_order() {
    let mut puppet = puppet();
    let sent = puppet.ask(vec![send(2, 1), Resend(1, vec![Tell(2)]), send(2, 3)]);
    assert_eq!(sent, [letter(2, 1), letter(1, 2), letter(2, 3)]);
    let resent = Effect::Send {
        to: NodeId::new(1),
        message: Letter(vec![Tell(2)]),
        resend: true,
        at_once: false,
    };
    assert_eq!(puppet.effects[1], resent);
    assert_eq!(puppet.receive(NodeId::new(1), Letter(vec![send(1, 4)])), [letter(1, 4)]);
}

#[test]
fn what_is_sent_at_once_passes_a_barrier() {
    let mut puppet = slow();
    let order = vec![Write(1), Barrier, send(1, 1), AtOnce(2, vec![Tell(2)])];
    assert_eq!(puppet.ask(order), [letter(2, 2)]);
    assert_eq!(puppet.sync(), [letter(1, 1)]);
}

#[test]
fn a_start_is_a_step_like_others() {
    let start = vec![Write(1), Barrier, send(1, 1), Send(0, vec![send(1, 2)]), Set(7, 5)];
    let (puppet, sent) = Harness::<Puppet>::new(start, NodeId::new(0), 3);
    assert_eq!(sent, [letter(1, 1), letter(1, 2)]);
    assert_eq!((&puppet.disk.0, puppet.timers.len()), (&vec![1], 1));
}

/// Self-sends pass the node's own queue: first in, first out, after the step that sent them.
#[test]
fn self_sends_are_received_after_the_step_and_in_order() {
    let mut puppet = puppet();
    let first = Send(0, vec![send(1, 1), send(0, 2)]);
    let sent = puppet.ask(vec![first, send(0, 1), send(1, 0)]);
    assert_eq!(sent, [letter(1, 0), letter(1, 1)]);
    assert_eq!(puppet.told, [1, 2]);
}

/// A barrier holds later sends, self-sends and indications, those of later steps too, and neither
/// timers nor state; then they leave in order.
#[test]
fn a_barrier_holds_what_is_said_until_the_sync() {
    let mut puppet = slow();
    let sent = puppet.ask(vec![send(1, 0), Write(1), send(1, 1), Barrier, send(1, 2), send(0, 3)]);
    assert_eq!(sent, [letter(1, 0), letter(1, 1)], "what comes before the barrier does not wait");
    assert_eq!(puppet.ask(vec![Tell(4), send(2, 5), Set(7, 5), Mark, Choose(2)]), []);
    assert_eq!(puppet.held().count(), 4);
    assert_eq!((&puppet.told, &puppet.disk.0, puppet.unsynced()), (&vec![], &vec![], 1));
    assert_eq!((puppet.timers.len(), &puppet.node.chosen), (1, &vec![0]));
    assert_eq!(puppet.marks, ["marked"]);
    assert_eq!(puppet.sync(), [letter(1, 2), letter(2, 5)]);
    assert_eq!(puppet.told, [4, 3], "its own message is a step of its own");
    assert_eq!((&puppet.disk.0, puppet.unsynced(), puppet.held().count()), (&vec![1], 0, 0));
}

#[test]
fn a_self_send_that_was_held_may_write_and_wait_again() {
    let mut puppet = slow();
    let again = vec![Write(2), Barrier, send(1, 2)];
    puppet.ask(vec![Write(1), Barrier, Send(0, again), send(1, 1)]);
    assert_eq!(puppet.sync(), [letter(1, 1)]);
    assert_eq!(puppet.sync(), [letter(1, 2)]);
    assert_eq!(puppet.sync(), []);
}

/// One sync runs at a time and covers what was written before it began; the next one, everything
/// written meanwhile.
#[test]
fn a_sync_covers_what_was_written_before_it_began() {
    let mut puppet = slow();
    puppet.ask(vec![Write(1), Barrier, send(1, 1), Write(2), send(1, 2), Barrier, send(1, 3)]);
    puppet.ask(vec![Write(3), Tell(4)]);
    assert_eq!((puppet.held().count(), puppet.unsynced()), (4, 3));
    assert_eq!(puppet.sync(), [letter(1, 1), letter(1, 2)]);
    assert_eq!((&puppet.disk.0, puppet.unsynced()), (&vec![1], 2));
    puppet.ask(vec![Write(5), send(1, 5)]);
    assert_eq!((puppet.held().count(), &puppet.told), (3, &vec![]));
    assert_eq!(puppet.sync(), [letter(1, 3), letter(1, 5)]);
    assert_eq!((&puppet.disk.0, &puppet.told), (&vec![1, 2, 3], &vec![4]));
    assert_eq!((puppet.sync(), puppet.unsynced()), (vec![], 1), "no barrier waits for the last");
}

#[test]
fn a_barrier_with_nothing_to_wait_for_holds_nothing() {
    assert_eq!(slow().ask(vec![Barrier, send(1, 1)]), [letter(1, 1)]);
}

#[test]
fn only_a_barrier_makes_writes_durable() {
    let mut quick = puppet();
    quick.ask(vec![Write(1)]);
    assert_eq!((&quick.disk.0, quick.unsynced()), (&vec![], 1));
    quick.ask(vec![Write(2), Barrier, Write(3)]);
    assert_eq!((&quick.disk.0, quick.unsynced()), (&vec![1, 2], 1));
    let mut slow = slow();
    slow.ask(vec![Write(1)]);
    slow.sync();
    assert_eq!((&slow.disk.0, slow.unsynced()), (&vec![], 1), "no sync is under way");
}

/// A disk that is slow no longer keeps up with the next barrier, and what was held goes first.
#[test]
fn what_was_held_leaves_first() {
    let mut puppet = slow();
    puppet.ask(vec![Write(1), Barrier, send(1, 1)]);
    puppet.slow_disk = false;
    assert_eq!(puppet.ask(vec![send(1, 2)]), []);
    assert_eq!(puppet.ask(vec![Barrier, send(1, 3)]), [letter(1, 1), letter(1, 2), letter(1, 3)]);
}

#[test]
fn a_crash_loses_what_is_held_and_not_durable() {
    for survivors in 0..3 {
        let mut puppet = slow();
        puppet.ask(vec![Choose(3), Set(7, 5), Write(1), Barrier]);
        puppet.sync();
        puppet.ask(vec![Write(2), Barrier, send(1, 1), Tell(1), send(0, 2), Write(3)]);
        assert_eq!(puppet.unsynced(), 2);
        assert_eq!(puppet.restart_with(survivors), []);
        let kept = [1, 2, 3][..=survivors].to_vec();
        assert_eq!(puppet.node, Puppet { found: (kept, false), steps: 1, ..Puppet::default() });
        assert_eq!((puppet.unsynced(), puppet.held().count(), puppet.timers.len()), (0, 0, 0));
        assert_eq!(puppet.sync(), []);
        assert_eq!(puppet.ask(vec![send(1, 9)]), [letter(1, 9)], "nor does a barrier hold this");
        assert_eq!(puppet.told, []);
    }
    let mut puppet = slow();
    puppet.ask(vec![Write(1), Barrier]);
    puppet.restart();
    assert_eq!(puppet.node.found, (vec![], false));
}

#[test]
#[should_panic(expected = "2 of 1 writes")]
fn a_crash_leaves_no_more_than_was_written() {
    let mut puppet = slow();
    puppet.ask(vec![Write(1), Barrier, send(1, 1)]);
    puppet.restart_with(2);
}

#[test]
fn only_the_next_start_learns_of_damage() {
    let mut puppet = puppet();
    puppet.disk.set_damaged(true);
    puppet.ask(vec![Send(0, vec![])]);
    assert_eq!(puppet.node.damaged, 0);
    puppet.restart();
    puppet.ask(vec![]);
    assert_eq!((puppet.node.found.1, puppet.node.damaged, puppet.node.steps), (true, 1, 2));
    puppet.restart();
    assert!(!puppet.node.found.1);
}

#[test]
fn a_timer_fires_once_and_setting_it_again_replaces_it() {
    let mut puppet = puppet();
    puppet.ask(vec![Set(7, 5), Set(8, 6), Set(7, 9), Set(9, 1), Cancel(9)]);
    let exactly = |nanos| Span::exactly(Duration::from_nanos(nanos));
    assert_eq!(puppet.timers, [(7, exactly(9)), (8, exactly(6))].into());
    puppet.fire(7);
    assert_eq!((&puppet.told, puppet.timers.len()), (&vec![7], 1));
}

#[test]
#[should_panic(expected = "9 is not set")]
fn a_cancelled_timer_does_not_fire() {
    let mut puppet = puppet();
    puppet.ask(vec![Set(9, 1), Cancel(9)]);
    puppet.fire(9);
}

#[test]
fn choices_fall_as_they_are_told_to_or_on_the_first() {
    let mut puppet = puppet();
    puppet.ask(vec![Choose(5)]);
    puppet.choices = Some([2, 1].into());
    puppet.ask(vec![Choose(3), Choose(2)]);
    assert_eq!(puppet.node.chosen, [0, 2, 1]);
}

#[test]
#[should_panic(expected = "how every choice falls")]
fn a_choice_that_was_not_foreseen_is_an_error() {
    let mut puppet = puppet();
    puppet.choices = Some([2].into());
    puppet.ask(vec![Choose(3), Choose(2)]);
}

#[test]
#[should_panic(expected = "choice 3 of 3")]
fn a_choice_is_one_of_the_alternatives() {
    let mut puppet = puppet();
    puppet.choices = Some([3].into());
    puppet.ask(vec![Choose(3)]);
}

#[test]
#[should_panic(expected = "worn out")]
fn invariants_are_asserted_after_each_step() {
    let mut puppet = puppet();
    for _ in 0..STEPS {
        puppet.ask(vec![]);
    }
}

#[test]
fn time_goes_by_when_it_is_told_to() {
    let mut puppet = puppet();
    let (now, wall) = (puppet.now, puppet.wall.as_nanos());
    puppet.wait(Duration::from_nanos(5));
    assert_eq!(puppet.now - now, Duration::from_nanos(5));
    assert_eq!(puppet.wall.as_nanos() - wall, 5);
}

#[test]
fn effects_and_marks_are_those_of_the_last_call() {
    let mut puppet = slow();
    puppet.ask(vec![Mark, Send(0, vec![Mark]), Write(1), Barrier, Tell(1)]);
    assert_eq!((puppet.marks.len(), puppet.effects.len()), (2, 6));
    puppet.sync();
    assert_eq!((puppet.marks.len(), puppet.effects.len(), puppet.told.len()), (0, 0, 1));
}
