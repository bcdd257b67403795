//! CronJobs in the cluster: what people do to them, and when their controller works, how it starts and ends.

use super::acts::sentence;
use super::watches::listed;
use super::{Cluster, Stream, Wiring};
use crate::api::CronJob;
use crate::api::types::batch::CronJobSpec;
use crate::controllers::cronjob::{CronJobController, manual_job};
use std::rc::Rc;

impl<W: Wiring> Cluster<W> {
    pub fn cron_job_controller(&self) -> Option<&CronJobController> {
        self.cron_job_controller.as_ref()
    }

    /// Ends the CronJob controller; all that it had in memory is lost.
    pub fn stop_cron_job_controller(&mut self) {
        if let Some(controller) = self.cron_job_controller.take() {
            self.syncs_before.cron_job = controller.syncs();
        }
    }

    /// Starts the CronJob controller anew, with nothing in its memory.
    pub fn restart_cron_job_controller(&mut self) {
        self.start_cron_job_controller();
        self.settle();
    }

    pub(super) fn change_cron_job(&mut self, name: &str, change: impl FnOnce(&mut CronJobSpec)) -> Result<(), String> {
        let uid = self.cron_job_named(name)?.meta.uid;
        self.api.update_cron_job_spec(uid, change).map(|_| ()).map_err(sentence)
    }

    pub(super) fn run_now(&mut self, cron_job: &str, job: Option<&str>) -> Result<(), String> {
        let new = manual_job(&*self.cron_job_named(cron_job)?, job);
        self.api.create_job_from_template(new).map(|_| ()).map_err(sentence)
    }

    pub(super) fn cron_job_named(&self, name: &str) -> Result<Rc<CronJob>, String> {
        let found = self.api.cron_jobs().find(|cron_job| &*cron_job.meta.name == name);
        found.cloned().ok_or_else(|| format!("There is no CronJob {name} any more."))
    }

    pub(super) fn work_on_cron_job(&mut self) {
        let now = self.now();
        let (wiring, api) = (&mut self.wiring, &mut self.api);
        let controller = self.cron_job_controller.as_mut();
        let record = controller.and_then(|controller| wiring.work_on_cron_job(controller, now, api));
        self.take_notices();
        if let Some(record) = record {
            self.recorder.decided_on_cron_job(record, now);
        }
    }

    /// Starts a CronJob controller with nothing in its memory; one that runs is ended first.
    pub(super) fn start_cron_job_controller(&mut self) {
        self.stop_cron_job_controller();
        let mut controller = CronJobController::new(self.syncs_before.cron_job);
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
