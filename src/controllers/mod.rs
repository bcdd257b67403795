//! The controllers. They read their informers' caches and act by calls to the API server; they see neither each
//! other nor the nodes.

pub mod deployment;
pub mod garbage_collector;
pub mod job;
mod pod_gc;
pub mod replica_set;
pub mod ttl_after_finished;
