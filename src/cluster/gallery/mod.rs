//! The gallery: scenarios to begin with, each with a word on what to watch for. What they are stands in `entries`; this
//! makes scenarios of them.

mod cron_jobs;
mod entries;

use super::{Command, Scenario, Start, TimedCommand};
use crate::api::Propagation;
use crate::workload::{ExitCode, PodSettings};

/// One scenario of the gallery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GalleryEntry {
    pub id: &'static str,
    pub theme: Theme,
    pub title: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// What to watch for, in a sentence or two.
    pub watch_for: &'static str,
    manifest: &'static str,
    pods: Pods,
    /// When the run starts, where that matters.
    start: &'static str,
    /// The Job or CronJob that the acts are about.
    job: &'static str,
    /// What is done during the run, each at so many seconds.
    acts: &'static [(i64, Act)],
}

/// What entries have in common. Those of a theme stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Basics,
    Failures,
    Indexes,
    Changes,
    CronJobs,
}

/// How the pods of an entry behave where their command does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pods {
    Default,
    /// Seconds that a run takes: least and most.
    Take(u64, u64),
    OneInFourFails,
}

/// One thing done during the run. Of pods it is the newest.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Suspend,
    Resume,
    Scale(i32),
    EvictPod,
    DeletePod,
    DeleteJob(Propagation),
    SuspendCronJob,
    ResumeCronJob,
    SetSchedule(&'static str),
    RunNow,
    StopControllers,
    StartControllers,
}

/// What most entries have: pods by the default settings, and nothing done to them.
const PLAIN: GalleryEntry = GalleryEntry {
    id: "",
    theme: Theme::Basics,
    title: "",
    summary: "",
    watch_for: "",
    manifest: "",
    pods: Pods::Default,
    start: "",
    job: "",
    acts: &[],
};

/// All entries; the first is the one a page opens with.
pub fn entries() -> &'static [GalleryEntry] {
    entries::ENTRIES
}

impl Theme {
    pub fn label(self) -> &'static str {
        match self {
            Self::Basics => "First steps",
            Self::Failures => "Failures",
            Self::Indexes => "Indexes",
            Self::Changes => "Changes on the way",
            Self::CronJobs => "CronJobs",
        }
    }
}

impl GalleryEntry {
    /// The scenario, at its start.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            manifest: self.manifest.to_owned(),
            start: Start::try_from(self.start.to_owned()).unwrap_or_default(),
            pods: self.pods.settings(),
            commands: self.acts.iter().map(|(at_s, act)| self.command(*at_s, *act)).collect(),
            ..Default::default()
        }
    }

    fn command(&self, at_s: i64, act: Act) -> TimedCommand {
        let job = self.job.to_owned();
        let newest_pod = || format!("{}-", self.job);
        let command = match act {
            Act::Suspend => Command::Suspend { job },
            Act::Resume => Command::Resume { job },
            Act::Scale(size) => Command::Scale { job, size },
            Act::EvictPod => Command::EvictPod { pod: newest_pod() },
            Act::DeletePod => Command::DeletePod { pod: newest_pod() },
            Act::DeleteJob(propagation) => Command::DeleteJob { job, propagation },
            Act::SuspendCronJob => Command::SuspendCronJob { cron_job: job },
            Act::ResumeCronJob => Command::ResumeCronJob { cron_job: job },
            Act::SetSchedule(schedule) => Command::SetSchedule { cron_job: job, schedule: schedule.to_owned() },
            Act::RunNow => Command::RunNow { cron_job: job, job: None },
            Act::StopControllers => Command::StopControllers,
            Act::StartControllers => Command::StartControllers,
        };
        TimedCommand { at_ms: at_s * 1_000, command }
    }
}

impl Pods {
    fn settings(self) -> PodSettings {
        match self {
            Self::Default => PodSettings::default(),
            Self::Take(least_s, most_s) => {
                PodSettings { min_duration_ms: least_s * 1_000, max_duration_ms: most_s * 1_000, ..Default::default() }
            }
            Self::OneInFourFails => PodSettings {
                failure_percent: 25.0,
                exit_codes: vec![ExitCode { code: 1, weight: 9 }, ExitCode { code: 137, weight: 1 }],
                ..Default::default()
            },
        }
    }
}
