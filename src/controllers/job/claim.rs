//! Which pods are a Job's: those it controls and selects. Orphans that it selects are adopted, pods that it no longer
//! selects are let go.

use super::cache::Cache;
use super::client::{JobClient, controller_reference};
use crate::api::job::JOB_TRACKING_FINALIZER;
use crate::api::{Job, Pod};
use crate::apiserver::{ApiError, ApiResult};
use std::rc::Rc;

/// The pods that a sync of the Job works on, in the order of their creation.
///
/// # Errors
/// When a pod could not be adopted or released.
// Models pkg/controller/job/job_controller.go getPodsForJob, pkg/controller/controller_ref_manager.go ClaimObject
pub fn pods_for_job(job: &Job, cache: &Cache, client: &mut impl JobClient) -> ApiResult<Vec<Rc<Pod>>> {
    let mut pods = Vec::new();
    let mut failure = None;
    let owned = cache.pods_of(job.meta.uid).chain(cache.orphans().filter(|pod| may_adopt(pod, job)));
    for pod in owned {
        match claim(job, pod, client) {
            Ok(claimed) => pods.extend(claimed),
            Err(error) if error.is_not_found() => {}
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(pods), Err)
}

fn claim(job: &Job, pod: &Rc<Pod>, client: &mut impl JobClient) -> ApiResult<Option<Rc<Pod>>> {
    if pod.meta.controller().is_none() {
        return adopt(job, pod, client).map(Some);
    }
    if job.spec.selector.matches(&pod.meta.labels) {
        return Ok(Some(pod.clone()));
    }
    if job.meta.deletion_time.is_none() {
        client.release_pod(pod, job)?;
    }
    Ok(None)
}

fn may_adopt(pod: &Pod, job: &Job) -> bool {
    job.meta.deletion_time.is_none()
        && pod.meta.deletion_time.is_none()
        && pod.meta.namespace == job.meta.namespace
        && job.spec.selector.matches(&pod.meta.labels)
}

fn adopt(job: &Job, pod: &Rc<Pod>, client: &mut impl JobClient) -> ApiResult<Rc<Pod>> {
    let stored = client.stored_job(job.meta.uid);
    if stored.is_none_or(|stored| stored.meta.deletion_time.is_some()) {
        return Err(ApiError::Internal(format!("can't adopt Pod {}: the Job is gone or going", pod.meta.name)));
    }
    client.adopt_pod(pod, job)?;
    let mut adopted = (**pod).clone();
    adopted.meta.add_owner(controller_reference(job));
    adopted.meta.add_finalizer(JOB_TRACKING_FINALIZER);
    Ok(Rc::new(adopted))
}
