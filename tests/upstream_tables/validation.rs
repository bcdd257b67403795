//! Refusals and warnings of the API server for Jobs, the syntax of names, and lists of indexes.

use jobscope::api::strategy::validate_create;
use jobscope::api::types::batch::{CronJob, Job};
use jobscope::api::validation::cronjob::{
    validate_cronjob_create, validate_cronjob_spec, validate_cronjob_update, validate_time_zone,
};
use jobscope::api::validation::indexes::{validate_failed_indexes_not_overlap_completed, validate_indexes_format};
use jobscope::api::validation::job::{JobValidationOptions, validate_job};
use jobscope::api::validation::job_status::{JobStatusValidationOptions, validate_job_update_status};
use jobscope::api::validation::job_update::validate_job_update;
use jobscope::api::validation::{ErrorList, FieldError, names};
use jobscope::api::warnings::{
    ApiWarning, cronjob_warnings_on_create, warnings_for_job_spec, warnings_on_create, warnings_on_update,
};
use jobscope::api::{strategy, validation::FieldPath};
use serde_json::{Value, json};

use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestValidateJob" => Some(job(case)),
        "TestValidateJobUpdate" => Some(job_update(case)),
        "TestValidateJobUpdateStatus" => Some(job_update_status(case)),
        "TestValidateCronJob" | "TestValidateCronJobScheduleTZ" => Some(cron_job(case)),
        "TestValidateCronJobSpec" => Some(cron_job_spec(case)),
        "TestTimeZones" => Some(time_zones(case)),
        "TestValidateIndexesString" => Some(indexes(case)),
        "TestValidateFailedIndexesNotOverlapCompleted" => Some(indexes_overlap(case)),
        table if table.contains("TestIsDNS1123Label") => Some(name(case)),
        table if table.contains("TestWarningsForJobSpec") => Some(warnings(case)),
        _ => None,
    }
}

fn job(case: &Case) -> Result<(), String> {
    compare_errors(&validate_job(&case.given_as("job")?, options(case)), case)
}

fn job_update(case: &Case) -> Result<(), String> {
    compare_errors(&validate_job_update(&case.given_as("job")?, &case.given_as("old")?, options(case)), case)
}

fn job_update_status(case: &Case) -> Result<(), String> {
    let options: JobStatusValidationOptions = case.given_as("options")?;
    compare_errors(&validate_job_update_status(&case.given_as("job")?, &case.given_as("old")?, options), case)
}

fn cron_job(case: &Case) -> Result<(), String> {
    let cron_job = case.given_as("cronJob")?;
    let errors = if case.given("old").is_object() {
        validate_cronjob_update(&cron_job, &case.given_as("old")?)
    } else {
        validate_cronjob_create(&cron_job)
    };
    compare_errors(&errors, case)
}

fn cron_job_spec(case: &Case) -> Result<(), String> {
    let (new, old): (CronJob, Option<CronJob>) = (case.given_as("cronJob")?, case.given_as("old")?);
    let old = old.map(|old| old.spec);
    compare_errors(&validate_cronjob_spec(&new.spec, old.as_ref()), case)
}

fn time_zones(case: &Case) -> Result<(), String> {
    let zones: Vec<String> = case.given_as("timeZones")?;
    let mut errors = ErrorList::new();
    for zone in &zones {
        validate_time_zone(zone, &FieldPath::root("spec.timeZone"), &mut errors);
    }
    compare_errors(&errors, case)
}

fn options(case: &Case) -> JobValidationOptions {
    let is_on = |name: &str| case.given("options")[name] == Value::Bool(true);
    JobValidationOptions {
        require_prefixed_labels: is_on("requirePrefixedLabels"),
        allow_elastic_indexed_jobs: is_on("allowElasticIndexedJobs"),
        allow_mutable_scheduling_directives: is_on("allowMutableSchedulingDirectives"),
        allow_mutable_pod_resources: is_on("allowMutablePodResources"),
    }
}

fn indexes(case: &Case) -> Result<(), String> {
    let (indexes, completions): (String, i32) = (case.given_as("indexes")?, case.given_as("completions")?);
    match validate_indexes_format(&indexes, completions) {
        Ok(total) => {
            same("error", &Value::Null, case.want("error"))?;
            same("total", &json!(total), case.want("total"))
        }
        Err(complaint) => same("error", &json!(complaint), case.want("error")),
    }
}

fn indexes_overlap(case: &Case) -> Result<(), String> {
    let completed: String = case.given_as("completedIndexes")?;
    let failed: String = case.given_as("failedIndexes")?;
    let found = validate_failed_indexes_not_overlap_completed(&completed, &failed, case.given_as("completions")?);
    same("error", &json!(found.err()), case.want("error"))
}

fn name(case: &Case) -> Result<(), String> {
    let value: String = case.given_as("value")?;
    let complaints = match case.given("rule").as_str().unwrap_or_default() {
        "dnsLabel" => names::is_dns1123_label(&value),
        "dnsSubdomain" => names::is_dns1123_subdomain(&value),
        "labelKey" => names::is_label_key(&value),
        "labelValue" => names::is_label_value(&value),
        "jobName" => return job_name(case, &value),
        "cronjobName" => return cron_job_name(case, &value),
        other => return Err(format!("unknown rule {other}")),
    };
    same("errors", &json!(complaints), case.want("errors"))
}

/// The name on an otherwise good Job, as the API server takes it.
fn job_name(case: &Case, name: &str) -> Result<(), String> {
    let mut job: Job = serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]}}},
    }))
    .map_err(|error| error.to_string())?;
    if let (Some(spec), Ok(completions)) = (&mut job.spec, case.given_as("completions")) {
        spec.completions = Some(completions);
        spec.completion_mode = Some("Indexed".to_string());
    }
    let admitted = strategy::admit_for_create(job, "1a2b3c", &case.gates());
    let of_metadata = |error: &FieldError| error.field.starts_with("metadata");
    let errors = validate_create(&admitted, &case.gates()).into_iter().filter(of_metadata).collect();
    compare_errors(&errors, case)?;
    compare_warnings(&warnings_on_create(&admitted), case)
}

/// The name on a CronJob: its metadata alone.
fn cron_job_name(case: &Case, name: &str) -> Result<(), String> {
    let mut cron_job = CronJob::default();
    cron_job.metadata.name = Some(name.to_string());
    cron_job.metadata.namespace = Some("default".to_string());
    let of_metadata = |error: &FieldError| error.field.starts_with("metadata");
    let errors = validate_cronjob_create(&cron_job).into_iter().filter(of_metadata).collect();
    compare_errors(&errors, case)?;
    compare_warnings(&cronjob_warnings_on_create(&cron_job), case)
}

fn warnings(case: &Case) -> Result<(), String> {
    let found = if case.given("cronJob").is_object() {
        cronjob_warnings_on_create(&case.given_as("cronJob")?)
    } else {
        let job: Job = case.given_as("job")?;
        match (case.given("old").is_object(), case.given("job")["metadata"].is_object()) {
            (true, _) => warnings_on_update(&job, &case.given_as("old")?),
            (false, true) => warnings_on_create(&job),
            (false, false) => warnings_for_job_spec(job.spec.as_ref(), &FieldPath::root("spec")),
        }
    };
    compare_warnings(&found, case)
}

fn compare_warnings(found: &[ApiWarning], case: &Case) -> Result<(), String> {
    let texts: Vec<String> = found.iter().map(ApiWarning::to_string).collect();
    same("warnings", &json!(texts), case.want("warnings"))
}

fn compare_errors(found: &ErrorList, case: &Case) -> Result<(), String> {
    let wanted = case.want("errors").as_array().cloned().unwrap_or_default();
    let all = || found.iter().map(FieldError::to_string).collect::<Vec<_>>().join("; ");
    if found.len() != wanted.len() {
        return Err(format!("found {} errors, wanted {}: {}", found.len(), wanted.len(), all()));
    }
    for (error, wanted) in found.iter().zip(&wanted) {
        if !is_error(error, wanted) {
            return Err(format!("found {} {error}, wanted {wanted}", error.kind.name()));
        }
    }
    Ok(())
}

fn is_error(error: &FieldError, wanted: &Value) -> bool {
    let part = |field: &str| wanted[field].as_str().unwrap_or_default();
    error.kind.name() == part("type")
        && error.field == part("field")
        && wanted["message"].as_str().is_none_or(|message| message == error.message)
        && error.message.starts_with(part("messageStart"))
        && error.message.ends_with(part("messageEnd"))
}
