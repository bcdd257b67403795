//! What a person has chosen to see, what they were told, and what was refused to them. Plain values; they know nothing of
//! what they name.

use crate::nodes::WhichRun;

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

/// Which text it was that was last looked at for problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The one in the editor.
    AsItIs,
    /// One that was changed since.
    Before,
}

/// What has become of the data on time zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zones {
    Coming,
    There,
    Failed,
}

/// The tabs on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupTab {
    Manifest,
    Cluster,
}

/// The tabs below the decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailTab {
    Events,
    Yaml,
    Logs,
}

/// Which log of the selected pod is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogChoice {
    /// Counted as the cluster names a pod's containers; `None`: the first that is no init container.
    pub container: Option<usize>,
    pub which: WhichRun,
}

impl Default for LogChoice {
    fn default() -> Self {
        Self { container: None, which: WhichRun::Current }
    }
}

/// Which rows of the timeline are in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimelineScroll {
    /// The newest ones.
    Newest,
    /// Those from this row on.
    From(usize),
}

/// Something to tell the person, until it is dismissed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub tone: NoticeTone,
    pub text: String,
}

/// What kind of notice it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeTone {
    Good,
    Bad,
}

/// What was copied to be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    Link,
    Frame,
}
