//! Runs a chaos test over many seeds, or over the one that `JOBSCOPE_CHAOS_SEED` names, and prints for each failing seed
//! the line that replays it. It knows nothing of what a run does.

use std::panic::{RefUnwindSafe, catch_unwind};

/// So many failing seeds are shown at the most.
const SHOWN: usize = 10;

/// Whether a run prints what happened in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    Silent,
    Trace,
}

/// Runs the seeds below `default`, or as many as `JOBSCOPE_CHAOS_SEEDS` says; `test` is the name of the test program.
pub fn survive(test: &str, default: u64, run: impl Fn(u64, Telling) -> Result<(), String> + RefUnwindSafe) {
    if let Some(seed) = number("JOBSCOPE_CHAOS_SEED") {
        assert_eq!(run(seed, Telling::Trace), Ok(()));
        return;
    }
    let mut failures = Vec::new();
    for seed in 0..number("JOBSCOPE_CHAOS_SEEDS").unwrap_or(default) {
        let outcome = catch_unwind(|| run(seed, Telling::Silent));
        if let Err(what) = outcome.unwrap_or_else(|_| Err("it panics, as shown above".to_owned())) {
            failures.push(format!("JOBSCOPE_CHAOS_SEED={seed} cargo test --test {test} -- --nocapture  # {what}"));
        }
        if failures.len() == SHOWN {
            break;
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not {text:?}")))
}
