//! How the pods of each Job end, as kwok can be told: with which weight, after how long, with which exit codes. Where
//! the commands say what happens that is certain, elsewhere the settings say what may. It writes nothing.

use super::{INDEX_LABEL, JOB_LABEL, expression};
use crate::api::manifest::{self, Object};
use crate::api::types::batch;
use crate::api::{PodTemplate, wire};
use crate::cluster::Cluster;
use crate::sim::Random;
use crate::workload::{PlanBasis, PodSettings, RunContext, RunDuration, RunPlan, plan_run};

/// So many indexes of a Job are looked at one by one.
const MOST_INDEXES: i32 = 100;
/// Weights are shares of this.
const WHOLE: f64 = 1_000_000.0;

/// Pods that fare alike.
pub struct Group {
    /// What their Stages' names end with; nothing for the pods of Jobs that the manifest does not name.
    suffix: String,
    selector: String,
    pub image_pull_ms: u64,
    pub outcomes: Vec<Outcome>,
    /// What is not told rightly, in whole sentences.
    pub notes: Vec<String>,
}

/// One way to end.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub weight: i64,
    pub min_ms: u64,
    pub max_ms: u64,
    pub hangs: bool,
    /// Of all containers but those named below.
    pub code: i32,
    pub codes_by_name: Vec<(String, i32)>,
    /// Of containers that fail.
    pub reason: &'static str,
}

impl Outcome {
    /// Ends after so long, from and to, with that code.
    pub fn ends(weight: i64, (min_ms, max_ms): (u64, u64), code: i32) -> Self {
        Self { weight, min_ms, max_ms, hangs: false, code, codes_by_name: Vec::new(), reason: "Error" }
    }

    pub fn fails(&self) -> bool {
        self.code != 0 || self.codes_by_name.iter().any(|(_, code)| *code != 0)
    }
}

impl Group {
    /// A Stage's name for these pods.
    pub fn named(&self, stage: &str) -> String {
        if self.suffix.is_empty() { stage.to_owned() } else { format!("{stage}-{}", self.suffix) }
    }

    pub fn selector(&self) -> String {
        self.selector.clone()
    }
}

/// The groups of a scenario: each Job and CronJob of its manifest, and all other Jobs.
pub fn groups(cluster: &Cluster) -> Vec<Group> {
    let scenario = cluster.scenario();
    let mut groups = Vec::new();
    let (mut others, mut notes) = (String::new(), Vec::new());
    for object in manifest::read(&scenario.manifest, &scenario.gates).objects {
        let (key, name, spec) = match object {
            Object::Job(job) => (job_key(), job.metadata.name, job.spec),
            Object::CronJob(it) => (cron_job_key(), it.metadata.name, it.spec.job_template.spec),
            Object::ReplicaSet(_) | Object::Deployment(_) | Object::Service(_) => continue,
        };
        let Some(name) = name else {
            notes.push("kubectl apply takes no generateName: give it a name.".to_owned());
            continue;
        };
        if let Some(spec) = spec {
            others.push_str(&expression(&key, "NotIn", &[&name]));
            let subject = Subject { cluster, name: &name, key: &key, settings: scenario.pod_settings(&name) };
            subject.add_groups(&spec, &mut groups);
        }
    }
    groups.push(Group {
        suffix: String::new(),
        selector: others,
        image_pull_ms: scenario.pods.image_pull_ms,
        outcomes: of_settings(&scenario.pods),
        notes,
    });
    groups
}

/// The name of a pod's Job, as a jq expression.
pub fn job_key() -> String {
    format!(".metadata.labels[\"{JOB_LABEL}\"]")
}

/// The name of the CronJob whose Job it is: the Job's without the minute at its end.
fn cron_job_key() -> String {
    format!("(.metadata.labels[\"{JOB_LABEL}\"] // \"\") | sub(\"-[0-9]+$\"; \"\")")
}

/// A Job, or a CronJob and its Jobs.
struct Subject<'a> {
    cluster: &'a Cluster,
    name: &'a str,
    /// The expression that gives the name.
    key: &'a str,
    settings: &'a PodSettings,
}

impl Subject<'_> {
    fn add_groups(&self, spec: &batch::JobSpec, groups: &mut Vec<Group>) {
        let template = wire::pod_template(&spec.template);
        let notes = self.notes(&template);
        let indexed = spec.completion_mode.as_deref() == Some("Indexed");
        let indexes = if indexed { spec.completions.unwrap_or(1) } else { 0 };
        let mut plans: Vec<(Option<Outcome>, Vec<String>)> = Vec::new();
        for index in (0..indexes.min(MOST_INDEXES)).filter_map(|index| u32::try_from(index).ok()) {
            let outcome = self.certain(&template, Some(index));
            match plans.iter_mut().find(|(other, _)| *other == outcome) {
                Some((_, alike)) => alike.push(index.to_string()),
                None => plans.push((outcome, vec![index.to_string()])),
            }
        }
        match plans.len() {
            0 => groups.push(self.group(self.certain(&template, None), &[], notes)),
            1 => groups.push(self.group(plans.swap_remove(0).0, &[], notes)),
            _ => {
                let several = plans.into_iter().map(|(outcome, indexes)| self.group(outcome, &indexes, Vec::new()));
                groups.extend(several);
                groups.last_mut().into_iter().for_each(|group| group.notes = notes.clone());
            }
        }
    }

    fn group(&self, certain: Option<Outcome>, indexes: &[String], notes: Vec<String>) -> Group {
        let mut selector = expression(self.key, "In", &[self.name]);
        let mut suffix = self.name.to_owned();
        if let Some(first) = indexes.first() {
            let indexes: Vec<&str> = indexes.iter().map(String::as_str).collect();
            selector.push_str(&expression(&format!(".metadata.labels[\"{INDEX_LABEL}\"]"), "In", &indexes));
            suffix = format!("{suffix}-index-{first}");
        }
        let outcomes = certain.map_or_else(|| of_settings(self.settings), |outcome| vec![outcome]);
        Group { suffix, selector, image_pull_ms: self.settings.image_pull_ms, outcomes, notes }
    }

    fn notes(&self, template: &PodTemplate) -> Vec<String> {
        let mut notes = Vec::new();
        let name = self.name;
        if !template.init_containers.is_empty() {
            notes.push(format!("{name}: init containers and sidecars take no time and never fail."));
        }
        if template.containers.iter().any(|container| self.settings.is_missing(&container.image)) {
            notes.push(format!("{name}: images that no registry has are there."));
        }
        if template.containers.iter().any(|container| !container.probes.is_empty()) {
            notes.push(format!("{name}: no probe finds anything."));
        }
        notes
    }

    /// How a pod ends for certain, when all its commands say so.
    fn certain(&self, template: &PodTemplate, index: Option<u32>) -> Option<Outcome> {
        let mut outcome = Outcome::ends(1, (0, 0), 0);
        for (container, sent) in template.containers.iter().zip(template.wire.spec.iter().flat_map(|it| &it.containers))
        {
            let env: Vec<(String, String)> = sent
                .env
                .iter()
                .flatten()
                .filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?)))
                .collect();
            let plan = plan_run(
                container,
                &RunContext {
                    settings: self.settings,
                    random: Random::stream(self.cluster.scenario().seed, &[]),
                    completion_index: index,
                    hostname: self.name,
                    env: &env,
                    started_at: self.cluster.start(),
                    answers: &[],
                },
            );
            let RunPlan { duration, exit, basis, question: None, .. } = plan else { return None };
            match duration {
                _ if basis == PlanBasis::Model => return None,
                RunDuration::Forever => outcome.hangs = true,
                RunDuration::Ms(ms) => outcome.max_ms = outcome.max_ms.max(ms),
            }
            outcome.codes_by_name.push((container.name.to_string(), exit.code));
        }
        outcome.min_ms = outcome.max_ms;
        if let [(_, code)] = *outcome.codes_by_name {
            (outcome.code, outcome.codes_by_name) = (code, Vec::new());
        }
        Some(outcome)
    }
}

/// How pods may end by the settings. A pod of several containers is taken as one of one.
fn of_settings(settings: &PodSettings) -> Vec<Outcome> {
    let share = |percent: f64| percent.clamp(0.0, 100.0) / 100.0;
    let ends = 1.0 - share(settings.stuck_percent);
    let in_time = ends * (1.0 - share(settings.oom_percent));
    let weight = |share: f64| (share * WHOLE).round() as i64;
    let length = (settings.min_duration_ms, settings.max_duration_ms);
    let mut outcomes = vec![Outcome::ends(weight(in_time * (1.0 - share(settings.failure_percent))), length, 0)];
    let all: f64 = settings.exit_codes.iter().map(|exit| f64::from(exit.weight)).sum();
    for exit in &settings.exit_codes {
        let share = in_time * share(settings.failure_percent) * f64::from(exit.weight) / all.max(1.0);
        outcomes.push(Outcome::ends(weight(share), length, exit.code));
    }
    let out_of_memory = weight(ends * share(settings.oom_percent));
    outcomes.push(Outcome { reason: "OOMKilled", ..Outcome::ends(out_of_memory, length, 137) });
    outcomes.push(Outcome { hangs: true, ..Outcome::ends(weight(1.0 - ends), length, 0) });
    outcomes.retain(|outcome| outcome.weight > 0);
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::export::tests::at;
    use crate::workload::ExitCode;

    #[test]
    fn settings_become_weights() {
        let settings = PodSettings {
            failure_percent: 25.0,
            exit_codes: vec![ExitCode { code: 1, weight: 3 }, ExitCode { code: 42, weight: 1 }],
            stuck_percent: 20.0,
            oom_percent: 50.0,
            ..Default::default()
        };
        let told: Vec<_> = of_settings(&settings).into_iter().map(|it| (it.code, it.weight, it.hangs)).collect();
        let ends =
            [(0, 300_000), (1, 75_000), (42, 25_000), (137, 400_000)].map(|(code, weight)| (code, weight, false));
        assert_eq!(told, [ends.as_slice(), &[(0, 200_000, true)]].concat());
        assert_eq!(of_settings(&PodSettings::default()).len(), 1);
    }

    #[test]
    fn commands_say_what_is_certain() {
        let told = |id: &str| -> Vec<(String, i32, u64)> {
            let groups = groups(at(id, 1).cluster());
            let named = groups.iter().filter(|group| !group.suffix.is_empty());
            named.flat_map(|group| group.outcomes.iter().map(|it| (group.suffix.clone(), it.code, it.max_ms))).collect()
        };
        assert_eq!(told("six-runs"), [("six-runs".to_owned(), 0, 5_000)]);
        assert_eq!(told("into-the-limit"), [("failing".to_owned(), 1, 5_000)]);
        let by_index = told("bad-index");
        assert!(by_index.len() == 2 && by_index.iter().any(|it| it.1 != 0), "{by_index:?}");
        let groups = groups(at("two-containers", 1).cluster());
        let codes: Vec<i32> = groups[0].outcomes[0].codes_by_name.iter().map(|(_, code)| *code).collect();
        assert!(groups[0].outcomes[0].fails() && codes.contains(&0) && codes.contains(&1), "{codes:?}");
    }
}
