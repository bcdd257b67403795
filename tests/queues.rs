//! Work queues in a whole cluster: brokers behind ReplicaSets, Deployments and Services, and what becomes of items
//! whatever is done to the pods.

use jobscope::api::{Labels, Pod, RolloutStrategy, Uid};
use jobscope::cluster::{Cluster, Command, NodeAct, NodeSettings, Progress, QueueItems, RUN_START, Scenario, gallery};
use jobscope::nodes::WhichRun;
use jobscope::sim::Random;
use jobscope::workload::{Item, ItemState, Loss, Protocol};
use std::collections::BTreeSet;
use std::rc::Rc;

fn scenario(id: &str) -> Scenario {
    gallery::entries().iter().find(|entry| entry.id == id).expect("the gallery has that entry").scenario()
}

fn cluster(manifest: &str) -> Cluster {
    Cluster::new(Scenario { manifest: manifest.to_owned(), ..Scenario::default() }).expect("the manifest is good")
}

fn run_until(cluster: &mut Cluster, seconds: i64) {
    cluster.run_until(RUN_START.plus_seconds(seconds), usize::MAX);
}

fn pods<'a>(cluster: &'a Cluster, prefix: &str) -> Vec<&'a Rc<Pod>> {
    cluster.api().pods().filter(|pod| pod.meta.name.starts_with(prefix)).collect()
}

/// What was done to pods; only this explains why an item is lost or handed out again.
#[derive(Default)]
struct Done {
    consumers_ended: u32,
    brokers_ended: BTreeSet<Uid>,
}

/// Does something random that a person could do.
fn act(cluster: &mut Cluster, random: &mut Random, names: (&str, &str, &str, &str), done: &mut Done) {
    let (job, broker, service, queue) = names;
    let (job_pod, broker_pod) = (format!("{job}-"), format!("{broker}-"));
    let command = match random.in_range(0, 9) {
        0 | 1 => Command::FailPod { pod: job_pod, exit_code: 1 },
        2 => Command::SucceedPod { pod: job_pod },
        3 => Command::DeletePod { pod: job_pod },
        4 => Command::DeletePod { pod: broker_pod },
        5 => Command::FailPod { pod: broker_pod, exit_code: 137 },
        6 => Command::SetParallelism { job: job.to_owned(), parallelism: random.in_range(0, 6) as i32 },
        7 => Command::RestartController,
        _ => {
            let count = random.in_range(1, 20) as u32;
            Command::AddQueueItems(QueueItems { service: service.to_owned(), queue: queue.to_owned(), count })
        }
    };
    let hits_broker =
        matches!(&command, Command::DeletePod { pod } | Command::FailPod { pod, .. } if pod.starts_with(broker));
    if hits_broker && let Some(pod) = pods(cluster, broker).last() {
        done.brokers_ended.insert(pod.meta.uid);
    }
    // What makes no sense at this moment is refused.
    if cluster.act(command).is_ok() && !hits_broker {
        done.consumers_ended += 6;
    }
}

fn check(cluster: &Cluster, done: &Done, seed: u64) {
    for queue in cluster.queues().expect("there are nodes").all() {
        assert_eq!(queue.depth(), queue.count(|state| state == ItemState::Waiting), "seed {seed}");
        for Item { state, deliveries, finishes } in queue.items.iter().copied() {
            assert_eq!(finishes, u32::from(matches!(state, ItemState::Done(_))), "seed {seed}: finished once");
            let most = if queue.protocol == Protocol::Amqp { 1 + done.consumers_ended } else { 1 };
            assert!(deliveries <= most, "seed {seed}: handed out {deliveries} times");
            match state {
                ItemState::Waiting => assert!(queue.home.is_some(), "seed {seed}: it waits nowhere"),
                ItemState::Taken { pod, .. } => {
                    let runs = cluster.api().pod(pod).is_some_and(|pod| !pod.is_terminal());
                    assert!(runs, "seed {seed}: held by a pod that is gone");
                }
                ItemState::Done(pod) => assert!(cluster.history().pod(pod).is_some(), "seed {seed}"),
                ItemState::Lost(Loss::Broker) => assert!(!done.brokers_ended.is_empty(), "seed {seed}"),
                ItemState::Lost(Loss::Consumer) => {
                    assert!(queue.protocol == Protocol::Memq && done.consumers_ended > 0, "seed {seed}");
                }
            }
        }
    }
}

#[test]
fn no_item_is_lost_or_finished_twice_without_a_failure_that_explains_it() {
    for seed in 0..60 {
        let (id, names) = match seed % 3 {
            0 => ("queue-drained", ("consumers", "queue", "queue", "keygen")),
            1 => ("queue-acknowledged", ("workers", "broker", "broker", "jobs")),
            _ => ("queue-left-early", ("hasty", "broker", "broker", "jobs")),
        };
        let mut cluster = Cluster::new(Scenario { seed, commands: Vec::new(), ..scenario(id) }).unwrap();
        let mut random = Random::stream(seed, &[1]);
        let mut done = Done::default();
        for _ in 0..400 {
            if cluster.step() == Progress::Idle {
                break;
            }
            if random.percent(4.0) {
                act(&mut cluster, &mut random, names, &mut done);
            }
            check(&cluster, &done, seed);
        }
        // Whatever was done, the broker comes back.
        let now_s = cluster.elapsed_ms() / 1_000;
        run_until(&mut cluster, now_s + 400);
        check(&cluster, &done, seed);
        let active: Vec<_> = pods(&cluster, names.1).into_iter().filter(|pod| pod.is_active()).collect();
        assert_eq!(active.len(), 1, "seed {seed}: one broker");
        assert!(active[0].is_ready(), "seed {seed}: the broker is ready");
    }
}

#[test]
fn without_failures_every_item_is_done_once() {
    for seed in 0..20 {
        let mut cluster = Cluster::new(Scenario { seed, ..scenario("queue-drained") }).unwrap();
        while !cluster.is_done() {
            cluster.step();
            check(&cluster, &Done::default(), seed);
        }
        let queue = &cluster.queues().unwrap().all()[0];
        assert!(queue.items.iter().all(|item| (item.deliveries, item.finishes) == (1, 1)), "seed {seed}");
    }
}

#[test]
fn items_can_be_added_while_workers_wait() {
    let mut cluster = Cluster::new(scenario("queue-pod-dies")).unwrap();
    run_until(&mut cluster, 60);
    let add = |count| Command::AddQueueItems(QueueItems { service: "queue".into(), queue: "keygen".into(), count });
    let done =
        |cluster: &Cluster| cluster.queues().unwrap().all()[0].count(|state| matches!(state, ItemState::Done(_)));
    let before = done(&cluster);
    assert_eq!(cluster.act(add(3)), Ok(()));
    assert_eq!(cluster.queues().unwrap().all()[0].depth(), 3);
    run_until(&mut cluster, 70);
    assert_eq!(done(&cluster), before + 3);
    let full = cluster.act(add(u32::MAX)).unwrap_err();
    assert_eq!(full, "Queue keygen has room for 10000 items in all.");
    let nowhere = Command::AddQueueItems(QueueItems { service: "other".into(), queue: "keygen".into(), count: 1 });
    assert_eq!(cluster.act(nowhere), Err("There is no Service other.".to_owned()));
}

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'web:1', command: [sleep, infinity]}]
";

fn new_image(cluster: &mut Cluster, image: &str) {
    let uid = cluster.api().deployments().next().unwrap().meta.uid;
    cluster.with_api(|api| {
        let change = |spec: &mut jobscope::api::types::apps::DeploymentSpec| {
            spec.template.spec.as_mut().unwrap().containers[0].image = Some(image.to_owned());
        };
        api.update_deployment_spec(uid, change).expect("images may change");
    });
}

#[test]
fn a_rollout_keeps_to_its_bounds() {
    let mut cluster = cluster(DEPLOYMENT);
    run_until(&mut cluster, 20);
    let deployment = cluster.api().deployments().next().unwrap();
    assert_eq!(deployment.spec.strategy, RolloutStrategy::RollingUpdate { max_surge: 1, max_unavailable: 1 });
    assert_eq!((deployment.status.available_replicas, deployment.status.updated_replicas), (4, 4));
    new_image(&mut cluster, "web:2");
    let end = cluster.now().plus_seconds(200);
    while cluster.now() < end && cluster.step() != Progress::Idle {
        let active = pods(&cluster, "web-").into_iter().filter(|pod| pod.is_active());
        let (all, ready) = active.fold((0, 0), |(all, ready), pod| (all + 1, ready + i32::from(pod.is_ready())));
        assert!(all <= 5 && ready >= 3, "{all} pods, {ready} ready");
    }
    let sets: Vec<(i32, i32)> =
        cluster.api().replica_sets().map(|set| (set.spec.replicas, set.status.available_replicas)).collect();
    assert_eq!(sets, [(0, 0), (4, 4)]);
    new_image(&mut cluster, "web:1");
    run_until(&mut cluster, 600);
    assert_eq!(cluster.api().replica_sets().map(|set| set.spec.replicas).collect::<Vec<_>>(), [4, 0], "it goes back");
}

#[test]
fn recreating_never_mixes_old_and_new() {
    let manifest = DEPLOYMENT.replace("  replicas: 4", "  replicas: 2\n  strategy: {type: Recreate}");
    let mut cluster = cluster(&manifest);
    run_until(&mut cluster, 20);
    new_image(&mut cluster, "web:2");
    let end = cluster.now().plus_seconds(200);
    while cluster.now() < end && cluster.step() != Progress::Idle {
        let active = pods(&cluster, "web-").into_iter().filter(|pod| pod.is_active());
        let images: BTreeSet<_> = active.map(|pod| pod.template.containers[0].image.clone()).collect();
        assert!(images.len() <= 1, "{images:?}");
    }
    assert!(pods(&cluster, "web-").iter().all(|pod| &*pod.template.containers[0].image == "web:2"));
}

#[test]
fn a_deployments_selector_stays() {
    let mut cluster = cluster(DEPLOYMENT);
    let uid = cluster.api().deployments().next().unwrap().meta.uid;
    let error = cluster.with_api(|api| {
        api.update_deployment_spec(uid, |spec| {
            spec.selector.match_labels.as_mut().unwrap().insert("tier".into(), "x".into());
        })
    });
    let text = error.unwrap_err().to_string();
    assert!(text.contains("spec.selector: Invalid value") && text.contains("field is immutable"), "{text}");
}

#[test]
fn scaling_down_gives_up_the_pods_that_have_come_least_far() {
    let manifest = DEPLOYMENT.replace("Deployment", "ReplicaSet").replace("replicas: 4", "replicas: 3");
    let mut cluster = cluster(&manifest);
    run_until(&mut cluster, 20);
    let set = cluster.api().replica_sets().next().unwrap().meta.uid;
    let old: Vec<Uid> = pods(&cluster, "web-").iter().map(|pod| pod.meta.uid).collect();
    cluster.with_api(|api| api.scale_replica_set(set, 6)).unwrap();
    run_until(&mut cluster, 21);
    assert_eq!(pods(&cluster, "web-").len(), 6);
    cluster.with_api(|api| api.scale_replica_set(set, 3)).unwrap();
    run_until(&mut cluster, 90);
    assert_eq!(pods(&cluster, "web-").iter().map(|pod| pod.meta.uid).collect::<Vec<_>>(), old);
    assert_eq!(cluster.api().replica_set(set).unwrap().status.ready_replicas, 3);
}

#[test]
fn a_stray_pod_is_adopted_and_one_that_left_is_replaced() {
    let mut cluster = cluster(&DEPLOYMENT.replace("Deployment", "ReplicaSet"));
    run_until(&mut cluster, 20);
    let pod = pods(&cluster, "web-")[0].meta.uid;
    let labels = pods(&cluster, "web-")[0].meta.labels.clone();
    cluster.with_api(|api| api.update_pod(pod, |pod| pod.meta.labels = Labels::default())).unwrap();
    run_until(&mut cluster, 40);
    assert_eq!(pods(&cluster, "web-").len(), 5);
    assert_eq!(cluster.api().pod(pod).unwrap().meta.owner_references.len(), 0);
    cluster.with_api(|api| api.update_pod(pod, |pod| pod.meta.labels = labels)).unwrap();
    run_until(&mut cluster, 120);
    assert_eq!(pods(&cluster, "web-").len(), 4, "five are one too many");
}

#[test]
fn a_queue_on_a_lost_node_is_lost_and_its_pod_comes_back_elsewhere() {
    let nodes = NodeSettings { count: 2, ..Default::default() };
    let mut cluster = Cluster::new(Scenario { nodes, ..scenario("queue-drained") }).expect("the manifest is good");
    run_until(&mut cluster, 20);
    let old = pods(&cluster, "queue-")[0].clone();
    let node = old.node.as_deref().expect("it runs").to_owned();
    cluster.act(Command::Node { node: node.clone(), act: NodeAct::Kill }).expect("it runs");
    run_until(&mut cluster, 25);
    let here = |pod: &&Rc<Pod>| pod.node.as_deref() == Some(&node);
    let elsewhere =
        pods(&cluster, "consumers-").into_iter().find(|pod| !here(pod)).expect("both nodes have some").clone();
    let queue = &cluster.queues().unwrap().all()[0];
    assert_eq!(queue.home, None);
    assert_eq!(queue.count(|state| matches!(state, ItemState::Waiting | ItemState::Taken { .. })), 0);
    let log = cluster.logs(elsewhere.meta.uid, 0, WhichRun::Current);
    let last = &log.lines.last().expect("it tells of it").text;
    assert!(last.ends_with("(ID 0) Error talking to server: connection refused. Retrying after 1s."), "{last}");
    run_until(&mut cluster, 500);
    let healed = pods(&cluster, "queue-").into_iter().find(|pod| pod.meta.uid != old.meta.uid).expect("a new pod");
    assert!(healed.is_ready() && !here(&healed));
    assert!(cluster.api().pod(old.meta.uid).expect("nobody lets go of it").meta.deletion_time.is_some());
}

#[test]
fn who_waits_for_an_item_is_killed_when_its_grace_is_over() {
    let mut cluster = cluster(WAITER);
    run_until(&mut cluster, 60);
    let waiter = pods(&cluster, "waiter")[0].clone();
    cluster.act(Command::DeletePod { pod: waiter.meta.name.to_string() }).unwrap();
    run_until(&mut cluster, 64);
    assert!(cluster.api().pod(waiter.meta.uid).is_some(), "it does not hear the signal");
    run_until(&mut cluster, 67);
    let record = cluster.history().pods().find(|record| record.uid == waiter.meta.uid).unwrap();
    assert!((5_000..5_500).contains(&record.gone_at.unwrap().ms_since(record.deletion_asked_at.unwrap())));
    assert!(cluster.api().pod(waiter.meta.uid).is_none());
}

const WAITER: &str = r#"
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: rabbit}
spec:
  selector: {matchLabels: {app: rabbit}}
  template:
    metadata: {labels: {app: rabbit}}
    spec: {containers: [{name: broker, image: "rabbitmq:4"}]}
---
apiVersion: v1
kind: Service
metadata: {name: rabbit}
spec: {selector: {app: rabbit}, ports: [{port: 5672}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: waiter}
spec:
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 5
      containers:
      - name: waiter
        image: worker
        command: [sh, -c, "trap 'exit 0' TERM; sleep 30; amqp-declare-queue -u amqp://rabbit -q q; amqp-consume -u amqp://rabbit -q q -c 1 cat"]
"#;
