//! [`Graph`]: who can send to whom, and how far it is.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;

use serde::{Deserialize, Serialize};
use sim_node::{NodeId, counted};

/// How a scenario says who can send to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sim_protocol::SettingValue)]
pub enum Shape {
    /// Each node and the next, the last and the first.
    Ring,
    /// Each node and the next.
    Line,
    /// Everybody and everybody.
    Complete,
    /// Node 0 and everybody.
    Star,
    /// Columns and rows; each node and those beside, above and below it.
    Grid(u32, u32),
    /// A binary tree: node `i` and the nodes `2i + 1` and `2i + 2`.
    Tree,
    /// A connected random graph with this many edges; the same seed generates the same graph.
    Random {
        /// How many edges, in both directions each.
        edges: u32,
        /// The seed of the generator.
        seed: u64,
    },
    /// These edges, in both directions each.
    Edges(Vec<(u32, u32)>),
    /// These edges, in the direction from the first to the second only.
    Arcs(Vec<(u32, u32)>),
}

/// Why there is no such graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError(String);

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GraphError {}

/// A strongly connected graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// To whom each node can send, in order.
    neighbours: Vec<Vec<NodeId>>,
    /// How many hops it is from each node (first index) to each.
    distances: Vec<Vec<u32>>,
}

impl Graph {
    /// The graph of this shape and size.
    ///
    /// # Errors
    /// When the shape does not fit the size, names a node that does not exist or a loop, or leaves
    /// somebody whom somebody cannot reach.
    pub fn new(shape: &Shape, nodes: u32) -> Result<Self, GraphError> {
        if nodes == 0 {
            return Err(GraphError("a graph has at least one node".to_owned()));
        }
        let arcs = arcs(shape, nodes)?;
        let mut neighbours = vec![Vec::new(); nodes as usize];
        for (from, to) in arcs {
            neighbours[from as usize].push(NodeId::new(to));
        }
        let distances: Vec<Vec<Option<u32>>> =
            (0..nodes).map(|from| distances(&neighbours, from)).collect();
        for (from, row) in distances.iter().enumerate() {
            if let Some(to) = row.iter().position(Option::is_none) {
                return Err(GraphError(format!("there is no way from node {from} to node {to}")));
            }
        }
        let distances = distances.into_iter().map(|row| row.into_iter().flatten().collect());
        Ok(Self { neighbours, distances: distances.collect() })
    }

    /// To whom a node can send.
    #[must_use]
    pub fn neighbours(&self, node: NodeId) -> &[NodeId] {
        &self.neighbours[node.index()]
    }

    /// How many hops it is from one node to another.
    #[must_use]
    pub fn distance(&self, from: NodeId, to: NodeId) -> u32 {
        self.distances[from.index()][to.index()]
    }

    /// The longest of all distances.
    #[must_use]
    pub fn diameter(&self) -> u32 {
        self.distances.iter().flatten().copied().max().unwrap_or(0)
    }

    /// How many directed edges there are.
    #[must_use]
    pub fn directed_edges(&self) -> u64 {
        self.neighbours.iter().map(|row| row.len() as u64).sum()
    }
}

/// The directed edges, each once, in order.
fn arcs(shape: &Shape, nodes: u32) -> Result<BTreeSet<(u32, u32)>, GraphError> {
    let edges: Vec<(u32, u32)> = match shape {
        Shape::Ring => (0..nodes).map(|node| (node, (node + 1) % nodes)).collect(),
        Shape::Line => (1..nodes).map(|node| (node - 1, node)).collect(),
        Shape::Complete => {
            (0..nodes).flat_map(|node| (0..node).map(move |other| (other, node))).collect()
        }
        Shape::Star => (1..nodes).map(|node| (0, node)).collect(),
        Shape::Grid(columns, rows) => grid(*columns, *rows, nodes)?,
        Shape::Tree => (1..nodes).map(|node| ((node - 1) / 2, node)).collect(),
        Shape::Random { edges, seed } => random(*edges, *seed, nodes)?,
        Shape::Edges(given) | Shape::Arcs(given) => {
            check(given, nodes)?;
            given.clone()
        }
    };
    let one_way = matches!(shape, Shape::Arcs(_));
    let both = edges.into_iter().flat_map(|(one, other)| {
        let back = (!one_way).then_some((other, one));
        std::iter::once((one, other)).chain(back)
    });
    // A ring of one is a loop, which no message needs.
    Ok(both.filter(|(from, to)| from != to).collect())
}

fn check(edges: &[(u32, u32)], nodes: u32) -> Result<(), GraphError> {
    for (one, other) in edges {
        if let Some(nobody) = [one, other].into_iter().find(|node| **node >= nodes) {
            return Err(GraphError(format!("there is no node {nobody} among {nodes}")));
        }
        if one == other {
            return Err(GraphError(format!("the edge from node {one} to itself is of no use")));
        }
    }
    Ok(())
}

fn grid(columns: u32, rows: u32, nodes: u32) -> Result<Vec<(u32, u32)>, GraphError> {
    if columns.checked_mul(rows) != Some(nodes) {
        let [columns, rows] =
            [(columns, "column"), (rows, "row")].map(|(number, noun)| counted(number.into(), noun));
        let nodes = counted(nodes.into(), "node");
        let message = format!("a grid of {columns} and {rows} has not {nodes}");
        return Err(GraphError(message));
    }
    let beside = (0..nodes).filter(|node| (node + 1) % columns != 0).map(|node| (node, node + 1));
    let below = (0..nodes - columns).map(|node| (node, node + columns));
    Ok(beside.chain(below).collect())
}

/// A tree in which each node is tied to one drawn among those before it, and further edges drawn
/// among all that are left.
fn random(edges: u32, seed: u64, nodes: u32) -> Result<Vec<(u32, u32)>, GraphError> {
    let least = nodes - 1;
    let most = u64::from(nodes) * u64::from(nodes - 1) / 2;
    if edges < least || u64::from(edges) > most {
        let (nodes, edges) = (counted(nodes.into(), "node"), counted(most, "edge"));
        let message = match u64::from(least) == most {
            true => format!("a connected graph of {nodes} has {edges}"),
            false => format!("a connected graph of {nodes} has {least} to {edges}"),
        };
        return Err(GraphError(message));
    }
    let mut draw = Draw(seed);
    let tree: Vec<(u32, u32)> = (1..nodes).map(|node| (draw.below(node), node)).collect();
    let taken: BTreeSet<(u32, u32)> = tree.iter().copied().collect();
    let all = (0..nodes).flat_map(|node| (0..node).map(move |other| (other, node)));
    let mut left: Vec<(u32, u32)> = all.filter(|edge| !taken.contains(edge)).collect();
    let mut chosen = tree;
    for _ in least..edges {
        let place = draw.below(u32::try_from(left.len()).expect("fewer edges than 2^32"));
        chosen.push(left.swap_remove(place as usize));
    }
    Ok(chosen)
}

/// What a graph is drawn by. (SplitMix64.) It is part of the scenario, and not of a run's chance.
struct Draw(u64);

impl Draw {
    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        let wide = u128::from(word) * u128::from(limit);
        u32::try_from(wide >> 64).expect("less than the limit")
    }
}

/// How many hops it is from a node to each, where there is a way.
fn distances(neighbours: &[Vec<NodeId>], from: u32) -> Vec<Option<u32>> {
    let mut found = vec![None; neighbours.len()];
    found[from as usize] = Some(0);
    let mut waiting = VecDeque::from([(from as usize, 0)]);
    while let Some((node, hops)) = waiting.pop_front() {
        for next in &neighbours[node] {
            if found[next.index()].is_none() {
                found[next.index()] = Some(hops + 1);
                waiting.push_back((next.index(), hops + 1));
            }
        }
    }
    found
}
