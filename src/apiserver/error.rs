//! How a call to the API server can fail.

use crate::api::ObjectKind;
use crate::api::validation::ErrorList;
use std::fmt;

pub type ApiResult<T> = Result<T, ApiError>;

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    NotFound {
        kind: ObjectKind,
        name: String,
    },
    AlreadyExists {
        kind: ObjectKind,
        name: String,
    },
    /// The object has changed since the caller read it.
    Conflict {
        kind: ObjectKind,
        name: String,
    },
    /// The object is not valid; one text for each fault, field path first.
    Invalid {
        kind: ObjectKind,
        name: String,
        faults: Vec<String>,
    },
    /// Nothing new is created in a namespace that is on its way out.
    NamespaceTerminating {
        namespace: String,
    },
    /// The server could not do it this time.
    Internal(String),
}

impl ApiError {
    /// Refuses an object in which anything is wrong.
    pub(super) fn check(kind: ObjectKind, name: &str, faults: &ErrorList) -> ApiResult<()> {
        if faults.is_empty() {
            return Ok(());
        }
        let mut texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        // What is said of two labels alike stands side by side, and is said once.
        texts.dedup();
        Err(Self::Invalid { kind, name: name.to_owned(), faults: texts })
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { kind, name } => write!(f, "{} {name:?} not found", resource(*kind)),
            Self::AlreadyExists { kind, name } => write!(f, "{} {name:?} already exists", resource(*kind)),
            Self::Conflict { kind, name } => write!(
                f,
                "Operation cannot be fulfilled on {} {name:?}: the object has been modified; \
                 please apply your changes to the latest version and try again",
                resource(*kind)
            ),
            Self::Invalid { kind, name, faults } => match faults.as_slice() {
                [fault] => write!(f, "{} {name:?} is invalid: {fault}", kind_and_group(*kind)),
                faults => write!(f, "{} {name:?} is invalid: [{}]", kind_and_group(*kind), faults.join(", ")),
            },
            Self::NamespaceTerminating { namespace } => {
                write!(f, "unable to create new content in namespace {namespace} because it is being terminated")
            }
            Self::Internal(message) => f.write_str(message),
        }
    }
}

fn resource(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::CronJob => "cronjobs.batch",
        ObjectKind::Job => "jobs.batch",
        ObjectKind::Pod => "pods",
        ObjectKind::Node => "nodes",
        ObjectKind::ReplicaSet => "replicasets.apps",
        ObjectKind::Deployment => "deployments.apps",
        ObjectKind::Service => "services",
    }
}

fn kind_and_group(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::CronJob => "CronJob.batch",
        ObjectKind::Job => "Job.batch",
        ObjectKind::Pod => "Pod",
        ObjectKind::Node => "Node",
        ObjectKind::ReplicaSet => "ReplicaSet.apps",
        ObjectKind::Deployment => "Deployment.apps",
        ObjectKind::Service => "Service",
    }
}
