//! Shell scripts on virtual time: `sh -c "sleep 5; exit 1"` is parsed by a library and interpreted at once, adding
//! up how long it takes. It knows no files and no network: a script that needs them, or a command that is not
//! known here, is left to the failure model. The work for one run is bounded.

mod arithmetic;
mod builtins;
mod expand;
mod interpreter;
mod pattern;
mod simple;

pub(super) use builtins::sleep_ms;

use super::plan::RunContext;
use brush_parser::ast::Program;
use brush_parser::{Parser, ParserOptions};
use interpreter::{Shell, Stop};
use std::rc::Rc;

/// Longer scripts are left to the failure model, in bytes.
const MAX_SCRIPT_BYTES: usize = 16_384;
/// Deeper nested scripts are left to the failure model.
const MAX_NESTING: usize = 12;

/// Which shell runs a script: bash writes `{1..3}` out, the others do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Posix,
    Bash,
}

/// The script that these words run, and its shell, if they run a shell with a script.
pub(super) fn script_of<'a>(words: &[&'a str]) -> Option<(Dialect, &'a str)> {
    let (program, mut rest) = words.split_first()?;
    let mut program = program.rsplit('/').next()?;
    if program == "busybox" {
        (program, rest) = rest.split_first().map(|(name, rest)| (*name, rest))?;
    }
    let dialect = match program {
        "sh" | "ash" | "dash" => Dialect::Posix,
        "bash" => Dialect::Bash,
        _ => return None,
    };
    let place = rest.iter().position(|word| is_command_option(word))?;
    let script = rest.get(place + 1)?;
    rest[..place].iter().all(|word| word.starts_with('-')).then_some((dialect, *script))
}

/// `-c`, alone or with other one-letter options as in `-ec`.
fn is_command_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|letters| letters.ends_with('c') && letters.chars().all(char::is_alphabetic))
}

/// A parsed script.
#[derive(Clone, Debug)]
pub(super) struct Script {
    dialect: Dialect,
    program: Rc<Program>,
}

/// What becomes of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ended {
        after_ms: u64,
        code: i32,
    },
    Forever,
    /// It did more than is followed.
    CutOff,
    /// It does something that cannot be known here.
    Unknown,
}

impl Script {
    /// Parses a script; `None` when it is no shell script, or too long or too deep to be followed.
    pub fn parse(dialect: Dialect, text: &str) -> Option<Self> {
        parse_program(text).map(|program| Self { dialect, program })
    }

    /// Runs the script from its beginning.
    pub fn run(&self, run: &RunContext) -> Outcome {
        let mut shell = Shell::new(self.dialect, run);
        match shell.run_program(&self.program) {
            Ok(code) | Err(Stop::Exit(code) | Stop::Return(code)) => Outcome::Ended { after_ms: shell.now_ms(), code },
            Err(Stop::Break(_) | Stop::Continue(_)) => Outcome::Ended { after_ms: shell.now_ms(), code: 0 },
            Err(Stop::Forever) => Outcome::Forever,
            Err(Stop::CutOff) => Outcome::CutOff,
            Err(Stop::Unknown) => Outcome::Unknown,
        }
    }
}

/// How the library is to read scripts and words. A tilde stays as it is: there is no home directory here.
fn parser_options() -> ParserOptions {
    ParserOptions { tilde_expansion_at_word_start: false, ..ParserOptions::default() }
}

fn parse_program(text: &str) -> Option<Rc<Program>> {
    if text.len() > MAX_SCRIPT_BYTES || nesting(text) > MAX_NESTING || is_too_much_for_parser(text) {
        return None;
    }
    let mut parser = Parser::new(std::io::Cursor::new(text), &parser_options());
    parser.parse_program().ok().map(Rc::new)
}

/// Whether the text has what the library does not take well: here-documents that may be open, and numbers beyond its
/// integers (file descriptors before a redirection, ends of a sequence).
fn is_too_much_for_parser(text: &str) -> bool {
    let text = text.replace("\\\n", "");
    let digits_at_end = |part: &str| part.len() - part.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let huge_number = text.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits.len() > 18);
    let huge_descriptor = text.split(['<', '>']).rev().skip(1).any(|before| digits_at_end(before) > 9);
    text.contains("<<") || huge_number || huge_descriptor
}

/// How deep brackets and compound commands nest at most; quotes are not looked at, so it may be too much.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let mut step = |word: &str| {
        match word {
            "(" | "{" | "[" | "if" | "while" | "until" | "for" | "case" | "!" => depth += 1,
            ")" | "}" | "]" | "fi" | "done" | "esac" | ";" => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    };
    let mut word_start = 0;
    for (place, letter) in text.char_indices().filter(|(_, letter)| !letter.is_alphanumeric() && *letter != '_') {
        step(&text[word_start..place]);
        word_start = place + letter.len_utf8();
        step(&text[place..word_start]);
    }
    step(&text[word_start..]);
    deepest
}

#[cfg(test)]
mod tests;
