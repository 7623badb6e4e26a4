//! Names that the language had before, each with the name in its place: an author who writes an
//! old one is told the new one.

/// What a name is a name in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within<'a> {
    /// A type of the language, as `serde` calls it: an enum (`Fault`) for what has a name of its
    /// own, a struct or variant (`Crash`, `Scenario`) for a field, `Protocol` for a protocol.
    Language(&'a str),
    /// The settings of this protocol.
    Protocol(&'a str),
    /// The kinds of messages, the roles, the marks and the properties of this protocol, which stand
    /// in quotes.
    Quoted(&'a str),
}

/// A name that was replaced.
struct Renamed {
    within: Within<'static>,
    old: &'static str,
    new: &'static str,
}

/// Every name that was replaced, the latest last. A renaming adds its line here.
const RENAMED: &[Renamed] = &[
    Renamed { within: Within::Language("Fault"), old: "Relay", new: "Mobile" },
    Renamed { within: Within::Quoted("Raft"), old: "Vote", new: "RequestVoteReply" },
    Renamed { within: Within::Quoted("Raft"), old: "AppendReply", new: "AppendEntriesReply" },
    Renamed { within: Within::Quoted("Raft"), old: "SnapshotReply", new: "InstallSnapshotReply" },
    Renamed { within: Within::Quoted("Raft"), old: "precandidate", new: "pre-candidate" },
    Renamed { within: Within::Quoted("Bully"), old: "no-rivals", new: "one-coordinator" },
    Renamed {
        within: Within::Quoted("MultiPaxos"),
        old: "leader-after-calm",
        new: "eventual-leader",
    },
    Renamed { within: Within::Quoted("Raft"), old: "leader", new: "eventual-leader" },
    Renamed {
        within: Within::Protocol("Bully"),
        old: "address_known_dead",
        new: "contact_suspected",
    },
    Renamed { within: Within::Protocol("FloodMax"), old: "draw", new: "seed" },
    Renamed {
        within: Within::Protocol("MultiPaxos"),
        old: "quorums_meet",
        new: "quorums_intersect",
    },
];

/// The name that took the place of this one.
pub(crate) fn new_name(within: Within<'_>, old: &str) -> Option<&'static str> {
    let found = RENAMED.iter().find(|one| one.within == within && one.old == old);
    found.map(|one| one.new)
}

/// What is said of a name that was replaced.
pub(crate) fn message(old: &str, new: &str) -> String {
    format!("`{old}` is called `{new}` now")
}

/// What stands under it.
pub(crate) const LABEL: &str = "the former name";

#[cfg(test)]
mod tests {
    use super::{RENAMED, Within, new_name};
    use crate::draft::FIELDS;
    use crate::{usage, vocabulary};

    /// The new name exists and the old one does not, unless they are a protocol's own.
    #[test]
    fn every_new_name_is_one_and_no_old_name_is() {
        for one in RENAMED {
            let Within::Language(within) = one.within else { continue };
            let constructs = vocabulary();
            let variants = constructs
                .iter()
                .filter(|known| known.name.is_some() && known.family == usage::noun(within));
            let variants: Vec<&str> = variants.filter_map(|known| known.name).collect();
            let owner = constructs.iter().find(|known| known.name == Some(within));
            let fields = match (within, owner) {
                ("Scenario", _) => FIELDS.iter().map(|(name, _)| *name).collect(),
                (_, Some(owner)) => owner.fields.clone(),
                (_, None) => Vec::new(),
            };
            for names in [variants, fields] {
                assert!(names.is_empty() || names.contains(&one.new), "{names:?} {}", one.new);
                assert!(!names.contains(&one.old), "{names:?} {}", one.old);
            }
        }
    }

    #[test]
    fn a_name_is_looked_up_where_it_stands() {
        assert_eq!(new_name(Within::Language("Fault"), "Relay"), Some("Mobile"));
        assert_eq!(new_name(Within::Language("Target"), "Relay"), None);
        assert_eq!(new_name(Within::Protocol("Fault"), "Relay"), None, "a protocol of that name");
        assert_eq!(new_name(Within::Language("Fault"), "Mobile"), None);
    }
}
