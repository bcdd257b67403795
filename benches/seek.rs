//! What moving in the time of a 10,000-pod run costs natively: how long a seek takes, how much it replays, and what the
//! checkpoints cost in time and memory. Run with `cargo bench --bench seek`.

mod measured;

use jobscope::cluster::{Cluster, Progress, Scenario, Timeline};
use measured::{in_own_process, print_fastest};
use std::time::Instant;

const MANIFEST: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: big}
spec:
  completions: 10000
  parallelism: 500
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: worker, image: worker}
";
const SEEKS: u64 = 200;
/// Each is run so often; the fastest counts.
const TRIES: usize = 5;
/// What a seek must keep to natively; a browser takes several times as long, and has 100 ms.
const MOST_MS: f64 = 50.0;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("plain") => print_fastest(TRIES, run_plain),
        Some("timeline") => print_fastest(TRIES, || run_timeline().0),
        _ => report(),
    }
}

fn report() {
    let (plain, with_timeline) = (in_own_process(&["plain"]), in_own_process(&["timeline"]));
    println!("without checkpoints {:.3} s, {:.1} MB peak", plain.seconds, plain.peak_mb);
    println!("with checkpoints    {:.3} s, {:.1} MB peak", with_timeline.seconds, with_timeline.peak_mb);
    let (_, mut timeline) = run_timeline();
    println!("{} checkpoints over {} agenda entries", timeline.checkpoints(), timeline.work());
    let (start, end) = (timeline.cluster().start(), timeline.known_end());
    let (mut worst_ms, mut sum_ms, mut most, mut sum) = (0.0_f64, 0.0, 0, 0);
    let mut place = 1_u64;
    for _ in 0..SEEKS {
        place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let time = start.plus_ms((place >> 33) as i64 % (end.ms_since(start) + 1));
        let begun = Instant::now();
        let replayed = timeline.seek(time);
        let ms = begun.elapsed().as_secs_f64() * 1e3;
        (worst_ms, sum_ms, most, sum) = (worst_ms.max(ms), sum_ms + ms, most.max(replayed), sum + replayed);
    }
    println!("{SEEKS} seeks: worst {worst_ms:.1} ms, mean {:.1} ms", sum_ms / SEEKS as f64);
    println!("replayed: at most {most} entries, on average {}", sum / SEEKS);
    println!("bar: {MOST_MS} ms: {}", if worst_ms < MOST_MS { "kept" } else { "MISSED" });
}

fn cluster() -> Cluster {
    let scenario = Scenario { manifest: MANIFEST.to_owned(), ..Default::default() };
    Cluster::new(scenario).expect("the manifest is good")
}

/// Runs the Job to its end, as far as that is known to be far enough; returns the seconds it took.
fn run_plain() -> f64 {
    let mut cluster = cluster();
    let begun = Instant::now();
    let end = cluster.now().plus_seconds(1_000_000);
    while !cluster.is_done() {
        assert_ne!(cluster.run_until(end, 1_000), Progress::Reached, "the Job never ends");
    }
    begun.elapsed().as_secs_f64()
}

fn run_timeline() -> (f64, Timeline<()>) {
    let cluster = cluster();
    let begun = Instant::now();
    let end = cluster.now().plus_seconds(1_000_000);
    let mut timeline = Timeline::new(cluster, ());
    while !timeline.cluster().is_done() {
        let next = timeline.cluster().next_at().unwrap_or(end);
        timeline.run_until(next.min(end), 1_000);
    }
    (begun.elapsed().as_secs_f64(), timeline)
}
