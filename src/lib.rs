//! Jobscope: the Kubernetes Job controller at work on a simulated cluster.
