//! Books on CronJobs that are kept apart from the controller's, and the API server as that controller meets it when calls
//! fail. Chaos tests use them; they know nothing of what a run does.
//!
//! What a stale cache allows upstream is allowed here too. The controller decides by the CronJob as it was last told of
//! it, so the books say: it starts no Job for a time that the CronJob it was told of has had, and under Forbid none
//! while a Job that this CronJob lists as active still runs. Without faults nothing is stale for longer than a moment,
//! and then there are never two active Jobs under Forbid, nor two for one time.

use jobscope::api::cronjob::CRON_JOB_SCHEDULED_TIMESTAMP;
use jobscope::api::{ConcurrencyPolicy, CronJob, Job, JobConditionType, JobReference, Uid};
use jobscope::apiserver::{ApiError, ApiResult, ApiServer, Change, EventDraft, NewJob, Notice};
use jobscope::cluster::{RUN_START, Stream};
use jobscope::controllers::cronjob::CronJobClient;
use jobscope::sim::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Whether anything but commands disturbs a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Calm,
    Stormy,
}

/// What the API server has told, and what the CronJob controller has been told.
pub struct Books {
    weather: Weather,
    now: Time,
    told: BTreeMap<Uid, Rc<CronJob>>,
    stored: BTreeMap<Uid, Rc<CronJob>>,
    jobs: BTreeMap<Uid, Rc<Job>>,
    /// Every Job there ever was, and its CronJob.
    ever: BTreeMap<Uid, Uid>,
    /// How many Jobs there were of each time.
    starts: BTreeMap<(Uid, Time), u32>,
    pub violation: Option<String>,
}

impl Books {
    pub fn new(weather: Weather) -> Self {
        Self {
            weather,
            now: RUN_START,
            told: BTreeMap::new(),
            stored: BTreeMap::new(),
            jobs: BTreeMap::new(),
            ever: BTreeMap::new(),
            starts: BTreeMap::new(),
            violation: None,
        }
    }

    /// The API server has changed something.
    pub fn changed(&mut self, notice: &Notice, now: Time) {
        self.now = now;
        match notice {
            Notice::CronJob(change) => self.cron_job_changed(change),
            Notice::Job(change) => self.job_changed(change),
            Notice::Pod(_) | Notice::Node(_) | Notice::ReplicaSet(_) | Notice::Deployment(_) | Notice::Event(_) => {}
        }
    }

    /// A watcher is told of a change.
    pub fn delivered(&mut self, stream: Stream, notice: &Notice) {
        if let (Stream::CronJobControllerCronJobs, Notice::CronJob(change)) = (stream, notice) {
            keep(&mut self.told, change, |cron_job| cron_job.meta.uid);
        }
    }

    fn broken(&mut self, what: String) {
        let at_s = self.now.ms_since(RUN_START) as f64 / 1_000.0;
        self.violation.get_or_insert_with(|| format!("at {at_s} s: {what}"));
    }

    /// A controller has started: it knows what is stored.
    pub fn controller_started(&mut self) {
        self.told.clone_from(&self.stored);
    }

    fn cron_job_changed(&mut self, change: &Change<CronJob>) {
        keep(&mut self.stored, change, |cron_job| cron_job.meta.uid);
        let (Some(old), Some(new)) = (&change.old, &change.new) else { return };
        let name = &new.meta.name;
        if new.status.last_schedule_time < old.status.last_schedule_time {
            self.broken(format!("the last schedule time of {name} goes back"));
        }
        for active in &new.status.active {
            if self.ever.get(&active.uid) != Some(&new.meta.uid) {
                self.broken(format!("{name} lists {} as active, which is no Job of it", active.name));
            }
        }
    }

    fn job_changed(&mut self, change: &Change<Job>) {
        if let (None, Some(job)) = (&change.old, &change.new) {
            self.job_added(job);
        }
        keep(&mut self.jobs, change, |job| job.meta.uid);
    }

    fn job_added(&mut self, job: &Rc<Job>) {
        let Some(owner) = job.meta.controller().map(|owner| owner.uid) else { return };
        self.ever.insert(job.meta.uid, owner);
        let Some(scheduled) = scheduled_for(job) else { return };
        let name = &job.meta.name;
        let Some(told) = self.told.get(&owner).cloned() else {
            self.broken(format!("{name} is started although the controller knows no CronJob for it"));
            return;
        };
        let wanted = format!("{}-{}", told.meta.name, scheduled.epoch_ms() / 60_000);
        let deadline = told.spec.starting_deadline_s;
        let wrong = [
            (**name != *wanted, "has the wrong name"),
            (scheduled > self.now, "is started too early"),
            (told.spec.suspend, "is started although the CronJob is suspended"),
            (told.meta.deletion_time.is_some(), "is started although the CronJob is being deleted"),
            (deadline.is_some_and(|s| scheduled.plus_seconds(s) < self.now), "is started behind its deadline"),
        ];
        for (_, what) in wrong.iter().filter(|(is_so, _)| *is_so) {
            self.broken(format!("{name} {what}"));
        }
        self.check_once(job, owner, scheduled, &told);
        if told.spec.concurrency_policy == ConcurrencyPolicy::Forbid {
            self.check_forbid(job, owner, &told);
        }
    }

    fn check_once(&mut self, job: &Job, owner: Uid, scheduled: Time, told: &CronJob) {
        let starts = self.starts.entry((owner, scheduled)).or_default();
        *starts += 1;
        let is_known = told.status.last_schedule_time.is_some_and(|last| last >= scheduled);
        if is_known || (*starts > 1 && self.weather == Weather::Calm) {
            self.broken(format!("{} is started for a time that has had its Job", job.meta.name));
        }
    }

    fn check_forbid(&mut self, job: &Job, owner: Uid, told: &CronJob) {
        let of_this = |other: &&Rc<Job>| self.ever.get(&other.meta.uid) == Some(&owner) && !other.is_finished();
        let is_listed = |other: &Rc<Job>| told.status.is_active(other.meta.uid);
        let is_own = |other: &Rc<Job>| self.weather == Weather::Calm && scheduled_for(other).is_some();
        let running = self.jobs.values().filter(of_this).find(|other| is_listed(other) || is_own(other));
        if let Some(other) = running.map(|other| other.meta.name.clone()) {
            self.broken(format!("{} is started while {other} is active, under Forbid", job.meta.name));
        }
    }

    /// Whether the Job of that reference is gone and another one has its name now. The controller asks the API server for
    /// it by name, as upstream, finds the other one and keeps the reference.
    fn hides_behind_its_name(&self, active: &JobReference) -> bool {
        let has_its_name = |job: &Rc<Job>| job.meta.name == active.name && job.meta.namespace == active.namespace;
        !self.jobs.contains_key(&active.uid) && self.jobs.values().any(has_its_name)
    }

    /// All faults are over and all Jobs have ended.
    pub fn at_rest(&mut self) {
        for cron_job in self.stored.values().cloned().collect::<Vec<_>>() {
            let name = &cron_job.meta.name;
            let gone = |active: &&JobReference| !self.hides_behind_its_name(active);
            if let Some(active) = cron_job.status.active.iter().find(gone) {
                self.broken(format!("{name} lists {} as active at rest", active.name));
            }
            let limits = [
                (JobConditionType::Complete, cron_job.spec.successful_jobs_history_limit),
                (JobConditionType::Failed, cron_job.spec.failed_jobs_history_limit),
            ];
            for (end, limit) in limits {
                let has_ended_so = |job: &&Rc<Job>| {
                    let is_its = job.meta.controller().is_some_and(|owner| owner.uid == cron_job.meta.uid);
                    is_its && job.is_finished() && job.condition(end).is_some()
                };
                let kept = self.jobs.values().filter(has_ended_so).count();
                if limit.is_some_and(|limit| kept > limit as usize) {
                    self.broken(format!("{kept} Jobs of {name} are kept as {end:?}, against {limit:?}"));
                }
            }
        }
        if let Some(job) = self.jobs.values().find(|job| !job.is_finished()).map(|job| job.meta.name.clone()) {
            self.broken(format!("{job} has not ended"));
        }
    }
}

/// The time for which the controller started the Job; `None` for one that was started by hand.
fn scheduled_for(job: &Job) -> Option<Time> {
    job.meta.annotations.get(CRON_JOB_SCHEDULED_TIMESTAMP).and_then(|text| Time::parse(text))
}

fn keep<T>(known: &mut BTreeMap<Uid, Rc<T>>, change: &Change<T>, uid: impl Fn(&T) -> Uid) {
    match (&change.old, &change.new) {
        (_, Some(new)) => drop(known.insert(uid(new), new.clone())),
        (Some(old), None) => drop(known.remove(&uid(old))),
        (None, None) => {}
    }
}

/// What becomes of one call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Passes,
    /// Carried out, but the caller is told of an error.
    AnswerLost,
    Refused,
}

/// The API server as the CronJob controller meets it.
pub struct FaultyClient<'a, F> {
    pub api: &'a mut ApiServer,
    /// Draws what becomes of the next call.
    pub fate: F,
}

impl<F: FnMut() -> Fate> FaultyClient<'_, F> {
    fn call<T>(&mut self, call: impl FnOnce(&mut ApiServer) -> ApiResult<T>) -> ApiResult<T> {
        let broken = || ApiError::Internal("the connection was lost".to_owned());
        match (self.fate)() {
            Fate::Passes => call(self.api),
            Fate::AnswerLost => call(self.api).and_then(|_| Err(broken())),
            Fate::Refused => Err(broken()),
        }
    }
}

impl<F: FnMut() -> Fate> CronJobClient for FaultyClient<'_, F> {
    fn cron_job(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        self.call(|api| CronJobClient::cron_job(api, cron_job))
    }

    fn job(&mut self, namespace: &str, name: &str) -> ApiResult<Rc<Job>> {
        self.call(|api| CronJobClient::job(api, namespace, name))
    }

    fn create_job(&mut self, job: NewJob) -> ApiResult<Rc<Job>> {
        self.call(|api| CronJobClient::create_job(api, job))
    }

    fn delete_job(&mut self, job: &Job) -> ApiResult<()> {
        self.call(|api| CronJobClient::delete_job(api, job))
    }

    fn update_status(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        self.call(|api| CronJobClient::update_status(api, cron_job))
    }

    fn record_event(&mut self, event: EventDraft) {
        CronJobClient::record_event(self.api, event);
    }
}
