//! The page: a development server, and the static site in `dist/`.
//! What trunk is told for good stands in `Trunk.toml`; here stands what differs from run to run.

use crate::run::{Outcome, program, root, run};
use crate::{browser, npm, offline, parts, policy, small_std, tools, zones};
use std::process::Command;

#[derive(Clone, Copy, PartialEq)]
pub enum Profile {
    Dev,
    Release,
}

/// Builds, serves on 127.0.0.1, and rebuilds on changes until it is stopped.
pub fn serve(port: u16, profile: Profile) -> Outcome {
    let mut trunk = trunk("serve", profile)?;
    trunk.args(["--port", &port.to_string()]);
    // `dist/` stays the site to put elsewhere, without the reloading that trunk adds here.
    let dist = root().join("target/serve");
    std::fs::create_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    trunk.arg("--dist").arg(dist);
    eprintln!("── Jobscope will be on http://127.0.0.1:{port}/ once it is built; Ctrl+C ends it");
    run("serve the page", &mut trunk)
}

/// Leaves a static site in `dist/` that works wherever it is put.
pub fn build() -> Outcome {
    // Asked for first, as what it is needed for comes after minutes of compiling.
    browser::ensure(browser::Need::Browser)?;
    run("build the site", &mut trunk("build", Profile::Release)?)?;
    let dist = root().join("dist");
    parts::split_site(&dist)?;
    policy::tighten(&dist)?;
    offline::add_worker(&dist)
}

fn trunk(command: &str, profile: Profile) -> Outcome<Command> {
    npm::packages()?;
    let page_tools = tools::for_the_page()?;
    npm::bundle()?;
    zones::write()?;
    let mut trunk = program(page_tools.trunk);
    trunk.arg(command).env("PATH", page_tools.path);
    // trunk reads this as an option of its own, and stops at the value that everybody else sets.
    trunk.env_remove("NO_COLOR");
    if profile == Profile::Release {
        trunk.args(["--release", "--cargo-profile", "site"]);
        small_std::apply(&mut trunk)?;
    }
    Ok(trunk)
}
