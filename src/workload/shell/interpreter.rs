//! Runs parsed commands: lists, pipelines, loops, conditions, functions, subshells. Time is added up, never waited
//! for; every command and every expansion spends from a budget.

use super::io::{FileChange, Sink};
use super::signals::{Background, Traps};
use super::syntax::{Command, CommandKind, Item, Join, List, LoopGoesOnAt, Pipeline, Timing, Word};
use super::{Dialect, parser, pattern};
use crate::sim::{Random, gather};
use crate::workload::{Question, Reply, RunContext};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Commands and expansions that one run may do.
pub(super) const MAX_STEPS: u32 = 10_000;
/// Bytes of text that cost one step.
const BYTES_PER_STEP: usize = 256;
/// How deep commands may stand in each other while they run, functions and substitutions included.
const MAX_DEPTH: u32 = 60;
/// A script that gets this far is taken to run for ever, in milliseconds (a week).
const FOREVER_MS: u64 = 7 * 86_400_000;

/// Why commands do not simply go on.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    Exit(i32),
    Return(i32),
    Break(u32),
    Continue(u32),
    Forever,
    /// More was asked than is followed.
    CutOff,
    /// Something that cannot be known here.
    Unknown,
    /// It waits for the answer to its question.
    Asks,
}

/// The exit status of a command, 0 to 255.
pub(super) type Flow = Result<i32, Stop>;

/// What a shell does when a command fails outside of a condition.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum OnError {
    #[default]
    GoesOn,
    Exits,
}

/// What a subshell gets as a copy.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub variables: BTreeMap<String, String>,
    functions: Vec<(String, Rc<Command>)>,
    pub arguments: Vec<String>,
    pub background: Vec<Background>,
    on_error: OnError,
    pub traps: Traps,
}

impl Scope {
    pub fn function(&self, name: &str) -> Option<Rc<Command>> {
        self.functions.iter().find(|(known, _)| known == name).map(|(_, body)| Rc::clone(body))
    }

    fn forget_function(&mut self, name: &str) {
        self.functions.retain(|(known, _)| known != name);
    }
}

/// A running shell.
pub(super) struct Shell<'r> {
    run: &'r RunContext<'r>,
    dialect: Dialect,
    random: Random,
    pub(super) scope: Scope,
    status: i32,
    /// Of the last `$( )` in the words of the current command.
    pub(super) substitution_status: Option<i32>,
    pub(super) now_ms: u64,
    pub(super) steps_left: u32,
    depth: u32,
    /// In how many subshells the current command is.
    pub(super) subshells: u32,
    /// How many conditions are being tested around the current command; failures in there do not end the shell.
    testing: u32,
    pub(super) sink: Sink,
    /// What was written while the sink is a text.
    pub(super) output: String,
    /// What a pipe brings.
    pub(super) input: Option<String>,
    /// What was written and when; `None`: nobody wants to know.
    pub(super) log: Option<Vec<(u64, String)>>,
    pub(super) files: Vec<FileChange>,
    /// When SIGTERM comes, until the shell has noticed it.
    pub(super) term_at_ms: Option<u64>,
    next_pid: u32,
    /// How many answers the script has come across.
    answers_taken: usize,
    pub(super) question: Option<Question>,
}

impl<'r> Shell<'r> {
    pub fn new(dialect: Dialect, run: &'r RunContext<'r>) -> Self {
        let mut variables: BTreeMap<String, String> = gather(run.env.iter().cloned());
        variables.insert("HOSTNAME".to_owned(), run.hostname.to_owned());
        if let Some(index) = run.completion_index {
            variables.insert("JOB_COMPLETION_INDEX".to_owned(), index.to_string());
        }
        Self {
            run,
            dialect,
            random: run.random.clone(),
            scope: Scope { variables, ..Scope::default() },
            status: 0,
            substitution_status: None,
            now_ms: 0,
            steps_left: MAX_STEPS,
            depth: 0,
            subshells: 0,
            testing: 0,
            sink: Sink::Log,
            output: String::new(),
            input: None,
            log: None,
            files: Vec::new(),
            term_at_ms: None,
            next_pid: 7,
            answers_taken: 0,
            question: None,
        }
    }

    pub fn run(&self) -> &RunContext<'r> {
        self.run
    }

    /// The answer to a question that was asked before, or else asks it.
    pub fn ask_or_recall(&mut self, question: impl FnOnce(u64) -> Question) -> Result<Reply, Stop> {
        let Some(answer) = self.run.answers.get(self.answers_taken) else {
            self.question = Some(question(self.now_ms));
            return Err(Stop::Asks);
        };
        self.answers_taken += 1;
        self.now_ms = self.now_ms.max(answer.at_ms);
        Ok(answer.reply)
    }

    pub fn now_ms(&self) -> u64 {
        self.now_ms
    }

    pub fn status(&self) -> i32 {
        self.status
    }

    pub(super) fn set_status(&mut self, status: i32) {
        self.status = status;
    }

    pub fn arguments(&self) -> &[String] {
        &self.scope.arguments
    }

    pub fn argument(&self, number: usize) -> Option<String> {
        self.scope.arguments.get(number.checked_sub(1)?).cloned()
    }

    /// Drops the first `count` arguments.
    pub fn shift(&mut self, count: usize) {
        self.scope.arguments.drain(..count.min(self.scope.arguments.len()));
    }

    pub fn last_background_pid(&self) -> Option<String> {
        self.scope.background.last().map(|background| background.pid.to_string())
    }

    /// `$RANDOM` gives another number each time it is read.
    pub fn variable(&mut self, name: &str) -> Option<String> {
        match name {
            "RANDOM" => Some(self.random.in_range(0, 32_767).to_string()),
            "SECONDS" => Some((self.now_ms / 1_000).to_string()),
            name => self.scope.variables.get(name).cloned(),
        }
    }

    pub fn set_variable(&mut self, name: &str, value: String) -> Result<(), Stop> {
        self.spend_for(&value)?;
        self.scope.variables.insert(name.to_owned(), value);
        Ok(())
    }

    pub fn unset(&mut self, name: &str) {
        self.scope.variables.remove(name);
        self.scope.forget_function(name);
    }

    /// What `set -e` and `set +e` change.
    pub fn set_on_error(&mut self, on_error: OnError) {
        self.scope.on_error = on_error;
    }

    pub fn spend_step(&mut self) -> Result<(), Stop> {
        self.spend(1)
    }

    pub fn spend_for(&mut self, text: &str) -> Result<(), Stop> {
        self.spend(text.len() / BYTES_PER_STEP)
    }

    pub fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Stop::CutOff)?;
        Ok(())
    }

    pub fn pass_time(&mut self, duration_ms: u64) -> Result<(), Stop> {
        self.now_ms = self.now_ms.saturating_add(duration_ms);
        if self.now_ms > FOREVER_MS { Err(Stop::Forever) } else { Ok(()) }
    }

    /// Runs another script in a subshell, as `sh -c` does.
    pub fn run_script(&mut self, dialect: Dialect, script: &str) -> Flow {
        let program = parser::parse(dialect, script).ok_or(Stop::Unknown)?;
        self.in_subshell(|shell| shell.list(&program))
    }

    /// Runs more text in this very shell.
    pub fn eval(&mut self, script: &str) -> Flow {
        let program = parser::parse(self.dialect, script).ok_or(Stop::Unknown)?;
        self.nested(|shell| shell.list(&program))
    }

    pub(super) fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth == MAX_DEPTH {
            return Err(Stop::CutOff);
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    pub(super) fn in_subshell(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.spend_step()?;
        let outer = self.scope.clone();
        self.scope.background.clear();
        self.scope.traps = Traps::default();
        self.subshells += 1;
        let flow = self.nested(body);
        self.subshells -= 1;
        self.scope = outer;
        match flow {
            Err(Stop::Exit(code) | Stop::Return(code)) => Ok(code),
            Err(Stop::Break(_) | Stop::Continue(_)) => Ok(0),
            flow => flow,
        }
    }

    fn tested(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.testing += 1;
        let flow = body(self);
        self.testing -= 1;
        flow
    }

    pub(super) fn list(&mut self, list: &[Item]) -> Flow {
        let mut code = 0;
        for item in list {
            code = match item.timing {
                Timing::Sequence => self.and_or(&item.pipelines)?,
                Timing::Background => self.in_background(&item.pipelines)?,
            };
            self.notice_signal()?;
        }
        Ok(code)
    }

    fn in_background(&mut self, pipelines: &[(Join, Pipeline)]) -> Flow {
        let start_ms = self.now_ms;
        let (end_ms, code) = match self.in_subshell(|shell| shell.and_or(pipelines)) {
            Ok(code) => (Some(self.now_ms), code),
            Err(Stop::Forever) => (None, 0),
            Err(stop) => return Err(stop),
        };
        self.now_ms = start_ms;
        self.scope.background.push(Background { pid: self.next_pid, end_ms, code });
        self.next_pid += 1;
        Ok(0)
    }

    fn and_or(&mut self, pipelines: &[(Join, Pipeline)]) -> Flow {
        let mut code = 0;
        for (place, (join, pipeline)) in pipelines.iter().enumerate() {
            let wanted = match join {
                Join::Always => true,
                Join::AfterSuccess => code == 0,
                Join::AfterFailure => code != 0,
            };
            if wanted {
                code = if place + 1 == pipelines.len() {
                    self.pipeline(pipeline)?
                } else {
                    self.tested(|shell| shell.pipeline(pipeline))?
                };
            }
        }
        Ok(code)
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Flow {
        if pipeline.negated {
            self.status = i32::from(self.tested(|shell| shell.commands(&pipeline.commands))? == 0);
            return Ok(self.status);
        }
        let code = self.commands(&pipeline.commands)?;
        self.status = code;
        if code != 0 && self.scope.on_error == OnError::Exits && self.testing == 0 {
            return Err(Stop::Exit(code));
        }
        Ok(code)
    }

    fn commands(&mut self, commands: &[Command]) -> Flow {
        match commands {
            [command] => self.command(command),
            commands => self.side_by_side(commands),
        }
    }

    /// Commands joined by pipes run at the same time; each reads what the one before writes, and what the last one says
    /// counts.
    fn side_by_side(&mut self, commands: &[Command]) -> Flow {
        let (start_ms, input) = (self.now_ms, self.input.take());
        let (mut end_ms, mut code) = (start_ms, 0);
        for (place, command) in commands.iter().enumerate() {
            self.now_ms = start_ms;
            if place + 1 == commands.len() {
                code = self.in_subshell(|shell| shell.command(command))?;
            } else {
                let (flow, written) = self.written_by(|shell| shell.in_subshell(|shell| shell.command(command)));
                flow?;
                self.input = Some(written);
            }
            end_ms = end_ms.max(self.now_ms);
        }
        (self.now_ms, self.input) = (end_ms, input);
        Ok(code)
    }

    pub(super) fn command(&mut self, command: &Command) -> Flow {
        self.spend_step()?;
        self.redirected(&command.output, |shell| match &command.kind {
            CommandKind::Simple { assignments, words } => shell.simple(assignments, words),
            compound => shell.nested(|shell| shell.compound(compound)),
        })
    }

    fn compound(&mut self, kind: &CommandKind) -> Flow {
        match kind {
            CommandKind::Simple { assignments, words } => self.simple(assignments, words),
            CommandKind::Function(name, body) => {
                self.scope.forget_function(name);
                self.scope.functions.push((name.clone(), Rc::clone(body)));
                Ok(0)
            }
            CommandKind::Test(words) => self.extended_test(words),
            CommandKind::Arithmetic(expression) => Ok(i32::from(self.arithmetic(expression)? == 0)),
            CommandKind::Group(list) => self.list(list),
            CommandKind::Subshell(list) => self.in_subshell(|shell| shell.list(list)),
            CommandKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    if self.tested(|shell| shell.list(condition))? == 0 {
                        return self.list(body);
                    }
                }
                self.list(otherwise)
            }
            CommandKind::For { variable, values, body } => self.for_clause(variable, values.as_deref(), body),
            CommandKind::ArithmeticFor { start, condition, step, body } => {
                self.arithmetic(start)?;
                let mut code = 0;
                while self.arithmetic(condition)? != 0 && self.loop_body(body, &mut code)? == AfterBody::GoOn {
                    self.arithmetic(step)?;
                }
                Ok(code)
            }
            CommandKind::Loop { goes_on, condition, body } => self.loop_clause(*goes_on, condition, body),
            CommandKind::Case { value, arms } => self.case_clause(value, arms),
        }
    }

    fn for_clause(&mut self, variable: &str, values: Option<&[Word]>, body: &List) -> Flow {
        let values = match values {
            Some(words) => self.expand_words(words)?,
            None => self.scope.arguments.clone(),
        };
        let mut code = 0;
        for value in values {
            self.set_variable(variable, value)?;
            if self.loop_body(body, &mut code)? == AfterBody::Leave {
                break;
            }
        }
        Ok(code)
    }

    fn loop_clause(&mut self, goes_on: LoopGoesOnAt, condition: &List, body: &List) -> Flow {
        let mut code = 0;
        loop {
            let success = self.tested(|shell| shell.list(condition))? == 0;
            if success != (goes_on == LoopGoesOnAt::Success) || self.loop_body(body, &mut code)? == AfterBody::Leave {
                return Ok(code);
            }
        }
    }

    fn loop_body(&mut self, body: &List, code: &mut i32) -> Result<AfterBody, Stop> {
        self.spend_step()?;
        match self.list(body) {
            Ok(status) => {
                *code = status;
                Ok(AfterBody::GoOn)
            }
            Err(Stop::Continue(1)) => Ok(AfterBody::GoOn),
            Err(Stop::Break(1)) => Ok(AfterBody::Leave),
            Err(Stop::Continue(levels)) => Err(Stop::Continue(levels - 1)),
            Err(Stop::Break(levels)) => Err(Stop::Break(levels - 1)),
            Err(stop) => Err(stop),
        }
    }

    fn case_clause(&mut self, value: &Word, arms: &[(Vec<Word>, List)]) -> Flow {
        let value = self.expand_to_text(value)?;
        for (patterns, body) in arms {
            for word in patterns {
                self.spend_step()?;
                let found = self.expand_to_text(word)?;
                if pattern::matches(&found, &value) {
                    return self.list(body);
                }
            }
        }
        Ok(0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AfterBody {
    GoOn,
    Leave,
}
