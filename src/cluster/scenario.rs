//! A scenario: everything that determines a run. The same scenario gives the same run, event for event.

use super::RUN_START;
use super::command::TimedCommand;
use crate::api::Gates;
use crate::sim::Time;
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
    /// When the run starts.
    pub start: Start,
    /// How the pods behave of Jobs that have no settings of their own.
    pub pods: PodSettings,
    /// How the pods of single Jobs behave, by the Job's name.
    pub jobs: BTreeMap<String, PodSettings>,
    pub nodes: NodeSettings,
    /// The feature gates at the start.
    pub gates: Gates,
    /// What was done during the run, in order of time.
    pub commands: Vec<TimedCommand>,
}

/// The date and time at which a run starts, in whole seconds of the years 1990 to 2149.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Start(Time);

const EARLIEST_START: Time = Time::from_epoch_ms(631_152_000_000);
const START_BEFORE: Time = Time::from_epoch_ms(5_680_281_600_000);

impl Start {
    pub fn time(self) -> Time {
        self.0
    }
}

impl Default for Start {
    fn default() -> Self {
        Self(RUN_START)
    }
}

impl TryFrom<String> for Start {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let in_range = |time: &Time| (EARLIEST_START..START_BEFORE).contains(time);
        let time = Time::parse(&text).map(Time::truncated_to_second).filter(in_range);
        time.map(Self).ok_or_else(|| {
            format!("{text:?} is not a date and time of the years 1990 to 2149, such as 2026-01-01T00:00:00Z")
        })
    }
}

impl From<Start> for String {
    fn from(start: Start) -> Self {
        start.0.to_string()
    }
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
            start: Start::default(),
            pods: PodSettings::default(),
            jobs: BTreeMap::new(),
            nodes: NodeSettings::default(),
            gates: Gates::default(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_a_moment_within_bounds() {
        for (text, shown) in [
            ("2026-03-28T18:00:00Z", Some("2026-03-28T18:00:00Z")),
            ("2026-03-28T18:00:00.7+01:00", Some("2026-03-28T17:00:00Z")),
            ("1990-01-01T00:00:00Z", Some("1990-01-01T00:00:00Z")),
            ("2149-12-31T23:59:59Z", Some("2149-12-31T23:59:59Z")),
            ("1989-12-31T23:59:59Z", None),
            ("2150-01-01T00:00:00Z", None),
            ("2026-03-28", None),
            ("tomorrow", None),
            ("", None),
        ] {
            let start = Start::try_from(text.to_owned());
            assert_eq!(start.clone().map(String::from).ok().as_deref(), shown, "{text}");
            assert!(start.is_ok() || start.is_err_and(|message| message.contains("1990 to 2149")), "{text}");
        }
    }
}
