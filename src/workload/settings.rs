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
    /// Out of a hundred runs of a container, how many hang instead of ending (0 to 100).
    pub stuck_percent: f64,
    /// Out of a hundred runs of a container, how many end because they take too much memory (0 to 100).
    pub oom_percent: f64,
    /// Images that no registry has: `name:tag`, or a name for all its tags.
    pub missing_images: Vec<String>,
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
            stuck_percent: 0.0,
            oom_percent: 0.0,
            missing_images: Vec::new(),
        }
    }
}

/// How many images can be said to be missing, and how long their names are, in bytes.
const MAX_MISSING: (usize, usize) = (16, 256);

fn percent(percent: f64) -> f64 {
    if percent.is_nan() { 0.0 } else { percent.clamp(0.0, 100.0) }
}

impl PodSettings {
    /// The settings held to their ranges, whatever was given.
    pub fn within_bounds(mut self) -> Self {
        self.failure_percent = percent(self.failure_percent);
        self.stuck_percent = percent(self.stuck_percent);
        self.oom_percent = percent(self.oom_percent);
        self.missing_images.retain(|image| !image.is_empty() && image.len() <= MAX_MISSING.1);
        self.missing_images.truncate(MAX_MISSING.0);
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

    /// Whether no registry has that image.
    pub fn is_missing(&self, image: &str) -> bool {
        let name = image.split_once('@').map_or(image, |(name, _)| name);
        let tag = name.rfind(':').filter(|colon| !name[*colon..].contains('/'));
        let bare = tag.map_or(name, |colon| &name[..colon]);
        self.missing_images.iter().any(|missing| missing == image || missing == bare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_missing_by_tag_or_by_name() {
        let settings = PodSettings {
            missing_images: vec!["busybox:nope".into(), "registry:5000/app".into()],
            ..Default::default()
        };
        for (image, missing) in [
            ("busybox:nope", true),
            ("busybox:1.36", false),
            ("busybox", false),
            ("registry:5000/app:v1", true),
            ("registry:5000/app@sha256:abc", true),
            ("registry:5000/other", false),
        ] {
            assert_eq!(settings.is_missing(image), missing, "{image}");
        }
    }
}
