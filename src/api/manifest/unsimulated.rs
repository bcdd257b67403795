//! What a pod template asks for and Jobscope passes over although it would change how pods fare. It judges nothing else.

use crate::api::types::core::{Container, LifecycleHandler, PodTemplateSpec};

use crate::api::validation::FieldPath;
use crate::api::warnings::ApiWarning;

/// A remark for each such field of the template at that path.
pub fn unsimulated(template: &PodTemplateSpec, path: &FieldPath) -> Vec<ApiWarning> {
    let Some(spec) = &template.spec else { return Vec::new() };
    let path = path.child("spec");
    let mut fields = Vec::new();
    let mut note =
        |is_there: bool, field: FieldPath, what: &'static str| fields.extend(is_there.then_some((field, what)));
    let deadline = "pods run on behind this deadline; that of the Job counts";
    note(spec.active_deadline_seconds.is_some(), path.child("activeDeadlineSeconds"), deadline);
    note(
        spec.readiness_gates.as_ref().is_some_and(|gates| !gates.is_empty()),
        path.child("readinessGates"),
        "pods are ready without",
    );
    for (list, containers) in
        [("initContainers", spec.init_containers.as_deref().unwrap_or_default()), ("containers", &spec.containers)]
    {
        for (index, container) in containers.iter().enumerate() {
            note_container(container, &path.child(list).index(index), &mut note);
        }
    }
    let remark = |(field, what): (FieldPath, &str)| {
        let message = format!("Jobscope does not simulate this: {what}");
        ApiWarning { field: field.to_string(), message }
    };
    fields.into_iter().map(remark).collect()
}

fn note_container(container: &Container, path: &FieldPath, note: &mut impl FnMut(bool, FieldPath, &'static str)) {
    for (index, rule) in container.restart_policy_rules.iter().flatten().enumerate() {
        let field = path.child("restartPolicyRules").index(index).child("action");
        note(rule.action != "Restart", field, "only the action Restart does something");
    }
    let Some(lifecycle) = &container.lifecycle else { return };
    let path = path.child("lifecycle");
    let asks_network = |hook: &LifecycleHandler| hook.exec.is_none() && hook.sleep.is_none();
    note(lifecycle.post_start.is_some(), path.child("postStart"), "the hook does not run, and so cannot fail");
    note(lifecycle.pre_stop.as_ref().is_some_and(asks_network), path.child("preStop"), "the hook takes no time");
    note(lifecycle.stop_signal.is_some(), path.child("stopSignal"), "the signal to stop is SIGTERM");
}
