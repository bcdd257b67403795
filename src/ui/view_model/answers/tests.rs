//! Answers at chosen moments of the gallery, with their lines; and that there is an answer to everything.

mod jobs;
mod waits;

use super::*;
use crate::cluster::{Notes, RUN_START, Timeline, gallery};

struct Run {
    cluster: Cluster,
    noted: Noted,
}

impl Run {
    fn of(id: &str) -> Self {
        let entry = gallery::entries().iter().find(|entry| entry.id == id).expect("an entry of the gallery");
        let cluster = Cluster::new(entry.scenario()).expect("a good scenario");
        let mut run = Self { cluster, noted: Noted::default() };
        run.to(0);
        run
    }

    /// Goes on to that second, in frames.
    fn to(&mut self, seconds: i64) {
        let end = self.cluster.start().plus_seconds(seconds);
        loop {
            self.cluster.run_until(self.cluster.now().plus_seconds(10).min(end), usize::MAX);
            self.noted.take_in(&self.cluster);
            if self.cluster.now() >= end {
                return;
            }
        }
    }

    fn ask(&self, question: &Question) -> Answer {
        answer(&self.cluster, &self.noted, question)
    }

    fn pod(&self, place: usize) -> Uid {
        self.cluster.history().pods().nth(place).expect("so many pods").uid
    }

    fn questions(&self) -> Vec<Question> {
        let mut all = Vec::new();
        for record in self.cluster.history().pods() {
            let asks = [PodAsk::Here, PodAsk::Created, PodAsk::Deleted, PodAsk::NotRestarted];
            all.extend(asks.map(|ask| Question::Pod(record.uid, ask)));
        }
        for job in self.noted.jobs() {
            let asks = [
                JobAsk::EmptySeat,
                JobAsk::Backoff,
                JobAsk::Queue,
                JobAsk::Completion,
                JobAsk::NotFailed,
                JobAsk::Deleted,
            ];
            all.extend(asks.map(|ask| Question::Job(job.uid, ask)));
            all.extend(JobConditionType::ALL.map(|kind| Question::Job(job.uid, JobAsk::Condition(kind))));
        }
        let decisions = self.cluster.decisions().iter();
        all.extend(decisions.map(|it| Question::Job(it.job, JobAsk::Decision(it.number))));
        for notes in self.noted.cron_jobs() {
            all.push(Question::CronJob(notes.uid, CronAsk::Next));
            let ticks = notes.starts.iter().map(|start| CronAsk::Tick(start.scheduled));
            let syncs = notes.decisions.iter().map(|it| CronAsk::Decision(it.number));
            all.extend(ticks.chain(syncs).map(|ask| Question::CronJob(notes.uid, ask)));
        }
        all.extend(self.cluster.api().nodes().map(|node| Question::Node(node.meta.name.clone())));
        all.extend(self.cluster.scenario().queues.iter().map(|items| Question::Queue {
            service: items.service.as_str().into(),
            queue: items.queue.as_str().into(),
        }));
        all
    }
}

/// What is asked at a moment of the run: of pods the place among all, of Jobs the first.
#[derive(Debug)]
enum Asked {
    Pod(usize, PodAsk),
    Job(JobAsk),
    Cron(CronAsk),
    Node(&'static str),
    Queue(&'static str, &'static str),
}

impl Asked {
    fn question(&self, run: &Run) -> Question {
        match self {
            Self::Pod(place, ask) => Question::Pod(run.pod(*place), *ask),
            Self::Job(ask) => Question::Job(run.noted.jobs()[0].uid, *ask),
            Self::Cron(ask) => Question::CronJob(run.noted.cron_jobs()[0].uid, *ask),
            Self::Node(name) => Question::Node((*name).into()),
            Self::Queue(service, queue) => Question::Queue { service: (*service).into(), queue: (*queue).into() },
        }
    }
}

/// A moment of a scenario, what is asked, and what of the answer is expected: a part of it or of its rules, the line, when it
/// was decided in tenths of a second, and the function.
type Case<A> = (&'static str, i64, A, &'static str, Option<(u32, Origin)>, i64, &'static str);

fn check<A>(cases: Vec<Case<A>>, asked: impl Fn(A) -> Asked) {
    let mut wrong = String::new();
    for (id, seconds, ask, part, line, decided, function) in cases {
        let mut run = Run::of(id);
        run.to(seconds);
        let asked = asked(ask);
        let found = run.ask(&asked.question(&run));
        let said = format!("{} {}", found.why.answer, found.rules.join(" / "));
        let found_line = found.lit.as_ref().map(|lit| (lit.line, lit.origin));
        let found_function = found.upstream.as_str().rsplit(' ').next().unwrap_or_default();
        let got = (found_line, found.at.ms_since(run.cluster.start()) / 100, found_function);
        if !said.contains(part) || got != (line, decided, function) {
            wrong.push_str(&format!("{id} at {seconds} s, {asked:?}: {said}\n  {got:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn jobs_are_explained() {
    use JobAsk::{Backoff, Completion, Condition, Decision, Deleted, EmptySeat, NotFailed, Queue};
    use Origin::{Changed, Default, Written};
    let cases = [
        ("parallel", 5, EmptySeat, "5 active → as wanted", Some((6, Written)), 43, "manageJob"),
        ("node-dies", 70, EmptySeat, "is on node-2, which is not heard of", Some((6, Written)), 620, "manageJob"),
        ("one-shot-never", 12, EmptySeat, "1 failure → 10 s", Some((17, Written)), 102, "getRemainingTime"),
        ("one-shot-never", 12, Backoff, "00:08.0 + 10 s = 00:18.0", Some((17, Written)), 92, "getRemainingTime"),
        ("one-shot-never", 30, Backoff, "doubled once = 20 s", Some((17, Written)), 254, "getRemainingTime"),
        ("one-shot-never", 12, Queue, "when the back-off is over", Some((17, Written)), 102, "enqueueSyncJobBatched"),
        ("one-shot-never", 12, NotFailed, "1 failed ≤ backoffLimit 6", Some((6, Written)), 92, "syncJob"),
        ("one-shot-on-failure", 40, NotFailed, "2 restarts < backoffLimit 6", Some((6, Written)), 0, "syncJob"),
        ("into-the-limit", 200, Completion, "4 failed > backoffLimit 3", Some((6, Written)), 938, "syncJob"),
        (
            "into-the-limit",
            200,
            Condition(JobConditionType::Failed),
            "Failed is True: BackoffLimitExceeded",
            Some((6, Written)),
            938,
            "syncJob",
        ),
        ("parallel", 25, Completion, "5 succeeded < completions 10: 5 missing", Some((7, Written)), 232, "syncJob"),
        ("work-queue", 70, Completion, "none is active", Some((5, Default)), 398, "syncJob"),
        ("bad-index-on-its-own", 12, EmptySeat, "Index 1", Some((9, Written)), 104, "getRemainingTimePerIndex"),
        ("leader-decides", 20, Completion, "still terminating", Some((14, Written)), 197, "delayTerminalCondition"),
        (
            "replaced-when-ended",
            12,
            EmptySeat,
            "One pod still shuts down",
            Some((8, Written)),
            110,
            "onlyReplaceFailedPods",
        ),
        ("suspended", 12, Backoff, "None until the Job is resumed.", Some((6, Written)), 10, "manageJob"),
        ("suspended", 12, EmptySeat, "suspended", Some((6, Written)), 10, "manageJob"),
        (
            "suspended-while-running",
            10,
            EmptySeat,
            "spec.suspend is set, and the controller has not acted on it yet",
            Some((5, Changed)),
            100,
            "manageJob",
        ),
        ("suspended-while-running", 12, EmptySeat, "suspended", Some((5, Changed)), 110, "manageJob"),
        ("managed-elsewhere", 12, EmptySeat, "managedBy", Some((6, Written)), 0, "managedByExternalController"),
        ("ttl", 70, Deleted, "00:15.0 + 30 s = 00:45.0", Some((8, Written)), 450, "processTTL"),
        ("deleted-orphan", 15, Deleted, "its pods are left", None, 120, "attemptToDeleteItem"),
        (
            "exit-code-42",
            25,
            Decision(11),
            "exited with 42 (In) → FailJob",
            Some((10, Written)),
            174,
            "matchPodFailurePolicy",
        ),
    ];
    check(cases.into(), Asked::Job);
}

#[test]
fn ends_and_back_offs_of_jobs_are_explained() {
    use JobAsk::{Backoff, Condition};
    use Origin::Written;
    let cases = [
        (
            "one-shot-never",
            800,
            Condition(JobConditionType::FailureTarget),
            "FailureTarget is True",
            Some((6, Written)),
            6713,
            "syncJob",
        ),
        (
            "one-shot-never",
            800,
            Backoff,
            "so no pod comes next. Seven pods have failed",
            Some((6, Written)),
            6713,
            "syncJob",
        ),
        (
            "one-shot-never",
            12,
            Backoff,
            "a pod that succeeds sets the number of failures back to 0",
            Some((17, Written)),
            92,
            "getRemainingTime",
        ),
    ];
    check(cases.into(), Asked::Job);
}

#[test]
fn pods_are_explained() {
    use Origin::Written;
    use PodAsk::{Created, Deleted, Here, NotRestarted};
    let cases = [
        ("one-shot-never", 12, (0, Here), "Container kuard exited with 1", Some((12, Written)), 82, "getPhase"),
        ("one-shot-never", 12, (0, Here), "sync #5: failed 0 → 1, limit 6", Some((12, Written)), 82, "getPhase"),
        ("one-shot-never", 12, (0, NotRestarted), "Never", Some((17, Written)), 82, "ShouldContainerBeRestarted"),
        (
            "one-shot-on-failure",
            25,
            (0, Here),
            "runs again since 00:22.9, after 2 restarts",
            Some((12, Written)),
            229,
            "getPhase",
        ),
        ("indexed", 12, (3, Created), "Index 3 had no pod", Some((6, Written)), 113, "manageJob"),
        (
            "exit-code-42",
            25,
            (5, Here),
            "exited with 42 (In) → FailJob",
            Some((12, Written)),
            173,
            "matchPodFailurePolicy",
        ),
        ("leader-decides", 20, (1, Here), "asks for all of 0", Some((11, Written)), 187, "deleteActivePods"),
        (
            "drained",
            13,
            (2, Here),
            "node-1 was drained. Container worker exited with 143",
            None,
            120,
            "addConditionAndDeletePod",
        ),
        ("drained", 25, (0, Deleted), "Its node node-1 was drained.", None, 120, "addConditionAndDeletePod"),
        ("disruptions", 12, (2, Deleted), "evicted by hand", None, 80, "addConditionAndDeletePod"),
        ("disruptions", 12, (2, Here), "Ignore: not counted", Some((11, Written)), 80, "addConditionAndDeletePod"),
        (
            "polite-stop",
            12,
            (0, Deleted),
            "killed after 6 s at the latest",
            Some((5, Origin::Changed)),
            100,
            "manageJob",
        ),
        ("elastic", 25, (3, Deleted), "beyond completions", Some((6, Origin::Changed)), 200, "manageJob"),
        ("ttl", 70, (0, Deleted), "ttlSecondsAfterFinished 30", Some((8, Written)), 450, "attemptToDeleteItem"),
        (
            "cron-replace",
            200,
            (0, Deleted),
            "concurrencyPolicy Replace",
            Some((7, Written)),
            1201,
            "attemptToDeleteItem",
        ),
        ("cron-history", 420, (0, Deleted), "history keeps 1", Some((8, Written)), 1892, "attemptToDeleteItem"),
    ];
    check(cases.into(), |(place, ask)| Asked::Pod(place, ask));
}

#[test]
fn starts_nodes_and_queues_are_explained() {
    use CronAsk::{Clocks, Next, Tick};
    use Origin::{Changed, Written};
    let minute = |minute: i64| RUN_START.plus_seconds(minute * 60);
    let cases = [
        ("cron-hello", 70, Asked::Cron(Next), "every minute", Some((6, Written)), 638, "nextScheduleTime"),
        ("cron-hello", 70, Asked::Cron(Tick(minute(1))), "was started", Some((6, Written)), 601, "syncCronJob"),
        ("cron-forbid", 200, Asked::Cron(Next), "is still active", Some((7, Written)), 1801, "syncCronJob"),
        ("cron-forbid", 200, Asked::Cron(Tick(minute(2))), "1 Job is active", Some((7, Written)), 1201, "syncCronJob"),
        ("cron-suspended", 420, Asked::Cron(Tick(minute(3))), "suspended", Some((5, Changed)), 1800, "syncCronJob"),
        (
            "cron-controller-down",
            420,
            Asked::Cron(Tick(minute(3))),
            "not running",
            Some((6, Written)),
            1800,
            "syncCronJob",
        ),
        (
            "cron-spring",
            30_000,
            Asked::Cron(Clocks(Time::parse("2026-03-29T01:00:00Z").expect("a time"))),
            "02:30 does not exist. The schedule is read by those clocks, so nothing is started for it.",
            Some((7, Written)),
            252_000,
            "nextScheduleTime",
        ),
        (
            "queue-drained",
            25,
            Asked::Queue("queue", "keygen"),
            "31 waiting, 5 in work",
            Some((49, Written)),
            0,
            "manageJob",
        ),
        (
            "queue-left-early",
            200,
            Asked::Queue("broker", "jobs"),
            "The Job has ended",
            Some((39, Written)),
            0,
            "manageJob",
        ),
    ];
    check(cases.into(), |asked| asked);
}

/// A start that was due and not made has left nothing in the trace.
fn is_tick(question: &Question) -> bool {
    matches!(question, Question::CronJob(_, CronAsk::Tick(_)))
}

#[test]
fn everything_has_an_answer_at_every_moment() {
    let mut asked = 0;
    for entry in gallery::entries() {
        let mut run = Run::of(entry.id);
        for seconds in [0, 1, 3, 12, 25, 70, 200, 420, 900] {
            run.to(seconds);
            // Where a link can go so that it shows what is told: to what has happened, to the start, or nowhere else.
            let mut moments: Vec<Time> = run.cluster.trace().map(|entry| entry.at).collect();
            moments.extend([run.cluster.start(), run.cluster.now()]);
            moments.sort_unstable();
            for question in run.questions() {
                let found = run.ask(&question);
                let about = format!("{} at {seconds} s: {question:?} {found:?}", entry.id);
                let ends_well = |text: &str| text.ends_with('.') || text.ends_with('?');
                assert!(ends_well(&found.why.question) && ends_well(&found.why.answer), "{about}");
                assert!(found.rules.iter().all(|rule| !rule.is_empty()), "{about}");
                assert!(moments.binary_search(&found.at).is_ok() || is_tick(&question), "{about}");
                let lines = run.cluster.scenario().manifest.lines().count() as u32;
                assert!(found.line().is_none_or(|line| (1..=lines).contains(&line)), "{about}");
                asked += 1;
            }
            for job in run.noted.jobs() {
                let offered = offered(&run.cluster, None, Some(job.uid), None);
                assert!(!offered.is_empty(), "{} at {seconds} s", entry.id);
            }
        }
    }
    assert!(asked > 5_000, "{asked}");
}

#[test]
fn what_is_still_to_come_says_when() {
    let entry = gallery::entries().iter().find(|entry| entry.id == "one-shot-never").expect("an entry of the gallery");
    let mut timeline = Timeline::new(Cluster::new(entry.scenario()).expect("a good scenario"), Noted::default());
    timeline.run_until(RUN_START.plus_seconds(1_000), usize::MAX);
    let job = timeline.notes().jobs()[0].uid;
    let pod = timeline.cluster().history().pods().nth(1).expect("a second pod").uid;
    let last = timeline.cluster().decisions().last().expect("decisions").number;
    let failure_target = JobAsk::Condition(JobConditionType::FailureTarget);
    for (question, seconds, said) in [
        (Question::Pod(pod, PodAsk::Here), 12, "The pod is created later, at 00:18.0."),
        (Question::Pod(pod, PodAsk::Here), 20, ""),
        (Question::Job(job, JobAsk::Decision(last)), 20, "That sync comes later, at 11:11.3."),
        (Question::Job(job, failure_target), 671, "The Job gets the condition FailureTarget later, at 11:11.3."),
        (Question::Job(job, failure_target), 672, ""),
        (Question::Job(job, JobAsk::Completion), 20, ""),
    ] {
        timeline.seek(RUN_START.plus_seconds(seconds));
        let told = to_come(&timeline, &question).map(|answer| answer.why.answer).unwrap_or_default();
        assert_eq!(told, said, "{question:?} at {seconds} s");
    }
    // What another future had may never come in this one.
    let never = answer(timeline.cluster(), timeline.notes(), &Question::Pod(Uid(9_999), PodAsk::Here));
    assert_eq!(never.why.answer, "It has not been created up to this moment.");
}

#[test]
fn a_line_is_told_with_what_holds_where_a_field_is_not_set() {
    let lit = |path: &str, origin| Lit { path: path.to_owned(), line: 12, origin }.words();
    let command = "spec.template.spec.containers[0].command";
    assert_eq!(lit("spec.backoffLimit", Origin::Written), "line 12: spec.backoffLimit");
    assert_eq!(lit("spec.backoffLimit", Origin::Default), "line 12: spec.backoffLimit not set, so its default");
    assert_eq!(lit(command, Origin::Default), format!("line 12: {command} not set, so the image's own runs"));
    assert_eq!(lit("spec.suspend", Origin::Changed), "line 12: spec.suspend, changed since");
}

#[test]
fn what_an_unknown_program_does_is_said_to_be_drawn() {
    for (id, seconds, is_drawn) in [("parallel", 9, true), ("one-shot-never", 12, false)] {
        let mut run = Run::of(id);
        run.to(seconds);
        let failed = run.cluster.history().pods().find(|pod| pod.phase == crate::api::PodPhase::Failed);
        let answer = run.ask(&Question::Pod(failed.expect("a failed pod").uid, PodAsk::Here));
        let says_so = answer.rules.iter().any(|rule| rule.contains("set under What the pods do"));
        assert_eq!(says_so, is_drawn, "{id}: {:?}", answer.rules);
    }
}

#[test]
fn waits_are_counted_down() {
    let left = |id: &str, seconds: i64, place: usize| {
        let mut run = Run::of(id);
        run.to(seconds);
        let job = run.noted.jobs().first().map(|job| job.uid);
        let of_pod = run.ask(&Question::Pod(run.pod(place), PodAsk::Here)).why.left.unwrap_or_default();
        let of_job = crate::ui::view_model::why::why(&run.cluster, job).left.unwrap_or_default();
        let card = crate::ui::view_model::pods::card(&run.cluster, run.pod(place)).expect("a card");
        let is_moment = |(name, _): &&(&str, String)| name.ends_with(" at");
        let of_card = card.facts.iter().find(is_moment).map(|(name, when)| format!("{name} {when}"));
        [of_pod, of_job, of_card.unwrap_or_default()]
    };
    for (id, seconds, place, expected) in [
        ("one-shot-on-failure", 40, 0, ["8 s", "8 s", "Restarts at 00:47.9, in 8 s"]),
        ("image-missing", 12, 1, ["20 s", "20 s", "Pulled again at 00:31.4, in 20 s"]),
        ("node-dies", 20, 1, ["40 s", "40 s", "Node missed at 01:00.0, in 40 s"]),
        ("node-dies", 100, 1, ["4 min 26 s", "4 min 26 s", "Evicted at 06:05.0, in 4 min 26 s"]),
        ("parallel", 5, 1, ["", "", ""]),
    ] {
        assert_eq!(left(id, seconds, place), expected, "{id} at {seconds} s");
    }
}
