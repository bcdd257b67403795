//! The rows of `kubectl get` for CronJobs, Jobs and pods. Works on wire objects; how rows line up is the table's business.

use super::duration::human_duration;
use super::pod_status::{Standing, standing};
use super::table::{Columns, or_none, since};
use crate::api::types::batch::{CronJob, Job, JobSpec};
use crate::api::types::core::{Pod, PodSpec};
use crate::api::types::meta::{LabelSelector, LabelSelectorRequirement};
use crate::sim::Time;

const POD_HEADS: [&str; 9] =
    ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED NODE", "READINESS GATES"];
const JOB_HEADS: [&str; 8] = ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"];
const CRON_JOB_HEADS: [&str; 10] =
    ["NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"];

/// The heads of a table of pods.
pub fn pod_heads(columns: Columns) -> &'static [&'static str] {
    first(&POD_HEADS, 5, columns)
}

/// The heads of a table of Jobs.
pub fn job_heads(columns: Columns) -> &'static [&'static str] {
    first(&JOB_HEADS, 5, columns)
}

/// The heads of a table of CronJobs.
pub fn cron_job_heads(columns: Columns) -> &'static [&'static str] {
    first(&CRON_JOB_HEADS, 7, columns)
}

fn first(heads: &'static [&'static str], usual: usize, columns: Columns) -> &'static [&'static str] {
    match columns {
        Columns::Usual => &heads[..usual],
        Columns::Wide => heads,
    }
}

/// The row of a pod.
// Models pkg/printers/internalversion/printers.go printPod
pub fn pod_row(pod: &Pod, now: Time, columns: Columns) -> Vec<String> {
    let Standing { ready, total, status, restarts, last_restart } = standing(pod);
    let restarts = match last_restart {
        Some(at) if restarts != 0 => format!("{restarts} ({} ago)", since(Some(at), now)),
        _ => restarts.to_string(),
    };
    let age = since(pod.metadata.creation_timestamp.map(|at| at.0), now);
    let mut row = vec![name(pod.metadata.name.as_deref()), format!("{ready}/{total}"), status, restarts, age];
    if columns == Columns::Wide {
        let status = pod.status.as_ref();
        let ip = status.and_then(|status| Some(status.pod_ips.as_ref()?.first()?.ip.as_str()));
        row.push(or_none(ip));
        row.push(or_none(pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref())));
        row.push(or_none(status.and_then(|status| status.nominated_node_name.as_deref())));
        row.push(readiness_gates(pod));
    }
    row
}

fn readiness_gates(pod: &Pod) -> String {
    let Some(gates) =
        pod.spec.as_ref().and_then(|spec| spec.readiness_gates.as_ref()).filter(|gates| !gates.is_empty())
    else {
        return or_none(None);
    };
    let conditions = || pod.status.iter().filter_map(|status| status.conditions.as_ref()).flatten();
    let is_open = |gate: &str| conditions().any(|condition| condition.type_ == gate && condition.status == "True");
    let open = gates.iter().filter(|gate| is_open(&gate.condition_type)).count();
    format!("{open}/{}", gates.len())
}

/// The row of a Job.
// Models pkg/printers/internalversion/printers.go printJob
pub fn job_row(job: &Job, now: Time, columns: Columns) -> Vec<String> {
    let no_spec = JobSpec::default();
    let spec = job.spec.as_ref().unwrap_or(&no_spec);
    let status = job.status.as_ref();
    let succeeded = status.and_then(|status| status.succeeded).unwrap_or_default();
    let completions = match (spec.completions, spec.parallelism.unwrap_or_default()) {
        (Some(completions), _) => format!("{succeeded}/{completions}"),
        (None, parallelism) if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    };
    let duration = status.and_then(|status| {
        let end = status.completion_time.map_or(now, |at| at.0);
        Some(human_duration(end.ms_since(status.start_time?.0)))
    });
    let mut row = vec![
        name(job.metadata.name.as_deref()),
        job_status(job).to_owned(),
        completions,
        duration.unwrap_or_default(),
        since(job.metadata.creation_timestamp.map(|at| at.0), now),
    ];
    if columns == Columns::Wide {
        row.extend(of_template(spec));
    }
    row
}

fn job_status(job: &Job) -> &'static str {
    let conditions = || job.status.iter().filter_map(|status| status.conditions.as_ref()).flatten();
    let has = |type_: &str| conditions().any(|condition| condition.type_ == type_ && condition.status == "True");
    if has("Complete") {
        "Complete"
    } else if has("Failed") {
        "Failed"
    } else if job.metadata.deletion_timestamp.is_some() {
        "Terminating"
    } else if has("Suspended") {
        "Suspended"
    } else if has("FailureTarget") {
        "FailureTarget"
    } else {
        "Running"
    }
}

/// The row of a CronJob.
// Models pkg/printers/internalversion/printers.go printCronJob
pub fn cron_job_row(cron_job: &CronJob, now: Time, columns: Columns) -> Vec<String> {
    let (spec, status) = (&cron_job.spec, cron_job.status.as_ref());
    let suspend = match spec.suspend {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    let active = status.and_then(|status| status.active.as_ref()).map_or(0, Vec::len);
    let last = status.and_then(|status| status.last_schedule_time).map(|at| since(Some(at.0), now));
    let mut row = vec![
        name(cron_job.metadata.name.as_deref()),
        spec.schedule.clone(),
        or_none(spec.time_zone.as_deref()),
        suspend.to_owned(),
        active.to_string(),
        or_none(last.as_deref()),
        since(cron_job.metadata.creation_timestamp.map(|at| at.0), now),
    ];
    if columns == Columns::Wide {
        row.extend(of_template(spec.job_template.spec.as_ref().unwrap_or(&JobSpec::default())));
    }
    row
}

fn name(name: Option<&str>) -> String {
    name.unwrap_or_default().to_owned()
}

/// Names and images of the containers, and the selector.
// Models pkg/printers/internalversion/printers.go layoutContainerCells
fn of_template(spec: &JobSpec) -> [String; 3] {
    let no_pod = PodSpec::default();
    let containers = &spec.template.spec.as_ref().unwrap_or(&no_pod).containers;
    let names: Vec<&str> = containers.iter().map(|container| &*container.name).collect();
    let images: Vec<&str> = containers.iter().map(|container| container.image.as_deref().unwrap_or_default()).collect();
    [names.join(","), images.join(","), selector(spec.selector.as_ref())]
}

/// A selector as people write it, by key.
// Models k8s.io/apimachinery pkg/apis/meta/v1 FormatLabelSelector
fn selector(selector: Option<&LabelSelector>) -> String {
    let labels = selector.into_iter().flat_map(|selector| selector.match_labels.iter().flatten());
    let expressions = selector.into_iter().flat_map(|selector| selector.match_expressions.iter().flatten());
    let mut terms: Vec<(&str, String)> = labels.map(|(key, value)| (&**key, format!("{key}={value}"))).collect();
    terms.extend(expressions.map(|expression| (&*expression.key, term(expression))));
    terms.sort();
    let terms: Vec<String> = terms.into_iter().map(|(_, term)| term).collect();
    or_none(Some(&terms.join(",")))
}

fn term(expression: &LabelSelectorRequirement) -> String {
    let key = &expression.key;
    let mut values = expression.values.clone().unwrap_or_default();
    values.sort();
    let values = values.join(",");
    match &*expression.operator {
        "In" => format!("{key} in ({values})"),
        "NotIn" => format!("{key} notin ({values})"),
        "DoesNotExist" => format!("!{key}"),
        _ => key.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_written_by_key() {
        let requirement = |key: &str, operator: &str, values: &[&str]| LabelSelectorRequirement {
            key: key.to_owned(),
            operator: operator.to_owned(),
            values: Some(values.iter().map(ToString::to_string).collect()),
        };
        let given = LabelSelector {
            match_labels: Some([("m".to_owned(), "n".to_owned())].into()),
            match_expressions: Some(vec![
                requirement("z", "In", &["b", "a"]),
                requirement("y", "NotIn", &["a"]),
                requirement("b", "DoesNotExist", &[]),
                requirement("a", "Exists", &[]),
            ]),
        };
        assert_eq!(selector(Some(&given)), "a,!b,m=n,y notin (a),z in (a,b)");
        assert_eq!(selector(None), "<none>");
    }
}
