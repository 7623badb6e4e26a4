//! [`Picture`]: one row of the lanes, drawn cell by cell.

use std::fmt;

use anstyle::Style;
use sim_node::NodeId;

use super::page::Layout;
use crate::paint::{DIM, PLAIN, Painted};

/// What an arrow between two lanes looks like.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub(super) line: char,
    /// What stands where it crosses a lane; the lane itself when `None`.
    pub(super) crossing: Option<char>,
    /// The heads that point right and left.
    pub(super) heads: (char, char),
    pub(super) style: Style,
}

/// One row of the lanes.
#[derive(Clone)]
pub(super) struct Picture {
    layout: Layout,
    cells: Vec<(char, Style)>,
}

impl Picture {
    /// The lanes at rest: each node that is up has a line.
    pub(super) fn at_rest(layout: Layout, up: impl Iterator<Item = bool>) -> Self {
        let mut picture = Self { layout, cells: vec![(' ', PLAIN); layout.picture()] };
        for (lane, up) in up.take(layout.lanes).enumerate() {
            picture.cells[lane * layout.spacing] = (if up { '│' } else { '·' }, DIM);
        }
        picture
    }

    /// A line across all lanes.
    pub(super) fn rule(&mut self, line: char, crossing: char, style: Style) {
        for (place, cell) in self.cells.iter_mut().enumerate() {
            let on_lane = place.is_multiple_of(self.layout.spacing);
            *cell = (if on_lane { crossing } else { line }, style);
        }
    }

    /// A sign on a node's lane.
    pub(super) fn mark(&mut self, node: NodeId, sign: char, style: Style) {
        if let Some(place) = self.place(node) {
            self.cells[place] = (sign, style);
        }
    }

    /// A sign on a node's lane with a word beside it, if there is room for the word.
    pub(super) fn label(&mut self, node: NodeId, sign: char, word: &str, style: Style) {
        self.mark(node, sign, style);
        let Some(place) = self.place(node) else { return };
        let length = word.chars().count();
        if length + 3 > self.layout.spacing {
            return;
        }
        let last = node.index() + 1 == self.layout.lanes;
        let from = match (last, place.checked_sub(length + 1)) {
            (false, _) => place + 2,
            (true, Some(from)) => from,
            (true, None) => return,
        };
        self.write(from, word, style);
    }

    /// An arrow from one lane to another with the first of these labels for which there is room.
    pub(super) fn arrow(&mut self, from: NodeId, to: NodeId, stroke: Stroke, labels: &[String]) {
        let (Some(start), Some(end)) = (self.place(from), self.place(to)) else { return };
        let (low, high) = (start.min(end) + 1, start.max(end));
        let rightwards = start < end;
        for place in low..high {
            if place.is_multiple_of(self.layout.spacing) {
                if let Some(crossing) = stroke.crossing {
                    self.cells[place] = (crossing, stroke.style);
                }
            } else {
                self.cells[place] = (stroke.line, stroke.style);
            }
        }
        let (head, sign) =
            if rightwards { (high - 1, stroke.heads.0) } else { (low, stroke.heads.1) };
        self.cells[head] = (sign, stroke.style);
        // The label stands beside the sender, one cell of line away from it and from the head.
        let inner = high - low - 1;
        for label in labels {
            let length = label.chars().count();
            if length + 2 <= inner {
                let at = if rightwards { low + 1 } else { high - 1 - length };
                self.write(at, label, stroke.style);
                return;
            }
        }
    }

    fn write(&mut self, from: usize, text: &str, style: Style) {
        for (cell, sign) in self.cells[from..].iter_mut().zip(text.chars()) {
            *cell = (sign, style);
        }
    }

    fn place(&self, node: NodeId) -> Option<usize> {
        (node.index() < self.layout.lanes).then(|| node.index() * self.layout.spacing)
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.cells.as_slice();
        while let Some(&(_, style)) = rest.first() {
            let same = rest.iter().take_while(|cell| cell.1 == style).count();
            let text: String = rest[..same].iter().map(|cell| cell.0).collect();
            Painted(style, text).fmt(f)?;
            rest = &rest[same..];
        }
        Ok(())
    }
}
