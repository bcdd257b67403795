//! `ttlSecondsAfterFinished` in a whole cluster: when finished Jobs go, in which order, and what is left to look at.

use jobscope::api::{JobConditionType, Uid};
use jobscope::cluster::{Cluster, Command, Scenario, TraceEvent};
use jobscope::sim::Time;

const MANIFEST: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: short-lived}
spec:
  ttlSecondsAfterFinished: 100
  completions: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sh, -c, sleep 5]}
";

/// The cluster at the moment in which its Job has ended, with the Job and the time of its end.
fn finished(manifest: &str) -> (Cluster, Uid, Time) {
    let mut cluster =
        Cluster::new(Scenario { manifest: manifest.to_owned(), ..Default::default() }).expect("a manifest");
    while cluster.api().jobs().any(|job| !job.is_finished()) {
        cluster.step();
    }
    let job = cluster.api().jobs().next().expect("the Job is there").clone();
    let ended = job.condition(JobConditionType::Complete).and_then(|condition| condition.last_transition_time);
    (cluster, job.meta.uid, ended.expect("it is complete"))
}

fn set_ttl(cluster: &mut Cluster, job: Uid, ttl_s: Option<i32>) {
    cluster
        .with_api(|api| api.update_job_spec(job, |spec| spec.ttl_seconds_after_finished = ttl_s))
        .expect("a TTL may be changed");
}

/// When the Job began to go, and when it was gone.
fn deletion(cluster: &Cluster) -> Vec<Time> {
    let asked = |event: &TraceEvent| matches!(event, TraceEvent::JobDeleting { .. } | TraceEvent::JobDeleted { .. });
    cluster.trace().filter(|entry| asked(&entry.event)).map(|entry| entry.at).collect()
}

fn run_to_the_end(cluster: &mut Cluster) {
    while !cluster.is_done() {
        cluster.step();
    }
}

#[test]
fn a_job_goes_after_its_ttl_and_its_pods_go_first() {
    let (mut cluster, job, ended) = finished(MANIFEST);
    cluster.run_until(ended.plus_seconds(100).plus_ms(-1), usize::MAX);
    assert!(!cluster.is_done() && deletion(&cluster).is_empty());
    run_to_the_end(&mut cluster);
    let [asked, gone] = deletion(&cluster)[..] else { panic!("it is deleted once") };
    assert_eq!(asked, ended.plus_seconds(100));
    let pods_gone: Vec<Time> = cluster.history().of_job(job).filter_map(|pod| pod.gone_at).collect();
    assert!(pods_gone.len() == 2 && pods_gone.iter().all(|at| (asked..=gone).contains(at)), "{pods_gone:?}");
    let last = cluster.job_last_seen(job).expect("how it was last is kept");
    assert_eq!((last.status.succeeded, last.is_finished()), (2, true));
    assert_eq!(cluster.history().of_job(job).count(), 2);
}

#[test]
fn no_time_at_all_is_a_ttl_too() {
    let (mut cluster, _, ended) = finished(&MANIFEST.replace("Finished: 100", "Finished: 0"));
    run_to_the_end(&mut cluster);
    assert!(deletion(&cluster)[0] <= ended.plus_seconds(1));
}

/// The controller's cache still holds the short TTL when that is over; the stored Job has a longer one.
#[test]
fn a_ttl_that_was_raised_in_the_last_moment_holds() {
    let (mut cluster, job, ended) = finished(MANIFEST);
    cluster.run_until(ended.plus_seconds(100).plus_ms(-5), usize::MAX);
    set_ttl(&mut cluster, job, Some(200));
    run_to_the_end(&mut cluster);
    assert_eq!(deletion(&cluster)[0], ended.plus_seconds(200));
}

#[test]
fn a_ttl_can_be_lowered_taken_away_and_set_late() {
    let (mut cluster, job, ended) = finished(MANIFEST);
    cluster.run_until(ended.plus_seconds(50), usize::MAX);
    set_ttl(&mut cluster, job, None);
    cluster.run_until(ended.plus_seconds(1_000), usize::MAX);
    assert!(cluster.is_done() && deletion(&cluster).is_empty());
    set_ttl(&mut cluster, job, Some(2_000));
    assert!(!cluster.is_done());
    cluster.run_until(ended.plus_seconds(1_100), usize::MAX);
    set_ttl(&mut cluster, job, Some(100));
    let lowered = cluster.now();
    run_to_the_end(&mut cluster);
    assert_eq!(deletion(&cluster)[0], lowered.plus_ms(10), "as soon as a watch tells");
}

#[test]
fn a_job_that_a_person_deletes_is_not_waited_for() {
    let (mut cluster, job, _) = finished(MANIFEST);
    let propagation = jobscope::api::Propagation::Background;
    cluster.act(Command::DeleteJob { job: "short-lived".to_owned(), propagation }).expect("the Job is there");
    run_to_the_end(&mut cluster);
    assert!(cluster.elapsed_ms() < 100_000 && cluster.api().job(job).is_none());
}
