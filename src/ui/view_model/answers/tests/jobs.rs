//! More about Jobs: what is offered to ask, and numbers that have to agree with each other.

use super::*;

#[test]
fn numbers_and_limits_are_named() {
    use JobAsk::{Backoff, Completion, Queue};
    use Origin::Written;
    let cases = [
        (
            "bad-index-on-its-own",
            25,
            Completion,
            "completions 8: 5 missing / index 1 has failed for good, so 4 can still come",
            Some((6, Written)),
            230,
            "syncJob",
        ),
        (
            "deadline",
            31,
            Queue,
            "At 00:40.0: activeDeadlineSeconds 40 is over then, and a Job that still runs fails.",
            Some((8, Written)),
            290,
            "enqueueSyncJobBatched",
        ),
        ("one-shot-on-failure", 40, Backoff, "00:27.9 + 20 s = 00:47.9", Some((17, Written)), 289, "doBackOff"),
        ("image-missing", 12, Backoff, "pulls it again at 00:31.4.", Some((12, Written)), 114, "EnsureImageExists"),
    ];
    check(cases.into(), Asked::Job);
}

#[test]
fn what_is_offered_fits_the_moment() {
    let labels = |id: &str, seconds: i64| {
        let mut run = Run::of(id);
        run.to(seconds);
        let offered = offered(&run.cluster, None, run.noted.jobs().first().map(|job| job.uid), None);
        offered.iter().map(|(label, _)| *label).collect::<Vec<_>>()
    };
    for (id, seconds, there, missing) in [
        ("parallel", 6, "Which rule?", "Why no pod?"),
        ("deadline", 35, "Why no pod?", "Which rule?"),
        ("one-shot-never", 12, "Next pod when?", "Next try when?"),
        ("one-shot-never", 900, "Why failed?", "Next pod when?"),
        ("one-shot-on-failure", 40, "Next try when?", "Next pod when?"),
        ("image-missing", 12, "Next try when?", "Which rule?"),
    ] {
        let found = labels(id, seconds);
        assert!(found.contains(&there) && !found.contains(&missing), "{id} at {seconds} s: {found:?}");
    }
}

#[test]
fn what_is_over_and_what_is_left_of_a_deadline_make_the_whole() {
    let mut run = Run::of("deadline");
    run.cluster.run_until(RUN_START.plus_ms(31_900), usize::MAX);
    run.to(0);
    let job = run.noted.jobs()[0].uid;
    let not_failed = run.ask(&Question::Job(job, JobAsk::NotFailed)).rules;
    assert!(not_failed.contains(&"active for 31 s < activeDeadlineSeconds 40".to_owned()), "{not_failed:?}");
    assert_eq!(run.ask(&Question::Job(job, JobAsk::Queue)).why.left.as_deref(), Some("9 s"));
}

#[test]
fn no_sync_is_promised_of_a_job_that_has_ended() {
    for (id, seconds, said) in [
        ("into-the-limit", 94, "None: it has ended."),
        ("into-the-limit", 200, "None: it has ended."),
        ("ttl", 70, "None: it is gone."),
        ("deleted-orphan", 15, "None: it is gone."),
    ] {
        let mut run = Run::of(id);
        run.to(seconds);
        let next = run.ask(&Question::Job(run.noted.jobs()[0].uid, JobAsk::Queue)).why;
        assert!(next.answer.starts_with(said) && next.left.is_none(), "{id} at {seconds} s: {next:?}");
    }
}
