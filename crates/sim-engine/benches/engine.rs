//! The same workloads by criterion, one at a time: for comparing one state of the code with
//! another.

#![expect(unreachable_pub, reason = "shared with the other benches and tests")]

mod workload;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use workload::{FAR_APART, Sample, WORKLOADS, Workload, bare, full, split};

type Loop = fn(Workload, u64) -> Sample;

const LOOPS: [(&str, Loop); 3] = [("full", full::run), ("split", split::run), ("bare", bare::run)];

/// With a table of latencies, and without.
const DISTANCES: [(&str, Loop); 2] =
    [("each pair with its own latency", full::run_far_apart), ("without", full::run)];

fn engine(criterion: &mut Criterion) {
    for workload in WORKLOADS {
        compare(criterion, workload, &LOOPS);
    }
    compare(criterion, FAR_APART, &DISTANCES);
}

fn compare(criterion: &mut Criterion, workload: Workload, loops: &[(&str, Loop)]) {
    let mut group = criterion.benchmark_group(workload.name());
    group.sample_size(10).throughput(Throughput::Elements(1));
    for (name, run) in loops {
        // An iteration is one event: each call measures a run of its own and is scaled to the
        // number of iterations asked for.
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter_custom(|iterations| {
                let sample = run(Workload { events: iterations.max(10_000), ..workload }, 0);
                Duration::from_nanos((sample.per_event() * iterations as f64) as u64)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
