//! In the steady state an event allocates nothing; only the record grows, by ever larger pieces.

#![expect(unsafe_code, reason = "an allocator that counts is unsafe by its nature")]
#![expect(unreachable_pub, dead_code, reason = "the workloads are the benches'")]

#[path = "../benches/workload/mod.rs"]
mod workload;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use workload::{Play, Workload, full};

/// The system's allocator, counting.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test, so that nothing else allocates meanwhile.
#[test]
fn an_event_allocates_nothing_in_the_steady_state() {
    let plays =
        [(Play::Phold, 10), (Play::Phold, 1_000), (Play::Protocol, 5), (Play::Protocol, 500)];
    for (play, nodes) in plays {
        let workload = Workload { play, nodes, events: 200_000 };
        let warm_up = workload.virtual_nanos(workload.warm_up().max(50_000));
        let mut world = full::world(workload, 1);
        let steps_before = full::until(&mut world, warm_up).steps;
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let outcome = full::until(&mut world, warm_up + workload.virtual_nanos(workload.events));
        let allocations = ALLOCATIONS.load(Ordering::Relaxed) - before;
        let events = outcome.steps - steps_before;
        assert!(events > 100_000, "{play:?} with {nodes} nodes handled only {events} events");
        assert!(
            allocations < events / 1_000,
            "{play:?} with {nodes} nodes: {allocations} allocations in {events} events"
        );
    }
}
