//! Numbers of things in words: [`counted`] and [`grouped`].

/// A number of things for reading: `1 message`, `2 messages`, `1,024 messages`, `3 entries`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let number_in_words = grouped(number);
    if number == 1 {
        return format!("{number_in_words} {noun}");
    }
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match stem {
        Some(stem) => format!("{number_in_words} {stem}ies"),
        None if noun.ends_with("sh") => format!("{number_in_words} {noun}es"),
        None => format!("{number_in_words} {noun}s"),
    }
}

/// A number with commas between the thousands: `1,024`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
