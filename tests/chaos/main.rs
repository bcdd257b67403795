//! Chaos: random Jobs under random commands and faults, and a checker that keeps its own books.
//!
//! `JOBSCOPE_CHAOS_SEEDS=100000 cargo test --test chaos` runs more seeds; `JOBSCOPE_CHAOS_SEED=7 …` repeats one and
//! prints its trace.

mod checker;
mod faults;
mod plan;
mod recount;
mod run;

use run::Run;

/// How many seeds run when nothing else is asked for.
const SEEDS: u64 = 2_000;
/// So many failing seeds are shown at the most.
const SHOWN: usize = 10;

#[test]
fn jobs_survive_chaos() {
    if let Some(seed) = number("JOBSCOPE_CHAOS_SEED") {
        let mut run = Run::new(seed).expect("the manifest is good");
        let result = run.go();
        run.print();
        assert_eq!(result, Ok(()));
        return;
    }
    let seeds = number("JOBSCOPE_CHAOS_SEEDS").unwrap_or(SEEDS);
    let mut failures = Vec::new();
    for seed in 0..seeds {
        let run = || Run::new(seed).and_then(|mut run| run.go());
        let outcome = std::panic::catch_unwind(run).unwrap_or_else(|_| Err("it panics, as shown above".to_owned()));
        if let Err(what) = outcome {
            failures.push(format!("JOBSCOPE_CHAOS_SEED={seed} cargo test --test chaos -- --nocapture  # {what}"));
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
