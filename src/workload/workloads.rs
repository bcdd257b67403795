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
    /// By the address of the template as people wrote it, which Jobs of a CronJob share; it is kept so that the address
    /// stays its own.
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

    /// How this pod behaves: by its Job's settings, else by those of the CronJob that the Job's name tells of.
    pub fn settings(&self, pod: &Pod) -> &PodSettings {
        let job = job_name(pod);
        let of_cron_job = || self.by_job.get(cron_job_name(job)?);
        self.by_job.get(job).or_else(of_cron_job).unwrap_or(&self.default)
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
        let address = Rc::as_ptr(&template.wire) as usize;
        let is_same = |known: &Rc<PodTemplate>| {
            Rc::ptr_eq(known, template)
                || (known.containers == template.containers && known.init_containers == template.init_containers)
        };
        if let Some((_, programs)) = self.programs.get(&address).filter(|(known, _)| is_same(known)) {
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

/// The name before the minutes since the epoch, which have eight digits from 1989 to 2160, or before what marks a Job
/// that was started by hand.
fn cron_job_name(job: &str) -> Option<&str> {
    let (name, end) = job.rsplit_once('-')?;
    let is_minutes = end.len() == 8 && end.bytes().all(|byte| byte.is_ascii_digit());
    if is_minutes { Some(name) } else { name.strip_suffix("-manual") }
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

#[cfg(test)]
mod tests {
    use super::super::PlanBasis;
    use super::*;
    use crate::api::meta::{BlockOwnerDeletion, ObjectMeta, OwnerReference, OwnerRole};
    use crate::api::{Container, Labels, PodStatus, RestartPolicy};
    use k8s_openapi::api::core::v1 as core;

    fn pod(job: &str, job_uid: u32, script: Option<&str>) -> Pod {
        let owner = OwnerReference {
            api_version: "batch/v1".into(),
            kind: "Job".into(),
            name: job.into(),
            uid: Uid(job_uid),
            role: OwnerRole::Controller,
            blocks_deletion: BlockOwnerDeletion::Yes,
        };
        let command = script.map_or(vec![], |script| vec!["sh".into(), "-c".into(), script.into()]);
        let env = core::EnvVar { name: "WAIT".into(), value: Some("7".into()), value_from: None };
        let wire = core::Container { name: "c".into(), env: Some(vec![env]), ..Default::default() };
        let spec = core::PodSpec { containers: vec![wire], ..Default::default() };
        let template = PodTemplate {
            labels: Labels::default(),
            annotations: Labels::default(),
            finalizers: Rc::default(),
            restart_policy: RestartPolicy::Never,
            containers: vec![Container { name: "c".into(), command, ..Default::default() }],
            init_containers: vec![],
            termination_grace_s: 30,
            wire: Rc::new(core::PodTemplateSpec { spec: Some(spec), ..Default::default() }),
        };
        Pod {
            meta: ObjectMeta { owner_references: [owner].into(), ..Default::default() },
            template: Rc::new(template),
            completion_index: None,
            hostname: None,
            node: None,
            status: PodStatus::default(),
        }
    }

    fn lasting(duration_ms: u64) -> PodSettings {
        PodSettings { min_duration_ms: duration_ms, max_duration_ms: duration_ms, ..Default::default() }
    }

    #[test]
    fn jobs_have_settings_of_their_own() {
        let mut workloads = Workloads::new(7, lasting(1), BTreeMap::from([("own".to_owned(), lasting(2))]));
        let lasts = |workloads: &Workloads, job| workloads.settings(&pod(job, 1, None)).min_duration_ms;
        assert_eq!([lasts(&workloads, "own"), lasts(&workloads, "other")], [2, 1]);
        workloads.set("", lasting(3));
        workloads.set("own", lasting(4));
        assert_eq!([lasts(&workloads, "own"), lasts(&workloads, "other")], [4, 3]);
        // Jobs of a CronJob go by the CronJob's.
        assert_eq!([lasts(&workloads, "own-29453761"), lasts(&workloads, "own-1")], [4, 3]);
    }

    #[test]
    fn a_pod_is_named_by_its_job_and_its_number() {
        let draws = |jobs: &[(&str, u32)]| {
            let mut workloads = Workloads::new(7, PodSettings::default(), BTreeMap::new());
            let plans = jobs.iter().map(|&(job, uid)| {
                let pod = pod(job, uid, None);
                let ticket = workloads.ticket(&pod);
                workloads.plan(&pod, &ticket, 0, 0, Time::default())
            });
            plans.collect::<Vec<RunPlan>>()
        };
        let (alone, between) = (draws(&[("a", 1), ("a", 1)]), draws(&[("a", 1), ("b", 2), ("a", 1)]));
        assert_eq!([&alone[0], &alone[1]], [&between[0], &between[2]]);
        assert_ne!(alone[0], alone[1]);
    }

    #[test]
    fn scripts_see_the_variables_of_the_template() {
        let mut workloads = Workloads::new(7, PodSettings::default(), BTreeMap::new());
        let pod = pod("a", 1, Some("sleep 1; exit $WAIT"));
        let ticket = workloads.ticket(&pod);
        let plan = workloads.plan(&pod, &ticket, 0, 0, Time::default());
        assert_eq!((plan.exit.code, plan.basis), (7, PlanBasis::Script));
    }
}
