//! The controllers. They read their informers' caches and act by calls to the API server; they see neither each
//! other nor the nodes.

pub mod cronjob;
pub mod garbage_collector;
pub mod job;
pub mod node_lifecycle;
pub mod pod_gc;
pub mod taint_eviction;
pub mod ttl_after_finished;
