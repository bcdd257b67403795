//! CronJobs on creation and update: schedule, time zone, limits, and the template of their Jobs.
//! What a schedule's text must look like is the business of [`crate::api::cron`].

use crate::api::types::batch::{CronJob, CronJobSpec, JobSpec, JobTemplateSpec};

use super::field::{ErrorList, FieldError, FieldPath};
use super::job::validate_fields;
use super::metadata::{
    validate_cronjob_name_length, validate_nonnegative, validate_object_meta, validate_object_meta_update,
};
use super::pod_template::one_of;
use crate::api::cron::Schedule;
use crate::sim::Zone;

const CONCURRENCY_POLICIES: [&str; 3] = ["Allow", "Forbid", "Replace"];
const MAX_ZONE_PART_BYTES: usize = 14;

/// Everything wrong with a CronJob that is about to be stored.
// Models pkg/apis/batch/validation ValidateCronJobCreate
pub fn validate_cronjob_create(cron_job: &CronJob) -> ErrorList {
    let path = FieldPath::root("metadata");
    let mut errors = ErrorList::new();
    validate_object_meta(&cron_job.metadata, &path, &mut errors);
    errors.extend(validate_cronjob_spec(&cron_job.spec, None));
    validate_cronjob_name_length(&cron_job.metadata, &path, &mut errors);
    errors
}

/// Everything wrong with an update of a CronJob.
// Models pkg/apis/batch/validation ValidateCronJobUpdate
pub fn validate_cronjob_update(cron_job: &CronJob, old: &CronJob) -> ErrorList {
    let mut errors = ErrorList::new();
    validate_object_meta_update(&cron_job.metadata, &old.metadata, &FieldPath::root("metadata"), &mut errors);
    errors.extend(validate_cronjob_spec(&cron_job.spec, Some(&old.spec)));
    errors
}

/// A CronJob's spec; `old` is the stored one of an update.
// Models pkg/apis/batch/validation validateCronJobSpec
pub fn validate_cronjob_spec(spec: &CronJobSpec, old: Option<&CronJobSpec>) -> ErrorList {
    let mut errors = ErrorList::new();
    let path = FieldPath::root("spec");
    validate_schedule(spec, old, &path.child("schedule"), &mut errors);
    let deadline = spec.starting_deadline_seconds;
    validate_nonnegative(deadline, &path.child("startingDeadlineSeconds"), &mut errors);
    if let Some(zone) = &spec.time_zone
        && old.is_none_or(|old| old.time_zone != spec.time_zone)
    {
        validate_time_zone(zone, &path.child("timeZone"), &mut errors);
    }
    let policy = spec.concurrency_policy.as_deref();
    one_of(policy, &CONCURRENCY_POLICIES, &path.child("concurrencyPolicy"), &mut errors);
    validate_job_template(&spec.job_template, &path.child("jobTemplate.spec"), &mut errors);
    let limit = spec.successful_jobs_history_limit;
    validate_nonnegative(limit, &path.child("successfulJobsHistoryLimit"), &mut errors);
    let limit = spec.failed_jobs_history_limit;
    validate_nonnegative(limit, &path.child("failedJobsHistoryLimit"), &mut errors);
    errors
}

/// The name of a time zone.
// Models pkg/apis/batch/validation validateTimeZone
pub fn validate_time_zone(zone: &str, path: &FieldPath, errors: &mut ErrorList) {
    if zone.is_empty() {
        errors.push(FieldError::invalid(path, zone, "timeZone must be nil or non-empty string"));
        return;
    }
    let unknown = format!("unknown time zone {zone}");
    if !zone.split('/').all(is_zone_part) {
        errors.push(FieldError::invalid(path, zone, &unknown));
        return;
    }
    if zone.eq_ignore_ascii_case("Local") {
        let text = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
        errors.push(FieldError::invalid(path, zone, text));
    }
    if zone != "Local" && Zone::named(zone).is_none() {
        errors.push(FieldError::invalid(path, zone, &unknown));
    }
}

// Models pkg/apis/batch/validation validateScheduleFormat
fn validate_schedule(spec: &CronJobSpec, old: Option<&CronJobSpec>, path: &FieldPath, errors: &mut ErrorList) {
    let schedule = &spec.schedule;
    if schedule.is_empty() {
        errors.push(FieldError::required(path, ""));
        return;
    }
    if let Err(complaint) = Schedule::parse(schedule) {
        errors.push(FieldError::invalid(path, schedule, &complaint));
    }
    if !schedule.contains("TZ") {
        return;
    }
    let had_zone = old.is_some_and(|old| old.schedule.contains("TZ"));
    if had_zone && spec.time_zone.is_some() {
        let text = "cannot use both timeZone field and TZ or CRON_TZ in schedule";
        errors.push(FieldError::invalid(path, schedule, text));
    } else if !had_zone {
        let text = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        errors.push(FieldError::invalid(path, schedule, text));
    }
}

// Models pkg/apis/batch/validation ValidateJobTemplateSpec
fn validate_job_template(template: &JobTemplateSpec, path: &FieldPath, errors: &mut ErrorList) {
    let none = JobSpec::default();
    let spec = template.spec.as_ref().unwrap_or(&none);
    validate_fields(spec, path, errors);
    if spec.selector.is_some() {
        let text = "`selector` will be auto-generated";
        errors.push(FieldError::invalid(&path.child("selector"), &spec.selector, text));
    }
    if spec.manual_selector == Some(true) {
        let path = path.child("manualSelector");
        errors.push(FieldError::not_supported(&path, &true, &["nil", "false"]));
    }
}

fn is_zone_part(part: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    let length_fits = (1..=MAX_ZONE_PART_BYTES).contains(&part.len());
    length_fits && part != "." && part != ".." && !part.starts_with('-') && part.bytes().all(fits)
}
