//! The CronJob controller, version 2. From here: `handlers` hears the watches and queues CronJobs;
//! [`CronJobController::work`] takes one from the queue; `sync` carries out what `decide` decides by the `timetable`.

mod client;
mod decide;
mod handlers;
mod reasons;
mod sync;
mod template;
mod timetable;

/// The pure parts, for the tests that replay upstream's tables.
pub mod rules {
    pub use super::decide::{Decision, decide};
    pub use super::sync::{Sync, by_start_time};
    pub use super::template::{job_from_template, job_name};
    pub use super::timetable::{Deadline, Missed, NEXT_SCHEDULE_DELTA_MS, Recent, Timetable};
}

pub use client::{CronJobClient, controller_reference};
pub use reasons::{ApiCall, CronJobSync, JobOwner, Reason};
pub use template::manual_job;

use crate::api::{CronJob, Job, ObjectList, Uid};
use crate::apiserver::ApiResult;
use crate::client::{Retry, WorkQueue};
use crate::sim::Time;
use std::rc::Rc;
use sync::Sync;

/// As upstream's default.
const RETRY: Retry = Retry { first_ms: 5, max_ms: 1_000_000 };

/// The controller: all that it holds is memory, and lost when it is restarted.
#[derive(Clone, Debug)]
pub struct CronJobController {
    cron_jobs: ObjectList<CronJob>,
    jobs: ObjectList<Job>,
    queue: WorkQueue,
    syncs: u32,
}

impl CronJobController {
    /// A controller that knows nothing yet; `syncs` is how many syncs there were before it, for numbering.
    pub fn new(syncs: u32) -> Self {
        Self { cron_jobs: ObjectList::default(), jobs: ObjectList::default(), queue: WorkQueue::new(RETRY), syncs }
    }

    /// How many syncs there were.
    pub fn syncs(&self) -> u32 {
        self.syncs
    }

    /// When there is work: `now` when there is already, `None` when none is in sight.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        self.queue.next_due(now)
    }

    /// When the CronJob will be looked at next.
    pub fn due(&self, cron_job: Uid, now: Time) -> Option<Time> {
        self.queue.due(cron_job, now)
    }

    /// Takes the next CronJob that is due and syncs it. `None` when there was none, or nothing worth telling.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go processNextWorkItem
    pub fn work(&mut self, now: Time, client: &mut impl CronJobClient) -> Option<CronJobSync> {
        let key = self.queue.take(now)?;
        let cron_job = self.cron_jobs.get(key)?.clone();
        let mut sync = Sync { now, client, changed: false, reasons: Vec::new() };
        match sync_and_write(&mut sync, &cron_job, &self.jobs_to_reconcile(&cron_job)) {
            Ok(Some(delay_ms)) => {
                self.queue.forget(key);
                self.queue.add_after(key, delay_ms, now);
            }
            Ok(None) => {}
            Err(_) => self.queue.add_rate_limited(key, now),
        }
        self.syncs += 1;
        let (number, reasons) = (self.syncs, sync.reasons);
        let is_news = !reasons.iter().all(Reason::is_quiet);
        let (cron_job, cron_job_name) = (key, cron_job.meta.name.clone());
        is_news.then_some(CronJobSync { number, at: now, cron_job, cron_job_name, reasons })
    }

    /// The Jobs whose controller has the CronJob's name.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go getJobsToBeReconciled
    pub fn jobs_to_reconcile(&self, cron_job: &CronJob) -> Vec<Rc<Job>> {
        let of_this = |job: &&Rc<Job>| {
            job.meta.namespace == cron_job.meta.namespace
                && job.meta.controller().is_some_and(|owner| owner.name == cron_job.meta.name)
        };
        self.jobs.iter().filter(of_this).cloned().collect()
    }
}

/// In how many milliseconds to look again, if a time is known.
// Models pkg/controller/cronjob/cronjob_controllerv2.go sync
fn sync_and_write(sync: &mut Sync<impl CronJobClient>, cron_job: &CronJob, jobs: &[Rc<Job>]) -> ApiResult<Option<i64>> {
    let mut copy = cron_job.clone();
    sync.clean_up(&mut copy, jobs);
    let result = sync.sync(&mut copy, jobs);
    if sync.changed {
        let written = sync.client.update_status(&copy);
        sync.told(ApiCall::UpdateStatus, written)?;
    }
    result
}
