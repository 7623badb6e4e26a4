//! Names that the language had before, each with the name in its place: an author who writes an
//! old one is told the new one.

/// A name that was replaced.
struct Renamed {
    /// What it is a name in, as `serde` calls it: an enum (`Fault`) for what has a name of its own,
    /// a struct or variant (`Crash`, `Scenario`, a protocol) for a field, `Protocol` for a
    /// protocol.
    within: &'static str,
    old: &'static str,
    new: &'static str,
}

/// Every name that was replaced, the latest last. A renaming adds its line here.
const RENAMED: &[Renamed] = &[Renamed { within: "Fault", old: "Relay", new: "Mobile" }];

/// The name that took the place of this one.
pub(crate) fn new_name(within: &str, old: &str) -> Option<&'static str> {
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
    use super::{RENAMED, new_name};
    use crate::draft::FIELDS;
    use crate::{usage, vocabulary};

    /// The new name exists and the old one does not, unless they are a protocol's own.
    #[test]
    fn every_new_name_is_one_and_no_old_name_is() {
        for one in RENAMED {
            let constructs = vocabulary();
            let variants = constructs.iter().filter(|known| {
                known.name.is_some() && known.family == usage::noun(Some(one.within))
            });
            let variants: Vec<&str> = variants.filter_map(|known| known.name).collect();
            let owner = constructs.iter().find(|known| known.name == Some(one.within));
            let fields = match (one.within, owner) {
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
        assert_eq!(new_name("Fault", "Relay"), Some("Mobile"));
        assert_eq!(new_name("Target", "Relay"), None);
        assert_eq!(new_name("Fault", "Mobile"), None);
    }
}
