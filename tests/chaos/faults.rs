//! The faulty wiring: calls of the Job controller fail, lose their answer or are its last, and the checker hears of
//! everything. It draws from a stream of its own, so that a run can be repeated.

use super::checker::{Answer, Checker};
use super::cron_books::{self, Books, Fate};
use super::plan::{Plan, Weather};
use jobscope::api::{Job, ObjectKind, Pod, Uid};
use jobscope::apiserver::{ApiError, ApiResult, ApiServer, EventDraft, NewPod, Notice};
use jobscope::cluster::{Stream, Wiring};
use jobscope::controllers::cronjob::{CronJobController, CronJobSync};
use jobscope::controllers::job::{JobClient, JobController, SyncRecord};
use jobscope::sim::{Random, Time};
use std::rc::Rc;

/// What becomes of calls, and who looks on.
pub struct Chaos {
    pub checker: Checker,
    pub cron_jobs: Books,
    pub faults: Faults,
}

/// What becomes of calls.
pub struct Faults {
    random: Random,
    failing_percent: u64,
    lost_percent: u64,
    deadly_permille: u64,
    pub controller: Controller,
}

/// Whether the controller has died in the middle of a sync; it is then to be started anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    Lives,
    Died,
}

impl Chaos {
    pub fn new(plan: &Plan) -> Self {
        let faults = Faults {
            random: Random::stream(plan.scenario.seed, &[2]),
            failing_percent: plan.failing_percent,
            lost_percent: plan.lost_percent,
            deadly_permille: plan.deadly_permille,
            controller: Controller::Lives,
        };
        // People delete Jobs here whatever the weather: what starts for the time of such a one is not told apart.
        Self { checker: Checker::new(plan.weather, plan.caches), cron_jobs: Books::new(Weather::Stormy), faults }
    }
}

impl Faults {
    /// From now on every call passes.
    pub fn stop(&mut self) {
        (self.failing_percent, self.lost_percent, self.deadly_permille) = (0, 0, 0);
    }

    fn fate(&mut self) -> Fate {
        if self.controller == Controller::Died {
            return Fate::Refused;
        }
        let drawn = self.random.in_range(0, 999);
        if drawn < self.deadly_permille {
            self.controller = Controller::Died;
            return if drawn.is_multiple_of(2) { Fate::Refused } else { Fate::AnswerLost };
        }
        self.unharmed_fate()
    }

    /// As for a call that nobody dies of.
    fn unharmed_fate(&mut self) -> Fate {
        match self.random.in_range(0, 99) {
            drawn if drawn < self.failing_percent => Fate::Refused,
            drawn if drawn < self.failing_percent + self.lost_percent => Fate::AnswerLost,
            _ => Fate::Passes,
        }
    }
}

impl Wiring for Chaos {
    fn work(&mut self, controller: &mut JobController, now: Time, api: &mut ApiServer) -> Option<SyncRecord> {
        self.checker.sync_begins();
        controller.work(now, &mut FaultyClient { api, chaos: self })
    }

    fn work_on_cron_job(
        &mut self,
        controller: &mut CronJobController,
        now: Time,
        api: &mut ApiServer,
    ) -> Option<CronJobSync> {
        controller.work(now, &mut cron_books::FaultyClient { api, fate: || self.faults.unharmed_fate() })
    }

    fn changed(&mut self, notice: &Notice, now: Time) {
        self.checker.changed(notice, now);
        self.cron_jobs.changed(notice, now);
    }

    fn delivered(&mut self, stream: Stream, notice: &Notice, now: Time) {
        if matches!(stream, Stream::JobControllerJobs | Stream::JobControllerPods) {
            self.checker.delivered(notice, now);
        }
        self.checker.containers.delivered(stream, notice);
        self.cron_jobs.delivered(stream, notice);
    }
}

/// The API server as the controller meets it.
struct FaultyClient<'a> {
    api: &'a mut ApiServer,
    chaos: &'a mut Chaos,
}

impl FaultyClient<'_> {
    /// Carries out a call as its fate has it.
    fn call<T>(&mut self, call: impl FnOnce(&mut ApiServer) -> ApiResult<T>) -> ApiResult<T> {
        match self.chaos.faults.fate() {
            Fate::Passes => call(self.api),
            Fate::AnswerLost => call(self.api).and_then(|_| Err(broken())),
            Fate::Refused => Err(broken()),
        }
    }
}

fn broken() -> ApiError {
    ApiError::Internal("the connection was lost".to_owned())
}

impl JobClient for FaultyClient<'_> {
    fn create_pod(&mut self, pod: NewPod) -> ApiResult<Rc<Pod>> {
        self.chaos.checker.creating(&pod, self.api);
        match self.chaos.faults.fate() {
            Fate::Passes => {
                let pod = JobClient::create_pod(self.api, pod)?;
                self.chaos.checker.created(&pod, Answer::Arrived);
                Ok(pod)
            }
            Fate::AnswerLost => {
                let pod = JobClient::create_pod(self.api, pod)?;
                self.chaos.checker.created(&pod, Answer::Lost);
                Err(broken())
            }
            Fate::Refused => Err(broken()),
        }
    }

    fn delete_pod(&mut self, pod: &Pod) -> ApiResult<()> {
        self.call(|api| JobClient::delete_pod(api, pod))
    }

    fn remove_tracking_finalizer(&mut self, pod: &Pod) -> ApiResult<()> {
        self.chaos.checker.letting_go(pod);
        self.call(|api| JobClient::remove_tracking_finalizer(api, pod))
    }

    fn adopt_pod(&mut self, pod: &Pod, job: &Job) -> ApiResult<()> {
        self.call(|api| JobClient::adopt_pod(api, pod, job))
    }

    fn release_pod(&mut self, pod: &Pod, job: &Job) -> ApiResult<()> {
        self.call(|api| JobClient::release_pod(api, pod, job))
    }

    fn stored_job(&self, uid: Uid) -> Option<Rc<Job>> {
        JobClient::stored_job(self.api, uid)
    }

    fn update_job_status(&mut self, job: &Job) -> ApiResult<Rc<Job>> {
        match self.chaos.faults.fate() {
            Fate::Passes => {
                let stored = JobClient::update_job_status(self.api, job)?;
                self.chaos.checker.status_written(&stored);
                Ok(stored)
            }
            Fate::AnswerLost => {
                JobClient::update_job_status(self.api, job)?;
                self.chaos.checker.status_answer_lost(job.meta.uid);
                Err(broken())
            }
            Fate::Refused => Err(ApiError::Conflict { kind: ObjectKind::Job, name: job.meta.name.to_string() }),
        }
    }

    fn written_version(&self) -> u64 {
        JobClient::written_version(self.api)
    }

    fn record_event(&mut self, event: EventDraft) {
        if self.chaos.faults.controller == Controller::Lives {
            JobClient::record_event(self.api, event);
        }
    }
}
