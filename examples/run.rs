//! Runs a manifest without a page: prints what happens as it happens, and at the end the status of each CronJob and Job
//! and the tables of `kubectl get`.
//!
//! `cargo run --example run -- FILE.yaml [--seed N] [--failure-rate F] [--duration MIN..MAX] [--until SECONDS] [--start TIME]
//! [--json]`

use jobscope::api::encode::{Encode, encode};
use jobscope::api::{wire, yaml};
use jobscope::cluster::{Cluster, Scenario, Start, TraceEntry};
use jobscope::kubectl::get::{cron_job_heads, cron_job_row, job_heads, job_row, pod_heads, pod_row};
use jobscope::kubectl::table::{Columns, layout};
use lexopt::prelude::*;
use serde_json::json;
use std::process::ExitCode;

const USAGE: &str = "usage: run FILE.yaml [--seed N] [--failure-rate F] [--duration MIN..MAX] [--until SECONDS] [--start TIME] [--json]";

/// What the command line asks for.
struct Options {
    scenario: Scenario,
    /// How far to run at the most, in simulated milliseconds.
    until_ms: i64,
    output: Output,
}

#[derive(Clone, Copy, PartialEq)]
enum Output {
    Text,
    Json,
}

fn main() -> ExitCode {
    match options().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), String> {
    let mut cluster = Cluster::new(options.scenario).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    for note in cluster.notes() {
        eprintln!("{note}");
    }
    let end = cluster.now().plus_ms(options.until_ms);
    let mut printed = 0;
    while let Some(next) = cluster.next_at().filter(|next| *next <= end && !cluster.is_done()) {
        cluster.run_until(next, usize::MAX);
        for entry in cluster.trace_since(printed) {
            print_entry(&cluster, entry, options.output);
        }
        printed = cluster.trace_count();
    }
    if !cluster.is_done() {
        cluster.run_until(end, usize::MAX);
    }
    print_objects(&cluster, options.output)
}

fn print_entry(cluster: &Cluster, entry: &TraceEntry, output: Output) {
    let at_ms = entry.at.ms_since(cluster.start());
    let line = cluster.line(entry);
    match output {
        Output::Text => println!("{:>10.3}  {line}", at_ms as f64 / 1_000.0),
        Output::Json => println!("{}", json!({"atMs": at_ms, "what": entry.event.kind(), "text": line})),
    }
}

/// The CronJobs, then the Jobs.
fn print_objects(cluster: &Cluster, output: Output) -> Result<(), String> {
    for cron_job in cluster.api().cron_jobs() {
        let name = format!("cronjob/{}", cron_job.meta.name);
        let cron_job = wire::cron_job_to_wire(cron_job);
        print_object(&name, &cron_job, &cron_job.status, output)?;
    }
    for job in cluster.api().jobs() {
        let name = format!("job/{}", job.meta.name);
        let job = wire::job_to_wire(job);
        print_object(&name, &job, &job.status, output)?;
    }
    if output == Output::Text {
        print_tables(cluster);
    }
    Ok(())
}

/// CronJobs, Jobs and pods as `kubectl get` lists them.
fn print_tables(cluster: &Cluster) {
    let (api, now, columns) = (cluster.api(), cluster.now(), Columns::Usual);
    let cron_jobs = api.cron_jobs().map(|cron_job| cron_job_row(&wire::cron_job_to_wire(cron_job), now, columns));
    print_table(cron_job_heads(columns), cron_jobs.collect());
    let jobs = api.jobs().map(|job| job_row(&wire::job_to_wire(job), now, columns));
    print_table(job_heads(columns), jobs.collect());
    let pods = api.pods().map(|pod| pod_row(&wire::pod_to_wire(pod), now, columns));
    print_table(pod_heads(columns), pods.collect());
}

fn print_table(heads: &[&str], rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        println!("{}", layout(heads, &rows));
    }
}

fn print_object(name: &str, object: &impl Encode, status: &impl Encode, output: Output) -> Result<(), String> {
    let text = match output {
        Output::Json => encode(object).to_string(),
        Output::Text => format!("---\n{name}\n{}", yaml::write(status)),
    };
    println!("{text}");
    Ok(())
}

fn options() -> Result<Options, String> {
    let mut options = Options { scenario: Scenario::default(), until_ms: 86_400_000, output: Output::Text };
    let mut file = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            Long("seed") => options.scenario.seed = number(&mut arguments, "--seed")?,
            Long("failure-rate") => {
                let rate: f64 = number(&mut arguments, "--failure-rate")?;
                if !(0.0..=1.0).contains(&rate) {
                    return Err(format!("--failure-rate {rate}: a number from 0 to 1"));
                }
                options.scenario.pods.failure_percent = rate * 100.0;
            }
            Long("duration") => set_duration(&mut options.scenario, &text(&mut arguments)?)?,
            Long("until") => {
                let seconds: f64 = number(&mut arguments, "--until")?;
                if !(0.0..=1e9).contains(&seconds) {
                    return Err(format!("--until {seconds}: a number of seconds, not negative"));
                }
                options.until_ms = (seconds * 1_000.0) as i64;
            }
            Long("start") => options.scenario.start = Start::try_from(text(&mut arguments)?)?,
            Long("json") => options.output = Output::Json,
            Long("help") => return Err(USAGE.to_owned()),
            Value(path) if file.is_none() => file = Some(path),
            other => return Err(format!("{}\n{USAGE}", other.unexpected())),
        }
    }
    let path = file.ok_or(USAGE)?;
    options.scenario.manifest =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.to_string_lossy()))?;
    Ok(options)
}

/// `MIN..MAX` in seconds, or one number for both.
fn set_duration(scenario: &mut Scenario, range: &str) -> Result<(), String> {
    let (least, most) = range.split_once("..").unwrap_or((range, range));
    let ms = |seconds: &str| match seconds.trim().trim_end_matches('s').parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok((seconds * 1_000.0) as u64),
        _ => Err(format!("--duration {range}: two numbers of seconds such as 5..20, at most 86400")),
    };
    let (least_ms, most_ms) = (ms(least)?, ms(most)?);
    if least_ms > most_ms {
        return Err(format!("--duration {range}: the first number must not be larger than the second"));
    }
    (scenario.pods.min_duration_ms, scenario.pods.max_duration_ms) = (least_ms, most_ms);
    Ok(())
}

fn text(arguments: &mut lexopt::Parser) -> Result<String, String> {
    let value = arguments.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|value| format!("{}: not a text", value.to_string_lossy()))
}

fn number<T: std::str::FromStr>(arguments: &mut lexopt::Parser, option: &str) -> Result<T, String> {
    let text = text(arguments)?;
    text.parse().map_err(|_| format!("{option} {text}: not a number that fits"))
}
