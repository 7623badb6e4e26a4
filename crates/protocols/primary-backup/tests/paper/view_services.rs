//! What the view service does.

use primary_backup::{
    Config, Incarnation, Message, Number, Ping, Reads, Report, ViewRecord, ViewService, ViewTimer,
};
use sim_node::{Harness, Stable};

use crate::harness::{Sent, config, kinds, ms, node, start, view};

fn service(config: Config) -> Harness<ViewService> {
    start(config.nodes, config).0
}

fn ping(harness: &mut Harness<ViewService>, from: u32, since: u64, acknowledged: u64) -> Vec<Sent> {
    ping_of(harness, from, 1, since, acknowledged)
}

fn ping_of(
    harness: &mut Harness<ViewService>,
    from: u32,
    incarnation: u32,
    since: u64,
    acknowledged: u64,
) -> Vec<Sent> {
    let (since, acknowledged) = (view(since), view(acknowledged));
    let incarnation = Incarnation(incarnation);
    let (unreached, sent) = (Vec::new(), harness.now);
    harness.receive(
        node(from),
        Message::Ping(Ping { incarnation, since, acknowledged, unreached, sent }),
    )
}

fn report(number: u64, since: u64, count: u64) -> Message {
    let (number, since) = (view(number), view(since));
    Message::Report(Report { number, since, count: Number(count) })
}

/// With `drop_after`: whom the primary does not reach is dropped, as the membership that it means,
/// by the word of nobody else, and is recruited again only after the idle.
#[test]
fn whom_the_primary_does_not_reach_is_dropped() {
    let mut harness = service(Config { backups: Some(2), ..config(4) });
    let tell = |harness: &mut Harness<ViewService>, from: u32, since: u64| {
        let ping = Ping {
            incarnation: Incarnation::FIRST,
            since: view(1),
            acknowledged: view(1),
            unreached: vec![(node(2), view(since))],
            sent: harness.now,
        };
        kinds(&harness.receive(node(from), Message::Ping(ping)))
    };
    assert_eq!(tell(&mut harness, 1, 1), [], "a backup does not know");
    assert_eq!(tell(&mut harness, 0, 2), [], "another membership");
    assert_eq!(tell(&mut harness, 0, 1), [(0, "NewView")]);
    assert!(!harness.node.view().members.contains_key(&node(2)));
    ping(&mut harness, 3, 0, 0);
    ping(&mut harness, 2, 1, 0);
    ping(&mut harness, 0, 1, 2);
    let recruits: Vec<_> = harness.node.view().recruits.keys().copied().collect();
    assert_eq!(recruits, [node(3)], "the idle one first");
}

/// "The new primary is the one having processed the largest number of updates" (van Renesse and
/// Schneider 2004, section 4), and all that are up are asked first.
#[test]
fn the_backup_with_the_most_updates_succeeds() {
    let mut harness = service(config(4));
    let messages = harness.fire(ViewTimer::Silent(node(0)));
    assert_eq!(kinds(&messages), [(1, "Suspend"), (2, "Suspend"), (3, "Suspend")]);
    assert_eq!(harness.receive(node(1), report(2, 1, 7)), []);
    assert_eq!(harness.receive(node(2), report(2, 1, 9)), []);
    let messages = harness.receive(node(3), report(2, 1, 8));
    assert_eq!(kinds(&messages), [(2, "NewView"), (1, "NewView"), (3, "NewView")]);
    assert_eq!((harness.node.view().primary, harness.node.view().number), (node(2), view(2)));
}

/// A member that crashes while it is asked is not waited for.
#[test]
fn crashed_members_are_not_waited_for() {
    let mut harness = service(config(4));
    harness.fire(ViewTimer::Silent(node(0)));
    harness.receive(node(1), report(2, 1, 7));
    harness.fire(ViewTimer::Silent(node(2)));
    let messages = harness.fire(ViewTimer::Silent(node(3)));
    assert_eq!(kinds(&messages), [(1, "NewView")]);
    assert_eq!(harness.node.view().members.len(), 1);
}

/// A member that crashes after it has answered is not named either, though it has the most updates:
/// nobody would notice any more that it has crashed. When it comes back in time, it is asked again.
#[test]
fn the_dead_do_not_succeed() {
    for comes_back in [false, true] {
        let mut harness = service(config(3));
        harness.fire(ViewTimer::Silent(node(0)));
        harness.receive(node(1), report(2, 1, 9));
        assert_eq!(harness.fire(ViewTimer::Silent(node(1))), []);
        if comes_back {
            assert_eq!(kinds(&ping(&mut harness, 1, 1, 0)), [(1, "Suspend")]);
            harness.receive(node(1), report(2, 1, 9));
        }
        harness.receive(node(2), report(2, 1, 7));
        let primary = if comes_back { node(1) } else { node(2) };
        assert_eq!(harness.node.view().primary, primary);
    }
}

/// Nor is who has lost its state after it has answered.
#[test]
fn the_forgetful_do_not_succeed() {
    let mut harness = service(config(3));
    harness.fire(ViewTimer::Silent(node(0)));
    harness.receive(node(1), report(2, 1, 9));
    assert_eq!(kinds(&ping_of(&mut harness, 1, 2, 0, 0)), []);
    let messages = harness.receive(node(2), report(2, 1, 7));
    assert_eq!(kinds(&messages), [(2, "NewView")]);
    assert_eq!(harness.node.view().members.len(), 1);
}

/// MIT 6.824, lab 2: the next primary was primary or backup, and not one that is idle or has only
/// been recruited; without one there is no service.
#[test]
fn a_recruit_is_not_promoted() {
    let mut harness = service(config(2));
    harness.fire(ViewTimer::Silent(node(1)));
    ping(&mut harness, 0, 1, 2);
    ping(&mut harness, 1, 1, 0);
    assert_eq!(harness.node.view().recruits.len(), 1);
    let messages = harness.fire(ViewTimer::Silent(node(0)));
    assert_eq!(kinds(&messages), []);
    assert!(harness.marks.contains(&"nobody to succeed"));
}

/// A recruit is a backup of the next view, once the primary has acknowledged that it has the state.
#[test]
fn a_recruit_counts_after_the_acknowledgement() {
    let mut harness = service(config(2));
    harness.fire(ViewTimer::Silent(node(1)));
    assert_eq!(kinds(&ping(&mut harness, 1, 1, 0)), [], "the view is not acknowledged yet");
    let messages = harness.receive(node(0), Message::Acknowledge(view(2)));
    assert_eq!(kinds(&messages), [(0, "NewView")]);
    assert_eq!(harness.node.view().recruits.get(&node(1)), Some(&view(3)));
    for stale in [view(1), view(2)] {
        assert_eq!(kinds(&harness.receive(node(0), Message::Acknowledge(stale))), []);
    }
    assert_eq!(
        kinds(&harness.receive(node(1), Message::Acknowledge(view(3)))),
        [],
        "not the primary"
    );
    harness.receive(node(0), Message::Acknowledge(view(3)));
    assert_eq!(harness.node.view().members.get(&node(1)), Some(&view(3)));
    assert_eq!(harness.node.view().number, view(4));
}

/// MIT 6.824, lab 2: a server that restarted without its state counts as crashed, however soon it
/// pings.
#[test]
fn who_has_lost_its_state_is_not_what_it_was() {
    let mut harness = service(config(3));
    let messages = ping(&mut harness, 2, 0, 0);
    assert_eq!(kinds(&messages), [(0, "NewView")], "a backup is dropped");
    assert!(!harness.node.view().members.contains_key(&node(2)));
    let messages = ping(&mut harness, 0, 0, 0);
    assert_eq!(kinds(&messages), [(1, "Suspend")], "a primary is replaced");
    let messages = harness.receive(node(1), report(3, 1, 0));
    assert_eq!(kinds(&messages), [(1, "NewView")]);
}

/// A recruit that restarts without its state is recruited anew, as what it was given before may
/// still be on its way. What it said in its earlier incarnation says nothing any more.
#[test]
fn a_recruit_without_its_state_is_a_new_one() {
    let mut harness = service(config(2));
    harness.fire(ViewTimer::Silent(node(1)));
    ping(&mut harness, 0, 1, 2);
    ping_of(&mut harness, 1, 2, 0, 0);
    assert_eq!(harness.node.view().recruits.get(&node(1)), Some(&view(3)));
    assert_eq!(harness.node.view().incarnation(node(1)), Incarnation(2));
    assert_eq!(ping_of(&mut harness, 1, 1, 1, 0), [], "from before");
    let messages = ping_of(&mut harness, 1, 3, 0, 0);
    assert_eq!(kinds(&messages), [(0, "NewView")], "it is dropped");
    assert_eq!(kinds(&harness.receive(node(0), Message::Acknowledge(view(3)))), [], "too late");
    ping(&mut harness, 0, 1, 4);
    assert_eq!(harness.node.view().recruits.get(&node(1)), Some(&view(5)));
    assert_eq!(harness.node.view().incarnation(node(1)), Incarnation(3));
}

/// A crash may keep on the disk that the primary has acknowledged a view with a recruit, and not
/// the next one, in which that is a backup. The primary says it again with its next ping.
#[test]
fn a_recruit_counts_after_a_crash_in_between() {
    let mut harness = service(config(2));
    harness.fire(ViewTimer::Silent(node(1)));
    ping(&mut harness, 0, 1, 2);
    ping(&mut harness, 1, 1, 0);
    harness.disk.apply(&ViewRecord::Acknowledged(view(3)));
    harness.restart();
    let messages = ping(&mut harness, 0, 1, 3);
    assert_eq!(kinds(&messages), [(0, "NewView")]);
    assert_eq!(harness.node.view().members.get(&node(1)), Some(&view(3)));
}

/// Views outlive a crash, and a change that was begun goes on: who was suspended for a number
/// waits for it.
#[test]
fn a_restart_goes_on_with_what_was_begun() {
    let mut harness = service(config(3));
    harness.fire(ViewTimer::Silent(node(0)));
    let messages = harness.restart();
    assert_eq!(kinds(&messages), [(0, "Suspend"), (1, "Suspend"), (2, "Suspend")]);
    harness.fire(ViewTimer::Silent(node(0)));
    harness.receive(node(1), report(2, 1, 0));
    harness.receive(node(2), report(2, 1, 0));
    assert_eq!(harness.node.view().number, view(2));
    harness.restart();
    assert_eq!((harness.node.view().number, harness.node.view().primary), (view(2), node(1)));
}

/// A primary that was suspected wrongly may stay, if it says in time that it has everything.
#[test]
fn a_wrongly_suspected_primary_may_stay() {
    let mut harness = service(config(3));
    harness.fire(ViewTimer::Silent(node(0)));
    let messages = ping(&mut harness, 0, 1, 1);
    assert_eq!(kinds(&messages), [(0, "Suspend")]);
    for backup in [1, 2] {
        harness.receive(node(backup), report(2, 1, 4));
    }
    let messages = harness.receive(node(0), report(2, 1, 4));
    assert_eq!(kinds(&messages).len(), 3);
    assert_eq!((harness.node.view().primary, harness.node.view().epoch), (node(0), view(2)));
}

/// Nobody else is named before the lease that was given last has ended; nor after a restart, which
/// forgets when that was.
#[test]
fn a_lease_is_waited_for() {
    for restart in [false, true] {
        let mut harness = service(Config { reads: Reads::Lease, ..config(2) });
        ping(&mut harness, 0, 1, 1);
        harness.fire(ViewTimer::Silent(node(0)));
        if restart {
            harness.restart();
            harness.fire(ViewTimer::Silent(node(0)));
        }
        harness.wait(ms(199));
        assert_eq!(kinds(&harness.receive(node(1), report(2, 1, 0))), []);
        harness.wait(ms(1));
        let messages = harness.fire(ViewTimer::LeaseOver);
        assert_eq!(kinds(&messages), [(1, "NewView")]);
    }
}

/// While members are suspended, no lease is given.
#[test]
fn no_lease_is_given_while_the_primary_is_suspected() {
    let mut harness = service(Config { reads: Reads::Lease, ..config(2) });
    let gives = |messages: &[Sent]| match &messages[messages.len() - 1].1 {
        Message::Pong(pong) => pong.lease,
        other => panic!("{other:?}"),
    };
    assert!(gives(&ping(&mut harness, 0, 1, 1)));
    assert!(!gives(&ping(&mut harness, 1, 1, 0)), "nor to a backup");
    harness.fire(ViewTimer::Silent(node(0)));
    assert!(!gives(&ping(&mut harness, 0, 1, 1)));
}
