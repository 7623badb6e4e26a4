//! The history by which clients are judged begins with what the disks hold.

mod cluster;

use std::collections::BTreeMap;

use cluster::{at, config, link, ms, spec, workload};
use raft::{Disk, Entry, Log, Party, Payload, Raft, Term};
use service::{
    ClientId, ClientIndication, ClientStable, Command, Key, Linearizability, Operation, Output,
    Request,
};
use sim_check::{Judge, Property, View};
use sim_engine::Delay;
use sim_node::{Either, EitherStable, NodeId};
use sim_protocol::Protocol;

type Images = BTreeMap<NodeId, EitherStable<Disk, ClientStable>>;

fn operation(client: u32, sequence: u64) -> Operation {
    Operation { client: ClientId { node: NodeId::new(client), session: 0 }, sequence }
}

/// Server 0 has these operations in its log.
fn on_server_0(commands: &[(Operation, Command)]) -> Images {
    let mut log = Log::default();
    for (operation, command) in commands {
        let request = Request { operation: *operation, command: command.clone() };
        log.push(Entry { term: Term(1), payload: Payload::Command(request.into()) });
    }
    let server = Disk { term: Term(1), log, ..Disk::default() };
    Images::from([(NodeId::new(0), EitherStable { server, ..EitherStable::default() })])
}

/// What is found when a client reads these values of key 0 one after the other.
fn reads(images: &Images, values: &[Option<&str>]) -> Option<String> {
    let deadline = at(1_000);
    let spec = spec(3, config(3), workload(0), link(Delay::Constant(ms(1))), deadline);
    let view: View<'_, Party> = View {
        time: at(5),
        step: 0,
        servers: 3,
        config: &spec.config,
        states: &[],
        core: None,
        byzantine: None,
    };
    let (mut judge, client) = (Judge::default(), NodeId::new(3));
    let mut property = <Linearizability as Property<Party>>::new(&spec.config, 3);
    Property::<Party>::images(&mut property, images);
    for (sequence, value) in (1..).zip(values) {
        let operation = operation(3, sequence);
        let invoked = ClientIndication::Invoked { operation, command: Command::Get(Key(0)) };
        let output = Output::Value(value.map(str::to_owned));
        let answered = ClientIndication::Answered { operation, output };
        for told in [invoked, answered] {
            property.indicated(&view, client, &Either::Client(told), &mut judge);
        }
    }
    let mut waits = 0;
    Property::<Party>::waits(&property, &mut |_| waits += 1);
    assert_eq!(waits, values.len(), "nobody waits for what an earlier run did");
    property.end(&view, &mut judge);
    judge.violation().map(|violation| violation.detail.clone())
}

#[test]
fn an_operation_on_a_disk_may_take_effect_once_and_at_any_time() {
    let images = on_server_0(&[
        (operation(9, 1), Command::Append(Key(0), "a".to_owned())),
        // Its client asked twice, so it is in the log twice.
        (operation(9, 1), Command::Append(Key(0), "a".to_owned())),
        (operation(9, 2), Command::Append(Key(0), "b".to_owned())),
        (operation(9, 3), Command::Get(Key(0))),
    ]);
    let fine: [&[Option<&str>]; 4] = [
        &[None, None],
        &[None, Some("a"), Some("ab")],
        &[Some("ab"), Some("ab")],
        &[Some("b"), Some("ba")],
    ];
    for values in fine {
        assert_eq!(reads(&images, values), None, "{values:?}");
    }
    let wrong: [&[Option<&str>]; 4] =
        [&[Some("aa")], &[Some("a"), None], &[Some("ab"), Some("a")], &[Some("c")]];
    for values in wrong {
        assert!(reads(&images, values).is_some(), "{values:?}");
    }
    assert!(reads(&Images::new(), &[Some("a")]).is_some(), "nobody has written it");
}

/// A client that began anew would give the names of its operations to others.
#[test]
fn a_client_knows_of_its_own_operations() {
    let config = || spec(3, config(3), workload(0), link(Delay::Constant(ms(1))), at(1_000)).config;
    let put = |value: &str| Command::Put(Key(0), value.to_owned());
    let with = |client: u32, starts: u32, begun: u32| {
        let mut images = on_server_0(&[(operation(3, 2), put("a")), (operation(99, 7), put("b"))]);
        let client_disk = ClientStable { starts, begun };
        let image = EitherStable { client: client_disk, ..EitherStable::default() };
        images.insert(NodeId::new(client), image);
        Raft::check_images(&images, &config()).map_err(|wrong| (wrong.node, wrong.error.path))
    };
    let own = |field: &str| Err((NodeId::new(3), vec!["client".to_owned(), field.to_owned()]));
    assert_eq!(with(3, 1, 2), Ok(()));
    assert_eq!(with(3, 0, 0), own("starts"));
    assert_eq!(with(3, 1, 1), own("begun"));
    // Its disk is empty, and what is wrong is that the server knows of it. Client 99 is of a world
    // that is no more.
    assert_eq!(with(4, 1, 2), Err((NodeId::new(0), Vec::new())));
}
