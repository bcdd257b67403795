//! The families of upstream's tables. Each has `run(table, case)`: `None` when the table is not its own,
//! else whether the case holds or what is wrong.

mod backoff;
mod controller;
mod cron_jobs;
mod cron_schedule;
mod defaults;
mod durations;
mod fake_client;
mod indexes;
mod job_rules;
mod objects;
mod policies;
mod printers;
mod scenario_expect;
mod scenario_steps;
mod scenarios;
mod sync;
mod tracking;
mod ttl;
mod validation;

use jobscope::api::gates::GateState;
use jobscope::api::{Gate, Gates};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// What a family makes of a case.
pub type Outcome = Option<Result<(), String>>;

type Family = fn(&str, &Case) -> Outcome;

/// Every family; the first that knows a table runs it.
const FAMILIES: &[Family] = &[
    backoff::run,
    controller::run,
    cron_jobs::run,
    cron_schedule::run,
    defaults::run,
    durations::run,
    indexes::run,
    job_rules::run,
    policies::run,
    printers::run,
    scenarios::run,
    sync::run,
    tracking::run,
    ttl::run,
    validation::run,
];

/// Runs a case with the family that knows its table; `None` when none does.
pub fn run_case(table: &str, case: &Case) -> Outcome {
    let outcome = FAMILIES.iter().find_map(|run| run(table, case))?;
    Some(outcome.and_then(|()| case.all_wants_looked_at()))
}

/// One case, with the file around it.
pub struct Case {
    value: Value,
    document: Value,
    /// The expectations that were looked at.
    wanted: RefCell<BTreeSet<String>>,
}

#[allow(dead_code, reason = "families use what they need")]
impl Case {
    pub fn new(value: &Value, document: &Value) -> Self {
        let fields = document.as_object().into_iter().flatten().filter(|(field, _)| *field != "cases");
        let document = fields.map(|(field, value)| (field.clone(), value.clone())).collect();
        let mut value = value.clone();
        expand_repeats(&mut value);
        Case { value, document, wanted: RefCell::default() }
    }

    pub fn name(&self) -> &str {
        self.value["name"].as_str().unwrap_or_default()
    }

    /// The whole case, texts written as `$repeat` expanded.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// A field of the file beside `cases`, such as `now` or `constants`.
    pub fn document(&self, field: &str) -> &Value {
        &self.document[field]
    }

    /// An input; null when absent.
    pub fn given(&self, field: &str) -> &Value {
        &self.value["given"][field]
    }

    /// An expectation; null when absent, and then not to be compared.
    pub fn want(&self, field: &str) -> &Value {
        self.wanted.borrow_mut().insert(field.to_owned());
        &self.value["want"][field]
    }

    /// All expectations at once.
    pub fn wants(&self) -> &Value {
        let fields = self.value["want"].as_object().into_iter().flatten();
        self.wanted.borrow_mut().extend(fields.map(|(field, _)| field.clone()));
        &self.value["want"]
    }

    /// An expectation that no family knows is told, not passed over. Null says that there is nothing, and with an error
    /// there is nothing else; `firstOnly` says what upstream's own test looks at, here all is compared.
    fn all_wants_looked_at(&self) -> Result<(), String> {
        let wanted = self.wanted.borrow();
        let want = &self.value["want"];
        if !want["errorContains"].is_null() || want["error"].is_string() {
            return Ok(());
        }
        let fields = want.as_object().into_iter().flatten();
        let mut unknown = fields.filter(|(field, value)| !wanted.contains(*field) && !value.is_null());
        let unknown = unknown.find(|(field, _)| *field != "firstOnly");
        unknown.map_or(Ok(()), |(field, _)| Err(format!("want.{field} is not known")))
    }

    /// An input as a type.
    pub fn given_as<T: DeserializeOwned>(&self, field: &str) -> Result<T, String> {
        serde_json::from_value(self.given(field).clone()).map_err(|error| format!("given.{field}: {error}"))
    }

    /// The gates of the case: upstream's defaults, those of the file, and its own. Gates that Jobscope does not have
    /// are left out.
    pub fn gates(&self) -> Gates {
        let mut gates = Gates::default();
        for set in [&self.document["gateDefaults"], &self.value["gates"], self.given("gates")] {
            for (name, enabled) in set.as_object().into_iter().flatten() {
                let state = if *enabled == Value::Bool(true) { GateState::On } else { GateState::Off };
                if let Ok(gate) = Gate::try_from(name.clone()) {
                    gates.set(gate, state);
                }
            }
        }
        self.emulate_older_version(&mut gates);
        gates
    }

    /// To turn off a gate that is locked on today, upstream's tests emulate a version before v1.35, which has no gates of
    /// v1.35 yet.
    fn emulate_older_version(&self, gates: &mut Gates) {
        let locked =
            [Gate::JobBackoffLimitPerIndex, Gate::JobManagedBy, Gate::JobPodReplacementPolicy, Gate::JobSuccessPolicy];
        let newer = Gate::MutableSchedulingDirectivesForSuspendedJobs;
        if locked.iter().any(|gate| !gates.enabled(*gate)) && self.value["gates"][newer.name()].is_null() {
            gates.set(newer, GateState::Off);
        }
    }
}

/// `{"$repeat": {"text": "a", "times": 3}}` becomes `"aaa"`.
fn expand_repeats(value: &mut Value) {
    let repeat = &value["$repeat"];
    if let (Some(text), Some(times)) = (repeat["text"].as_str(), repeat["times"].as_u64()) {
        *value = Value::String(text.repeat(usize::try_from(times).expect("few repetitions")));
        return;
    }
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(expand_repeats),
        Value::Object(fields) => fields.values_mut().for_each(expand_repeats),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Compares what was found with what is wanted.
pub fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: found {found:?}, wanted {wanted:?}")) }
}
