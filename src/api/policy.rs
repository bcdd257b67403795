//! The two policies of a Job: which pod failures count (and how), and when an Indexed Job has succeeded enough.

use super::ConditionStatus;
use std::rc::Rc;

/// Rules over the way a pod failed; the first that matches decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodFailurePolicy {
    pub rules: Vec<PodFailureRule>,
}

/// One rule of a [`PodFailurePolicy`].
#[derive(Clone, Debug, PartialEq)]
pub struct PodFailureRule {
    pub action: PodFailureAction,
    pub on_exit_codes: Option<OnExitCodes>,
    pub on_pod_conditions: Vec<OnPodCondition>,
}

/// What a matching rule does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PodFailureAction {
    FailJob,
    FailIndex,
    Ignore,
    Count,
    /// An action this version does not know; its rule is passed over.
    Other(Rc<str>),
}

impl PodFailureAction {
    pub fn as_str(&self) -> &str {
        match self {
            Self::FailJob => "FailJob",
            Self::FailIndex => "FailIndex",
            Self::Ignore => "Ignore",
            Self::Count => "Count",
            Self::Other(name) => name,
        }
    }
}

/// Matches the exit code of a container that did not exit with 0.
#[derive(Clone, Debug, PartialEq)]
pub struct OnExitCodes {
    /// `None`: any container.
    pub container_name: Option<Rc<str>>,
    pub operator: ExitCodeOperator,
    pub values: Vec<i32>,
}

impl OnExitCodes {
    /// Whether that code, taken alone, fits the operator and the values.
    pub fn lists(&self, exit_code: i32) -> bool {
        let listed = self.values.contains(&exit_code);
        match self.operator {
            ExitCodeOperator::In => listed,
            ExitCodeOperator::NotIn => !listed,
            ExitCodeOperator::Other(_) => false,
        }
    }
}

/// How exit codes are compared with the listed values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExitCodeOperator {
    In,
    NotIn,
    /// An operator this version does not know; it matches nothing.
    Other(Rc<str>),
}

impl ExitCodeOperator {
    pub fn as_str(&self) -> &str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Other(name) => name,
        }
    }
}

/// Matches a condition of the pod.
#[derive(Clone, Debug, PartialEq)]
pub struct OnPodCondition {
    pub kind: Rc<str>,
    pub status: ConditionStatus,
}

/// Rules for declaring an Indexed Job succeeded early; the first that matches decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SuccessPolicy {
    pub rules: Vec<SuccessRule>,
}

/// One rule of a [`SuccessPolicy`]; at least one of its fields is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SuccessRule {
    /// Interval text such as `0,2-3`.
    pub succeeded_indexes: Option<Rc<str>>,
    pub succeeded_count: Option<i32>,
}
