//! How fast Jobs of growing size run to Complete natively, what a pod costs compared with the smallest size, and how
//! much memory it takes. Run with `cargo bench`.

mod measured;

use jobscope::cluster::{Cluster, Progress, Scenario};
use measured::{Measured, in_own_process, print_fastest};
use std::time::Instant;

/// Completions and parallelism of each run. The first is what the others' cost per pod is compared with.
const SIZES: [(u32, u32); 4] = [(1_000, 1_000), (10_000, 500), (10_000, 1_000), (100_000, 1_000)];
const MODES: [&str; 2] = ["NonIndexed", "Indexed"];
/// Each is run so often; the fastest counts.
const TRIES: usize = 5;

/// What the largest size must keep to.
const MOST_SECONDS: f64 = 2.0;
const MOST_RATIO: f64 = 1.5;
const MOST_MB: f64 = 300.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [completions, parallelism, mode] => run_one(completions, parallelism, mode),
        _ => report(),
    }
}

/// Runs every size in a process of its own and prints the table.
fn report() {
    println!(
        "{:>11} {:>11} {:>10} {:>8} {:>8} {:>9} {:>13} {:>8}",
        "completions", "parallelism", "mode", "seconds", "pods/s", "us/pod", "times 1,000's", "MB peak"
    );
    for mode in MODES {
        let mut first_per_pod = None;
        for (completions, parallelism) in SIZES {
            let Measured { seconds, peak_mb } =
                in_own_process(&[&completions.to_string(), &parallelism.to_string(), mode]);
            let per_pod = seconds / f64::from(completions);
            let ratio = per_pod / *first_per_pod.get_or_insert(per_pod);
            println!(
                "{completions:>11} {parallelism:>11} {mode:>10} {seconds:>8.3} {:>8.0} {:>9.2} {ratio:>13.2} {peak_mb:>8.0}",
                1.0 / per_pod,
                per_pod * 1e6,
            );
            if SIZES.last() == Some(&(completions, parallelism)) {
                let is_kept = seconds < MOST_SECONDS && ratio <= MOST_RATIO && peak_mb < MOST_MB;
                let verdict = if is_kept { "kept" } else { "MISSED" };
                println!("{:>33} {MOST_SECONDS:>8.3} {:>18} {MOST_RATIO:>13.2} {MOST_MB:>8.0}  {verdict}", "bars", "");
            }
        }
    }
}

/// Runs one size and prints its seconds and its peak of memory.
fn run_one(completions: &str, parallelism: &str, mode: &str) {
    let manifest = format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: big}}\nspec:\n  completions: {completions}\n  \
         parallelism: {parallelism}\n  completionMode: {mode}\n  template:\n    spec:\n      containers:\n      \
         - {{name: worker, image: worker}}\n      restartPolicy: Never\n"
    );
    print_fastest(TRIES, || run(&manifest, completions));
}

/// Runs a Job to Complete; returns the seconds it took.
fn run(manifest: &str, completions: &str) -> f64 {
    let scenario = Scenario { manifest: manifest.to_owned(), ..Default::default() };
    let mut cluster = Cluster::new(scenario).expect("the manifest is good");
    let start = Instant::now();
    let end = cluster.now().plus_seconds(1_000_000);
    while !cluster.is_done() {
        assert_ne!(cluster.run_until(end, 10_000), Progress::Reached, "the Job never ends");
    }
    let job = cluster.api().jobs().next().expect("the Job is there");
    assert_eq!(job.status.succeeded.to_string(), completions);
    start.elapsed().as_secs_f64()
}
