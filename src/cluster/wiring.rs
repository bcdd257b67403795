//! How the Job and CronJob controllers are joined to the rest of the cluster. Runs use [`Plain`], which adds nothing; a test can put
//! a wiring of its own in its place, to let calls fail and to see every change. It knows nothing of the agenda.

use super::Stream;
use crate::apiserver::{ApiServer, Notice};
use crate::controllers::cronjob::{CronJobController, CronJobSync};
use crate::controllers::job::{JobController, SyncRecord};
use crate::sim::Time;

/// What stands between those controllers and the API server.
pub trait Wiring {
    /// Lets the controller do its next piece of work.
    fn work(&mut self, controller: &mut JobController, now: Time, api: &mut ApiServer) -> Option<SyncRecord>;
    /// Lets the CronJob controller do its next piece of work.
    fn work_on_cron_job(
        &mut self,
        controller: &mut CronJobController,
        now: Time,
        api: &mut ApiServer,
    ) -> Option<CronJobSync> {
        controller.work(now, api)
    }
    /// A change has been made in the API server.
    fn changed(&mut self, notice: &Notice, now: Time);
    /// A change has reached a watcher.
    fn delivered(&mut self, stream: Stream, notice: &Notice, now: Time);
}

/// The controllers call the API server themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Wiring for Plain {
    fn work(&mut self, controller: &mut JobController, now: Time, api: &mut ApiServer) -> Option<SyncRecord> {
        controller.work(now, api)
    }

    fn changed(&mut self, _: &Notice, _: Time) {}

    fn delivered(&mut self, _: Stream, _: &Notice, _: Time) {}
}
