//! Jobscope: the Kubernetes Job controller at work on a simulated cluster.

#[cfg(target_arch = "wasm32")]
pub mod ui;
