//! The workloads of a cluster: the settings by Job, and the name of the stream of random numbers for each run. A
//! pod is told by its Job's name and its number in it, so that the same pod draws the same in every run.

use super::behaviour::Behaviour;
use super::health::{Health, health};
use super::shell::{self, Outcome};
use super::transcript::{self, LogView, Progress};
use super::{Answer, PodSettings, Protocol, Queues, RunContext, RunPlan, env};
use crate::api::pod::{MessageSource, PreStop, Probe};
use crate::api::{Container, Pod, PodTemplate, Uid};
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
    /// What brokers among the pods hold.
    pub queues: Queues,
    /// By the address of the template as people wrote it, which Jobs of a CronJob share; it is kept so that the address
    /// stays its own.
    programs: BTreeMap<usize, (Rc<PodTemplate>, Rc<[Program]>)>,
}

/// What one container of a template runs.
#[derive(Clone, Debug)]
struct Program {
    container: Container,
    behaviour: Behaviour,
    env: Vec<(String, env::Source)>,
    /// Whether the words of its command depend on the pod.
    refers: bool,
}

/// One run of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Counts the init containers, then the others.
    pub container: usize,
    /// Counts the runs of that container before this one.
    pub restart: u32,
    pub started_at: Time,
    /// When it was told to stop.
    pub term_at: Option<Time>,
    /// What it was told so far, as far as its program remembers it.
    pub answers: Vec<Answer>,
}

impl Run {
    fn progress(&self, until: Time) -> Progress {
        let since_start = |at: Time| at.ms_since(self.started_at).max(0) as u64;
        Progress { until_ms: since_start(until), term_at_ms: self.term_at.map(since_start) }
    }
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
        Self {
            seed,
            default: default.within_bounds(),
            by_job,
            pods_seen: BTreeMap::new(),
            queues: Queues::default(),
            programs: BTreeMap::new(),
        }
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

    /// What a container of the pod speaks, and at which port.
    pub fn serves(&self, ticket: &PodTicket, container: usize) -> Option<(Protocol, u16)> {
        ticket.programs[container].behaviour.serves()
    }

    /// Adds an answer to those that a run goes by.
    pub fn hear(&self, ticket: &PodTicket, run: &mut Run, answer: Answer) {
        ticket.programs[run.container].behaviour.hear(&mut run.answers, answer);
    }

    /// The plan of a run; of how it goes on, when it has been told to stop.
    pub fn plan(&self, pod: &Pod, ticket: &PodTicket, run: &Run) -> RunPlan {
        self.with_run(pod, ticket, run, |behaviour, _, context| match run.progress(run.started_at).term_at_ms {
            Some(term_at_ms) => behaviour.plan_with_term(context, term_at_ms),
            None => behaviour.plan(context),
        })
    }

    /// What a run has written until that moment.
    pub fn log(&self, pod: &Pod, ticket: &PodTicket, run: &Run, until: Time) -> LogView {
        self.with_run(pod, ticket, run, |behaviour, _, context| {
            transcript::log(behaviour, context, run.progress(until))
        })
    }

    /// The message that a run has left, which has ended at that moment with that code.
    pub fn message(&self, pod: &Pod, ticket: &PodTicket, run: &Run, ended_at: Time, exit_code: i32) -> String {
        let program = &ticket.programs[run.container];
        let asks_log = exit_code != 0 && program.container.message_source == MessageSource::FileOrLog;
        if !program.refers && !program.behaviour.writes_files() && !asks_log {
            return String::new();
        }
        self.with_run(pod, ticket, run, |behaviour, container, context| {
            transcript::message(behaviour, container, context, run.progress(ended_at), exit_code)
        })
    }

    /// What a probe finds in the course of a run.
    pub fn health(&self, pod: &Pod, ticket: &PodTicket, run: &Run, probe: &Probe) -> Vec<Health> {
        self.with_run(pod, ticket, run, |behaviour, _, context| {
            health(behaviour, context, &behaviour.plan(context), probe)
        })
    }

    /// How long the hook takes that comes before the signal to stop, in milliseconds; `None`: for ever.
    pub fn pre_stop_ms(&self, pod: &Pod, ticket: &PodTicket, run: &Run, hook: &PreStop) -> Option<u64> {
        let words = match hook {
            PreStop::Sleep { seconds } => return Some(seconds.unsigned_abs().saturating_mul(1_000)),
            PreStop::Exec(words) => words.iter().map(|word| &**word).collect::<Vec<&str>>(),
        };
        self.with_run(pod, ticket, run, |_, _, context| match shell::run_beside(&words, context, &[], 0).outcome {
            Some(Outcome::Ended { after_ms, .. }) => Some(after_ms),
            Some(Outcome::Forever) => None,
            Some(Outcome::CutOff | Outcome::Unknown | Outcome::Asks(_)) | None => Some(0),
        })
    }

    fn with_run<T>(
        &self,
        pod: &Pod,
        ticket: &PodTicket,
        run: &Run,
        look: impl FnOnce(&Behaviour, &Container, &RunContext) -> T,
    ) -> T {
        let program = &ticket.programs[run.container];
        let is_plain = matches!(program.behaviour, Behaviour::Model | Behaviour::Kuard(_)) && !program.refers;
        let env = if is_plain { Vec::new() } else { env::values(&program.env, pod) };
        let context = RunContext {
            settings: self.settings(pod),
            random: Random::stream(ticket.stream, &[run.container as u64 + 1, u64::from(run.restart)]),
            completion_index: pod.completion_index,
            hostname: pod.hostname.as_deref().unwrap_or(&pod.meta.name),
            env: &env,
            started_at: run.started_at,
            answers: &run.answers,
        };
        if program.refers {
            let container = with_references_replaced(&program.container, &env);
            look(&Behaviour::of(&container), &container, &context)
        } else {
            look(&program.behaviour, &program.container, &context)
        }
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
    let wire_init = spec.and_then(|spec| spec.init_containers.as_deref()).unwrap_or_default();
    let wire_main = spec.map_or(&[][..], |spec| &spec.containers);
    let init = template.init_containers.iter().map(|container| (container, wire_init));
    let main = template.containers.iter().map(|container| (container, wire_main));
    let program = |(container, wire): (&Container, &[crate::api::types::core::Container])| Program {
        container: container.clone(),
        behaviour: Behaviour::of(container),
        env: wire.iter().find(|wire| wire.name == *container.name).map(env::sources).unwrap_or_default(),
        refers: env::may_refer(container.command.iter().chain(&container.args)),
    };
    init.chain(main).map(program).collect()
}

fn with_references_replaced(container: &Container, env: &[(String, String)]) -> Container {
    let replaced = |words: &[Rc<str>]| words.iter().map(|word| env::replace_references(word, env).into()).collect();
    Container { command: replaced(&container.command), args: replaced(&container.args), ..container.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::PlanBasis;
    use super::*;
    use crate::api::meta::{BlockOwnerDeletion, ObjectMeta, OwnerReference, OwnerRole};
    use crate::api::types::core;
    use crate::api::{Container, Labels, PodStatus, RestartPolicy};

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
            scheduling: Rc::default(),
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

    const FIRST: Run =
        Run { container: 0, restart: 0, started_at: Time::from_epoch_ms(0), term_at: None, answers: Vec::new() };

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
                workloads.plan(&pod, &ticket, &FIRST)
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
        let plan = workloads.plan(&pod, &ticket, &FIRST);
        assert_eq!((plan.exit.code, plan.basis), (7, PlanBasis::Script));
    }

    #[test]
    fn scripts_see_the_fields_of_the_pod() {
        let mut workloads = Workloads::new(7, PodSettings::default(), BTreeMap::new());
        let mut pod = pod("a", 1, None);
        pod.meta.name = "a-x7k2p".into();
        pod.meta.namespace = "default".into();
        pod.meta.labels = [("tier", "back")].into_iter().collect();
        pod.meta.annotations = [("batch.kubernetes.io/job-completion-index", "4")].into_iter().collect();
        pod.node = Some("node-3".into());
        let field = |path: &str| core::EnvVar {
            name: "FIELD".into(),
            value_from: Some(core::EnvVarSource {
                field_ref: Some(core::ObjectFieldSelector { field_path: path.into(), ..Default::default() }),
                ..Default::default()
            }),
            ..Default::default()
        };
        let twice = core::EnvVar { name: "TWICE".into(), value: Some("$(FIELD)$(FIELD)".into()), ..Default::default() };
        for (path, value) in [
            ("metadata.name", "a-x7k2p"),
            ("metadata.namespace", "default"),
            ("metadata.labels['tier']", "back"),
            ("metadata.annotations['batch.kubernetes.io/job-completion-index']", "4"),
            ("spec.nodeName", "node-3"),
            ("status.podIP", "10.64.0.0"),
            ("status.hostIP", "172.18.0.3"),
        ] {
            let env = Some(vec![field(path), twice.clone()]);
            let wire = core::Container { name: "c".into(), env, ..Default::default() };
            let spec = core::PodSpec { containers: vec![wire], ..Default::default() };
            let words = ["sh", "-c", "echo $FIELD $TWICE $(FIELD)"].map(Into::into).to_vec();
            pod.template = Rc::new(PodTemplate {
                containers: vec![Container { name: "c".into(), command: words, ..Default::default() }],
                wire: Rc::new(core::PodTemplateSpec { spec: Some(spec), ..Default::default() }),
                ..(*pod.template).clone()
            });
            let ticket = workloads.ticket(&pod);
            let log = workloads.log(&pod, &ticket, &FIRST, Time::from_epoch_ms(1));
            assert_eq!(log.lines[0].text, format!("{value} {value}{value} {value}"), "{path}");
        }
    }
}
