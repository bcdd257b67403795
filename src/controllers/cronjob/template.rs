//! The Jobs of a CronJob: those that its controller starts, and those that people start by hand.

use super::client::controller_reference;
use crate::api::cronjob::CRON_JOB_SCHEDULED_TIMESTAMP;
use crate::api::meta::{BlockOwnerDeletion, OwnerReference};
use crate::api::types::meta::ObjectMeta;
use crate::api::{CronJob, Labels};
use crate::apiserver::{NamedBy, NewJob};
use crate::sim::{SECOND_MS, Time, Zone, gather};
use std::collections::BTreeMap;

/// The Job for that start.
// Models pkg/controller/cronjob/utils.go getJobFromTemplate2
pub fn job_from_template(cron_job: &CronJob, scheduled: Time) -> NewJob {
    let zone = cron_job.spec.time_zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
    let mut annotations = texts(&cron_job.spec.job_annotations);
    annotations.insert(CRON_JOB_SCHEDULED_TIMESTAMP.to_owned(), zone.rfc3339(scheduled));
    let metadata = ObjectMeta {
        name: Some(job_name(cron_job, scheduled)),
        namespace: Some(cron_job.meta.namespace.to_string()),
        labels: Some(texts(&cron_job.spec.job_labels)),
        annotations: Some(annotations),
        ..ObjectMeta::default()
    };
    let (template, owner) = (cron_job.wire.clone(), controller_reference(cron_job));
    NewJob { metadata, named_by: NamedBy::Controller, template, owner }
}

/// Where a Job that was started by hand says so.
const INSTANTIATE: &str = "cronjob.kubernetes.io/instantiate";

/// A Job that somebody starts by hand; without a name of its own it gets one made from the CronJob's.
// Models staging/src/k8s.io/kubectl/pkg/cmd/create/create_job.go createJobFromCronJob
pub fn manual_job(cron_job: &CronJob, name: Option<&str>) -> NewJob {
    let mut annotations = texts(&cron_job.spec.job_annotations);
    annotations.insert(INSTANTIATE.to_owned(), "manual".to_owned());
    let metadata = ObjectMeta {
        name: name.map(str::to_owned),
        generate_name: Some(format!("{}-manual-", cron_job.meta.name)),
        namespace: Some(cron_job.meta.namespace.to_string()),
        labels: Some(texts(&cron_job.spec.job_labels)),
        annotations: Some(annotations),
        ..ObjectMeta::default()
    };
    let owner = OwnerReference { blocks_deletion: BlockOwnerDeletion::No, ..controller_reference(cron_job) };
    NewJob { metadata, named_by: NamedBy::Person, template: cron_job.wire.clone(), owner }
}

/// The name of the Job for that start, the same whenever it is asked for: it ends in minutes since the epoch.
// Models pkg/controller/cronjob/cronjob_controllerv2.go getJobName
pub fn job_name(cron_job: &CronJob, scheduled: Time) -> String {
    format!("{}-{}", cron_job.meta.name, scheduled.epoch_ms() / SECOND_MS / 60)
}

fn texts(labels: &Labels) -> BTreeMap<String, String> {
    gather(labels.iter().map(|label| (label.0.to_string(), label.1.to_string())))
}
