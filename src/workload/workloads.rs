//! The workloads of a cluster: the settings by Job, and the name of the stream of random numbers for each run. A
//! pod is told by its Job's name and its number in it, so that the same pod draws the same in every run.

use super::behaviour::Behaviour;
use super::{PodSettings, RunContext, RunPlan};
use crate::api::{Pod, PodTemplate, Uid};
use crate::sim::{Random, Time, text_number};
use std::collections::BTreeMap;
use std::rc::Rc;

/// So many templates are remembered; it only spares the work of recognising them again.
const MAX_TEMPLATES: usize = 64;

/// How the pods of every Job behave.
#[derive(Clone, Debug)]
pub struct Workloads {
    seed: u64,
    default: PodSettings,
    by_job: BTreeMap<String, PodSettings>,
    /// How many pods each Job (each index of it, when it is Indexed) has had so far.
    pods_seen: BTreeMap<(Uid, Option<u32>), u32>,
    /// By the address of the template, which is kept so that the address stays its own.
    programs: BTreeMap<usize, (Rc<PodTemplate>, Rc<[Program]>)>,
}

/// What one container of a template runs.
#[derive(Clone, Debug)]
struct Program {
    behaviour: Behaviour,
    env: Vec<(String, String)>,
}

/// What the random numbers of a pod are named by, and what its containers run.
#[derive(Clone, Debug)]
pub struct PodTicket {
    stream: u64,
    programs: Rc<[Program]>,
}

impl Workloads {
    /// The workloads of a run with `seed`; Jobs without settings of their own (by name) have the default ones.
    pub fn new(seed: u64, default: PodSettings, by_job: BTreeMap<String, PodSettings>) -> Self {
        let by_job = by_job.into_iter().map(|(job, settings)| (job, settings.within_bounds())).collect();
        Self { seed, default: default.within_bounds(), by_job, pods_seen: BTreeMap::new(), programs: BTreeMap::new() }
    }

    /// From now on the pods of `job` behave like this; of all Jobs without settings of their own, when it is empty.
    pub fn set(&mut self, job: &str, settings: PodSettings) {
        let settings = settings.within_bounds();
        if job.is_empty() {
            self.default = settings;
        } else {
            self.by_job.insert(job.to_owned(), settings);
        }
    }

    /// How this pod behaves.
    pub fn settings(&self, pod: &Pod) -> &PodSettings {
        self.by_job.get(job_name(pod)).unwrap_or(&self.default)
    }

    /// Forgets the counts of a Job that is gone.
    pub fn forget_job(&mut self, job: Uid) {
        let counts: Vec<_> = self.pods_seen.range((job, None)..=(job, Some(u32::MAX))).map(|(key, _)| *key).collect();
        for key in counts {
            self.pods_seen.remove(&key);
        }
    }

    /// The ticket of a pod that starts; every call counts one more pod of its Job.
    pub fn ticket(&mut self, pod: &Pod) -> PodTicket {
        let job = pod.meta.controller().map_or(Uid(0), |owner| owner.uid);
        let seen = self.pods_seen.entry((job, pod.completion_index)).or_default();
        let number = u64::from(*seen);
        *seen += 1;
        let index = pod.completion_index.map_or(0, |index| u64::from(index) + 1);
        let stream = Random::stream(self.seed, &[text_number(job_name(pod)), index, number]).in_range(0, u64::MAX);
        PodTicket { stream, programs: self.programs(&pod.template) }
    }

    /// The random numbers for what the nodes do with the pod.
    pub fn node_random(&self, ticket: &PodTicket) -> Random {
        Random::stream(ticket.stream, &[])
    }

    /// The plan of the run of a container: `container` counts the init containers, then the others; `restart` counts
    /// the runs of that container before this one.
    pub fn plan(&self, pod: &Pod, ticket: &PodTicket, container: usize, restart: u32, started_at: Time) -> RunPlan {
        let program = &ticket.programs[container];
        program.behaviour.plan(&RunContext {
            settings: self.settings(pod),
            random: Random::stream(ticket.stream, &[container as u64 + 1, u64::from(restart)]),
            completion_index: pod.completion_index,
            hostname: pod.hostname.as_deref().unwrap_or(&pod.meta.name),
            env: &program.env,
            started_at,
        })
    }

    fn programs(&mut self, template: &Rc<PodTemplate>) -> Rc<[Program]> {
        let address = Rc::as_ptr(template) as usize;
        if let Some((_, programs)) = self.programs.get(&address) {
            return programs.clone();
        }
        if self.programs.len() == MAX_TEMPLATES {
            self.programs.clear();
        }
        let programs = programs_of(template);
        self.programs.insert(address, (template.clone(), programs.clone()));
        programs
    }
}

/// The name of the Job, or whatever controls the pod.
fn job_name(pod: &Pod) -> &str {
    pod.meta.controller().map_or("", |owner| &owner.name)
}

fn programs_of(template: &PodTemplate) -> Rc<[Program]> {
    let spec = template.wire.spec.as_ref();
    let wire = |containers: Option<&[k8s_openapi::api::core::v1::Container]>, name: &str| {
        containers
            .and_then(|containers| containers.iter().find(|container| container.name == name))
            .and_then(|container| container.env.as_ref())
            .map(|env| {
                env.iter().filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?))).collect()
            })
            .unwrap_or_default()
    };
    let init = template.init_containers.iter().map(|container| Program {
        behaviour: Behaviour::of(container),
        env: wire(spec.and_then(|spec| spec.init_containers.as_deref()), &container.name),
    });
    let main = template.containers.iter().map(|container| Program {
        behaviour: Behaviour::of(container),
        env: wire(spec.map(|spec| spec.containers.as_slice()), &container.name),
    });
    init.chain(main).collect()
}
