//! What is done to a cluster from outside: a person's commands, and what replaying upstream's tests needs.

use super::{Cluster, Command, QueueItems, Stream, TimedCommand, Wiring, without_place};
use crate::api::problem::Severity;
use crate::api::warnings::warnings_on_update;
use crate::api::wire::job_to_wire;
use crate::api::{Gate, GateState, Job, Pod};
use crate::apiserver::{ApiError, ApiServer, DeleteGrace};
use crate::nodes::Wakes;
use crate::workload::{CallFailure, MAX_ITEMS};
use std::rc::Rc;

impl<W: Wiring> Cluster<W> {
    /// Does what the command says, now, and writes it into the scenario in the place of all commands still to come.
    ///
    /// # Errors
    /// A sentence that says why it cannot be done; nothing is written then.
    pub fn act(&mut self, command: Command) -> Result<(), String> {
        self.finish_moment();
        self.carry_out(&command)?;
        self.scenario.commands.truncate(self.commands_done);
        let at_ms = self.elapsed_ms();
        self.scenario.commands.push(TimedCommand { at_ms, command });
        self.commanded();
        Ok(())
    }

    /// From now on these are the commands of the scenario. Those that were carried out must be the first of them.
    pub(super) fn expect_commands(&mut self, commands: &[TimedCommand]) {
        self.scenario.commands.truncate(self.commands_done);
        self.scenario.commands.extend(commands.iter().skip(self.commands_done).cloned());
    }

    /// Carries out the next command of the scenario. One that no longer makes sense does nothing.
    pub(super) fn carry_out_next_command(&mut self) {
        let command = self.scenario.commands[self.commands_done].command.clone();
        if self.carry_out(&command).is_err() {
            self.take_notices();
        }
        self.commanded();
    }

    /// Lets a test change the stores directly, as another client of the API would.
    pub fn with_api<T>(&mut self, act: impl FnOnce(&mut ApiServer) -> T) -> T {
        let result = act(&mut self.api);
        self.settle();
        result
    }

    /// Ends the Job controller; all that it had in memory is lost.
    pub fn stop_job_controller(&mut self) {
        if let Some(controller) = self.job_controller.take() {
            self.syncs_before.job = controller.syncs();
        }
    }

    /// Starts the Job controller anew, with nothing in its memory.
    pub fn restart_job_controller(&mut self) {
        self.start_job_controller();
        self.settle();
    }

    /// Makes a watch slower or faster from now on; what is on its way already keeps its time.
    pub fn set_watch_delay_ms(&mut self, stream: Stream, delay_ms: i64) {
        self.watches.set_delay_ms(stream, delay_ms);
    }

    /// Switches a feature gate, for the API server and for a Job controller that runs.
    pub fn set_gate(&mut self, gate: Gate, state: GateState) {
        self.api.gates.set(gate, state);
        if let Some(controller) = &mut self.job_controller {
            controller.gates.set(gate, state);
        }
    }

    fn commanded(&mut self) {
        let now = self.now();
        self.recorder.commanded(self.commands_done as u32, now);
        self.commands_done += 1;
        self.settle();
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::FailPod { pod, exit_code } => self.end_pod(pod, *exit_code),
            Command::SucceedPod { pod } => self.end_pod(pod, 0),
            Command::DeletePod { pod } => {
                let uid = self.pod_named(pod)?.meta.uid;
                self.api.delete_pod(uid, DeleteGrace::Default).map_err(sentence)
            }
            Command::EvictPod { pod } => {
                let uid = self.pod_named(pod)?.meta.uid;
                self.api.evict_pod(uid).map_err(sentence)
            }
            Command::DeleteJob { job, propagation } => {
                let uid = self.job_named(job)?.meta.uid;
                self.api.delete_job(uid, *propagation).map_err(sentence)
            }
            Command::Suspend { job } => self.change_spec(job, |spec| spec.suspend = Some(true)),
            Command::Resume { job } => self.change_spec(job, |spec| spec.suspend = Some(false)),
            Command::SetParallelism { job, parallelism } => {
                self.change_spec(job, |spec| spec.parallelism = Some(*parallelism))
            }
            Command::Scale { job, size } => self.change_spec(job, |spec| {
                (spec.completions, spec.parallelism) = (Some(*size), Some(*size));
            }),
            Command::SuspendCronJob { cron_job } => self.change_cron_job(cron_job, |spec| spec.suspend = Some(true)),
            Command::ResumeCronJob { cron_job } => self.change_cron_job(cron_job, |spec| spec.suspend = Some(false)),
            Command::SetSchedule { cron_job, schedule } => {
                self.change_cron_job(cron_job, |spec| spec.schedule.clone_from(schedule))
            }
            Command::RunNow { cron_job, job } => self.run_now(cron_job, job.as_deref()),
            Command::DeleteCronJob { cron_job, propagation } => {
                let uid = self.cron_job_named(cron_job)?.meta.uid;
                self.api.delete_cron_job(uid, *propagation).map_err(sentence)
            }
            Command::StopControllers => {
                self.stop_job_controller();
                self.stop_cron_job_controller();
                Ok(())
            }
            Command::StartControllers => {
                if self.job_controller.is_none() {
                    self.start_job_controller();
                }
                if self.cron_job_controller.is_none() {
                    self.start_cron_job_controller();
                }
                Ok(())
            }
            Command::Node { node, act } => self.act_on_node(node, act),
            Command::RestartController => {
                self.start_job_controller();
                self.start_cron_job_controller();
                Ok(())
            }
            Command::AddQueueItems(items) => self.add_queue_items(items),
            Command::SetGate { gate, state } => {
                self.api.gates.set(*gate, *state);
                if self.job_controller.is_some() {
                    self.start_job_controller();
                }
                Ok(())
            }
            Command::SetPods { job, settings } => {
                if let Some(machines) = &mut self.machines {
                    machines.set_pods(job, settings.clone());
                }
                Ok(())
            }
        }
    }

    fn add_queue_items(&mut self, items: &QueueItems) -> Result<(), String> {
        let mut wakes = Wakes::new();
        let machines = self.machines.as_mut().ok_or("This cluster has no nodes.")?;
        let result = machines.put_items(items, &mut self.api, &mut wakes);
        self.plan_wakes(wakes);
        result.map_err(|failure| match failure {
            CallFailure::NoSuchHost => format!("There is no Service {}.", items.service),
            CallFailure::Full => format!("Queue {} has room for {MAX_ITEMS} items in all.", items.queue),
            CallFailure::Refused | CallFailure::NoQueue | CallFailure::Closed => {
                format!("No ready broker stands behind Service {}.", items.service)
            }
        })
    }

    fn end_pod(&mut self, name: &str, exit_code: i32) -> Result<(), String> {
        let uid = self.pod_named(name)?.meta.uid;
        let mut wakes = Wakes::new();
        let machines = self.machines.as_mut().ok_or("This cluster has no nodes.")?;
        let result = machines.end_pod(uid, exit_code, &mut self.api, &mut wakes);
        self.plan_wakes(wakes);
        result
    }

    fn change_spec(
        &mut self,
        job: &str,
        change: impl FnOnce(&mut crate::api::types::batch::JobSpec),
    ) -> Result<(), String> {
        let old = self.job_named(job)?;
        let new = self.api.update_job_spec(old.meta.uid, change).map_err(sentence)?;
        for warning in warnings_on_update(&job_to_wire(&new), &job_to_wire(&old)) {
            let message = warning.to_string();
            if self.notes.iter().all(|note| note.message != message) {
                self.notes.push(without_place(Severity::Warning, message));
            }
        }
        Ok(())
    }

    fn job_named(&self, name: &str) -> Result<Rc<Job>, String> {
        let found = self.api.jobs().find(|job| &*job.meta.name == name);
        found.cloned().ok_or_else(|| format!("There is no Job {name} any more."))
    }

    fn pod_named(&self, name: &str) -> Result<Rc<Pod>, String> {
        let is_meant =
            |pod: &str| pod.strip_prefix(name).is_some_and(|rest| rest.is_empty() || is_generated(name, rest));
        let mut found = self.history().pods().rev().filter(|record| is_meant(&record.name));
        found
            .find_map(|record| self.api.pod(record.uid))
            .cloned()
            .ok_or_else(|| format!("There is no pod {name} any more."))
    }
}

/// Whether `rest` is what the API server adds to a name that it generates.
fn is_generated(name: &str, rest: &str) -> bool {
    name.ends_with('-') && !rest.contains('-')
}

pub(super) fn sentence(error: ApiError) -> String {
    error.to_string()
}
