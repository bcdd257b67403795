//! The site's standard library: built with the page instead of taken as it comes, for size. A panic becomes a plain
//! trap, so that neither its text nor what would format it is loaded; that saves a seventh of the page.
//!
//! Cargo calls this unstable. The compiler is pinned by the toolchain, so what works once goes on working; should it
//! fail with another one, the page builds without these settings too, only larger.

use crate::run::{Outcome, cargo, root, run};
use crate::tools::{WASM, cargo_home, std_source};
use std::process::Command;

/// Lets `command`, which runs cargo offline, build the site with a small standard library.
pub fn apply(command: &mut Command) -> Outcome {
    std_source()?;
    run(
        "fetch the standard library's crates",
        settings(&mut cargo(["fetch", "--quiet", "--locked", "--target", WASM])),
    )?;
    let flags = format!("-Zunstable-options -Cpanic=immediate-abort {}", paths_of_no_machine()?);
    settings(command).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    Ok(())
}

fn settings(command: &mut Command) -> &mut Command {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
}

/// Compiler flags that keep the folders of this machine out of what browsers load.
fn paths_of_no_machine() -> Outcome<String> {
    let crates = cargo_home()?.join("registry/src");
    let folder = std::fs::read_dir(&crates).ok().and_then(|mut entries| entries.next()?.ok());
    let crates = folder.map_or(crates, |entry| entry.path());
    Ok(format!("--remap-path-prefix={}= --remap-path-prefix={}=", crates.display(), root().display()))
}
