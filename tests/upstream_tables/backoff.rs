//! How long new pods wait after failures.

use std::rc::Rc;

use jobscope::api::Pod;
use jobscope::controllers::job::rules::{BackoffBounds, BackoffRecord, finished_time, remaining_per_index_ms};
use serde_json::Value;

use super::objects::{Uids, now, number, time};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    match table {
        "TestGetFinishedTime" => Some(finished(case)),
        "TestGetRemainingBackoffTime" => Some(remaining(case)),
        "TestGetRemainingBackoffTimePerIndex" => Some(remaining_per_index(case)),
        "TestNewBackoffRecord" => Some(new_record(case)),
        _ => None,
    }
}

/// A stored record; `null` is an empty one.
pub fn record(value: &Value) -> BackoffRecord {
    BackoffRecord {
        failures_after_last_success: number(&value["failuresAfterLastSuccess"]),
        last_failure_time: time(&value["lastFailureTime"]),
    }
}

fn finished(case: &Case) -> Result<(), String> {
    let pod = Uids::default().pod(case.given("pod"))?;
    same("finish time", &Some(finished_time(&pod)), &time(case.want("finishTime")))
}

fn remaining(case: &Case) -> Result<(), String> {
    let remaining_ms = record(case.given("record")).remaining_ms(bounds(case), now(case));
    same_seconds(remaining_ms, case)
}

fn remaining_per_index(case: &Case) -> Result<(), String> {
    let last_failed = match case.given("lastFailedPod") {
        Value::Null => None,
        pod => Some(Uids::default().pod(pod)?),
    };
    same_seconds(remaining_per_index_ms(last_failed.as_deref(), bounds(case), now(case)), case)
}

fn new_record(case: &Case) -> Result<(), String> {
    let mut uids = Uids::default();
    let mut pods = |field| -> Result<Vec<Rc<Pod>>, String> { uids.pods(case.given(field)) };
    let found = record(case.given("storeRecord")).after(&pods("newSucceededPods")?, &pods("newFailedPods")?);
    same("record", &found, &record(case.wants()))
}

fn bounds(case: &Case) -> BackoffBounds {
    let milliseconds = |field| (case.given(field).as_f64().unwrap_or(0.0) * 1_000.0).round() as i64;
    BackoffBounds { first_ms: milliseconds("defaultBackoffSeconds"), max_ms: milliseconds("maxBackoffSeconds") }
}

fn same_seconds(remaining_ms: i64, case: &Case) -> Result<(), String> {
    let wanted_s = case.want("remainingSeconds").as_f64().ok_or("no wanted seconds")?;
    same("remaining milliseconds", &remaining_ms, &((wanted_s * 1_000.0).round() as i64))
}
