//! What pods do when their command does not say: how long they run, how often they fail, and how.

use serde::{Deserialize, Serialize};

/// The longest a container can be set to run, in milliseconds (a day).
pub const MAX_DURATION_MS: u64 = 86_400_000;

/// How the pods of a Job behave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSettings {
    /// Out of a hundred runs of a container, how many fail (0 to 100).
    pub failure_percent: f64,
    /// A run lasts at least this long.
    pub min_duration_ms: u64,
    /// A run lasts at most this long.
    pub max_duration_ms: u64,
    /// With which codes failing runs exit, and how often.
    pub exit_codes: Vec<ExitCode>,
    /// How long a node needs to fetch an image that it does not have.
    pub image_pull_ms: u64,
}

/// One exit code and its share among failing runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExitCode {
    /// 1 to 255.
    pub code: i32,
    /// Relative to the other weights.
    pub weight: u32,
}

impl Default for PodSettings {
    fn default() -> Self {
        Self {
            failure_percent: 0.0,
            min_duration_ms: 5_000,
            max_duration_ms: 20_000,
            exit_codes: vec![ExitCode { code: 1, weight: 1 }],
            image_pull_ms: 2_000,
        }
    }
}

impl PodSettings {
    /// The settings held to their ranges, whatever was given.
    pub fn within_bounds(mut self) -> Self {
        self.failure_percent = if self.failure_percent.is_nan() { 0.0 } else { self.failure_percent.clamp(0.0, 100.0) };
        self.min_duration_ms = self.min_duration_ms.min(MAX_DURATION_MS);
        self.max_duration_ms = self.max_duration_ms.clamp(self.min_duration_ms, MAX_DURATION_MS);
        self.image_pull_ms = self.image_pull_ms.min(MAX_DURATION_MS);
        self.exit_codes.retain(|exit| (1..=255).contains(&exit.code) && exit.weight > 0);
        self.exit_codes.truncate(16);
        if self.exit_codes.is_empty() {
            self.exit_codes.push(ExitCode { code: 1, weight: 1 });
        }
        self
    }
}
