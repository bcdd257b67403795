//! The API server's rules for Jobs and their pod templates, one noun per file.
//! Each rule takes wire types and adds to a list of field errors; nothing here changes an object.

pub mod affinity;
pub mod apps;
pub mod container;
pub mod cronjob;
pub mod env;
pub mod failure_policy;
pub mod field;
pub mod indexes;
pub mod job;
pub mod job_status;
pub mod job_update;
pub mod labels;
pub mod metadata;
pub mod names;
pub mod pod_template;
pub mod probe;
pub mod resources;
pub mod scheduling;
pub mod service;
pub mod success_policy;
pub mod volume;

pub use field::{ErrorList, FieldError, FieldErrorKind, FieldPath};
