//! What a scenario may set, and what it must not.

use shared_memory::{Bakery, BakerySettings, Peterson, PetersonSettings};
use sim_protocol::Protocol;

#[test]
fn settings_that_make_no_sense_name_their_field() {
    let peterson = |text: &str| {
        let settings: PetersonSettings = ron::from_str(text).expect("it can be read");
        Peterson::setup(&settings, None).map(|_| ()).map_err(|error| error.field)
    };
    assert_eq!(peterson("()"), Ok(()));
    assert_eq!(peterson("(entries: 0)"), Err("entries"));
    assert_eq!(peterson("(read: \"0ms..5ms\")"), Err("read"));

    let settings: BakerySettings = ron::from_str("(nodes: 3, entries: 0)").expect("it can be read");
    assert_eq!(
        Bakery::setup(&settings, None).map(|_| ()).map_err(|error| error.field),
        Err("entries")
    );
}

/// The processes are the servers; the memory is one node more.
#[test]
fn the_memory_is_the_node_behind_the_processes() {
    let settings: BakerySettings = ron::from_str("(nodes: 4)").expect("it can be read");
    let setup = Bakery::setup(&settings, None).expect("it makes sense");
    assert_eq!((Bakery::servers(&settings), setup.others), (4, 1));
    assert_eq!(setup.config.client.registers.len(), 2 * 4);

    let settings: PetersonSettings = ron::from_str("()").expect("it can be read");
    let setup = Peterson::setup(&settings, None).expect("it makes sense");
    assert_eq!((Peterson::servers(&settings), setup.others), (2, 1));
    assert_eq!(setup.config.client.registers.len(), 3);
}
