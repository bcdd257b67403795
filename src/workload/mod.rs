//! What containers do once they run: the failure model of a Job's pods, and small programs for the commands that
//! people really write. It knows no cluster: it is asked what a run of a container will do, and answers.

mod behaviour;
mod direct;
mod env;
mod health;
mod kuard;
mod plan;
mod settings;
mod shell;
mod transcript;
mod workloads;

pub use health::{Health, Verdict};
pub use plan::{Exit, PlanBasis, RunContext, RunDuration, RunPlan, TermReaction, plan_run};
pub use settings::{ExitCode, MAX_DURATION_MS, PodSettings};
pub use transcript::{LogLine, LogView};
pub use workloads::{PodTicket, Run, Workloads};
