//! Shell scripts on virtual time: `sh -c "sleep 5; exit 1"` is parsed and interpreted at once, adding up how long it
//! takes. It knows no files and no network: a script that needs them, or a command that is not
//! known here, is left to the failure model. The work for one run is bounded.

mod amqp;
mod arithmetic;
mod builtins;
mod condition;
mod expand;
mod interpreter;
mod parser;
mod pattern;
mod simple;
mod syntax;
mod words;

pub(super) use builtins::sleep_ms;

use super::call::Question;
use super::plan::RunContext;
use interpreter::{Shell, Stop};
use std::fmt;
use std::rc::Rc;
use syntax::List;

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
    word.strip_prefix('-')
        .is_some_and(|letters| letters.ends_with('c') && letters.bytes().all(|letter| letter.is_ascii_alphabetic()))
}

/// A parsed script.
#[derive(Clone)]
pub(super) struct Script {
    dialect: Dialect,
    program: Rc<List>,
}

/// The commands are not written out: that would cost the page more than it is worth.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Script")
    }
}

/// What becomes of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    Asks(Question),
}

impl Script {
    /// Parses a script; `None` when it is no shell script, or too long or too deep to be followed.
    pub fn parse(dialect: Dialect, text: &str) -> Option<Self> {
        parser::parse(dialect, text).map(|program| Self { dialect, program: Rc::new(program) })
    }

    /// The script that is one command of these words.
    pub fn of_words(words: &[&str]) -> Option<Self> {
        let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        Self::parse(Dialect::Posix, &quoted.join(" "))
    }

    /// Runs the script from its beginning.
    pub fn run(&self, run: &RunContext) -> Outcome {
        let mut shell = Shell::new(self.dialect, run);
        match shell.list(&self.program) {
            Ok(code) | Err(Stop::Exit(code) | Stop::Return(code)) => Outcome::Ended { after_ms: shell.now_ms(), code },
            Err(Stop::Break(_) | Stop::Continue(_)) => Outcome::Ended { after_ms: shell.now_ms(), code: 0 },
            Err(Stop::Forever) => Outcome::Forever,
            Err(Stop::CutOff) => Outcome::CutOff,
            Err(Stop::Unknown) => Outcome::Unknown,
            Err(Stop::Asks) => shell.question.map_or(Outcome::Unknown, Outcome::Asks),
        }
    }
}

#[cfg(test)]
mod tests;
