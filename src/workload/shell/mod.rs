//! Shell scripts on virtual time: `sh -c "sleep 5; exit 1"` is parsed and interpreted at once, adding up how long it
//! takes. It knows no network and no files but those that the script makes: a script that needs others, or a command that
//! is not known here, is left to the failure model. The work for one run is bounded.

mod arithmetic;
mod builtins;
mod condition;
mod expand;
mod interpreter;
mod io;
mod parser;
mod pattern;
mod signals;
mod simple;
mod syntax;
mod words;

pub(super) use builtins::{date_text, sleep_ms};
pub(super) use io::{FileChange, last_change};

use super::plan::RunContext;
use interpreter::{Flow, Shell, Stop};
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
    /// Whether it has a word for signals.
    pub traps: bool,
    /// Whether it may write files.
    pub writes_files: bool,
    program: Rc<List>,
}

/// The commands are not written out: that would cost the page more than it is worth.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Script")
    }
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
        let program = Rc::new(parser::parse(dialect, text)?);
        Some(Self {
            dialect,
            traps: text.contains("trap"),
            writes_files: text.contains('>') || text.contains("tee"),
            program,
        })
    }

    /// Runs the script from its beginning; SIGTERM comes after `term_at_ms`.
    pub fn run(&self, run: &RunContext, term_at_ms: Option<u64>) -> Outcome {
        let mut shell = Shell::new(self.dialect, run);
        shell.term_at_ms = term_at_ms;
        self.finish(&mut shell)
    }

    /// The same, with all that it writes.
    pub fn record(&self, run: &RunContext, term_at_ms: Option<u64>) -> Record {
        let mut shell = Shell::new(self.dialect, run);
        shell.term_at_ms = term_at_ms;
        shell.log = Some(Vec::new());
        let outcome = self.finish(&mut shell);
        Record::of(shell, outcome)
    }

    fn finish(&self, shell: &mut Shell) -> Outcome {
        let flow = shell.list(&self.program);
        outcome(shell.ended(flow), shell.now_ms())
    }
}

/// A script's run with all that it wrote.
#[derive(Clone, Default)]
pub(super) struct Record {
    pub outcome: Option<Outcome>,
    /// How far it was followed, in milliseconds.
    pub followed_ms: u64,
    /// What it wrote to its log and when; a piece is not a line.
    pub log: Vec<(u64, String)>,
    pub files: Vec<FileChange>,
}

impl Record {
    fn of(shell: Shell, outcome: Outcome) -> Self {
        Self {
            outcome: Some(outcome),
            followed_ms: shell.now_ms(),
            log: shell.log.unwrap_or_default(),
            files: shell.files,
        }
    }
}

/// Runs another command beside a container's own, as a probe does, `at_ms` after the start of the container that has
/// made those files.
pub(super) fn run_beside(words: &[&str], run: &RunContext, files: &[FileChange], at_ms: u64) -> Record {
    let mut shell = Shell::new(Dialect::Posix, run);
    shell.files = files.to_vec();
    shell.now_ms = at_ms;
    shell.log = Some(Vec::new());
    let flow = match words.split_first() {
        Some((name, arguments)) => {
            let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
            shell.builtin(name, &arguments)
        }
        None => Ok(0),
    };
    let outcome = outcome(shell.ended(flow), shell.now_ms().saturating_sub(at_ms));
    Record::of(shell, outcome)
}

fn outcome(flow: Flow, after_ms: u64) -> Outcome {
    match flow {
        Ok(code) | Err(Stop::Exit(code) | Stop::Return(code)) => Outcome::Ended { after_ms, code },
        Err(Stop::Break(_) | Stop::Continue(_)) => Outcome::Ended { after_ms, code: 0 },
        Err(Stop::Forever) => Outcome::Forever,
        Err(Stop::CutOff) => Outcome::CutOff,
        Err(Stop::Unknown) => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests;
