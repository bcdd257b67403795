//! What nodes do to Jobs, from the first sign to the end: nodes that fail, are drained, tainted, too small, or join.

use jobscope::api::{ConditionStatus, EventReason, Pod, PodConditionType, TaintEffect};
use jobscope::cluster::{Cluster, Command, NodeAct, NodeSettings, PodRecord, RUN_START, Scenario};
use jobscope::sim::Time;
use std::rc::Rc;

const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

/// A run with one Job, whose pods sleep for an hour unless its pod spec (a piece in flow style) says otherwise.
struct Run(Cluster);

fn settings(count: u32) -> NodeSettings {
    NodeSettings { count, ..Default::default() }
}

impl Run {
    fn new(nodes: NodeSettings, job: &str, pod: &str) -> Self {
        Self::of(nodes, &manifest("job", job, pod))
    }

    fn of(nodes: NodeSettings, manifest: &str) -> Self {
        let scenario = Scenario { manifest: manifest.to_owned(), nodes, ..Default::default() };
        Self(Cluster::new(scenario).unwrap_or_else(|problems| panic!("{problems:?}\n{manifest}")))
    }

    fn until(&mut self, seconds: f64) {
        self.0.run_until(RUN_START.plus_ms((seconds * 1_000.0) as i64), usize::MAX);
    }

    fn act(&mut self, node: &str, act: NodeAct) {
        self.0.act(Command::Node { node: node.to_owned(), act }).expect("it can be done");
    }

    fn pods(&self) -> Vec<&PodRecord> {
        self.0.history().pods().collect()
    }

    /// A pod that is still in the store.
    fn pod(&self, record: &PodRecord) -> &Rc<Pod> {
        self.0.api().pod(record.uid).expect("it is there")
    }

    fn at_s(&self, time: Option<Time>) -> f64 {
        time.expect("it has happened").ms_since(RUN_START) as f64 / 1_000.0
    }

    /// The first moment in the trace at which a line has that text.
    fn first_s(&self, text: &str) -> f64 {
        let found = self.0.trace().find(|entry| self.0.line(entry).contains(text));
        self.at_s(Some(found.unwrap_or_else(|| panic!("{text:?} never happens")).at))
    }

    fn messages(&self, reason: EventReason) -> Vec<String> {
        let events = self.0.api().events().filter(|event| event.reason == reason);
        events.map(|event| event.message().into_owned()).collect()
    }

    fn disruption(&self, pod: &Pod) -> String {
        pod.status.condition(PodConditionType::DisruptionTarget).map_or(String::new(), |found| found.reason.to_string())
    }
}

fn manifest(name: &str, job: &str, pod: &str) -> String {
    let comma = |text: &str| if text.is_empty() { String::new() } else { format!(", {text}") };
    format!(
        "---\n{{apiVersion: batch/v1, kind: Job, metadata: {{name: {name}}}, spec: {{template: {{spec: {{restartPolicy: \
         Never, containers: [{{name: c, image: i, command: [sh, -c, 'sleep 3600']{}}}]{}}}}}{}}}}}\n",
        comma(pod.split_once('|').map_or("", |(container, _)| container)),
        comma(pod.split_once('|').map_or(pod, |(_, spec)| spec)),
        comma(job),
    )
}

#[test]
fn a_silent_node_is_noticed_tainted_and_left() {
    let mut run = Run::new(settings(3), "", "");
    run.until(20.0);
    let node = run.pods()[0].node.clone().expect("it has a node");
    run.act(&node, NodeAct::Kill);
    run.until(400.0);
    let noticed_s = run.first_s("counts as unreachable");
    assert!((58.0..=75.0).contains(&noticed_s) && noticed_s % 5.0 == 0.0, "{noticed_s}");
    let first = run.pods()[0].clone();
    let deleted_s = run.at_s(first.deletion_asked_at);
    assert!((305.0..305.1).contains(&(deleted_s - noticed_s)), "{deleted_s}");
    let old = run.pod(&first);
    assert_eq!((run.disruption(old).as_str(), old.is_ready()), ("DeletionByTaintManager", false));
    let second = run.pods()[1].clone();
    assert!(run.at_s(Some(second.created_at)) - deleted_s < 2.0 && second.node != first.node);
    let name = format!("default/{}", first.name);
    assert_eq!(run.messages(EventReason::TaintManagerEviction), [format!("Marking for deletion Pod {name}")]);
    let not_ready = run.messages(EventReason::NodeNotReady);
    assert_eq!(not_ready, [format!("Node {node} status is now: NodeNotReady"), "Node is not ready".to_owned()]);
    let lost = run.0.api().node(&node).expect("it is there");
    assert_eq!((lost.ready.status, &*lost.ready.reason), (ConditionStatus::Unknown, "NodeStatusUnknown"));
    assert!(
        lost.has_taint(UNREACHABLE, TaintEffect::NoSchedule) && lost.has_taint(UNREACHABLE, TaintEffect::NoExecute)
    );

    // Terminating until its kubelet is heard of again.
    run.act(&node, NodeAct::Restore);
    run.until(420.0);
    assert!(run.0.api().pod(first.uid).is_none());
    let back = run.0.api().node(&node).expect("it is there");
    assert!(back.is_ready() && back.taints.is_empty());
    assert_eq!(run.messages(EventReason::NodeReady), [format!("Node {node} status is now: NodeReady")]);
}

#[test]
fn pods_leave_when_they_say_so() {
    let toleration =
        |seconds: &str| format!("tolerations: [{{key: {UNREACHABLE}, operator: Exists, effect: NoExecute{seconds}}}]");
    for (seconds, leaves_after_s) in
        [(", tolerationSeconds: 30", Some(35.0)), (", tolerationSeconds: 0", Some(5.0)), ("", None)]
    {
        let mut run = Run::new(settings(3), "", &toleration(seconds));
        run.until(20.0);
        let node = run.pods()[0].node.clone().expect("it has a node");
        run.act(&node, NodeAct::Kill);
        run.until(2_000.0);
        let left_s =
            run.pods()[0].deletion_asked_at.map(|at| run.at_s(Some(at)) - run.first_s("counts as unreachable"));
        assert_eq!(left_s.map(f64::round), leaves_after_s, "{seconds}");
    }
}

#[test]
fn a_node_that_is_back_in_time_ends_its_containers_only() {
    for (policy, phase, restarts) in [("Never", "Failed", 0), ("OnFailure", "Running", 1)] {
        let mut run = Run::of(settings(2), &manifest("job", "", "").replace("Never", policy));
        run.until(20.0);
        let node = run.pods()[0].node.clone().expect("it has a node");
        run.act(&node, NodeAct::Kill);
        run.until(40.0);
        run.act(&node, NodeAct::Restore);
        run.until(55.0);
        let record = run.pods()[0].clone();
        assert_eq!((record.phase.as_str(), record.restarts), (phase, restarts));
        assert_eq!(record.exit_code, Some(255));
        assert!(run.messages(EventReason::NodeNotReady).is_empty());
    }
}

#[test]
fn evictions_are_called_off_when_the_node_is_back() {
    let mut run = Run::of(settings(3), &manifest("job", "", "").replace("Never", "OnFailure"));
    run.until(20.0);
    let node = run.pods()[0].node.clone().expect("it has a node");
    run.act(&node, NodeAct::Kill);
    run.until(200.0);
    run.act(&node, NodeAct::Restore);
    run.until(1_000.0);
    assert_eq!(run.pods().len(), 1);
    let name = &run.pods()[0].name;
    assert_eq!(run.messages(EventReason::TaintManagerEviction), [format!("Cancelling deletion of Pod default/{name}")]);
    assert!(run.pod(run.pods()[0]).is_ready());
}

#[test]
fn when_all_nodes_are_silent_nobody_is_evicted() {
    let mut run = Run::new(settings(2), "", "");
    run.until(20.0);
    run.act("node-1", NodeAct::Kill);
    run.act("node-2", NodeAct::Kill);
    run.until(2_000.0);
    assert!(run.pods()[0].deletion_asked_at.is_none());
    assert!(run.0.api().nodes().all(|node| !node.has_taint(UNREACHABLE, TaintEffect::NoExecute)));
    let other = if run.pods()[0].node.as_deref() == Some("node-1") { "node-2" } else { "node-1" };
    run.act(other, NodeAct::Restore);
    run.until(2_400.0);
    assert!(run.pods()[0].deletion_asked_at.is_some());
}

#[test]
fn pods_of_a_deleted_node_are_collected() {
    let mut run = Run::new(settings(2), "podReplacementPolicy: Failed", "");
    run.until(21.0);
    let node = run.pods()[0].node.clone().expect("it has a node");
    run.act(&node, NodeAct::Delete);
    run.until(100.0);
    let first = run.pods()[0].clone();
    assert_eq!(run.at_s(first.ended_at), 80.0, "40 s after the first look that misses the node");
    assert_eq!(first.phase.as_str(), "Failed");
    assert_eq!(run.0.api().jobs().next().expect("the Job").status.failed, 1);
    assert!(run.0.api().pod(first.uid).is_none());
    assert_eq!(run.pods().len(), 2);
}

#[test]
fn a_node_out_of_service_lets_its_terminating_pods_go() {
    let mut run = Run::new(settings(3), "podReplacementPolicy: Failed", "");
    run.until(20.0);
    let node = run.pods()[0].node.clone().expect("it has a node");
    run.act(&node, NodeAct::Kill);
    run.until(100.0);
    run.act(&node, NodeAct::Taint("node.kubernetes.io/out-of-service=nodeshutdown:NoExecute".to_owned()));
    run.until(130.0);
    assert_eq!(run.at_s(run.pods()[0].ended_at), 120.0);
    assert_eq!(run.pods().len(), 2);
}

#[test]
fn a_drained_node_is_empty_and_stays_so() {
    let mut run = Run::new(settings(2), "parallelism: 4", "terminationGracePeriodSeconds: 5");
    run.until(20.0);
    run.act("node-1", NodeAct::Drain);
    run.until(60.0);
    let evicted: Vec<_> = run.pods().into_iter().filter(|pod| pod.deletion_asked_at.is_some()).cloned().collect();
    assert_eq!(evicted.len(), 2);
    assert!(evicted.iter().all(|pod| pod.gone_at.is_some()));
    assert!(run.0.api().pods().all(|pod| pod.node.as_deref() == Some("node-2")));
    assert_eq!(run.messages(EventReason::NodeNotSchedulable), ["Node node-1 status is now: NodeNotSchedulable"]);
    let has_taint = |run: &Run| {
        let node = run.0.api().node("node-1").expect("it is there").clone();
        node.has_taint("node.kubernetes.io/unschedulable", TaintEffect::NoSchedule)
    };
    assert!(has_taint(&run));
    run.act("node-1", NodeAct::Uncordon);
    run.until(61.0);
    assert!(!has_taint(&run));
}

#[test]
fn waiting_pods_say_why_node_by_node_and_go_on_when_that_changes() {
    let small = NodeSettings { cpu_millis: 2_000, memory_mib: 4_096, ..settings(4) };
    let pod = "resources: {requests: {cpu: 1500m, memory: 1Gi}}|nodeSelector: {kubernetes.io/os: linux}";
    let mut run = Run::new(small, "parallelism: 2", pod);
    run.act("node-1", NodeAct::Cordon);
    run.act("node-2", NodeAct::Taint("dedicated=gpu:NoSchedule".to_owned()));
    run.act("node-3", NodeAct::Label("kubernetes.io/os=windows".to_owned()));
    run.until(10.0);
    let message = "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, \
                   1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. no new claims to deallocate, \
                   preemption: 0/4 nodes are available: 1 No preemption victims found for incoming pod, \
                   3 Preemption is not helpful for scheduling.";
    assert_eq!(run.messages(EventReason::FailedScheduling), [message]);
    let changes = [
        ("node-1", NodeAct::Uncordon),
        ("node-2", NodeAct::Taint("dedicated:NoSchedule-".to_owned())),
        ("node-3", NodeAct::Label("kubernetes.io/os=linux".to_owned())),
        ("node-9", NodeAct::Add { cpu_millis: 1_500, memory_mib: 1_024 }),
    ];
    for (node, change) in changes {
        let mut run = Run(run.0.clone());
        run.act(node, change);
        run.until(20.0);
        assert_eq!(run.pods()[1].node.as_deref(), Some(node));
    }
}

#[test]
fn pods_of_higher_priority_make_others_go() {
    let one = NodeSettings { cpu_millis: 2_000, ..settings(1) };
    let asks = "resources: {requests: {cpu: '1'}}|terminationGracePeriodSeconds: 10";
    let low = manifest("low", "parallelism: 2", asks);
    let high = manifest("high", "suspend: true", &format!("{asks}, priorityClassName: system-cluster-critical"));
    let mut run = Run::of(one, &(low + &high));
    run.until(20.0);
    run.0.act(Command::Resume { job: "high".to_owned() }).expect("it can be done");
    run.until(22.0);
    let high = run.pods().into_iter().find(|pod| pod.name.starts_with("high")).expect("its pod").clone();
    assert_eq!(run.pod(&high).status.nominated_node.as_deref(), Some("node-1"));
    let victims: Vec<_> = run.pods().into_iter().filter(|pod| pod.deletion_asked_at.is_some()).cloned().collect();
    assert_eq!(victims.len(), 1, "one makes room enough");
    assert_eq!(run.disruption(run.pod(&victims[0])), "PreemptionByScheduler");
    assert_eq!(run.messages(EventReason::Preempted), [format!("Preempted by pod {} on node node-1", high.uid)]);
    run.until(60.0);
    let is_running = |pod: &&PodRecord| pod.phase.as_str() == "Running";
    assert!(run.pods().into_iter().filter(is_running).any(|pod| pod.uid == high.uid));
    assert!(run.at_s(run.pods().iter().find(|pod| pod.uid == high.uid).expect("it").scheduled_at) < 33.0);
}

#[test]
fn gated_pods_are_left_alone() {
    let mut run = Run::new(settings(1), "", "schedulingGates: [{name: example.com/quota}]");
    run.until(30.0);
    let scheduled = run.pod(run.pods()[0]).status.condition(PodConditionType::PodScheduled).expect("it is set").clone();
    assert_eq!((scheduled.status, &*scheduled.reason), (ConditionStatus::False, "SchedulingGated"));
    assert!(run.messages(EventReason::FailedScheduling).is_empty());
}

#[test]
fn unreasonable_acts_are_refused_with_a_sentence() {
    let mut run = Run::new(settings(2), "", "");
    let text = |text: &str| text.to_owned();
    for (node, act, said) in [
        ("node-7", NodeAct::Cordon, "There is no node node-7."),
        ("node-7", NodeAct::Kill, "There is no node node-7."),
        ("node-1", NodeAct::Restore, "Node node-1 is not down."),
        ("node-1", NodeAct::Add { cpu_millis: 0, memory_mib: 0 }, "nodes \"node-1\" already exists"),
        ("Node 1", NodeAct::Add { cpu_millis: 0, memory_mib: 0 }, "cannot be a node's name"),
        ("node-1", NodeAct::Taint(text("dedicated=gpu:Never")), "is no taint"),
        ("node-1", NodeAct::Taint(text("dedicated=gpu")), "is no taint"),
        ("node-1", NodeAct::Taint(text("dedicated-")), "Node node-1 has no such taint."),
        ("node-1", NodeAct::Label(text("disk")), "is no label"),
        ("node-1", NodeAct::Label(text("di sk=ssd")), "is no label"),
    ] {
        let refused = run.0.act(Command::Node { node: text(node), act }).expect_err(said);
        assert!(refused.contains(said), "{refused}");
    }
    assert!(run.0.scenario().commands.is_empty());
}

#[test]
fn nodes_that_fail_at_random_fail_alike_in_every_run_and_jobs_get_done() {
    let failing = NodeSettings { mean_time_to_failure_s: 1_800, outage_s: 900, ..settings(5) };
    let job = "parallelism: 5, completions: 40, backoffLimit: 100";
    let digests: Vec<String> = (0..2)
        .map(|_| {
            let text = manifest("job", job, "").replace("sleep 3600", "sleep 300");
            let mut run = Run::of(failing, &text);
            let end = RUN_START.plus_seconds(100_000);
            while !run.0.is_done() && run.0.now() < end {
                run.0.step();
            }
            let job = run.0.api().jobs().next().expect("the Job").clone();
            assert_eq!(job.status.succeeded, 40);
            assert!(job.status.failed > 0 && run.first_s("is silent") < 3_600.0);
            run.0.digest()
        })
        .collect();
    assert_eq!(digests[0], digests[1]);
}

#[test]
fn the_least_important_pods_go_and_no_more_than_needed() {
    // The priorities of the pods on each node, all of one CPU on nodes of two; whose pods go for one that needs one, two.
    for (nodes, cpu, gone) in [
        ([[10, 20], [5, 30]], "1", vec![5]),
        ([[10, 20], [10, 10]], "2", vec![10, 10]),
        ([[10, 20], [15, 15]], "2", vec![15, 15]),
        ([[100, 100], [10, 100]], "1", vec![10]),
        ([[100, 100], [10, 100]], "2", vec![]),
    ] {
        let on = |node: usize, place: usize, priority: i32| {
            let spec = format!("priority: {priority}, nodeSelector: {{kubernetes.io/hostname: node-{}}}", node + 1);
            let asks = format!("resources: {{requests: {{cpu: '1'}}}}|{spec}");
            manifest(&format!("p{priority}-{node}{place}"), "backoffLimit: 0", &asks)
        };
        let mut text = String::new();
        for (node, priorities) in nodes.into_iter().enumerate() {
            priorities.into_iter().enumerate().for_each(|(place, priority)| text += &on(node, place, priority));
        }
        text += &manifest("high", "suspend: true", &format!("resources: {{requests: {{cpu: '{cpu}'}}}}|priority: 100"));
        let mut run = Run::of(NodeSettings { cpu_millis: 2_000, ..settings(2) }, &text);
        run.until(20.0);
        run.0.act(Command::Resume { job: "high".to_owned() }).expect("it can be done");
        run.until(21.0);
        let asked = run.pods().into_iter().filter(|pod| pod.deletion_asked_at.is_some());
        let mut priorities: Vec<i32> = asked.map(|pod| run.pod(pod).template.scheduling.priority).collect();
        priorities.sort_unstable();
        assert_eq!(priorities, gone, "{nodes:?} {cpu}");
    }
}
