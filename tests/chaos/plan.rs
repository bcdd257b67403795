//! What a seed stands for: the manifests, how pods behave, and which faults there are. It knows nothing of the run.

use super::company::{Company, PODS_EACH};
pub use super::cron_books::Weather;
use jobscope::cluster::{NodeSettings, Scenario};
use jobscope::sim::Random;
use jobscope::workload::{ExitCode, PodSettings};
use std::fmt::Write;

/// How bad a run is.
#[derive(Clone, Debug)]
pub struct Plan {
    pub scenario: Scenario,
    /// Who is there beside the Jobs.
    pub company: Company,
    /// Whether anything but commands disturbs the run.
    pub weather: Weather,
    pub caches: Caches,
    /// Out of a hundred calls of the controller, so many fail, ...
    pub failing_percent: u64,
    /// ... so many are carried out but answered with an error, ...
    pub lost_percent: u64,
    /// ... and so many are the last before the controller dies; out of a thousand.
    pub deadly_permille: u64,
    /// How many things are done to the cluster before it is left alone.
    pub acts: u64,
    /// The longest time between two of them, in milliseconds.
    pub pause_ms: u64,
    /// The longest that a watch may be late, in milliseconds.
    pub delay_ms: u64,
}

/// What protects the controller from caches that are behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caches {
    /// It waits until they show its own writes.
    ShowOwnWrites,
    /// Only expectations, as before Kubernetes 1.36. Jobs are seen on time, pods may be late.
    PodsLate,
    /// Only expectations, and all may be late. Then upstream creates pods that are not wanted, even for Jobs that have
    /// ended; but it counts right.
    AllLate,
}

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    let random = &mut Random::stream(seed, &[1]);
    let weather = if random.percent(30.0) { Weather::Calm } else { Weather::Stormy };
    let mut manifest = String::new();
    for number in 0..random.in_range(1, 2) {
        write_job(&mut manifest, number, random);
    }
    let min_duration_ms = random.in_range(500, 10_000);
    let pods = PodSettings {
        failure_percent: [0.0, 20.0, 50.0, 80.0][random.in_range(0, 3) as usize],
        min_duration_ms,
        max_duration_ms: min_duration_ms + random.in_range(0, 30_000),
        exit_codes: vec![
            ExitCode { code: 1, weight: 4 },
            ExitCode { code: 3, weight: 2 },
            ExitCode { code: 42, weight: 1 },
        ],
        image_pull_ms: random.in_range(0, 3_000),
        ..PodSettings::default()
    };
    let nodes = NodeSettings {
        count: random.in_range(1, 3) as u32,
        pods_each: random.in_range(2, 20) as u32,
        ..Default::default()
    };
    let mut storm = |percent, most| {
        if weather == Weather::Stormy && random.percent(percent) { random.in_range(1, most) } else { 0 }
    };
    let (failing_percent, lost_percent, deadly_permille) = (storm(50.0, 30), storm(50.0, 20), storm(50.0, 40));
    let delay_ms = storm(60.0, 240_000);
    let caches = match random.in_range(0, 99) {
        0..=69 => Caches::ShowOwnWrites,
        70..=84 => Caches::PodsLate,
        _ => Caches::AllLate,
    };
    // A stream of its own, so that the seeds mean otherwise what they meant before.
    let mut outages = Random::stream(seed, &[jobscope::sim::text_number("chaos outages")]);
    let fails_every_s = match weather {
        Weather::Stormy if outages.percent(30.0) => outages.in_range(60, 3_600) as u32,
        _ => 0,
    };
    let nodes = NodeSettings { mean_time_to_failure_s: fails_every_s, outage_s: 120, ..nodes };
    let mut company = Company::new(seed, weather);
    manifest += &company.manifest();
    let nodes = if company.is_none() { nodes } else { NodeSettings { pods_each: PODS_EACH, ..nodes } };
    Plan {
        company,
        scenario: Scenario { manifest, seed, pods, nodes, ..Scenario::default() },
        weather,
        caches,
        failing_percent,
        lost_percent,
        deadly_permille,
        delay_ms,
        acts: random.in_range(0, 16),
        pause_ms: random.in_range(1_000, 60_000),
    }
}

/// One random Job as YAML.
fn write_job(text: &mut String, number: u64, random: &mut Random) {
    let indexed = random.percent(50.0);
    let per_index = indexed && random.percent(40.0);
    let never = per_index || random.percent(70.0);
    let failure_policy = never && random.percent(35.0);
    let completions = (indexed || random.percent(70.0)).then(|| random.in_range(1, 6));
    let mut line =
        |depth: usize, words: String| writeln!(text, "{:1$}{words}", "", depth * 2).expect("a text takes all");
    line(0, format!("---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: job-{number}\nspec:"));
    line(1, format!("parallelism: {}", random.in_range(1, 4)));
    if let Some(completions) = completions {
        line(1, format!("completions: {completions}"));
    }
    if indexed {
        line(1, "completionMode: Indexed".to_owned());
    }
    if per_index {
        line(1, format!("backoffLimitPerIndex: {}", random.in_range(0, 3)));
        if random.percent(40.0) {
            line(1, format!("maxFailedIndexes: {}", random.in_range(0, 2).min(completions.unwrap_or(0))));
        }
    }
    if !per_index || random.percent(30.0) {
        line(1, format!("backoffLimit: {}", random.in_range(0, 7)));
    }
    if random.percent(15.0) {
        line(1, "suspend: true".to_owned());
    }
    if random.percent(15.0) {
        line(1, format!("activeDeadlineSeconds: {}", random.in_range(10, 600)));
    }
    if failure_policy {
        line(1, "podReplacementPolicy: Failed\n  podFailurePolicy:\n    rules:".to_owned());
        for rule in failure_rules(per_index, random) {
            line(2, rule);
        }
    } else if random.percent(50.0) {
        line(1, format!("podReplacementPolicy: {}", ["Failed", "TerminatingOrFailed"][random.in_range(0, 1) as usize]));
    }
    if let Some(completions) = completions.filter(|_| indexed && random.percent(30.0)) {
        line(1, "successPolicy:\n    rules:".to_owned());
        let last = random.in_range(0, completions - 1);
        line(2, format!("- succeededIndexes: \"0{}\"", if last > 0 { format!("-{last}") } else { String::new() }));
        if random.percent(50.0) {
            line(2, "  succeededCount: 1".to_owned());
        }
    }
    line(1, "template:\n    spec:".to_owned());
    line(3, format!("restartPolicy: {}", if never { "Never" } else { "OnFailure" }));
    line(3, format!("terminationGracePeriodSeconds: {}", [0, 1, 10, 30][random.in_range(0, 3) as usize]));
    line(3, "containers:\n      - name: work\n        image: example/work".to_owned());
}

fn failure_rules(per_index: bool, random: &mut Random) -> Vec<String> {
    let disruption = "- action: Ignore\n      onPodConditions:\n      - type: DisruptionTarget".to_owned();
    let exit = |action: &str, code: i32| {
        format!("- action: {action}\n      onExitCodes:\n        operator: In\n        values: [{code}]")
    };
    let mut rules = Vec::new();
    if random.percent(60.0) {
        rules.push(disruption);
    }
    if random.percent(40.0) {
        rules.push(exit("FailJob", 42));
    }
    if per_index && random.percent(50.0) {
        rules.push(exit("FailIndex", 3));
    }
    if rules.is_empty() || random.percent(40.0) {
        rules.push(exit("Ignore", 1));
    }
    rules
}
