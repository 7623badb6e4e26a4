//! The faults of a storm. Each storm knows only some kinds, drawn for it: storms of a few kinds go
//! deeper than storms of all.

use sim_scenario::{Ender, Fault, FaultKind};

use crate::weather::{HANDLING_MS, QUICK_US, bounded_delay, delay};
use crate::{Draw, Links, Play};

/// The first seed of the second series. What a seed below it stands for never changes; from it on,
/// storms also know the kinds that were added since.
pub const SECOND_SERIES: u64 = 1_000_000;

/// The first seed of the third series, likewise.
pub const THIRD_SERIES: u64 = 2_000_000;

/// When the storm is over, in milliseconds.
pub(crate) const CALM_MS: u64 = 6_000;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "`Kind::name` says what each is")]
pub enum Kind {
    Crash,
    CrashInside,
    CrashOfAll,
    CrashForGood,
    ClientCrash,
    Pause,
    Isolation,
    Partition,
    OneWay,
    Bridge,
    Heal,
    Hold,
    BadLinks,
    SlowNode,
    SlowDisk,
    Omission,
    Drift,
    Jump,
    Mobile,
    SlowMessage,
    CrashButFirst,
    EarlyCrash,
    StalledDisk,
    Corruption,
    Swizzle,
    LostMessage,
    FullDisk,
    PauseBeforeTimers,
    CrashTogether,
    Periodic,
    MasterCut,
    MasterPause,
    MasterCrash,
}

impl Kind {
    /// Every kind that any servers may meet: the others spare the first one, or need a master or a
    /// leader.
    pub const ALL: &'static [Self] = &[
        Self::Crash,
        Self::CrashInside,
        Self::CrashOfAll,
        Self::CrashForGood,
        Self::ClientCrash,
        Self::Pause,
        Self::Isolation,
        Self::Partition,
        Self::OneWay,
        Self::Bridge,
        Self::Heal,
        Self::Hold,
        Self::BadLinks,
        Self::SlowNode,
        Self::SlowDisk,
        Self::Omission,
        Self::Drift,
        Self::Jump,
        Self::Mobile,
    ];

    /// Whether it takes several servers.
    fn needs_company(self) -> bool {
        matches!(
            self,
            Self::Isolation
                | Self::Partition
                | Self::OneWay
                | Self::Bridge
                | Self::Hold
                | Self::Mobile
                | Self::CrashButFirst
                | Self::EarlyCrash
                | Self::Swizzle
                | Self::CrashTogether
                | Self::Periodic
        )
    }
}

/// A fault of the storm as it stands in the scenario, and what it is counted under.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) text: String,
    pub(crate) row: String,
    /// Whether it may leave a node half cut off at the calm.
    cuts: bool,
}

/// Faults that belong together, times included: a situation in which a family's bugs show. What
/// lasts ends before the calm.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What its faults are counted under.
    pub row: String,
    /// As they stand in the scenario.
    pub faults: Vec<String>,
}

impl Plot {
    /// One without faults.
    pub(crate) fn new(row: &str) -> Self {
        Self { row: row.to_owned(), faults: Vec::new() }
    }

    /// Something strikes.
    pub(crate) fn at(&mut self, at: u64, fault: &str) {
        self.faults.push(format!("At(\"{}ms\", {fault})", at.min(CALM_MS - 20)));
    }

    /// Something lasts. It is over before the calm.
    pub(crate) fn between(&mut self, from: u64, to: u64, fault: &str) {
        let to = to.min(CALM_MS - 20);
        self.faults.push(format!("Between(\"{from}ms\", \"{to}ms\", {fault})"));
    }

    /// Something begins with what a server does for this time; what lasts is healed in the end.
    pub(crate) fn when(&mut self, on: &str, server: u32, nth: u32, fault: &str) {
        let text = format!("When((on: {on}, at: {server}, nth: {nth}), {fault})");
        // It may have been told before.
        if !self.faults.contains(&text) {
            self.faults.push(text);
        }
    }

    pub(crate) fn heal(&mut self, at: u64) {
        self.at(at, "Heal");
    }

    fn planned(&self) -> impl Iterator<Item = Planned> {
        let planned =
            |text: &String| Planned { text: text.clone(), row: self.row.clone(), cuts: true };
        self.faults.iter().map(planned)
    }
}

/// The kinds of the second series that the family's model allows.
fn second_series(play: &Play) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if play.kinds.contains(&Kind::SlowDisk) {
        kinds.push(Kind::StalledDisk);
    }
    if play.kinds.contains(&Kind::Omission) && matches!(play.links, Links::Any | Links::Quick) {
        kinds.push(Kind::Corruption);
    }
    kinds
}

/// The kinds of the third series that the family's model allows: each is a turn of one that the
/// family knows.
fn third_series(play: &Play) -> Vec<Kind> {
    let turns = [
        (Kind::Isolation, Kind::Swizzle),
        (Kind::Isolation, Kind::Periodic),
        (Kind::Pause, Kind::PauseBeforeTimers),
        (Kind::Crash, Kind::CrashTogether),
        (Kind::SlowDisk, Kind::FullDisk),
    ];
    let known = turns.iter().filter(|(of, _)| play.kinds.contains(of));
    let mut kinds: Vec<Kind> = known.map(|(_, turn)| *turn).collect();
    if play.kinds.contains(&Kind::Omission) && matches!(play.links, Links::Any | Links::Quick) {
        kinds.push(Kind::LostMessage);
    }
    kinds
}

/// The faults of a storm: those of the plots, and then single ones, unless the family knows none.
pub(crate) fn faults(draw: &mut Draw, play: &Play, seed: u64) -> Vec<Planned> {
    let possible = |kind: &Kind| {
        !(kind.needs_company() && play.servers < 3
            || *kind == Kind::ClientCrash && play.clients.is_empty())
    };
    let mut kinds: Vec<Kind> = play.kinds.iter().copied().filter(possible).collect();
    if seed >= SECOND_SERIES {
        kinds.extend(second_series(play));
    }
    if seed >= THIRD_SERIES {
        kinds.extend(third_series(play).into_iter().filter(possible));
    }
    let many = usize::try_from(draw.between(1, 6)).expect("a small number");
    let kinds = draw.sample(&kinds, many);
    let mut planned: Vec<Planned> = play.plots.iter().flat_map(Plot::planned).collect();
    let singles = if kinds.is_empty() { 0 } else { draw.between(1, 10) };
    for _ in 0..singles {
        let kind = draw.pick(&kinds);
        plan(draw, kind, play, &mut planned);
    }
    if !play.bears_cuts && planned.iter().any(|fault| fault.cuts) {
        let (text, row) = (format!("At(\"{}ms\", Heal)", CALM_MS - 10), "heal before the calm");
        planned.push(Planned { text, row: row.to_owned(), cuts: false });
    }
    planned
}

/// A fault with its time.
fn plan(draw: &mut Draw, kind: Kind, play: &Play, planned: &mut Vec<Planned>) {
    // An early fault strikes among the first writes.
    let (earliest, latest) =
        if kind == Kind::EarlyCrash { (0, 20) } else { (100, CALM_MS - 1_500) };
    let from = draw.between(earliest, latest);
    let to = from + draw.between(50, 1_400);
    // A mobile fault waits for its occasion by itself. An omission from a trigger on would have no
    // end before the calm, and a node that receives nothing would then depose leaders for ever.
    let waits = !matches!(
        kind,
        Kind::Mobile | Kind::Omission | Kind::EarlyCrash | Kind::FullDisk | Kind::Periodic
    );
    let triggered = waits && draw.chance(20);
    let cuts_off = play.servers >= 3 && play.kinds.contains(&Kind::Isolation);
    if triggered && kind == Kind::Heal && cuts_off {
        return heal_on_a_trigger(draw, play, planned);
    }
    let (mut fault, mut row) = strike(draw, kind, play, triggered);
    if fault.contains("Leader") && !play.leaders.is_empty() {
        let leader = draw.pick(play.leaders);
        // A role, or a target as it is written.
        let written = if leader.ends_with(')') { leader } else { &format!("Role(\"{leader}\")") };
        fault = fault.replace("Leader", written);
    }
    let described = described(&fault);
    let when = if triggered {
        let (on, nth) = (draw.pick(play.occasions), draw.pick(&[1, 1, 2, 3, 5, 10, 20]));
        row += ", on a trigger";
        // Clients write, too. One that is cut off from a server outside the core stays so in the
        // calm, and that server may lead.
        let at_a_server = on == "Write" && fault.contains("Trigger");
        let at = if at_a_server { format!(", at: {}", nth % play.servers) } else { String::new() };
        format!("When((on: {on}{at}, nth: {nth}), {fault})")
    } else if kind == Kind::EarlyCrash {
        early(draw, from, &fault)
    } else if kind == Kind::Periodic {
        // No multiple of these falls between the last heal and the calm.
        let (period, length) = (draw.pick(&[700, 1_100, 1_300, 1_900]), draw.between(50, 500));
        format!("Every(\"{period}ms\", {fault}, for: \"{length}ms\")")
    } else if described.is_momentary() && draw.chance(40) {
        format!("At(\"{from}ms\", {fault})")
    } else {
        format!("Between(\"{from}ms\", \"{to}ms\", {fault})")
    };
    let cuts = kind.needs_company() || kind == Kind::MasterCut;
    planned.push(Planned { text: when, row, cuts });
    // What lasts from a trigger on would last to the calm.
    if triggered && !described.is_momentary() && draw.chance(70) {
        let is_pause = described.until() == Some(Ender::Resume);
        let end = if is_pause { "Resume(All)" } else { "Heal" };
        let at = draw.between(1_000, CALM_MS - 100);
        let row = format!("end of what a trigger began: {}", end.to_lowercase());
        // Where no node is ever cut off, there is nothing to heal.
        if is_pause || play.kinds.iter().any(|kind| kind.needs_company()) {
            planned.push(Planned { text: format!("At(\"{at}ms\", {end})"), row, cuts: false });
        }
    }
}

/// What is known of a fault that is written so.
fn described(fault: &str) -> &'static FaultKind {
    let name = fault.split('(').next().unwrap_or(fault);
    Fault::kind_named(name).expect("storms are made of faults that exist")
}

/// A cut lasts from one occasion to a later one of the same: a trigger of its own would seldom find
/// anything to heal.
fn heal_on_a_trigger(draw: &mut Draw, play: &Play, planned: &mut Vec<Planned>) {
    let cut = draw.pick(&["Isolate(Random(1))", "Partition([Minority])", "Partition([Majority])"]);
    let (on, nth) = (draw.pick(play.occasions), draw.pick(&[1, 2, 3, 5]));
    let healed = nth + draw.pick(&[1, 2, 5]);
    for (nth, fault, row) in
        [(nth, cut, "cut, on a trigger"), (healed, "Heal", "heal, on a trigger")]
    {
        let text = format!("When((on: {on}, nth: {nth}), {fault})");
        planned.push(Planned { text, row: row.to_owned(), cuts: true });
    }
}

/// A crash of this node among its first writes, or at the first of them.
fn early(draw: &mut Draw, from: u64, crash: &str) -> String {
    let node = crash.split("Node(").nth(1).and_then(|rest| rest.split(')').next());
    match node.filter(|_| draw.chance(50)) {
        Some(node) => format!("When((on: Write, at: {node}), {crash})"),
        None => format!("At(\"{from}ms\", {crash})"),
    }
}

fn who(draw: &mut Draw, play: &Play, triggered: bool) -> String {
    let minority = play.servers >= 3;
    match draw.below(9) {
        0..=2 => "Leader".to_owned(),
        3 | 4 => "Random(1)".to_owned(),
        5 if minority => "Minority".to_owned(),
        6 if minority => "Majority".to_owned(),
        7 | 8 if triggered => "Trigger".to_owned(),
        _ => format!("Node({})", draw.below(u64::from(play.servers))),
    }
}

/// The fault, and the row that it is counted under.
fn strike(draw: &mut Draw, kind: Kind, play: &Play, triggered: bool) -> (String, String) {
    let who = who(draw, play, triggered);
    let cut = draw.pick(&["AtSend", "AtDelivery"]);
    let disk = draw.pick(&["Prefix", "Subset", "Unsynced"]);
    // Some restarts are so quick that no node notices.
    let down = if draw.chance(35) { draw.between(1, 15) } else { draw.between(20, 1_500) };
    let percent = draw.pick(&[5, 20, 50, 100]);
    let row = |row: &str| row.to_owned();
    match kind {
        Kind::Crash => (
            format!("Crash(who: {who}, down: \"{down}ms\", disk: {disk})"),
            format!("crash between steps, {disk}"),
        ),
        Kind::CrashInside => {
            let first = draw.below(4);
            let inside = if draw.chance(60) { row("Drawn") } else { format!("First({first})") };
            (
                format!("Crash(who: {who}, down: \"{down}ms\", disk: {disk}, inside: {inside})"),
                format!("crash inside a step, {disk}"),
            )
        }
        Kind::CrashOfAll => (
            format!("Crash(who: Servers, down: \"{down}ms\", disk: {disk})"),
            format!("crash of all servers, {disk}"),
        ),
        Kind::CrashForGood => {
            (format!("Crash(who: {who}, disk: {disk})"), format!("crash to the calm, {disk}"))
        }
        Kind::ClientCrash => {
            let clients = &play.clients;
            let client =
                u64::from(clients.start) + draw.below(u64::from(clients.end - clients.start));
            (
                format!("Crash(who: Node({client}), down: \"{down}ms\", disk: {disk})"),
                format!("crash of a client, {disk}"),
            )
        }
        Kind::Pause => (format!("Pause({who})"), row("pause")),
        Kind::Isolation => (format!("Isolate({who}, cut: {cut})"), format!("isolation, {cut}")),
        Kind::Partition => (
            format!("Partition([{}], {cut})", draw.pick(&["Minority", "Majority"])),
            format!("partition, {cut}"),
        ),
        Kind::OneWay => {
            let others = draw.pick(&["Servers", "Majority"]);
            let ends = if draw.chance(50) { [&who, others] } else { [others, &who] };
            (format!("OneWay({}, {}, cut: {cut})", ends[0], ends[1]), format!("one-way cut, {cut}"))
        }
        Kind::Bridge => (format!("Bridge(Random(1), cut: {cut})"), format!("bridge, {cut}")),
        Kind::Heal => (row("Heal"), row("heal")),
        Kind::Hold => (format!("Hold({who}, Servers)"), row("hold")),
        Kind::SlowMessage => one_kind(draw, play.occasions),
        Kind::BadLinks => match play.links {
            Links::Bounded(most_ms) => other_links(draw, most_ms - HANDLING_MS),
            _ => bad_links(draw, percent),
        },
        Kind::SlowNode => {
            let time = match play.links {
                Links::Bounded(_) => format!("Constant(\"{}us\")", draw.between(1, QUICK_US)),
                _ => delay(draw, 20).0,
            };
            (format!("Slow({who}, {time})"), row("slow node"))
        }
        Kind::SlowDisk => {
            let (time, _) = delay(draw, 150);
            (format!("SlowDisk({who}, {time})"), row("slow disk"))
        }
        Kind::StalledDisk => (format!("StallDisk({who})"), row("stalled disk")),
        Kind::Corruption => {
            let links = draw.pick(&["", "from: Random(1), ", "to: Random(1), "]);
            (format!("Corrupt({links}share: \"{percent}%\")"), row("corrupted messages"))
        }
        Kind::Omission => {
            let way = draw.pick(&["OmitSends", "OmitReceives"]);
            let counted = if way == "OmitSends" { "send omission" } else { "receive omission" };
            (format!("{way}({who}, \"{percent}%\")"), row(counted))
        }
        Kind::Drift => {
            let sign = draw.pick(&["+", "-"]);
            let ppm = draw.between(1, play.drift_ppm.max(1));
            (format!("Drift({who}, \"{sign}{ppm}ppm\")"), row("drift"))
        }
        Kind::Jump => {
            let sign = draw.pick(&["+", "-"]);
            (format!("Jump({who}, \"{sign}{down}ms\")"), row("jump of the wall clock"))
        }
        Kind::Mobile => {
            let on = draw.pick(play.mobile);
            let first = draw.below(4);
            let inside = if draw.chance(50) { row("Drawn") } else { format!("First({first})") };
            let strike = draw.pick(&["Crash", "Isolate"]);
            (
                format!("Mobile(on: {on}, inside: {inside}, strike: {strike})"),
                format!("mobile fault, {}", strike.to_lowercase()),
            )
        }
        Kind::CrashButFirst | Kind::EarlyCrash => {
            let node = draw.between(1, u64::from(play.servers) - 1);
            let down =
                if draw.chance(30) { String::new() } else { format!(", down: \"{down}ms\"") };
            let inside = if draw.chance(40) { ", inside: Drawn" } else { "" };
            let when = if kind == Kind::EarlyCrash { "early crash" } else { "crash" };
            (
                format!("Crash(who: Node({node}){down}, disk: {disk}{inside})"),
                format!("{when} of others than the first"),
            )
        }
        Kind::Swizzle => {
            let who = if play.servers >= 5 {
                draw.pick(&["Random(2)", "Random(4)"])
            } else {
                "Random(2)"
            };
            let within = draw.between(200, 1_400);
            (
                format!("Swizzle(who: {who}, within: \"{within}ms\", cut: {cut})"),
                format!("swizzled cuts, {cut}"),
            )
        }
        Kind::LostMessage => lost_messages(draw, play.occasions),
        Kind::FullDisk => (format!("FullDisk({who})"), row("full disk")),
        Kind::PauseBeforeTimers => {
            (format!("Pause({who}, first: Timers)"), row("pause, timers first"))
        }
        Kind::CrashTogether => (
            format!(
                "Crash(who: And([Leader, RandomOf(1, Not(Leader))]), down: \"{down}ms\", \
                 disk: {disk})"
            ),
            row("crash of a leader and another server"),
        ),
        Kind::Periodic => (format!("Isolate({who}, cut: {cut})"), row("periodic isolation")),
        Kind::MasterCut => master_cut(draw, &who, cut, play),
        Kind::MasterPause => (format!("Pause(Node({}))", play.servers), row("pause of the master")),
        Kind::MasterCrash => (
            format!("Crash(who: Node({}), down: \"{down}ms\", disk: {disk})", play.servers),
            row("crash of the master"),
        ),
    }
}

/// Some messages of one kind are lost, and no others.
fn lost_messages(draw: &mut Draw, occasions: &[&str]) -> (String, String) {
    let kinds: Vec<&str> =
        occasions.iter().filter_map(|on| on.strip_prefix("Send(")?.strip_suffix(')')).collect();
    let kind =
        if kinds.is_empty() { String::new() } else { format!("kind: {}, ", draw.pick(&kinds)) };
    let (nth, times) = (draw.between(1, 5), draw.between(1, 3));
    (format!("Lose({kind}nth: {nth}, times: {times})"), "lost messages of a kind".to_owned())
}

/// Links of a synchronous world: some messages are as slow as others may be.
fn other_links(draw: &mut Draw, most_ms: u64) -> (String, String) {
    let which = draw.pick(&["", "from: Leader, ", "from: Random(1), both: true, "]);
    let (delay, _) = bounded_delay(draw, most_ms);
    (format!("Links({which}delay: {delay})"), "links with other delay".to_owned())
}

/// The master, the node after the servers, receives nothing from some of them, or they receive
/// nothing from it.
fn master_cut(draw: &mut Draw, who: &str, cut: &str, play: &Play) -> (String, String) {
    let master = format!("Node({})", play.servers);
    let (fault, row) = match draw.below(4) {
        0 => (format!("Isolate({master}, cut: {cut})"), "master isolated"),
        1 => (format!("OneWay({who}, {master}, cut: {cut})"), "master receives nothing"),
        2 => (format!("OneWay({master}, {who}, cut: {cut})"), "master reaches nobody"),
        _ => (format!("Hold({master}, {who})"), "master is held"),
    };
    (fault, row.to_owned())
}

/// Messages of one kind are late or lost, and so overtaken by other messages.
fn one_kind(draw: &mut Draw, occasions: &[&'static str]) -> (String, String) {
    let named = |one: &&'static str| one.strip_prefix("Send(")?.strip_suffix(')');
    let kinds: Vec<&str> = occasions.iter().filter_map(named).collect();
    let kind = draw.pick(&kinds);
    let what = match draw.below(3) {
        0 => "loss: \"80%\"".to_owned(),
        _ => format!("delay: {}", delay(draw, 1_000).0),
    };
    let from = draw.pick(&["", "from: Random(1), ", "to: Random(1), "]);
    (format!("Links({from}kind: {kind}, {what})"), "one kind of message late or lost".to_owned())
}

fn bad_links(draw: &mut Draw, percent: u64) -> (String, String) {
    let from = draw.pick(&["", "from: Leader, ", "from: Random(1), both: true, "]);
    let what = match draw.below(3) {
        0 => format!("loss: \"{percent}%\""),
        1 => format!("duplication: \"{percent}%\""),
        _ => format!("delay: {}", delay(draw, 200).0),
    };
    let counted = format!("links with other {}", what.split(':').next().unwrap_or_default());
    (format!("Links({from}{what})"), counted)
}
