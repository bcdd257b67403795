//! What a kubelet knows of a pod beyond its status: the plans of its runs, its back-off, and whether it is ending.

use crate::api::PodTemplate;
use crate::sim::{Random, Time};
use crate::workload::{Answer, Exit, PodTicket, Question, TermReaction};

/// The first back-off of a container that fails again, in milliseconds.
const FIRST_BACK_OFF_MS: i64 = 10_000;
/// The longest back-off, in milliseconds.
pub const MAX_BACK_OFF_MS: i64 = 300_000;

/// A pod on its node.
#[derive(Clone, Debug)]
pub struct PodRuntime {
    pub ticket: PodTicket,
    pub random: Random,
    pub stage: Stage,
    /// The init containers, then the others.
    pub containers: Vec<ContainerRuntime>,
}

impl PodRuntime {
    /// A pod that its kubelet has just seen.
    pub fn new(ticket: PodTicket, random: Random, template: &PodTemplate) -> Self {
        let count = template.init_containers.len() + template.containers.len();
        Self { ticket, random, stage: Stage::Preparing, containers: vec![ContainerRuntime::new(); count] }
    }

    /// Which of its containers are running.
    pub fn running(&self) -> Vec<usize> {
        let places = self.containers.iter().enumerate();
        places.filter(|(_, container)| container.is_running()).map(|(place, _)| place).collect()
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
    /// Its containers are being ended, within that many seconds.
    Ending { grace_s: i64 },
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
}

/// What a container is doing.
#[derive(Clone, Debug)]
pub enum RunState {
    NotStarted,
    Pulling {
        since: Time,
        until: Time,
    },
    Running {
        started_at: Time,
        /// `None`: never.
        due: Option<Time>,
        exit: Exit,
        on_term: TermReaction,
        talk: Talk,
    },
    /// It has ended and stays so, or waits for its restart.
    Ended {
        finished_at: Time,
    },
}

/// What a run asks others, and what it was told.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// To be asked when the run is due; else it ends then.
    pub question: Option<Box<Question>>,
    pub answers: Vec<Answer>,
}

impl ContainerRuntime {
    pub fn new() -> Self {
        Self { state: RunState::NotStarted, turn: 0, restarts: 0, back_off: None }
    }

    /// Changes the state; events of the earlier one mean nothing any more.
    pub fn enter(&mut self, state: RunState) {
        self.turn += 1;
        self.state = state;
    }

    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running { .. })
    }
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
            None => RestartTiming::Now(Self { delay_ms: FIRST_BACK_OFF_MS, updated_at: now }),
            Some(earlier) if now.ms_since(finished_at) < earlier.delay_ms => {
                RestartTiming::Waits { delay_ms: earlier.delay_ms, until: finished_at.plus_ms(earlier.delay_ms) }
            }
            Some(earlier) => {
                let delay_ms = (earlier.delay_ms * 2).min(MAX_BACK_OFF_MS);
                RestartTiming::Now(Self { delay_ms, updated_at: now })
            }
        }
    }
}
