//! How arrows look.

use super::picture::Stroke;
use crate::paint::{HANDLED, LOST, SENT};

/// A message is handled.
pub(super) const HANDLED_ARROW: Stroke =
    Stroke { line: '─', crossing: Some('┼'), heads: ('▶', '◀'), style: HANDLED };
/// A message leaves.
pub(super) const SENT_ARROW: Stroke =
    Stroke { line: '┄', crossing: None, heads: ('▷', '◁'), style: SENT };
/// A message is lost.
pub(super) const LOST_ARROW: Stroke =
    Stroke { line: '┄', crossing: None, heads: ('✗', '✗'), style: LOST };
