//! As much of Clojure's data notation (EDN) as recorded histories use.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edn {
    Nil,
    Number(i64),
    /// Without its colon.
    Keyword(String),
    Text(String),
    /// A vector, a list or a set.
    Sequence(Vec<Edn>),
    /// Its keys are keywords.
    Map(BTreeMap<String, Edn>),
}

impl Edn {
    /// The value under a keyword of a map.
    pub(crate) fn get(&self, keyword: &str) -> &Self {
        let Self::Map(map) = self else { panic!("not a map: {self:?}") };
        map.get(keyword).unwrap_or_else(|| panic!("no :{keyword} in {map:?}"))
    }

    pub(crate) fn keyword(&self) -> &str {
        let Self::Keyword(name) = self else { panic!("not a keyword: {self:?}") };
        name
    }
}

/// All values in a text, one after the other.
pub(crate) fn parse(text: &str) -> Vec<Edn> {
    Parser { rest: text.chars().peekable() }.until(None)
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Parser<'_> {
    /// All values up to a closing bracket, or up to the end of the text.
    fn until(&mut self, close: Option<char>) -> Vec<Edn> {
        let mut values = Vec::new();
        loop {
            self.skip();
            match self.rest.peek() {
                next if next.copied() == close => {
                    self.rest.next();
                    return values;
                }
                Some(_) => values.push(self.value()),
                None => panic!("the text ends before {close:?}"),
            }
        }
    }

    /// White space, commas and comments.
    fn skip(&mut self) {
        while let Some(next) = self.rest.next_if(|&next| is_space(next) || next == ';') {
            if next == ';' {
                while self.rest.next_if(|&next| next != '\n').is_some() {}
            }
        }
    }

    fn value(&mut self) -> Edn {
        match self.rest.next().expect("a value") {
            '[' => Edn::Sequence(self.until(Some(']'))),
            '(' => Edn::Sequence(self.until(Some(')'))),
            '{' => self.map(),
            '"' => self.text(),
            ':' => Edn::Keyword(self.word(String::new())),
            '#' => {
                assert_eq!(self.rest.next(), Some('{'), "a set");
                Edn::Sequence(self.until(Some('}')))
            }
            first => match self.word(first.to_string()).as_str() {
                "nil" => Edn::Nil,
                number => Edn::Number(number.parse().expect("a number or nil")),
            },
        }
    }

    fn map(&mut self) -> Edn {
        let values = self.until(Some('}'));
        let pairs = values.chunks(2).map(|pair| {
            let [key, value] = pair else { panic!("a key without a value in {values:?}") };
            (key.keyword().to_owned(), value.clone())
        });
        Edn::Map(pairs.collect())
    }

    fn text(&mut self) -> Edn {
        let mut text = String::new();
        loop {
            match self.rest.next().expect("the text goes on") {
                '"' => return Edn::Text(text),
                '\\' => panic!("escapes are not used in the recorded histories"),
                next => text.push(next),
            }
        }
    }

    fn word(&mut self, mut word: String) -> String {
        while let Some(next) =
            self.rest.next_if(|&next| !is_space(next) && !")]};\"".contains(next))
        {
            word.push(next);
        }
        word
    }
}

fn is_space(next: char) -> bool {
    next.is_whitespace() || next == ','
}
