//! Trace entries as lines of text, for the command line and for recorded traces.

use super::{Cluster, TraceEntry, TraceEvent, Wiring};
use crate::api::{PodPhase, Uid};

impl<W: Wiring> Cluster<W> {
    /// What happened, in one line without a time.
    pub fn line(&self, entry: &TraceEntry) -> String {
        match &entry.event {
            TraceEvent::JobAdded { job } => format!("{} created", self.job_text(*job)),
            TraceEvent::JobSpecChanged { job } => format!("{} spec changed", self.job_text(*job)),
            TraceEvent::JobCondition { job, kind, status } => {
                format!("{} condition {}={}", self.job_text(*job), kind.as_str(), status.as_str())
            }
            TraceEvent::JobDeleting { job } => format!("{} being deleted", self.job_text(*job)),
            TraceEvent::JobDeleted { job } => format!("{} gone", self.job_text(*job)),
            TraceEvent::PodAdded { pod } => format!("{} created", self.pod_text(*pod)),
            TraceEvent::PodScheduled { pod } => format!("{} scheduled", self.pod_text(*pod)),
            TraceEvent::PodPhase { pod, phase } => self.phase_line(*pod, *phase),
            TraceEvent::PodReady { pod } => format!("{} ready", self.pod_text(*pod)),
            TraceEvent::PodWaiting { pod, reason } => format!("{} waits: {reason}", self.pod_text(*pod)),
            TraceEvent::PodRestarted { pod, restarts } => format!("{} restart {restarts}", self.pod_text(*pod)),
            TraceEvent::PodDeleting { pod } => format!("{} being deleted", self.pod_text(*pod)),
            TraceEvent::PodDeleted { pod } => format!("{} gone", self.pod_text(*pod)),
            TraceEvent::Node { node, change } => format!("node/{node} {}", change.words()),
            TraceEvent::Event(event) => format!(
                "event {} {} {}/{}: {}",
                event.event_type.as_str(),
                event.reason.as_str(),
                event.kind.as_str().to_ascii_lowercase(),
                event.name,
                event.message()
            ),
            TraceEvent::Decision(record) => {
                format!("sync #{} job/{}: {:?}", record.number, record.job_name, record.reasons)
            }
            TraceEvent::CronJobAdded { cron_job } => format!("{} created", self.cron_job_text(*cron_job)),
            TraceEvent::CronJobSpecChanged { cron_job } => format!("{} spec changed", self.cron_job_text(*cron_job)),
            TraceEvent::CronJobDeleting { cron_job } => format!("{} being deleted", self.cron_job_text(*cron_job)),
            TraceEvent::CronJobDeleted { cron_job } => format!("{} gone", self.cron_job_text(*cron_job)),
            TraceEvent::CronJobDecision(record) => {
                format!("sync #{} cronjob/{}: {:?}", record.number, record.cron_job_name, record.reasons)
            }
            TraceEvent::Command { number } => {
                let command = self.scenario().commands.get(*number as usize);
                format!("command {}", command.map_or_else(String::new, |command| format!("{:?}", command.command)))
            }
        }
    }

    fn phase_line(&self, pod: Uid, phase: PodPhase) -> String {
        let exit = self.history().pod(pod).and_then(|record| record.exit_code).filter(|_| phase == PodPhase::Failed);
        let exit = exit.map_or_else(String::new, |code| format!(" (exit {code})"));
        format!("{} {}{exit}", self.pod_text(pod), phase.as_str())
    }

    fn pod_text(&self, pod: Uid) -> String {
        self.history().pod(pod).map_or_else(|| "pod/?".to_owned(), |record| format!("pod/{}", record.name))
    }

    fn cron_job_text(&self, cron_job: Uid) -> String {
        let found = self.api().cron_job(cron_job);
        found.map_or_else(|| format!("cronjob/{cron_job}"), |cron_job| format!("cronjob/{}", cron_job.meta.name))
    }

    /// A Job that is gone is known by its pods' owner references no more, so its uid must do.
    fn job_text(&self, job: Uid) -> String {
        self.api().job(job).map_or_else(|| format!("job/{job}"), |job| format!("job/{}", job.meta.name))
    }
}
