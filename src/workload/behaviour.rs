//! Which program a container runs, told from its image, command and arguments. Recognised once for each template;
//! every run of the container is then planned from it.

use super::direct::Direct;
use super::kuard::Kuard;
use super::plan::{PlanBasis, RunContext, RunDuration, RunPlan, TermReaction, model_plan};
use super::shell::{Outcome, Script};
use super::{Exit, direct, kuard, shell};
use crate::api::Container;
use std::rc::Rc;

/// The program of a container.
#[derive(Clone, Debug)]
pub(super) enum Behaviour {
    Script(Script),
    Kuard(Kuard),
    Direct(Direct),
    /// A program that every shell has built in, such as `echo`.
    Builtin(Rc<[Rc<str>]>),
    /// Nothing that we can tell: the failure model decides.
    Model,
}

impl Behaviour {
    pub fn of(container: &Container) -> Self {
        let all = || container.command.iter().chain(&container.args);
        let words: Vec<&str> = all().map(|word| &**word).collect();
        if let Some((dialect, script)) = shell::script_of(&words) {
            Script::parse(dialect, script).map_or(Self::Model, Self::Script)
        } else if words.first().is_some_and(|name| direct::is_builtin(name)) {
            Self::Builtin(all().cloned().collect())
        } else if let Some(direct) = direct::recognise(&words) {
            Self::Direct(direct)
        } else if let Some(kuard) = kuard::recognise(container) {
            Self::Kuard(kuard)
        } else {
            Self::Model
        }
    }

    pub fn plan(&self, run: &RunContext) -> RunPlan {
        match self {
            Self::Script(script) => script_plan(script, run, None),
            Self::Kuard(kuard) => kuard.plan(run),
            Self::Direct(direct) => direct.plan(run),
            Self::Builtin(_) => direct::builtin_plan(),
            Self::Model => model_plan(run),
        }
    }

    /// Whether a run may leave files, its last message among them.
    pub fn writes_files(&self) -> bool {
        matches!(self, Self::Script(script) if script.writes_files)
    }

    /// The plan of a run that is told to stop `term_at_ms` after its start.
    pub fn plan_with_term(&self, run: &RunContext, term_at_ms: u64) -> RunPlan {
        match self {
            Self::Script(script) => script_plan(script, run, Some(term_at_ms)),
            Self::Kuard(_) | Self::Direct(_) | Self::Builtin(_) | Self::Model => self.plan(run),
        }
    }
}

fn script_plan(script: &Script, run: &RunContext, term_at_ms: Option<u64>) -> RunPlan {
    let (duration, code, basis) = match script.run(run, term_at_ms) {
        Outcome::Ended { after_ms, code } => (RunDuration::Ms(after_ms), code, PlanBasis::Script),
        Outcome::Forever => (RunDuration::Forever, 0, PlanBasis::Script),
        Outcome::CutOff => (RunDuration::Forever, 0, PlanBasis::ScriptCutOff),
        Outcome::Unknown => return model_plan(run),
    };
    let on_term = if script.traps { TermReaction::Traps } else { TermReaction::Ignores };
    RunPlan { duration, exit: Exit::with_code(code), on_term, basis, stuck_after_ms: None }
}
