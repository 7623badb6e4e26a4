//! [`Diagnostic`]: an error or a warning about a scenario, with the place in the file.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as Tone, Renderer, Snippet};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The scenario cannot run.
    Error,
    /// It can run, but probably does not do what its author intends.
    Warning,
}

/// An error or a warning about a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where: a range of bytes of the text. `None` when it is about the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong right there, in a few words; may be empty.
    pub label: String,
    /// Other places that belong to it, each in a few words.
    pub context: Vec<(Range<usize>, String)>,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error about a place.
    pub fn error(span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Level::Error, Some(span), message)
    }

    /// A warning about a place.
    pub fn warning(span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, Some(span), message)
    }

    /// An error about the file as a whole.
    pub fn about_the_file(message: impl Into<String>) -> Self {
        Self::new(Level::Error, None, message)
    }

    fn new(level: Level, span: Option<Range<usize>>, message: impl Into<String>) -> Self {
        Self {
            level,
            message: message.into(),
            span,
            label: String::new(),
            context: Vec::new(),
            help: None,
        }
    }

    /// With a few words under the marked text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With another place that belongs to it.
    #[must_use]
    pub fn context(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.context.push((span, label.into()));
        self
    }

    /// With what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The diagnostic as text: message, file, line, the text underlined, and what would
    /// be right. `name` is the file's name and `text` its content. With `color`, ANSI
    /// colours.
    #[must_use]
    pub fn render(&self, name: &str, text: &str, color: bool) -> String {
        let tone = match self.level {
            Level::Error => Tone::ERROR,
            Level::Warning => Tone::WARNING,
        };
        let mut group = Group::with_title(tone.primary_title(self.message.as_str()));
        if let Some(span) = &self.span {
            let mut snippet = Snippet::source(text).path(name).annotation(
                AnnotationKind::Primary.span(within(text, span)).label(self.label.as_str()),
            );
            for (span, label) in &self.context {
                let place = AnnotationKind::Context.span(within(text, span));
                snippet = snippet.annotation(place.label(label.as_str()));
            }
            group = group.element(snippet);
        }
        if let Some(help) = &self.help {
            group = group.element(Tone::HELP.message(help.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// The span, cut to the text and to whole characters.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}
