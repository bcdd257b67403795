//! What a parsed script consists of: lists, commands, words and their pieces. Only data; it knows neither how
//! scripts are written nor what they do.

use std::rc::Rc;

/// Commands one after another.
pub(super) type List = Vec<Item>;

/// A word: what its pieces expand to stands side by side.
pub(super) type Word = Vec<Piece>;

/// Pipelines joined by `&&` and `||`, and whether the shell waits for them.
pub(super) struct Item {
    pub pipelines: Vec<(Join, Pipeline)>,
    pub timing: Timing,
}

/// Whether the shell waits for a command (`;`) or not (`&`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    Sequence,
    Background,
}

/// When a pipeline runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    Always,
    AfterSuccess,
    AfterFailure,
}

pub(super) struct Pipeline {
    pub negated: bool,
    pub commands: Vec<Command>,
}

pub(super) struct Command {
    pub kind: CommandKind,
    pub output: Output,
}

/// Where a command's output goes.
pub(super) enum Output {
    /// Where that of the shell goes.
    Shell,
    /// `>&2`
    Errors,
    File {
        path: Word,
        mode: FileMode,
    },
}

/// What becomes of what a file held before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileMode {
    /// `>`
    Replaces,
    /// `>>`
    Appends,
}

pub(super) enum CommandKind {
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
    },
    Function(String, Rc<Command>),
    /// `[[ … ]]`: its words, with `&&`, `||` and brackets as words.
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic(Word),
    Group(List),
    Subshell(List),
    If {
        /// Conditions, each with what it leads to.
        branches: Vec<(List, List)>,
        otherwise: List,
    },
    For {
        variable: String,
        /// The shell's arguments when missing.
        values: Option<Vec<Word>>,
        body: List,
    },
    /// `for ((start; condition; step))`
    ArithmeticFor {
        start: Word,
        condition: Word,
        step: Word,
        body: List,
    },
    Loop {
        goes_on: LoopGoesOnAt,
        condition: List,
        body: List,
    },
    Case {
        value: Word,
        /// Patterns, each group with what it leads to.
        arms: Vec<(Vec<Word>, List)>,
    },
}

/// When a loop goes on: `while` or `until`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LoopGoesOnAt {
    Success,
    Failure,
}

/// `name=value` or `name+=value`
pub(super) struct Assignment {
    pub name: String,
    pub appends: bool,
    pub value: Word,
}

pub(super) enum Piece {
    /// Text that stays as it is.
    Text(String),
    /// What stands between double quotes.
    Quoted(Word),
    /// `$name` and `${name}` with what follows the name.
    Parameter {
        name: String,
        operator: Operator,
        /// `:` before the operator: an empty value is as good as none.
        colon: bool,
        operand: Word,
    },
    /// `$( … )` and the like.
    Substitution(List),
    /// `$(( … ))`
    Arithmetic(Word),
    /// What stands between the brackets of `{a,b}` or `{1..3}`.
    Braces(String),
}

/// What `${name…}` does with the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Value,
    /// `${#name}`
    Length,
    /// `-`
    Default,
    /// `=`
    Assign,
    /// `+`
    Alternative,
    /// `?`
    Fail,
    /// Any other.
    Unknown,
}
