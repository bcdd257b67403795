//! How fast Jobs of growing size run to Complete, natively: seconds, pods per second, and the cost per pod as a ratio
//! to that of the smallest. Run with `cargo bench`.

use jobscope::cluster::{Cluster, Progress, Scenario};
use std::time::Instant;

/// Completions and parallelism of each run.
const SIZES: [(u32, u32); 4] = [(1_000, 1_000), (10_000, 500), (10_000, 1_000), (100_000, 1_000)];
/// Each is run so often; the fastest counts.
const TRIES: usize = 3;

fn main() {
    println!(
        "{:>11} {:>11} {:>8} {:>9} {:>12} {:>6} {:>9}",
        "completions", "parallelism", "mode", "seconds", "pods/s", "ratio", "MiB peak"
    );
    for mode in ["NonIndexed", "Indexed"] {
        let mut first = None;
        for (completions, parallelism) in SIZES {
            let seconds = (0..TRIES).map(|_| run(completions, parallelism, mode)).fold(f64::MAX, f64::min);
            let per_pod = seconds / f64::from(completions);
            let ratio = per_pod / *first.get_or_insert(per_pod);
            println!(
                "{completions:>11} {parallelism:>11} {mode:>8.8} {seconds:>9.3} {:>12.0} {ratio:>6.2} {:>9}",
                1.0 / per_pod,
                peak_mib()
            );
        }
    }
}

/// Runs a Job to Complete; returns the seconds it took.
fn run(completions: u32, parallelism: u32, mode: &str) -> f64 {
    let manifest = format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: big}}\nspec:\n  completions: {completions}\n  \
         parallelism: {parallelism}\n  completionMode: {mode}\n  template:\n    spec:\n      containers:\n      \
         - {{name: worker, image: worker}}\n      restartPolicy: Never\n"
    );
    let mut cluster = Cluster::new(Scenario { manifest, ..Default::default() }).expect("the manifest is good");
    let start = Instant::now();
    let end = cluster.now().plus_seconds(1_000_000);
    while !cluster.is_done() {
        assert_ne!(cluster.run_until(end, 10_000), Progress::Reached, "the Job never ends");
    }
    let job = cluster.api().jobs().next().expect("the Job is there");
    assert_eq!(job.status.succeeded, completions as i32);
    start.elapsed().as_secs_f64()
}

/// The most memory that this process has held so far, where the system tells.
fn peak_mib() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok());
    kib.map_or_else(|| "-".to_owned(), |kib| (kib / 1_024).to_string())
}
