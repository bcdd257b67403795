//! Upstream's cases, replayed: every JSON file under `tests/upstream/` is read, and under `tests/upstream_more/`, where
//! cases of our own stand in the same form, worked out by hand from upstream's rules. A file's `table` says which family runs
//! it, and each failing case is named. Cases known to fail stand with their reason in
//! `tests/upstream_known_failures.txt`; one that passes must leave that list.
//!
//! `UPSTREAM_TABLE=text` runs only the tables whose name holds the text, and then prints the counts of each.

mod upstream_tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use upstream_tables::{Case, run_case};

/// What became of the cases of one file.
#[derive(Default)]
struct Tally {
    passed: usize,
    known_failures: usize,
    unknown_table: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.known_failures += other.known_failures;
        self.unknown_table += other.unknown_table;
    }
}

#[test]
fn upstream() {
    let wanted = std::env::var("UPSTREAM_TABLE").unwrap_or_default();
    let mut known = known_failures();
    let mut failures = Vec::new();
    let mut tallies: BTreeMap<_, Tally> = BTreeMap::new();
    for path in case_files() {
        let document = read_json(&path);
        let table = document["table"].as_str().unwrap_or_default().to_string();
        if !table.contains(&wanted) {
            continue;
        }
        let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let tally = run_file(&file, &table, &document, &mut known, &mut failures);
        tallies.entry((file, table)).or_default().add(&tally);
    }
    report(&tallies);
    if wanted.is_empty() {
        failures.extend(known.keys().map(|id| format!("{id}: listed as a known failure, but there is no such case")));
    }
    assert!(!tallies.is_empty(), "no cases found");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

fn run_file(
    file: &str,
    table: &str,
    document: &Value,
    known: &mut BTreeMap<String, String>,
    failures: &mut Vec<String>,
) -> Tally {
    let mut tally = Tally::default();
    for value in document["cases"].as_array().into_iter().flatten() {
        let case = Case::new(value, document);
        let id = format!("{file}: {}", case.name());
        let reason = known.remove(&id);
        match (run_case(table, &case), reason) {
            (None, None) => tally.unknown_table += 1,
            (None, Some(_)) => failures.push(format!("{id}: listed as a known failure, but its table is not run")),
            (Some(Ok(())), None) => tally.passed += 1,
            (Some(Ok(())), Some(_)) => failures.push(format!("{id}: passes now, take it off the list")),
            (Some(Err(_)), Some(_)) => tally.known_failures += 1,
            (Some(Err(why)), None) => failures.push(format!("{id}: {why}")),
        }
    }
    tally
}

fn report(tallies: &BTreeMap<(String, String), Tally>) {
    let mut unknown = Vec::new();
    for ((file, table), tally) in tallies {
        if tally.unknown_table > 0 {
            unknown.push(format!("{file} ({table}): {} cases", tally.unknown_table));
        } else {
            println!("{file} ({table}): {} passed, {} known failures", tally.passed, tally.known_failures);
        }
    }
    if !unknown.is_empty() {
        println!("tables that are not known yet:\n  {}", unknown.join("\n  "));
    }
    let passed: usize = tallies.values().map(|tally| tally.passed).sum();
    let known: usize = tallies.values().map(|tally| tally.known_failures).sum();
    let waiting: usize = tallies.values().map(|tally| tally.unknown_table).sum();
    println!("{passed} cases passed, {known} known failures, {waiting} of unknown tables");
}

/// Case → reason. A line is `<file>: <case name> => <reason>`; `#` opens a remark.
fn known_failures() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("upstream_known_failures.txt")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (id, reason) = line.rsplit_once(" => ").unwrap_or_else(|| panic!("no reason given: {line}"));
            (id.to_string(), reason.to_string())
        })
        .collect()
}

fn case_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("upstream"), root().join("upstream_more")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("tests/upstream can be read") {
            let path = entry.expect("tests/upstream can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a case file can be read");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}
