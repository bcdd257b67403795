//! Durations as kubectl prints them.

use jobscope::kubectl::duration::{human_duration, short_human_duration};

use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    table.contains("TestHumanDuration").then(|| print(case))
}

fn print(case: &Case) -> Result<(), String> {
    let elapsed_ms = case.given("nanoseconds").as_i64().ok_or("no duration")? / 1_000_000;
    let text = match case.given("function").as_str() {
        Some("human") => human_duration(elapsed_ms),
        Some("short") => short_human_duration(elapsed_ms),
        other => return Err(format!("unknown function {other:?}")),
    };
    same("text", &Some(&*text), &case.want("text").as_str())
}
