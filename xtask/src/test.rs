//! `cargo xtask test`: every check there is, cheap ones first; the first that fails ends it.

use crate::run::{Outcome, cargo, run};
use crate::{browser, size, tools, web};
use std::str::FromStr;
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Fmt,
    Clippy,
    Native,
    Site,
    Size,
    Browser,
}

impl Step {
    pub const ALL: [Self; 6] = [Self::Fmt, Self::Clippy, Self::Native, Self::Site, Self::Size, Self::Browser];

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Native => "native",
            Self::Site => "site",
            Self::Size => "size",
            Self::Browser => "browser",
        }
    }

    fn run(self) -> Outcome {
        match self {
            Self::Fmt => formatted(),
            Self::Clippy => clippy(),
            Self::Native => run("native tests", &mut cargo(["test", "--locked", "--workspace", "--no-fail-fast"])),
            Self::Site => web::build(),
            Self::Size => size::check(),
            Self::Browser => in_the_browser(),
        }
    }
}

impl FromStr for Step {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|step| step.name() == name).ok_or_else(|| format!("there is no step {name:?}"))
    }
}

/// Runs the steps in the order given.
pub fn run_steps(steps: &[Step]) -> Outcome {
    let mut times = Vec::new();
    for &step in steps {
        let start = Instant::now();
        step.run().map_err(|failure| format!("step {} failed. {failure}", step.name()))?;
        times.push(format!("{} {:.0} s", step.name(), start.elapsed().as_secs_f64()));
    }
    println!("All steps passed: {}", times.join(", "));
    Ok(())
}

fn formatted() -> Outcome {
    tools::component("fmt", "rustfmt")?;
    run("formatting", &mut cargo(["fmt", "--all", "--check"]))
}

/// Natively everything; for wasm the page, as its tests and tools are native.
fn clippy() -> Outcome {
    tools::component("clippy", "clippy")?;
    tools::wasm_target()?;
    let deny = ["--", "-D", "warnings"];
    run("clippy", cargo(["clippy", "--locked", "--workspace", "--all-targets"]).args(deny))?;
    run("clippy for wasm32", cargo(["clippy", "--locked", "--lib", "--bins", "--target", tools::WASM]).args(deny))
}

/// One at a time, as they measure.
fn in_the_browser() -> Outcome {
    browser::ensure(browser::Need::Driver)?;
    run(
        "browser tests",
        &mut cargo(["test", "--locked", "--test", "browser", "--", "--ignored", "--nocapture", "--test-threads=1"]),
    )
}
