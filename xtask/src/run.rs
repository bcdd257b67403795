//! Running programs: where the repository is, and what becomes of an exit status.
//! Knows nothing of what the programs are for.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What went wrong is a sentence that names the step.
pub type Outcome<T = ()> = Result<T, String>;

/// The repository's root.
pub fn root() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.pop();
    path
}

/// A program, to be run in the repository's root.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that started us.
pub fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// Runs to the end, with the terminal as its own; `step` says in the failure what was being done.
pub fn run(step: &str, command: &mut Command) -> Outcome {
    eprintln!("── {step}");
    let status =
        command.status().map_err(|error| format!("{step}: {:?} did not start: {error}", command.get_program()))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{step}: failed ({status})")),
    }
}

/// What a program prints, or nothing if it cannot be run or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
