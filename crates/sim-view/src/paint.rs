//! The colours of all pictures. Text is always written with them; the caller strips
//! them.

use std::fmt;

use anstyle::{AnsiColor, Style};
use sim_check::Verdict;

pub(crate) const PLAIN: Style = Style::new();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const HANDLED: Style = AnsiColor::Green.on_default();
pub(crate) const SENT: Style = AnsiColor::Cyan.on_default();
pub(crate) const BROKEN: Style = AnsiColor::Red.on_default().bold();
pub(crate) const LOST: Style = AnsiColor::Red.on_default();
pub(crate) const FAULT: Style = AnsiColor::Yellow.on_default();
pub(crate) const ROLE: Style = AnsiColor::Magenta.on_default().bold();
pub(crate) const TOLD: Style = AnsiColor::Blue.on_default().bold();

/// Text in one style.
pub(crate) struct Painted<T>(pub(crate) Style, pub(crate) T);

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_plain() {
            return self.1.fmt(f);
        }
        write!(f, "{}", self.0.render())?;
        self.1.fmt(f)?;
        write!(f, "{}", self.0.render_reset())
    }
}

/// How a verdict looks.
pub(crate) fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Held => HANDLED.bold(),
        Verdict::Vacuous | Verdict::Unknown => FAULT.bold(),
        Verdict::Violated => BROKEN,
    }
}
