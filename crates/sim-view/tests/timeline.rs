//! The timeline in the summary of a run that the test invents.

mod support;

use sim_check::{SimTime, Verdict};
use sim_node::NodeId;
use sim_scenario::{
    Clients, DownSpan, FaultSpan, MarkPlace, MarkRow, Outage, Report, RoleSpan, ScenarioFacts,
    Timeline,
};
use sim_view::summary;
use support::{at, facts, report};

fn role(node: u32, role: &'static str, rank: u64, from: u64, to: Option<u64>) -> RoleSpan {
    RoleSpan { node: NodeId::new(node), role, rank, from: at(from), to: to.map(at) }
}

/// Node 4 leads, is cut off and goes on leading; node 3 is elected meanwhile. Node 2 crashes.
fn cut_off() -> Timeline {
    let mut roles = vec![
        role(3, "follower", 0, 0, Some(9_000)),
        role(3, "candidate", 2, 9_000, Some(10_000)),
        role(3, "leader", 2, 10_000, None),
        role(4, "leader", 1, 2_000, Some(16_000)),
        role(4, "follower", 2, 16_000, None),
        role(2, "follower", 0, 0, Some(11_000)),
        role(2, "follower", 2, 15_000, None),
        role(0, "follower", 0, 0, None),
        role(1, "follower", 0, 0, None),
    ];
    roles.sort_by_key(|span| (span.from, span.node));
    let victims = vec![NodeId::new(4)];
    Timeline {
        roles,
        marks: vec![MarkRow {
            name: "quiet",
            places: vec![MarkPlace { node: NodeId::new(4), at: at(2_000), step: 5 }],
        }],
        downs: vec![DownSpan { node: NodeId::new(2), from: at(11_000), to: Some(at(15_000)) }],
        faults: vec![
            FaultSpan { fault: 0, from: at(6_000), to: Some(at(16_000)), victims: victims.clone() },
            FaultSpan { fault: 1, from: at(16_000), to: Some(at(16_000)), victims },
        ],
        calm: Some(at(18_000)),
        clients: Some(Clients {
            operations: 40,
            answered: 38,
            given_up: 1,
            open: 1,
            outages: vec![Outage { from: at(5_800), to: Some(at(12_400)) }],
            answers: (0..38)
                .map(|place| {
                    at(if place < 10 { 2_500 + place * 330 } else { 12_000 + place * 300 })
                })
                .collect(),
            busy: vec![(at(2_400), at(23_500))],
        }),
        left_out: 0,
    }
}

fn scenario() -> ScenarioFacts {
    let mut facts = facts(5);
    facts.protocol.roles = &["leader", "candidate", "follower"];
    facts.protocol.resting = Some("follower");
    facts
}

fn shown(facts: &ScenarioFacts, timeline: Timeline, width: usize) -> String {
    let mut held = Report { timeline: Some(timeline), ..report() };
    held.verdict = Verdict::Held;
    held.as_expected = true;
    held.violations.clear();
    held.properties.clear();
    let mut out = Vec::new();
    summary(&mut out, facts, &held, width, &mut |_| panic!("no need to look back")).expect("room");
    let text = anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string();
    let from = text.find("  timeline").expect("a timeline");
    let to = text[from..].find("  warning").expect("a warning behind it");
    text[from..from + to].to_owned()
}

#[test]
fn two_leaders_at_once_are_seen() {
    insta::assert_snapshot!(shown(&scenario(), cut_off(), 100));
}

#[test]
fn a_narrow_page_has_a_short_axis() {
    let text = shown(&scenario(), cut_off(), 40);
    assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
    insta::assert_snapshot!(text);
}

/// However much happens, it takes at most twenty lines.
#[test]
fn a_long_story_is_cut() {
    let mut timeline = Timeline::default();
    for turn in 0..400_u64 {
        let node = u32::try_from(turn % 60).expect("small");
        let from = turn * 60;
        timeline.roles.push(role(node, "follower", turn, from, Some(from + 20)));
        timeline.roles.push(role(node, "candidate", turn, from + 20, Some(from + 30)));
        timeline.roles.push(role(node, "leader", turn, from + 30, Some(from + 80)));
        let fault = usize::try_from(turn % 40).expect("small");
        let victims = vec![NodeId::new(node)];
        timeline.faults.push(FaultSpan { fault, from: at(from), to: None, victims });
    }
    timeline.clients = cut_off().clients;
    timeline.calm = Some(at(24_500));
    let mut facts = scenario();
    facts.servers = 60;
    for width in [40, 60, 100, 200] {
        let text = shown(&facts, timeline.clone(), width);
        assert!(text.lines().count() <= 20, "{width} columns:\n{text}");
        assert!(text.contains("leader") && text.contains("fault"), "{text}");
        assert!(text.contains("more nodes") && text.contains("more faults"), "{text}");
    }
}

/// Of many nodes, those that led have a row each, whatever there is to say besides.
#[test]
fn a_node_that_led_has_its_row() {
    let mut timeline = Timeline::default();
    for node in 0..40 {
        timeline.roles.push(role(node, "follower", 0, 0, Some(30_000)));
        timeline.downs.push(DownSpan { node: NodeId::new(node), from: at(29_000), to: None });
    }
    let leaders: Vec<u32> = (0..8).map(|turn| 3 + turn * 5).collect();
    for (turn, node) in (0..).zip(&leaders) {
        let from = 1_000 + turn * 3_000;
        // For the rarer role there is no room beside that of the leader.
        timeline.roles.push(role(*node, "candidate", turn, from, Some(from + 1)));
        timeline.roles.push(role(*node, "leader", turn, from + 1, Some(from + 2)));
    }
    for fault in 0..12 {
        let victims = vec![NodeId::new(0)];
        timeline.faults.push(FaultSpan { fault, from: at(2_000), to: None, victims });
    }
    timeline.roles.sort_by_key(|span| (span.from, span.node));
    (timeline.clients, timeline.calm) = (cut_off().clients, Some(at(24_500)));
    let mut facts = scenario();
    facts.servers = 40;
    for width in [80, 100, 200] {
        let text = shown(&facts, timeline.clone(), width);
        assert!(text.lines().count() <= 20, "{width} columns:\n{text}");
        for node in &leaders {
            let row = format!("  n{node} ");
            assert!(text.lines().any(|line| line.starts_with(&row)), "{row}, {width}:\n{text}");
        }
        assert!(text.contains("more nodes"), "{text}");
    }
}

/// An election that lasts a thousandth of a column is seen all the same.
#[test]
fn what_is_short_is_not_lost() {
    let mut timeline = cut_off();
    timeline.roles[0] = role(0, "follower", 0, 0, Some(20_000));
    timeline.roles.push(role(0, "candidate", 3, 20_000, Some(20_001)));
    timeline.roles.push(role(0, "follower", 3, 20_001, None));
    let text = shown(&scenario(), timeline, 100);
    let row = text.lines().find(|line| line.starts_with("  n0")).expect("a band of n0");
    assert_eq!(row.matches('C').count(), 1, "{text}");
}

/// Where nobody leads, no other role takes the place of the leader.
#[test]
fn nobody_leads_where_nobody_leads() {
    let mut timeline = cut_off();
    timeline.roles.retain(|span| span.role != "leader");
    let text = shown(&scenario(), timeline, 100);
    let labels = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.get(2..14)?.trim().to_owned())).collect()
    };
    assert!(!labels(&text).iter().any(|label| label == "leader" || label == "follower"), "{text}");
    assert!(!labels(&text).iter().any(|label| label == "at once"), "{text}");
    // Nor where a protocol has no role that stands out.
    let mut facts = scenario();
    facts.protocol.headline = None;
    let text = shown(&facts, cut_off(), 100);
    assert!(!labels(&text).iter().any(|label| label == "leader"), "{text}");
    assert!(text.contains("other roles  leader n4 at 2ms and n3 at 10ms"), "{text}");
}

/// The sign of a role is the protocol's and not the run's, and another role never has it.
#[test]
fn a_role_has_the_same_sign_in_every_run() {
    let mut timeline = cut_off();
    // Candidates nearly all the time.
    timeline.roles = (0..5).map(|node| role(node, "candidate", 1, 1_000, Some(20_000))).collect();
    timeline.roles.extend((0..5).map(|node| role(node, "follower", 1, 0, Some(1_000))));
    timeline.roles.sort_by_key(|span| (span.from, span.node));
    let text = shown(&scenario(), timeline, 100);
    assert!(text.contains("C candidate, ─ follower"), "{text}");
    let row = text.lines().find(|line| line.starts_with("  n0")).expect("a band of n0");
    assert!(row.contains(" ──CCCC"), "{text}");
    assert!(shown(&scenario(), cut_off(), 100).contains("C candidate, ─ follower"));
}

#[test]
fn what_happens_again_and_again_is_told_once() {
    let mut timeline = Timeline::default();
    for turn in 0..12_u64 {
        let from = 1_000 * turn;
        timeline.roles.push(role(0, "leader", turn, from, Some(from + 400)));
        timeline.roles.push(role(0, "follower", turn, from + 400, Some(from + 1_000)));
    }
    timeline.roles.push(role(1, "leader", 12, 12_000, None));
    timeline.roles.extend((0..9).map(|turn| role(2, "candidate", turn, 500 + turn * 1_000, None)));
    timeline.roles.sort_by_key(|span| (span.from, span.node));
    let text = shown(&scenario(), timeline, 100);
    let told = "leader       n0 twelve times from 0s to 11.4ms, n1 from 12ms on (term 12)";
    assert!(text.contains(told), "{text}");
    assert!(text.contains("other roles  candidate nine times from 500us to 8.5ms"), "{text}");
}

/// No word is cut: what there is no room for is counted.
#[test]
fn rows_are_cut_between_entries() {
    let mut timeline = cut_off();
    timeline.roles = (0..40_u32)
        .map(|node| role(node, "leader", 1, u64::from(node) * 100 + 100, None))
        .collect();
    let mut facts = scenario();
    facts.servers = 40;
    for width in [60, 100] {
        let text = shown(&facts, timeline.clone(), width);
        let (_, rows) = text.split_once("  leader  ").expect("a row of leaders");
        assert!(!rows.contains('…'), "{text}");
        let flat: Vec<&str> = rows.split_whitespace().collect();
        let flat = flat.join(" ");
        let (told, _) = flat.split_once(" at once").expect("a row behind it");
        let (told, more) = told.rsplit_once(" and ").expect("more of them");
        let more: usize =
            more.strip_suffix(" more").and_then(|it| it.parse().ok()).expect("a number");
        assert_eq!(told.matches(" on (term 1)").count() + more, 40, "{told}");
    }
}

#[test]
fn nothing_happens_in_an_empty_run() {
    let held = Report { timeline: Some(Timeline::default()), ..report() };
    let mut out = Vec::new();
    summary(&mut out, &facts(5), &held, 100, &mut |_| {}).expect("room");
    let text = String::from_utf8(out).expect("text");
    assert!(!text.contains("timeline"), "{text}");
}

/// The axis ends where nothing changes any more, and says so.
#[test]
fn a_long_rest_is_left_out() {
    let mut long = Report { timeline: Some(cut_off()), ..report() };
    long.ended_at_ns = SimTime::from_nanos(9_500_000_000).as_nanos();
    let mut out = Vec::new();
    summary(&mut out, &scenario(), &long, 100, &mut |_| {}).expect("room");
    let text = anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string();
    let flat: Vec<&str> = text.split_whitespace().collect();
    assert!(flat.join(" ").contains("nothing of this changes from 23.5ms to 9.5s"), "{text}");
}

/// A node that led for less than a column is seen to lead, beside its candidacy and its crash, and
/// who led last is named in words, whatever there is no room for.
#[test]
fn a_short_lead_is_seen() {
    let mut timeline = cut_off();
    for turn in 0..9_u64 {
        let node = u32::try_from(turn % 3).expect("small");
        let from = 2_000 + turn * 2_000;
        timeline.roles.push(role(node, "candidate", turn, from, Some(from + 80)));
        timeline.roles.push(role(node, "leader", turn, from + 80, Some(from + 90)));
    }
    timeline.roles.push(role(1, "leader", 11, 22_000, Some(22_100)));
    timeline.downs.push(DownSpan { node: NodeId::new(1), from: at(22_100), to: None });
    timeline.roles.retain(|span| span.node.number() < 3);
    timeline.roles.sort_by_key(|span| (span.from, span.node));
    let text = shown(&scenario(), timeline, 60);
    let row = |node: &str| {
        let label = format!("  {node} ");
        text.lines().find(|line| line.starts_with(&label)).expect("it led").to_owned()
    };
    assert!(["n0", "n1", "n2"].iter().all(|node| row(node).contains('L')), "{text}");
    assert!(row("n1").contains("L✖"), "the crash is behind the lead:\n{text}");
    let leader = text.lines().find(|line| line.starts_with("  leader")).expect("words");
    assert!(leader.contains("n1"), "{text}");
}
