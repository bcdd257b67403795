//! Scenarios as the fragment of a link: `#v1:` and then the scenario as JSON, deflated, in base64url, with what was looked
//! at in its field `view`. Only what differs from version 1's defaults is written, so those never change. Every text that
//! is no such link is refused with a sentence; nothing that is read can take more memory than the bounds here.

use super::scenario::Scenario;
use crate::sim::gather;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

const VERSION_1: &str = "v1:";
/// The longest fragment that is looked at, in bytes.
const MAX_FRAGMENT: usize = 512 * 1024;
/// The most that a fragment may unfold to, in bytes.
const MAX_SCENARIO: usize = 4 * 1024 * 1024;
/// So many commands a scenario may have.
const MAX_COMMANDS: usize = 10_000;
/// So many queues are filled at the start.
const MAX_QUEUES: usize = 32;
const BEST_COMPRESSION: u8 = 10;
/// The latest moment that a link may lead to: ten years after the start of the run, in milliseconds.
const LATEST_MS: i64 = 315_360_000_000;
/// The field of what was looked at, beside those of the scenario.
const VIEW: &str = "view";

/// What a link leads to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    pub scenario: Scenario,
    pub view: View,
}

/// What was looked at when a link was made. It has no influence on the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct View {
    /// Milliseconds after the start of the run, at most ten years; 0 for the start, from where it plays.
    pub at_ms: i64,
    /// The names of what was selected; empty for nothing. So with the tabs, whose names the page knows.
    pub job: String,
    pub cron_job: String,
    pub pod: String,
    pub setup: String,
    pub detail: String,
}

/// Why a link cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Not one of our links at all.
    NotALink,
    /// Made by a version of Jobscope that came later.
    UnknownVersion(String),
    /// Cut off or changed on the way.
    Damaged,
    TooLarge,
    /// It unfolds, but to no scenario.
    NoScenario(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotALink => f.write_str("This link holds no scenario."),
            Self::UnknownVersion(version) => {
                write!(f, "This link is of version {version}, which this page does not know yet.")
            }
            Self::Damaged => f.write_str("This link is damaged: a part of it is missing or has been changed."),
            Self::TooLarge => f.write_str("This link is too large to be opened."),
            Self::NoScenario(why) => write!(f, "This link cannot be read: {why}."),
        }
    }
}

/// The fragment for a scenario and what is looked at, from `#` on.
pub fn encode(scenario: &Scenario, view: &View) -> String {
    let text = difference(&to_value(scenario, view), &defaults()).unwrap_or_else(empty).to_string();
    let packed = BASE64_URL_SAFE_NO_PAD.encode(compress_to_vec(text.as_bytes(), BEST_COMPRESSION));
    format!("#{VERSION_1}{packed}")
}

/// What a fragment leads to; it may be given with or without its `#`.
///
/// # Errors
/// When the fragment is none of ours, damaged, too large, or unfolds to something else.
pub fn decode(fragment: &str) -> Result<Link, LinkError> {
    if fragment.len() > MAX_FRAGMENT {
        return Err(LinkError::TooLarge);
    }
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let Some(packed) = fragment.strip_prefix(VERSION_1) else {
        return Err(match fragment.split_once(':') {
            Some((version, _)) if is_version(version) => LinkError::UnknownVersion(version.to_owned()),
            _ => LinkError::NotALink,
        });
    };
    let packed = BASE64_URL_SAFE_NO_PAD.decode(packed.trim()).map_err(|_| LinkError::Damaged)?;
    let bytes = decompress_to_vec_with_limit(&packed, MAX_SCENARIO).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkError::TooLarge,
        _ => LinkError::Damaged,
    })?;
    let difference: Value = serde_json::from_slice(&bytes).map_err(|_| LinkError::Damaged)?;
    let mut value = defaults();
    lay_over(&mut value, difference);
    let view = value.as_object_mut().and_then(|fields| fields.shift_remove(VIEW)).unwrap_or_else(empty);
    let view: View = read(view)?;
    Ok(Link { scenario: within_bounds(read(value)?)?, view: View { at_ms: view.at_ms.clamp(0, LATEST_MS), ..view } })
}

/// Reads what a link holds; every field has to be known.
fn read<T: DeserializeOwned>(value: Value) -> Result<T, LinkError> {
    let mut unknown = None;
    let mut note = |path: serde_ignored::Path| unknown = Some(path.to_string());
    let reader = serde_ignored::Deserializer::new(value, &mut note);
    let read = serde_path_to_error::deserialize(reader).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.into_inner());
        LinkError::NoScenario(format!("its field {path} holds something else than it should: {why}"))
    });
    match unknown {
        Some(path) if read.is_ok() => {
            Err(LinkError::NoScenario(format!("it has a field {path} that this page does not know")))
        }
        _ => read,
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn within_bounds(mut scenario: Scenario) -> Result<Scenario, LinkError> {
    if scenario.commands.len() > MAX_COMMANDS {
        return Err(LinkError::TooLarge);
    }
    if !scenario.commands.is_sorted_by_key(|command| command.at_ms) || scenario.commands.iter().any(|c| c.at_ms < 0) {
        return Err(LinkError::NoScenario("its commands are not in the order of time".to_owned()));
    }
    scenario.pods = scenario.pods.within_bounds();
    scenario.jobs = gather(scenario.jobs.into_iter().map(|(job, settings)| (job, settings.within_bounds())));
    scenario.nodes = scenario.nodes.within_bounds();
    scenario.queues.truncate(MAX_QUEUES);
    Ok(scenario)
}

fn to_value(scenario: &Scenario, view: &View) -> Value {
    let mut value = serde_json::to_value(scenario).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert(VIEW.to_owned(), serde_json::to_value(view).unwrap_or_default());
    }
    value
}

fn defaults() -> Value {
    to_value(&Scenario::default(), &View::default())
}

fn empty() -> Value {
    Value::Object(Default::default())
}

/// What `value` has that `default` has not; objects field by field. `None` when there is nothing.
fn difference(value: &Value, default: &Value) -> Option<Value> {
    if value == default {
        return None;
    }
    let (Value::Object(fields), Value::Object(defaults)) = (value, default) else { return Some(value.clone()) };
    let changed = fields.iter().filter_map(|(key, value)| match defaults.get(key) {
        Some(default) => Some((key.clone(), difference(value, default)?)),
        None => Some((key.clone(), value.clone())),
    });
    Some(Value::Object(changed.collect()))
}

fn lay_over(value: &mut Value, difference: Value) {
    match (value, difference) {
        (Value::Object(fields), Value::Object(changed)) => {
            for (key, change) in changed {
                lay_over(fields.entry(key).or_insert(Value::Null), change);
            }
        }
        (value, difference) => *value = difference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Gate, GateState, Propagation};
    use crate::cluster::{Command, Start, TimedCommand};

    fn scenario() -> Scenario {
        let mut scenario = Scenario { manifest: "kind: Job\nmetadata: {name: größe}\n".into(), ..Default::default() };
        scenario.seed = u64::MAX;
        scenario.pods.failure_percent = 12.5;
        scenario.jobs.insert("other".into(), Default::default());
        let command = Command::FailPod { pod: "größe-x7k2p".into(), exit_code: 3 };
        scenario.commands.push(TimedCommand { at_ms: 12_345, command });
        scenario
    }

    fn view() -> View {
        let text = str::to_owned;
        View {
            at_ms: 61_250,
            job: text("größe"),
            cron_job: text("nightly"),
            pod: text("größe-x7k2p"),
            setup: text("cluster"),
            detail: text("logs"),
        }
    }

    fn there_and_back(scenario: &Scenario) -> Result<Scenario, LinkError> {
        decode(&encode(scenario, &View::default())).map(|link| link.scenario)
    }

    #[test]
    fn what_was_looked_at_travels_in_version_1() {
        for view in [View::default(), view(), View { at_ms: 5, ..View::default() }] {
            let link = Link { scenario: scenario(), view };
            assert_eq!(decode(&encode(&link.scenario, &link.view)), Ok(link));
        }
        let far = View { at_ms: i64::MAX, ..View::default() };
        assert_eq!(decode(&encode(&scenario(), &far)).map(|link| link.view.at_ms), Ok(LATEST_MS));
    }

    #[test]
    fn a_link_gives_back_the_scenario() {
        for scenario in [Scenario::default(), scenario()] {
            assert_eq!(there_and_back(&scenario), Ok(scenario));
        }
        assert!(encode(&Scenario::default(), &View::default()).len() < 16);
    }

    #[test]
    fn commands_made_after_version_1_travel_in_it() {
        let later = [Command::EvictPod { pod: "größe-x7k2p".into() }, Command::Scale { job: "größe".into(), size: 7 }];
        let at = |command| TimedCommand { at_ms: 20_000, command };
        let commands = [scenario().commands, later.map(at).to_vec()].concat();
        let scenario = Scenario { commands, ..scenario() };
        assert_eq!(there_and_back(&scenario), Ok(scenario));
    }

    #[test]
    fn what_was_made_for_cron_jobs_travels_in_version_1() {
        let cron_job = || "größe".to_owned();
        let commands = [
            Command::SuspendCronJob { cron_job: cron_job() },
            Command::ResumeCronJob { cron_job: cron_job() },
            Command::SetSchedule { cron_job: cron_job(), schedule: "*/5 * * * *".into() },
            Command::RunNow { cron_job: cron_job(), job: None },
            Command::RunNow { cron_job: cron_job(), job: Some("now".into()) },
            Command::DeleteCronJob { cron_job: cron_job(), propagation: Propagation::Orphan },
            Command::StopControllers,
            Command::StartControllers,
        ];
        let start = Start::try_from("2026-03-28T18:00:00Z".to_owned()).expect("a good start");
        let commands = commands.map(|command| TimedCommand { at_ms: 20_000, command }).to_vec();
        let scenario = Scenario { start, commands, ..scenario() };
        assert_eq!(there_and_back(&scenario), Ok(scenario));
    }

    #[test]
    fn feature_gates_travel_in_the_link() {
        let mut scenario = scenario();
        scenario.gates.set(Gate::JobSuccessPolicy, GateState::Off);
        let command = Command::SetGate { gate: Gate::ElasticIndexedJob, state: GateState::Off };
        scenario.commands.push(TimedCommand { at_ms: 20_000, command });
        assert_eq!(there_and_back(&scenario), Ok(scenario));
    }

    #[test]
    fn every_prefix_of_a_link_is_refused_with_a_sentence() {
        let link = encode(&scenario(), &view());
        for end in 0..link.len() {
            let error = decode(&link[..end]).unwrap_err();
            assert!(error.to_string().ends_with('.'), "{end}: {error}");
        }
    }

    #[test]
    fn hostile_links_are_refused() {
        let packed = |text: &str| format!("#v1:{}", BASE64_URL_SAFE_NO_PAD.encode(compress_to_vec(text.as_bytes(), 6)));
        let bomb = packed(&format!("{{\"manifest\":\"{}\"}}", "a".repeat(MAX_SCENARIO)));
        let backwards =
            r#"{"commands":[{"atMs":5,"command":"restartController"},{"atMs":1,"command":"restartController"}]}"#;
        let gate_act = r#"{"commands":[{"atMs":5,"command":{"setGate":{"gate":"X","state":"on"}}}]}"#;
        for (link, wanted) in [
            ("#v2:abc".to_owned(), "version v2"),
            ("#about".to_owned(), "no scenario"),
            ("#v1:*".to_owned(), "damaged"),
            (packed("[1]"), "cannot be read"),
            (packed(r#"{"seed":"x"}"#), "cannot be read"),
            (packed(r#"{"view":5}"#), "cannot be read"),
            (packed(r#"{"view":{"atMs":"soon"}}"#), "its field atMs holds something else"),
            (packed(r#"{"view":{"zoom":2}}"#), "a field zoom that this page does not know"),
            (
                packed(r#"{"gates":"SuspendJob=false,Suspend=true"}"#),
                "its field gates holds something else than it should: there is no feature gate \"Suspend\"",
            ),
            (packed(r#"{"gates":"SuspendJob"}"#), "its field gates"),
            (packed(gate_act), "setGate.gate holds something else than it should: there is no feature gate \"X\""),
            (packed(r#"{"start":"tomorrow"}"#), "\"tomorrow\" is not a date and time of the years 1990 to 2149"),
            (packed(r#"{"start":"9999-01-01T00:00:00Z"}"#), "years 1990 to 2149"),
            (packed(r#"{"start":1767225600}"#), "its field start"),
            (packed(backwards), "order of time"),
            (bomb, "too large"),
            (format!("#v1:{}", "A".repeat(MAX_FRAGMENT)), "too large"),
        ] {
            let error = decode(&link).unwrap_err().to_string();
            assert!(error.contains(wanted), "{wanted}: {error}");
        }
    }

    /// Version 1 leaves out what stands here; a change of it would change what old links mean. Fields that came later
    /// (`gates`, `start`, what hangs or is missing, the room and the failures of nodes, `view`) may be added, with a default under
    /// which older links mean what they did.
    #[test]
    fn the_defaults_of_version_1_stay() {
        let defaults = r#"{"manifest":"","seed":7,"start":"2026-01-01T00:00:00Z","pods":{"failurePercent":0.0,"minDurationMs":5000,"maxDurationMs":20000,"exitCodes":[{"code":1,"weight":1}],"imagePullMs":2000,"stuckPercent":0.0,"oomPercent":0.0,"missingImages":[]},"jobs":{},"nodes":{"count":10,"podsEach":110,"cpuMillis":0,"memoryMib":0,"meanTimeToFailureS":0,"outageS":600},"gates":"","queues":[],"commands":[],"view":{"atMs":0,"job":"","cronJob":"","pod":"","setup":"","detail":""}}"#;
        assert_eq!(super::defaults().to_string(), defaults);
    }

    /// A link of version 1 as it was when version 1 was made. It must open for ever.
    #[test]
    fn a_link_of_version_1_opens() {
        let link = include_str!("../../tests/links/v1.txt");
        assert_eq!(decode(link.trim()), Ok(Link { scenario: scenario(), view: View::default() }));
    }

    /// A link of version 1 since it tells what was looked at.
    #[test]
    fn a_link_of_version_1_with_a_view_opens() {
        let link = include_str!("../../tests/links/v1-view.txt");
        assert_eq!(decode(link.trim()), Ok(Link { scenario: scenario(), view: view() }));
    }
}
