//! A CronJob, with its defaults applied.

use super::{Labels, ObjectMeta, Uid};
use crate::api::types::batch;
use crate::sim::Time;
use std::rc::Rc;

/// Where a Job of a CronJob says for when it was scheduled.
pub const CRON_JOB_SCHEDULED_TIMESTAMP: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// A CronJob.
#[derive(Clone, Debug, PartialEq)]
pub struct CronJob {
    pub meta: ObjectMeta,
    pub spec: CronJobSpec,
    pub status: CronJobStatus,
    /// The spec as people wrote it, with all that is not simulated; shown back by `-o yaml`.
    pub wire: Rc<batch::CronJobSpec>,
}

/// What is wanted of a CronJob. The template of its Jobs is in [`CronJob::wire`].
#[derive(Clone, Debug, PartialEq)]
pub struct CronJobSpec {
    pub schedule: Rc<str>,
    pub time_zone: Option<Rc<str>>,
    pub starting_deadline_s: Option<i64>,
    pub concurrency_policy: ConcurrencyPolicy,
    pub suspend: bool,
    pub successful_jobs_history_limit: Option<i32>,
    pub failed_jobs_history_limit: Option<i32>,
    /// Of the template.
    pub job_labels: Labels,
    /// Of the template.
    pub job_annotations: Labels,
}

/// What becomes of a Job that is due while an earlier one still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConcurrencyPolicy {
    /// It starts beside it.
    Allow,
    /// It is skipped.
    Forbid,
    /// It starts, and the earlier one is deleted.
    Replace,
}

impl ConcurrencyPolicy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Forbid => "Forbid",
            Self::Replace => "Replace",
        }
    }
}

/// What has become of a CronJob.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CronJobStatus {
    pub active: Vec<JobReference>,
    pub last_schedule_time: Option<Time>,
    pub last_successful_time: Option<Time>,
}

impl CronJobStatus {
    pub fn is_active(&self, job: Uid) -> bool {
        self.active.iter().any(|active| active.uid == job)
    }

    /// Takes a Job off the active ones.
    pub fn drop_active(&mut self, job: Uid) {
        self.active.retain(|active| active.uid != job);
    }
}

/// A Job, as its CronJob remembers it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobReference {
    pub namespace: Rc<str>,
    pub name: Rc<str>,
    pub uid: Uid,
    /// Of the Job when it was put down; 0 when unknown.
    pub resource_version: u64,
}
