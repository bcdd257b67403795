//! What the controller makes of a watch event: it keeps its cache and queues the CronJob.

use super::CronJobController;
use super::client::CronJobClient;
use super::decide::event;
use super::timetable::Timetable;
use crate::api::meta::OwnerReference;
use crate::api::{CronJob, EventReason, Job, Uid};
use crate::apiserver::Change;
use crate::sim::Time;
use std::rc::Rc;

impl CronJobController {
    /// Hears of a change of a CronJob.
    pub fn on_cron_job(&mut self, change: &Change<CronJob>, now: Time, client: &mut impl CronJobClient) {
        match (&change.old, &change.new) {
            (_, Some(cron_job)) => match self.cron_jobs.put(cron_job.clone()) {
                Some(old) => self.update_cron_job(&old, cron_job, now, client),
                None => self.queue.add(cron_job.meta.uid),
            },
            (Some(cron_job), None) => {
                self.cron_jobs.remove(cron_job.meta.uid);
                self.queue.add(cron_job.meta.uid);
            }
            (None, None) => {}
        }
    }

    /// Hears of a change of a Job.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go addJob updateJob deleteJob
    pub fn on_job(&mut self, change: &Change<Job>) {
        let Some(job) = change.latest() else { return };
        let former = match &change.new {
            Some(job) => self.jobs.put(job.clone()).or_else(|| change.old.clone()),
            None => {
                self.jobs.remove(job.meta.uid);
                None
            }
        };
        let (present, former) = (job.meta.controller(), former.as_ref().and_then(|job| job.meta.controller()));
        for owner in [former.filter(|former| Some(*former) != present), present].into_iter().flatten() {
            if let Some(cron_job) = self.resolve(job, owner) {
                self.queue.add(cron_job);
            }
        }
    }

    /// The CronJob that is meant by the controller reference of that Job.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go resolveControllerRef
    fn resolve(&self, job: &Job, owner: &OwnerReference) -> Option<Uid> {
        let cron_job = self.cron_jobs.by_name(&job.meta.namespace, &owner.name)?;
        (owner.kind == "CronJob" && cron_job.meta.uid == owner.uid).then_some(owner.uid)
    }

    /// A CronJob with a new schedule is looked at when it is due next; any other change is looked at now.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go updateCronJob
    fn update_cron_job(&mut self, old: &CronJob, cron_job: &Rc<CronJob>, now: Time, client: &mut impl CronJobClient) {
        let key = cron_job.meta.uid;
        if old.spec.schedule == cron_job.spec.schedule && old.spec.time_zone == cron_job.spec.time_zone {
            self.queue.add(key);
            return;
        }
        match Timetable::of(cron_job) {
            Ok(timetable) => self.queue.add_after(key, timetable.next_delay_ms(cron_job, now), now),
            Err(_) => {
                let message = format!("unparseable schedule for cronjob: {}", cron_job.spec.schedule);
                client.record_event(event(cron_job, EventReason::UnParseableCronJobSchedule, message).warning());
            }
        }
    }
}
