//! What containers do once they run: the failure model of a Job's pods, and small programs for the commands that
//! people really write. It knows no cluster: it is asked what a run of a container will do, and answers.

mod behaviour;
mod call;
mod direct;
mod env;
mod health;
mod kuard;
mod plan;
mod queue;
mod settings;
mod shell;
mod transcript;
mod workloads;

pub use call::{Answer, Call, Question, Reply, WhenEmpty};
pub use health::{Health, Verdict};
pub use plan::{Exit, PlanBasis, RunContext, RunDuration, RunPlan, TermReaction, plan_run};
pub use queue::{
    CallFailure, Consumer, Failed, Item, ItemId, ItemState, Loss, MAX_ITEMS, Protocol, Queue, Queues, Taken,
};
pub use settings::{ExitCode, MAX_DURATION_MS, PodSettings};
pub use transcript::{LogLine, LogView};
pub use workloads::{PodTicket, Run, Workloads};

/// Whether what the container runs is known here; what other programs do is drawn as the settings have it.
pub fn is_known(container: &crate::api::Container) -> bool {
    !matches!(behaviour::Behaviour::of(container), behaviour::Behaviour::Model)
}
