//! Names that are wrong: of variants, and of fields.

use crate::outline::Item;
use crate::reader::Expected;
use crate::renamed::{self, Within};
use crate::words::{a, allowed, list, nearest, unknown, unknown_in};
use crate::{Diagnostic, usage};

use super::Scene;

impl Scene<'_> {
    /// A name in a place where one of a family of names is expected.
    pub(super) fn variant(
        &self,
        outer: Option<&str>,
        found: &str,
        expected: &'static [&'static str],
    ) -> Diagnostic {
        let place = self.place.clone();
        let Some(family) = self.in_language(outer) else {
            let noun = self.own_noun();
            return Diagnostic::error(place, unknown(noun, found, expected))
                .label(format!("no such {noun}"))
                .help(allowed(expected));
        };
        if let Some(renamed) = self.former(family, found) {
            return renamed;
        }
        let noun = usage::noun(family);
        let is_near = nearest(found, expected).is_some();
        let elsewhere = usage::family_of(found).filter(|other| *other != family && !is_near);
        if let Some(diagnostic) = self.lacks_its_time(family, elsewhere, found) {
            return diagnostic;
        }
        let label = match elsewhere {
            Some(other) => format!("this is {}", a(usage::noun(other))),
            None => format!("no such {noun}"),
        };
        let diagnostic = Diagnostic::error(place, unknown(noun, found, expected)).label(label);
        let help = allowed(expected);
        if family == "Target" && !is_near {
            let role = found.to_lowercase();
            return diagnostic.help(format!("{help}; the holder of a role is `Role(\"{role}\")`"));
        }
        diagnostic.help(help)
    }

    /// What one of a protocol's own names is called.
    fn own_noun(&self) -> &'static str {
        let is_outermost = self.expected.len() == 1;
        if is_outermost && self.region.noun == "the request" { "request" } else { "value" }
    }

    /// A fault or a request where its time should stand.
    fn lacks_its_time(
        &self,
        family: &str,
        elsewhere: Option<&str>,
        found: &str,
    ) -> Option<Diagnostic> {
        let (message, written) = match family {
            "Plan" if elsewhere == Some("Fault") => {
                let example = usage::of("Fault", found).unwrap_or("Heal");
                let fault = self.own_text().unwrap_or_else(|| self.fitted(example));
                (format!("the fault `{found}` lacks its time"), format!("At(\"2s\", {fault})"))
            }
            "RequestLine" => {
                let example = usage::request(found, self.source.facts)?;
                let request = self.own_text().unwrap_or_else(|| example.to_owned());
                let message = format!("the request `{found}` lacks its time and its node");
                (message, format!("At(\"1s\", 0, {request})"))
            }
            _ => return None,
        };
        let diagnostic = Diagnostic::error(self.place.clone(), message).label("when?");
        Some(diagnostic.help(format!("write it as in `{written}`")))
    }

    /// A name that was replaced, where its family or, without its time, a fault stands.
    fn former(&self, family: &str, found: &str) -> Option<Diagnostic> {
        let families = [family, if family == "Plan" { "Fault" } else { "" }];
        let (family, new) = families.into_iter().find_map(|family| {
            Some((family, renamed::new_name(Within::Language(family), found)?))
        })?;
        let message = renamed::message(found, new);
        let diagnostic = Diagnostic::error(self.place.clone(), message).label(renamed::LABEL);
        Some(match usage::of(family, new) {
            Some(example) => diagnostic.help(format!("write it as in `{}`", self.fitted(example))),
            None => diagnostic,
        })
    }

    /// Something that is no name at all where a name is expected.
    pub(super) fn no_name(&self, family: &str, variants: &'static [&'static str]) -> Diagnostic {
        let item = self.item();
        let found = item.describe(self.text());
        let (message, label) = match self.in_language(Some(family)) {
            Some(family) => {
                let noun = usage::noun(family);
                (format!("expected {}, found {found}", a(noun)), format!("not {}", a(noun)))
            }
            None => (format!("expected a name, found {found}"), "not a name".to_owned()),
        };
        let diagnostic = Diagnostic::error(item.span.clone(), message).label(label);
        if let Some(meant) = self.meant(family, variants, item) {
            return diagnostic.help(format!("write `{}`", self.with(item, &meant)));
        }
        let example = usage::first(self.in_language(Some(family)).unwrap_or_default());
        match example {
            Some(example) => diagnostic.help(format!("write it as in `{}`", self.fitted(example))),
            None => diagnostic.help(allowed(variants)),
        }
    }

    /// A field that does not exist.
    pub(super) fn unknown_field(
        &self,
        outer: Option<&str>,
        found: &str,
        expected: &'static [&'static str],
    ) -> Diagnostic {
        if let Some(diagnostic) = self.nameless(expected) {
            return diagnostic;
        }
        let owner = self.owner(outer, self.group());
        let within = match self.in_language(outer) {
            Some(outer) => Some(Within::Language(outer)),
            None if self.is_outermost() => {
                Some(Within::Protocol(self.region.noun.trim_matches('`')))
            }
            None => None,
        };
        let new = within.and_then(|within| renamed::new_name(within, found));
        let (message, label) = match new {
            Some(new) => (renamed::message(found, new), renamed::LABEL),
            None => (unknown_in("field", found, &owner, expected), "no such field"),
        };
        let help = match expected {
            [] => format!("{owner} has no fields"),
            [one] => format!("the field of {owner} is `{one}`"),
            expected => format!("the fields of {owner} are {}", list(expected)),
        };
        Diagnostic::error(self.place.clone(), message).label(label).help(help)
    }

    /// A field that must be given and is not.
    pub(super) fn missing_field(&self, outer: Option<&str>, field: &str) -> Diagnostic {
        let group = self.group();
        let owner = self.owner(outer, group);
        let setting = self.region.fields.iter().find(|one| one.name == field);
        let help = match setting.filter(|_| self.is_outermost()) {
            Some(setting) => format!("`{field}` is a {setting}: {}", setting.meaning),
            None => {
                let is_trigger = self.in_language(outer) == Some("Trigger");
                let name = if is_trigger { Some("When") } else { group.name(self.text()) };
                match self.example(name) {
                    Some(example) => format!("write it as in `{example}`"),
                    None => format!("add `{field}: ...`"),
                }
            }
        };
        Diagnostic::error(group.head(), format!("{owner} lacks its field `{field}`"))
            .label(format!("`{field}` is missing"))
            .help(help)
    }

    /// Whether what was expected is the whole of the part, and nothing within it.
    fn is_outermost(&self) -> bool {
        matches!(self.expected, [Expected::Struct { .. }])
    }

    /// Whose field it is. The types of the language and of protocols have names that no scenario
    /// shows.
    pub(super) fn owner(&self, outer: Option<&str>, group: &Item) -> String {
        match self.in_language(outer) {
            Some("Model") => "the model".to_owned(),
            Some("Trigger") => "the trigger".to_owned(),
            Some("DiskSpec") => "an entry of `disks`".to_owned(),
            Some("ClockSpec") => "an entry of `clocks`".to_owned(),
            Some("Service") => "an entry of `service`".to_owned(),
            Some("Link") => "an entry of `links`".to_owned(),
            Some(outer) => format!("`{outer}`"),
            None if self.is_outermost() => self.region.noun.to_owned(),
            None => match self.source.outline.named_in(self.text(), group) {
                Some(owner) => owner,
                None => self.region.noun.to_owned(),
            },
        }
    }
}
