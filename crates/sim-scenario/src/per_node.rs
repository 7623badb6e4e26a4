//! Settings in which nodes differ: those of single nodes from the first start on, and those with
//! which nodes start again after a fault.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ron::value::RawValue;
use sim_engine::{Argument, Configs, Failures};
use sim_node::{Node, NodeId};
use sim_protocol::setting::Changes;
use sim_protocol::{Protocol, Settings, Setup};

use crate::check::{Cast, check_needs, check_node, members, settings_of};
use crate::draft::Draft;
use crate::fault::{FaultText, plain_form};
use crate::images::in_order;
use crate::outline::{Item, Part, Shape};
use crate::sheet::Sheet;
use crate::typed::wrong_settings;
use crate::words::list;
use crate::{Diagnostic, NodeSettings};

/// The most settings that differ from one another in a scenario. Each is a configuration of its own
/// with everything in it.
const DIFFERENT_MAX: usize = 200;

/// The settings in which nodes differ, and what comes of them.
pub(crate) struct PerNode<N: Node> {
    /// At the first start.
    pub(crate) first: Configs<N>,
    /// After faults, by their stable numbers.
    pub(crate) new: BTreeMap<u64, Configs<N>>,
    /// In words.
    pub(crate) said: NodeSettings,
}

/// Settings of some nodes, as they stand in the file.
struct Given<'a, P: Protocol> {
    item: &'a Item,
    /// In plain form: equal settings are worked out once.
    text: String,
    changes: Changes<P::Settings>,
}

/// Settings that come of the protocol's and those of a node and a fault, where these are given.
struct Mixed<P: Protocol> {
    settings: P::Settings,
    made: Made<P::Node>,
}

/// A configuration, and the settings that differ in it, as they are written.
struct Made<N: Node> {
    config: Arc<N::Config>,
    said: String,
}

/// Derived, it would ask for more than it needs.
impl<N: Node> Clone for Made<N> {
    fn clone(&self) -> Self {
        Self { config: Arc::clone(&self.config), said: self.said.clone() }
    }
}

/// By the plain forms of the node's settings and of the fault's.
type Key = (Option<String>, Option<String>);

/// Works out what comes of settings upon settings.
struct Mixer<'m, 'a, P: Protocol> {
    sheet: &'m mut Sheet<'a>,
    settings: &'m P::Settings,
    workload: Option<&'m P::Workload>,
    setup: &'m Setup<P::Node>,
    mixed: BTreeMap<Key, Option<Mixed<P>>>,
    has_too_many: bool,
}

/// Reads the settings in which nodes differ. What is wrong with them is told to the sheet.
pub(crate) fn per_node<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
    cast: &Cast<'_>,
    (settings, workload): (&P::Settings, Option<&P::Workload>),
    setup: &Setup<P::Node>,
) -> Option<PerNode<P::Node>> {
    let nodes = of_nodes::<P>(sheet, draft, cast)?;
    let faults = of_faults::<P>(sheet, draft, cast);
    let mixed = BTreeMap::new();
    let mut mixer = Mixer { sheet, settings, workload, setup, mixed, has_too_many: false };
    let usual = || Some(Made { config: Arc::clone(&setup.config), said: String::new() });
    let first = nodes.iter().map(|(node, given)| (*node, mixer.mix(Some(given), None))).collect();
    let mut by_fault = Vec::new();
    for (fault, given) in &faults {
        let victims = victims(&draft.faults[*fault], cast);
        let may_strike = |node: &NodeId| victims.as_ref().is_none_or(|some| some.contains(node));
        let all_have_own =
            victims.as_ref().is_some_and(|some| some.iter().all(|node| nodes.contains_key(node)));
        let usual = match all_have_own {
            true => usual(),
            false => mixer.mix(None, Some(given)),
        };
        let upon = nodes.iter().filter(|(node, _)| may_strike(node));
        let own = upon.map(|(node, own)| (*node, mixer.mix(Some(own), Some(given)))).collect();
        by_fault.push((draft.faults[*fault].id, (usual, own)));
    }
    let protocol = draft.protocol.as_ref()?.item;
    if mixer.mixed.values().all(Option::is_some) {
        mixer.check_needs(protocol, nodes.values(), faults.values());
        mixer.check_changes(nodes.values(), faults.values());
    }
    let (first, own) = told((usual(), first))?;
    let mut per_node = PerNode {
        first,
        new: BTreeMap::new(),
        said: NodeSettings { own: own.1, ..NodeSettings::default() },
    };
    for (fault, parts) in by_fault {
        let (configs, said) = told(parts)?;
        per_node.new.insert(fault, configs);
        per_node.said.new.insert(fault, said);
    }
    Some(per_node)
}

/// What was made of settings, where nothing is wrong with them: for nodes that have none of their
/// own and for those that have.
type Parts<N> = (Option<Made<N>>, BTreeMap<NodeId, Option<Made<N>>>);

/// What nodes are configured with, and the settings that differ in it; those of nodes that have
/// none of their own come first.
type Told<N> = (Configs<N>, (String, BTreeMap<NodeId, String>));

fn told<N: Node>((usual, own): Parts<N>) -> Option<Told<N>> {
    let usual = usual?;
    let (mut configs, mut said) = (BTreeMap::new(), BTreeMap::new());
    for (node, made) in own {
        let made = made?;
        configs.insert(node, made.config);
        said.insert(node, made.said);
    }
    Some((Configs { usual: usual.config, own: configs }, (usual.said, said)))
}

/// Whom a fault strikes, if that is known before the run.
fn victims(fault: &FaultText<'_>, cast: &Cast<'_>) -> Option<BTreeSet<NodeId>> {
    let facts = fault.plan.as_ref()?.fault().facts();
    let target = facts.arguments.iter().find_map(|(_, argument)| match argument {
        Argument::Target(target) => Some(target),
        _ => None,
    })?;
    Some(members(target, cast)?.into_iter().map(NodeId::new).collect())
}

/// The settings of single nodes; `None` when not even the nodes could be read.
fn of_nodes<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
    cast: &Cast<'_>,
) -> Option<BTreeMap<NodeId, Given<'a, P>>> {
    let Some(text) = draft.nodes else { return Some(BTreeMap::new()) };
    let field = sheet.field("nodes");
    if field.is_plain_value() {
        let message = "`nodes` of a scenario are settings of single nodes";
        let help = match cast.facts.fields.iter().any(|field| field.name == "nodes") {
            true => format!("how many nodes there are is said by `{}(nodes: 5)`", cast.facts.name),
            false => "write it as in `nodes: {2: (field: value)}`".to_owned(),
        };
        let diagnostic = Diagnostic::error(field.span.clone(), message);
        sheet.push(diagnostic.label("not settings by node").help(help));
        return None;
    }
    let raws: BTreeMap<u32, &RawValue> = sheet.read(text, "the settings of nodes")?;
    let mut nodes = BTreeMap::new();
    for ((node, raw), part) in raws.into_iter().zip(in_order(sheet.text, field)) {
        let place = part.key.as_ref().map_or_else(|| part.span(), |key| key.span.clone());
        check_node(sheet, node, &place, cast);
        if (cast.servers..cast.nodes()).contains(&node) {
            let message = format!("node {node} is no server");
            let diagnostic = Diagnostic::error(place, message).label("it has no settings");
            sheet.push(diagnostic.help(cast.in_words()));
        }
        if let Some(given) = given::<P>(sheet, raw.get_ron(), &part.value, cast) {
            nodes.insert(NodeId::new(node), given);
        }
    }
    Some(nodes)
}

/// The settings with which faults have nodes start again, by the places of the faults.
fn of_faults<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    draft: &Draft<'a>,
    cast: &Cast<'_>,
) -> BTreeMap<usize, Given<'a, P>> {
    let mut faults = BTreeMap::new();
    for (index, fault) in draft.faults.iter().enumerate() {
        let Some(item) = settings_of(sheet.text, fault) else { continue };
        check_return(sheet, draft, fault, item);
        let text = &sheet.plain[item.span.clone()];
        if let Some(given) = given::<P>(sheet, text, item, cast) {
            faults.insert(index, given);
        }
    }
    faults
}

/// A node that never starts again has no use for other settings.
fn check_return(sheet: &mut Sheet<'_>, draft: &Draft<'_>, fault: &FaultText<'_>, item: &Item) {
    let failure = |fault: &FaultText<'_>| {
        let facts = fault.plan.as_ref().map(|plan| plan.fault().facts());
        facts.and_then(|facts| facts.failure).map(|(failure, _)| failure)
    };
    let returns = |one| failure(one).is_some_and(|failure| failure != Failures::CrashStop);
    if draft.calm.is_none()
        && failure(fault) == Some(Failures::CrashStop)
        && !draft.faults.iter().any(returns)
    {
        let message = "`settings` have no effect, as the node never starts again";
        let diagnostic = Diagnostic::warning(item.span.clone(), message).label("changes nothing");
        sheet.push(diagnostic.help("say how long it is `down`, or `Restart` it"));
    }
}

/// Reads some settings, and refuses those in which nodes cannot differ.
fn given<'a, P: Protocol>(
    sheet: &mut Sheet<'a>,
    text: &'a str,
    item: &'a Item,
    cast: &Cast<'_>,
) -> Option<Given<'a, P>> {
    let mut are_own = true;
    let fields = cast.facts.fields;
    for part in item.parts() {
        let Some(key) = part.key.as_ref() else { continue };
        let name = &sheet.text[key.span.clone()];
        if !fields.iter().any(|field| field.name == name && !field.per_node) {
            continue;
        }
        let own: Vec<&str> =
            fields.iter().filter(|field| field.per_node).map(|field| field.name).collect();
        let help = match own.as_slice() {
            [] => format!("nodes of `{}` all have the same settings", P::NAME),
            own => format!("nodes of `{}` may differ in {}", P::NAME, list(own)),
        };
        let message = format!("`{name}` is the same for all nodes of `{}`", P::NAME);
        let diagnostic = Diagnostic::error(key.span.clone(), message);
        sheet.push(diagnostic.label("nodes cannot differ in it").help(help));
        are_own = false;
    }
    if !matches!(item.shape, Shape::Group('(', _)) {
        let own = fields.iter().find(|field| field.per_node).map_or("field", |field| field.name);
        let found = item.describe(sheet.text);
        let message = format!("expected settings in parentheses, found {found}");
        let diagnostic = Diagnostic::error(item.span.clone(), message).label("not settings");
        sheet.push(diagnostic.help(format!("write it as in `({own}: ...)`")));
        return None;
    }
    let changes = sheet.read_with_fields(text, &format!("`{}`", P::NAME), fields)?;
    are_own.then(|| Given { item, text: plain_form(&sheet.text[item.span.clone()]), changes })
}

impl<'a, P: Protocol> Mixer<'_, 'a, P> {
    /// The configuration that comes of the protocol's settings with these upon them, a fault's upon
    /// a node's; `None` when something is wrong with them, which is told.
    fn mix(
        &mut self,
        node: Option<&Given<'a, P>>,
        fault: Option<&Given<'a, P>>,
    ) -> Option<Made<P::Node>> {
        let text = |given: Option<&Given<'a, P>>| given.map(|given| given.text.clone());
        let key = (text(node), text(fault));
        if let Some(known) = self.mixed.get(&key) {
            return known.as_ref().map(|mixed| mixed.made.clone());
        }
        let item = fault.or(node)?.item;
        if self.mixed.len() == DIFFERENT_MAX {
            if !std::mem::replace(&mut self.has_too_many, true) {
                let message = format!("nodes have more than {DIFFERENT_MAX} different settings");
                let diagnostic = Diagnostic::error(item.span.clone(), message);
                self.sheet.push(diagnostic.label("one too many"));
            }
            return None;
        }
        let mut settings = self.settings.with(&Default::default());
        for Given { changes: Changes(parts), .. } in node.into_iter().chain(fault) {
            settings = settings.with(parts);
        }
        let setup = self.set_up(item, &settings);
        let said = self.said(node, fault);
        let made = setup.map(|Setup { config, .. }| Made { config, said });
        let mixed = made.clone().map(|made| Mixed { settings, made });
        self.mixed.insert(key, mixed);
        made
    }

    /// The settings of a node with those of a fault upon them, as they are written.
    fn said(&self, node: Option<&Given<'a, P>>, fault: Option<&Given<'a, P>>) -> String {
        let text = self.sheet.text;
        let key = |part: &Part| part.key.as_ref().map(|key| &text[key.span.clone()]);
        let parts =
            |given: Option<&Given<'a, P>>| given.map_or(&[][..], |given| given.item.parts());
        let is_upon = |part: &&Part| parts(fault).iter().any(|upon| key(upon) == key(part));
        let below = parts(node).iter().filter(|part| !is_upon(part));
        let all = below.chain(parts(fault)).map(|part| plain_form(&text[part.span()]));
        all.collect::<Vec<_>>().join(", ")
    }

    /// What the protocol makes of settings, which has to fit the one world.
    fn set_up(&mut self, item: &Item, settings: &P::Settings) -> Option<Setup<P::Node>> {
        let setup = match P::setup(settings, self.workload) {
            Ok(setup) => setup,
            Err(error) => {
                let diagnostic = wrong_settings::<P>(self.sheet, item, &error);
                self.sheet.push(match item.field(self.sheet.text, error.field) {
                    Some(_) => diagnostic,
                    None => diagnostic.label("not with these settings"),
                });
                return None;
            }
        };
        let usual = self.setup;
        let fits = P::servers(settings) == P::servers(self.settings)
            && P::relies_on(settings) == P::relies_on(self.settings)
            && (setup.others, &setup.parties, setup.core)
                == (usual.others, &usual.parties, usual.core);
        if !fits {
            let message = "these settings say which nodes there are or what is assumed of them";
            let diagnostic = Diagnostic::error(item.span.clone(), message);
            self.sheet.push(diagnostic.label("nodes cannot differ in that"));
        }
        fits.then_some(setup)
    }

    /// Warns of settings without effect, wherever they are given.
    fn check_needs<'g>(
        &mut self,
        protocol: &Item,
        nodes: impl Iterator<Item = &'g Given<'a, P>>,
        faults: impl Iterator<Item = &'g Given<'a, P>>,
    ) where
        'a: 'g,
    {
        let of = |is_upon: &dyn Fn(&Key) -> bool| -> Vec<&P::Settings> {
            let upon = self.mixed.iter().filter(|(key, _)| is_upon(key));
            upon.filter_map(|(_, mixed)| Some(&mixed.as_ref()?.settings)).collect()
        };
        let everywhere = [vec![self.settings], of(&|_| true)].concat();
        check_needs(self.sheet, protocol, &everywhere);
        for given in nodes {
            check_needs(self.sheet, given.item, &of(&|key| key.0.as_ref() == Some(&given.text)));
        }
        for given in faults {
            check_needs(self.sheet, given.item, &of(&|key| key.1.as_ref() == Some(&given.text)));
        }
    }

    /// Warns of settings that nodes have anyway.
    fn check_changes<'g>(
        &mut self,
        nodes: impl Iterator<Item = &'g Given<'a, P>>,
        faults: impl Iterator<Item = &'g Given<'a, P>>,
    ) where
        'a: 'g,
    {
        let mut idle: Vec<&Item> = Vec::new();
        let changes_nothing = |key: &Key, mixed: &Option<Mixed<P>>| {
            let Some(mixed) = mixed else { return false };
            let below = match key {
                (Some(node), Some(_)) => self.mixed.get(&(Some(node.clone()), None)),
                _ => None,
            };
            let below = below.and_then(Option::as_ref).map_or(self.settings, |one| &one.settings);
            // All that can be said of settings without asking every protocol for more.
            format!("{:?}", mixed.settings) == format!("{below:?}")
        };
        for given in nodes {
            let key = (Some(given.text.clone()), None);
            if self.mixed.get(&key).is_some_and(|mixed| changes_nothing(&key, mixed)) {
                idle.push(given.item);
            }
        }
        let faults: Vec<_> = faults.collect();
        // One of several may give back the settings that another one took.
        let are_alike = faults.windows(2).all(|pair| pair[0].text == pair[1].text);
        let mut upon = self.mixed.iter().filter(|(key, _)| key.1.is_some());
        if are_alike && upon.all(|(key, mixed)| changes_nothing(key, mixed)) {
            idle.extend(faults.iter().map(|given| given.item));
        }
        for item in idle {
            let message = "these settings have no effect, as the node has them anyway";
            let diagnostic = Diagnostic::warning(item.span.clone(), message);
            self.sheet.push(diagnostic.label("changes nothing"));
        }
    }
}
