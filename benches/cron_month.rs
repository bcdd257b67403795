//! How fast a month of an every-minute CronJob runs natively, and whether its memory stays what it was after the first
//! day. Run with `cargo bench --bench cron_month`.

mod measured;

use jobscope::cluster::{Cluster, Scenario};
use measured::{Measured, in_own_process, print_fastest};
use std::time::Instant;

const MANIFEST: &str = "
apiVersion: batch/v1
kind: CronJob
metadata: {name: hello}
spec:
  schedule: '* * * * *'
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
          - {name: hello, image: busybox, command: [sh, -c, date; echo Hello from the cluster]}
";

const LENGTHS_DAYS: [i64; 4] = [1, 2, 7, 30];
/// Each is run so often; the fastest counts.
const TRIES: usize = 3;

/// What a month must keep to.
const MOST_SECONDS: f64 = 2.0;
/// Its peak of memory against that after a day. Somewhat more than the last day is kept, since sweeps come in steps.
const MOST_GROWTH: f64 = 1.25;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [days] if days.parse::<i64>().is_ok() => run_one(days.parse().expect("a number of days")),
        _ => report(),
    }
}

fn report() {
    println!("{:>5} {:>8} {:>9} {:>8} {:>11}", "days", "seconds", "us/job", "MB peak", "times day's");
    let mut day_mb = None;
    for days in LENGTHS_DAYS {
        let Measured { seconds, peak_mb } = in_own_process(&[&days.to_string()]);
        let ratio = peak_mb / *day_mb.get_or_insert(peak_mb);
        println!(
            "{days:>5} {seconds:>8.3} {:>9.1} {peak_mb:>8.1} {ratio:>11.2}",
            seconds * 1e6 / (days * 1_440) as f64
        );
        if LENGTHS_DAYS.last() == Some(&days) {
            let verdict = if seconds < MOST_SECONDS && ratio <= MOST_GROWTH { "kept" } else { "MISSED" };
            println!("bars: {MOST_SECONDS} s, {MOST_GROWTH} times: {verdict}");
        }
    }
}

/// Runs so many days and prints the seconds and the peak of memory.
fn run_one(days: i64) {
    print_fastest(TRIES, || run(days));
}

fn run(days: i64) -> f64 {
    let scenario = Scenario { manifest: MANIFEST.to_owned(), ..Default::default() };
    let mut cluster = Cluster::new(scenario).expect("the manifest is good");
    let start = Instant::now();
    cluster.run_until(cluster.start().plus_seconds(days * 86_400), usize::MAX);
    let seconds = start.elapsed().as_secs_f64();
    let last = cluster.api().cron_jobs().next().and_then(|cron_job| cron_job.status.last_schedule_time);
    assert!(last.is_some_and(|last| cluster.now().ms_since(last) < 120_000), "it runs to the end");
    seconds
}
