//! The nodes and the scheduler: they bind pods, run their containers by the plans of `workload`, and end them. They
//! hear of pods through the watch, act by calls to the API server and ask to be woken; they know no controllers.

mod kubelet;
mod network;
mod outages;
mod scheduler;

pub use kubelet::{Kubelets, MAX_BACK_OFF_MS, NextTry, NodeTurn, WhichRun};
pub use outages::{OutageModel, Outages, Power};
pub use scheduler::Scheduler;

use crate::api::Uid;
use crate::sim::Time;

/// Something that the scheduler or a kubelet has to do at a moment. One that has become pointless does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    /// The scheduler looks for a node for a pod.
    Schedule { pod: Uid },
    /// The scheduler looks again at the pods for which there was no room.
    ScheduleWaiting,
    /// A pod's surroundings are ready, or its remains are cleaned up.
    PodDue { pod: Uid },
    /// A container's image is there, its run ends, or its restart is due. Containers count from the init containers;
    /// `turn` tells which change of the container this is about.
    ContainerDue { pod: Uid, container: u16, turn: u32 },
    /// A machine fails or comes back; `turn` tells which change of the machine this is about.
    MachineDue { node: Uid, turn: u32 },
    /// The answer of a probe of a container is there; `probe` counts its probes.
    ProbeDue { pod: Uid, container: u16, turn: u32, probe: u16 },
}

/// Where events are put that are to come back at their time.
pub type Wakes = Vec<(Time, NodeEvent)>;

#[cfg(test)]
mod tests;
