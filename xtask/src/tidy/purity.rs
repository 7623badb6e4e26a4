//! What must not stand in code that runs inside a run: hash order, wall clocks, threads, input and
//! output, and functions whose last bit differs between platforms.

use super::lines::contains_word;

/// Names, and why they are not for a run.
const BANNED: &[(&str, &str)] = &[
    ("HashMap", HASH),
    ("HashSet", HASH),
    ("Instant", CLOCK),
    ("SystemTime", CLOCK),
    ("std::thread", THREAD),
    ("thread_local", THREAD),
    ("std::env", WORLD),
    ("std::fs", WORLD),
    ("std::net", WORLD),
    ("std::process", WORLD),
    ("println", WORLD),
    ("eprintln", WORLD),
];

const HASH: &str = "iterates in an order that differs from run to run";
const CLOCK: &str = "a run has virtual time only";
const THREAD: &str = "a run has no threads";
const WORLD: &str = "a run has no input or output of its own";
const FLOAT: &str = "its last bit differs between platforms";

/// Methods of `f64` that are not correctly rounded everywhere.
const TRANSCENDENTAL: &[&str] = &[
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp",
    "exp2", "exp_m1", "hypot", "ln", "ln_1p", "log10", "log2", "powf", "powi", "sin", "sin_cos",
    "sinh", "tan", "tanh",
];

/// A place where a name may stand.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// The file.
    pub path: &'static str,
    /// The name.
    pub name: &'static str,
    /// Why it does no harm there.
    pub reason: &'static str,
}

/// The lines of a file with names that are not for a run. Comments may say what they like.
#[must_use]
pub fn purity_problems(path: &str, text: &str, allowed: &[Allowed]) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let banned = BANNED.iter().filter(|(name, _)| contains_word(code, name)).copied();
        let floats = TRANSCENDENTAL.iter().filter(|name| calls_float(code, name));
        for (name, why) in banned.chain(floats.map(|name| (*name, FLOAT))) {
            if !allowed.iter().any(|place| place.path == path && place.name == name) {
                problems.push(format!("{path}:{}: `{name}`: {why}", index + 1));
            }
        }
    }
    problems
}

/// Whether a line calls a method of this name, or names it as `f64::name`. A call through `libm::`
/// is a free function and passes.
fn calls_float(code: &str, name: &str) -> bool {
    code.contains(&format!(".{name}(")) || contains_word(code, &format!("f64::{name}"))
}
