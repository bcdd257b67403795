//! Which kinds of objects there are, in which versions, and what Jobscope does with them.

use serde_json::Value;

use crate::api::problem::Severity;

/// What to do with an object.
pub enum Verdict {
    Job,
    CronJob,
    /// A CronJob in a version that Kubernetes no longer serves; the text says so.
    OldCronJob(String),
    /// A kind that serves Jobs. In a version that Kubernetes no longer serves, the text says so.
    Serving(Serving, Option<String>),
    List,
    /// Pass it over and say why, at this field.
    Remark {
        severity: Severity,
        field: &'static str,
        message: String,
    },
}

/// The kinds that serve Jobs.
#[derive(Clone, Copy)]
pub enum Serving {
    ReplicaSet,
    Deployment,
    Service,
}

impl Serving {
    fn version(self) -> &'static str {
        match self {
            Self::ReplicaSet | Self::Deployment => "apps/v1",
            Self::Service => "v1",
        }
    }
}

/// Looks at `apiVersion` and `kind`.
pub fn judge(object: &Value) -> Verdict {
    let text = |field: &str| object.get(field).map(|value| value.as_str());
    let (version, kind) = match (text("apiVersion"), text("kind")) {
        (Some(Some(version)), Some(Some(kind))) => (version, kind),
        (None | Some(Some("")), _) => return missing("apiVersion", "batch/v1"),
        (_, None | Some(Some(""))) => return missing("kind", "Job"),
        (Some(None), _) => return not_text("apiVersion"),
        (_, Some(None)) => return not_text("kind"),
    };
    match (version, kind) {
        ("", _) => missing("apiVersion", "batch/v1"),
        (_, "") => missing("kind", "Job"),
        ("batch/v1", "Job") => Verdict::Job,
        ("batch/v1", "CronJob") => Verdict::CronJob,
        ("v1", "List") | ("batch/v1", "JobList" | "CronJobList") => Verdict::List,
        (version, "Job") => error(
            "apiVersion",
            format!("no matches for kind \"Job\" in version {version:?}: write \"apiVersion: batch/v1\""),
        ),
        (version, kind) => match serving(kind) {
            Some(found) if found.version() == version => Verdict::Serving(found, None),
            _ => other(version, kind, object),
        },
    }
}

fn serving(kind: &str) -> Option<Serving> {
    match kind {
        "ReplicaSet" => Some(Serving::ReplicaSet),
        "Deployment" => Some(Serving::Deployment),
        "Service" => Some(Serving::Service),
        _ => None,
    }
}

fn other(version: &str, kind: &str, object: &Value) -> Verdict {
    if let Some(right) = nearly(kind) {
        let message = format!("no matches for kind {kind:?} in version {version:?}: write \"kind: {right}\"");
        return error("kind", message);
    }
    if let Some((_, _, removed_in, instead)) = removed(version, kind) {
        let remark = format!("{version} {kind} was removed in Kubernetes {removed_in}: it is read as {instead} {kind}");
        if kind == "CronJob" {
            return Verdict::OldCronJob(remark);
        }
        if let Some(serving) = serving(kind) {
            return Verdict::Serving(serving, Some(remark));
        }
    }
    let name = object.pointer("/metadata/name").and_then(Value::as_str);
    let name = name.map_or_else(String::new, |name| format!(" {name:?}"));
    let also = if serving(kind).is_some() { "" } else { "; and Jobscope does not run this kind" };
    if let Some((_, _, removed_in, instead)) = removed(version, kind) {
        let message = format!(
            "{kind}{name} is passed over: {version} was removed in Kubernetes {removed_in}, write \"apiVersion: {instead}\"{also}"
        );
        return Verdict::Remark { severity: Severity::Warning, field: "apiVersion", message };
    }
    if let Some((_, served)) = SERVED.iter().find(|(known, _)| *known == kind)
        && belongs_to_kubernetes(version)
        && *served != version
    {
        let message = format!(
            "{kind}{name} is passed over: no matches for kind {kind:?} in version {version:?}, write \"apiVersion: {served}\"{also}"
        );
        return Verdict::Remark { severity: Severity::Warning, field: "apiVersion", message };
    }
    let message = format!("{kind}{name} is passed over: Jobscope does not run this kind");
    Verdict::Remark { severity: Severity::Info, field: "kind", message }
}

fn missing(field: &'static str, value: &str) -> Verdict {
    error(field, format!("{field} not set: write \"{field}: {value}\""))
}

fn not_text(field: &'static str) -> Verdict {
    error(field, format!("{field} must be text"))
}

fn error(field: &'static str, message: String) -> Verdict {
    Verdict::Remark { severity: Severity::Error, field, message }
}

/// What was meant by `job`, `Jobs`, `Cronjob`.
fn nearly(kind: &str) -> Option<&'static str> {
    match kind.to_ascii_lowercase().as_str() {
        "job" | "jobs" => Some("Job"),
        "cronjob" | "cronjobs" => (kind != "CronJob").then_some("CronJob"),
        _ => None,
    }
}

/// Groups without a dot, and those of the project.
fn belongs_to_kubernetes(version: &str) -> bool {
    let group = version.split_once('/').map_or("", |(group, _)| group);
    !group.contains('.') || group.ends_with(".k8s.io")
}

fn removed(version: &str, kind: &str) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    REMOVED.iter().find(|(v, k, _, _)| *v == version && (*k == kind))
}

/// Version, kind, the Kubernetes version that removed it, and what to write.
const REMOVED: [(&str, &str, &str, &str); 22] = [
    ("batch/v1beta1", "CronJob", "v1.25", "batch/v1"),
    ("batch/v2alpha1", "CronJob", "v1.21", "batch/v1"),
    ("extensions/v1beta1", "Deployment", "v1.16", "apps/v1"),
    ("extensions/v1beta1", "DaemonSet", "v1.16", "apps/v1"),
    ("extensions/v1beta1", "ReplicaSet", "v1.16", "apps/v1"),
    ("extensions/v1beta1", "NetworkPolicy", "v1.16", "networking.k8s.io/v1"),
    ("extensions/v1beta1", "Ingress", "v1.22", "networking.k8s.io/v1"),
    ("apps/v1beta1", "Deployment", "v1.16", "apps/v1"),
    ("apps/v1beta1", "StatefulSet", "v1.16", "apps/v1"),
    ("apps/v1beta2", "Deployment", "v1.16", "apps/v1"),
    ("apps/v1beta2", "DaemonSet", "v1.16", "apps/v1"),
    ("apps/v1beta2", "ReplicaSet", "v1.16", "apps/v1"),
    ("apps/v1beta2", "StatefulSet", "v1.16", "apps/v1"),
    ("networking.k8s.io/v1beta1", "Ingress", "v1.22", "networking.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", "v1.25", "policy/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", "v1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "v1.26", "autoscaling/v2"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", "v1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", "v1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "v1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", "v1.22", "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", "v1.22", "scheduling.k8s.io/v1"),
];

/// Kinds that people put beside Jobs, and the version that is served today.
const SERVED: [(&str, &str); 19] = [
    ("ConfigMap", "v1"),
    ("CronJob", "batch/v1"),
    ("DaemonSet", "apps/v1"),
    ("Deployment", "apps/v1"),
    ("Ingress", "networking.k8s.io/v1"),
    ("LimitRange", "v1"),
    ("Namespace", "v1"),
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("PersistentVolume", "v1"),
    ("PersistentVolumeClaim", "v1"),
    ("Pod", "v1"),
    ("PodDisruptionBudget", "policy/v1"),
    ("PriorityClass", "scheduling.k8s.io/v1"),
    ("ReplicaSet", "apps/v1"),
    ("ResourceQuota", "v1"),
    ("Secret", "v1"),
    ("Service", "v1"),
    ("ServiceAccount", "v1"),
    ("StatefulSet", "apps/v1"),
];
