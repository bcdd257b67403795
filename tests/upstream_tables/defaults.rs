//! What the API server fills in.

use jobscope::api::defaults::{set_defaults_cronjob, set_defaults_job};
use jobscope::api::types::batch::{CronJob, Job};
use serde_json::Value;

use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestSetDefaultJob" => Some(job(case)),
        "TestSetDefaultCronJob" => Some(cron_job(case)),
        _ => None,
    }
}

fn job(case: &Case) -> Result<(), String> {
    let mut job: Job = case.given_as("job")?;
    set_defaults_job(&mut job, &case.gates());
    compare(case, &job)?;
    if case.want("defaulted")["labelsEqualTemplateLabels"] == Value::Bool(true) {
        let template = job.spec.unwrap_or_default().template.metadata.unwrap_or_default();
        same("labels", &job.metadata.labels, &template.labels)?;
    }
    Ok(())
}

fn cron_job(case: &Case) -> Result<(), String> {
    let mut cron_job: CronJob = case.given_as("cronJob")?;
    set_defaults_cronjob(&mut cron_job);
    compare(case, &cron_job)
}

fn compare<T: serde::Serialize>(case: &Case, object: &T) -> Result<(), String> {
    let object = serde_json::to_value(object).map_err(|error| error.to_string())?;
    for (field, wanted) in case.want("defaulted")["spec"].as_object().into_iter().flatten() {
        same(field, &object["spec"][field], wanted)?;
    }
    Ok(())
}
