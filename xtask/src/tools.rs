//! The Rust side's tools: the wasm target, rustfmt and clippy, trunk, wasm-bindgen.
//! Each is looked for first, so that a second run installs nothing; tools of one version never
//! meet those of another, as each has a folder of its own in the cargo home.

use crate::run::{Outcome, cargo, output, program, root, run};
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::PathBuf;

pub const WASM: &str = "wasm32-unknown-unknown";
const TRUNK_VERSION: &str = "0.21.14";

/// Where the page's tools are.
pub struct PageTools {
    pub trunk: PathBuf,
    /// A PATH on which trunk finds the rest.
    pub path: OsString,
}

/// Puts everything in place that a build of the page needs.
pub fn for_the_page() -> Outcome<PageTools> {
    wasm_target()?;
    let trunk = tool("trunk", TRUNK_VERSION, "trunk", &["--locked"])?;
    // Without --locked: the tool's own lock file names a crate version that cannot be had any more.
    let bindgen_version = locked_version(&lock_file()?, "wasm-bindgen")?;
    let bindgen = tool("wasm-bindgen-cli", &bindgen_version, "wasm-bindgen", &[])?;
    // trunk builds offline, so the crates have to be there.
    run("fetch the crates", &mut cargo(["fetch", "--quiet", "--locked", "--target", WASM]))?;
    let old = std::env::var_os("PATH").unwrap_or_default();
    let first = [bindgen, root().join("editor/node_modules/.bin")];
    let path = std::env::join_paths(first.into_iter().chain(std::env::split_paths(&old)))
        .map_err(|error| format!("PATH: {error}"))?;
    Ok(PageTools { trunk: trunk.join(format!("trunk{EXE_SUFFIX}")), path })
}

/// The standard library for wasm32.
pub fn wasm_target() -> Outcome {
    match in_the_toolchain(WASM) {
        true => Ok(()),
        false => run("install the wasm32 target", program("rustup").args(["target", "add", WASM])),
    }
}

/// The standard library's source.
pub fn std_source() -> Outcome {
    match in_the_toolchain("src/rust/library") {
        true => Ok(()),
        false => run("install the standard library's source", program("rustup").args(["component", "add", "rust-src"])),
    }
}

fn in_the_toolchain(folder: &str) -> bool {
    output(program("rustc").args(["--print", "sysroot"]))
        .is_some_and(|sysroot| PathBuf::from(sysroot).join("lib/rustlib").join(folder).is_dir())
}

/// rustfmt or clippy, which a minimal toolchain lacks.
pub fn component(subcommand: &str, component: &str) -> Outcome {
    match output(&mut cargo([subcommand, "--version"])) {
        Some(_) => Ok(()),
        None => run(&format!("install {component}"), program("rustup").args(["component", "add", component])),
    }
}

/// The folder with the executable of one tool in one version.
fn tool(package: &str, version: &str, executable: &str, options: &[&str]) -> Outcome<PathBuf> {
    let folder = cargo_home()?.join(format!("jobscope/{package}-{version}"));
    let bin = folder.join("bin");
    if !bin.join(format!("{executable}{EXE_SUFFIX}")).exists() {
        run(
            &format!("install {package} {version} (some minutes, once)"),
            cargo(["install", package, "--version", version, "--root"]).arg(&folder).args(options),
        )?;
    }
    Ok(bin)
}

/// Where cargo keeps what it has fetched and installed.
pub fn cargo_home() -> Outcome<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .ok_or_else(|| "there is neither CARGO_HOME nor a home directory".to_owned())
}

fn lock_file() -> Outcome<String> {
    std::fs::read_to_string(root().join("Cargo.lock")).map_err(|error| format!("Cargo.lock: {error}"))
}

fn locked_version(lock: &str, package: &str) -> Outcome<String> {
    let name = format!("name = {package:?}");
    lock.lines()
        .skip_while(|line| *line != name)
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or_else(|| format!("Cargo.lock does not name {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen-backend\"
version = \"0.1.0\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
";

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Ok("0.2.130".into()));
        assert!(locked_version(LOCK, "yew").is_err());
    }
}
