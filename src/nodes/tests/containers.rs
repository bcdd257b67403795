//! Tests of what containers do beyond running and ending: sidecars, probes, hooks, messages, logs, images.

use super::*;
use crate::api::pod::{MessageSource, PreStop, Probe, ProbeAction, ProbeKind};
use crate::api::policy::{ExitCodeOperator, OnExitCodes};

fn sidecar(place: usize, script: &str) -> Container {
    Container { is_sidecar: true, restart_policy: Some(RestartPolicy::Always), ..container(place, script) }
}

fn probe(kind: ProbeKind, command: &[&str]) -> Probe {
    let action = match command {
        [] => ProbeAction::Network(":8080/healthz".into()),
        words => ProbeAction::Exec(words.iter().map(|&word| word.into()).collect()),
    };
    Probe {
        kind,
        action,
        initial_delay_s: 0,
        period_s: 5,
        timeout_s: 1,
        failure_threshold: 3,
        success_threshold: 1,
        termination_grace_s: None,
    }
}

fn run(world: &mut World, template: PodTemplate, until_s: f64) -> Uid {
    let pod = world.create(&Rc::new(template));
    world.run_until(until_s);
    pod
}

/// `reason: message` of each event with one of the reasons, with the times it was said.
fn said(world: &World, pod: Uid, reasons: &[EventReason]) -> Vec<String> {
    let events = world.events(pod).into_iter().filter(|(reason, ..)| reasons.contains(reason));
    events.map(|(reason, count, message)| format!("{count}× {}: {message}", reason.as_str())).collect()
}

#[test]
fn sidecars_start_in_turn_run_beside_and_end_last() {
    let mut world = world();
    let mut pod = template(RestartPolicy::Never, &["sleep 5"]);
    pod.init_containers =
        vec![sidecar(7, "trap 'exit 0' TERM; sleep 1000 & wait"), container(8, "sleep 1"), sidecar(9, "sleep 1000")];
    pod.termination_grace_s = 4;
    let pod = run(&mut world, pod, 60.0);
    assert_eq!(
        world.texts(pod)[2..],
        [
            "Pending [PodInitializing] [PodInitializing] [PodInitializing] [PodInitializing]",
            "Pending [running] [PodInitializing] [PodInitializing] [PodInitializing]",
            "Pending [running] [running] [PodInitializing] [PodInitializing]",
            "Pending [running] [Completed 0] [PodInitializing] [PodInitializing]",
            "Pending [running] [Completed 0] [running] [PodInitializing]",
            "Running ready [running] [Completed 0] [running] [running]",
            "Running [running] [Completed 0] [running] [Completed 0]",
            "Running [running] [Completed 0] [Error 137] [Completed 0]",
            "Succeeded [Completed 0] [Completed 0] [Error 137] [Completed 0]",
        ]
    );
    assert_eq!(
        said(&world, pod, &[EventReason::Killing]),
        ["1× Killing: Stopping container c7", "1× Killing: Stopping container c9"]
    );
    let ended = world.times(pod, "Running [running] [Completed 0] [running] [Completed 0]")[0];
    let done = world.times(pod, "Succeeded [Completed 0] [Completed 0] [Error 137] [Completed 0]")[0];
    assert!((4.0..4.2).contains(&(done - ended)), "{ended} {done}");
}

#[test]
fn addresses_come_with_the_node_and_with_the_network() {
    let mut world = world();
    let pod = run(&mut world, template(RestartPolicy::Never, &["sleep 5"]), 1.0);
    let status = |world: &World| crate::api::wire::pod_to_wire(world.pod(pod)).status.unwrap();
    let early = status(&world);
    assert_eq!(world.texts(pod).last(), Some(&"Pending [ContainerCreating]"));
    assert_eq!((early.host_ip.as_deref(), early.pod_ip.as_deref()), (Some("172.18.0.1"), None));
    for until_s in [5.0, 30.0] {
        world.run_until(until_s);
        let shown = status(&world);
        assert_eq!(shown.pod_ip, world.pod(pod).ip());
        assert_eq!(shown.pod_ips.unwrap()[0].ip, shown.pod_ip.unwrap());
        assert_eq!((shown.qos_class.as_deref(), &*shown.host_ips.unwrap()[0].ip), (Some("BestEffort"), "172.18.0.1"));
        assert_eq!(shown.container_statuses.unwrap()[0].image, &*world.pod(pod).template.containers[0].image);
    }
    assert_eq!(world.pod(pod).status.phase, PodPhase::Succeeded);
}

fn restart_rule(operator: ExitCodeOperator, values: &[i32]) -> Vec<OnExitCodes> {
    vec![OnExitCodes { container_name: None, operator, values: values.to_vec() }]
}

#[test]
fn rules_of_a_container_restart_it_where_the_pod_would_not() {
    // Fails with 42 at first, with 7 from the second run on: a restart leaves no files, so time tells them apart.
    let script = "sleep 3; test $(date +%s) -gt 1767225610 && exit 7; exit 42";
    for (policy, rules, phase, restarts) in [
        (None, vec![], PodPhase::Failed, 0),
        (Some(RestartPolicy::Never), restart_rule(ExitCodeOperator::In, &[42]), PodPhase::Failed, 2),
        (Some(RestartPolicy::Never), restart_rule(ExitCodeOperator::In, &[7]), PodPhase::Failed, 0),
        (Some(RestartPolicy::Never), restart_rule(ExitCodeOperator::NotIn, &[7]), PodPhase::Failed, 2),
        (Some(RestartPolicy::OnFailure), vec![], PodPhase::Running, 4),
    ] {
        let mut world = world();
        let mut pod = template(RestartPolicy::Never, &[script]);
        (pod.containers[0].restart_policy, pod.containers[0].restart_rules) = (policy, rules.clone());
        let pod = run(&mut world, pod, 160.0);
        let status = &world.pod(pod).status;
        let found = (status.phase, status.containers[0].restart_count);
        assert_eq!(found, (phase, restarts), "{policy:?} {rules:?} {:#?}", world.lines[&pod]);
    }
}

#[test]
fn an_init_container_may_restart_where_the_pod_does_not() {
    let mut world = world();
    let mut pod = template(RestartPolicy::Never, &["sleep 1"]);
    let script = "sleep 3; test $(date +%s) -gt 1767225606 && exit 0; exit 42";
    pod.init_containers = vec![Container {
        restart_policy: Some(RestartPolicy::Never),
        restart_rules: restart_rule(ExitCodeOperator::In, &[42]),
        ..container(9, script)
    }];
    let pod = run(&mut world, pod, 60.0);
    let status = &world.pod(pod).status;
    assert_eq!((status.phase, status.init_containers[0].restart_count), (PodPhase::Succeeded, 1));
    assert!(world.texts(pod).iter().all(|text| !text.starts_with("Failed")), "{:#?}", world.lines[&pod]);
}

#[test]
fn a_sidecar_restarts_and_its_exit_decides_nothing() {
    let mut world = world();
    let mut pod = template(RestartPolicy::Never, &["sleep 30"]);
    pod.init_containers = vec![sidecar(9, "sleep 3; exit 1")];
    let pod = run(&mut world, pod, 120.0);
    let status = &world.pod(pod).status;
    assert_eq!(status.phase, PodPhase::Succeeded, "{:#?}", world.lines[&pod]);
    assert!(status.init_containers[0].restart_count >= 2, "{:#?}", world.lines[&pod]);
    assert!(world.texts(pod).contains(&"Running [CrashLoopBackOff #1] [running]"), "{:#?}", world.lines[&pod]);
}

#[test]
fn a_failed_init_container_ends_its_sidecars() {
    let mut world = world();
    let mut pod = template(RestartPolicy::Never, &["sleep 30"]);
    pod.init_containers = vec![sidecar(8, "sleep 1000"), container(9, "exit 7")];
    pod.termination_grace_s = 2;
    let pod = run(&mut world, pod, 60.0);
    let texts = world.texts(pod);
    assert_eq!(
        texts[texts.len() - 2..],
        ["Pending [running] [Error 7] [PodInitializing]", "Failed [Error 137] [Error 7] [PodInitializing]"]
    );
}

#[test]
fn a_sidecar_is_waited_for_until_its_startup_probe_succeeds() {
    let mut world = world();
    let mut pod = template(RestartPolicy::Never, &["sleep 5"]);
    let mut first = sidecar(9, "sleep 8; touch /tmp/up; sleep 1000");
    first.probes = vec![probe(ProbeKind::Startup, &["cat", "/tmp/up"])];
    pod.init_containers = vec![first];
    pod.termination_grace_s = 0;
    let pod = run(&mut world, pod, 60.0);
    let started = world.times(pod, "Pending [running] [PodInitializing]")[0];
    let main = world.times(pod, "Running ready [running] [running]")[0];
    assert!((11.0..11.1).contains(&(main - started)), "{:#?}", world.lines[&pod]);
    assert_eq!(
        said(&world, pod, &[EventReason::Unhealthy]),
        ["2× Unhealthy: Startup probe failed: cat: can't open '/tmp/up': No such file or directory\n"]
    );
}

#[test]
fn a_container_that_is_not_alive_is_restarted() {
    let mut world = world();
    let mut pod = template(RestartPolicy::OnFailure, &["touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"]);
    pod.containers[0].probes = vec![probe(ProbeKind::Liveness, &["cat", "/tmp/healthy"])];
    pod.termination_grace_s = 10;
    let pod = run(&mut world, pod, 60.0);
    assert_eq!(
        world.texts(pod)[3..],
        ["Running ready [running]", "Running [Error 137]", "Running ready [running #1]"],
        "{:#?}",
        world.lines[&pod]
    );
    assert_eq!(
        said(&world, pod, &[EventReason::Unhealthy, EventReason::Killing]),
        [
            "3× Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
            "1× Killing: Container c0 failed liveness probe, will be restarted",
        ]
    );
    let ran_s = world.times(pod, "Running [Error 137]")[0] - world.times(pod, "Running ready [running]")[0];
    assert!((51.0..51.1).contains(&ran_s), "probes at 31, 36, 41 s, and 10 s of grace: {ran_s}");
}

#[test]
fn a_run_that_hangs_is_ended_by_its_probe_alone() {
    for (policy, probes, last) in [
        (RestartPolicy::Never, vec![probe(ProbeKind::Liveness, &[])], "Failed [Error 137]"),
        (RestartPolicy::Never, vec![probe(ProbeKind::Liveness, &["check"])], "Failed [Error 137]"),
        (RestartPolicy::Never, vec![], "Running ready [running]"),
        (RestartPolicy::Never, vec![probe(ProbeKind::Readiness, &[])], "Running [running]"),
    ] {
        let settings = PodSettings { stuck_percent: 100.0, max_duration_ms: 5_000, ..Default::default() };
        let mut world = World::new(1, 10, settings);
        let mut pod = template(policy, &[""]);
        pod.containers[0].probes = probes;
        let pod = run(&mut world, pod, 300.0);
        assert_eq!(world.texts(pod).last(), Some(&last));
        assert!(world.agenda_is_empty(), "a pod that hangs keeps nobody busy");
        for line in said(&world, pod, &[EventReason::Unhealthy, EventReason::Killing]) {
            let known = [
                "3× Unhealthy: Liveness probe failed: Get \"http://10.64.0.2:8080/healthz\": context deadline exceeded \
                 (Client.Timeout exceeded while awaiting headers)",
                "3× Unhealthy: Readiness probe failed: Get \"http://10.64.0.2:8080/healthz\": context deadline exceeded \
                 (Client.Timeout exceeded while awaiting headers)",
                "3× Unhealthy: Liveness probe failed: command timed out: \"check\" timed out after 1s",
                "1× Killing: Container c0 failed liveness probe",
            ];
            assert!(known.contains(&&*line), "{line}");
        }
    }
}

#[test]
fn readiness_comes_and_goes() {
    let mut world = world();
    let script = "sleep 7; touch /tmp/ready; sleep 10; rm /tmp/ready; sleep 30; touch /tmp/ready; sleep 10";
    let mut pod = template(RestartPolicy::Never, &[script]);
    pod.containers[0].probes = vec![probe(ProbeKind::Readiness, &["cat", "/tmp/ready"])];
    let pod = run(&mut world, pod, 120.0);
    assert_eq!(
        world.texts(pod)[3..],
        [
            "Running [running]",
            "Running ready [running]",
            "Running [running]",
            "Running ready [running]",
            "Succeeded [Completed 0]"
        ]
    );
    let start = world.times(pod, "Running [running]")[0];
    let changes: Vec<i64> = world.lines[&pod][4..]
        .iter()
        .map(|line| (line.split_once(' ').unwrap().0.parse::<f64>().unwrap() - start).round() as i64)
        .collect();
    assert_eq!(changes, [11, 31, 51, 57], "{:#?}", world.lines[&pod]);
}

#[test]
fn a_container_that_never_starts_up_is_ended() {
    let mut world = world();
    let mut pod = template(RestartPolicy::Never, &["sleep 600"]);
    pod.containers[0].probes =
        vec![probe(ProbeKind::Startup, &["cat", "/tmp/up"]), probe(ProbeKind::Liveness, &["cat", "/tmp/never"])];
    pod.containers[0].probes[0].termination_grace_s = Some(3);
    let pod = run(&mut world, pod, 120.0);
    let ran_s = world.times(pod, "Failed [Error 137]")[0] - world.times(pod, "Running [running]")[0];
    assert!((14.0..14.1).contains(&ran_s), "{ran_s}");
    assert_eq!(said(&world, pod, &[EventReason::Killing]), ["1× Killing: Container c0 failed startup probe"]);
}

#[test]
fn hooks_and_traps_take_their_part_of_the_grace() {
    let sleep = |seconds| Some(PreStop::Sleep { seconds });
    let exec = |script: &str| Some(PreStop::Exec(["sh", "-c", script].map(Into::into).to_vec()));
    let trap = "trap 'sleep 3; exit 0' TERM; sleep 1000 & wait";
    // The script, the hook, from the delete call to the end in seconds, and the end.
    for (script, hook, took_s, code) in [
        (trap, None, 3, 0),
        (trap, sleep(4), 7, 0),
        (trap, exec("sleep 2; false"), 5, 0),
        (trap, sleep(60), 12, 137),
        ("sleep 1000", sleep(4), 10, 137),
        ("trap 'sleep 60' TERM; sleep 1000 & wait", None, 10, 137),
        ("trap 'sleep 2' TERM; sleep 1000 & wait; exit 5", None, 2, 5),
    ] {
        let mut world = world();
        let mut pod = template(RestartPolicy::Never, &[script]);
        pod.containers[0].pre_stop = hook.clone();
        pod.termination_grace_s = 10;
        let pod = run(&mut world, pod, 8.0);
        world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
        world.run_until(60.0);
        let line = world.lines[&pod].iter().rev().nth(1).unwrap();
        let (at_s, text) = line.split_once(' ').unwrap();
        assert!(text.ends_with(&format!(" {code}]")), "{script} {hook:?}: {line}");
        let after_s = at_s.parse::<f64>().unwrap() - 8.0;
        assert_eq!(after_s.round() as i64, took_s, "{script} {hook:?}: {line}");
    }
}

#[test]
fn last_words_stand_in_the_status() {
    for (script, source, message) in [
        ("echo done > /dev/termination-log", MessageSource::File, "done\n"),
        ("echo log; exit 3", MessageSource::File, ""),
        ("echo log; sleep 1; echo end; exit 3", MessageSource::FileOrLog, "log\nend\n"),
        ("echo log; exit 0", MessageSource::FileOrLog, ""),
        ("echo file | tee /dev/termination-log; exit 3", MessageSource::FileOrLog, "file\n"),
    ] {
        let mut world = world();
        let mut pod = template(RestartPolicy::Never, &[script]);
        pod.containers[0].message_source = source;
        let pod = run(&mut world, pod, 30.0);
        let ContainerState::Terminated(end) = &world.pod(pod).status.containers[0].state else { panic!("{script}") };
        assert_eq!(end.message, message, "{script}");
    }
}

#[test]
fn logs_are_there_as_long_as_the_pod() {
    let mut world = world();
    let pod = start(&mut world, RestartPolicy::OnFailure, &["echo begin; sleep 5; echo end; exit 1"]);
    world.run_until(1.0);
    assert_eq!(world.log(pod, 0, WhichRun::Current), None);
    world.run_until(5.0);
    assert_eq!(world.log(pod, 0, WhichRun::Current).unwrap(), ["2 begin"]);
    assert_eq!(world.log(pod, 0, WhichRun::Previous), None);
    world.run_until(10.0);
    assert_eq!(world.log(pod, 0, WhichRun::Current).unwrap(), ["8 begin"]);
    assert_eq!(world.log(pod, 0, WhichRun::Previous).unwrap(), ["2 begin", "7 end"]);
    world.run_until(15.0);
    for which in [WhichRun::Current, WhichRun::Previous] {
        assert_eq!(world.log(pod, 0, which).unwrap(), ["8 begin", "13 end"], "it waits to be started again");
    }
    let ended = start(&mut world, RestartPolicy::Never, &["echo only", "", "echo x; ./work"]);
    world.run_until(60.0);
    assert_eq!(world.pod(ended).status.phase, PodPhase::Succeeded);
    assert_eq!(world.log(ended, 0, WhichRun::Current).unwrap(), ["17 only"]);
    assert!(world.log(ended, 1, WhichRun::Current).unwrap()[0].starts_with("What this program writes is not known"));
    let partly = world.log(ended, 2, WhichRun::Current).unwrap();
    assert!(partly[0] == "17 x" && partly[1].starts_with("The script has a command that is not known"), "{partly:?}");
    assert_eq!(world.log(ended, 3, WhichRun::Current), None);
}

#[test]
fn logs_of_ended_pods_are_bounded() {
    let mut world = World::new(3, 1_000, PodSettings::default());
    let template = Rc::new(template(RestartPolicy::Never, &["echo x"]));
    let pods: Vec<Uid> = (0..1_010).map(|_| world.create(&template)).collect();
    world.run_until(60.0);
    let known = pods.iter().filter(|pod| world.log(**pod, 0, WhichRun::Current).is_some()).count();
    assert_eq!(known, 1_000);
}

#[test]
fn a_missing_image_is_tried_ever_later() {
    let settings = PodSettings { missing_images: vec!["busybox:1.28".into()], ..Default::default() };
    let mut world = World::new(1, 10, settings);
    let pod = start(&mut world, RestartPolicy::Never, &["true"]);
    world.run_until(1_000.0);
    assert_eq!(
        world.texts(pod)[2..6],
        [
            "Pending [ContainerCreating]",
            "Pending [ErrImagePull]",
            "Pending [ImagePullBackOff]",
            "Pending [ErrImagePull]"
        ]
    );
    let failed = world.times(pod, "Pending [ErrImagePull]");
    let gaps: Vec<i64> = failed.windows(2).map(|pair| (pair[1] - pair[0] - 0.3).round() as i64).collect();
    assert_eq!(gaps, [10, 20, 40, 80, 160, 300, 300], "{failed:?}");
    let error = "rpc error: code = NotFound desc = failed to pull and unpack image \
                 \"docker.io/library/busybox:1.28\": failed to resolve reference \"docker.io/library/busybox:1.28\": \
                 docker.io/library/busybox:1.28: not found";
    assert_eq!(
        said(&world, pod, &[EventReason::Pulling, EventReason::Failed, EventReason::BackOff]),
        [
            "8× Pulling: Pulling image \"busybox:1.28\"".to_owned(),
            format!("8× Failed: Failed to pull image \"busybox:1.28\": {error}"),
            "8× Failed: Error: ErrImagePull".to_owned(),
            "8× BackOff: Back-off pulling image \"busybox:1.28\"".to_owned(),
            "8× Failed: Error: ImagePullBackOff".to_owned(),
        ]
    );
    world.set_pods(PodSettings::default());
    world.run_until(1_400.0);
    assert_eq!(world.texts(pod).last(), Some(&"Succeeded [Completed 0]"));
}

#[test]
fn images_that_can_never_come_leave_the_pod_waiting() {
    for (image, policy, reason, event) in [
        ("BusyBox", ImagePull::IfNotPresent, "InvalidImageName", EventReason::InspectFailed),
        ("busybox:1", ImagePull::Never, "ErrImageNeverPull", EventReason::ErrImageNeverPull),
    ] {
        let mut world = world();
        let mut pod = template(RestartPolicy::Never, &["true"]);
        (pod.containers[0].image, pod.containers[0].image_pull) = (image.into(), policy);
        let pod = run(&mut world, pod, 600.0);
        assert_eq!(world.texts(pod).last(), Some(&&*format!("Pending [{reason}]")));
        assert_eq!(said(&world, pod, &[event]).len(), 1);
        world.api.delete_pod(pod, DeleteGrace::Default).unwrap();
        world.run_until(700.0);
        assert_eq!(world.texts(pod).last(), Some(&"gone"));
    }
}

#[test]
fn a_run_out_of_memory_says_so() {
    let settings = PodSettings { oom_percent: 100.0, ..Default::default() };
    let mut world = World::new(1, 10, settings);
    let pod = start(&mut world, RestartPolicy::Never, &[""]);
    world.run_until(60.0);
    assert_eq!(world.texts(pod).last(), Some(&"Failed [OOMKilled 137]"));
}
