//! What people write, and what they are told.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> ManifestReading {
    super::read(text, &Gates::default())
}

const PI: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: pi
spec:
  parallelism: 2
  completions: 4
  backoffLimit: 4
  template:
    spec:
      containers:
      - name: pi
        image: perl:5.34.0
        command: [\"perl\", \"-Mbignum=bpi\", \"-wle\", \"print bpi(2000)\"]
      restartPolicy: Never
";

const RICH: &str = include_str!("rich.yaml");

fn said(text: &str) -> Vec<String> {
    read(text).problems.iter().map(Problem::to_string).collect()
}

#[test]
fn a_good_manifest_is_accepted_as_sent() {
    let reading = read(PI);
    assert_eq!(reading.problems, []);
    let [Object::Job(job)] = reading.objects.as_slice() else { panic!("one Job") };
    assert_eq!(job.spec.as_ref().and_then(|spec| spec.completions), Some(4));
    assert_eq!(job.spec.as_ref().and_then(|spec| spec.suspend), None);
}

#[test]
fn any_pod_template_is_accepted() {
    let reading = read(RICH);
    assert!(!reading.has_errors());
    let [problem] = &reading.problems[..] else { panic!("{:?}", reading.problems) };
    assert!(problem.message.contains("postStart: Jobscope does not simulate this"), "{problem:?}");
    assert_eq!(reading.objects.len(), 1);
}

#[test]
fn json_is_accepted() {
    let json = r#"{"apiVersion":"batch/v1","kind":"Job","metadata":{"generateName":"pi-"},
        "spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"b"}]}}}}"#;
    assert_eq!(said(json), Vec::<String>::new());
}

#[test]
fn mistakes_are_named_at_their_line() {
    let change = |from: &str, to: &str| PI.replace(from, to);
    let cases = [
        (
            change("      restartPolicy: Never\n", ""),
            "Line 10: spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"",
        ),
        (
            change("restartPolicy: Never", "restartPolicy: Always"),
            "Line 15: spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"",
        ),
        (
            change("parallelism: 2", "paralelism: 2"),
            "Line 6: unknown field \"spec.paralelism\": did you mean \"parallelism\"?",
        ),
        (
            change("parallelism: 2", "parallelism: two"),
            "Line 6: spec.parallelism must be a whole number, without quotes; it is text (\"two\"): cannot unmarshal string into Go struct field JobSpec.spec.parallelism of type int32",
        ),
        (
            change("backoffLimit: 4", "backoffLimit: -4"),
            "Line 8: spec.backoffLimit: Invalid value: -4: must be greater than or equal to 0",
        ),
        (
            change("batch/v1", "batch/v2"),
            "Line 1: no matches for kind \"Job\" in version \"batch/v2\": write \"apiVersion: batch/v1\"",
        ),
        (
            change("kind: Job", "kind: job"),
            "Line 2: no matches for kind \"job\" in version \"batch/v1\": write \"kind: Job\"",
        ),
        (change("kind: Job\n", ""), "Line 1: kind not set: write \"kind: Job\""),
        (
            change("  name: pi\nspec", "  labels: {}\nspec"),
            "Line 3: metadata.name: Required value: name or generateName is required",
        ),
        (change("name: pi\nspec", "name: pi\n  name: po\nspec"), "Line 5: key \"name\" already set in map"),
        (
            change("- name: pi", "- name: Pi"),
            "Line 12: spec.template.spec.containers[0].name: Invalid value: \"Pi\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ),
        (change("        image: perl:5.34.0\n", ""), "Line 12: spec.template.spec.containers[0].image: Required value"),
        (
            change(
                "        image: ",
                "        restartPolicy: Never\n        restartPolicyRules: [{action: Restart}]\n        image: ",
            ),
            "Line 14: spec.template.spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified",
        ),
        (
            change(
                "        image: ",
                "        restartPolicy: Never\n        restartPolicyRules: [{action: Restart, exitCodes: {operator: Is, values: [1]}}]\n        image: ",
            ),
            "Line 14: spec.template.spec.containers[0].restartPolicyRules[0].exitCodes.operator: Unsupported value: \"Is\": supported values: \"In\", \"NotIn\"",
        ),
        (
            String::new(),
            "Line 1: there is no Job in this text: write one with \"apiVersion: batch/v1\" and \"kind: Job\"",
        ),
    ];
    for (text, want) in cases {
        let reading = read(&text);
        assert_eq!(said(&text), [want], "{text}");
        assert_eq!(reading.objects, [], "{text}");
    }
}

#[test]
fn a_name_that_is_too_long_for_the_labels_is_told_once() {
    let name = "a".repeat(64);
    let text = PI.replace("name: pi\nspec", &format!("name: {name}\nspec"));
    let want = format!("Line 9: spec.template.labels: Invalid value: \"{name}\": must be no more than 63 bytes");
    assert_eq!(said(&text), [want]);
}

#[test]
fn all_mistakes_are_named_at_once_and_by_line() {
    let text = PI
        .replace("restartPolicy: Never", "restartPolicy: Sometimes")
        .replace("parallelism: 2", "parallelism: \"2\"")
        .replace("  backoffLimit: 4", "  backofLimit: 4")
        .replace("name: pi\nspec", "name: Pi\nspec");
    let lines: Vec<usize> = read(&text).problems.iter().map(|problem| problem.start.line).collect();
    assert_eq!(lines, [4, 6, 8, 15, 15]);
}

#[test]
fn other_kinds_are_passed_over_with_a_word() {
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\n---\n{PI}");
    assert_eq!(said(&text), ["Line 2: ConfigMap \"c\" is passed over: Jobscope does not run this kind"]);
    assert_eq!(read(&text).objects.len(), 1);
    let old = "apiVersion: extensions/v1beta1\nkind: DaemonSet\nmetadata: {name: c}\n";
    let found = said(old);
    assert!(found[1].contains("removed in Kubernetes v1.16"), "{found:?}");
}

#[test]
fn what_is_not_simulated_is_said_at_its_line() {
    let hooks = "lifecycle: {postStart: {exec: {command: [x]}}, preStop: {httpGet: {port: 1}}}";
    let rules = "restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}]";
    let image = "        image: perl:5.34.0\n";
    let text = PI.replace("      restartPolicy: Never", "      activeDeadlineSeconds: 5\n      restartPolicy: Never");
    let text = text.replace(image, &format!("{image}        {hooks}\n        restartPolicy: Never\n        {rules}\n"));
    let found: Vec<String> = said(&text)
        .iter()
        .map(|line| line.split(": Jobscope does not simulate this: ").next().unwrap().to_owned())
        .collect();
    let container = "spec.template.spec.containers[0]";
    assert_eq!(
        found,
        [
            format!("Line 14: {container}.lifecycle.postStart"),
            format!("Line 14: {container}.lifecycle.preStop"),
            format!("Line 16: {container}.restartPolicyRules[0].action"),
            "Line 18: spec.template.spec.activeDeadlineSeconds".to_owned(),
        ]
    );
    assert_eq!(read(&text).objects.len(), 1);
    let fine = "lifecycle: {preStop: {sleep: {seconds: 5}}}\n        restartPolicy: Never\n        \
                restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]\n";
    assert_eq!(said(&PI.replace(image, &format!("{image}        {fine}"))), [] as [&str; 0]);
}

const HELLO: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: hello
spec:
  schedule: \"*/5 * * * *\"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers: [{name: hello, image: busybox}]
";

#[test]
fn cron_jobs_are_read() {
    let reading = read(HELLO);
    assert_eq!(reading.problems, []);
    assert!(matches!(reading.objects.as_slice(), [Object::CronJob(_)]));
    let old = HELLO.replace("batch/v1", "batch/v1beta1");
    let remark = "Line 1: batch/v1beta1 CronJob was removed in Kubernetes v1.25: it is read as batch/v1 CronJob";
    assert_eq!(said(&old), [remark]);
    assert_eq!(read(&old).objects.len(), 1);
    let name = "n".repeat(53);
    for (from, to, want) in [
        (
            "*/5 *",
            "*/5 x",
            "Line 6: spec.schedule: Invalid value: \"*/5 x * * *\": failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
        ),
        (
            "*/5 *",
            "TZ=UTC */5 *",
            "Line 6: spec.schedule: Invalid value: \"TZ=UTC */5 * * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
        ),
        (
            "spec:\n  sched",
            "spec:\n  timeZone: Mars/Phobos\n  sched",
            "Line 6: spec.timeZone: Invalid value: \"Mars/Phobos\": unknown time zone Mars/Phobos",
        ),
        (
            "OnFailure",
            "Always",
            "Line 11: spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"",
        ),
        (
            "name: hello\nspec",
            &format!("name: {name}\nspec"),
            "Line 4: metadata.name: Invalid value: \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\": must be no more than 52 characters",
        ),
        (
            "kind: CronJob",
            "kind: Cronjob",
            "Line 2: no matches for kind \"Cronjob\" in version \"batch/v1\": write \"kind: CronJob\"",
        ),
    ] {
        let text = HELLO.replace(from, to);
        assert_eq!(said(&text), [want], "{text}");
        assert_eq!(read(&text).objects, [], "{text}");
    }
}

#[test]
fn lists_are_opened() {
    let item = PI.replace('\n', "\n  ");
    let text = format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", item.trim_end());
    assert_eq!(said(&text), Vec::<String>::new());
    assert_eq!(read(&text).objects.len(), 1);
    let bad = text.replace("parallelism: 2", "parallelism: -2");
    assert_eq!(said(&bad), ["Line 9: spec.parallelism: Invalid value: -2: must be greater than or equal to 0"]);
}

#[test]
fn what_kubectl_shows_can_be_read() {
    let managed = "  managedFields:\n  - apiVersion: batch/v1\n    fieldsType: FieldsV1\n    fieldsV1: {f:spec: {f:parallelism: {}}}\n    manager: kubectl\n    operation: Update\n    time: \"2024-01-01T00:00:00Z\"\n";
    let status = "status:\n  active: 1\n  startTime: \"2024-01-01T00:00:00Z\"\n  uncountedTerminatedPods: {}\n";
    let text = format!("{}{status}", PI.replace("name: pi\nspec", &format!("name: pi\n{managed}spec")));
    assert_eq!(said(&text), Vec::<String>::new());
    let bad = text.replace("startTime: \"2024-01-01T00:00:00Z\"", "startTime: yesterday");
    assert_eq!(said(&bad).len(), 1);
}

#[test]
fn large_texts_are_read_in_bounded_time() {
    let laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
        c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n---\n";
    let many = read(&laughs.repeat(900));
    assert!(many.has_errors());
    let codes = vec!["7"; 90_000].join(", ");
    let policy =
        format!("podFailurePolicy: {{rules: [{{action: Count, onExitCodes: {{operator: In, values: [{codes}]}}}}]}}");
    let reading = read(&PI.replace("backoffLimit: 4", &policy));
    assert_eq!(reading.problems.len(), MAX_PROBLEMS + 1);
    let unknown: String = (0..20_000).map(|field| format!("  field{field}: 1\n")).collect();
    assert!(read(&PI.replace("  parallelism: 2\n", &unknown)).has_errors());
}

fn mutated() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0usize..8, "[ -~\\n\\t]{0,6}");
    (any::<bool>(), prop::collection::vec(edit, 1..6)).prop_map(|(rich, edits)| {
        let mut text: Vec<char> = if rich { RICH } else { PI }.chars().collect();
        for (place, removed, added) in edits {
            let start = place.index(text.len() + 1);
            let end = (start + removed).min(text.len());
            text.splice(start..end, added.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,200}") {
        let reading = read(&text);
        prop_assert!(reading.has_errors() || !reading.objects.is_empty());
    }

    #[test]
    fn no_damage_is_too_strange(text in mutated()) {
        let reading = read(&text);
        prop_assert!(reading.has_errors() || !reading.objects.is_empty());
        prop_assert!(reading.problems.iter().all(|problem| problem.start.line >= 1));
    }
}

#[test]
fn names_and_sizes_that_are_unwise_are_warned_of() {
    let named = read(&PI.replace("name: pi\nspec", "name: pi.digits\nspec"));
    let large = read(&PI.replace(
        "parallelism: 2\n  completions: 4",
        "completionMode: Indexed\n  parallelism: 10001\n  completions: 100001",
    ));
    for (reading, line, start) in
        [(named, 4, "metadata.name: this is used in Pod names"), (large, 5, "spec: In Indexed Jobs")]
    {
        let [problem] = reading.problems.as_slice() else { panic!("{:?}", reading.problems) };
        assert_eq!((problem.severity, problem.start.line), (Severity::Warning, line));
        assert!(problem.message.starts_with(start), "{problem}");
    }
}

#[test]
fn every_warning_stands_at_its_line() {
    let head = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n";
    for (template, line, warning) in include_str!("warnings.txt").split("\n====\n").map(|case| {
        let (template, warning) = case.trim_end().rsplit_once("\n=> ").expect("a case has a warning");
        let line = template.lines().position(|line| line.contains("# here")).expect("a case has a place");
        (template, line + 1 + head.lines().count(), warning)
    }) {
        let text = format!("{head}{template}\n");
        let reading = read(&text);
        let found: Vec<(Severity, usize, &str)> =
            reading.problems.iter().map(|it| (it.severity, it.start.line, it.message.as_str())).collect();
        assert_eq!(found, [(Severity::Warning, line, warning)], "{text}");
        assert_eq!(reading.objects.len(), 1);
    }
}

const QUEUE: &str = "\
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: queue
spec:
  replicas: 1
  selector:
    matchLabels: {app: queue}
  template:
    metadata:
      labels: {app: queue}
    spec:
      containers:
      - name: queue
        image: kuard:1
---
apiVersion: v1
kind: Service
metadata:
  name: queue
spec:
  type: NodePort
  ports:
  - port: 8080
    nodePort: 30080
  selector: {app: queue}
";

#[test]
fn what_serves_jobs_is_read_too() {
    let reading = read(QUEUE);
    assert_eq!(reading.problems, []);
    let [Object::ReplicaSet(set), Object::Service(service)] = reading.objects.as_slice() else { panic!("both") };
    assert_eq!((set.spec.replicas, set.metadata.name.as_deref()), (Some(1), Some("queue")));
    assert_eq!(service.spec.ports.as_ref().map(Vec::len), Some(1));
    let deployment = QUEUE.replace("kind: ReplicaSet", "kind: Deployment");
    assert!(matches!(read(&deployment).objects[0], Object::Deployment(_)));
}

#[test]
fn mistakes_in_what_serves_jobs_are_named_at_their_line() {
    let change = |from: &str, to: &str| said(&QUEUE.replace(from, to));
    let deployment =
        |spec: &str| said(&QUEUE.replace("kind: ReplicaSet", "kind: Deployment").replace("  replicas: 1\n", spec));
    let text = "`selector` does not match template `labels`";
    for (said, wanted) in [
        (change("matchLabels: {app: queue}", "matchLabels: {app: other}"), text),
        (
            change("replicas: 1", "replicas: -1"),
            "Line 6: spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        ),
        (change("replicas: 1", "replica: 1"), "Line 6: unknown field \"spec.replica\": did you mean \"replicas\"?"),
        (change("replicas: 1", "replicas: one"), "spec.replicas must be a whole number"),
        (
            change("    matchLabels: {app: queue}\n", "    matchLabels: {}\n"),
            "empty selector is invalid for deployment",
        ),
        (
            change("    spec:\n", "    spec:\n      restartPolicy: Never\n"),
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
        ),
        (
            change("nodePort: 30080", "nodePort: 8080"),
            "spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767",
        ),
        (
            change("  type: NodePort\n", ""),
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        ),
        (
            change("port: 8080\n", "port: 70000\n    targetPort: 80\n"),
            "spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
        ),
        (change("  ports:\n  - port: 8080\n    nodePort: 30080\n", ""), "spec.ports: Required value"),
        (change("name: queue\nspec:\n  type", "name: 1queue\nspec:\n  type"), "a DNS-1035 label must consist of"),
        (
            change("type: NodePort", "type: Nodeport"),
            "spec.type: Unsupported value: \"Nodeport\": supported values: \"ClusterIP\"",
        ),
        (
            deployment("  strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}\n"),
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
        ),
        (
            deployment("  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}\n"),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        (
            deployment("  strategy: {rollingUpdate: {maxSurge: ten}}\n"),
            "a valid percent string must be a numeric string",
        ),
        (
            // A surge may be larger than the whole.
            deployment("  strategy: {rollingUpdate: {maxSurge: 150%, maxUnavailable: 101%}}\n"),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
        ),
        (deployment("  progressDeadlineSeconds: 5\n  minReadySeconds: 5\n"), "must be greater than minReadySeconds"),
    ] {
        assert_eq!(said.len(), 1, "{wanted}: {said:#?}");
        assert!(said[0].contains(wanted), "{wanted}: {}", said[0]);
    }
}

#[test]
fn a_removed_version_of_a_replica_set_is_read_with_a_warning() {
    let old =
        QUEUE.replace("apps/v1", "extensions/v1beta1").replace("  selector:\n    matchLabels: {app: queue}\n", "");
    let reading = read(&old);
    let said: Vec<String> = reading.problems.iter().map(Problem::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("extensions/v1beta1 ReplicaSet was removed in Kubernetes"), "{said:?}");
    let Object::ReplicaSet(set) = &reading.objects[0] else { panic!("a ReplicaSet") };
    assert_eq!(set.spec.selector.match_labels.as_ref().map(|labels| labels.len()), Some(1));
}
