//! The help of last resort: what stands in the part of the scenario that is wrong.

use sim_protocol::Field;

use crate::outline::{Item, Part};
use crate::reader::Expected;
use crate::words::list;
use crate::{Diagnostic, usage};

use super::Scene;

impl Scene<'_> {
    /// Adds what would be right, where nothing better is known.
    pub(super) fn helped(&self, diagnostic: Diagnostic) -> Diagnostic {
        match (&diagnostic.help, self.last_resort()) {
            (None, Some(help)) => diagnostic.help(help),
            _ => diagnostic,
        }
    }

    fn last_resort(&self) -> Option<String> {
        if let Some(field) = self.setting() {
            return Some(format!("`{}` ({field}): {}", field.name, field.meaning));
        }
        let facts = self.source.facts;
        match self.region.noun {
            "the request" if !self.is_language() => {
                let examples: Vec<&str> = facts?.requests.iter().map(|ask| ask.example).collect();
                let named = list(&examples);
                (!examples.is_empty()).then(|| format!("the requests are written as in {named}"))
            }
            "the image" => {
                let name = facts.filter(|facts| !facts.images.is_empty())?.name;
                Some(format!("`rehearse list {name}` shows how its images are written"))
            }
            _ => {
                let group = self.source.outline.around(&self.item().span);
                let example = self.example(group.name(self.text())).or_else(|| {
                    let field = covering(self.source.outline, self)?.key.as_ref()?;
                    let example = usage::field(&self.text()[field.span.clone()])?;
                    Some(self.fitted(example))
                });
                example.map(|example| format!("write it as in `{example}`"))
            }
        }
    }

    /// The setting within which the place is.
    fn setting(&self) -> Option<&Field> {
        let start = self.region.offset;
        let region = start..start + self.region.text.trim_end().len();
        let part = covering(self.source.outline.covering(&region), self)?;
        let name = &self.text()[part.key.as_ref()?.span.clone()];
        self.region.fields.iter().find(|field| field.name == name)
    }

    /// Nobody can be asked for anything, so no request would be right.
    pub(super) fn takes_no_requests(&self) -> Option<Diagnostic> {
        let takes_nothing = match self.expected {
            [Expected::Enum { variants: [], .. }] => true,
            [Expected::Other] => matches!(self.source.facts?.requests, []) && !self.is_language(),
            _ => false,
        };
        if !takes_nothing || self.region.noun != "the request" {
            return None;
        }
        let facts = self.source.facts?;
        let place = self.source.outline.covering(&self.place).span.clone();
        let message = format!("`{}` takes no requests", facts.name);
        let help = match facts.workload {
            Some(workload) => {
                let name = workload.name;
                format!("its clients make requests of their own: `workload: {name}()`")
            }
            None => "leave them out; nobody has to ask for anything".to_owned(),
        };
        let label = "nobody can be asked for anything";
        Some(Diagnostic::error(place, message).label(label).help(help))
    }
}

/// The part of a construct within which the place is.
fn covering<'i>(item: &'i Item, scene: &Scene<'_>) -> Option<&'i Part> {
    let place = &scene.place;
    let covers = |part: &&Part| {
        let span = part.span();
        span.start <= place.start && place.end <= span.end
    };
    item.parts().iter().find(covers)
}

/// What a type of `serde`'s own expects, for people; what our types expect is said in our words.
pub(super) fn in_plain_words(expected: &str) -> String {
    let first = expected.split([' ', ',']).next().unwrap_or_default();
    let plain = match first {
        "struct" | "tuple" => "values in parentheses",
        "enum" | "variant" | "identifier" | "field" => "a name",
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128"
        | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "bool" => "`true` or `false`",
        "unit" | "()" => "`()`",
        "option" => "a value",
        _ => match expected {
            "a boolean" => "`true` or `false`",
            "a string" | "a borrowed string" | "str" => "a text in quotes",
            "a sequence" => "a list in brackets",
            "a map" => "a map in braces",
            "settings" => "values in parentheses",
            own => own,
        },
    };
    plain.to_owned()
}
