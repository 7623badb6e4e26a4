//! FM1 to FM3 of FloodMax: where they hold, and what takes each of them away.

mod common;

use common::{assert_held, assert_violated, at, ms, planned, run, spec};
use election::FloodMax;
use election::flood_max::{Settings, Shape};
use election::ring::Order;
use sim_engine::{Delay, DiskLoss, Fault, Target, Ties, When, faults};
use sim_node::{Duration, Ratio};
use sim_protocol::Protocol;

fn flood_max(nodes: u32, graph: Shape) -> Settings {
    Settings {
        nodes,
        graph,
        diameter: None,
        ids: Vec::new(),
        order: Some(Order::Drawn),
        optimised: false,
        round_length: ms(100),
    }
}

fn crash(time: u64, node: u32) -> sim_engine::PlannedFault {
    let who = Target::Node(node);
    let crash = Fault::from(faults::Crash {
        who,
        down: None,
        disk: DiskLoss::Prefix,
        inside: None,
        settings: None,
    });
    planned(0, When::At(at(time)), crash)
}

/// Section 4.1.2, theorem: on every strongly connected graph, whatever the delays within a round.
#[test]
fn fm1_to_fm3_hold_on_random_graphs() {
    for seed in 0..1_000_u64 {
        let nodes = 1 + u32::try_from(seed % 12).unwrap();
        let (least, most) = (nodes - 1, nodes * (nodes - 1) / 2);
        let edges = least + u32::try_from(seed / 12).unwrap() % (most - least + 1);
        let graph = Shape::Random { edges, seed };
        let optimised = seed % 2 == 1;
        let settings = Settings { optimised, ..flood_max(nodes, graph) };
        let mut spec = spec::<FloodMax>(&settings, Delay::Uniform(ms(0), ms(99)), at(10_000));
        spec.ties = Ties::Drawn;
        assert_held(&run::<FloodMax>(spec, seed), &format!("seed {seed}, {settings:?}"));
    }
}

/// Any number of rounds below the diameter is too few: the second highest, at the other end of a
/// line, learns of the highest only in the last.
#[test]
fn fm1_is_violated_with_each_number_of_rounds_below_the_diameter() {
    for optimised in [false, true] {
        for rounds in 1..7 {
            let ids = vec![8, 1, 2, 3, 4, 5, 6, 9];
            let diameter = Some(rounds);
            let line = flood_max(8, Shape::Line);
            let settings = Settings { ids, order: None, diameter, optimised, ..line };
            let spec = spec::<FloodMax>(&settings, Delay::Uniform(ms(1), ms(90)), at(10_000));
            assert_violated(&run::<FloodMax>(spec, 0), "FM1", &format!("{settings:?}"));
        }
    }
}

/// FloodMax repeats itself, so with rounds to spare one lost message of a ring delays and does no
/// more; that is beyond its model, and FM2 says so at once. What OptFloodMax loses is lost.
#[test]
fn fm2_is_violated_when_a_first_message_is_lost() {
    for optimised in [false, true] {
        let ring = flood_max(4, Shape::Ring);
        let settings = Settings { order: None, optimised, diameter: Some(3), ..ring };
        let mut spec = spec::<FloodMax>(&settings, Delay::Uniform(ms(1), ms(90)), at(10_000));
        let lossy = Fault::from(faults::OmitSends(Target::Node(3), Ratio::ONE));
        spec.faults = vec![planned(0, When::Between(at(0), at(50)), lossy)];
        assert_violated(&run::<FloodMax>(spec, 0), "FM2", &format!("{settings:?}"));
    }
}

/// FM3 needs that nobody fails: once it is received, the highest may crash in any round but the
/// last.
#[test]
fn fm3_is_violated_when_the_highest_crashes_after_its_first_messages() {
    for time in [1, 150, 250, 399] {
        let settings = Settings { order: None, ..flood_max(8, Shape::Ring) };
        let mut spec = spec::<FloodMax>(&settings, Delay::Uniform(ms(1), ms(90)), at(10_000));
        spec.faults = vec![crash(time, 7)];
        assert_violated(&run::<FloodMax>(spec, 0), "FM3", &format!("crashes at {time} ms"));
    }
}

/// Elsewhere than on the only way, the crash of another process does no harm.
#[test]
fn fm1_to_fm3_survive_a_crash_on_a_complete_graph() {
    for time in [1, 50, 99] {
        let settings = Settings { order: None, ..flood_max(6, Shape::Complete) };
        let mut spec = spec::<FloodMax>(&settings, Delay::Uniform(ms(1), ms(90)), at(10_000));
        spec.faults = vec![crash(time, 2)];
        assert_held(&run::<FloodMax>(spec, 0), &format!("crashes at {time} ms"));
    }
}

#[test]
fn settings_that_make_no_sense_name_their_field() {
    let wrong = |settings: &Settings| {
        let error = FloodMax::setup(settings, None).expect_err("makes no sense");
        (error.field, error.message)
    };
    let graph = |nodes, shape: Shape| {
        let (field, message) = wrong(&flood_max(nodes, shape));
        assert_eq!(field, "graph");
        message
    };
    let apart = graph(4, Shape::Edges(vec![(0, 1), (2, 3)]));
    assert_eq!(apart, "there is no way from node 0 to node 2");
    // One direction alone does not do.
    let one_way = graph(3, Shape::Arcs(vec![(0, 1), (1, 2)]));
    assert_eq!(one_way, "there is no way from node 1 to node 0");
    assert_eq!(graph(3, Shape::Edges(vec![(0, 3)])), "there is no node 3 among 3");
    assert_eq!(graph(3, Shape::Edges(vec![(1, 1)])), "the edge from node 1 to itself is of no use");
    let grid = graph(7, Shape::Grid(2, 3));
    assert_eq!(grid, "a grid of 2 columns and 3 rows has not 7 nodes");
    let few = graph(5, Shape::Random { edges: 3, seed: 0 });
    assert_eq!(few, "a connected graph of 5 nodes has 4 to 10 edges");
    graph(5, Shape::Random { edges: 11, seed: 0 });
    assert_eq!(wrong(&flood_max(0, Shape::Ring)).0, "nodes");

    let ring = || flood_max(3, Shape::Ring);
    assert_eq!(wrong(&Settings { diameter: Some(0), ..ring() }).0, "diameter");
    for (nodes, counted, greatest) in [(1, "1 node", 1), (2, "2 nodes", 1), (3, "3 nodes", 2)] {
        let ring =
            |diameter| Settings { diameter: Some(diameter), ..flood_max(nodes, Shape::Ring) };
        FloodMax::setup(&ring(greatest), None).expect("a line has as much");
        let message =
            format!("no graph of {counted} has a diameter of 4294967295; give {greatest} or less");
        assert_eq!(wrong(&ring(u32::MAX)), ("diameter", message));
        assert_eq!(wrong(&ring(greatest + 1)).0, "diameter");
    }
    assert_eq!(wrong(&Settings { ids: vec![1, 2, 3], ..ring() }).0, "order");
    assert_eq!(wrong(&Settings { ids: vec![1, 2], order: None, ..ring() }).0, "ids");
    assert_eq!(wrong(&Settings { round_length: Duration::ZERO, ..ring() }).0, "round_length");
}
