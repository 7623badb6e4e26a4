//! [`Catalogue`]: the protocols that scenarios can name. Here types are erased, once.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use sim_protocol::Protocol;

use crate::draft::{Draft, unknown_protocol};
use crate::images::unshown_in_examples;
use crate::sheet::Sheet;
use crate::{Prepared, ProtocolFacts, typed};

/// The protocols that scenarios can name.
pub struct Catalogue {
    entries: Vec<Box<dyn Entry>>,
}

impl Catalogue {
    /// A catalogue of these protocols, in this order; see [`entry`].
    ///
    /// # Panics
    /// When two protocols share a name.
    #[must_use]
    pub fn new(entries: Vec<Box<dyn Entry>>) -> Self {
        let mut names = BTreeSet::new();
        for entry in &entries {
            let name = entry.facts().name;
            assert!(names.insert(name), "two protocols are called {name}");
        }
        Self { entries }
    }

    /// Every entry, in the catalogue's order.
    pub fn entries(&self) -> impl Iterator<Item = &dyn Entry> {
        self.entries.iter().map(|entry| &**entry)
    }

    /// What every protocol says of itself, in the catalogue's order.
    pub fn protocols(&self) -> impl Iterator<Item = &ProtocolFacts> {
        self.entries.iter().map(|entry| entry.facts())
    }

    /// Makes a scenario ready to run, if its protocol is in the catalogue.
    pub(crate) fn prepare<'a>(
        &self,
        sheet: &mut Sheet<'a>,
        draft: &Draft<'a>,
    ) -> Option<Box<dyn Prepared>> {
        let protocol = draft.protocol.as_ref()?;
        match self.entries.iter().find(|entry| entry.facts().name == protocol.name) {
            Some(entry) => entry.prepare(sheet, draft),
            None => {
                let names: Vec<&str> = self.protocols().map(|facts| facts.name).collect();
                sheet.push(unknown_protocol(protocol, &names));
                None
            }
        }
    }

    /// What the protocol of this name says of itself; ignores case and dashes, as the command line
    /// does.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&ProtocolFacts> {
        let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        self.protocols().find(|facts| plain(facts.name) == plain(name))
    }
}

/// A protocol in a [`Catalogue`], its types erased. Made by [`entry`].
pub trait Entry: Prepare + Send + Sync {
    /// What it says of itself.
    fn facts(&self) -> &ProtocolFacts;
    /// The fields and variants of its nodes' disks that none of its examples of images shows: there
    /// should be none.
    ///
    /// # Panics
    /// When an example cannot be read.
    fn unshown_in_images(&self) -> BTreeSet<String>;
}

/// The loader's side of an entry, which nobody else can name.
pub trait Prepare {
    /// Reads the protocol's part of a scenario and makes the whole ready to run. What is wrong is
    /// told to the sheet.
    #[doc(hidden)]
    fn prepare<'a>(&self, sheet: &mut Sheet<'a>, draft: &Draft<'a>) -> Option<Box<dyn Prepared>>;
}

/// The catalogue's entry of a protocol.
#[must_use]
pub fn entry<P: Protocol>() -> Box<dyn Entry> {
    Box::new(Typed::<P> { facts: ProtocolFacts::of::<P>(), protocol: PhantomData })
}

struct Typed<P> {
    facts: ProtocolFacts,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Protocol> Prepare for Typed<P> {
    fn prepare<'a>(&self, sheet: &mut Sheet<'a>, draft: &Draft<'a>) -> Option<Box<dyn Prepared>> {
        typed::prepare::<P>(&self.facts, sheet, draft)
    }
}

impl<P: Protocol> Entry for Typed<P> {
    fn facts(&self) -> &ProtocolFacts {
        &self.facts
    }

    fn unshown_in_images(&self) -> BTreeSet<String> {
        unshown_in_examples::<P>()
    }
}
