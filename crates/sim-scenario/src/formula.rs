//! [`Formula`]: a bound as a book states it, `4*(n-1)`, in whole numbers.

use std::iter::Peekable;
use std::str::Chars;

use serde::Deserialize;

/// A bound as it is written: numbers, names and marks with `+ - * /`, `log2(x)`, `max(x, y)` and
/// `min(x, y)`. Division rounds down, `log2` up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Formula(String);

/// What a name stands for.
pub(crate) trait Values {
    /// Of a name such as `n`; `None` when there is no such name.
    fn name(&self, name: &str) -> Option<i128>;
    /// How often the mark of this name was emitted; `None` when there is no such mark.
    fn mark(&self, name: &str) -> Option<i128>;
}

/// The longest formula, in characters, and how deep its parentheses may be.
const LONGEST: usize = 200;
const DEPTH_MAX: usize = 32;

impl Formula {
    /// Its value. The error is a sentence about the formula.
    pub(crate) fn value(&self, values: &dyn Values) -> Result<i128, String> {
        if self.0.chars().count() > LONGEST {
            return Err(format!("is longer than {LONGEST} characters"));
        }
        let mut reader = Reader { rest: self.0.chars().peekable(), values, depth: 0 };
        let value = reader.sum()?;
        match reader.next() {
            None => Ok(value),
            Some(other) => Err(format!("goes on with `{other}` where it should end")),
        }
    }
}

struct Reader<'f> {
    rest: Peekable<Chars<'f>>,
    values: &'f dyn Values,
    depth: usize,
}

type Value = Result<i128, String>;

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
        self.rest.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        self.peek()?;
        self.rest.next()
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        match self.next() {
            Some(found) if found == wanted => Ok(()),
            Some(found) => Err(format!("has `{found}` where `{wanted}` should stand")),
            None => Err(format!("ends where `{wanted}` should stand")),
        }
    }

    fn sum(&mut self) -> Value {
        let mut sum = self.product()?;
        while let Some(sign @ ('+' | '-')) = self.peek() {
            self.next();
            let more = self.product()?;
            let next = if sign == '+' { sum.checked_add(more) } else { sum.checked_sub(more) };
            sum = next.ok_or_else(too_large)?;
        }
        Ok(sum)
    }

    fn product(&mut self) -> Value {
        let mut product = self.factor()?;
        while let Some(sign @ ('*' | '/')) = self.peek() {
            self.next();
            let other = self.factor()?;
            product = match (sign, other) {
                ('*', _) => product.checked_mul(other).ok_or_else(too_large)?,
                (_, 0) => return Err("divides by zero".to_owned()),
                _ => product.checked_div_euclid(other).ok_or_else(too_large)?,
            };
        }
        Ok(product)
    }

    fn factor(&mut self) -> Value {
        match self.peek() {
            Some('(') => {
                self.next();
                self.inside()
            }
            Some('-') => {
                self.next();
                self.within(Self::factor)?.checked_neg().ok_or_else(too_large)
            }
            Some('\'') => self.mark(),
            Some(digit) if digit.is_ascii_digit() => self.number(),
            Some(letter) if letter.is_alphabetic() => self.name(),
            Some(other) => Err(format!("has `{other}` where a number or a name should stand")),
            None => Err("ends where a number or a name should stand".to_owned()),
        }
    }

    /// The rest of a sum in parentheses.
    fn inside(&mut self) -> Value {
        let value = self.within(Self::sum)?;
        self.expect(')')?;
        Ok(value)
    }

    fn within(&mut self, read: impl FnOnce(&mut Self) -> Value) -> Value {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("has more than {DEPTH_MAX} parts within each other"));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut word = String::new();
        while let Some(next) = self.rest.next_if(|c| belongs(*c)) {
            word.push(next);
        }
        word
    }

    fn number(&mut self) -> Value {
        let digits = self.word(|c| c.is_ascii_digit());
        digits.parse().map_err(|_| too_large())
    }

    fn mark(&mut self) -> Value {
        self.next();
        let name = self.word(|c| c != '\'');
        self.expect('\'')?;
        self.values.mark(&name).ok_or_else(|| format!("counts the unknown mark `{name}`"))
    }

    fn name(&mut self) -> Value {
        let name = self.word(|c| c.is_alphanumeric() || c == '_');
        if self.peek() != Some('(') {
            return self.values.name(&name).ok_or_else(|| format!("has the unknown name `{name}`"));
        }
        self.next();
        match name.as_str() {
            "log2" => {
                let of = self.inside()?;
                let of = u128::try_from(of).ok().filter(|of| *of > 0);
                let of = of.ok_or("asks for the logarithm of what is not above zero")?;
                Ok(i128::from(of.next_power_of_two().trailing_zeros()))
            }
            "max" | "min" => {
                let one = self.within(Self::sum)?;
                self.expect(',')?;
                let other = self.inside()?;
                Ok(if name == "max" { one.max(other) } else { one.min(other) })
            }
            _ => Err(format!("has the unknown function `{name}`; there are log2, max and min")),
        }
    }
}

fn too_large() -> String {
    "is too large a number".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Five;

    impl Values for Five {
        fn name(&self, name: &str) -> Option<i128> {
            (name == "n").then_some(5)
        }
        fn mark(&self, name: &str) -> Option<i128> {
            (name == "was elected").then_some(2)
        }
    }

    fn value(text: &str) -> Result<i128, String> {
        Formula(text.to_owned()).value(&Five)
    }

    #[test]
    fn formulas_are_worked_out_as_the_book_does() {
        let cases = [
            ("4*(n-1)", 16),
            (" 2 + 3 * n - 1 ", 16),
            ("n*(n-1)/2", 10),
            ("7/2", 3),
            ("-7/2", -4),
            ("8*n*(1+log2(n))", 160),
            ("log2(8) + log2(9) + log2(1)", 7),
            ("max(n, 3) - min(n, 3)", 2),
            ("3*'was elected'", 6),
            ("--n", 5),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let deep = "(".repeat(40);
        let long = "1+".repeat(200);
        let cases = [
            ("", "ends where a number"),
            ("4*", "ends where a number"),
            ("4 4", "goes on with `4`"),
            ("(4", "ends where `)`"),
            ("4*m", "unknown name `m`"),
            ("'lost'", "unknown mark `lost`"),
            ("sqrt(4)", "unknown function `sqrt`"),
            ("1/(n-5)", "divides by zero"),
            ("log2(0)", "logarithm"),
            ("99999999999999999999999999999999999999*n", "too large"),
            ("max(1)", "`,` should stand"),
            (&deep, "within each other"),
            (&long, "longer than"),
        ];
        for (text, expected) in cases {
            let error = value(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
