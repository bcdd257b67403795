//! Rows and tables of `kubectl get`.

use jobscope::kubectl::get::{cron_job_heads, cron_job_row, job_heads, job_row, pod_heads, pod_row};
use jobscope::kubectl::pod_status::row_condition;
use jobscope::kubectl::table::{Columns, layout, since, until};
use jobscope::sim::Time;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::objects::time;
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    let words: Vec<&str> = table.split([' ', ',']).collect();
    let has = |word: &str| words.contains(&word);
    if has("TestTranslateTimestampSince") {
        return Some(timestamp(case));
    }
    if table.ends_with("the get table") {
        return Some(table_layout(case));
    }
    if has("TestPrintJob") || has("TestPrintJobList") {
        return Some(rows(case, job_heads, job_row));
    }
    if has("TestPrintCronJob") || has("TestPrintCronJobList") {
        return Some(rows(case, cron_job_heads, cron_job_row));
    }
    let of_pods = [
        "TestPrintPod",
        "TestPrintNonTerminatedPod",
        "TestPrintPodConditions",
        "TestPrintPodWithRestartableInitContainer",
        "TestPrintPodwide",
        "TestPrintPodList",
        "printPod",
    ];
    of_pods.iter().any(|word| has(word)).then(|| rows(case, pod_heads, pod_row).and_then(|()| row_conditions(case)))
}

fn timestamp(case: &Case) -> Result<(), String> {
    let (moment, now) = (time(case.given("timestamp")), time(case.given("now")).ok_or("no time")?);
    let text = match case.given("function").as_str() {
        Some("since") => since(moment, now),
        Some("until") => until(moment, now),
        other => return Err(format!("unknown function {other:?}")),
    };
    same("text", &json!(text), case.want("text"))
}

fn table_layout(case: &Case) -> Result<(), String> {
    let heads = cells(case.given("columns"));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = case.given("rows").as_array().into_iter().flatten().map(cells).collect();
    same("text", &json!(layout(&heads, &rows)), case.want("text"))
}

/// One object and its row, or several and theirs.
fn rows<T: DeserializeOwned>(
    case: &Case,
    heads: fn(Columns) -> &'static [&'static str],
    row: fn(&T, Time, Columns) -> Vec<String>,
) -> Result<(), String> {
    let now = time(case.given("now")).ok_or("no time")?;
    let columns = if *case.given("wide") == Value::Bool(true) { Columns::Wide } else { Columns::Usual };
    same("columns", &json!(heads(columns)), case.want("columns"))?;
    if case.given("objects").is_array() {
        let objects: Vec<T> = case.given_as("objects")?;
        let found: Vec<Vec<String>> = objects.iter().map(|object| row(object, now, columns)).collect();
        let wanted: Vec<Vec<String>> = case.want("rows").as_array().into_iter().flatten().map(cells).collect();
        return same("rows", &found, &wanted);
    }
    same("row", &row(&case.given_as("object")?, now, columns), &cells(case.want("row")))
}

fn row_conditions(case: &Case) -> Result<(), String> {
    if !case.given("object").is_object() {
        return Ok(());
    }
    let found = row_condition(&case.given_as("object")?).map(
        |(reason, message)| json!([{"type": "Completed", "status": "True", "reason": reason, "message": message}]),
    );
    same("row conditions", &json!(found), case.want("rowConditions"))
}

/// Cells as texts; a number is printed as it is.
fn cells(row: &Value) -> Vec<String> {
    let text = |cell: &Value| cell.as_str().map_or_else(|| cell.to_string(), ToOwned::to_owned);
    row.as_array().into_iter().flatten().map(text).collect()
}
