//! Worlds of nodes only: pods are put in by hand, and the texts of their statuses are compared.

use super::*;
use crate::api::meta::{BlockOwnerDeletion, OwnerReference, OwnerRole};
use crate::api::pod::ImagePull;
use crate::api::{
    Container, ContainerState, EventReason, Labels, Node, Pod, PodCondition, PodConditionType, PodPhase, PodTemplate,
    RestartPolicy,
};
use crate::apiserver::{ApiServer, Change, DeleteGrace, NewPod, Notice};
use crate::sim::Agenda;
use crate::workload::{ExitCode, PodSettings, Workloads};
use std::collections::BTreeMap;
use std::rc::Rc;

mod containers;
mod world;

use world::World;

fn template(policy: RestartPolicy, containers: &[&str]) -> PodTemplate {
    PodTemplate {
        labels: Labels::default(),
        annotations: Labels::default(),
        finalizers: Rc::default(),
        restart_policy: policy,
        containers: containers.iter().enumerate().map(|(place, script)| container(place, script)).collect(),
        init_containers: vec![],
        termination_grace_s: 30,
        scheduling: Rc::default(),
        wire: Rc::default(),
    }
}

/// A container with that script; without one, of the failure model.
fn container(place: usize, script: &str) -> Container {
    let command: &[&str] = if script.is_empty() { &["work"] } else { &["sh", "-c", script] };
    Container {
        name: format!("c{place}").into(),
        image: "busybox:1.28".into(),
        image_pull: ImagePull::IfNotPresent,
        command: command.iter().map(|&word| word.into()).collect(),
        message_path: "/dev/termination-log".into(),
        ..Default::default()
    }
}

fn world() -> World {
    World::new(3, 10, PodSettings::default())
}

fn start(world: &mut World, policy: RestartPolicy, containers: &[&str]) -> Uid {
    world.create(&Rc::new(template(policy, containers)))
}

fn condition(pod: &Pod, kind: PodConditionType) -> PodCondition {
    pod.status.condition(kind).unwrap().clone()
}

#[test]
fn a_pod_is_bound_runs_and_succeeds() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::Never, &["sleep 5"]);
    world.run_until(60.0);
    assert_eq!(
        world.texts(pod),
        [
            "Pending",
            "Pending bound",
            "Pending [ContainerCreating]",
            "Running ready [running]",
            "Succeeded [Completed 0]"
        ]
    );
    let name = world.pod(pod).meta.name.clone();
    let messages: Vec<String> = world.events(pod).into_iter().map(|(_, _, message)| message).collect();
    assert_eq!(
        messages,
        [
            &format!("Successfully assigned default/{name} to node-1"),
            "Pulling image \"busybox:1.28\"",
            "Successfully pulled image \"busybox:1.28\" in 2s (2s including waiting)",
            "Container created",
            "Container started",
        ]
    );
    let status = &world.pod(pod).status;
    assert_eq!(condition(world.pod(pod), PodConditionType::Ready).reason, "PodCompleted");
    assert_eq!(condition(world.pod(pod), PodConditionType::Initialized).reason, "PodCompleted");
    let ContainerState::Terminated(end) = &status.containers[0].state else { panic!("{status:?}") };
    assert_eq!(end.finished_at.unwrap().ms_since(end.started_at.unwrap()), 5_000);
    assert_eq!(end.finished_at.unwrap(), end.finished_at.unwrap().truncated_to_second());
    assert_eq!(world.kubelets.expected_end(pod), None);
}

#[test]
fn the_next_pod_finds_the_image_and_other_nodes_fetch_their_own() {
    let mut world = World::new(1, 10, PodSettings::default());
    start(&mut world, RestartPolicy::Never, &["true"]);
    world.run_until(10.0);
    let pod = start(&mut world, RestartPolicy::Never, &["true"]);
    world.run_until(20.0);
    let there = "Container image \"busybox:1.28\" already present on machine and can be accessed by the pod";
    assert!(world.events(pod).iter().any(|(_, _, message)| message == there));
    assert!(!world.events(pod).iter().any(|(reason, _, _)| *reason == EventReason::Pulling));
    let mut always = template(RestartPolicy::Never, &["true"]);
    always.containers[0].image_pull = ImagePull::Always;
    let pod = world.create(&Rc::new(always));
    world.run_until(30.0);
    let pulled = "Successfully pulled image \"busybox:1.28\" in 300ms (300ms including waiting)";
    assert!(world.events(pod).iter().any(|(_, _, message)| message == pulled), "{:?}", world.events(pod));
}

#[test]
fn a_pod_that_never_restarts_fails_with_its_container() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::Never, &["sleep 1; exit 3"]);
    world.run_until(60.0);
    assert_eq!(world.texts(pod).last(), Some(&"Failed [Error 3]"));
    assert_eq!(condition(world.pod(pod), PodConditionType::Ready).reason, "PodFailed");
}

#[test]
fn a_pod_waits_for_all_its_containers() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::Never, &["sleep 4; exit 0", "sleep 1; exit 1"]);
    world.run_until(60.0);
    assert_eq!(
        world.texts(pod)[3..],
        ["Running ready [running] [running]", "Running [running] [Error 1]", "Failed [Completed 0] [Error 1]"]
    );
}

#[test]
fn failing_containers_restart_in_place_with_growing_back_off() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::OnFailure, &["sleep 1; exit 1"]);
    world.run_until(3_000.0);
    let lines = &world.lines[&pod];
    assert_eq!(
        world.texts(pod)[3..8],
        [
            "Running ready [running]",
            "Running [Error 1]",
            "Running ready [running #1]",
            "Running [Error 1 #1]",
            "Running [CrashLoopBackOff #1]"
        ]
    );
    let delay_s = |restarts: u32| {
        let ended = world.times(pod, &format!("Running [Error 1 #{restarts}]").replace(" #0", ""))[0];
        (world.times(pod, &format!("Running ready [running #{}]", restarts + 1))[0] - ended).round()
    };
    let delays: Vec<f64> = (0..9).map(delay_s).collect();
    assert_eq!(delays, [1.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0], "{lines:#?}");
    let status = &world.pod(pod).status.containers[0];
    assert_eq!(status.last_termination.as_ref().unwrap().exit_code, 1);
    let meta = &world.pod(pod).meta;
    let pod_name = format!("{}_default({})", meta.name, meta.uid);
    let ContainerState::Waiting { message, .. } = &status.state else { panic!("{status:?}") };
    assert_eq!(message, &format!("back-off 5m0s restarting failed container=c0 pod={pod_name}"));
    let back_off = format!("Back-off restarting failed container c0 in pod {pod_name}");
    let events = world.events(pod);
    assert!(events.iter().any(|(reason, _, text)| *reason == EventReason::BackOff && *text == back_off), "{events:?}");
}

#[test]
fn a_container_that_kept_running_begins_its_back_off_anew() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::OnFailure, &["sleep 601; exit 1"]);
    world.run_until(3_000.0);
    assert!(world.texts(pod).iter().all(|text| !text.contains("CrashLoopBackOff")), "{:#?}", world.texts(pod));
    assert!(world.pod(pod).restarts() >= 3);
}

#[test]
fn only_failed_containers_restart() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::OnFailure, &["exit $((RANDOM % 2))", "sleep 1"]);
    world.run_until(4_000.0);
    let status = &world.pod(pod).status;
    assert_eq!(
        (status.phase, status.containers[1].restart_count),
        (PodPhase::Succeeded, 0),
        "{:#?}",
        world.lines[&pod]
    );
}

#[test]
fn init_containers_run_one_after_the_other_and_first() {
    let mut world = world();
    let mut with_init = template(RestartPolicy::Never, &["sleep 3"]);
    with_init.init_containers = vec![container(8, "sleep 1"), container(9, "sleep 2")];
    let pod = world.create(&Rc::new(with_init.clone()));
    with_init.init_containers[0] = container(8, "exit 7");
    let failing = world.create(&Rc::new(with_init));
    world.run_until(30.0);
    assert_eq!(
        world.texts(pod)[2..],
        [
            "Pending [PodInitializing] [PodInitializing] [PodInitializing]",
            "Pending [running] [PodInitializing] [PodInitializing]",
            "Pending [Completed 0] [PodInitializing] [PodInitializing]",
            "Pending [Completed 0] [running] [PodInitializing]",
            "Pending [Completed 0] [Completed 0] [PodInitializing]",
            "Running ready [Completed 0] [Completed 0] [running]",
            "Succeeded [Completed 0] [Completed 0] [Completed 0]"
        ]
    );
    assert_eq!(world.texts(failing).last(), Some(&"Failed [Error 7] [PodInitializing] [PodInitializing]"));
}

#[test]
fn deleted_pods_end_within_their_grace() {
    // What runs, from the delete call to the end in seconds, how it is left.
    for (script, range_s, left) in [
        ("sleep 1000", 29.9..30.3, "Failed deleting [Error 137]"),
        ("sleep 12", 5.0..8.0, "Succeeded deleting [Completed 0]"),
        ("", 0.4..2.3, "Failed deleting [Error 143]"),
    ] {
        let settings = PodSettings { min_duration_ms: 100_000, max_duration_ms: 100_000, ..Default::default() };
        let mut world = World::new(1, 10, settings);
        let pod = start(&mut world, RestartPolicy::OnFailure, &[script]);
        world.run_until(8.0);
        world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
        world.run_until(9.0);
        world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
        world.run_until(60.0);
        let texts = world.texts(pod);
        assert_eq!(texts[texts.len() - 2..], [left, "gone"], "{script}");
        let took_s = world.times(pod, left)[0] - 8.0;
        assert!(range_s.contains(&took_s), "{script}: {took_s}");
        let killing = (EventReason::Killing, 1, "Stopping container c0".to_owned());
        assert!(world.events(pod).contains(&killing), "{script}");
        assert!(world.api.pod(pod).is_none());
    }
}

#[test]
fn a_grace_below_zero_is_a_second() {
    let mut world = world();
    let template = template(RestartPolicy::Never, &["sleep 1000"]);
    let pod = world.create(&Rc::new(PodTemplate { termination_grace_s: -5, ..template }));
    world.run_until(8.0);
    world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
    assert_eq!(world.api.pod(pod).and_then(|pod| pod.meta.deletion_grace_s), Some(1));
    world.run_until(60.0);
    assert_eq!(world.texts(pod).last(), Some(&"gone"));
}

#[test]
fn a_shorter_grace_hastens_the_end() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::Never, &["sleep 1000"]);
    world.run_until(8.0);
    world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
    world.run_until(10.0);
    world.api.delete_pod(pod, DeleteGrace::Seconds(5)).unwrap();
    world.run_until(60.0);
    let took_s = world.times(pod, "Failed deleting [Error 137]")[0];
    assert!((15.0..15.3).contains(&took_s), "{took_s}");
}

#[test]
fn pods_deleted_before_they_run_end_quickly() {
    for deleted_at_s in [0.0, 0.022, 0.1, 1.5, 60.0] {
        let mut world = world();
        // After a minute it waits for its restart.
        let pod = start(&mut world, RestartPolicy::OnFailure, &["exit 1"]);
        world.run_until(deleted_at_s);
        world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
        world.run_until(deleted_at_s + 1.0);
        assert!(world.api.pod(pod).is_none(), "{deleted_at_s}: {:#?}", world.lines[&pod]);
        world.run_until(deleted_at_s + 600.0);
        assert_eq!(world.texts(pod).last(), Some(&"gone"));
    }
}

#[test]
fn a_lost_race_between_end_and_deletion_leaves_no_pod_behind() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::Never, &["sleep 5"]);
    world.run_until(4.0);
    let due = world.kubelets.expected_end(pod).unwrap();
    world.run_until(due.plus_ms(-5).ms_since(world.start) as f64 / 1_000.0);
    world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
    world.run_until(60.0);
    assert_eq!(world.texts(pod).last(), Some(&"gone"));
}

#[test]
fn pods_without_room_wait_in_order() {
    let mut world = World::new(2, 1, PodSettings::default());
    let template = Rc::new(template(RestartPolicy::Never, &["sleep 10"]));
    let pods: Vec<Uid> = (0..5).map(|_| world.create(&template)).collect();
    world.run_until(5.0);
    let scheduled = condition(world.pod(pods[2]), PodConditionType::PodScheduled);
    let message = "0/2 nodes are available: 2 Too many pods. no new claims to deallocate, preemption: 0/2 nodes are \
                   available: 2 No preemption victims found for incoming pod.";
    assert_eq!((scheduled.reason.as_ref(), scheduled.message.as_deref()), ("Unschedulable", Some(message)));
    let failed = world.events(pods[2]).into_iter().filter(|(reason, ..)| *reason == EventReason::FailedScheduling);
    assert_eq!(failed.count(), 1);
    world.api.delete_pod(pods[3], DeleteGrace::Default).unwrap();
    world.run_until(100.0);
    let bound_at = |pod: Uid| world.times(pod, "Pending bound").first().copied();
    assert!(bound_at(pods[0]) < bound_at(pods[2]) && bound_at(pods[2]) < bound_at(pods[4]));
    assert_eq!(bound_at(pods[3]), None);
    assert!([0, 1, 2, 4].iter().all(|&place| world.pod(pods[place]).status.phase == PodPhase::Succeeded));
}

#[test]
fn pods_are_spread_over_the_nodes() {
    let mut world = World::new(3, 4, PodSettings::default());
    let template = Rc::new(template(RestartPolicy::Never, &["sleep 100"]));
    let pods: Vec<Uid> = (0..7).map(|_| world.create(&template)).collect();
    world.run_until(5.0);
    let nodes: Vec<&str> = pods.iter().map(|&pod| world.pod(pod).node.as_deref().unwrap()).collect();
    assert_eq!(nodes, ["node-1", "node-2", "node-3", "node-1", "node-2", "node-3", "node-1"]);
}

#[test]
fn a_person_can_end_a_running_pod() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::Never, &["sleep 1000", "sleep 1000"]);
    let end = |world: &mut World| world.act(|kubelets, turn| kubelets.end_pod(pod, 42, turn));
    world.run_until(1.0);
    let refused = end(&mut world).unwrap_err();
    assert_eq!(refused, format!("Pod {} has no running container.", world.pod(pod).meta.name));
    world.run_until(10.0);
    assert!(end(&mut world).is_ok());
    world.run_until(20.0);
    assert_eq!(world.texts(pod).last(), Some(&"Failed [Error 42] [Error 42]"));
    assert!(end(&mut world).is_err());
}

#[test]
fn pods_of_unknown_nodes_and_vanished_pods_do_no_harm() {
    let mut world = world();
    let lost = start(&mut world, RestartPolicy::Never, &["sleep 1"]);
    world.api.update_pod(lost, |pod| pod.node = Some("node-99".into())).unwrap();
    let vanishing = start(&mut world, RestartPolicy::Never, &["sleep 1"]);
    world.run_until(1.5);
    world.api.delete_pod(vanishing, DeleteGrace::Seconds(0)).unwrap();
    world.run_until(30.0);
    assert_eq!(world.texts(lost).last(), Some(&"Pending bound"));
    assert_eq!(world.texts(vanishing).last(), Some(&"gone"));
}

#[test]
fn the_same_seed_gives_the_same_lives() {
    let lives = || {
        let settings = PodSettings {
            failure_percent: 50.0,
            exit_codes: vec![ExitCode { code: 1, weight: 1 }, ExitCode { code: 3, weight: 1 }],
            ..Default::default()
        };
        let mut world = World::new(3, 10, settings);
        let template = Rc::new(template(RestartPolicy::OnFailure, &["", ""]));
        let pods: Vec<Uid> = (0..20).map(|_| world.create(&template)).collect();
        assert_eq!(pods.len(), 20);
        world.run_until(600.0);
        world.lines
    };
    assert_eq!(lives(), lives());
}
