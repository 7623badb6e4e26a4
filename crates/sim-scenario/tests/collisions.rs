//! A protocol may call its own types and values as it likes, also as the language calls its own.

mod refused;
mod toy;

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sim_node::{Context, Node, NodeId, Stable};
use sim_protocol::{Ask, Core, Protocol, SettingValue, SettingsError, Setup};
use sim_scenario::{Catalogue, entry, load_text};

use toy::Word;

/// Everything of it is called like something of the language.
enum Fault {}

#[derive(Clone, Debug, sim_protocol::Settings)]
struct Scenario {
    /// How many servers.
    #[setting(range = 1..=9)]
    nodes: u32,
    #[allow(dead_code, reason = "it is only read from files")]
    /// A value that is called like a distribution.
    #[setting(default = Delay::Constant)]
    delay: Delay,
}

#[derive(Clone, Copy, Debug, Deserialize, SettingValue)]
enum Delay {
    Constant,
    Never,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Order {
    Isolate(Target),
    Crash { who: Cut },
    At(u32, Target),
    Hold(u32, u32),
    Heal,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Target {
    Leader,
    Plan(Plan),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Plan {
    Now,
    Later,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Cut {
    Half,
    Whole,
}

/// A disk whose author did not think of unknown fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
struct Trigger {
    on: u32,
    inner: Model,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
struct Model {
    timing: u32,
    all: Vec<Model>,
}

impl Stable for Trigger {
    type Record = u32;
    fn apply(&mut self, _: &u32) {}
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Nobody;

impl Node for Nobody {
    type Config = ();
    type Message = Word;
    type Timer = sim_node::Never;
    type Request = Order;
    type Indication = ();
    type Stable = Trigger;

    fn start(_: &Trigger, _: &mut Context<'_, Self>) -> Self {
        Self
    }
    fn on_message(&mut self, _: NodeId, _: Word, _: &mut Context<'_, Self>) {}
    fn on_request(&mut self, _: Order, _: &mut Context<'_, Self>) {}
}

impl Protocol for Fault {
    const NAME: &'static str = "Fault";
    const FAMILY: &'static str = "toys";
    const SUMMARY: &'static str = "has the names of the language";
    const SOURCE: &'static str = "tests";
    const MODEL: &'static str = "any";
    const REQUESTS: &'static [Ask] = &[
        Ask::new("Hold(1, 2)", "holds"),
        Ask::new("Isolate(Leader)", "isolates"),
        Ask::new("Heal", "heals"),
    ];
    type Settings = Scenario;
    type Workload = ();
    type Node = Nobody;
    type Request = Order;
    type Properties = ();

    fn configure(_: &Scenario, _: Option<&()>) -> Result<Setup<Nobody>, SettingsError> {
        Ok(Setup::new((), Core::Live))
    }
}

fn scenario(field: &str) -> String {
    format!(
        "Scenario(\n    title: \"t\",\n    protocol: Fault(nodes: 3),\n    {field},\n    \
         deadline: \"2s\",\n    expect: Holds,\n)\n"
    )
}

fn request(request: &str) -> String {
    scenario(&format!("workload: Requests([At(\"1s\", 0, {request})])"))
}

/// The errors speak of the protocol's names, and never of what the language means by them.
#[test]
fn names_of_the_language_mean_nothing_in_a_protocols_part() {
    let setting = |setting: &str| scenario("ties: Drawn").replace("nodes: 3", setting);
    let cases = [
        ("a request", request("Isolte(Leader)")),
        ("a request that is a fault of the language", request("Pause(Leader)")),
        ("a request alone", scenario("workload: Requests([Hold(1, 2)])")),
        ("a value of a request", request("Isolate(Lader)")),
        ("a value of a value", request("Isolate(Plan(At))")),
        ("a number for a value", request("Isolate(7)")),
        ("a text for a value", request("Isolate(\"Leader\")")),
        ("a text for a value in a field", request("Crash(who: \"Half\")")),
        ("no name where there is one", request("Crash(Half)")),
        ("names where there are none", request("Hold(from: 1, to: 2)")),
        ("a name of the language among the values", request("At(3, of: Leader)")),
        ("a cut of the language", request("At(3, cut: Leader)")),
        ("too few values", request("Hold(1)")),
        ("no values", request("Hold")),
        ("values of what has none", request("Heal()")),
        ("a field of a setting", setting("nods: 3")),
        ("a value of a setting", setting("nodes: 3, delay: Uniform")),
        ("a text for a value of a setting", setting("nodes: 3, delay: \"5ms\"")),
        ("a former name of the language", setting("nodes: 3, Relay: 1")),
        ("a field of an image", scenario("images: {0: (onn: 1)}")),
        ("a field within an image", scenario("images: {0: (inner: (timin: 1))}")),
        ("a field far within", scenario("images: {0: (inner: (all: [(timing: 1), (x: 1)]))}")),
        ("a field deep within", { scenario("images: {0: (inner: (all: [(all: [(y: 1)])]))}") }),
        ("an image without its names", scenario("images: {0: (1)}")),
    ];
    let catalogue = Catalogue::new(vec![entry::<Fault>()]);
    let mut told = String::new();
    for (what, text) in cases {
        let error = load_text("own.ron", &text, &catalogue);
        let error = error.err().unwrap_or_else(|| panic!("this should not load:\n{text}"));
        writeln!(told, "# {what}\n{}\n", error.render(false)).expect("it is a text");
    }
    insta::with_settings!({
        omit_expression => true,
        prepend_module_to_snapshot => false,
    }, {
        insta::assert_snapshot!("collisions", told);
    });
}

/// The protocol's own names load.
#[test]
fn the_protocols_own_names_load() {
    let catalogue = Catalogue::new(vec![entry::<Fault>()]);
    for text in [
        request("Isolate(Leader)"),
        request("Isolate(Plan(Later))"),
        request("Isolate(Plan(Now))"),
        request("Crash(who: Half)"),
        request("Crash(who: Whole)"),
        request("At(3, Leader)"),
        request("Heal"),
        scenario("ties: Drawn").replace("nodes: 3", "nodes: 3, delay: Never"),
        scenario("images: {0: (on: 3, inner: (timing: 4, all: [(timing: 5)]))}"),
    ] {
        let loaded = load_text("own.ron", &text, &catalogue);
        loaded.unwrap_or_else(|error| panic!("{error}"));
    }
}
