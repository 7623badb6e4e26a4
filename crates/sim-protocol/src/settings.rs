//! [`Settings`]: what a scenario can set.

use std::fmt::Debug;

use serde::de::{DeserializeOwned, Error, MapAccess};
pub use sim_derive::Settings;

use crate::setting::Field;

/// What a scenario can set: the fields of `protocol: Name(...)`, or of a workload. Derive it on a
/// struct with named fields, which says everything once:
///
/// ```
/// use serde::Deserialize;
/// use sim_node::{Duration, Span};
/// use sim_protocol::{SettingValue, Settings as _};
///
/// #[derive(Clone, Debug, sim_protocol::Settings)]
/// struct Settings {
///     /// How many servers.
///     #[setting(range = 1..=99)]
///     nodes: u32,
///     /// How long a follower waits for its leader.
///     ///
///     /// Only the first paragraph is shown to who writes scenarios.
///     #[setting(default = "150ms..300ms", positive, range = ..="24h")]
///     timeout: Span,
///     /// How reads are served.
///     #[setting(default = Reads::Log, per_node)]
///     reads: Reads,
///     /// How long a lease lasts.
///     #[setting(default = "1s", needs(reads = Reads::Lease))]
///     lease: Duration,
///     /// The voters.
///     #[setting(none = "all servers")]
///     members: Option<Vec<u32>>,
/// }
///
/// #[derive(Clone, Copy, Debug, PartialEq, Deserialize, SettingValue)]
/// enum Reads {
///     Log,
///     Lease,
/// }
///
/// let [nodes, timeout, reads, lease, members] = Settings::FIELDS else { panic!("five fields") };
/// assert_eq!(nodes.to_string(), "number, 1 to 99");
/// assert_eq!(nodes.meaning, "how many servers");
/// assert_eq!(timeout.to_string(), "span, greater than 0, at most a day");
/// assert_eq!((reads.kind, reads.default.text()), ("Log or Lease", Some("Log")));
/// assert_eq!(members.default.text(), Some("all servers"));
/// assert!(reads.per_node && !nodes.per_node);
/// let usual = Settings::new(5);
/// assert!(usual.check_ranges().is_ok());
/// assert_eq!(lease.needs, Some("reads: Lease"));
/// assert_eq!(usual.idle(), [lease], "there is no lease");
/// let error = Settings { nodes: 100, ..usual }.check_ranges().expect_err("too many");
/// assert_eq!((error.field, error.message.as_str()), ("nodes", "it must be 1 to 99"));
/// ```
///
/// * The doc comment is the meaning.
/// * `default = ...` is what the field is when it is left out, as a scenario writes it: a number,
///   `true`, a quantity in quotes, `[]`, a variant with such values. `none = "all servers"` stands
///   on an `Option` and says in words what leaving it out means. Without either, the field must be
///   given.
/// * `range = 1..=99` bounds it; `range = "100us"..="24h"` a quantity, and `positive` asks for more
///   than nothing. What relates several fields is the protocol's to check.
/// * `needs(reads = Reads::Lease)` names another setting without whose value it has no effect, and
///   `needs(lease)` one that must be on: not zero, `false` or nothing. A scenario that gives it all
///   the same is told so.
/// * `per_node` lets nodes differ in it: `nodes: {2: (reads: Lease)}`, or from a restart on. Do not
///   say so of what all must agree on, nor of what a property takes from the configuration: it is
///   shown that of nodes that have no settings of their own.
/// * `kind = "weights"` are words for a type that is no [`SettingValue`](crate::SettingValue).
/// * `flatten` puts the fields of other settings here, so that protocols can share them.
/// * `mutant` stands on an `Option<M>` of a [`Mutant`](crate::Mutant). The settings then have a
///   method `has`, which says whether the protocol has a bug.
///
/// The derive makes `Deserialize`, which refuses unknown fields, and a constructor `new` that takes
/// what must be given; `Default` where nothing must.
pub trait Settings: DeserializeOwned + Debug {
    /// Every field, in order.
    const FIELDS: &'static [Field];
    /// Their names.
    #[doc(hidden)]
    const NAMES: &'static [&'static str];
    /// What has been read.
    #[doc(hidden)]
    type Parts: Clone + Default;

    /// Reads the field at this place.
    #[doc(hidden)]
    fn read<'de, A: MapAccess<'de>>(
        parts: &mut Self::Parts,
        index: usize,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// Puts everything together.
    #[doc(hidden)]
    fn make<E: Error>(parts: Self::Parts) -> Result<Self, E>;

    /// These settings, but for the fields that have been read: those are as they were read.
    #[doc(hidden)]
    #[must_use]
    fn with(&self, parts: &Self::Parts) -> Self;

    /// Holds every value against the range of its field.
    ///
    /// # Errors
    /// With the first field that lies outside.
    fn check_ranges(&self) -> Result<(), SettingsError>;

    /// The fields that have no effect, as another one is not as they [need](Field::needs) it.
    fn idle(&self) -> Vec<&'static Field>;

    /// The field `nodes`, when there is one.
    fn nodes(&self) -> Option<u32>;
}

/// A field of the settings makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// The field, as it is named in the scenario.
    pub field: &'static str,
    /// What is wrong with it and what would be right, one sentence without a full stop.
    pub message: String,
    /// Which entry of the field, from 0, when the field is a list and one entry is wrong.
    pub entry: Option<usize>,
}

impl SettingsError {
    /// An error about one field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into(), entry: None }
    }

    /// The same, about one entry of a list; entries count from 0.
    #[must_use]
    pub fn in_entry(self, entry: usize) -> Self {
        Self { entry: Some(entry), ..self }
    }
}

/// Nothing can be set.
impl Settings for () {
    const FIELDS: &'static [Field] = &[];
    const NAMES: &'static [&'static str] = &[];
    type Parts = ();

    fn read<'de, A: MapAccess<'de>>((): &mut (), _: usize, _: &mut A) -> Result<(), A::Error> {
        Ok(())
    }

    fn make<E: Error>((): ()) -> Result<Self, E> {
        Ok(())
    }

    fn with(&self, (): &()) -> Self {}

    fn check_ranges(&self) -> Result<(), SettingsError> {
        Ok(())
    }

    fn idle(&self) -> Vec<&'static Field> {
        Vec::new()
    }

    fn nodes(&self) -> Option<u32> {
        None
    }
}
