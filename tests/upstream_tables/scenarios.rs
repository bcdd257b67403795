//! Upstream's integration tests as scripts: a bare cluster (API server and controllers, no nodes) on which steps act
//! and expectations become true within a time.

use super::scenario_expect::{Events, check};
use super::scenario_steps::act;
use super::{Case, Outcome};
use jobscope::api::Uid;
use jobscope::api::job::Job;
use jobscope::api::pod::Pod;
use jobscope::cluster::{BareCluster, Cluster};
use jobscope::controllers::garbage_collector::GarbageCollector;
use jobscope::controllers::job::{Metrics, Tunables};
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How long an expectation may take to become true, unless it says so itself.
const PATIENCE_S: f64 = 30.0;
/// How long a call to the API server takes: time enough for watches to deliver what the call before it did.
const CALL_MS: i64 = 20;
/// How often an expectation is looked at while nothing happens.
const POLL_MS: i64 = 100;

/// What a case may set.
const SETTINGS: [&str; 6] = [
    "podFailureBackoffSeconds",
    "maxPodFailureBackoffSeconds",
    "syncBatchSeconds",
    "maxPodCreateDeletePerSync",
    "maxUncountedPods",
    "jobEventDelaySeconds",
];
/// What may run beside the API server.
const COMPONENTS: [&str; 3] = ["job-controller", "cronjob-controller", "garbage-collector"];

/// A case at work.
pub struct Script {
    pub cluster: Cluster,
    /// Name of the Job that steps mean which do not name one.
    pub main_job: String,
    pub events: Events,
    /// What Job controllers that have ended since had counted.
    pub counted_before: Metrics,
    /// Pods that steps have meant by their place.
    pub places: BTreeMap<u64, Uid>,
}

impl Script {
    /// The Job a step means.
    pub fn job(&self, step: &Value) -> Result<Rc<Job>, String> {
        let name = step["job"].as_str().unwrap_or(&self.main_job);
        self.cluster.api().job_by_name("default", name).cloned().ok_or_else(|| format!("there is no Job {name}"))
    }

    /// The pods of the Job a step means, in the order of their names; all pods where no Job is meant. A Job that is gone
    /// is known by its selector.
    pub fn pods(&self, step: &Value) -> Vec<Rc<Pod>> {
        let name = step["job"].as_str().unwrap_or(&self.main_job);
        let pods = self.cluster.api().pods();
        let mut pods: Vec<_> = pods.filter(|pod| name.is_empty() || belongs_to(pod, name)).cloned().collect();
        pods.sort_by(|a, b| a.meta.name.cmp(&b.meta.name));
        pods
    }

    /// What all Job controllers of this case have counted.
    pub fn counted(&self) -> Metrics {
        let mut counted = self.counted_before.clone();
        if let Some(controller) = self.cluster.job_controller() {
            counted.absorb(controller.metrics());
        }
        counted
    }

    /// Lets time pass.
    pub fn advance_ms(&mut self, ms: i64) {
        let until = self.cluster.now().plus_ms(ms);
        self.cluster.run_until(until, usize::MAX);
    }

    /// Tries again and again, letting a little time pass, until it holds or patience is at its end.
    pub fn until<T>(
        &mut self,
        within_s: f64,
        mut attempt: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let deadline = self.cluster.now().plus_ms((within_s * 1000.0) as i64);
        loop {
            let result = attempt(self);
            if result.is_ok() || self.cluster.now() >= deadline {
                return result;
            }
            let poll = self.cluster.now().plus_ms(POLL_MS).min(deadline);
            let next = self.cluster.next_at().map_or(poll, |next| next.min(poll));
            self.cluster.run_until(next, usize::MAX);
        }
    }
}

pub fn run(_: &str, case: &Case) -> Outcome {
    case.value()["steps"].is_array().then(|| run_script(case))
}

fn run_script(case: &Case) -> Result<(), String> {
    only("setting", keys(&case.value()["settings"]), &SETTINGS)?;
    let components = case.value()["components"].as_array().into_iter().flatten();
    only("component", components.filter_map(Value::as_str), &COMPONENTS)?;
    let mut script = Script {
        cluster: start(case),
        main_job: String::new(),
        events: Events::default(),
        counted_before: Metrics::default(),
        places: BTreeMap::new(),
    };
    if !case.value()["job"].is_null() {
        script.main_job = create_job(&mut script, &case.value()["job"])?;
    }
    for (place, step) in case.value()["steps"].as_array().into_iter().flatten().enumerate() {
        let result = match step.get("expect") {
            Some(expected) => {
                let within_s = expected["withinSeconds"].as_f64().unwrap_or(PATIENCE_S);
                script.until(within_s, |script| check(script, step, expected))
            }
            None => act(&mut script, step).map(|()| script.advance_ms(CALL_MS)),
        };
        result.map_err(|why| format!("step {place}: {why}"))?;
    }
    Ok(())
}

/// What is not known is told, not passed over.
pub fn only<'n>(what: &str, mut names: impl Iterator<Item = &'n str>, known: &[&str]) -> Result<(), String> {
    names.find(|name| !known.contains(name)).map_or(Ok(()), |name| Err(format!("{what} {name:?} is not known")))
}

pub fn keys(value: &Value) -> impl Iterator<Item = &str> {
    value.as_object().into_iter().flatten().map(|(key, _)| &**key)
}

/// Sends a Job; returns its name.
pub fn create_job(script: &mut Script, manifest: &Value) -> Result<String, String> {
    let job = serde_json::from_value(manifest.clone()).map_err(|error| error.to_string())?;
    let created = script.cluster.with_api(|api| api.create_job(job)).map_err(|error| error.to_string())?;
    Ok(created.meta.name.to_string())
}

/// Sends a CronJob.
pub fn create_cron_job(script: &mut Script, manifest: &Value) -> Result<(), String> {
    let cron_job = serde_json::from_value(manifest.clone()).map_err(|error| error.to_string())?;
    script.cluster.with_api(|api| api.create_cron_job(cron_job)).map(|_| ()).map_err(|error| error.to_string())
}

fn start(case: &Case) -> Cluster {
    let settings = &case.value()["settings"];
    let mut tunables = Tunables::default();
    let ms = |key: &str| settings[key].as_f64().map(|seconds| (seconds * 1000.0) as i64);
    let count = |key: &str| settings[key].as_u64().map(|count| count as usize);
    tunables.backoff.first_ms = ms("podFailureBackoffSeconds").unwrap_or(tunables.backoff.first_ms);
    tunables.backoff.max_ms = ms("maxPodFailureBackoffSeconds").unwrap_or(tunables.backoff.max_ms);
    tunables.sync_batch_ms = ms("syncBatchSeconds").unwrap_or(tunables.sync_batch_ms);
    tunables.max_pods_per_sync = count("maxPodCreateDeletePerSync").unwrap_or(tunables.max_pods_per_sync);
    tunables.max_uncounted_pods = count("maxUncountedPods").unwrap_or(tunables.max_uncounted_pods);
    let runs = |component: &str, default: bool| match case.value()["components"].as_array() {
        Some(components) => components.iter().any(|name| name == component),
        None => default,
    };
    let mut cluster = Cluster::bare(BareCluster {
        gates: case.gates(),
        tunables,
        garbage_collector: runs("garbage-collector", false).then(GarbageCollector::default),
        ttl_after_finished: None,
        job_event_delay_ms: ms("jobEventDelaySeconds"),
    });
    if !runs("job-controller", true) {
        cluster.stop_job_controller();
    }
    cluster
}

fn belongs_to(pod: &Pod, job: &str) -> bool {
    pod.meta.labels.get("batch.kubernetes.io/job-name").is_some_and(|name| &**name == job)
}
