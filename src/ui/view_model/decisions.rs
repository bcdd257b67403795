//! The latest decision of the Job controller about a Job. Only so many are searched, so that it costs little in every frame.

use crate::api::Uid;
use crate::cluster::Cluster;
use crate::controllers::job::SyncRecord;

/// How many of the latest decisions, about whatever Job, are searched.
pub const DECISIONS_SEARCHED: usize = 64;

/// The latest decision about that Job, if it is among the latest of all.
pub fn latest_decision(cluster: &Cluster, job: Uid) -> Option<&SyncRecord> {
    let mut newest = cluster.decisions().iter().rev().take(DECISIONS_SEARCHED);
    newest.find(|decision| decision.job == job).map(|decision| &**decision)
}
