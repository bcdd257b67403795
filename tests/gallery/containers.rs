//! The scenarios about containers: logs, sidecars, probes, images and signals.

use super::Ended;
use jobscope::api::{ContainerState, ContainerStatus, JobConditionType};
use jobscope::cluster::RUN_START;
use jobscope::nodes::WhichRun;

/// What was said about the pods, with how often.
fn said(ended: &Ended, reason: &str) -> Vec<(String, u32)> {
    let events = ended.cluster.api().events().filter(|event| event.reason.as_str() == reason);
    events.map(|event| (event.message().into_owned(), event.count)).collect()
}

fn containers(ended: &Ended) -> impl Iterator<Item = &ContainerStatus> {
    ended.cluster.api().pods().flat_map(|pod| pod.status.init_containers.iter().chain(&pod.status.containers))
}

#[test]
fn last_words_are_read_from_log_and_status() {
    let ended = Ended::of("last-words");
    ended.ended_with(JobConditionType::Failed, "BackoffLimitExceeded");
    assert_eq!(ended.job.status.failed, 3);
    for pod in ended.cluster.api().pods() {
        let ContainerState::Terminated(end) = &pod.status.containers[0].state else { panic!("{pod:?}") };
        assert_eq!((end.exit_code, &*end.message), (3, "line 42 is broken\n"));
        let log = ended.cluster.logs(pod.meta.uid, 0, WhichRun::Current);
        let texts: Vec<&str> = log.lines.iter().map(|line| &*line.text).collect();
        assert!(texts[0].starts_with(&format!("{} begins at 00:", pod.meta.name)), "{texts:?}");
        assert_eq!(texts[1..], ["reading line 40", "reading line 41", "reading line 42", "line 42 is broken"]);
        assert_eq!(log.lines[4].at.ms_since(log.lines[0].at), 6_000);
    }
}

#[test]
fn a_sidecar_ends_after_the_work_and_decides_nothing() {
    let ended = Ended::of("sidecar");
    ended.complete(2);
    for pod in ended.cluster.api().pods() {
        let end = |status: &ContainerStatus| match &status.state {
            ContainerState::Terminated(end) => (end.exit_code, end.finished_at.unwrap()),
            state => panic!("{state:?}"),
        };
        let (sidecar, work) = (end(&pod.status.init_containers[0]), end(&pod.status.containers[0]));
        assert_eq!((sidecar.0, work.0), (0, 0));
        assert!((3_000..9_000).contains(&sidecar.1.ms_since(work.1)), "it ships the rest");
        let log = ended.cluster.logs(pod.meta.uid, 0, WhichRun::Current);
        let texts: Vec<&str> = log.lines.iter().map(|line| &*line.text).collect();
        assert_eq!(texts[texts.len() - 3..], ["shipping logs", "shipping the rest", "done"]);
    }
}

#[test]
fn runs_that_hang_are_killed_and_restarted_in_place() {
    let ended = Ended::of("stuck");
    ended.complete(4);
    assert_eq!(ended.pods().len(), 4);
    let killed = said(&ended, "Killing");
    assert!(!killed.is_empty());
    assert!(killed.iter().all(|(text, _)| text == "Container worker failed liveness probe, will be restarted"));
    let restarts: i32 = ended.pods().iter().map(|pod| pod.restarts).sum();
    assert_eq!(restarts as u32, killed.iter().map(|(_, count)| count).sum::<u32>());
    assert!(said(&ended, "Unhealthy").iter().all(|(_, count)| count % 3 == 0));
    assert!(containers(&ended).filter_map(|status| status.last_termination.as_ref()).all(|end| end.exit_code == 137));
}

#[test]
fn runs_out_of_memory_are_failures_like_any_other() {
    let ended = Ended::of("out-of-memory");
    ended.complete(4);
    assert!(ended.job.status.failed > 0);
    for status in containers(&ended) {
        let ContainerState::Terminated(end) = &status.state else { panic!("{status:?}") };
        assert!(matches!((end.exit_code, &*end.reason), (0, "Completed") | (137, "OOMKilled")));
    }
}

#[test]
fn a_missing_image_makes_the_job_wait() {
    let ended = Ended::of("image-missing");
    ended.complete(2);
    assert_eq!((ended.pods().len(), ended.job.status.failed), (2, 0));
    assert!(ended.pods().iter().all(|pod| pod.running_at.unwrap().ms_since(RUN_START) > 60_000));
    let texts: Vec<String> = said(&ended, "Failed").into_iter().map(|(text, _)| text).collect();
    assert!(texts.iter().any(|text| text == "Error: ImagePullBackOff"), "{texts:?}");
}

#[test]
fn who_hears_the_signal_ends_by_itself() {
    let ended = Ended::of("polite-stop");
    ended.complete(3);
    assert_eq!((ended.job.status.failed, ended.pods().len()), (0, 6));
    for pod in ended.pods().iter().filter(|pod| pod.deletion_asked_at.is_some()) {
        let (asked, gone) = (pod.deletion_asked_at.unwrap(), pod.gone_at.unwrap());
        assert!((5_900..7_500).contains(&gone.ms_since(asked)), "{}", gone.ms_since(asked));
        assert!(ended.cluster.logs(pod.uid, 0, WhichRun::Current).note.starts_with("The pod is gone"));
    }
}
