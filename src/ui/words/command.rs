//! What a person has done, in a few words.

use super::count;
use crate::api::GateState;
use crate::cluster::{Command, NodeAct};

/// A command in a few words, as its button has it.
pub fn command(command: &Command) -> String {
    let about = |what: &str, whom: &str| format!("{what} {whom}");
    match command {
        Command::FailPod { pod, .. } => about("Fail", pod),
        Command::SucceedPod { pod } => about("Succeed", pod),
        Command::DeletePod { pod } => about("Delete", pod),
        Command::EvictPod { pod } => about("Evict", pod),
        Command::DeleteJob { job, .. } => about("Delete", job),
        Command::Suspend { job } => about("Suspend", job),
        Command::Resume { job } => about("Resume", job),
        Command::SetParallelism { parallelism, .. } => format!("parallelism {parallelism}"),
        Command::Scale { size, .. } => format!("completions {size}"),
        Command::SuspendCronJob { cron_job } => about("Suspend", cron_job),
        Command::ResumeCronJob { cron_job } => about("Resume", cron_job),
        Command::SetSchedule { schedule, .. } => about("schedule", schedule),
        Command::RunNow { cron_job, .. } => about("Run now", cron_job),
        Command::DeleteCronJob { cron_job, .. } => about("Delete", cron_job),
        Command::StopControllers => "Stop controllers".to_owned(),
        Command::StartControllers => "Start controllers".to_owned(),
        Command::Node { node, act } => about(node_act(act), node),
        Command::RestartController => "Restart controller".to_owned(),
        Command::AddQueueItems(items) => format!("{} for {}", count(u64::from(items.count), "item"), items.queue),
        Command::SetGate { gate, state } => {
            let state = if *state == GateState::On { "on" } else { "off" };
            format!("{} {state}", gate.name())
        }
        Command::SetPods { .. } => "other settings".to_owned(),
    }
}

fn node_act(act: &NodeAct) -> &'static str {
    match act {
        NodeAct::Add { .. } => "Add",
        NodeAct::Cordon => "Cordon",
        NodeAct::Uncordon => "Uncordon",
        NodeAct::Drain => "Drain",
        NodeAct::Kill => "Kill",
        NodeAct::Restore => "Restore",
        NodeAct::Delete => "Delete",
        NodeAct::Taint(_) => "Taint",
        NodeAct::Label(_) => "Label",
    }
}
