//! Text that a person wrote into objects that the API server would accept, or into problems with
//! their place in the text, worded as kubectl words them. Nothing is stored and nothing runs here.

mod edit;
mod kinds;
mod lines;
mod object;
mod serving;
mod unsimulated;

use crate::api::types::apps::{DeploymentSpec, ReplicaSetSpec};
use crate::api::types::batch::{CronJob, Job};
use crate::api::types::core::ServiceSpec;
use crate::api::types::meta::ObjectMeta;
use serde_json::Value;

use super::gates::Gates;
use super::problem::{Position, Problem, Severity};
use super::yaml::{self, Document};
use kinds::{Serving, Verdict};

pub use edit::with_field;
pub use lines::{FieldLine, Lines, Written};

/// So many problems of a text are told one by one.
const MAX_PROBLEMS: usize = 200;

/// An object of a kind that Jobscope runs, as sent: no defaults, no generated fields.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    Job(Box<Job>),
    CronJob(Box<CronJob>),
    ReplicaSet(Box<Sent<ReplicaSetSpec>>),
    Deployment(Box<Sent<DeploymentSpec>>),
    Service(Box<Sent<ServiceSpec>>),
}

/// An object that serves Jobs. Its status is not read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sent<S> {
    pub metadata: ObjectMeta,
    pub spec: S,
}

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManifestReading {
    /// The objects that are accepted, in the order of the text.
    pub objects: Vec<Object>,
    /// Everything there is to say about the text, by line.
    pub problems: Vec<Problem>,
}

impl ManifestReading {
    /// Whether anything in the text is wrong.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// Reads every object of a text: YAML or JSON, several documents, lists of objects.
/// Objects of other kinds are passed over with a word; a text without any Job or CronJob is wrong. `gates` are those of
/// the API server that would take them.
pub fn read(text: &str, gates: &Gates) -> ManifestReading {
    let mut reading = ManifestReading::default();
    let yaml = yaml::read(text);
    reading.problems.extend(yaml.problems);
    for document in &yaml.documents {
        let source = Source { document, gates, prefix: String::new() };
        let before = reading.objects.len();
        read_object(&source, &document.value, &mut reading);
        if !document.problems.is_empty() {
            reading.objects.truncate(before);
            reading.problems.extend_from_slice(&document.problems);
        }
    }
    if reading.objects.is_empty() && !reading.has_errors() {
        let message = "there is no Job in this text: write one with \"apiVersion: batch/v1\" and \"kind: Job\"";
        reading.problems.push(Problem {
            severity: Severity::Error,
            start: Position { line: 1, column: 1 },
            end: None,
            field_path: None,
            message: message.to_string(),
        });
    }
    reading.problems.sort_by_key(|problem| (problem.start, problem.severity));
    bound_problems(&mut reading.problems);
    reading
}

/// Keeps the first problems and says how many more there are.
fn bound_problems(problems: &mut Vec<Problem>) {
    let rest = problems.len().saturating_sub(MAX_PROBLEMS);
    let Some(first_left_out) = problems.get(MAX_PROBLEMS).cloned().filter(|_| rest > 0) else { return };
    problems.truncate(MAX_PROBLEMS);
    let message = format!("and {rest} more problems from here on");
    problems.push(Problem { severity: Severity::Error, field_path: None, message, ..first_left_out });
}

fn read_object(source: &Source, value: &Value, reading: &mut ManifestReading) {
    if !value.is_object() {
        let message = "this document is no object: write \"apiVersion\", \"kind\" and \"metadata\"";
        reading.problems.push(source.problem(Severity::Error, "", message.to_string()));
        return;
    }
    match kinds::judge(value) {
        Verdict::Job => {
            if let Some(job) = object::read_job(source, value, &mut reading.problems) {
                reading.objects.push(Object::Job(Box::new(job)));
            }
        }
        Verdict::CronJob => read_cron_job(source, value, reading),
        Verdict::OldCronJob(remark) => {
            reading.problems.push(source.problem(Severity::Warning, "apiVersion", remark));
            let mut value = value.clone();
            value["apiVersion"] = Value::from("batch/v1");
            read_cron_job(source, &value, reading);
        }
        Verdict::Serving(kind, remark) => {
            if let Some(remark) = &remark {
                reading.problems.push(source.problem(Severity::Warning, "apiVersion", remark.clone()));
            }
            reading.objects.extend(read_serving(source, value, kind, &mut reading.problems));
        }
        Verdict::List => read_list(source, value, reading),
        Verdict::Remark { severity, field, message } => {
            reading.problems.push(source.problem(severity, field, message));
        }
    }
}

fn read_serving(source: &Source, value: &Value, kind: Serving, problems: &mut Vec<Problem>) -> Option<Object> {
    Some(match kind {
        Serving::ReplicaSet => Object::ReplicaSet(Box::new(serving::read_replica_set(source, value, problems)?)),
        Serving::Deployment => Object::Deployment(Box::new(serving::read_deployment(source, value, problems)?)),
        Serving::Service => Object::Service(Box::new(serving::read_service(source, value, problems)?)),
    })
}

fn read_cron_job(source: &Source, value: &Value, reading: &mut ManifestReading) {
    if let Some(cron_job) = object::read_cron_job(source, value, &mut reading.problems) {
        reading.objects.push(Object::CronJob(Box::new(cron_job)));
    }
}

fn read_list(source: &Source, value: &Value, reading: &mut ManifestReading) {
    let items = value.get("items").and_then(Value::as_array);
    for (index, item) in items.into_iter().flatten().enumerate() {
        let prefix = source.text_path(&format!("items[{index}]"));
        let source = Source { prefix, ..*source };
        // A list in a list is no object that any server takes.
        if matches!(kinds::judge(item), Verdict::List) {
            let message = "a List may not hold another List".to_string();
            reading.problems.push(source.problem(Severity::Error, "kind", message));
        } else {
            read_object(&source, item, reading);
        }
    }
}

/// Where an object comes from: a document, or an item of a list in it.
struct Source<'d> {
    document: &'d Document,
    gates: &'d Gates,
    prefix: String,
}

impl Source<'_> {
    /// A problem at a field of the object, or at the nearest thing around it that exists.
    /// The key is what is marked.
    fn problem(&self, severity: Severity, field: &str, message: String) -> Problem {
        self.problem_at(severity, field, message, Mark::Key)
    }

    fn problem_at(&self, severity: Severity, field: &str, message: String, mark: Mark) -> Problem {
        let region = self.region(field, mark);
        Problem {
            severity,
            start: region.start,
            end: (region.end > region.start).then_some(region.end),
            field_path: (!field.is_empty()).then(|| field.to_string()),
            message,
        }
    }

    fn region(&self, field: &str, mark: Mark) -> yaml::Region {
        let mut path = self.text_path(&plain_keys(field));
        // Where a field is missing, the key of what should hold it is marked.
        let mut mark = mark;
        loop {
            if let Some(place) = self.document.places.get(&path) {
                return match (mark, place.key) {
                    (Mark::Value, _) | (Mark::Key, None) => place.value,
                    (Mark::Key, Some(key)) => key,
                };
            }
            if path.is_empty() {
                let start = Position { line: 1, column: 1 };
                return yaml::Region { start, end: start };
            }
            path.truncate(path.rfind(['.', '[']).unwrap_or(0));
            mark = Mark::Key;
        }
    }

    fn text_path(&self, field: &str) -> String {
        match (self.prefix.as_str(), field) {
            ("", field) => field.to_string(),
            (prefix, "") => prefix.to_string(),
            (prefix, field) => format!("{prefix}.{field}"),
        }
    }
}

/// Which part of a field a problem marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Key,
    Value,
}

/// `labels[app]` as it stands in a text's paths, `labels.app`; list indexes stay.
fn plain_keys(field: &str) -> String {
    let mut plain = String::with_capacity(field.len());
    let mut rest = field;
    while let Some((before, behind)) = rest.split_once('[') {
        let Some((key, behind)) = behind.split_once(']') else { break };
        plain.push_str(before);
        if key.bytes().all(|byte| byte.is_ascii_digit()) {
            plain.push_str(&format!("[{key}]"));
        } else {
            plain.push_str(&format!(".{key}"));
        }
        rest = behind;
    }
    plain.push_str(rest);
    // The API server's paths to what a template's pods are labelled with leave `metadata` out.
    plain
        .replace(".template.labels", ".template.metadata.labels")
        .replace(".template.annotations", ".template.metadata.annotations")
}

#[cfg(test)]
mod tests;
