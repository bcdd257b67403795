//! Chaos for CronJobs: random ones under random commands and faults, with the books of `cron_books`.
//!
//! `JOBSCOPE_CHAOS_SEEDS=100000 cargo test --test cron_chaos` runs more seeds; `JOBSCOPE_CHAOS_SEED=7 …` repeats one and
//! prints its trace.

mod cron_books;
mod seeds;

use cron_books::{Books, Fate, FaultyClient, Weather};
use jobscope::api::Propagation;
use jobscope::apiserver::{ApiServer, Notice};
use jobscope::cluster::{Cluster, Command, NodeSettings, RUN_START, Scenario, Stream, Wiring};
use jobscope::controllers::cronjob::{CronJobController, CronJobSync};
use jobscope::controllers::job::{JobController, SyncRecord};
use jobscope::sim::{Random, Time};
use jobscope::workload::PodSettings;
use seeds::Telling;

/// How many seeds run when nothing else is asked for.
const SEEDS: u64 = 300;
/// So long after the last act all Jobs have ended, in seconds.
const PATIENCE_S: i64 = 2 * 3_600;

/// What stands between the controllers and the API server.
struct Chaos {
    random: Random,
    failing_percent: u64,
    lost_percent: u64,
    books: Books,
}

impl Chaos {
    fn fate(&mut self) -> Fate {
        match self.random.in_range(0, 99) {
            drawn if drawn < self.failing_percent => Fate::Refused,
            drawn if drawn < self.failing_percent + self.lost_percent => Fate::AnswerLost,
            _ => Fate::Passes,
        }
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
        controller.work(now, &mut FaultyClient { api, fate: || self.fate() })
    }

    fn changed(&mut self, notice: &Notice, now: Time) {
        self.books.changed(notice, now);
    }

    fn delivered(&mut self, stream: Stream, notice: &Notice, _: Time) {
        self.books.delivered(stream, notice);
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
        let chaos =
            Chaos { random: Random::stream(seed, &[12]), failing_percent, lost_percent, books: Books::new(weather) };
        let mut outages = Random::stream(seed, &[14]);
        let fails_every_s = match weather {
            Weather::Stormy if outages.percent(30.0) => outages.in_range(600, 7_200) as u32,
            Weather::Stormy | Weather::Calm => 0,
        };
        let nodes = NodeSettings { mean_time_to_failure_s: fails_every_s, outage_s: 120, ..NodeSettings::default() };
        let scenario = Scenario { manifest: manifest.clone(), seed, pods, nodes, ..Scenario::default() };
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

    /// Faults are over, and nothing more is started. Each CronJob is synced once more: an old Job that could not be
    /// deleted is tried again at the next sync only, upstream too (`cleanupFinishedJobs` gives no error), and for one
    /// that was suspended before there need not be any.
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
            self.try_to(Command::ResumeCronJob { cron_job: cron_job.clone() });
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
