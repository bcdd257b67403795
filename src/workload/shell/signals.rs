//! Signals: what `trap` sets up, the moment at which SIGTERM is noticed, `kill`, and commands in the background with
//! `wait`. A shell that is the first process of its container ignores signals without a trap.

use super::interpreter::{Flow, MAX_STEPS, Shell, Stop};
use std::rc::Rc;

/// What `wait` says when SIGTERM ends it, and how a process ends by it.
const TERMINATED: i32 = 143;
const KILLED: i32 = 137;
/// The shell's own process, as `$$` has it.
const OWN_PID: &str = "1";

/// A command that was sent to the background.
#[derive(Clone, Copy)]
pub(super) struct Background {
    pub pid: u32,
    /// When it ends; `None`: never.
    pub end_ms: Option<u64>,
    pub code: i32,
}

/// What a shell does at signals, and at its end.
#[derive(Clone, Default)]
pub(super) struct Traps {
    term: Option<Rc<str>>,
    exit: Option<Rc<str>>,
}

impl Shell<'_> {
    /// `trap 'commands' TERM EXIT`, `trap - TERM`; other signals never come here.
    pub(super) fn trap(&mut self, arguments: &[&str]) -> Flow {
        let arguments = arguments.strip_prefix(&["--"]).unwrap_or(arguments);
        let Some((commands, signals)) = arguments.split_first() else { return Ok(0) };
        let handler: Option<Rc<str>> = (*commands != "-").then(|| (*commands).into());
        for signal in signals {
            match signal.strip_prefix("SIG").unwrap_or(signal) {
                "TERM" | "15" => self.scope.traps.term = handler.clone(),
                "EXIT" | "0" => self.scope.traps.exit = handler.clone(),
                _ => {}
            }
        }
        Ok(0)
    }

    /// Between two commands: SIGTERM may have come.
    pub(super) fn notice_signal(&mut self) -> Result<(), Stop> {
        if self.subshells > 0 || self.term_at_ms.is_none_or(|at_ms| at_ms > self.now_ms) {
            return Ok(());
        }
        self.term_at_ms = None;
        if let Some(commands) = self.scope.traps.term.clone() {
            let status = self.status();
            self.eval(&commands)?;
            self.set_status(status);
        }
        Ok(())
    }

    /// How a whole script ends: one that did more than is followed may still be told to stop, and a trap may have the
    /// last word.
    pub(super) fn ended(&mut self, flow: Flow) -> Flow {
        let flow = match (flow, self.term_at_ms, &self.scope.traps.term) {
            (Err(Stop::CutOff), Some(at_ms), Some(commands)) if !commands.is_empty() => {
                (self.now_ms, self.steps_left, self.term_at_ms) = (self.now_ms.max(at_ms), MAX_STEPS, None);
                let commands = commands.clone();
                self.eval(&commands).and(Err(Stop::Forever))
            }
            (flow, ..) => flow,
        };
        let code = match flow {
            Ok(code) | Err(Stop::Exit(code) | Stop::Return(code)) => code,
            Err(Stop::Break(_) | Stop::Continue(_)) => 0,
            Err(stop @ (Stop::Forever | Stop::CutOff | Stop::Unknown)) => return Err(stop),
        };
        let Some(commands) = self.scope.traps.exit.take() else { return Ok(code) };
        self.set_status(code);
        match self.eval(&commands) {
            Err(Stop::Exit(code)) => Ok(code),
            Err(stop @ (Stop::Forever | Stop::CutOff | Stop::Unknown)) => Err(stop),
            Ok(_) | Err(Stop::Return(_) | Stop::Break(_) | Stop::Continue(_)) => Ok(code),
        }
    }

    /// `kill $!`, `kill -TERM $$`, `kill -0 7`.
    pub(super) fn kill(&mut self, arguments: &[&str]) -> Flow {
        let (mut signal, mut code) = ("TERM", 0);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix('-') {
                Some("s") => signal = words.next().ok_or(Stop::Unknown)?,
                Some(name) => signal = name.strip_prefix("SIG").unwrap_or(name),
                None if *word == OWN_PID => self.signal_itself(signal),
                None => code |= self.signal_background(signal, word)?,
            }
        }
        Ok(code)
    }

    fn signal_itself(&mut self, signal: &str) {
        if matches!(signal, "TERM" | "15") {
            self.term_at_ms = Some(self.now_ms);
        }
    }

    fn signal_background(&mut self, signal: &str, pid: &str) -> Flow {
        let pid: u32 = pid.parse().map_err(|_| Stop::Unknown)?;
        let now_ms = self.now_ms;
        let alive = |background: &&mut Background| {
            background.pid == pid && background.end_ms.is_none_or(|end_ms| end_ms > now_ms)
        };
        let Some(background) = self.scope.background.iter_mut().find(alive) else { return Ok(1) };
        let code = match signal {
            "0" => return Ok(0),
            "9" | "KILL" => KILLED,
            _ => TERMINATED,
        };
        (background.end_ms, background.code) = (Some(now_ms), code);
        Ok(0)
    }

    /// Waits for the background commands, or for the one with that pid; a signal with a trap ends the wait.
    pub fn wait(&mut self, pid: Option<u32>) -> Flow {
        let mut code = if pid.is_some() { 127 } else { 0 };
        let signal_at_ms = self.term_at_ms.filter(|_| self.subshells == 0 && self.scope.traps.term.is_some());
        for background in std::mem::take(&mut self.scope.background) {
            if pid.is_some_and(|pid| pid != background.pid) {
                self.scope.background.push(background);
                continue;
            }
            match (background.end_ms, signal_at_ms) {
                (end_ms, Some(at_ms)) if end_ms.is_none_or(|end_ms| end_ms > at_ms) => {
                    self.now_ms = self.now_ms.max(at_ms);
                    self.scope.background.push(background);
                    code = TERMINATED;
                }
                (None, _) => return Err(Stop::Forever),
                (Some(end_ms), _) => {
                    self.now_ms = self.now_ms.max(end_ms);
                    code = if pid.is_some() { background.code } else { code };
                }
            }
        }
        Ok(code)
    }
}
