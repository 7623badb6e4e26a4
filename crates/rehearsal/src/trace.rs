//! `run --trace`: every event of a run, or those of a window, as a space-time diagram or as lines
//! of JSON.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};

use sim_check::SimTime;
use sim_node::{Duration, NodeId, counted};
use sim_scenario::{Report, ScenarioFacts};
use sim_view::{JsonLines, Lanes, States, Window};

use crate::args::{StatesForm, TraceForm, WindowArguments, nearest, plain};
use crate::exit::Failure;
use crate::output::Output;
use crate::runner::Runner;

/// What a trace shows.
pub(crate) struct Shown {
    window: Window,
    states: States,
    /// The steps of which a picture cuts nothing.
    whole: BTreeSet<u64>,
}

impl Shown {
    /// What is asked for on the command line. The steps in which a property was violated, those
    /// that belong to the violation, and the one that is asked for are shown as a whole.
    pub(crate) fn of(
        form: TraceForm,
        runner: &Runner,
        seed: u64,
        arguments: &WindowArguments,
        until: Option<Duration>,
    ) -> Result<Self, Failure> {
        let WindowArguments { from, node, kind, around, states } = arguments;
        if let (Some(from), Some(until)) = (from, until)
            && *from > until
        {
            return Err(Failure::new(format!("--from {from} is later than --until {until}")));
        }
        let facts = runner.facts();
        let mut window = Window::default();
        window.from = from.map(SimTime::from);
        for node in node {
            window.nodes.insert(known_node(*node, facts)?);
        }
        for kind in kind {
            window.kinds.insert(known_kind(kind, facts)?);
        }
        // Lines of JSON cut nothing: only for a picture, and for the steps around one, the run is
        // made before it is shown.
        let is_picture = form == TraceForm::Text;
        let report = (is_picture || around.is_some()).then(|| runner.run(seed));
        let mut whole = BTreeSet::new();
        for violation in report.iter().flat_map(|report| &report.violations) {
            whole.extend(violation.step);
            whole.extend(&violation.witnesses);
        }
        if let (Some(step), Some(report)) = (*around, &report) {
            if step >= report.steps {
                let steps = counted(report.steps, "step");
                return Err(Failure::new(format!(
                    "there is no step {step}: the run has {steps}, counted from 0"
                )));
            }
            whole.insert(step);
            window = window.around(step, &mut |watcher| {
                runner.watch(seed, watcher);
            });
        }
        let states = match states {
            None | Some(StatesForm::Changes) => States::Changes,
            Some(StatesForm::Full) => States::Full,
            Some(StatesForm::None) => States::Nothing,
        };
        Ok(Self { window, states, whole })
    }
}

fn known_node(node: NodeId, facts: &ScenarioFacts) -> Result<NodeId, Failure> {
    let nodes = facts.servers + facts.others;
    if node.number() < nodes {
        return Ok(node);
    }
    let (nodes, last) = (counted(nodes.into(), "node"), nodes - 1);
    Err(Failure::new(format!("there is no node {node}: the scenario has {nodes}, up to n{last}")))
}

/// The kind of this name; case and dashes are ignored.
fn known_kind(name: &str, facts: &ScenarioFacts) -> Result<&'static str, Failure> {
    let kinds = &facts.protocol.kinds;
    if let Some(kind) = kinds.iter().find(|kind| plain(kind) == plain(name)) {
        return Ok(kind);
    }
    let hint = match nearest(name, kinds) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", kinds.join(", ")),
    };
    let protocol = facts.protocol.name;
    Err(Failure::new(format!("{protocol} has no messages of the kind `{name}`; {hint}")))
}

/// Runs a scenario and writes what happens. When the reader has closed the pipe and the run goes on
/// all the same, nothing is written out any more.
pub(crate) fn trace(
    form: TraceForm,
    runner: &Runner,
    seed: u64,
    shown: Shown,
    out: &mut Output,
) -> Result<Report, Failure> {
    let page = UntilClosed(&mut *out);
    let (report, written) = match form {
        TraceForm::Text => {
            let (facts, width) = (runner.facts(), Output::width());
            let lanes = Lanes::within(page, facts, seed, width, shown.window);
            let mut lanes = lanes.with_whole(shown.whole);
            let report = runner.watch(seed, &mut lanes);
            let written = lanes.finish(&report).map(drop);
            (report, written.and_then(|()| writeln!(out)))
        }
        TraceForm::Json => {
            let mut lines = JsonLines::within(page, shown.window, shown.states);
            let report = runner.watch(seed, &mut lines);
            (report, lines.finish().map(drop))
        }
    };
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(report),
    }
}

/// Tells a picture that nobody looks at it any more.
struct UntilClosed<'a>(&'a mut Output);

impl Write for UntilClosed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        match self.0.is_closed() {
            true => Err(ErrorKind::BrokenPipe.into()),
            false => Ok(written),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
