//! Values of the wrong shape: a number where a text is expected, too few values, and so on.

use ron::Error;

use crate::fault::plain_form;
use crate::outline::Shape;
use crate::reader::Expected;
use crate::words::{clip, line};
use crate::{Diagnostic, usage};

use super::Scene;
use super::correction::LONGEST;
use super::fallback::in_plain_words;

impl Scene<'_> {
    pub(super) fn shape(&self, code: &Error) -> Diagnostic {
        if let Error::ExpectedDifferentStructName { .. } = code {
            return self.another_name();
        }
        if let Some(diagnostic) = self.of_some(code) {
            return diagnostic;
        }
        if let Some(Expected::Struct { fields }) = self.expected.first()
            && let Some(diagnostic) = self.nameless(fields)
        {
            return diagnostic;
        }
        match code {
            code if self.is_fraction(code) => {}
            Error::ExpectedStructLikeEnd | Error::TrailingCharacters => return self.too_much(),
            Error::ExpectedComma | Error::ExpectedArrayEnd | Error::ExpectedMapEnd
                if self.is_behind_name() =>
            {
                return self.too_much();
            }
            Error::ExpectedMapColon => return self.without_key(),
            Error::ExpectedDifferentLength { found, .. } => return self.wrong_number(*found),
            _ if self.is_empty_group() && self.lacks_values() => return self.wrong_number(0),
            _ if self.is_empty_group() => return self.too_much(),
            _ => {}
        }
        let item = self.item();
        let (message, label) = self.mismatch(code);
        let diagnostic = Diagnostic::error(item.span.clone(), message).label(label);
        if let Some(help) = self.what_would_be_right(code) {
            return diagnostic.help(help);
        }
        let lacks_values =
            matches!(code, Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_));
        let own = self.example(item.name(self.text())).filter(|_| lacks_values);
        match own.or_else(|| self.example(self.group().name(self.text()))) {
            Some(example) => diagnostic.help(format!("write it as in `{example}`")),
            None => diagnostic,
        }
    }

    /// What was expected and what was found, and a label.
    fn mismatch(&self, code: &Error) -> (String, &'static str) {
        let (text, item) = (self.text(), self.item());
        let found = item.describe(text);
        let expected = |what: &str| format!("expected {what}, found {found}");
        match code {
            // A whole number is read up to the point, and then something else should follow.
            code if self.is_fraction(code) => (expected("a whole number"), "not a whole number"),
            Error::ExpectedString => (expected("a text in quotes"), "not a text"),
            Error::ExpectedInteger
            | Error::InvalidIntegerDigit { .. }
            | Error::UnderscoreAtBeginning => (expected("a whole number"), "not a number"),
            Error::ExpectedFloat | Error::FloatUnderscore => (expected("a number"), "not a number"),
            Error::ExpectedUnit => (expected("`()`"), "not `()`"),
            Error::InvalidValueForType { expected: what, .. } => {
                (expected(&in_plain_words(what)), "not what is expected")
            }
            Error::ExpectedBoolean => (expected("`true` or `false`"), "neither true nor false"),
            Error::ExpectedArray => (expected("a list in brackets"), "not a list"),
            Error::ExpectedMap => (expected("a map in braces"), "not a map"),
            Error::ExpectedIdentifier
            | Error::SuggestRawIdentifier(_)
            | Error::InvalidIdentifier(_) => (expected("a name"), "not a name"),
            Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_)
                if matches!(item.shape, Shape::Name)
                    && (self.lacks_values() || self.example(item.name(text)).is_some()) =>
            {
                (format!("{found} lacks its parentheses"), "its values are missing")
            }
            Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => {
                (expected("values in parentheses"), "no parentheses")
            }
            Error::ExceededRecursionLimit => {
                ("the scenario is nested too deeply".to_owned(), "here")
            }
            code => (without_capital(&line(&code.to_string())), "cannot be read"),
        }
    }

    /// Whether the value at the place is a number with a point where a whole one is read.
    fn is_fraction(&self, code: &Error) -> bool {
        let item = self.item();
        let is_cut = matches!(
            code,
            Error::ExpectedComma
                | Error::ExpectedArrayEnd
                | Error::ExpectedMapEnd
                | Error::ExpectedOptionEnd
                | Error::ExpectedStructLikeEnd
                | Error::TrailingCharacters
        );
        let has_point = self.text()[item.span.clone()].contains('.');
        is_cut && has_point && matches!(item.shape, Shape::Number)
    }

    /// Whether reading ended behind a name, at the brackets that follow it.
    fn is_behind_name(&self) -> bool {
        let item = self.item();
        let is_behind = item.name.as_ref().is_some_and(|name| name.end <= self.place.start);
        is_behind && matches!(item.shape, Shape::Group(..))
    }

    /// A number that is too large, or below zero.
    pub(super) fn out_of_range(&self) -> Diagnostic {
        let item = self.item();
        let (found, number) = (item.describe(self.text()), &self.text()[item.span.clone()]);
        let (message, label) = match number.starts_with('-') {
            true => (format!("expected a number from 0 on, found {found}"), "below zero"),
            false => (format!("{found} is too large"), "too large"),
        };
        Diagnostic::error(item.span.clone(), message).label(label)
    }

    /// `Some` with another number of values than one.
    fn of_some(&self, code: &Error) -> Option<Diagnostic> {
        let group = self.group();
        let (item, message) = match code {
            Error::ExpectedOptionEnd if group.name(self.text()) == Some("Some") => {
                (group, "`Some` takes one value, without a name")
            }
            Error::UnexpectedChar(_) if self.item().name(self.text()) == Some("Some") => {
                (self.item(), "`Some` lacks its value")
            }
            _ => return None,
        };
        let diagnostic = Diagnostic::error(item.span.clone(), message).label("not one value");
        Some(diagnostic.help("write the value alone: `Some` is never needed"))
    }

    /// A value in a map that has no key.
    fn without_key(&self) -> Diagnostic {
        let item = self.item();
        let own = plain_form(&self.text()[item.span.clone()]);
        let own = if own.len() > LONGEST { "...".to_owned() } else { own };
        let found = item.describe(self.text());
        let message = format!("expected a key with its value, found {found} alone");
        let diagnostic = Diagnostic::error(item.span.clone(), message).label("its key is missing");
        diagnostic.help(format!("write `{{0: {own}}}`"))
    }

    /// Whether the value at the place has a name, and brackets with nothing in them.
    fn is_empty_group(&self) -> bool {
        let item = self.item();
        let is_inside = item.name.as_ref().is_some_and(|name| name.end <= self.place.start);
        matches!(item.shape, Shape::Group(..)) && item.parts().is_empty() && is_inside
    }

    /// Whether what has the name at the place takes values.
    fn lacks_values(&self) -> bool {
        let name = self.item().name(self.text());
        let takes =
            |one: &Expected| matches!(one, Expected::Variant(known) if Some(*known) == name);
        self.expected.iter().any(takes) || self.region.noun == "the workload"
    }

    /// Too few values, or too many.
    fn wrong_number(&self, found: usize) -> Diagnostic {
        let group = if self.is_empty_group() { self.item() } else { self.group() };
        let described = group.describe(self.text());
        let (message, label) = match found {
            0 => (format!("{described} is empty"), "its values are missing"),
            1 => (format!("{described} needs more than one value"), "too few values"),
            found => (format!("{described} does not take {found} values"), "too few values"),
        };
        let diagnostic = Diagnostic::error(group.span.clone(), message).label(label);
        match self.example(group.name(self.text())) {
            Some(example) => diagnostic.help(format!("write it as in `{example}`")),
            None => diagnostic,
        }
    }

    /// More values than something takes.
    fn too_much(&self) -> Diagnostic {
        let text = self.text();
        let inner = self.item();
        // `Heal()` is refused at its parenthesis, `Heal, 3` at the 3.
        let takes_nothing = inner
            .name
            .as_ref()
            .is_some_and(|name| name.end <= self.place.start || self.expected.is_empty());
        let group = if takes_nothing { inner } else { self.group() };
        let place = if takes_nothing { group.span.clone() } else { inner.span.clone() };
        let values = if takes_nothing { "no values" } else { "fewer values" };
        let message = format!("{} takes {values}", group.describe(text));
        let diagnostic = Diagnostic::error(place, message).label("too many values");
        let name = group.name(text);
        match self.example(name) {
            Some(example) if self.in_language(name) == Some("Holds") => {
                let violates = self.fitted(usage::of("Expect", "Violates").unwrap_or_default());
                diagnostic.help(format!(
                    "`{example}` alone expects that every property holds, `{violates}` that this \
                     one is violated"
                ))
            }
            Some(example) => diagnostic.help(format!("write it as in `{example}`")),
            None if takes_nothing => {
                let name = clip(name.unwrap_or_default());
                diagnostic.help(format!("write `{name}`"))
            }
            None => diagnostic,
        }
    }

    /// Values in parentheses have no name, and here they have one.
    fn another_name(&self) -> Diagnostic {
        let item = self.item();
        let name = item.name(self.text()).unwrap_or_default();
        let message = format!("expected values in parentheses, found `{}`", clip(name));
        let diagnostic = Diagnostic::error(item.span.clone(), message).label("no name stands here");
        let Some(Expected::Struct { fields }) = self.expected.first() else { return diagnostic };
        // An occasion for a trigger, a timing for a model: the value of one of the fields.
        let families = [("on", "Occasion"), ("timing", "Timing"), ("failures", "Failures")];
        let holds = |(field, family): &(&str, &str)| {
            self.is_language() && fields.contains(field) && usage::of(family, name).is_some()
        };
        let Some((field, _)) = families.into_iter().find(holds) else {
            let first = fields.first().copied().unwrap_or("...");
            return diagnostic.help(format!("write `({first}: ...)`"));
        };
        let own = &self.text()[item.span.clone()];
        let meant = format!("({field}: {own})");
        diagnostic.help(format!("write `{}`", self.with(item, &meant)))
    }
}

/// A sentence as it goes on after "error: ".
fn without_capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_lowercase).into_iter().flatten();
    first.chain(letters.as_str().chars()).collect()
}
