//! The gallery: scenarios to begin with, each with a word on what to watch for.

use super::{Command, Scenario, TimedCommand};
use crate::workload::{ExitCode, PodSettings};

/// One scenario of the gallery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GalleryEntry {
    pub id: &'static str,
    pub title: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// What to watch for, in a sentence or two.
    pub watch_for: &'static str,
    manifest: &'static str,
    pods: Pods,
    acts: Acts,
}

/// How the pods of an entry behave where their command does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pods {
    Default,
    /// Seconds that a run takes: least and most.
    Take(u64, u64),
    OneInFourFails,
}

/// What is done during the run: suspending and resuming, at so many seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Acts {
    None,
    Resume(&'static str, i64),
    SuspendAndResume(&'static str, i64, i64),
}

/// All entries; the first is the one a page opens with.
pub fn entries() -> &'static [GalleryEntry] {
    ENTRIES
}

impl GalleryEntry {
    /// The scenario, at its start.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            manifest: self.manifest.to_owned(),
            pods: self.pods.settings(),
            commands: self.acts.commands(),
            ..Default::default()
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
        }
    }
}

impl Acts {
    fn commands(self) -> Vec<TimedCommand> {
        let at = |seconds: i64, command| TimedCommand { at_ms: seconds * 1_000, command };
        let resume = |job: &str| Command::Resume { job: job.to_owned() };
        match self {
            Self::None => Vec::new(),
            Self::Resume(job, resume_s) => vec![at(resume_s, resume(job))],
            Self::SuspendAndResume(job, suspend_s, resume_s) => {
                vec![at(suspend_s, Command::Suspend { job: job.to_owned() }), at(resume_s, resume(job))]
            }
        }
    }
}

macro_rules! manifest {
    ($name:literal) => {
        include_str!(concat!("manifests/", $name, ".yaml"))
    };
}

const ENTRIES: &[GalleryEntry] = &[
    GalleryEntry {
        id: "parallel",
        title: "Parallel with fixed completions",
        summary: "10 runs, five at a time, one in four fails",
        watch_for: "Five seats in Running are refilled until ten places in Succeeded are taken. After failures new \
                    pods wait: 10 s, then 20 s, 40 s …",
        manifest: manifest!("parallel"),
        pods: Pods::OneInFourFails,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "one-shot",
        title: "One shot",
        summary: "One pod makes ten keys and is done",
        watch_for: "One pod runs to its end; the Job is Complete with 1/1.",
        manifest: manifest!("one-shot"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "one-shot-on-failure",
        title: "One shot that fails, OnFailure",
        summary: "The container exits with 1 and restarts in the same pod",
        watch_for: "The same pod restarts in place, ever later: CrashLoopBackOff of 10, 20, 40 s. At six restarts \
                    (backoffLimit) the pod is deleted and the Job has failed.",
        manifest: manifest!("one-shot-on-failure"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "one-shot-never",
        title: "One shot that fails, Never",
        summary: "The container exits with 1, each time in a new pod",
        watch_for: "Failed pods stay, new ones come ever later: 10, 20, 40 s and so on, at most 10 min. The seventh \
                    failure is one more than backoffLimit 6.",
        manifest: manifest!("one-shot-never"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "work-queue",
        title: "Work queue",
        summary: "Five consumers, completions unset",
        watch_for: "Once one pod has succeeded no new pod is made. The Job is Complete when the others have ended too.",
        manifest: manifest!("work-queue"),
        pods: Pods::Take(10, 40),
        acts: Acts::None,
    },
    GalleryEntry {
        id: "six-runs",
        title: "Six runs",
        summary: "Six runs of five seconds, one after the other",
        watch_for: "There is one seat, and it is filled six times.",
        manifest: manifest!("six-runs"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "six-runs-two-at-a-time",
        title: "Six runs, two at a time",
        summary: "Six runs of five seconds, parallelism 2",
        watch_for: "Two seats: half the waves, about half the time.",
        manifest: manifest!("six-runs-two-at-a-time"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "into-the-limit",
        title: "Runs into its limit",
        summary: "Always fails; backoffLimit 3",
        watch_for: "Four pods fail. The fourth is one more than backoffLimit 3, so the Job fails with \
                    BackoffLimitExceeded.",
        manifest: manifest!("into-the-limit"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "two-containers",
        title: "Two containers",
        summary: "One exits with 0, the other with 1; backoffLimit 2",
        watch_for: "A pod has failed when one of its containers has. Three pods fail, then the Job does.",
        manifest: manifest!("two-containers"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "prime-numbers",
        title: "Prime numbers",
        summary: "One pod that computes for minutes",
        watch_for: "Nothing happens for a long while, as it should. Turn up the speed.",
        manifest: manifest!("prime-numbers"),
        pods: Pods::Take(150, 240),
        acts: Acts::None,
    },
    GalleryEntry {
        id: "four-workers",
        title: "Four workers on a queue",
        summary: "Four runs, two at a time",
        watch_for: "Each worker takes what it finds and ends; the next one takes its seat.",
        manifest: manifest!("four-workers"),
        pods: Pods::Take(10, 30),
        acts: Acts::None,
    },
    GalleryEntry {
        id: "indexed",
        title: "Indexed",
        summary: "Four indexes, three at a time",
        watch_for: "Each pod has an index of its own, in its name, its hostname and JOB_COMPLETION_INDEX. At the end \
                    completedIndexes is 0-3.",
        manifest: manifest!("indexed"),
        pods: Pods::Default,
        acts: Acts::None,
    },
    GalleryEntry {
        id: "suspended",
        title: "Suspended",
        summary: "Created suspended, resumed after 15 s",
        watch_for: "No pods and no start time while it is suspended. The Job's clock starts when it is resumed.",
        manifest: manifest!("suspended"),
        pods: Pods::Default,
        acts: Acts::Resume("later", 15),
    },
    GalleryEntry {
        id: "suspended-while-running",
        title: "Suspended while running",
        summary: "Suspended after 10 s, resumed after 30 s",
        watch_for: "Suspending deletes the active pods; they do not count as failures. Resuming makes new ones.",
        manifest: manifest!("suspended-while-running"),
        pods: Pods::Take(12, 20),
        acts: Acts::SuspendAndResume("interrupted", 10, 30),
    },
    GalleryEntry {
        id: "deadline",
        title: "Deadline",
        summary: "activeDeadlineSeconds 40 ends it too early",
        watch_for: "After 40 s the running pods are deleted and the Job fails with DeadlineExceeded, however far it was.",
        manifest: manifest!("deadline"),
        pods: Pods::Take(15, 25),
        acts: Acts::None,
    },
];
