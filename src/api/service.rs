//! A Service: a name under which the ready pods that a selector picks are reached.

use super::{Labels, ObjectMeta};
use std::rc::Rc;

/// A Service, as far as names are resolved by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub meta: ObjectMeta,
    /// Empty: it has no pods of its own.
    pub selector: Labels,
    pub ports: Vec<ServicePort>,
}

/// A port of a Service, and where it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    pub port: i32,
    pub target: TargetPort,
    /// On every node, when the Service is of type NodePort or LoadBalancer.
    pub node_port: Option<i32>,
}

/// A port of the pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetPort {
    Number(i32),
    /// As a container names it.
    Name(Rc<str>),
}
