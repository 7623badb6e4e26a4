//! What would be right, made of what is wrong.

use ron::Error;

use crate::Diagnostic;
use crate::fault::plain_form;
use crate::outline::{Item, Part, Shape};
use crate::reader::Expected;
use crate::usage;
use crate::words::{clip, nearest};

use super::Scene;

/// The longest construct that is written out with its correction.
pub(super) const LONGEST: usize = 100;

impl Scene<'_> {
    /// What stands around a value with something else in its place: `Isolate(Node(7))` for the 7 of
    /// `Isolate(7)`. Where that is too long, the value alone with its name.
    pub(super) fn with(&self, item: &Item, instead: &str) -> String {
        let text = self.text();
        let group = self.source.outline.around(&item.span);
        let is_all = group.name(text) == Some("Scenario");
        let part = group.parts().iter().find(|part| part.value.span == item.span);
        let key = part.and_then(|part| part.key.as_ref()).map(|key| &text[key.span.clone()]);
        let alone = key.map_or_else(|| instead.to_owned(), |key| format!("{key}: {instead}"));
        if is_all || matches!(group.shape, Shape::Group('[' | '{', _)) {
            return alone;
        }
        let before = &text[group.span.start..item.span.start];
        let after = &text[item.span.end..group.span.end];
        let whole = plain_form(&format!("{before}{instead}{after}"));
        if whole.len() > LONGEST { alone } else { whole }
    }

    /// The value at the place, if it is more than a name and not too long.
    pub(super) fn own_text(&self) -> Option<String> {
        let item = self.source.outline.at_name(&self.place)?;
        let own = plain_form(&self.text()[item.span.clone()]);
        (!item.parts().is_empty() && own.len() <= LONGEST).then_some(own)
    }

    /// Which of a family's names a value that is none was meant to be.
    pub(super) fn meant(
        &self,
        family: &str,
        variants: &'static [&'static str],
        item: &Item,
    ) -> Option<String> {
        let own = &self.text()[item.span.clone()];
        let inner = own.trim_matches('"');
        let facts = self.source.facts;
        match (self.in_language(Some(family)), &item.shape) {
            (Some("Target" | "NodeSet"), Shape::Number) if !own.starts_with('-') => {
                Some(format!("Node({own})"))
            }
            (Some("Target" | "NodeSet"), Shape::Group('[', _)) => {
                Some(format!("Nodes({})", plain_form(own)))
            }
            (Some("Delay"), Shape::Text) => Some(match inner.split_once("..") {
                Some((least, most)) => format!("Uniform(\"{least}\", \"{most}\")"),
                None => format!("Constant({own})"),
            }),
            (_, Shape::Text) if let Some(near) = nearest(inner, variants) => {
                let example = self.in_language(Some(family)).and_then(|one| usage::of(one, near));
                Some(example.map_or_else(|| near.to_owned(), |one| self.fitted(one)))
            }
            (Some("Expect"), Shape::Text) => {
                let claims = &facts?.properties;
                let known = |name: &str| name.eq_ignore_ascii_case(inner);
                let claim = claims.iter().find(|one| known(one.code) || known(one.name))?;
                Some(format!("Violates(\"{}\")", claim.code))
            }
            (Some("Target" | "Occasion"), Shape::Text) if facts?.roles.contains(&inner) => {
                Some(format!("Role({own})"))
            }
            (Some("Occasion"), Shape::Text) if facts?.marks.contains(&inner) => {
                Some(format!("Mark({own})"))
            }
            (Some("Occasion"), Shape::Text) if facts?.kinds.contains(&inner) => {
                Some(format!("Send({own})"))
            }
            (Some("Work"), Shape::Text) => Some(format!("Kind({own})")),
            _ => None,
        }
    }

    /// A value with a name in a construct whose values have none: `Hold(from: Node(0), ...)`.
    pub(super) fn needless_name(&self) -> Option<Diagnostic> {
        let group = self.group();
        let text = self.text();
        let is_key = |part: &&Part| {
            let key = part.key.as_ref();
            key.is_some_and(|key| {
                key.span.start <= self.place.start && self.place.start < key.span.end
            })
        };
        let part = group.parts().iter().find(is_key)?;
        if !matches!(group.shape, Shape::Group('(', _)) {
            return None;
        }
        let key = part.key.as_ref()?;
        let values: Vec<&str> =
            group.parts().iter().map(|part| &text[part.value.span.clone()]).collect();
        let name = group.name(text).unwrap_or_default();
        let without = plain_form(&format!("{name}({})", values.join(", ")));
        let message = format!("{} takes its values without names", group.describe(text));
        let diagnostic = Diagnostic::error(key.span.clone(), message).label("no name stands here");
        let example = self.example(group.name(text));
        Some(match example {
            _ if without.len() <= LONGEST => diagnostic.help(format!("write `{without}`")),
            Some(example) => diagnostic.help(format!("write it as in `{example}`")),
            None => diagnostic,
        })
    }

    /// A value without its name in a construct whose values have names: `Crash(Leader)`.
    pub(super) fn nameless(&self, fields: &'static [&'static str]) -> Option<Diagnostic> {
        let text = self.text();
        let group = self.group();
        let covers = |part: &&Part| {
            let span = part.span();
            span.start <= self.place.start && self.place.start < span.end
        };
        let part = group.parts().iter().find(covers)?;
        if part.key.is_some() || !matches!(group.shape, Shape::Group('(', _)) {
            return None;
        }
        let owner = self.owner(group.name(text), group);
        let message = format!("{owner} takes its values by name");
        let diagnostic = Diagnostic::error(part.span(), message).label("a value without its name");
        let first = fields.first()?;
        if let [only] = group.parts() {
            let families = [("delay", "Delay"), ("who", "Target"), ("from", "Target")];
            let family = families.into_iter().find(|(field, _)| field == first);
            let meant = family.and_then(|(_, family)| self.meant(family, &[], &only.value));
            let own = meant.unwrap_or_else(|| text[only.value.span.clone()].to_owned());
            let named = format!("{first}: {own}");
            return Some(diagnostic.help(format!("write `{}`", self.with(&only.value, &named))));
        }
        let names: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        Some(diagnostic.help(format!("its names are {}", names.join(", "))))
    }

    /// What would be right, where it follows from what is there.
    pub(super) fn what_would_be_right(&self, code: &Error) -> Option<String> {
        let (text, item) = (self.text(), self.item());
        let own = &text[item.span.clone()];
        let instead = match (code, &item.shape) {
            (Error::ExpectedString, Shape::Number) => {
                let units = "quantities with their unit: `\"150ms\"`, `\"1%\"`";
                return Some(format!("texts and quantities are written in quotes, {units}"));
            }
            (Error::ExpectedString, Shape::Name) => format!("\"{}\"", clip(own)),
            (Error::ExpectedInteger, Shape::Text) => {
                own.trim_matches('"').parse::<u64>().ok()?.to_string()
            }
            (Error::ExpectedInteger, Shape::Group('(' | '[', parts))
                if matches!(item.name(text), None | Some("Some"))
                    && let [Part { key: None, value: Item { shape: Shape::Number, span, .. } }] =
                        parts.as_slice() =>
            {
                text[span.clone()].to_owned()
            }
            // A node is named by its number alone here.
            (Error::ExpectedInteger, Shape::Group('(', parts))
                if item.name(text) == Some("Node") && parts.len() == 1 =>
            {
                text[parts[0].value.span.clone()].to_owned()
            }
            (Error::ExpectedArray, _) => return self.as_list(),
            (Error::ExpectedMap, Shape::Group('[', parts)) => {
                let entry = |(place, part): (usize, &Part)| {
                    format!("{place}: {}", plain_form(&text[part.span()]))
                };
                let entries: Vec<String> = parts.iter().enumerate().map(entry).collect();
                let map = format!("{{{}}}", entries.join(", "));
                if map.len() > LONGEST { "{0: ...}".to_owned() } else { map }
            }
            _ => return None,
        };
        Some(format!("write `{}`", self.with(item, &instead)))
    }

    /// Values that should stand in a list, in one: `Nodes(0, 1)` as `Nodes([0, 1])`.
    fn as_list(&self) -> Option<String> {
        let (text, item) = (self.text(), self.item());
        let group = self.source.outline.around(&item.span);
        let takes_list = matches!(self.expected.get(1), Some(Expected::Variant(_)));
        let values = group.parts();
        if takes_list && values.iter().all(|part| part.key.is_none()) {
            let own: Vec<&str> = values.iter().map(|part| &text[part.span()]).collect();
            let name = group.name(text)?;
            let list = plain_form(&format!("{name}([{}])", own.join(", ")));
            return (list.len() <= LONGEST).then(|| format!("write `{list}`"));
        }
        if matches!(item.shape, Shape::Group('{', _)) {
            return None;
        }
        let own = plain_form(&text[item.span.clone()]);
        let is_fault = item.name(text).and_then(usage::family_of) == Some("Fault");
        let own = if is_fault && self.is_language() { format!("At(\"2s\", {own})") } else { own };
        (own.len() <= LONGEST).then(|| format!("write `{}`", self.with(item, &format!("[{own}]"))))
    }
}
