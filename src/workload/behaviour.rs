//! Which program a container runs, told from its image, command and arguments. Recognised once for each template;
//! every run of the container is then planned from it.

use super::direct::Direct;
use super::kuard::Kuard;
use super::plan::{PlanBasis, RunContext, RunDuration, RunPlan, TermReaction, model_plan};
use super::shell::{Outcome, Script};
use super::{Exit, direct, kuard, shell};
use crate::api::Container;

/// The program of a container.
#[derive(Clone, Debug)]
pub(super) enum Behaviour {
    Script(Script),
    Kuard(Kuard),
    Direct(Direct),
    /// Nothing that we can tell: the failure model decides.
    Model,
}

impl Behaviour {
    pub fn of(container: &Container) -> Self {
        let words: Vec<&str> = container.command.iter().chain(&container.args).map(|word| &**word).collect();
        if let Some((dialect, script)) = shell::script_of(&words) {
            Script::parse(dialect, script).map_or(Self::Model, Self::Script)
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
            Self::Script(script) => script_plan(script, run),
            Self::Kuard(kuard) => kuard.plan(run),
            Self::Direct(direct) => direct.plan(run),
            Self::Model => model_plan(run),
        }
    }
}

fn script_plan(script: &Script, run: &RunContext) -> RunPlan {
    let (duration, code, basis) = match script.run(run) {
        Outcome::Ended { after_ms, code } => (RunDuration::Ms(after_ms), code, PlanBasis::Script),
        Outcome::Forever => (RunDuration::Forever, 0, PlanBasis::Script),
        Outcome::CutOff => (RunDuration::Forever, 0, PlanBasis::ScriptCutOff),
        Outcome::Unknown => return model_plan(run),
    };
    RunPlan { duration, exit: Exit::with_code(code), on_term: TermReaction::Ignores, basis }
}
