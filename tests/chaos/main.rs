//! Chaos: random Jobs under random commands and faults, some beside a queue or a CronJob, and a checker that keeps its own
//! books.
//!
//! `JOBSCOPE_CHAOS_SEEDS=100000 cargo test --test chaos` runs more seeds; `JOBSCOPE_CHAOS_SEED=7 …` repeats one and
//! prints its trace.

mod checker;
mod company;
#[path = "../cron_books/mod.rs"]
mod cron_books;
mod faults;
mod items;
mod plan;
mod recount;
mod run;
#[path = "../seeds/mod.rs"]
mod seeds;

use run::Run;
use seeds::Telling;

/// How many seeds run when nothing else is asked for.
const SEEDS: u64 = 2_000;

#[test]
fn jobs_survive_chaos() {
    seeds::survive("chaos", SEEDS, |seed, telling| {
        let mut run = Run::new(seed)?;
        let result = run.go();
        if telling == Telling::Trace {
            run.print();
        }
        result
    });
}
