//! Words out of what an author writes in code: doc comments, names, literals.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The first paragraph of a doc comment, without markup of lines.
pub(crate) fn summary(attributes: &[Attribute]) -> String {
    let mut words = Vec::new();
    for attribute in attributes {
        let Meta::NameValue(pair) = &attribute.meta else { continue };
        if !pair.path.is_ident("doc") {
            continue;
        }
        let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &pair.value else { continue };
        let line = line.value();
        if line.trim().is_empty() && !words.is_empty() {
            break;
        }
        words.push(line.trim().to_owned());
    }
    words.join(" ").trim().to_owned()
}

/// The first paragraph of a doc comment as tables show it: it begins small and ends without a full
/// stop.
pub(crate) fn meaning(attributes: &[Attribute]) -> String {
    let text = summary(attributes);
    let text = text.strip_suffix('.').unwrap_or(&text);
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.next());
    let is_a_name = second.is_some_and(char::is_uppercase);
    match first {
        Some(first) if !is_a_name => first.to_lowercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    }
}

/// The words of a name: `ElectionWon` is `election won`.
pub(crate) fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Alternatives in a sentence: `Log, ReadIndex or Lease`.
pub(crate) fn alternatives(all: &[String]) -> String {
    match all {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// A number with its thousands apart: `10,000`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
