//! Jobs made from the template of a CronJob. Those that its controller makes one after the other differ in little more
//! than their names: the template is looked at once, and they share what they have in common.

use super::{ApiResult, ApiServer};

use crate::api::labels::{Labels, Selector, label};
use crate::api::types::batch;
use crate::api::types::meta as wire_meta;
use crate::api::validation::job::{
    CONTROLLER_UID_LABEL, JOB_NAME_LABEL, LEGACY_CONTROLLER_UID_LABEL, LEGACY_JOB_NAME_LABEL,
};
use crate::api::{Gates, Job, JobSpec, JobStatus, OwnerReference, PodTemplate, Uid, wire};
use std::rc::Rc;

/// A Job to be created from the template of a CronJob.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub metadata: wire_meta::ObjectMeta,
    pub named_by: NamedBy,
    /// The spec of the CronJob.
    pub template: Rc<batch::CronJobSpec>,
    pub owner: OwnerReference,
}

/// Who has given a new Job its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The CronJob controller: if one of its names was good, the next one is.
    Controller,
    Person,
}

/// A template from which a Job could be made, and what the next one gets from it.
#[derive(Clone, Debug)]
pub(super) struct GoodTemplate {
    template: Rc<batch::CronJobSpec>,
    /// Under which it was looked at.
    gates: Gates,
    spec: JobSpec,
    /// Without the generated selector and labels.
    wire: Rc<batch::JobSpec>,
}

impl ApiServer {
    /// As [`create_job`](Self::create_job), from the template of a CronJob.
    ///
    /// # Errors
    /// As [`create_job`](Self::create_job).
    pub fn create_job_from_template(&mut self, new: NewJob) -> ApiResult<Rc<Job>> {
        let is_same = |known: &GoodTemplate| Rc::ptr_eq(&known.template, &new.template) && known.gates == self.gates;
        if new.named_by == NamedBy::Controller
            && let Some(known) = self.good_template.take_if(|known| is_same(known))
        {
            let created = self.create_alike(new, &known);
            self.good_template = Some(known);
            return created;
        }
        let NewJob { metadata, template, owner, .. } = new;
        let manifest = batch::Job { metadata, spec: template.job_template.spec.clone(), status: None };
        let job = self.admit_job(manifest, vec![owner])?;
        self.good_template = good_template(template, &job, &self.gates);
        Ok(job)
    }

    fn create_alike(&mut self, new: NewJob, known: &GoodTemplate) -> ApiResult<Rc<Job>> {
        let NewJob { mut metadata, owner, .. } = new;
        let name = self.free_job_name(&mut metadata)?;
        let uid = self.next_uid();
        let template = &known.spec.template;
        let labels = template.labels.with(generated_labels(&name, uid));
        let uid_label = vec![label(CONTROLLER_UID_LABEL, &uid.to_string())];
        let selector = Selector { match_labels: Labels::default().with(uid_label), requirements: Vec::new() };
        let mut meta = wire::meta(&metadata, &mut |_| uid);
        if meta.labels.is_empty() {
            meta.labels = labels.clone();
        }
        meta.owner_references = [owner].into();
        let template = Rc::new(PodTemplate { labels, ..(**template).clone() });
        let spec = JobSpec { selector: Rc::new(selector), template, ..known.spec.clone() };
        Ok(self.store_new_job(Job { meta, spec, status: JobStatus::default(), wire: known.wire.clone() }))
    }
}

/// What the next Job of the template can have from this one; `None` when selectors are not generated.
fn good_template(template: Rc<batch::CronJobSpec>, job: &Job, gates: &Gates) -> Option<GoodTemplate> {
    let mut wire = (*job.wire).clone();
    if wire.manual_selector == Some(true) {
        return None;
    }
    wire.selector = None;
    if let Some(labels) = wire.template.metadata.as_mut().and_then(|meta| meta.labels.as_mut()) {
        for label in generated_labels(&job.meta.name, job.meta.uid) {
            labels.remove(&*label.0);
        }
    }
    let spec = wire::job_spec(&wire);
    Some(GoodTemplate { template, gates: gates.clone(), spec, wire: Rc::new(wire) })
}

// Models pkg/registry/batch/job/strategy.go generateSelector
fn generated_labels(name: &str, uid: Uid) -> Vec<crate::api::labels::Label> {
    let uid = uid.to_string();
    vec![
        label(CONTROLLER_UID_LABEL, &uid),
        label(JOB_NAME_LABEL, name),
        label(LEGACY_CONTROLLER_UID_LABEL, &uid),
        label(LEGACY_JOB_NAME_LABEL, name),
    ]
}
