//! The scenario as one file for kwok, which runs the real controllers on nodes that are made up: how to use it and what it
//! cannot repeat as comments, then the Stages of the pods, the Nodes, and the manifest as it stands.
//!
//! The Stages have the names of kwok's own fast ones where they do the same work (`pod-ready`, `pod-complete`,
//! `pod-delete`, `node-initialize`), so that applying this file replaces those where they are.

mod outcomes;

use crate::api::node::{ARCH_LABEL, HOSTNAME_LABEL, OS_LABEL};
use crate::cluster::{Cluster, Scenario};
use crate::ui::words::{clock, command};
use outcomes::{Group, Outcome, groups, job_key};

/// A Stage that never comes waits this long: ten years, in milliseconds.
const NEVER_MS: u64 = 315_360_000_000;
const JOB_LABEL: &str = "batch.kubernetes.io/job-name";
const INDEX_LABEL: &str = "batch.kubernetes.io/job-completion-index";

/// The file.
pub fn kwok(cluster: &Cluster) -> String {
    let scenario = cluster.scenario();
    let groups = groups(cluster);
    let mut text = readme(scenario, &groups);
    for group in &groups {
        text.push_str(&ready_stage(group));
        for (place, outcome) in group.outcomes.iter().enumerate() {
            text.push_str(&outcome_stage(group, outcome, place));
        }
    }
    text.push_str(&lone_ready_stage());
    text.push_str(&stop_stage());
    text.push_str(&delete_stage());
    text.push_str(&node_stage("node-initialize", "NotIn", ""));
    text.push_str(&node_stage("node-heartbeat", "In", &delay(20_000, 25_000)));
    let nodes = scenario.nodes.within_bounds();
    let digits = nodes.count.to_string().len();
    for number in 1..=nodes.count {
        text.push_str(&node(&format!("node-{number:0digits$}"), scenario));
    }
    text.push_str("---\n");
    text.push_str(scenario.manifest.trim_start_matches("---\n"));
    text
}

fn readme(scenario: &Scenario, groups: &[Group]) -> String {
    let mut text = String::from(README);
    for note in groups.iter().flat_map(|group| &group.notes) {
        text.extend(["# - ", note, "\n"]);
    }
    if !scenario.queues.is_empty() {
        text.push_str("# - Nothing puts items into queues, and nobody takes them out.\n");
    }
    if scenario.nodes.mean_time_to_failure_s > 0 {
        text.push_str("# - Nodes do not fail by themselves.\n");
    }
    let gates = String::from(scenario.gates.clone());
    if !gates.is_empty() {
        text.extend(["# - Add to step 2: --kube-feature-gates=", &gates, "\n"]);
    }
    if !scenario.commands.is_empty() {
        text.push_str("# - What was done during the run is to be done by hand:\n");
        for done in &scenario.commands {
            let (at, act) = (clock(done.at_ms), command(&done.command));
            text.extend(["#     at ", &at, " ", &act, "\n"]);
        }
    }
    text
}

const README: &str = "\
# A Jobscope scenario for kwok: the real Job controller on made-up nodes.
#
# 1. Install kwokctl and kubectl.
# 2. kwokctl create cluster --enable-crds=Stage
# 3. kubectl apply -f THIS-FILE
#    (Once more, if it says that there is no kind Stage yet.)
# 4. kubectl get pods --watch, and kubectl get jobs
# 5. kwokctl delete cluster
#
# The Stages here stand in for kwok's own. Unlike kwok's, pod-delete leaves the finalizers alone: the Job controller has to
# count a pod before it goes.
#
# What kwok cannot repeat:
# - Time is real, and chance is another: delays and failures have the same ranges and shares, not the same draws.
# - No container runs. There are no logs, no signals, no probes, and pods that are deleted stop at once, with exit code 143.
# - Every pod waits for its image; here only the first on each node does.
# - Nothing is restarted in place: with restartPolicy OnFailure a pod that fails has failed for good, and is replaced.
";

/// From bound to running: after the time that the image takes.
fn ready_stage(group: &Group) -> String {
    let mut text = head(&group.named("pod-ready"), "Pod");
    text.push_str(&expression(DELETED, "DoesNotExist", &[]));
    text.push_str(&expression(POD_IP, "DoesNotExist", &[]));
    text.push_str(&expression(OWNER_KIND, "In", &["Job"]));
    text.push_str(&group.selector());
    text.push_str(&delay(group.image_pull_ms, group.image_pull_ms));
    text.push_str(READY_STATUS);
    text
}

/// From running to an end, which is drawn among the Stages that fit by their weights.
fn outcome_stage(group: &Group, outcome: &Outcome, place: usize) -> String {
    let name = match (outcome.hangs, outcome.fails()) {
        (true, _) => "pod-hang".to_owned(),
        (false, true) => format!("pod-fail-{place}"),
        (false, false) => "pod-complete".to_owned(),
    };
    let mut text = head(&group.named(&name), "Pod");
    text.push_str(&expression(DELETED, "DoesNotExist", &[]));
    text.push_str(&expression(PHASE, "In", &["Running"]));
    text.push_str(&expression(OWNER_KIND, "In", &["Job"]));
    text.push_str(&group.selector());
    text.push_str(&format!("  weight: {}\n", outcome.weight));
    if outcome.hangs {
        text.push_str(&delay(NEVER_MS, NEVER_MS));
        text.push_str("  next: {}\n");
    } else {
        text.push_str(&delay(outcome.min_ms, outcome.max_ms));
        text.push_str(&ended_status(outcome, ".spec.containers"));
    }
    text
}

const OWNER_KIND: &str = ".metadata.ownerReferences.[].kind";
const DELETED: &str = ".metadata.deletionTimestamp";
const POD_IP: &str = ".status.podIP";
const PHASE: &str = ".status.phase";
/// What a process that SIGTERM ends exits with.
const SIGTERM_CODE: i32 = 143;

fn head(name: &str, kind: &str) -> String {
    format!(
        "---\napiVersion: kwok.x-k8s.io/v1alpha1\nkind: Stage\nmetadata:\n  name: {name}\nspec:\n  resourceRef:\n    \
         apiGroup: v1\n    kind: {kind}\n  selector:\n    matchExpressions:\n"
    )
}

fn expression(key: &str, operator: &str, values: &[&str]) -> String {
    let mut text = format!("    - key: '{key}'\n      operator: '{operator}'\n");
    if !values.is_empty() {
        text.push_str("      values:\n");
        values.iter().for_each(|value| text.extend(["      - '", value, "'\n"]));
    }
    text
}

/// kwok draws evenly between both.
fn delay(min_ms: u64, max_ms: u64) -> String {
    format!("  delay:\n    durationMilliseconds: {min_ms}\n    jitterDurationMilliseconds: {}\n", max_ms.max(min_ms))
}

/// The status of a pod that has ended, with the exit code of each container in that list of the pod's.
fn ended_status(outcome: &Outcome, containers: &str) -> String {
    let phase = if outcome.fails() { "Failed" } else { "Succeeded" };
    let mut codes = String::new();
    for (container, code) in &outcome.codes_by_name {
        codes.push_str(&format!("{{{{ if eq .name \"{container}\" }}}}{{{{ $code = {code} }}}}{{{{ end }}}}"));
    }
    let (code, reason) = (outcome.code, outcome.reason);
    format!(
        "  next:\n    statusTemplate: |\n      {{{{ $now := Now }}}}\n      phase: {phase}\n      conditions:\n      \
         - type: Ready\n        status: \"False\"\n        lastTransitionTime: {{{{ $now | Quote }}}}\n      \
         - type: ContainersReady\n        status: \"False\"\n        lastTransitionTime: {{{{ $now | Quote }}}}\n      \
         containerStatuses:\n      {{{{ range {containers} }}}}\n      {{{{ $code := {code} }}}}{codes}\n      \
         - name: {{{{ .name | Quote }}}}\n        image: {{{{ .image | Quote }}}}\n        ready: false\n        \
         started: false\n        restartCount: 0\n        state:\n          terminated:\n            \
         exitCode: {{{{ $code }}}}\n            \
         reason: {{{{ if eq $code 0 }}}}Completed{{{{ else }}}}{reason}{{{{ end }}}}\n            \
         startedAt: {{{{ or $.status.startTime $now | Quote }}}}\n            finishedAt: {{{{ $now | Quote }}}}\n      \
         {{{{ end }}}}\n"
    )
}

const READY_STATUS: &str = "  next:
    statusTemplate: |
      {{ $now := Now }}
      phase: Running
      startTime: {{ $now | Quote }}
      conditions:
      - type: Initialized
        status: \"True\"
        lastTransitionTime: {{ $now | Quote }}
      - type: Ready
        status: \"True\"
        lastTransitionTime: {{ $now | Quote }}
      - type: ContainersReady
        status: \"True\"
        lastTransitionTime: {{ $now | Quote }}
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ .name | Quote }}
        image: {{ .image | Quote }}
        ready: true
        started: true
        restartCount: 0
        state:
          running:
            startedAt: {{ $now | Quote }}
      {{ end }}
      hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
      podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid \"\" ) ( or .metadata.name \"\" ) ( or .metadata.namespace \"\" ) | Quote }}
";

/// Pods of no Job just run.
fn lone_ready_stage() -> String {
    let mut text = head("pod-ready-without-job", "Pod");
    text.push_str(&expression(DELETED, "DoesNotExist", &[]));
    text.push_str(&expression(POD_IP, "DoesNotExist", &[]));
    text.push_str(&expression(&job_key(), "DoesNotExist", &[]));
    text.push_str(READY_STATUS);
    text
}

/// A pod that is deleted has failed first, as a kubelet tells it; containers that ran have ended at SIGTERM.
fn stop_stage() -> String {
    let mut text = head("pod-stop", "Pod");
    text.push_str(&expression(DELETED, "Exists", &[]));
    text.push_str(&expression(PHASE, "In", &["Pending", "Running"]));
    text.push_str(&ended_status(&Outcome::ends(1, (0, 0), SIGTERM_CODE), ".status.containerStatuses"));
    text
}

fn delete_stage() -> String {
    let mut text = head("pod-delete", "Pod");
    text.push_str(&expression(DELETED, "Exists", &[]));
    text.push_str(&expression(PHASE, "In", &["Succeeded", "Failed"]));
    text.push_str("  next:\n    delete: true\n");
    text
}

/// Nodes are ready from the start and stay so: with Stages of one's own kwok brings none for them.
fn node_stage(name: &str, operator: &str, delay: &str) -> String {
    let ready = expression(".status.conditions.[] | select( .type == \"Ready\" ) | .status", operator, &["True"]);
    [&head(name, "Node"), &ready, delay, NODE_STATUS].concat()
}

const NODE_STATUS: &str = "  next:
    statusTemplate: |
      {{ $now := Now }}
      phase: Running
      conditions:
      {{ range NodeConditions }}
      - type: {{ .type | Quote }}
        status: {{ .status | Quote }}
        reason: {{ .reason | Quote }}
        message: {{ .message | Quote }}
        lastHeartbeatTime: {{ $now | Quote }}
        lastTransitionTime: {{ or $.metadata.creationTimestamp $now | Quote }}
      {{ end }}
";

fn node(name: &str, scenario: &Scenario) -> String {
    let nodes = scenario.nodes.within_bounds();
    let cpu = if nodes.cpu_millis == 0 { "1k".to_owned() } else { format!("{}m", nodes.cpu_millis) };
    let memory = if nodes.memory_mib == 0 { "1Ti".to_owned() } else { format!("{}Mi", nodes.memory_mib) };
    let room = format!("    cpu: {cpu}\n    memory: {memory}\n    pods: {}\n", nodes.pods_each);
    format!(
        "---\napiVersion: v1\nkind: Node\nmetadata:\n  name: {name}\n  annotations:\n    kwok.x-k8s.io/node: fake\n  \
         labels:\n    {HOSTNAME_LABEL}: {name}\n    {OS_LABEL}: linux\n    {ARCH_LABEL}: amd64\n    type: kwok\nstatus:\n  \
         capacity:\n{room}  allocatable:\n{room}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::yaml;
    use crate::cluster::gallery;
    use crate::ui::export::tests::at;
    use serde_json::Value;

    /// The documents of the file for that entry of the gallery.
    fn documents(id: &str) -> Vec<Value> {
        let reading = yaml::read(&kwok(at(id, 10).cluster()));
        assert!(reading.problems.is_empty(), "{id}: {:?}", reading.problems);
        reading.documents.into_iter().map(|document| document.value).collect()
    }

    fn stage<'a>(all: &'a [Value], name: &str) -> &'a Value {
        let found: Vec<_> =
            all.iter().filter(|each| each["kind"] == "Stage" && each["metadata"]["name"] == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        &found[0]["spec"]
    }

    /// What the stage asks of a pod under that expression: the operator and the values.
    fn asks(stage: &Value, key: &str) -> (String, Vec<String>) {
        let all = stage["selector"]["matchExpressions"].as_array().expect("a list");
        let found = all.iter().find(|each| each["key"] == key).unwrap_or_else(|| panic!("{key} in {stage}"));
        let values = found["values"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&found["operator"]), values.map(text).collect())
    }

    #[test]
    fn every_entry_of_the_gallery_is_a_file_that_can_be_read() {
        for entry in gallery::entries() {
            let all = documents(entry.id);
            let kinds = |kind: &str| all.iter().filter(|each| each["kind"] == kind).count();
            assert!(kinds("Node") > 0 && kinds("Stage") >= 6, "{}", entry.id);
            assert!(kinds("Job") + kinds("CronJob") > 0, "{}", entry.id);
            let names: Vec<&Value> = all.iter().map(|each| &each["metadata"]["name"]).collect();
            for stage in all.iter().filter(|each| each["kind"] == "Stage") {
                assert_eq!(names.iter().filter(|name| ***name == stage["metadata"]["name"]).count(), 1, "{stage}");
                assert_eq!(stage["apiVersion"], "kwok.x-k8s.io/v1alpha1");
                assert_eq!(stage["spec"]["resourceRef"]["apiGroup"], "v1");
                assert!(stage["spec"]["next"].is_object() && stage["spec"]["resourceRef"]["kind"].is_string());
            }
        }
    }

    /// The fields that we use of a Stage, with the types that kwok's CustomResourceDefinition
    /// (kustomize/crd/bases/kwok.x-k8s.io_stages.yaml) gives them.
    const FIELDS: [(&str, &str); 14] = [
        (".apiVersion", "string"),
        (".kind", "string"),
        (".metadata.name", "string"),
        (".spec.delay.durationMilliseconds", "integer"),
        (".spec.delay.jitterDurationMilliseconds", "integer"),
        (".spec.next", "object"),
        (".spec.next.delete", "boolean"),
        (".spec.next.statusTemplate", "string"),
        (".spec.resourceRef.apiGroup", "string"),
        (".spec.resourceRef.kind", "string"),
        (".spec.selector.matchExpressions[].key", "string"),
        (".spec.selector.matchExpressions[].operator", "string"),
        (".spec.selector.matchExpressions[].values[]", "string"),
        (".spec.weight", "integer"),
    ];

    /// The leaves of a value: where each is and of which type.
    fn leaves(value: &Value, path: &str, found: &mut Vec<(String, &'static str)>) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                fields.iter().for_each(|(name, field)| leaves(field, &format!("{path}.{name}"), found));
            }
            Value::Array(items) => items.iter().for_each(|item| leaves(item, &format!("{path}[]"), found)),
            Value::Object(_) => found.push((path.to_owned(), "object")),
            Value::String(_) => found.push((path.to_owned(), "string")),
            Value::Bool(_) => found.push((path.to_owned(), "boolean")),
            Value::Number(number) if number.is_u64() => found.push((path.to_owned(), "integer")),
            Value::Number(_) => found.push((path.to_owned(), "no whole number from 0 on")),
            Value::Null => found.push((path.to_owned(), "null")),
        }
    }

    #[test]
    fn stages_have_the_fields_that_kwok_knows() {
        for entry in gallery::entries() {
            for stage in documents(entry.id).iter().filter(|each| each["kind"] == "Stage") {
                let mut found = Vec::new();
                leaves(stage, "", &mut found);
                for (path, kind) in &found {
                    assert!(FIELDS.contains(&(path, kind)), "{}: {path} is {kind} in {stage}", entry.id);
                }
                for one in stage["spec"]["selector"]["matchExpressions"].as_array().into_iter().flatten() {
                    let wants_values = one["operator"] == "In" || one["operator"] == "NotIn";
                    assert!(wants_values || one["operator"] == "Exists" || one["operator"] == "DoesNotExist", "{one}");
                    assert_eq!(one["values"].is_array(), wants_values, "{one}");
                }
            }
        }
    }

    /// What is known of kwok's own fast stages: their names, what they select, and what they do.
    #[test]
    fn the_stages_select_as_those_that_they_replace() {
        let all = documents("parallel");
        let nothing = Vec::<String>::new();
        for name in ["pod-ready", "pod-ready-parallel"] {
            let ready = stage(&all, name);
            assert_eq!(asks(ready, ".metadata.deletionTimestamp"), ("DoesNotExist".to_owned(), nothing.clone()));
            assert_eq!(asks(ready, ".status.podIP"), ("DoesNotExist".to_owned(), nothing.clone()));
            assert_eq!(ready["delay"]["durationMilliseconds"], 2_000);
            let status = ready["next"]["statusTemplate"].as_str().unwrap_or_default();
            assert!(status.contains("phase: Running") && status.contains("podIP: {{ PodIPWith"), "{status}");
        }
        let complete = stage(&all, "pod-complete-parallel");
        assert_eq!(asks(complete, ".status.phase"), ("In".to_owned(), vec!["Running".to_owned()]));
        assert_eq!(asks(complete, OWNER_KIND), ("In".to_owned(), vec!["Job".to_owned()]));
        let of_job = ("In".to_owned(), vec!["parallel".to_owned()]);
        assert_eq!(asks(complete, ".metadata.labels[\"batch.kubernetes.io/job-name\"]"), of_job);
        let status = complete["next"]["statusTemplate"].as_str().unwrap_or_default();
        assert!(status.contains("phase: Succeeded"), "{status}");
        let delete = stage(&all, "pod-delete");
        assert_eq!(asks(delete, ".metadata.deletionTimestamp").0, "Exists");
        assert_eq!(delete["next"], serde_json::json!({"delete": true}));
        assert!(stage(&all, "pod-complete")["weight"].is_i64());
    }

    #[test]
    fn nodes_have_their_names_and_their_room() {
        let all = documents("no-room");
        let nodes: Vec<_> = all.iter().filter(|each| each["kind"] == "Node").collect();
        assert_eq!(nodes[0]["metadata"]["annotations"]["kwok.x-k8s.io/node"], "fake");
        assert_eq!(nodes[0]["metadata"]["name"], "node-1");
        assert_eq!(
            (&nodes[0]["status"]["capacity"]["cpu"], &nodes[0]["status"]["allocatable"]["memory"]),
            (&"2000m".into(), &"4096Mi".into())
        );
    }

    #[test]
    fn what_kwok_cannot_repeat_is_said() {
        let text = kwok(at("suspended-while-running", 10).cluster());
        assert!(text.contains("#     at 00:") && text.contains("uspend"), "{text}");
        assert!(kwok(at("sidecar", 1).cluster()).contains("init containers and sidecars take no time"));
        assert!(kwok(at("queue-drained", 1).cluster()).contains("# - Nothing puts items into queues"));
    }
}
