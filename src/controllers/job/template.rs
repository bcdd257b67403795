//! The pods a Job asks for: its template, with what the controller adds to each.

use super::client::controller_reference;
use super::indexes::{new_index_failure_counts, pod_generate_name_with_index};
use super::pods::has_backoff_limit_per_index;

use crate::api::job::{
    JOB_COMPLETION_INDEX, JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT, JOB_TRACKING_FINALIZER, Job,
};
use crate::api::labels::{Label, label};
use crate::api::types::core;
use crate::api::{Gate, Gates, Labels, OwnerReference, Pod, PodTemplate, Text};
use crate::apiserver::NewPod;
use std::rc::Rc;

/// The variable in which a container of an Indexed Job finds its index.
const COMPLETION_INDEX_VARIABLE: &str = "JOB_COMPLETION_INDEX";

/// Makes the pods of one sync; what they share is made once.
pub struct PodMaker<'a> {
    job: &'a Job,
    gates: &'a Gates,
    template: Rc<PodTemplate>,
    finalizers: Rc<[Text]>,
    owner_references: Rc<[OwnerReference]>,
    index_key: Rc<str>,
}

impl<'a> PodMaker<'a> {
    pub fn new(job: &'a Job, gates: &'a Gates) -> Self {
        let template = match job.is_indexed() {
            true => Rc::new(with_index_variable(&job.spec.template, gates)),
            false => job.spec.template.clone(),
        };
        let mut finalizers = template.finalizers.clone();
        if !finalizers.iter().any(|finalizer| finalizer == JOB_TRACKING_FINALIZER) {
            finalizers = finalizers.iter().cloned().chain([JOB_TRACKING_FINALIZER.into()]).collect();
        }
        let owner_references = Rc::new([controller_reference(job)]);
        Self { job, gates, template, finalizers, owner_references, index_key: JOB_COMPLETION_INDEX.into() }
    }

    /// A pod for `index`, in place of `replaced` when that has failed before it.
    pub fn pod(&self, index: Option<u32>, replaced: Option<&Pod>) -> NewPod {
        let name = &self.job.meta.name;
        let index_label = index.map(|index| Rc::new((self.index_key.clone(), index.to_string().into())));
        NewPod {
            namespace: self.job.meta.namespace.clone(),
            generate_name: index.map_or_else(|| format!("{name}-"), |index| pod_generate_name_with_index(name, index)),
            template: self.template.clone(),
            annotations: self.annotations(index_label.clone(), replaced),
            labels: self.labels(index_label),
            finalizers: self.finalizers.clone(),
            owner_references: self.owner_references.clone(),
            completion_index: index,
            hostname: index.map(|index| format!("{name}-{index}").into()),
        }
    }

    fn labels(&self, index: Option<Label>) -> Labels {
        match index.filter(|_| self.gates.enabled(Gate::PodIndexLabel)) {
            Some(index) => self.template.labels.with(vec![index]),
            None => self.template.labels.clone(),
        }
    }

    fn annotations(&self, index: Option<Label>, replaced: Option<&Pod>) -> Labels {
        let Some(index) = index else { return self.template.annotations.clone() };
        let mut added = vec![index];
        if has_backoff_limit_per_index(self.job, self.gates) {
            let (counted, ignored) = new_index_failure_counts(self.job, replaced, self.gates);
            added.push(label(JOB_INDEX_FAILURE_COUNT, &counted.to_string()));
            if ignored > 0 {
                added.push(label(JOB_INDEX_IGNORED_FAILURE_COUNT, &ignored.to_string()));
            }
        }
        self.template.annotations.with(added)
    }
}

/// The template with the variable for the index in each container that does not set it itself.
// Models pkg/controller/job/indexed_job_utils.go addCompletionIndexEnvVariables
fn with_index_variable(template: &PodTemplate, gates: &Gates) -> PodTemplate {
    let mut wire = (*template.wire).clone();
    if let Some(spec) = &mut wire.spec {
        for container in spec.containers.iter_mut().chain(spec.init_containers.iter_mut().flatten()) {
            let variables = container.env.get_or_insert_default();
            if !variables.iter().any(|variable| variable.name == COMPLETION_INDEX_VARIABLE) {
                variables.push(index_variable(gates));
            }
        }
    }
    PodTemplate { wire: Rc::new(wire), ..template.clone() }
}

fn index_variable(gates: &Gates) -> core::EnvVar {
    let place = if gates.enabled(Gate::PodIndexLabel) { "labels" } else { "annotations" };
    let field_path = format!("metadata.{place}['{JOB_COMPLETION_INDEX}']");
    let field_ref = core::ObjectFieldSelector { field_path, ..Default::default() };
    core::EnvVar {
        name: COMPLETION_INDEX_VARIABLE.to_owned(),
        value: None,
        value_from: Some(core::EnvVarSource { field_ref: Some(field_ref), ..Default::default() }),
    }
}
