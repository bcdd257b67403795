//! From a field of an object to its line in the manifest that runs: also when the object was made from a template in
//! it, when the field is left to its default, and when an act has changed it since.

use super::Scene;
use super::ground::Field;
use crate::api::manifest::{FieldLine, Written};
use crate::api::{ObjectMeta, Uid};
use crate::ui::view_model::by_hand;

/// A field of the manifest that decides something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lit {
    /// Such as `spec.backoffLimit`.
    pub path: String,
    /// From 1.
    pub line: u32,
    pub origin: Origin,
}

/// Where the value of a field is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Written,
    /// It is not written; the line is its parent's.
    Default,
    /// It was changed by an act since.
    Changed,
}

impl Lit {
    /// `line 8: spec.backoffLimit`; of a field that is not written also what holds instead.
    pub fn words(&self) -> String {
        let Self { path, line, origin } = self;
        match origin {
            Origin::Written => format!("line {line}: {path}"),
            Origin::Default if path.ends_with("].command") => {
                format!("line {line}: {path} not set, so the image's own runs")
            }
            Origin::Default => format!("line {line}: {path} not set, so its default"),
            Origin::Changed => format!("line {line}: {path}, changed since"),
        }
    }
}

/// The line of that field of that object; `None` when no field decides, or the manifest has no such object.
pub fn lit(scene: &Scene, owner: Uid, field: Field) -> Option<Lit> {
    let field_path = path(field)?;
    let (kind, name, prefix) = object(scene, owner, field)?;
    let path = format!("{prefix}{field_path}");
    let FieldLine { line, written } = scene.noted.lines().find(kind, &name, &path)?;
    let origin = match written {
        _ if is_changed(scene, kind, &name, &field_path) => Origin::Changed,
        Written::Yes => Origin::Written,
        Written::No => Origin::Default,
    };
    Some(Lit { path, line, origin })
}

fn path(field: Field) -> Option<String> {
    Some(match field {
        Field::None => return None,
        Field::Spec(name) | Field::CronJob(name) => name.to_owned(),
        Field::Rule(policy, rule) => format!("{policy}.rules[{rule}]"),
        Field::Pod(name) => format!("template.spec.{name}"),
        Field::Container(list, place, name) => format!("template.spec.{list}[{place}].{name}"),
    })
}

/// The kind and name of the object in the manifest, and where in it the spec is.
fn object(scene: &Scene, owner: Uid, field: Field) -> Option<(&'static str, String, &'static str)> {
    let cluster = scene.cluster;
    let named = |kind, meta: &ObjectMeta, prefix| Some((kind, meta.name.to_string(), prefix));
    if let Some(notes) = scene.noted.cron_jobs().iter().find(|notes| notes.uid == owner) {
        return named("CronJob", &notes.cron_job.meta, "spec.");
    }
    if let Some(set) = cluster.api().replica_set(owner) {
        return match set.meta.controller() {
            Some(deployment) => Some(("Deployment", deployment.name.to_string(), "spec.")),
            None => named("ReplicaSet", &set.meta, "spec."),
        };
    }
    let job = cluster.job_last_seen(owner)?;
    match (job.meta.controller(), field) {
        (Some(cron_job), Field::CronJob(_)) => Some(("CronJob", cron_job.name.to_string(), "spec.")),
        (Some(cron_job), _) => Some(("CronJob", cron_job.name.to_string(), "spec.jobTemplate.spec.")),
        (None, _) => named("Job", &job.meta, "spec."),
    }
}

/// Whether an act has set that field of the object.
fn is_changed(scene: &Scene, kind: &str, name: &str, field: &str) -> bool {
    let mut changes = by_hand::done(scene.cluster).filter_map(|timed| by_hand::changes(&timed.command));
    changes.any(|(of_kind, of_name, fields)| (of_kind, of_name) == (kind, name) && fields.contains(&field))
}
