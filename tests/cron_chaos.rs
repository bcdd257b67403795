//! Chaos for CronJobs: random ones under random commands and faults, and books that are kept apart from the controller's.
//!
//! What a stale cache allows upstream is allowed here too. The controller decides by the CronJob as it was last told of
//! it, so the books say: it starts no Job for a time that the CronJob it was told of has had, and under Forbid none
//! while a Job that this CronJob lists as active still runs. Without faults nothing is stale for longer than a moment,
//! and then there are never two active Jobs under Forbid, nor two for one time.
//!
//! `JOBSCOPE_CHAOS_SEEDS=100000 cargo test --test cron_chaos` runs more seeds; `JOBSCOPE_CHAOS_SEED=7 …` repeats one and
//! prints its trace.

mod seeds;

use jobscope::api::cronjob::CRON_JOB_SCHEDULED_TIMESTAMP;
use jobscope::api::{ConcurrencyPolicy, CronJob, Job, JobConditionType, Propagation, Uid};
use jobscope::apiserver::{ApiError, ApiResult, ApiServer, Change, EventDraft, NewJob, Notice};
use jobscope::cluster::{Cluster, Command, RUN_START, Scenario, Stream, Wiring};
use jobscope::controllers::cronjob::{CronJobClient, CronJobController, CronJobSync};
use jobscope::controllers::job::{JobController, SyncRecord};
use jobscope::sim::{Random, Time};
use jobscope::workload::PodSettings;
use seeds::Telling;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many seeds run when nothing else is asked for.
const SEEDS: u64 = 300;
/// So long after the last act all Jobs have ended, in seconds.
const PATIENCE_S: i64 = 2 * 3_600;

/// Whether anything but commands disturbs a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weather {
    Calm,
    Stormy,
}

/// What stands between the controllers and the API server.
struct Chaos {
    random: Random,
    failing_percent: u64,
    lost_percent: u64,
    books: Books,
}

/// What the API server has told, and what the CronJob controller has been told.
struct Books {
    weather: Weather,
    now: Time,
    told: BTreeMap<Uid, Rc<CronJob>>,
    stored: BTreeMap<Uid, Rc<CronJob>>,
    jobs: BTreeMap<Uid, Rc<Job>>,
    /// Every Job there ever was, and its CronJob.
    ever: BTreeMap<Uid, Uid>,
    /// How many Jobs there were of each time.
    starts: BTreeMap<(Uid, Time), u32>,
    violation: Option<String>,
}

impl Books {
    fn broken(&mut self, what: String) {
        let at_s = self.now.ms_since(RUN_START) as f64 / 1_000.0;
        self.violation.get_or_insert_with(|| format!("at {at_s} s: {what}"));
    }

    /// A controller has started: it knows what is stored.
    fn controller_started(&mut self) {
        self.told.clone_from(&self.stored);
    }

    fn cron_job_changed(&mut self, change: &Change<CronJob>) {
        keep(&mut self.stored, change, |cron_job| cron_job.meta.uid);
        let (Some(old), Some(new)) = (&change.old, &change.new) else { return };
        let name = &new.meta.name;
        if new.status.last_schedule_time < old.status.last_schedule_time {
            self.broken(format!("the last schedule time of {name} goes back"));
        }
        for active in &new.status.active {
            if self.ever.get(&active.uid) != Some(&new.meta.uid) {
                self.broken(format!("{name} lists {} as active, which is no Job of it", active.name));
            }
        }
    }

    fn job_changed(&mut self, change: &Change<Job>) {
        if let (None, Some(job)) = (&change.old, &change.new) {
            self.job_added(job);
        }
        keep(&mut self.jobs, change, |job| job.meta.uid);
    }

    fn job_added(&mut self, job: &Rc<Job>) {
        let Some(owner) = job.meta.controller().map(|owner| owner.uid) else { return };
        self.ever.insert(job.meta.uid, owner);
        let Some(scheduled) = scheduled_for(job) else { return };
        let name = &job.meta.name;
        let Some(told) = self.told.get(&owner).cloned() else {
            self.broken(format!("{name} is started although the controller knows no CronJob for it"));
            return;
        };
        let wanted = format!("{}-{}", told.meta.name, scheduled.epoch_ms() / 60_000);
        let deadline = told.spec.starting_deadline_s;
        let wrong = [
            (**name != *wanted, "has the wrong name"),
            (scheduled > self.now, "is started too early"),
            (told.spec.suspend, "is started although the CronJob is suspended"),
            (told.meta.deletion_time.is_some(), "is started although the CronJob is being deleted"),
            (deadline.is_some_and(|s| scheduled.plus_seconds(s) < self.now), "is started behind its deadline"),
        ];
        for (_, what) in wrong.iter().filter(|(is_so, _)| *is_so) {
            self.broken(format!("{name} {what}"));
        }
        self.check_once(job, owner, scheduled, &told);
        if told.spec.concurrency_policy == ConcurrencyPolicy::Forbid {
            self.check_forbid(job, owner, &told);
        }
    }

    fn check_once(&mut self, job: &Job, owner: Uid, scheduled: Time, told: &CronJob) {
        let starts = self.starts.entry((owner, scheduled)).or_default();
        *starts += 1;
        let is_known = told.status.last_schedule_time.is_some_and(|last| last >= scheduled);
        if is_known || (*starts > 1 && self.weather == Weather::Calm) {
            self.broken(format!("{} is started for a time that has had its Job", job.meta.name));
        }
    }

    fn check_forbid(&mut self, job: &Job, owner: Uid, told: &CronJob) {
        let of_this = |other: &&Rc<Job>| self.ever.get(&other.meta.uid) == Some(&owner) && !other.is_finished();
        let is_listed = |other: &Rc<Job>| told.status.is_active(other.meta.uid);
        let is_own = |other: &Rc<Job>| self.weather == Weather::Calm && scheduled_for(other).is_some();
        let running = self.jobs.values().filter(of_this).find(|other| is_listed(other) || is_own(other));
        if let Some(other) = running.map(|other| other.meta.name.clone()) {
            self.broken(format!("{} is started while {other} is active, under Forbid", job.meta.name));
        }
    }

    /// All faults are over and all Jobs have ended.
    fn at_rest(&mut self) {
        for cron_job in self.stored.values().cloned().collect::<Vec<_>>() {
            let name = &cron_job.meta.name;
            if let Some(active) = cron_job.status.active.first() {
                self.broken(format!("{name} lists {} as active at rest", active.name));
            }
            let limits = [
                (JobConditionType::Complete, cron_job.spec.successful_jobs_history_limit),
                (JobConditionType::Failed, cron_job.spec.failed_jobs_history_limit),
            ];
            for (end, limit) in limits {
                let has_ended_so = |job: &&Rc<Job>| {
                    let is_its = job.meta.controller().is_some_and(|owner| owner.uid == cron_job.meta.uid);
                    is_its && job.is_finished() && job.condition(end).is_some()
                };
                let kept = self.jobs.values().filter(has_ended_so).count();
                if limit.is_some_and(|limit| kept > limit as usize) {
                    self.broken(format!("{kept} Jobs of {name} are kept as {end:?}, against {limit:?}"));
                }
            }
        }
        if let Some(job) = self.jobs.values().find(|job| !job.is_finished()).map(|job| job.meta.name.clone()) {
            self.broken(format!("{job} has not ended"));
        }
    }
}

/// The time for which the controller started the Job; `None` for one that was started by hand.
fn scheduled_for(job: &Job) -> Option<Time> {
    job.meta.annotations.get(CRON_JOB_SCHEDULED_TIMESTAMP).and_then(|text| Time::parse(text))
}

fn keep<T>(known: &mut BTreeMap<Uid, Rc<T>>, change: &Change<T>, uid: impl Fn(&T) -> Uid) {
    match (&change.old, &change.new) {
        (_, Some(new)) => drop(known.insert(uid(new), new.clone())),
        (Some(old), None) => drop(known.remove(&uid(old))),
        (None, None) => {}
    }
}

impl Wiring for Chaos {
    fn work(&mut self, controller: &mut JobController, now: Time, api: &mut ApiServer) -> Option<SyncRecord> {
        controller.work(now, api)
    }

    fn work_on_cron_job(
        &mut self,
        controller: &mut CronJobController,
        now: Time,
        api: &mut ApiServer,
    ) -> Option<CronJobSync> {
        controller.work(now, &mut FaultyClient { api, chaos: self })
    }

    fn changed(&mut self, notice: &Notice, now: Time) {
        self.books.now = now;
        match notice {
            Notice::CronJob(change) => self.books.cron_job_changed(change),
            Notice::Job(change) => self.books.job_changed(change),
            _ => {}
        }
    }

    fn delivered(&mut self, stream: Stream, notice: &Notice, _: Time) {
        if let (Stream::CronJobControllerCronJobs, Notice::CronJob(change)) = (stream, notice) {
            keep(&mut self.books.told, change, |cron_job| cron_job.meta.uid);
        }
    }
}

/// The API server as the CronJob controller meets it.
struct FaultyClient<'a> {
    api: &'a mut ApiServer,
    chaos: &'a mut Chaos,
}

impl FaultyClient<'_> {
    /// Carries out a call, or not, or does and says otherwise.
    fn call<T>(&mut self, call: impl FnOnce(&mut ApiServer) -> ApiResult<T>) -> ApiResult<T> {
        let drawn = self.chaos.random.in_range(0, 99);
        let broken = || ApiError::Internal("the connection was lost".to_owned());
        if drawn < self.chaos.failing_percent {
            return Err(broken());
        }
        let result = call(self.api);
        if drawn < self.chaos.failing_percent + self.chaos.lost_percent { Err(broken()) } else { result }
    }
}

impl CronJobClient for FaultyClient<'_> {
    fn cron_job(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        self.call(|api| CronJobClient::cron_job(api, cron_job))
    }

    fn job(&mut self, namespace: &str, name: &str) -> ApiResult<Rc<Job>> {
        self.call(|api| CronJobClient::job(api, namespace, name))
    }

    fn create_job(&mut self, job: NewJob) -> ApiResult<Rc<Job>> {
        self.call(|api| CronJobClient::create_job(api, job))
    }

    fn delete_job(&mut self, job: &Job) -> ApiResult<()> {
        self.call(|api| CronJobClient::delete_job(api, job))
    }

    fn update_status(&mut self, cron_job: &CronJob) -> ApiResult<Rc<CronJob>> {
        self.call(|api| CronJobClient::update_status(api, cron_job))
    }

    fn record_event(&mut self, event: EventDraft) {
        CronJobClient::record_event(self.api, event);
    }
}

/// One run of a seed.
struct Run {
    cluster: Cluster<Chaos>,
    random: Random,
    weather: Weather,
    manifest: String,
}

impl Run {
    fn new(seed: u64) -> Self {
        let random = &mut Random::stream(seed, &[11]);
        let weather = if random.percent(30.0) { Weather::Calm } else { Weather::Stormy };
        let manifest: Vec<String> = (0..random.in_range(1, 2)).map(|number| manifest(number, random)).collect();
        let manifest = manifest.join("---\n");
        let min_duration_ms = random.in_range(1_000, 60_000);
        let pods = PodSettings {
            failure_percent: [0.0, 30.0, 80.0][random.in_range(0, 2) as usize],
            min_duration_ms,
            max_duration_ms: min_duration_ms + random.in_range(0, 120_000),
            ..PodSettings::default()
        };
        let mut storm = |most| if weather == Weather::Stormy { random.in_range(0, most) } else { 0 };
        let (failing_percent, lost_percent) = (storm(30), storm(30));
        let books = Books {
            weather,
            now: RUN_START,
            told: BTreeMap::new(),
            stored: BTreeMap::new(),
            jobs: BTreeMap::new(),
            ever: BTreeMap::new(),
            starts: BTreeMap::new(),
            violation: None,
        };
        let chaos = Chaos { random: Random::stream(seed, &[12]), failing_percent, lost_percent, books };
        let scenario = Scenario { manifest: manifest.clone(), seed, pods, ..Scenario::default() };
        let cluster = Cluster::wired(scenario, chaos).expect("the manifest is good");
        Self { cluster, random: Random::stream(seed, &[13]), weather, manifest }
    }

    fn go(&mut self) -> Result<(), String> {
        for _ in 0..self.random.in_range(2, 20) {
            let pause_ms = self.random.in_range(1_000, 240_000) as i64;
            self.go_on(pause_ms)?;
            self.act();
        }
        self.calm_down();
        self.go_on(PATIENCE_S * 1_000)?;
        self.cluster.wiring_mut().books.at_rest();
        self.verdict()
    }

    fn go_on(&mut self, for_ms: i64) -> Result<(), String> {
        self.cluster.run_until(self.cluster.now().plus_ms(for_ms), usize::MAX);
        self.verdict()
    }

    fn verdict(&self) -> Result<(), String> {
        self.cluster.wiring().books.violation.clone().map_or(Ok(()), Err)
    }

    /// Faults are over, and nothing more is started.
    fn calm_down(&mut self) {
        let chaos = self.cluster.wiring_mut();
        (chaos.failing_percent, chaos.lost_percent) = (0, 0);
        for stream in Stream::ALL {
            self.cluster.set_watch_delay_ms(stream, 10);
        }
        self.start_controllers(Command::StartControllers);
        let names: Vec<String> =
            self.cluster.api().cron_jobs().map(|cron_job| cron_job.meta.name.to_string()).collect();
        for cron_job in names {
            self.try_to(Command::SuspendCronJob { cron_job });
        }
    }

    fn act(&mut self) {
        let cron_job = format!("c{}", self.random.in_range(0, 1));
        match self.random.in_range(0, 99) {
            0..=14 => self.try_to(Command::SuspendCronJob { cron_job }),
            15..=34 => self.try_to(Command::ResumeCronJob { cron_job }),
            35..=44 => {
                let schedule = schedule(&mut self.random);
                self.try_to(Command::SetSchedule { cron_job, schedule });
            }
            45..=54 => self.try_to(Command::RunNow { cron_job, job: None }),
            55..=62 => {
                let jobs: Vec<String> = self.cluster.api().jobs().map(|job| job.meta.name.to_string()).collect();
                let Some(last) = jobs.len().checked_sub(1) else { return };
                let job = jobs[self.random.in_range(0, last as u64) as usize].clone();
                let propagation = [Propagation::Background, Propagation::Foreground];
                let propagation = propagation[self.random.in_range(0, 1) as usize];
                // What starts for the time of a Job that somebody has deleted is not told apart.
                if self.weather == Weather::Stormy {
                    self.try_to(Command::DeleteJob { job, propagation });
                }
            }
            63..=66 => {
                let propagation = [Propagation::Background, Propagation::Foreground, Propagation::Orphan];
                let propagation = propagation[self.random.in_range(0, 2) as usize];
                self.try_to(Command::DeleteCronJob { cron_job, propagation });
            }
            67..=72 => self.try_to(Command::StopControllers),
            73..=82 => self.start_controllers(Command::StartControllers),
            83..=89 => self.start_controllers(Command::RestartController),
            90..=99 if self.weather == Weather::Stormy => self.set_delays(),
            _ => {}
        }
    }

    /// Makes every watch late by a time of its own, which also changes the order between kinds.
    fn set_delays(&mut self) {
        for stream in Stream::ALL {
            let most_ms = [10, 2_000, 240_000][self.random.in_range(0, 2) as usize];
            let delay_ms = self.random.in_range(10, most_ms) as i64;
            self.cluster.set_watch_delay_ms(stream, delay_ms);
        }
    }

    fn start_controllers(&mut self, command: Command) {
        let starts = command == Command::RestartController || self.cluster.cron_job_controller().is_none();
        self.try_to(command);
        if starts {
            self.cluster.wiring_mut().books.controller_started();
        }
    }

    /// Does what the command says, if it makes sense.
    fn try_to(&mut self, command: Command) {
        drop(self.cluster.act(command));
    }

    fn print(&self) {
        println!("{}", self.manifest);
        for entry in self.cluster.trace() {
            println!("{:>10.3} {}", entry.at.ms_since(RUN_START) as f64 / 1_000.0, self.cluster.line(entry));
        }
    }
}

fn schedule(random: &mut Random) -> String {
    ["* * * * *", "*/2 * * * *", "*/5 * * * *", "1-59/3 * * * *", "@every 90s"][random.in_range(0, 4) as usize]
        .to_owned()
}

/// One random CronJob as YAML.
fn manifest(number: u64, random: &mut Random) -> String {
    let policy = ["Allow", "Forbid", "Forbid", "Replace"][random.in_range(0, 3) as usize];
    let mut lines = format!("  schedule: '{}'\n  concurrencyPolicy: {policy}\n", schedule(random));
    let mut maybe = |name: &str, percent, most| {
        if random.percent(percent) {
            lines.push_str(&format!("  {name}: {}\n", random.in_range(0, most)));
        }
    };
    maybe("startingDeadlineSeconds", 30.0, 200);
    maybe("successfulJobsHistoryLimit", 50.0, 3);
    maybe("failedJobsHistoryLimit", 50.0, 3);
    let (backoff_limit, restart) = (random.in_range(0, 2), ["Never", "OnFailure"][random.in_range(0, 1) as usize]);
    format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: c{number}}}\nspec:\n{lines}  jobTemplate:\n    spec:\n      \
         backoffLimit: {backoff_limit}\n      template:\n        spec:\n          restartPolicy: {restart}\n          \
         containers:\n          - {{name: worker, image: worker}}\n"
    )
}

#[test]
fn cron_jobs_survive_chaos() {
    seeds::survive("cron_chaos", SEEDS, |seed, telling| {
        let mut run = Run::new(seed);
        let result = run.go();
        if telling == Telling::Trace {
            run.print();
        }
        result
    });
}
