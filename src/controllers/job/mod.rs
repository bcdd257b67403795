//! The Job controller.

mod reasons;

pub use reasons::{ApiCall, DeleteCause, FailedPod, Reason, SyncRecord};
