//! One object of a manifest: decoded strictly, and tried as the API server would take it.

use crate::api::types::batch::{CronJob, Job};
use crate::api::types::meta::ObjectMeta;
use serde_json::Value;

use super::unsimulated::unsimulated;
use super::{Mark, Source};
use crate::api::decode::{Finding, FindingKind, decode, path_text};
use crate::api::problem::{Problem, Severity};
use crate::api::strategy::{admit_cronjob_for_create, admit_for_create, validate_create};
use crate::api::validation::cronjob::validate_cronjob_create;
use crate::api::validation::{ErrorList, FieldPath};
use crate::api::warnings::{ApiWarning, cronjob_warnings_on_create, warnings_on_create};

/// Stands for the uid and for the generated part of a name, which only the store gives.
const TRIAL_UID: &str = "00000000-0000-4000-8000-000000000000";
const TRIAL_SUFFIX: &str = "xxxxx";
const DEFAULT_NAMESPACE: &str = "default";

/// The Job as sent, if the API server would take it. What it would say goes to `problems`.
pub fn read_job(source: &Source, value: &Value, problems: &mut Vec<Problem>) -> Option<Job> {
    let (mut job, findings) = decode::<Job>(value);
    problems.extend(findings.iter().map(|finding| finding_problem(source, finding)));
    job.status = None;
    let mut trial = job.clone();
    name_finally(&mut trial.metadata);
    let trial = admit_for_create(trial, TRIAL_UID, source.gates);
    let warnings = || {
        let mut warnings = warnings_on_create(&trial);
        let path = FieldPath::root("spec.template");
        warnings.extend(trial.spec.iter().flat_map(|spec| unsimulated(&spec.template, &path)));
        warnings
    };
    judge(source, &findings, &validate_create(&trial, source.gates), warnings, problems)?;
    Some(job)
}

/// The CronJob as sent, if the API server would take it. What it would say goes to `problems`.
pub fn read_cron_job(source: &Source, value: &Value, problems: &mut Vec<Problem>) -> Option<CronJob> {
    let (mut cron_job, findings) = decode::<CronJob>(value);
    problems.extend(findings.iter().map(|finding| finding_problem(source, finding)));
    cron_job.status = None;
    let mut trial = cron_job.clone();
    name_finally(&mut trial.metadata);
    let trial = admit_cronjob_for_create(trial, TRIAL_UID);
    let warnings = || {
        let mut warnings = cronjob_warnings_on_create(&trial);
        let path = FieldPath::root("spec.jobTemplate.spec.template");
        let spec = trial.spec.job_template.spec.iter();
        warnings.extend(spec.flat_map(|spec| unsimulated(&spec.template, &path)));
        warnings
    };
    judge(source, &findings, &validate_cronjob_create(&trial), warnings, problems)?;
    Some(cron_job)
}

/// Tells what the API server says. `None` when it would not take the object.
pub fn judge(
    source: &Source,
    findings: &[Finding],
    errors: &ErrorList,
    warnings: impl FnOnce() -> Vec<ApiWarning>,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    let wrong: Vec<String> = findings
        .iter()
        .filter(|finding| matches!(finding.kind, FindingKind::WrongValue { .. }))
        .map(|finding| path_text(&finding.steps))
        .collect();
    let mut accepted = findings.is_empty();
    for error in errors {
        // What could not be decoded has been said already.
        if wrong.iter().any(|path| error.field.starts_with(path.as_str())) {
            continue;
        }
        accepted = false;
        let mark = if error.message.contains("value: ") { Mark::Value } else { Mark::Key };
        let problem = source.problem_at(Severity::Error, &error.field, error.to_string(), mark);
        // What is said of several labels alike is said once.
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    if !accepted {
        return None;
    }
    for warning in warnings() {
        problems.push(source.problem(Severity::Warning, &warning.field, warning.to_string()));
    }
    Some(())
}

pub fn finding_problem(source: &Source, finding: &Finding) -> Problem {
    let path = path_text(&finding.steps);
    match &finding.kind {
        FindingKind::UnknownField { hint } => {
            let hint = hint.as_ref().map_or_else(String::new, |hint| format!(": {hint}"));
            let message = format!("unknown field {path:?}{hint}");
            source.problem(Severity::Error, &path, message)
        }
        FindingKind::WrongValue { message } => {
            let message = format!("{} {message}", if path.is_empty() { "this" } else { &path });
            source.problem_at(Severity::Error, &path, message, Mark::Value)
        }
    }
}

/// Gives the object the name and namespace that it would be stored under.
pub fn name_finally(metadata: &mut ObjectMeta) {
    let is_empty = |text: &Option<String>| text.as_deref().unwrap_or_default().is_empty();
    if is_empty(&metadata.name)
        && let Some(prefix) = metadata.generate_name.as_ref().filter(|prefix| !prefix.is_empty())
    {
        metadata.name = Some(format!("{prefix}{TRIAL_SUFFIX}"));
    }
    if is_empty(&metadata.namespace) {
        metadata.namespace = Some(DEFAULT_NAMESPACE.to_string());
    }
}
