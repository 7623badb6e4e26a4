//! Images that no run leaves behind, by protocol.

/// What is impossible, and the images.
pub(super) type Cases = &'static [(&'static str, &'static str)];

pub(super) const IMPOSSIBLE: &[(&str, Cases)] = &[
    ("Raft(nodes: 3)", RAFT),
    ("MultiPaxos(nodes: 3)", MULTI_PAXOS),
    ("Paxos(nodes: 3, proposers: Separate(1))", PAXOS),
    ("ChainReplication(nodes: 3, length: 2, disks: true)", CHAIN),
    (
        "ChainReplication(nodes: 3)",
        &[("a history without disks", "{0: (replica: (incarnation: 1, origin: 1, epoch: 1))}")],
    ),
    ("Craq(nodes: 3, disks: true)", &[("a misspelt field", "{0: (replica: (orign: 1))}")]),
    ("PrimaryBackup(nodes: 3, backups: 1, disks: true)", PRIMARY_BACKUP),
    (
        "Invitation(nodes: 3)",
        &[
            ("a counter at the top", "{0: (18446744073709551615)}"),
            ("a counter near the top", "{0: (1000000000000001)}"),
        ],
    ),
    ("ChangRoberts(nodes: 3)", &[("an identifier that is given", "{0: (Some(10))}")]),
    ("PetersonRing(nodes: 3)", &[("an identifier that is given", "{0: (Some(10))}")]),
    ("HirschbergSinclair(nodes: 3)", &[("an identifier that is given", "{0: (Some(10))}")]),
    ("Bully(nodes: 3)", &[("a disk of who has none", "{0: (10)}")]),
];

const RAFT: Cases = &[
    ("a misspelt field", "{0: (server: (terms: 3))}"),
    ("a field of another level", "{0: (term: 3)}"),
    ("a misspelt field of a log", "{0: (server: (log: (noop: [1])))}"),
    ("a misspelt field of an entry", {
        "{0: (server: (term: 1, log: (entries: [(terms: 1, payload: Noop)])))}"
    }),
    ("a misspelt field of a configuration", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Configuration((voters: [0])))])))}"
    }),
    ("a term at the top", "{0: (server: (term: 18446744073709551615))}"),
    ("a term near the top", "{0: (server: (term: 1000000000000001))}"),
    ("a vote for nobody", "{0: (server: (term: 3, vote: 3))}"),
    ("a vote before all elections", "{0: (server: (vote: 1))}"),
    ("terms that fall", "{0: (server: (term: 4, log: (noops: [1, 3, 2])))}"),
    ("an entry of term 0", "{0: (server: (term: 4, log: (noops: [0, 3])))}"),
    ("an entry of a later term", "{0: (server: (term: 2, log: (noops: [1, 3])))}"),
    ("a log that begins later", "{0: (server: (term: 2, log: (base: (4, 2))))}"),
    ("a log that begins too far", "{0: (server: (term: 2, log: (base: (1000001, 2))))}"),
    ("a base of another term", "{0: (server: (term: 2, log: (base: (0, 2))))}"),
    ("a snapshot that is newer than the log", {
        "{0: (server: (term: 2, log: (noops: [1]), snapshot: (index: 3, term: 2, \
         configuration: (incoming: [0, 1, 2]), store: ()))),}"
    }),
    ("a snapshot of another term", {
        "{0: (server: (term: 2, log: (noops: [1, 2]), snapshot: (index: 2, term: 1, \
         configuration: (incoming: [0, 1, 2]), store: ()))),}"
    }),
    ("a snapshot of nothing", {
        "{0: (server: (term: 2, snapshot: (index: 0, term: 0, \
         configuration: (incoming: [0, 1, 2]), store: ()))),}"
    }),
    ("a configuration of nobody", {
        "{0: (server: (term: 2, log: (base: (2, 2)), snapshot: (index: 2, term: 2, \
         configuration: (), store: ()))),}"
    }),
    ("a member that does not exist", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Configuration((incoming: \
         [0, 5])))])))}"
    }),
    ("a learner with a vote", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Configuration((incoming: \
         [0, 1], learners: [1])))])))}"
    }),
    ("a server's part of a client", "{3: (server: (term: 1))}"),
    ("a client's part of a server", "{0: (client: (starts: 1))}"),
    ("operations of a client that never started", "{3: (client: (begun: 1))}"),
    ("a client that started too often", "{3: (client: (starts: 4294967295))}"),
    ("a node that does not exist", "{9: (server: (term: 1))}"),
    ("an operation of a server", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Command((operation: (client: \
         (node: 1, session: 0), sequence: 1), command: Put(0, \"a\"))))])))}"
    }),
    ("the first operation of a session is not number 0", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Command((operation: (client: \
         (node: 9, session: 0), sequence: 0), command: Put(0, \"a\"))))])))}"
    }),
    ("a session of a server", {
        "{0: (server: (term: 2, log: (base: (2, 2)), snapshot: (index: 2, term: 2, configuration: \
         (incoming: [0, 1, 2]), store: (sessions: {(node: 2, session: 0): (sequence: 6, output: \
         Done)}))))}"
    }),
    ("an operation of a client that has not started", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Command((operation: (client: \
         (node: 3, session: 0), sequence: 2), command: Put(0, \"a\"))))])))}"
    }),
    ("a session of a later start of its client", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Command((operation: (client: \
         (node: 3, session: 4294967296), sequence: 1), command: Put(0, \"a\"))))]))), 3: (client: \
         (starts: 1, begun: 1))}"
    }),
    ("more operations than their client has begun", {
        "{0: (server: (term: 1, log: (entries: [(term: 1, payload: Command((operation: (client: \
         (node: 3, session: 0), sequence: 2), command: Put(0, \"a\"))))]))), 3: (client: (starts: \
         1, begun: 1))}"
    }),
    ("one operation that is two", {
        "{0: (server: (term: 2, log: (entries: [(term: 1, payload: Command((operation: (client: \
         (node: 9, session: 0), sequence: 1), command: Put(0, \"a\"))))]))), 1: (server: (term: 2, \
         log: (entries: [(term: 2, payload: Command((operation: (client: (node: 9, session: 0), \
         sequence: 1), command: Put(0, \"b\"))))])))}"
    }),
    ("logs that agree after a difference", {
        "{0: (server: (term: 3, log: (noops: [1, 1, 1, 2, 3]))), 2: (server: (term: 3, log: \
         (noops: [1, 1, 2, 2, 3])))}"
    }),
    ("an entry with two contents", {
        "{0: (server: (term: 1, log: (noops: [1]))), 1: (server: (term: 1, log: (entries: [(term: \
         1, payload: Configuration((incoming: [0, 1, 2])))])))}"
    }),
    ("a snapshot and a log that differ below an entry of both", {
        "{0: (server: (term: 3, log: (base: (2, 2), noops: [3]), snapshot: (index: 2, term: 2, \
         configuration: (incoming: [0, 1, 2]), store: ()))), 1: (server: (term: 3, log: (noops: \
         [1, 1, 3])))}"
    }),
    ("two snapshots of the same entries", {
        "{0: (server: (term: 2, log: (base: (2, 2)), snapshot: (index: 2, term: 2, configuration: \
         (incoming: [0, 1, 2]), store: (values: {0: \"a\"})))), 1: (server: (term: 2, log: (base: \
         (2, 2)), snapshot: (index: 2, term: 2, configuration: (incoming: [0, 1, 2]), store: \
         (values: {0: \"b\"}))))}"
    }),
    ("an entry of a term that most have not seen", {
        "{0: (server: (term: 2, log: (noops: [1, 2]))), 1: (server: (term: 2, log: (noops: [1]))), \
         2: (server: (term: 3, log: (noops: [1, 3])))}"
    }),
    ("an entry of a majority that a later leader lacked", {
        "{0: (server: (term: 3, log: (noops: [1, 2]))), 1: (server: (term: 3, log: (noops: [1, \
         2]))), 2: (server: (term: 3, log: (noops: [1, 3])))}"
    }),
    ("an entry under a snapshot that a later leader lacked", {
        "{0: (server: (term: 3, log: (base: (2, 2)), snapshot: (index: 2, term: 2, configuration: \
         (incoming: [0, 1, 2]), store: ()))), 2: (server: (term: 4, log: (noops: [1, 1, 4])))}"
    }),
    ("snapshots over different entries", {
        "{0: (server: (term: 4, log: (base: (1, 1), noops: [3, 3]), snapshot: (index: 3, term: 3, \
         configuration: (incoming: [0, 1, 2]), store: ()))), 1: (server: (term: 4, log: (base: (2, \
         2)), snapshot: (index: 2, term: 2, configuration: (incoming: [0, 1, 2]), store: ())))}"
    }),
];

const MULTI_PAXOS: Cases = &[
    ("a misspelt field", "{0: (server: (promise: (round: 1, proposer: 0)))}"),
    ("a round at the top", {
        "{0: (server: (promised: (round: 18446744073709551615, proposer: 0)))}"
    }),
    ("a round of nobody", "{0: (server: (promised: (round: 1, proposer: 3)))}"),
    ("round 0", "{0: (server: (promised: (round: 0, proposer: 1)))}"),
    ("a ballot of another as its own", "{0: (server: (own: (round: 1, proposer: 1)))}"),
    ("a command that counts from the top", "{0: (server: (numbered: 18446744073709551615))}"),
    ("slot 0", {
        "{0: (server: (log: (entries: {0: (ballot: (round: 1, proposer: 0), value: Noop, \
         chosen: true)})))}"
    }),
    ("a slot at the top", {
        "{0: (server: (log: (entries: {18446744073709551615: (ballot: (round: 1, proposer: 0), \
         value: Noop, chosen: false)})))}"
    }),
    ("a log that begins later", "{0: (server: (log: (base: 4)))}"),
    ("a slot twice", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: Noop, \
         chosen: true), 1: (ballot: (round: 1, proposer: 0), value: Noop, chosen: true)})))}"
    }),
    ("a snapshot that ends before the log begins", {
        "{0: (server: (log: (base: 4), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         2]}), store: ()))),}"
    }),
    ("members that do not exist", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         7]}), store: ()))),}"
    }),
    ("no members", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {}), \
         store: ()))),}"
    }),
    ("members that are not decided", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         2], 900: [0, 1]}), store: ()))),}"
    }),
    ("a command of nobody", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: \
         Reconfigure((server: 3, number: 1, members: [0, 1])), chosen: false)})))}"
    }),
    ("an operation of a server", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: \
         Commands([(operation: (client: (node: 2, session: 0), sequence: 1), command: Put(0, \
         \"a\"))]), chosen: false)})))}"
    }),
    ("an operation of a client that has not started", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: \
         Commands([(operation: (client: (node: 3, session: 0), sequence: 1), command: Put(0, \
         \"a\"))]), chosen: true)})))}"
    }),
    ("a session of a server", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         2]}), store: (sessions: {(node: 2, session: 0): (sequence: 2, output: Done)})))),}"
    }),
    ("two values that are chosen in a slot", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: Noop, chosen: \
         true)}))), 1: (server: (log: (entries: {1: (ballot: (round: 2, proposer: 0), value: \
         Reconfigure((server: 0, number: 1, members: [0, 1])), chosen: true)})))}"
    }),
    ("two values of a ballot in a slot", {
        "{0: (server: (promised: (round: 1, proposer: 0), log: (entries: {1: (ballot: (round: 1, \
         proposer: 0), value: Noop, chosen: false)}))), 1: (server: (log: (entries: {1: (ballot: \
         (round: 1, proposer: 0), value: Reconfigure((server: 0, number: 1, members: [0, 1])), \
         chosen: true)})))}"
    }),
    ("a ballot of its own above its promise", {
        "{0: (server: (promised: (round: 1, proposer: 1), own: (round: 2, proposer: 0)))}"
    }),
    ("a vote above the promise", {
        "{0: (server: (promised: (round: 1, proposer: 1), log: (entries: {1: (ballot: (round: 1, \
         proposer: 1), value: Noop, chosen: false), 2: (ballot: (round: 2, proposer: 1), value: \
         Noop, chosen: false)})))}"
    }),
    ("a vote without a promise", {
        "{0: (server: (log: (entries: {1: (ballot: (round: 1, proposer: 0), value: Noop, chosen: \
         false)})))}"
    }),
    ("a slot with nothing before it", {
        "{0: (server: (log: (entries: {1000000: (ballot: (round: 1, proposer: 0), value: Noop, \
         chosen: true)})))}"
    }),
    ("a slot beyond what any disk has executed", {
        "{0: (server: (log: (base: 2, entries: {3: (ballot: (round: 1, proposer: 0), value: Noop, \
         chosen: true)}), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, 2]}), store: \
         ()))), 1: (server: (promised: (round: 1, proposer: 0), log: (entries: {1: (ballot: \
         (round: 1, proposer: 0), value: Noop, chosen: true), 40: (ballot: (round: 1, proposer: \
         0), value: Noop, chosen: false)})))}"
    }),
    ("two states after a slot", {
        "{0: (server: (log: (base: 2), snapshot: (slot: 2, configurations: (effective: {0: [0, 1, \
         2]}), store: (values: {0: \"a\"})))), 1: (server: (log: (base: 2), snapshot: (slot: 2, \
         configurations: (effective: {0: [0, 1, 2]}), store: (values: {0: \"b\"}))))}"
    }),
    ("a vote for another value above a quorum of votes in a slot", {
        "{0: (server: (promised: (round: 3, proposer: 0), log: (entries: {1: (ballot: (round: 3, \
         proposer: 0), value: Noop, chosen: false)}))), 1: (server: (promised: (round: 3, \
         proposer: 0), log: (entries: {1: (ballot: (round: 3, proposer: 0), value: Noop, chosen: \
         false)}))), 2: (server: (promised: (round: 4, proposer: 0), log: (entries: {1: (ballot: \
         (round: 4, proposer: 0), value: Reconfigure((server: 0, number: 1, members: [0, 1])), \
         chosen: false)})))}"
    }),
    ("a vote for another value above what is known to be chosen in a slot", {
        "{0: (server: (promised: (round: 4, proposer: 0), log: (entries: {1: (ballot: (round: 4, \
         proposer: 0), value: Reconfigure((server: 0, number: 1, members: [0, 1])), chosen: \
         false)}))), 2: (server: (log: (entries: {1: (ballot: (round: 3, proposer: 0), value: \
         Noop, chosen: true)})))}"
    }),
];

const PAXOS: Cases = &[
    ("a misspelt field", "{0: (promise: (round: 1, proposer: 3))}"),
    ("a round at the top", "{0: (promised: (round: 18446744073709551615, proposer: 3))}"),
    ("a proposer that is none", "{0: (promised: (round: 1, proposer: 0))}"),
    ("a proposer's part of an acceptor", "{0: (own: 10)}"),
    ("an acceptor's part of a proposer", "{3: (promised: (round: 1, proposer: 3))}"),
    ("a ballot of another", "{3: (ballot: (round: 1, proposer: 2))}"),
    ("a promise below what was accepted", {
        "{0: (promised: (round: 1, proposer: 3), accepted: (ballot: (round: 2, proposer: 3), \
         value: 1))}"
    }),
    ("two values of a ballot", {
        "{0: (promised: (round: 2, proposer: 3), accepted: (ballot: (round: 2, proposer: 3), \
         value: 1)), 2: (promised: (round: 3, proposer: 3), accepted: (ballot: (round: 2, \
         proposer: 3), value: 2))}"
    }),
    ("two values that are learned", {
        "{0: (accepted: (ballot: (round: 2, proposer: 3), value: 1), learned: 1), 1: (accepted: \
         (ballot: (round: 2, proposer: 3), value: 1), learned: 2)}"
    }),
    ("a value that is learned and nobody has accepted", "{0: (learned: 1)}"),
    ("a value that is learned and too few have accepted", {
        "{0: (accepted: (ballot: (round: 2, proposer: 3), value: 1)), 1: (accepted: (ballot: \
         (round: 1, proposer: 3), value: 2)), 3: (learned: 1)}"
    }),
    ("a vote for another value above a quorum of votes", {
        "{0: (accepted: (ballot: (round: 3, proposer: 3), value: 10)), 1: (accepted: (ballot: \
         (round: 3, proposer: 3), value: 10)), 2: (accepted: (ballot: (round: 4, proposer: 3), \
         value: 11))}"
    }),
    ("a vote for another value above what is learned", {
        "{0: (accepted: (ballot: (round: 4, proposer: 3), value: 11)), 1: (accepted: (ballot: \
         (round: 3, proposer: 3), value: 10)), 2: (accepted: (ballot: (round: 5, proposer: 3), \
         value: 10)), 3: (learned: 10)}"
    }),
];

const CHAIN: Cases = &[
    ("a misspelt field", "{0: (replica: (incarnations: 1))}"),
    ("a misspelt field of a member", {
        "{3: (master: (configuration: (epoch: 1, chain: [(nod: 0, origin: 1, incarnation: 1, \
         linked: 1)]))),}"
    }),
    ("a misspelt party", "{0: (replicas: (incarnation: 1))}"),
    ("an incarnation at the top", "{0: (replica: (incarnation: 18446744073709551615))}"),
    ("a history before the first start", "{0: (replica: (base: 3))}"),
    ("a history of who has not joined", "{0: (replica: (incarnation: 1, base: 3))}"),
    ("joined in an incarnation to come", "{0: (replica: (incarnation: 1, origin: 2, epoch: 1))}"),
    ("no epoch", "{0: (replica: (incarnation: 1, origin: 1))}"),
    ("a history that begins later", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, base: 2))}"
    }),
    ("a gap", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, log: [(position: 2, request: \
         (operation: (client: (node: 4, session: 0), sequence: 1), command: Get(0)))]))}"
    }),
    ("the master's part of a replica", "{0: (master: (configuration: (epoch: 1)))}"),
    ("a replica's part of the master", "{3: (replica: (incarnation: 1))}"),
    ("an empty chain", "{3: (master: (configuration: (epoch: 1, chain: [], joining: None)))}"),
    ("a replica that does not exist", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 3, origin: 1, incarnation: 1, \
         linked: 1)], joining: None)))}"
    }),
    ("a replica twice", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 1, origin: 1, incarnation: 1, \
         linked: 1), (node: 1, origin: 1, incarnation: 1, linked: 1)], joining: None)))}"
    }),
    ("who joins is a member", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 1, origin: 1, incarnation: 1, \
         linked: 1)], joining: (node: 1, origin: 0, incarnation: 1, linked: 1))))}"
    }),
    ("who joins a chain that is whole", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 0, origin: 1, incarnation: 1, \
         linked: 1), (node: 1, origin: 1, incarnation: 1, linked: 1)], joining: (node: 2, origin: \
         0, incarnation: 1, linked: 1))))}"
    }),
    ("linked in an epoch to come", {
        "{3: (master: (configuration: (epoch: 1, chain: [(node: 1, origin: 1, incarnation: 1, \
         linked: 2)], joining: None)))}"
    }),
    ("an operation of the master", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, log: [(position: 1, request: \
         (operation: (client: (node: 3, session: 0), sequence: 1), command: Put(0, \"a\")))]))}"
    }),
    ("an operation of a client that has not started", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, log: [(position: 1, request: \
         (operation: (client: (node: 4, session: 0), sequence: 1), command: Put(0, \"a\")))]))}"
    }),
    ("a history that is no prefix of that before it in the chain", {
        "{0: (replica: (incarnation: 1, origin: 1, epoch: 1, complete: true)), 1: (replica: \
         (incarnation: 1, origin: 1, epoch: 1, complete: true, log: [(position: 1, request: \
         (operation: (client: (node: 9, session: 0), sequence: 1), command: Put(0, \"a\")))])), 3: \
         (master: (configuration: (epoch: 1, chain: [(node: 0, origin: 1, incarnation: 1, linked: \
         1), (node: 1, origin: 1, incarnation: 1, linked: 1)], joining: None))),}"
    }),
];

const PRIMARY_BACKUP: Cases = &[
    ("a misspelt field", "{0: (replica: (start: 1))}"),
    ("a misspelt field of a view", {
        "{3: (view_service: (view: (numbr: 1, epoch: 1, primary: 0, members: {0: 1}, \
         incarnations: {0: 1})))}"
    }),
    ("too many starts", "{0: (replica: (starts: 4294967295, epoch: 1))}"),
    ("an epoch at the top", "{0: (replica: (starts: 1, epoch: 18446744073709551615))}"),
    ("a state before the first start", "{0: (replica: (epoch: 1))}"),
    ("no epoch", "{0: (replica: (starts: 1))}"),
    ("a log at the top", {
        "{0: (replica: (starts: 1, epoch: 1, log: (base: 18446744073709551615)))}"
    }),
    ("an acknowledgement of no view", "{3: (view_service: (acknowledged: true))}"),
    ("a primary that is no member", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {1: 1}, \
         incarnations: {1: 1})))}"
    }),
    ("a member that does not exist", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1, 5: 1}, \
         incarnations: {0: 1, 5: 1})))}"
    }),
    ("an epoch after the view", {
        "{3: (view_service: (view: (number: 1, epoch: 2, primary: 0, members: {0: 1}, \
         incarnations: {0: 1})))}"
    }),
    ("a recruit that is a member", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1}, recruits: \
         {0: 1}, incarnations: {0: 1})))}"
    }),
    ("a member without an incarnation", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1}, \
         incarnations: {})))}"
    }),
    ("more backups than wanted", {
        "{3: (view_service: (view: (number: 1, epoch: 1, primary: 0, members: {0: 1, 1: 1, 2: 1}, \
         incarnations: {0: 1, 1: 1, 2: 1})))}"
    }),
    ("a number that was used before", {
        "{3: (view_service: (view: (number: 3, epoch: 1, primary: 0, members: {0: 1}, \
         incarnations: {0: 1}), highest: 2))}"
    }),
    ("an operation of a replica", {
        "{0: (replica: (starts: 1, epoch: 1, since: 1, log: (updates: [(operation: (client: (node: \
         1, session: 0), sequence: 1), command: Put(0, \"a\"))])))}"
    }),
    ("a session of the view service", {
        "{0: (replica: (starts: 1, epoch: 1, since: 1, store: (sessions: {(node: 3, session: 0): \
         (sequence: 1, output: Done)})))}"
    }),
    ("an operation of a client that has not started", {
        "{0: (replica: (starts: 1, epoch: 1, since: 1, store: (sessions: {(node: 4, session: 0): \
         (sequence: 1, output: Done)})))}"
    }),
    ("another update in the place of a member's", {
        "{0: (replica: (starts: 1, epoch: 1, since: 1, log: (updates: [(operation: (client: (node: \
         9, session: 0), sequence: 1), command: Put(0, \"a\"))]))), 1: (replica: (starts: 1, \
         epoch: 1, since: 1, log: (updates: [(operation: (client: (node: 9, session: 0), sequence: \
         2), command: Put(0, \"b\"))])))}"
    }),
    ("a member without what another has forgotten", {
        "{1: (replica: (starts: 1, epoch: 2, since: 2, log: (base: 3))), 2: (replica: (starts: 1, \
         epoch: 2, since: 1)), 3: (view_service: (view: (number: 4, epoch: 4, primary: 1, members: \
         {1: 2, 2: 1}, incarnations: {1: 1, 2: 1})))}"
    }),
    ("two states after the same updates", {
        "{0: (replica: (starts: 1, epoch: 1, since: 1, store: (values: {0: \"a\"}), log: (base: \
         1))), 1: (replica: (starts: 1, epoch: 1, since: 1, store: (values: {0: \"b\"}), log: \
         (base: 1)))}"
    }),
];
