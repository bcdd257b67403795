//! Recorded traces. Each folder under `tests/scenarios/` holds a scenario (`scenario.json`, and `manifest.yaml` beside
//! it) and the trace it gives (`trace.txt`); a difference is a change in behaviour, to be looked at.
//!
//! `JOBSCOPE_BLESS=1 cargo test --test scenarios` writes the traces anew.

use jobscope::cluster::{Cluster, Progress, RUN_START, Scenario, TraceEvent};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The longest that a scenario may take, in simulated seconds.
const LONGEST_S: i64 = 3_600;

#[test]
fn traces_are_as_recorded() {
    let bless = std::env::var_os("JOBSCOPE_BLESS").is_some();
    let mut differing = Vec::new();
    for folder in folders() {
        let scenario = read(&folder);
        let trace = trace(&scenario);
        assert_eq!(trace, self::trace(&scenario), "{}: two runs differ", folder.display());
        let path = folder.join("trace.txt");
        if bless {
            std::fs::write(&path, &trace).expect("the trace can be written");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != trace {
            differing.push(first_difference(&path, &trace));
        }
    }
    assert!(differing.is_empty(), "{}\nLook at them, then bless them.", differing.join("\n"));
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let entries = std::fs::read_dir(root).expect("tests/scenarios is there");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "there are no scenarios");
    folders
}

fn read(folder: &Path) -> Scenario {
    let text =
        |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut scenario: Scenario = serde_json::from_str(&text("scenario.json")).expect("a scenario");
    scenario.manifest = text("manifest.yaml");
    scenario
}

/// The run to its end, a line for each thing that happened; events only by their reason.
fn trace(scenario: &Scenario) -> String {
    let mut cluster = Cluster::new(scenario.clone()).expect("the manifest is good");
    let end = cluster.now().plus_seconds(LONGEST_S);
    while !cluster.is_done() && cluster.now() < end && cluster.step() != Progress::Idle {}
    let mut text = String::new();
    for entry in cluster.trace() {
        let at_ms = entry.at.ms_since(RUN_START);
        let line = match &entry.event {
            TraceEvent::Event(event) => format!("event {} about {}", event.reason.as_str(), event.name),
            _ => cluster.line(entry),
        };
        writeln!(text, "{:>9.3} {line}", at_ms as f64 / 1_000.0).expect("a text takes all");
    }
    text
}

fn first_difference(path: &Path, trace: &str) -> String {
    let recorded = std::fs::read_to_string(path).unwrap_or_default();
    let place = recorded.lines().zip(trace.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(place).unwrap_or("(end)").to_owned();
    format!("{} line {}:\n  recorded {}\n  now      {}", path.display(), place + 1, line(&recorded), line(trace))
}
