//! A client of the Job controller that keeps a record of the calls and fails as a case says.

use std::rc::Rc;

use jobscope::api::{Job, JobStatus, ObjectKind, ObjectMeta, Pod, PodStatus, Uid};
use jobscope::apiserver::{ApiError, ApiResult, EventDraft, NewPod};
use jobscope::controllers::job::JobClient;
use jobscope::sim::Time;

use super::Case;

/// So high that no case reaches it with uids of its own.
const FIRST_NEW_UID: u32 = 1_000_000;

/// Keeps a record; never changes an object.
#[derive(Default)]
pub struct FakeClient {
    create_error: Option<String>,
    delete_error: Option<String>,
    patch_error: Option<String>,
    status_error: Option<String>,
    create_limit: Option<usize>,
    pub create_calls: usize,
    /// Those that were within the limit, whether they then failed or not.
    pub created: Vec<NewPod>,
    pub deletions: usize,
    pub finalizers_removed: usize,
    pub adopted: Vec<Uid>,
    pub released: Vec<Uid>,
    /// Each status that was to be written, in order.
    pub statuses: Vec<JobStatus>,
    /// The pods that came of it.
    pub stored: Vec<Rc<Pod>>,
    /// The Jobs as they are stored, for looking up.
    pub jobs: Vec<Rc<Job>>,
    pub events: Vec<EventDraft>,
}

impl FakeClient {
    /// A client that fails as `given` says.
    pub fn new(case: &Case) -> Self {
        let error = |field| case.given(field).as_str().map(str::to_owned);
        Self {
            create_error: error("podCreateError"),
            delete_error: error("podDeleteError"),
            patch_error: error("podPatchError"),
            status_error: error("statusUpdateError"),
            create_limit: case.given("podsLimit").as_u64().and_then(|limit| usize::try_from(limit).ok()),
            ..Self::default()
        }
    }

    /// From now on every call on a pod fails with that, or none does.
    pub fn set_pod_error(&mut self, error: Option<&str>) {
        let error = error.map(str::to_owned);
        (self.create_error, self.delete_error, self.patch_error) = (error.clone(), error.clone(), error);
    }
}

impl JobClient for FakeClient {
    fn create_pod(&mut self, pod: NewPod) -> ApiResult<Rc<Pod>> {
        self.create_calls += 1;
        if self.create_limit.is_some_and(|limit| self.create_calls > limit) {
            return Err(ApiError::Internal("the limit of created pods is reached".into()));
        }
        self.created.push(pod.clone());
        outcome(&self.create_error)?;
        let pod = Rc::new(stored(pod, Uid(FIRST_NEW_UID + self.created.len() as u32)));
        self.stored.push(pod.clone());
        Ok(pod)
    }

    fn delete_pod(&mut self, _: &Pod) -> ApiResult<()> {
        self.deletions += 1;
        outcome(&self.delete_error)
    }

    fn remove_tracking_finalizer(&mut self, _: &Pod) -> ApiResult<()> {
        self.finalizers_removed += 1;
        outcome(&self.patch_error)
    }

    fn adopt_pod(&mut self, pod: &Pod, _: &Job) -> ApiResult<()> {
        self.adopted.push(pod.meta.uid);
        outcome(&self.patch_error)
    }

    fn release_pod(&mut self, pod: &Pod, _: &Job) -> ApiResult<()> {
        self.released.push(pod.meta.uid);
        outcome(&self.patch_error)
    }

    fn stored_job(&self, uid: Uid) -> Option<Rc<Job>> {
        self.jobs.iter().find(|job| job.meta.uid == uid).cloned()
    }

    fn update_job_status(&mut self, job: &Job) -> ApiResult<Rc<Job>> {
        self.statuses.push(job.status.clone());
        if self.status_error.as_deref() == Some("Conflict") {
            return Err(ApiError::Conflict { kind: ObjectKind::Job, name: job.meta.name.to_string() });
        }
        outcome(&self.status_error)?;
        Ok(Rc::new(job.clone()))
    }

    /// Its objects have no versions.
    fn written_version(&self) -> u64 {
        0
    }

    fn record_event(&mut self, event: EventDraft) {
        self.events.push(event);
    }
}

fn outcome(error: &Option<String>) -> ApiResult<()> {
    error.clone().map_or(Ok(()), |error| Err(ApiError::Internal(error)))
}

fn stored(new: NewPod, uid: Uid) -> Pod {
    let meta = ObjectMeta {
        namespace: new.namespace,
        name: format!("{}{}", new.generate_name, uid.0).into(),
        uid,
        creation_time: Some(Time::default()),
        labels: new.labels,
        annotations: new.annotations,
        finalizers: new.finalizers,
        owner_references: new.owner_references,
        ..ObjectMeta::default()
    };
    Pod {
        meta,
        template: new.template,
        completion_index: new.completion_index,
        hostname: new.hostname,
        node: None,
        status: PodStatus::default(),
    }
}
