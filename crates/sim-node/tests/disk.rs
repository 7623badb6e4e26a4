//! [`Disk`] keeps the laws of barriers, syncs and crashes, without a node and without a world.

use sim_node::{Disk, Stable};

/// All records in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
struct Records(Vec<u8>);

impl Stable for Records {
    type Record = u8;
    fn apply(&mut self, record: &u8) {
        self.0.push(*record);
    }
}

/// A disk with these writes, none of them durable.
fn written(records: &[u8]) -> Disk<Records, char> {
    let mut disk = Disk::new(Records::default());
    records.iter().for_each(|record| disk.write(*record));
    disk
}

fn released(disk: &mut Disk<Records, char>) -> String {
    std::iter::from_fn(|| disk.release()).collect()
}

#[test]
fn a_barrier_without_writes_holds_nothing() {
    let mut disk = written(&[]);
    assert!(!disk.needs_sync());
    assert!(!disk.barrier());
    assert!(!disk.holds());
}

#[test]
fn a_barrier_holds_what_follows_until_the_writes_before_it_are_durable() {
    let mut disk = written(&[1, 2]);
    assert!(disk.needs_sync());
    disk.begin_sync();
    assert!(disk.barrier());
    disk.hold('a');
    assert_eq!((released(&mut disk).as_str(), disk.holds()), ("", true));
    assert!(!disk.complete_sync(), "nobody waits for more");
    assert_eq!(disk.0, [1, 2]);
    assert_eq!((released(&mut disk).as_str(), disk.holds()), ("a", false));
}

#[test]
fn a_sync_covers_what_was_written_before_it_began() {
    let mut disk = written(&[1]);
    disk.begin_sync();
    disk.barrier();
    disk.hold('a');
    disk.write(2);
    assert!(!disk.needs_sync(), "one runs");
    disk.barrier();
    disk.hold('b');
    assert!(disk.complete_sync(), "the second barrier waits for more");
    assert_eq!((disk.0.as_slice(), disk.unsynced()), (&[1][..], 1));
    assert_eq!(released(&mut disk), "a");
    assert_eq!(disk.held().collect::<String>(), "b");
    disk.begin_sync();
    assert!(!disk.complete_sync());
    assert_eq!(released(&mut disk), "b");
}

#[test]
fn what_is_held_leaves_in_order_even_behind_barriers_with_nothing_to_wait_for() {
    let mut disk = written(&[1]);
    disk.begin_sync();
    disk.barrier();
    disk.hold('a');
    disk.complete_sync();
    assert!(!disk.barrier(), "everything is durable");
    assert!(disk.holds(), "but what waits has not left yet");
    disk.hold('b');
    assert_eq!(released(&mut disk), "ab");
}

#[test]
fn writes_without_a_barrier_are_never_durable() {
    let mut disk = written(&[1]);
    assert!(!disk.complete_sync(), "no sync is under way");
    assert_eq!(disk.unsynced(), 1);
}

#[test]
fn a_crash_keeps_the_writes_that_survive_and_nothing_that_is_held() {
    let mut disk = written(&[1, 2, 3]);
    disk.begin_sync();
    disk.barrier();
    disk.hold('a');
    disk.crash(|place| place != 1);
    assert_eq!((disk.0.as_slice(), disk.unsynced()), (&[1, 3][..], 0));
    assert!(!disk.holds() && !disk.is_syncing() && !disk.is_damaged());
    // The next incarnation begins to count anew.
    disk.write(4);
    disk.begin_sync();
    disk.barrier();
    assert!(!disk.complete_sync());
    assert_eq!(disk.0, [1, 3, 4]);
}

#[test]
fn a_wiped_disk_is_empty_and_damaged() {
    let mut disk = written(&[1]);
    disk.begin_sync();
    disk.complete_sync();
    disk.wipe();
    assert_eq!((disk.0.len(), disk.is_damaged()), (0, true));
}
