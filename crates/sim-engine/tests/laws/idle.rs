//! A fault that struck and changed nothing says so; one that met anything does not.

use sim_engine::{ClockSpec, Cut, Delay, Fault, NodeSet, Target, faults};
use sim_node::{Drift, Offset, Ratio};

use crate::scene::{Scene, between, when};
use crate::toy::{Act, Msg, Script, ms};

/// Node 0 sends A to node 1 at 1 ms and at 30 ms, and writes at 1 ms; node 2 does nothing.
fn world() -> Scene {
    let acts = [Act::Write(1), Act::Barrier, Act::Send(1, Msg::A(1))];
    let script = Script::new().request(0, 1, acts).request(0, 2, [Act::Send(1, Msg::A(2))]);
    Scene::new(3, script)
        .sync(NodeSet::All, Delay::Constant(ms(2)))
        .request(1, 0, 1)
        .request(30, 0, 2)
}

/// What is said of a fault in this window, in milliseconds.
fn said(from: u64, to: u64, fault: impl Into<Fault>) -> Option<String> {
    let run = world().fault(between(from, to), fault.into()).run();
    assert_eq!(run.outcome.faults[0].struck, 1);
    run.outcome.faults[0].idle.clone()
}

/// A fault is idle in a window without anything to meet, with these words; not so from 1 ms on.
fn assert_idle(fault: impl Into<Fault> + Clone, words: &str) {
    assert_eq!(said(10, 20, fault.clone()).as_deref(), Some(words));
    assert_eq!(said(0, 20, fault), None);
}

fn node(number: u32) -> Target {
    Target::Node(number)
}

#[test]
fn cuts_that_no_message_met() {
    let words = "no message was sent across the cut";
    assert_idle(faults::Isolate(node(0), Cut::AtSend), words);
    assert_idle(faults::Partition(vec![node(0)], Cut::AtSend), words);
    assert_idle(faults::OneWay(node(0), node(1), Cut::AtSend), words);
    assert_eq!(said(0, 20, faults::OneWay(node(1), node(0), Cut::AtSend)).as_deref(), Some(words));
    // The message leaves at 3 ms, when the sync is over, and would arrive at 4.
    let severs = |cut| world().fault(between(3, 5), faults::Isolate(node(1), cut).into());
    assert_eq!(severs(Cut::AtDelivery).run().outcome.faults[0].idle, None);
}

/// A cut of a stream loses what is under way, and so does one that is over by then.
#[test]
fn cuts_of_streams_that_no_message_met() {
    let fault = |from, to| {
        let fault = faults::Isolate(node(1), Cut::AtSend).into();
        let run = world().stream().fault(between(from, to), fault).run();
        (run.outcome.faults[0].idle.clone(), run.outcome.counts.lost)
    };
    let words = "no message was sent across the cut or was under way there when it began";
    assert_eq!(fault(10, 20), (Some(words.to_owned()), 0));
    // The message leaves at 3 ms and would arrive at 4.
    for (from, to) in [(1, 20), (3, 20)] {
        assert_eq!(fault(from, to), (None, 1), "from {from}");
    }
}

#[test]
fn faults_of_links_that_no_message_met() {
    let words = "no message was sent over these links";
    let slow = |kind: Option<&str>| faults::Links {
        from: None,
        to: None,
        both: false,
        kind: kind.map(str::to_owned),
        delay: Some(Delay::Constant(ms(5))),
        loss: None,
        duplication: None,
    };
    assert_idle(slow(None), words);
    assert_idle(slow(Some("A")), words);
    assert_eq!(said(0, 40, slow(Some("B"))).as_deref(), Some(words), "B is never sent");
    let kept_none = "no message was sent that it could keep";
    assert_idle(faults::Hold(node(0), node(1), None), kept_none);
    let of_b = faults::Hold(node(0), node(1), Some("B".to_owned()));
    assert_eq!(said(0, 40, of_b).as_deref(), Some(kept_none), "B is never sent");
}

#[test]
fn faults_of_messages_that_met_none() {
    let never = Ratio::from_parts_per_billion(1);
    let corrupt = faults::Corrupt { from: None, to: None, kind: None, share: never };
    assert_idle(corrupt, "no message arrived that it could corrupt");
    let lose = faults::Lose { from: None, to: None, kind: None, nth: 1, times: 1 };
    assert_idle(lose, "message 1 of those that it counts was never sent");
    assert_idle(faults::OmitSends(node(0), never), "n0 sent nothing meanwhile");
    assert_idle(faults::OmitReceives(node(1), never), "nothing was sent to n1 meanwhile");
}

#[test]
fn slow_nodes_and_disks_that_did_nothing() {
    let slowly = || Delay::Constant(ms(1));
    assert_idle(faults::Slow(node(0), slowly()), "n0 handled nothing meanwhile");
    assert_idle(faults::SlowDisk(node(0), slowly()), "n0 began no sync meanwhile");
    let both = Target::Nodes(vec![1, 2]);
    let none = said(0, 40, faults::SlowDisk(both, slowly()));
    assert_eq!(none.as_deref(), Some("n1 and n2 began no sync meanwhile"));
    assert_idle(faults::StallDisk(node(0)), "no sync of n0 was due meanwhile");
}

/// A protocol that looks at its clocks is not at hand: every step of a toy reads both. So node 2,
/// which does nothing after its start, is asked.
#[test]
fn a_jump_that_nobody_saw() {
    let jump = |number| faults::Jump(node(number), Offset::from_nanos(-5));
    let words = "the wall clock of n2 jumped, but was not read afterwards";
    let said = |number| {
        let run = world().fault(when(10), jump(number).into()).run();
        run.outcome.faults[0].idle.clone()
    };
    assert_eq!(said(2).as_deref(), Some(words));
    assert_eq!(said(0), None, "it reads its clock at 30 ms");
}

#[test]
fn an_entry_of_the_clocks_is_used_when_one_of_its_nodes_reads_it() {
    let clock = |who| ClockSpec { who, drift: Drift::from_ppm(5), ..ClockSpec::default() };
    let run = world().clock(clock(NodeSet::Node(1))).clock(clock(NodeSet::Nodes(vec![]))).run();
    assert_eq!(run.outcome.clocks_used, [true, false]);
}

#[test]
fn a_fault_that_never_struck_is_not_called_idle() {
    let run = world().fault(when(2_000), faults::Heal.into()).run();
    assert_eq!(run.outcome.faults[0].idle, None);
}

/// Links that a fault gives the parameters that they had are not changed.
#[test]
fn links_that_were_so_before() {
    let links = |delay: Option<u64>, loss: Option<Ratio>| faults::Links {
        from: None,
        to: None,
        both: false,
        kind: None,
        delay: delay.map(|delay| Delay::Constant(ms(delay))),
        loss,
        duplication: None,
    };
    let so_before = Some("its links had these parameters already");
    assert_eq!(said(0, 40, links(Some(1), None)).as_deref(), so_before);
    assert_eq!(said(0, 40, links(None, Some(Ratio::ZERO))).as_deref(), so_before);
    assert_eq!(said(0, 40, links(Some(2), Some(Ratio::ZERO))), None);
    assert_eq!(said(0, 40, links(None, Some(Ratio::ONE))), None);
    // The second of two that say the same changes something once the first is over.
    let lossy = || Fault::from(links(None, Some(Ratio::ONE)));
    for (until, idle) in [(40, so_before), (20, None)] {
        let world = world().fault(between(0, until), lossy());
        let run = world.fault(between(0, 40), lossy()).run();
        assert_eq!(run.outcome.faults[1].idle.as_deref(), idle, "until {until}");
    }
}
