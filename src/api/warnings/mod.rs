//! Warnings that the API server returns beside an accepted object.

mod pod_template;

use std::fmt;

use crate::api::types::batch::{CronJob, Job, JobSpec};

use super::validation::FieldPath;
use super::validation::names::is_dns1123_label;
use pod_template::warnings_for_pod_template;

const COMPLETIONS_SOFT_LIMIT: i32 = 100_000;
const PARALLELISM_SOFT_LIMIT: i32 = 10_000;

/// One warning. Displays as `<field>: <message>`, which kubectl prints behind `Warning: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiWarning {
    /// Empty when the message says itself what it is about.
    pub field: String,
    pub message: String,
}

impl fmt::Display for ApiWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

// Models pkg/registry/batch/job/strategy.go WarningsOnCreate
pub fn warnings_on_create(job: &Job) -> Vec<ApiWarning> {
    let mut warnings = warnings_for_name(job.metadata.name.as_deref());
    warnings.extend(warnings_for_job_spec(job.spec.as_ref(), &FieldPath::root("spec")));
    warnings
}

/// Nothing as long as the generation stands still.
// Models pkg/registry/batch/job/strategy.go WarningsOnUpdate
pub fn warnings_on_update(job: &Job, old: &Job) -> Vec<ApiWarning> {
    if job.metadata.generation == old.metadata.generation {
        return Vec::new();
    }
    warnings_for_job_spec(job.spec.as_ref(), &FieldPath::root("spec"))
}

// Models pkg/registry/batch/cronjob/strategy.go WarningsOnCreate
pub fn cronjob_warnings_on_create(cron_job: &CronJob) -> Vec<ApiWarning> {
    let mut warnings = warnings_for_name(cron_job.metadata.name.as_deref());
    let path = FieldPath::root("spec.jobTemplate.spec");
    warnings.extend(warnings_for_job_spec(cron_job.spec.job_template.spec.as_ref(), &path));
    warnings
}

// Models pkg/api/job/warnings.go WarningsForJobSpec
pub fn warnings_for_job_spec(spec: Option<&JobSpec>, path: &FieldPath) -> Vec<ApiWarning> {
    let Some(spec) = spec else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    if spec.completion_mode.as_deref() == Some("Indexed")
        && spec.completions.unwrap_or_default() > COMPLETIONS_SOFT_LIMIT
        && spec.parallelism.unwrap_or_default() > PARALLELISM_SOFT_LIMIT
    {
        let message = "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
        warn(&mut warnings, path, message);
    }
    warnings_for_pod_template(&spec.template, &path.child("template"), &mut warnings);
    warnings
}

fn warnings_for_name(name: Option<&str>) -> Vec<ApiWarning> {
    let complaints = is_dns1123_label(name.unwrap_or_default());
    if complaints.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{}]",
        complaints.join(" ")
    );
    let mut warnings = Vec::new();
    warn(&mut warnings, &FieldPath::root("metadata.name"), &message);
    warnings
}

fn warn(warnings: &mut Vec<ApiWarning>, path: &FieldPath, message: &str) {
    warnings.push(ApiWarning { field: path.to_string(), message: message.to_string() });
}
