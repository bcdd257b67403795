//! What a kubelet knows of a pod beyond its status: the plans of its runs, its back-off, and whether it is ending.

use super::probes::ProbeRun;
use crate::api::PodTemplate;
use crate::sim::{Random, Time};
use crate::workload::{Exit, PodTicket, Question, Run, RunDuration, RunPlan, TermReaction};
use std::rc::Rc;

/// The shortest run of a process, in milliseconds.
const MIN_RUN_MS: u64 = 10;
/// The first back-off of a container that fails again, in milliseconds.
const FIRST_BACK_OFF_MS: i64 = 10_000;
/// The longest back-off, in milliseconds.
pub const MAX_BACK_OFF_MS: i64 = 300_000;

/// A pod on its node.
#[derive(Clone, Debug)]
pub struct PodRuntime {
    pub ticket: PodTicket,
    pub node: Rc<str>,
    pub random: Random,
    pub stage: Stage,
    /// The init containers, then the others.
    pub containers: Vec<ContainerRuntime>,
    init_count: usize,
}

impl PodRuntime {
    /// A pod that its kubelet has just seen.
    pub fn new(ticket: PodTicket, node: Rc<str>, random: Random, template: &PodTemplate) -> Self {
        let init_count = template.init_containers.len();
        let count = init_count + template.containers.len();
        let containers = vec![ContainerRuntime::new(); count];
        Self { ticket, node, random, stage: Stage::Preparing, containers, init_count }
    }

    /// Which of its containers are running.
    pub fn running(&self) -> Vec<usize> {
        let places = self.containers.iter().enumerate();
        places.filter(|(_, container)| container.is_running()).map(|(place, _)| place).collect()
    }

    /// Those of its containers whose ends are awaited now: not the sidecars, once the others run.
    pub fn awaited(&self) -> &[ContainerRuntime] {
        let (init, others) = self.containers.split_at(self.init_count);
        if others.iter().any(ContainerRuntime::is_running) { others } else { init }
    }

    pub fn is_any_running(&self) -> bool {
        self.containers.iter().any(ContainerRuntime::is_running)
    }
}

/// How far a pod has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its surroundings are being made.
    Preparing,
    /// Its containers are started, run, and are restarted.
    Working,
    /// Its work is over, and its sidecars are being ended until then.
    Finishing { kill_at: Time },
    /// It is being deleted: its containers are being ended, within that many seconds and until then.
    Ending { grace_s: i64, kill_at: Time },
    /// All have ended because it is being deleted; what remains is cleaned up.
    CleaningUp,
    /// The kubelet has nothing more to do with it.
    Done,
}

/// A container of a pod on its node.
#[derive(Clone, Debug)]
pub struct ContainerRuntime {
    pub state: RunState,
    /// Grows with every change of the state, so that events of earlier states are told apart.
    pub turn: u32,
    /// How often it was started anew.
    pub restarts: u32,
    pub back_off: Option<BackOff>,
    /// Of pulling its image.
    pub pull_back_off: Option<BackOff>,
    /// Its run now, or the last one, and the one before that.
    pub runs: [Option<RunRecord>; 2],
    pub probes: Vec<ProbeRun>,
    /// When the hook is over that comes before the signal to stop, once the container is to stop.
    pub stops_from: Option<Time>,
    /// When a run that asks others is killed, once it is to stop.
    pub kill_at: Option<Time>,
    pub after_end: AfterEnd,
}

/// A run of a container, for its log.
#[derive(Clone, Debug)]
pub struct RunRecord {
    pub run: Run,
    pub ended_at: Option<Time>,
}

/// Whether a container starts anew after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterEnd {
    AsItsPolicySays,
    /// A probe had it ended, so it restarts whatever its exit code, unless it may never restart.
    RestartsIfItMay,
}

/// What a container is doing.
#[derive(Clone, Debug)]
pub enum RunState {
    NotStarted,
    Pulling {
        since: Time,
        until: Time,
        outcome: PullOutcome,
    },
    /// Its image could not be pulled; the next attempt is at that time.
    PullFailed {
        retry_at: Time,
        is_told: bool,
    },
    /// Its image can never be there.
    NoImage,
    Running {
        started_at: Time,
        /// `None`: never.
        due: Option<Time>,
        exit: Exit,
        on_term: TermReaction,
        /// To be asked when the run is due; else it ends then. While it waits for the answer, nothing is due.
        question: Option<Box<Question>>,
    },
    /// It has ended and stays so, or waits for its restart.
    Ended {
        finished_at: Time,
        exit_code: i32,
    },
}

/// How pulling an image will turn out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullOutcome {
    Comes,
    Fails,
}

impl RunState {
    /// A container that runs by that plan.
    pub fn running(plan: RunPlan, started_at: Time) -> Self {
        let RunPlan { duration, exit, on_term, question, .. } = plan;
        let due = match duration {
            RunDuration::Ms(duration_ms) => Some(started_at.plus_ms(duration_ms.max(MIN_RUN_MS) as i64)),
            RunDuration::Forever => None,
        };
        Self::Running { started_at, due, exit, on_term, question }
    }
}

impl ContainerRuntime {
    pub fn new() -> Self {
        Self {
            state: RunState::NotStarted,
            turn: 0,
            restarts: 0,
            back_off: None,
            pull_back_off: None,
            runs: [None, None],
            probes: Vec::new(),
            stops_from: None,
            kill_at: None,
            after_end: AfterEnd::AsItsPolicySays,
        }
    }

    /// Changes the state; events of the earlier one mean nothing any more.
    pub fn enter(&mut self, state: RunState) {
        self.turn += 1;
        self.state = state;
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running { .. })
    }

    /// What it waits for: to be started again, or to have its image pulled again.
    pub fn next_try(&self, now: Time) -> Option<NextTry> {
        match self.state {
            RunState::PullFailed { retry_at, .. } => {
                Some(NextTry { at: retry_at, delay_ms: self.pull_back_off?.delay_ms })
            }
            RunState::Ended { finished_at, .. } => match BackOff::timing(self.back_off, finished_at, now) {
                RestartTiming::Waits { delay_ms, until } => Some(NextTry { at: until, delay_ms }),
                RestartTiming::Now(_) => None,
            },
            RunState::NotStarted | RunState::Pulling { .. } | RunState::NoImage | RunState::Running { .. } => None,
        }
    }
}

/// When a back-off of a container is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextTry {
    pub at: Time,
    /// How long the whole wait is.
    pub delay_ms: i64,
}

/// The back-off of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    delay_ms: i64,
    updated_at: Time,
}

/// Whether a container that has ended may start again now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartTiming {
    Now(BackOff),
    Waits { delay_ms: i64, until: Time },
}

impl BackOff {
    /// What holds at `now` for a container that ended at `finished_at`. The first restart comes at once; a container
    /// that has kept running for twice the longest back-off begins anew.
    // Models pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff and client-go util/flowcontrol/backoff.go
    pub fn timing(earlier: Option<Self>, finished_at: Time, now: Time) -> RestartTiming {
        let earlier = earlier.filter(|earlier| finished_at.ms_since(earlier.updated_at) <= 2 * MAX_BACK_OFF_MS);
        match earlier {
            None => RestartTiming::Now(Self::after(None, now)),
            Some(earlier) if now.ms_since(finished_at) < earlier.delay_ms => {
                RestartTiming::Waits { delay_ms: earlier.delay_ms, until: finished_at.plus_ms(earlier.delay_ms) }
            }
            Some(earlier) => RestartTiming::Now(earlier.doubled(now)),
        }
    }

    /// The back-off after one more failure.
    // Models client-go util/flowcontrol/backoff.go Next
    pub fn after(earlier: Option<Self>, now: Time) -> Self {
        let earlier = earlier.filter(|earlier| now.ms_since(earlier.updated_at) <= 2 * MAX_BACK_OFF_MS);
        earlier.map_or(Self { delay_ms: FIRST_BACK_OFF_MS, updated_at: now }, |earlier| earlier.doubled(now))
    }

    fn doubled(self, now: Time) -> Self {
        Self { delay_ms: (self.delay_ms * 2).min(MAX_BACK_OFF_MS), updated_at: now }
    }

    pub fn ends_at(self) -> Time {
        self.updated_at.plus_ms(self.delay_ms)
    }
}
