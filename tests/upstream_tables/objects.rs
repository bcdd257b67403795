//! Upstream's Jobs and pods as the cases write them, turned into the simulator's, and what cases say about them back.

use std::collections::BTreeMap;
use std::rc::Rc;

use jobscope::api::job::JOB_COMPLETION_INDEX;
use jobscope::api::types::meta::ObjectMeta;
use jobscope::api::types::{batch, core};
use jobscope::api::{CronJob, Gates, Job, JobCondition, JobStatus, Pod, Uid, wire};
use jobscope::controllers::job::rules::{Intervals, SyncContext, SyncInput, Tunables, observe};
use jobscope::sim::Time;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Case, same};

/// Uids as the cases write them, numbered in the order in which they turn up.
#[derive(Default)]
pub struct Uids {
    by_name: BTreeMap<String, Uid>,
}

impl Uids {
    pub fn uid(&mut self, name: &str) -> Uid {
        let next = Uid(self.by_name.len() as u32 + 1);
        *self.by_name.entry(name.to_owned()).or_insert(next)
    }

    pub fn name(&self, uid: Uid) -> &str {
        self.by_name.iter().find(|(_, found)| **found == uid).map_or("?", |(name, _)| name)
    }

    pub fn names(&self, uids: &[Uid]) -> Vec<String> {
        uids.iter().map(|uid| self.name(*uid).to_owned()).collect()
    }

    /// The uids of a list of texts.
    pub fn list(&mut self, names: &Value) -> Vec<Uid> {
        names.as_array().into_iter().flatten().map(|name| self.uid(name.as_str().unwrap_or_default())).collect()
    }

    pub fn job(&mut self, value: &Value) -> Result<Job, String> {
        let job: batch::Job = read(value)?;
        let spec = job.spec.unwrap_or_default();
        Ok(Job {
            meta: self.meta("Job", &job.metadata),
            spec: wire::job_spec(&spec),
            status: wire::job_status(&job.status.unwrap_or_default(), &mut |name| self.uid(name)),
            wire: Rc::new(spec),
        })
    }

    pub fn cron_job(&mut self, value: &Value) -> Result<CronJob, String> {
        let cron_job: batch::CronJob = read(value)?;
        Ok(CronJob {
            meta: self.meta("CronJob", &cron_job.metadata),
            spec: wire::cron_job_spec(&cron_job.spec),
            status: wire::cron_job_status(&cron_job.status.unwrap_or_default(), &mut |name| self.uid(name)),
            wire: Rc::new(cron_job.spec),
        })
    }

    pub fn jobs(&mut self, value: &Value) -> Result<Vec<Rc<Job>>, String> {
        value.as_array().into_iter().flatten().map(|job| Ok(Rc::new(self.job(job)?))).collect()
    }

    pub fn pod(&mut self, value: &Value) -> Result<Rc<Pod>, String> {
        let pod: core::Pod = read(value)?;
        let meta = self.meta("Pod", &pod.metadata);
        let index = meta.annotations.get(JOB_COMPLETION_INDEX).and_then(|text| text.parse::<i64>().ok());
        let template = core::PodTemplateSpec { metadata: None, spec: pod.spec.clone() };
        let spec = pod.spec.unwrap_or_default();
        Ok(Rc::new(Pod {
            completion_index: index.filter(|index| *index >= 0).map(|index| u32::try_from(index).unwrap_or(u32::MAX)),
            hostname: spec.hostname.as_deref().map(Into::into),
            node: spec.node_name.as_deref().map(Into::into),
            template: Rc::new(wire::pod_template(&template)),
            status: wire::pod_status(&pod.status.unwrap_or_default()),
            meta,
        }))
    }

    /// Metadata; an object without a uid gets one by its name.
    fn meta(&mut self, kind: &str, meta: &ObjectMeta) -> jobscope::api::ObjectMeta {
        let mut meta = meta.clone();
        let name = || format!("{kind} {:?} {:?}", meta.namespace, meta.name);
        meta.uid = Some(meta.uid.clone().unwrap_or_else(name));
        wire::meta(&meta, &mut |name| self.uid(name))
    }

    pub fn pods(&mut self, value: &Value) -> Result<Vec<Rc<Pod>>, String> {
        value.as_array().into_iter().flatten().map(|pod| self.pod(pod)).collect()
    }
}

/// A wire object, or another typed value.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| format!("{value}: {error}"))
}

/// `null`, or a moment.
pub fn time(value: &Value) -> Option<Time> {
    Time::parse(value.as_str()?)
}

pub fn number(value: &Value) -> i32 {
    value.as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or(0)
}

/// Pairs of both ends.
pub fn intervals(value: &Value) -> Intervals {
    pairs(value).into_iter().collect()
}

pub fn pairs(value: &Value) -> Vec<(u32, u32)> {
    value.as_array().into_iter().flatten().map(|pair| (number(&pair[0]) as u32, number(&pair[1]) as u32)).collect()
}

/// The moment that the case, or its file, calls now.
pub fn now(case: &Case) -> Time {
    time(case.given("now")).or_else(|| time(case.document("now"))).unwrap_or_default()
}

/// What a sync makes of a Job and its pods before it decides anything.
pub fn context(job: Job, pods: Vec<Rc<Pod>>, gates: Gates, now: Time) -> SyncContext {
    observe(SyncInput {
        job,
        pods,
        pending_expectations: None,
        expected_removals: Default::default(),
        backoff: Default::default(),
        gates,
        tunables: Tunables::default(),
        now,
    })
}

/// What an absent field of a wanted status stands for, where that differs between tables.
#[derive(Clone, Copy, PartialEq)]
pub enum Absent {
    /// Zero and absent are the same.
    IsZero,
    /// The field must be absent.
    IsAbsent,
}

/// Compares those parts of a status that the case names.
pub fn same_status(found: &JobStatus, wanted: &Value, uids: &Uids, absent: Absent) -> Result<(), String> {
    let optional = |found: Option<i32>, wanted: &Value| match absent {
        Absent::IsZero => (found.or(Some(0)), Some(number(wanted))),
        Absent::IsAbsent => (found, wanted.as_i64().map(|_| number(wanted))),
    };
    for (field, wanted) in wanted.as_object().into_iter().flatten() {
        let text = |wanted: &Value| wanted.as_str().unwrap_or_default().to_owned();
        let field = &**field;
        match field {
            "active" => same(field, &found.active, &number(wanted))?,
            "succeeded" => same(field, &found.succeeded, &number(wanted))?,
            "failed" => same(field, &found.failed, &number(wanted))?,
            "ready" | "terminating" => {
                let (found, wanted) = optional(if field == "ready" { found.ready } else { found.terminating }, wanted);
                same(field, &found, &wanted)?;
            }
            "completedIndexes" => same(field, &found.completed_indexes, &text(wanted))?,
            "failedIndexes" => same(field, &found.failed_indexes.as_deref(), &wanted.as_str())?,
            "uncountedTerminatedPods" => same_uncounted(found, wanted, uids)?,
            "conditions" => same(field, &conditions(&found.conditions), &wanted_conditions(wanted))?,
            "startTime" => same(field, &found.start_time, &time(wanted))?,
            "completionTime" => same(field, &found.completion_time, &time(wanted))?,
            _ => return Err(format!("status.{field} is not compared")),
        }
    }
    Ok(())
}

fn same_uncounted(found: &JobStatus, wanted: &Value, uids: &Uids) -> Result<(), String> {
    let found = found.uncounted_terminated_pods.clone().unwrap_or_default();
    let list =
        |wanted: &Value| wanted.as_array().into_iter().flatten().filter_map(Value::as_str).map(String::from).collect();
    same("uncounted succeeded", &uids.names(&found.succeeded), &list(&wanted["succeeded"]))?;
    same("uncounted failed", &uids.names(&found.failed), &list(&wanted["failed"]))
}

fn conditions(conditions: &[JobCondition]) -> Vec<[String; 4]> {
    let line = |condition: &JobCondition| {
        let (kind, status) = (condition.kind.as_str(), condition.status.as_str());
        [kind.to_owned(), status.to_owned(), condition.reason.to_string(), condition.message.to_string()]
    };
    conditions.iter().map(line).collect()
}

fn wanted_conditions(wanted: &Value) -> Vec<[String; 4]> {
    let line = |condition: &Value| {
        ["type", "status", "reason", "message"].map(|field| condition[field].as_str().unwrap_or_default().to_owned())
    };
    wanted.as_array().into_iter().flatten().map(line).collect()
}
