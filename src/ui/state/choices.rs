//! What a person has chosen to see, and what was refused to them. Plain values; they know nothing of what they name.

/// The kinds of objects whose YAML is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YamlOf {
    Pod,
    CronJob,
    Job,
}

/// A schedule that a CronJob was to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub cron_job: String,
    pub schedule: String,
    /// Why it does not have it.
    pub sentence: String,
}
