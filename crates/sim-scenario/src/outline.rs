//! [`Item`]: the tree of a RON text with the place of everything in it. It serves positions and
//! bounds; values come from the `ron` crate.

use std::ops::Range;

use crate::words::clip;

/// A value of the text.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Where it stands, name and brackets included.
    pub(crate) span: Range<usize>,
    /// Where its name stands: that of `Isolate` in `Isolate(Leader)`.
    pub(crate) name: Option<Range<usize>>,
    /// What it is.
    pub(crate) shape: Shape,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// A name alone.
    Name,
    /// A number.
    Number,
    /// A text in quotes.
    Text,
    /// A character.
    Character,
    /// Other values in brackets: `(`, `[` or `{`.
    Group(char, Vec<Part>),
}

/// A value in brackets, with its key if it has one.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// What stands before the colon.
    pub(crate) key: Option<Box<Item>>,
    /// The value.
    pub(crate) value: Item,
}

impl Part {
    /// Its key, if it has one, and its value.
    fn items(&self) -> impl Iterator<Item = &Item> {
        self.key.as_deref().into_iter().chain([&self.value])
    }

    /// Key and value.
    pub(crate) fn span(&self) -> Range<usize> {
        let start = self.key.as_ref().map_or(self.value.span.start, |key| key.span.start);
        start..self.value.span.end
    }
}

impl Item {
    /// The values in its brackets; none when it has no brackets.
    pub(crate) fn parts(&self) -> &[Part] {
        match &self.shape {
            Shape::Group(_, parts) => parts,
            _ => &[],
        }
    }

    /// Its name.
    pub(crate) fn name<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.name.clone().map(|span| &text[span])
    }

    /// The part with this key.
    pub(crate) fn field(&self, text: &str, key: &str) -> Option<&Part> {
        self.parts()
            .iter()
            .find(|part| part.key.as_ref().is_some_and(|k| &text[k.span.clone()] == key))
    }

    /// The value with this key, without a `Some(..)` around it; itself when there is none, so that
    /// there is always a place to point at.
    pub(crate) fn at_field(&self, text: &str, key: &str) -> &Self {
        self.field(text, key).map_or(self, |part| part.value.inside_some(text))
    }

    /// The value at this place in its brackets; itself when there is none.
    pub(crate) fn at_index(&self, index: usize) -> &Self {
        self.parts().get(index).map_or(self, |part| &part.value)
    }

    /// What a variant or a type of one value holds: the 5 of `Some(5)`, the group of
    /// `Command((...))`.
    pub(crate) fn within_value(&self) -> &Self {
        match self.parts() {
            [part] if part.key.is_none() && matches!(self.shape, Shape::Group('(', _)) => {
                &part.value
            }
            _ => self,
        }
    }

    fn inside_some(&self, text: &str) -> &Self {
        match (self.name(text), self.parts()) {
            (Some("Some"), [part]) => &part.value,
            _ => self,
        }
    }

    /// The innermost value that covers a place. Where one value ends and the next begins, the next.
    pub(crate) fn covering(&self, place: &Range<usize>) -> &Self {
        let covers = |item: &&Self| item.span.start <= place.start && place.end <= item.span.end;
        let mut found = self;
        loop {
            let items = found.parts().iter().flat_map(Part::items);
            match items.filter(covers).last() {
                Some(item) => found = item,
                None => return found,
            }
        }
    }

    /// The innermost value in brackets around a place.
    pub(crate) fn around(&self, place: &Range<usize>) -> &Self {
        let encloses = |item: &&Self| {
            let inside = item.span.start < place.start && place.end < item.span.end;
            inside && matches!(item.shape, Shape::Group(..))
        };
        let mut found = self;
        while let Some(item) = found.parts().iter().flat_map(Part::items).find(encloses) {
            found = item;
        }
        found
    }

    /// The value whose name stands at a place, or that stands there as a whole.
    pub(crate) fn at_name(&self, place: &Range<usize>) -> Option<&Self> {
        let found = self.covering(place);
        let starts = found.span.start == place.start;
        starts.then_some(found)
    }

    /// What a value within this one is called, for people: by its own name, by the name before its
    /// colon, or as an entry of something that has one.
    pub(crate) fn named_in(&self, text: &str, value: &Self) -> Option<String> {
        if let Some(name) = value.name(text) {
            return Some(format!("`{}`", clip(name)));
        }
        let mut item = self;
        let mut called = None;
        loop {
            let covers = |part: &&Part| {
                part.value.span.start <= value.span.start && value.span.end <= part.value.span.end
            };
            let Some(part) = item.parts().iter().find(covers) else { return called };
            let key = part.key.as_ref().filter(|_| matches!(item.shape, Shape::Group('(', _)));
            if let Some(key) = key {
                called = Some(format!("`{}`", clip(&text[key.span.clone()])));
            }
            let is_entry = key.is_none() && matches!(item.shape, Shape::Group('[' | '{', _));
            if part.value.span == value.span {
                return match called {
                    Some(owner) if is_entry => Some(format!("an entry of {owner}")),
                    called => called,
                };
            }
            item = &part.value;
        }
    }

    /// What stands before the first value in the brackets: enough to show which group is meant.
    pub(crate) fn head(&self) -> Range<usize> {
        let end = self.name.as_ref().map_or(self.span.start + 1, |name| name.end);
        self.span.start..end.min(self.span.end)
    }

    /// Whether it is a text or a number.
    pub(crate) fn is_plain_value(&self) -> bool {
        matches!(self.shape, Shape::Text | Shape::Number)
    }

    /// What it is, for people.
    pub(crate) fn describe(&self, text: &str) -> String {
        match (&self.shape, self.name(text)) {
            (Shape::Group('(', _) | Shape::Name, Some(name)) => {
                format!("`{}`", clip(name))
            }
            (Shape::Group('(', parts), None) if parts.is_empty() => "`()`".to_owned(),
            (Shape::Group('(', _), None) => "a group in parentheses".to_owned(),
            (Shape::Group('[', _), _) => "a list in brackets".to_owned(),
            (Shape::Group(..), _) => "a map in braces".to_owned(),
            (Shape::Name, None) => "a name".to_owned(),
            (Shape::Number, _) => {
                format!("the number `{}`", clip(&text[self.span.clone()]))
            }
            (Shape::Text, _) => {
                format!("the text {}", clip(&text[self.span.clone()]))
            }
            (Shape::Character, _) => "a character".to_owned(),
        }
    }
}
