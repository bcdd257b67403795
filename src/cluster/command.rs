//! What a person can do to a running cluster. A command is plain data, so that a scenario can hold and repeat it.

use crate::api::{Gate, GateState, Propagation};
use crate::workload::PodSettings;
use serde::{Deserialize, Serialize};

/// One act. Objects are named as people see them; the same scenario gives them the same names. A pod may also be named
/// by what its name was generated from, such as `work-`: then it is the newest of those that are there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    /// Ends the pod's running containers with `exit_code`.
    FailPod {
        pod: String,
        exit_code: i32,
    },
    /// Ends the pod's running containers with exit code 0.
    SucceedPod {
        pod: String,
    },
    DeletePod {
        pod: String,
    },
    /// Asks the Eviction API to take the pod off its node, as draining the node does.
    EvictPod {
        pod: String,
    },
    DeleteJob {
        job: String,
        propagation: Propagation,
    },
    Suspend {
        job: String,
    },
    Resume {
        job: String,
    },
    SetParallelism {
        job: String,
        parallelism: i32,
    },
    /// Sets completions and parallelism of an Indexed Job, both to `size`.
    Scale {
        job: String,
        size: i32,
    },
    SuspendCronJob {
        cron_job: String,
    },
    ResumeCronJob {
        cron_job: String,
    },
    SetSchedule {
        cron_job: String,
        schedule: String,
    },
    /// Starts a Job of the CronJob now, whatever its schedule says, as `kubectl create job --from` does. Without a name
    /// for the Job it gets one such as `hello-manual-x7k2p`.
    RunNow {
        cron_job: String,
        job: Option<String>,
    },
    DeleteCronJob {
        cron_job: String,
        propagation: Propagation,
    },
    /// The Job and CronJob controllers die and stay away; all they had in memory is lost.
    StopControllers,
    /// The Job and CronJob controllers start again, if they are not there.
    StartControllers,
    /// The Job and CronJob controllers die and start anew; all they had in memory is lost.
    RestartController,
    /// Switches a feature gate. The Job controller is restarted for it, as upstream's has to be.
    SetGate {
        gate: Gate,
        state: GateState,
    },
    /// From now on the pods of `job` (of every Job that has no settings of its own, when empty) behave like this.
    SetPods {
        job: String,
        settings: PodSettings,
    },
}

/// A command and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimedCommand {
    /// Milliseconds since the start of the run.
    pub at_ms: i64,
    pub command: Command,
}
