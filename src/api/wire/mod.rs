//! Between wire objects (`api::types`, what manifests are read into and `-o yaml` shows) and the simulator's own.
//! It decides nothing: defaults have been applied and the object has been validated before it gets here.

mod apps;
mod qos;
mod read;
mod scheduling;
mod show;

pub use apps::{deployment_spec, replica_set_spec, service_ports};
pub use read::{
    cron_job_spec, cron_job_status, job_spec, job_status, labels, meta, pod_failure_policy, pod_status, pod_template,
    selector, success_policy,
};
pub use show::{cron_job_to_wire, job_status_to_wire, job_to_wire, pod_to_wire};
