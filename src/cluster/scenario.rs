//! A scenario: everything that determines a run. The same scenario gives the same run, event for event.

use super::command::TimedCommand;
use crate::api::Gates;
use crate::workload::PodSettings;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that determines a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scenario {
    /// The manifests, as people wrote them.
    pub manifest: String,
    pub seed: u64,
    /// How the pods behave of Jobs that have no settings of their own.
    pub pods: PodSettings,
    /// How the pods of single Jobs behave, by the Job's name.
    pub jobs: BTreeMap<String, PodSettings>,
    pub nodes: NodeSettings,
    /// The feature gates at the start.
    pub gates: Gates,
    /// What is put into queues as soon as they can be reached.
    pub queues: Vec<QueueItems>,
    /// What was done during the run, in order of time.
    pub commands: Vec<TimedCommand>,
}

/// Items for a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueItems {
    /// The Service behind which the broker stands.
    pub service: String,
    pub queue: String,
    /// At most [`MAX_ITEMS`](crate::workload::MAX_ITEMS).
    pub count: u32,
}

/// The nodes of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NodeSettings {
    /// 1 to 1,000.
    pub count: u32,
    /// How many pods each has room for, 1 to 1,000.
    pub pods_each: u32,
}

impl Default for NodeSettings {
    fn default() -> Self {
        Self { count: 10, pods_each: 110 }
    }
}

impl NodeSettings {
    /// The settings held to their ranges, whatever was given.
    pub fn within_bounds(self) -> Self {
        Self { count: self.count.clamp(1, 1_000), pods_each: self.pods_each.clamp(1, 1_000) }
    }
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            manifest: String::new(),
            seed: 7,
            pods: PodSettings::default(),
            jobs: BTreeMap::new(),
            nodes: NodeSettings::default(),
            gates: Gates::default(),
            queues: Vec::new(),
            commands: Vec::new(),
        }
    }
}

impl Scenario {
    /// How the pods of `job` behave at the start of the run.
    pub fn pod_settings(&self, job: &str) -> &PodSettings {
        self.jobs.get(job).unwrap_or(&self.pods)
    }
}
