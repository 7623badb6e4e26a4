//! The world of a storm, faults apart: the network, the disks, the clocks, the service times.

use crate::{Draw, Links};

/// A part of the scenario: its lines, and what it is counted under.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) lines: Vec<String>,
    pub(crate) features: Vec<String>,
}

impl Part {
    fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn feature(&mut self, feature: impl Into<String>) {
        self.features.push(feature.into());
    }
}

/// A distribution of delays of about this size, in milliseconds.
pub(crate) fn delay(draw: &mut Draw, most_ms: u64) -> (String, &'static str) {
    let most = draw.between(1, most_ms.max(1));
    match draw.below(10) {
        0 => (format!("Constant(\"{most}ms\")"), "constant delays"),
        1 | 2 => {
            let mean = most.div_ceil(3);
            (format!("Exponential(mean: \"{mean}ms\", min: \"100us\")"), "exponential delays")
        }
        3 => {
            let max = most * 10;
            (format!("Pareto(min: \"1ms\", shape: 1.3, max: \"{max}ms\")"), "heavy tails")
        }
        4 => {
            let (rare, far) = (draw.between(1, 9), most * 8);
            let usual = format!("(100, Uniform(\"1ms\", \"{}ms\"))", most + 1);
            let mixture = format!("Mixture([{usual}, ({rare}, Constant(\"{far}ms\"))])");
            (mixture, "mixed delays")
        }
        _ => (format!("Uniform(\"500us\", \"{}ms\")", most + 1), "uniform delays"),
    }
}

/// A distribution of delays of at most so many milliseconds.
pub(crate) fn bounded_delay(draw: &mut Draw, most_ms: u64) -> (String, &'static str) {
    if draw.chance(15) {
        return (format!("Constant(\"{}ms\")", draw.between(1, most_ms)), "constant delays");
    }
    (format!("Uniform(\"500us\", \"{}ms\")", draw.between(1, most_ms)), "uniform delays")
}

/// How much longer a step may take at most in a synchronous world, in microseconds: the messages
/// that reach a node at one instant are still handled within [`HANDLING_MS`].
pub(crate) const QUICK_US: u64 = 20;

/// How much of a synchronous world's bound is left for the handling of a message, in milliseconds.
pub(crate) const HANDLING_MS: u64 = 3;

pub(crate) fn network(draw: &mut Draw, links: Links) -> Part {
    let mut part = Part::default();
    let (delay, delay_feature) = match links {
        Links::Bounded(most_ms) => bounded_delay(draw, most_ms - HANDLING_MS),
        Links::Quick => delay(draw, 8),
        _ => delay(draw, 60),
    };
    part.feature(delay_feature);
    if !matches!(links, Links::Any | Links::Quick) {
        let in_order = links == Links::Fifo || links != Links::Perfect && draw.chance(30);
        part.feature(if in_order { "links in order" } else { "reordering" });
        let order = if in_order { ", order: Fifo" } else { "" };
        let mut duplicated = String::new();
        if links == Links::Doubling {
            // Whatever goes far is duplicated on each link again.
            duplicated = format!(", duplication: \"{}%\"", draw.between(1, 8));
            part.feature("duplication");
        }
        part.line(format!("network: Datagram(delay: {delay}{order}{duplicated}),"));
        return part;
    }
    let is_quick = links == Links::Quick;
    let loss = draw.pick(if is_quick { &[0, 0, 1] } else { &[0, 0, 1, 5, 10, 20] });
    let duplicated = draw.pick(&[0, 0, 1, 5, 10]);
    let mut fields = vec![format!("delay: {delay}")];
    if loss > 0 {
        fields.push(format!("loss: \"{loss}%\""));
        part.feature("loss");
    }
    // What is late on a connection makes all late that follows it.
    if draw.chance(if is_quick { 5 } else { 25 }) {
        part.feature("stream");
        part.line(format!("network: Stream({}),", fields.join(", ")));
        return part;
    }
    part.feature("datagram");
    if duplicated > 0 {
        fields.push(format!("duplication: \"{duplicated}%\""));
        part.feature("duplication");
    }
    if draw.chance(if is_quick { 5 } else { 30 }) {
        fields.push("order: Fifo".to_owned());
    } else {
        part.feature("reordering");
    }
    part.line(format!("network: Datagram({}),", fields.join(", ")));
    part
}

pub(crate) fn disks(draw: &mut Draw) -> Part {
    let mut part = Part::default();
    if draw.chance(75) {
        let most = draw.between(1, 15);
        part.line(format!("disks: [(who: Servers, sync: Uniform(\"0s\", \"{most}ms\"))],"));
        part.feature("disks that take time");
    }
    part
}

/// Clocks that are wrong by no more than the protocol assumes.
pub(crate) fn clocks(draw: &mut Draw, drift_ppm: u64) -> Part {
    let mut part = Part::default();
    if draw.chance(60) {
        let drift = if drift_ppm == 0 { 0 } else { draw.between(1, drift_ppm) };
        let offset = draw.between(1, 10_000);
        part.line(format!(
            "clocks: [(offset_within: \"{offset}ms\", drift_within: \"{drift}ppm\")],"
        ));
        part.feature("clocks that drift");
    }
    part
}

pub(crate) fn service(draw: &mut Draw, links: Links) -> Part {
    let mut part = Part::default();
    if draw.chance(35) {
        let most = match links {
            Links::Bounded(_) => draw.pick(&[2, 10, QUICK_US]),
            _ => draw.pick(&[50, 200, 1_000]),
        };
        part.line(format!("service: [(who: Servers, time: Uniform(\"1us\", \"{most}us\"))],"));
        part.feature("steps that take time");
    }
    part
}

/// The assumptions of a synchronous world, which the run checks: a storm that breaks one is
/// undecided. Clocks that drift are not within the model, and then nothing is assumed.
pub(crate) fn model(links: Links, drift_ppm: u64) -> Part {
    let mut part = Part::default();
    if let (Links::Bounded(most_ms), 0) = (links, drift_ppm) {
        part.line(format!(
            "model: (timing: Synchronous(bound: \"{most_ms}ms\"), failures: CrashRecovery),"
        ));
    }
    part
}

/// The longest that a message travels in the calm, in milliseconds. A message in flight when it
/// begins arrives within this bound or is lost; links that lose nothing get one that none of their
/// delays exceeds.
pub(crate) fn calm_bound(links: Links) -> u64 {
    match links {
        Links::Bounded(most_ms) => most_ms - HANDLING_MS,
        Links::Perfect | Links::Doubling | Links::Fifo => 1_000,
        Links::Any | Links::Quick => 20,
    }
}

/// In which order things of one instant happen.
pub(crate) fn ties(draw: &mut Draw) -> Part {
    let mut part = Part::default();
    if draw.chance(50) {
        part.line("ties: Drawn,");
        part.feature("drawn ties");
    }
    part
}
