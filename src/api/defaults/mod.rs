//! Fields that the API server fills in when a person leaves them out.
//! Works on wire types; generated names, labels and uids are the strategy's business.

mod apps;
mod pod;

pub use apps::{set_defaults_deployment, set_defaults_replica_set, set_defaults_service};
pub use pod::{set_defaults_host_ports, set_defaults_pod_spec, set_defaults_pod_template};

use crate::api::types::batch::{CronJob, Job, JobSpec};

use crate::api::gates::{Gate, Gates};

/// Fills in a Job and its pod template.
// Models pkg/apis/batch/v1/defaults.go SetDefaults_Job
pub fn set_defaults_job(job: &mut Job, gates: &Gates) {
    let spec = job.spec.get_or_insert_default();
    set_defaults_job_spec(spec, gates);
    set_defaults_pod_template(&mut spec.template);
    let template_labels = spec.template.metadata.as_ref().and_then(|meta| meta.labels.clone());
    let labels = &mut job.metadata.labels;
    if labels.as_ref().is_none_or(|labels| labels.is_empty()) {
        *labels = template_labels;
    }
}

/// Fills in a CronJob and the pod template of its Jobs.
// Models pkg/apis/batch/v1/defaults.go SetDefaults_CronJob
pub fn set_defaults_cronjob(cron_job: &mut CronJob) {
    let spec = &mut cron_job.spec;
    let policy = spec.concurrency_policy.take().filter(|policy| !policy.is_empty());
    spec.concurrency_policy = Some(policy.unwrap_or_else(|| "Allow".to_string()));
    spec.suspend.get_or_insert(false);
    spec.successful_jobs_history_limit.get_or_insert(3);
    spec.failed_jobs_history_limit.get_or_insert(1);
    if let Some(job_spec) = &mut spec.job_template.spec {
        set_defaults_pod_template(&mut job_spec.template);
    }
}

fn set_defaults_job_spec(spec: &mut JobSpec, gates: &Gates) {
    if spec.completions.is_none() && spec.parallelism.is_none() {
        spec.completions = Some(1);
    }
    spec.parallelism.get_or_insert(1);
    let backoff_limit = if spec.backoff_limit_per_index.is_some() { i32::MAX } else { 6 };
    spec.backoff_limit.get_or_insert(backoff_limit);
    spec.completion_mode.get_or_insert_with(|| "NonIndexed".to_string());
    spec.suspend.get_or_insert(false);
    spec.manual_selector.get_or_insert(false);
    if gates.enabled(Gate::JobPodReplacementPolicy) {
        let has_failure_policy = spec.pod_failure_policy.is_some();
        let policy = if has_failure_policy { "Failed" } else { "TerminatingOrFailed" };
        spec.pod_replacement_policy.get_or_insert_with(|| policy.to_string());
    }
    let rules = spec.pod_failure_policy.iter_mut().flat_map(|policy| &mut policy.rules);
    for pattern in rules.flat_map(|rule| rule.on_pod_conditions.iter_mut().flatten()) {
        let status = pattern.status.take().filter(|status| !status.is_empty());
        pattern.status = Some(status.unwrap_or_else(|| "True".to_string()));
    }
}
