//! Jobscope: the Kubernetes Job controller at work on a simulated cluster.
//!
//! The modules stand in layers; each may use those above it in this list, never those below:
//! [`sim`], [`api`], [`workload`], [`apiserver`], [`client`], [`controllers`] and [`nodes`] (which know nothing of
//! each other), [`cluster`], [`kubectl`], `ui`. ARCHITECTURE.md follows one manifest through them.

pub mod api;
pub mod apiserver;
pub mod client;
pub mod cluster;
pub mod controllers;
pub mod kubectl;
pub mod nodes;
pub mod sim;
pub mod ui;
pub mod workload;
