//! A remark about a place in a text that a person wrote.
//! Knows lines and columns, not what the text means.

use std::fmt;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The text cannot be used.
    Error,
    /// It can be used, but probably not as meant.
    Warning,
    /// A word about something that was passed over.
    Info,
}

/// A place in a text: line and column count from 1, columns in characters. Line 0 stands for the text as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// No place in particular.
    pub const WHOLE_TEXT: Self = Self { line: 0, column: 0 };
}

/// A remark at a place. Displays as `Line 18: …`, and one about the text as a whole without a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    pub start: Position,
    /// The first place behind what is meant, when that is known.
    pub end: Option<Position>,
    /// The field, as Kubernetes writes it: `spec.template.spec.containers[0].name`.
    pub field_path: Option<String>,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.start == Position::WHOLE_TEXT {
            return f.write_str(&self.message);
        }
        write!(f, "Line {}: {}", self.start.line, self.message)
    }
}
