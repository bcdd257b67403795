//! The CronJob controller in the cluster: when it works, how it starts and ends.

use super::watches::listed;
use super::{Cluster, Stream, Wiring};
use crate::controllers::cronjob::CronJobController;

impl<W: Wiring> Cluster<W> {
    pub fn cron_job_controller(&self) -> Option<&CronJobController> {
        self.cron_job_controller.as_ref()
    }

    /// Ends the CronJob controller; all that it had in memory is lost.
    pub fn stop_cron_job_controller(&mut self) {
        self.cron_job_controller = None;
    }

    /// Starts the CronJob controller anew, with nothing in its memory.
    pub fn restart_cron_job_controller(&mut self) {
        self.start_cron_job_controller();
        self.settle();
    }

    pub(super) fn work_on_cron_job(&mut self) {
        let now = self.now();
        let controller = self.cron_job_controller.as_mut();
        let record = controller.and_then(|controller| controller.work(now, &mut self.api));
        self.take_notices();
        if let Some(record) = record {
            self.recorder.decided_on_cron_job(record, now);
        }
    }

    /// Starts a CronJob controller with nothing in its memory; one that runs is ended first.
    pub(super) fn start_cron_job_controller(&mut self) {
        let syncs = self.cron_job_controller.as_ref().map_or(0, CronJobController::syncs);
        let mut controller = CronJobController::new(syncs);
        let now = self.now();
        for stream in [Stream::CronJobControllerCronJobs, Stream::CronJobControllerJobs] {
            self.watches.clear(stream);
        }
        let cron_jobs: Vec<_> = self.api.cron_jobs().cloned().collect();
        for cron_job in cron_jobs {
            controller.on_cron_job(&listed(cron_job), now, &mut self.api);
        }
        for job in self.api.jobs() {
            controller.on_job(&listed(job.clone()));
        }
        self.cron_job_controller = Some(controller);
    }
}
