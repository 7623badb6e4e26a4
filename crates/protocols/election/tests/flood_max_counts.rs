//! What FloodMax and OptFloodMax cost, exactly: Lynch 1996, sections 4.1.2 and 4.1.3.

mod common;

use std::collections::BTreeSet;

use common::{assert_held, at, ms, run, spec};
use election::FloodMax;
use election::flood_max::{Graph, Process, Properties, Settings, Shape};
use election::ring::Order;
use sim_check::SimTime;
use sim_engine::{Delay, Outcome, World};
use sim_node::{NodeId, Rounds};

/// Graphs with their size, their diameter and the number of their directed edges, counted by hand.
fn graphs() -> Vec<(Shape, u32, u32, u64)> {
    let directed_ring = (0..6).map(|node| (node, (node + 1) % 6)).collect();
    vec![
        (Shape::Ring, 2, 1, 2),
        (Shape::Ring, 7, 3, 14),
        (Shape::Ring, 8, 4, 16),
        (Shape::Line, 6, 5, 10),
        (Shape::Complete, 5, 1, 20),
        (Shape::Star, 9, 2, 16),
        (Shape::Grid(4, 3), 12, 5, 34),
        (Shape::Grid(1, 5), 5, 4, 8),
        (Shape::Tree, 7, 4, 12),
        (Shape::Tree, 8, 5, 14),
        (Shape::Edges(vec![(0, 1), (1, 2), (2, 0), (2, 3)]), 4, 2, 8),
        (Shape::Arcs(directed_ring), 6, 5, 6),
    ]
}

fn settings(graph: &Shape, nodes: u32) -> Settings {
    Settings {
        nodes,
        graph: graph.clone(),
        diameter: None,
        ids: Vec::new(),
        order: None,
        optimised: false,
        round_length: ms(100),
    }
}

fn outcome(settings: &Settings, seed: u64) -> Outcome {
    let outcome = run::<FloodMax>(
        spec::<FloodMax>(settings, Delay::Uniform(ms(1), ms(90)), at(60_000)),
        seed,
    );
    assert_held(&outcome, &format!("seed {seed}, {settings:?}"));
    assert_eq!(outcome.counts.total(), outcome.counts.protocol, "nothing but the protocol");
    outcome
}

#[test]
fn diameters_and_edges_are_those_of_the_shapes() {
    for (shape, nodes, diameter, edges) in graphs() {
        let graph = Graph::new(&shape, nodes).unwrap();
        assert_eq!((graph.diameter(), graph.directed_edges()), (diameter, edges), "{shape:?}");
    }
}

/// Section 4.1.2: diam rounds, and a message on each directed edge in each of them.
#[test]
fn flood_max_costs_diam_times_the_directed_edges() {
    for (shape, nodes, diameter, edges) in graphs() {
        for order in [Order::Ascending, Order::Descending, Order::Drawn] {
            let settings = Settings { order: Some(order), ..settings(&shape, nodes) };
            let sent = outcome(&settings, 1).counts.protocol;
            assert_eq!(sent, u64::from(diameter) * edges, "{settings:?}");
        }
    }
}

/// An upper bound in the place of the diameter does as well, and costs what it says.
#[test]
fn more_rounds_than_the_diameter_cost_as_many() {
    for (shape, nodes, diameter, edges) in graphs() {
        for rounds in diameter..nodes {
            let settings = Settings { diameter: Some(rounds), ..settings(&shape, nodes) };
            assert_eq!(outcome(&settings, 2).counts.protocol, u64::from(rounds) * edges);
        }
    }
}

/// All decide at the end of round diam, and not a nanosecond earlier.
#[test]
fn both_take_diam_rounds() {
    for (shape, nodes, diameter, _) in graphs() {
        for optimised in [false, true] {
            let settings = Settings { optimised, ..settings(&shape, nodes) };
            let spec = spec::<FloodMax>(&settings, Delay::Uniform(ms(1), ms(90)), at(60_000));
            let mut world: World<_, Properties> = World::new(spec.into(), 3);
            let decided = |world: &World<Rounds<Process>, Properties>| {
                let processes = world.states().iter().flatten();
                processes.filter(|node| node.process().leads().is_some()).count()
            };
            let end = at(100 * u64::from(diameter));
            world.run_until(SimTime::from_nanos(end.as_nanos() - 1));
            assert_eq!(decided(&world), 0, "{settings:?}");
            world.run_until(end);
            assert_eq!(decided(&world), nodes as usize, "{settings:?}");
        }
    }
}

/// A model of OptFloodMax that knows no processes, rounds or messages: a node speaks in round
/// `r + 1` exactly if the highest identifier within `r` hops is another than within `r - 1`.
fn optimised_cost(shape: &Shape, ids: &[u64]) -> u64 {
    let nodes = u32::try_from(ids.len()).unwrap();
    let graph = Graph::new(shape, nodes).unwrap();
    let mut cost = 0;
    for node in (0..nodes).map(NodeId::new) {
        let within = |hops: u32| {
            let near =
                (0..nodes).map(NodeId::new).filter(|from| graph.distance(*from, node) <= hops);
            near.map(|from| ids[from.index()]).max()
        };
        let changes = (1..graph.diameter()).filter(|hops| within(*hops) != within(hops - 1));
        let speaks = 1 + changes.count() as u64;
        cost += speaks * graph.neighbours(node).len() as u64;
    }
    cost
}

/// Section 4.1.3: only news is sent. Never more than FloodMax, and exactly what the model says.
#[test]
fn opt_flood_max_costs_what_its_model_says() {
    for (shape, nodes, diameter, edges) in graphs() {
        for seed in 0..40_u64 {
            let mut ids: Vec<u64> = (0..u64::from(nodes)).collect();
            for place in (1..ids.len()).rev() {
                let word = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (place % 32);
                ids.swap(place, usize::try_from(word % (place as u64 + 1)).unwrap());
            }
            let expected = optimised_cost(&shape, &ids);
            let settings = Settings { optimised: true, ids, ..settings(&shape, nodes) };
            let sent = outcome(&settings, seed).counts.protocol;
            assert_eq!(sent, expected, "{settings:?}");
            assert!(sent <= u64::from(diameter) * edges, "{settings:?}");
        }
    }
}

/// On a line of n whose identifiers ascend, round 1 costs 2(n - 1), and in each of the n - 2
/// further rounds all speak but the last and those whom the highest has already reached.
#[test]
fn opt_flood_max_on_an_ascending_line() {
    for n in 3..=10_u64 {
        let nodes = u32::try_from(n).unwrap();
        let settings = Settings { optimised: true, ..settings(&Shape::Line, nodes) };
        // In round r + 1 the nodes 0 to n - 1 - r speak, of which node 0 has one neighbour.
        let later: u64 = (1..n - 1).map(|round| 2 * (n - round) - 1).sum();
        assert_eq!(outcome(&settings, 5).counts.protocol, 2 * (n - 1) + later, "n = {n}");
    }
}

/// The same seed generates the same graph, connected and of as many edges as asked for; other seeds
/// generate others.
#[test]
fn random_graphs_are_connected_and_of_the_size_asked_for() {
    let mut seen = BTreeSet::new();
    for seed in 0..50 {
        for (nodes, edges) in [(1, 0), (2, 1), (6, 5), (6, 9), (6, 15), (40, 60)] {
            let shape = Shape::Random { edges, seed };
            let graph = Graph::new(&shape, nodes).unwrap();
            assert_eq!(graph.directed_edges(), 2 * u64::from(edges));
            assert_eq!(graph, Graph::new(&shape, nodes).unwrap());
            if nodes == 40 {
                let all = (0..nodes).map(|node| graph.neighbours(NodeId::new(node)).to_vec());
                seen.insert(all.collect::<Vec<_>>());
            }
        }
    }
    assert_eq!(seen.len(), 50);
}
