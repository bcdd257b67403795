//! The gallery: scenarios to begin with, each with a word on what to watch for. What they are stands in `entries`; this
//! makes scenarios of them.

mod cron_jobs;
mod entries;

use super::{Command, NodeAct, NodeSettings, QueueItems, Scenario, Start, TimedCommand};
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
    nodes: Nodes,
    /// What is put into a queue at the start: the Service of its broker, its name, and how many items.
    items: Option<(&'static str, &'static str, u32)>,
    /// When the run starts, where that matters.
    start: &'static str,
    /// The Job or CronJob that the acts are about; of pods, what their names begin with.
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
    Queues,
    Containers,
    Nodes,
    CronJobs,
}

/// How the pods of an entry behave where their command does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pods {
    Default,
    /// Seconds that a run takes: least and most.
    Take(u64, u64),
    OneInFourFails,
    HalfHang,
    HalfRunOutOfMemory,
    /// No registry has that image.
    ImageMissing(&'static str),
}

/// The nodes of an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Nodes {
    Default,
    Count(u32),
    /// So many with two CPUs and 4 GiB each.
    Small(u32),
}

const SMALL_CPU_MILLIS: u32 = 2_000;
const SMALL_MEMORY_MIB: u32 = 4_096;

/// One thing done during the run. Of pods it is the newest.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Suspend,
    Resume,
    Scale(i32),
    EvictPod,
    DeletePod,
    DeleteJob(Propagation),
    FailPod,
    /// Into the queue that the entry has.
    AddItems(u32),
    SuspendCronJob,
    ResumeCronJob,
    SetSchedule(&'static str),
    RunNow,
    StopControllers,
    StartControllers,
    KillNode(&'static str),
    RestoreNode(&'static str),
    DrainNode(&'static str),
    AddSmallNode(&'static str),
    TaintNode(&'static str, &'static str),
    /// What is missing is there from now on.
    HealPods,
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
    nodes: Nodes::Default,
    items: None,
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
            Self::Queues => "Work queues",
            Self::Containers => "Containers",
            Self::Nodes => "Nodes",
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
            nodes: self.nodes.settings(),
            queues: self.items.iter().map(|(_, _, count)| self.queue_items(*count)).collect(),
            commands: self.acts.iter().map(|(at_s, act)| self.command(*at_s, *act)).collect(),
            ..Default::default()
        }
    }

    fn queue_items(&self, count: u32) -> QueueItems {
        let (service, queue, _) = self.items.unwrap_or_default();
        QueueItems { service: service.to_owned(), queue: queue.to_owned(), count }
    }

    fn command(&self, at_s: i64, act: Act) -> TimedCommand {
        let job = self.job.to_owned();
        let newest_pod = || format!("{}-", self.job);
        let node = |name: &str, act| Command::Node { node: name.to_owned(), act };
        let command = match act {
            Act::Suspend => Command::Suspend { job },
            Act::Resume => Command::Resume { job },
            Act::Scale(size) => Command::Scale { job, size },
            Act::EvictPod => Command::EvictPod { pod: newest_pod() },
            Act::DeletePod => Command::DeletePod { pod: newest_pod() },
            Act::DeleteJob(propagation) => Command::DeleteJob { job, propagation },
            Act::FailPod => Command::FailPod { pod: newest_pod(), exit_code: 1 },
            Act::AddItems(count) => Command::AddQueueItems(self.queue_items(count)),
            Act::SuspendCronJob => Command::SuspendCronJob { cron_job: job },
            Act::ResumeCronJob => Command::ResumeCronJob { cron_job: job },
            Act::SetSchedule(schedule) => Command::SetSchedule { cron_job: job, schedule: schedule.to_owned() },
            Act::RunNow => Command::RunNow { cron_job: job, job: None },
            Act::StopControllers => Command::StopControllers,
            Act::StartControllers => Command::StartControllers,
            Act::KillNode(name) => node(name, NodeAct::Kill),
            Act::RestoreNode(name) => node(name, NodeAct::Restore),
            Act::DrainNode(name) => node(name, NodeAct::Drain),
            Act::AddSmallNode(name) => {
                node(name, NodeAct::Add { cpu_millis: SMALL_CPU_MILLIS, memory_mib: SMALL_MEMORY_MIB })
            }
            Act::TaintNode(name, taint) => node(name, NodeAct::Taint(taint.to_owned())),
            Act::HealPods => Command::SetPods { job: String::new(), settings: PodSettings::default() },
        };
        TimedCommand { at_ms: at_s * 1_000, command }
    }
}

impl Nodes {
    fn settings(self) -> NodeSettings {
        match self {
            Self::Default => NodeSettings::default(),
            Self::Count(count) => NodeSettings { count, ..Default::default() },
            Self::Small(count) => {
                NodeSettings { count, cpu_millis: SMALL_CPU_MILLIS, memory_mib: SMALL_MEMORY_MIB, ..Default::default() }
            }
        }
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
            Self::HalfHang => PodSettings { stuck_percent: 50.0, ..Default::default() },
            Self::HalfRunOutOfMemory => PodSettings { oom_percent: 50.0, ..Default::default() },
            Self::ImageMissing(image) => PodSettings { missing_images: vec![image.to_owned()], ..Default::default() },
        }
    }
}
