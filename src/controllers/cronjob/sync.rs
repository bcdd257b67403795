//! One sync of a CronJob: old Jobs are cleaned up, the list of active Jobs is brought up to date, and what `decide`
//! decides is carried out. Writing the status is left to the caller.

use super::client::CronJobClient;
use super::decide::{Start, decide, event};
use super::reasons::{ApiCall, JobOwner, Reason};
use super::template::job_from_template;
use crate::api::{ConcurrencyPolicy, ConditionStatus, CronJob, EventReason, Job, JobConditionType, JobReference};
use crate::apiserver::{ApiError, ApiResult};
use crate::sim::Time;
use std::cmp::Ordering;
use std::rc::Rc;

/// A sync on its way.
pub struct Sync<'a, C> {
    pub now: Time,
    pub client: &'a mut C,
    /// Whether the status has to be written.
    pub changed: bool,
    pub reasons: Vec<Reason>,
}

impl<C: CronJobClient> Sync<'_, C> {
    /// Deletes finished Jobs of which the history keeps no more.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go cleanupFinishedJobs
    pub fn clean_up(&mut self, cron_job: &mut CronJob, jobs: &[Rc<Job>]) {
        for (ended_as, limit) in [
            (JobConditionType::Complete, cron_job.spec.successful_jobs_history_limit),
            (JobConditionType::Failed, cron_job.spec.failed_jobs_history_limit),
        ] {
            let ended = jobs.iter().filter(|job| finished_as(job) == Some(ended_as)).collect();
            if let Some(limit) = limit {
                self.remove_oldest(cron_job, ended, limit);
            }
        }
    }

    /// Brings the CronJob up to date and starts what is due. Returns in how many milliseconds to look again, if a
    /// time is known.
    ///
    /// # Errors
    /// When a call has failed, so that the CronJob is to be tried again.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob
    pub fn sync(&mut self, cron_job: &mut CronJob, jobs: &[Rc<Job>]) -> ApiResult<Option<i64>> {
        let mut reread = self.observe(cron_job, jobs)?;
        // As upstream: what is changed from here on in one that was read anew is not what gets written.
        let cron_job = reread.as_mut().unwrap_or(cron_job);
        self.drop_missing(cron_job, jobs)?;
        let decision = decide(cron_job, self.now);
        self.reasons.extend(decision.reasons);
        for event in decision.events {
            self.client.record_event(event);
        }
        match decision.start {
            Some(start) => self.start(cron_job, &start),
            None => Ok(decision.look_again_ms),
        }
    }

    /// Takes down what has become of the Jobs. Returns the CronJob as it is stored, if it knows of a Job that the
    /// cache does not know of.
    fn observe(&mut self, cron_job: &mut CronJob, jobs: &[Rc<Job>]) -> ApiResult<Option<CronJob>> {
        let mut reread: Option<CronJob> = None;
        for job in jobs {
            let cron_job = reread.as_mut().unwrap_or(cron_job);
            let is_active = cron_job.status.is_active(job.meta.uid);
            if let Some(ended_as) = finished_as(job) {
                if is_active {
                    self.finished(cron_job, job, ended_as);
                }
                self.note_success(cron_job, job);
            } else if !is_active {
                let stored = self.client.cron_job(cron_job);
                let stored = self.told(ApiCall::GetCronJob, stored)?;
                if stored.status.is_active(job.meta.uid) {
                    reread = Some((*stored).clone());
                    continue;
                }
                let name = &job.meta.name;
                let message = format!("Saw a job that the controller did not create or forgot: {name}");
                self.client.record_event(event(cron_job, EventReason::UnexpectedJob, message).warning());
                self.reasons.push(Reason::UnexpectedJob { job: name.clone() });
            }
        }
        Ok(reread)
    }

    fn finished(&mut self, cron_job: &mut CronJob, job: &Job, condition: JobConditionType) {
        cron_job.status.drop_active(job.meta.uid);
        let name = &job.meta.name;
        let message = format!("Saw completed job: {name}, condition: {}", condition.as_str());
        self.client.record_event(event(cron_job, EventReason::SawCompletedJob, message));
        self.reasons.push(Reason::JobFinished { job: name.clone(), condition });
        self.changed = true;
    }

    /// Jobs that have succeeded count for the last success, active or not.
    fn note_success(&mut self, cron_job: &mut CronJob, job: &Job) {
        if !job.has_condition(JobConditionType::Complete) {
            return;
        }
        let (latest, ended) = (&mut cron_job.status.last_successful_time, job.status.completion_time);
        if latest.is_none() || ended > *latest {
            *latest = ended;
            self.changed = true;
        }
    }

    /// Takes those Jobs off the list of active ones that are gone.
    fn drop_missing(&mut self, cron_job: &mut CronJob, jobs: &[Rc<Job>]) -> ApiResult<()> {
        for active in cron_job.status.active.clone() {
            if jobs.iter().any(|job| job.meta.uid == active.uid) {
                continue;
            }
            // The watch may be late, so the store is asked.
            match self.client.job(&active.namespace, &active.name) {
                Ok(_) => {}
                Err(error) if error.is_not_found() => {
                    let message = format!("Active job went missing: {}", active.name);
                    self.client.record_event(event(cron_job, EventReason::MissingJob, message));
                    cron_job.status.drop_active(active.uid);
                    self.reasons.push(Reason::JobMissing { job: active.name });
                    self.changed = true;
                }
                Err(error) => return self.told(ApiCall::GetJob, Err(error)),
            }
        }
        Ok(())
    }

    fn start(&mut self, cron_job: &mut CronJob, start: &Start) -> ApiResult<Option<i64>> {
        if cron_job.spec.concurrency_policy == ConcurrencyPolicy::Replace {
            self.delete_active(cron_job)?;
        }
        let Some(job) = self.create(cron_job, start.scheduled)? else { return Ok(None) };
        cron_job.status.active.push(JobReference {
            namespace: job.meta.namespace.clone(),
            name: job.meta.name.clone(),
            uid: job.meta.uid,
            resource_version: job.meta.resource_version,
        });
        cron_job.status.last_schedule_time = Some(start.scheduled);
        self.changed = true;
        Ok(Some(start.timetable.next_delay_ms(cron_job, self.now)))
    }

    /// Creates the Job of that start. `None` when there is one already that needs nothing more.
    fn create(&mut self, cron_job: &CronJob, scheduled: Time) -> ApiResult<Option<Rc<Job>>> {
        let new = job_from_template(cron_job, scheduled);
        let name = new.metadata.name.clone().unwrap_or_default();
        match self.client.create_job(new) {
            Ok(job) => {
                let message = format!("Created job {}", job.meta.name);
                self.client.record_event(event(cron_job, EventReason::SuccessfulCreate, message));
                self.reasons.push(Reason::StartedJob { scheduled, job: job.meta.name.clone() });
                Ok(Some(job))
            }
            Err(ApiError::AlreadyExists { .. }) => self.existing(cron_job, &name),
            Err(error @ ApiError::NamespaceTerminating { .. }) => self.told(ApiCall::CreateJob, Err(error)),
            Err(error) => {
                let message = format!("Error creating job: {error}");
                self.client.record_event(event(cron_job, EventReason::FailedCreate, message).warning());
                self.told(ApiCall::CreateJob, Err(error))
            }
        }
    }

    /// The Job of that name, if it is this CronJob's and not among the active ones: then an earlier sync has created
    /// it but could not say so.
    fn existing(&mut self, cron_job: &CronJob, name: &str) -> ApiResult<Option<Rc<Job>>> {
        let job = self.client.job(&cron_job.meta.namespace, name);
        let job = self.told(ApiCall::GetJob, job)?;
        let is_ours = job.meta.controller().is_some_and(|owner| owner.uid == cron_job.meta.uid);
        let owner = if is_ours { JobOwner::ThisCronJob } else { JobOwner::Other };
        self.reasons.push(Reason::JobExists { job: job.meta.name.clone(), owner });
        Ok(Some(job).filter(|job| is_ours && !cron_job.status.is_active(job.meta.uid)))
    }

    fn delete_active(&mut self, cron_job: &mut CronJob) -> ApiResult<()> {
        for active in cron_job.status.active.clone() {
            let job = self.client.job(&active.namespace, &active.name);
            if let Err(error) = &job {
                let message = format!("Get job: {error}");
                self.client.record_event(event(cron_job, EventReason::FailedGet, message).warning());
            }
            let job = self.told(ApiCall::GetJob, job)?;
            self.delete(cron_job, &job).map_err(|_| {
                let what = job.meta.key();
                ApiError::Internal(format!("could not replace job {what}"))
            })?;
            self.reasons.push(Reason::Replaced { job: active.name });
            self.changed = true;
        }
        Ok(())
    }

    // Models pkg/controller/cronjob/cronjob_controllerv2.go removeOldestJobs
    fn remove_oldest(&mut self, cron_job: &mut CronJob, mut jobs: Vec<&Rc<Job>>, limit: i32) {
        let kept = usize::try_from(limit).unwrap_or(0);
        while jobs.len() > kept {
            let Some(place) = (0..jobs.len()).min_by(|a, b| by_start_time(jobs[*a], jobs[*b])) else { return };
            let job = jobs.remove(place);
            if self.delete(cron_job, job).is_ok() {
                self.reasons.push(Reason::DeletedHistory { job: job.meta.name.clone(), limit });
                self.changed = true;
            }
        }
    }

    /// Deletes a Job and takes it off the list of active ones.
    // Models pkg/controller/cronjob/cronjob_controllerv2.go deleteJob
    fn delete(&mut self, cron_job: &mut CronJob, job: &Job) -> ApiResult<()> {
        let deleted = self.client.delete_job(job);
        if let Err(error) = &deleted {
            let message = format!("Deleted job: {error}");
            self.client.record_event(event(cron_job, EventReason::FailedDelete, message).warning());
            return self.told(ApiCall::DeleteJob, deleted);
        }
        cron_job.status.drop_active(job.meta.uid);
        let message = format!("Deleted job {}", job.meta.name);
        self.client.record_event(event(cron_job, EventReason::SuccessfulDelete, message));
        Ok(())
    }

    /// Passes the result of a call on; a failure becomes a reason.
    pub fn told<T>(&mut self, call: ApiCall, result: ApiResult<T>) -> ApiResult<T> {
        if let Err(error) = &result {
            self.reasons.push(Reason::CallFailed { call, error: error.to_string().into() });
        }
        result
    }
}

/// By start time, those without one last; then by name.
// Models pkg/controller/cronjob/utils.go byJobStartTime
pub fn by_start_time(a: &Rc<Job>, b: &Rc<Job>) -> Ordering {
    let key = |job: &Rc<Job>| (job.status.start_time.is_none(), job.status.start_time, job.meta.name.clone());
    key(a).cmp(&key(b))
}

/// How a Job has finished, if it has.
// Models pkg/controller/job/util/utils.go FinishedCondition
fn finished_as(job: &Job) -> Option<JobConditionType> {
    let ends = [JobConditionType::Complete, JobConditionType::Failed];
    let conditions = job.status.conditions.iter();
    let mut true_ones = conditions.filter(|condition| condition.status == ConditionStatus::True);
    true_ones.find(|condition| ends.contains(&condition.kind)).map(|condition| condition.kind)
}
