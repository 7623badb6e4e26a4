//! [`Storm`]: a scenario made from a seed.

use sim_scenario::{Catalogue, Report, RunOptions, load_text};

use crate::faults::{CALM_MS, faults};
use crate::quiet::quietly;
use crate::{Draw, Family, weather};

/// A scenario made from a seed, to be run with that seed.
#[derive(Clone, Debug)]
pub struct Storm {
    /// The seed.
    pub seed: u64,
    /// The text of the scenario.
    pub text: String,
    /// What the storm is counted under.
    pub features: Vec<String>,
    /// What each of its faults is counted under, in order.
    pub faults: Vec<String>,
}

impl Storm {
    /// The storm of this seed over a family, whose protocol has the bug of this code, if any.
    #[must_use]
    pub fn of(family: &Family, seed: u64, mutant: Option<&str>) -> Self {
        let draw = |purpose| Draw::of(seed, purpose);
        let play = (family.play)(seed, mutant);
        let planned = faults(&mut draw("faults"), &play, seed);
        let parts = [
            weather::network(&mut draw("network"), play.links),
            weather::disks(&mut draw("disks")),
            weather::clocks(&mut draw("clocks"), play.drift_ppm),
            weather::service(&mut draw("service"), play.links),
            weather::ties(&mut draw("ties")),
            weather::model(play.links, play.drift_ppm),
        ];
        let name = family.name;
        let mut text = format!(
            "// The storm that `cargo xtask soak {name}` makes of seed {seed}; run it with that seed.\n\
             Scenario(\n    title: \"storm {seed} over {name}\",\n    protocol: {},\n",
            play.protocol
        );
        let mut line = |line: &str| {
            text.push_str("    ");
            text.push_str(line);
            text.push('\n');
        };
        parts.iter().flat_map(|part| &part.lines).for_each(|part| line(part));
        if !play.workload.is_empty() {
            line(&format!("workload: {},", play.workload));
        }
        line("faults: [");
        planned.iter().for_each(|fault| line(&format!("    {},", fault.text)));
        line("],");
        line(&format!("calm: \"{CALM_MS}ms\","));
        line(&format!("calm_bound: \"{}ms\",", weather::calm_bound(play.links)));
        line(&format!("deadline: \"{}ms\",", CALM_MS + play.patience_ms));
        line("expect: Holds,");
        text.push_str(")\n");
        let weather = parts.into_iter().flat_map(|part| part.features);
        Self {
            seed,
            text,
            features: play.features.into_iter().chain(weather).collect(),
            faults: planned.into_iter().map(|fault| fault.row).collect(),
        }
    }
}

impl Storm {
    /// Runs it with its seed.
    ///
    /// # Panics
    /// When the text is not a scenario: a mistake of the generator.
    #[must_use]
    pub fn run(&self, catalogue: &Catalogue) -> Report {
        let loaded = match load_text(&format!("storm-{}.ron", self.seed), &self.text, catalogue) {
            Ok(loaded) => loaded,
            Err(error) => panic!("a storm cannot be loaded:\n{error}"),
        };
        quietly(|| loaded.prepared.run(self.seed, &RunOptions::default()))
    }
}
