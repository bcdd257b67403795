//! The npm side: the packages of `editor/`, and the bundle made from them.
//! Knows nothing of what is in the bundle.

use crate::run::{Outcome, output, program, root, run};

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Installs the locked packages if the lock file is not the one they were last installed from.
pub fn packages() -> Outcome {
    let editor = root().join("editor");
    let installed = editor.join("node_modules/.installed-from.json");
    let lock = std::fs::read(editor.join("package-lock.json"))
        .map_err(|error| format!("editor/package-lock.json: {error}"))?;
    if std::fs::read(&installed).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    if output(program("node").arg("--version")).is_none() {
        return Err("Node.js is missing: install version 20 or newer, with npm".to_owned());
    }
    run("install the npm packages", program(NPM).args(["ci", "--no-audit", "--no-fund"]).current_dir(&editor))?;
    std::fs::write(&installed, lock).map_err(|error| format!("{}: {error}", installed.display()))
}

/// Bundles the editor; trunk does so too before each build, but wants the file there beforehand.
pub fn bundle() -> Outcome {
    run("bundle the editor", program("node").arg("editor/build.js"))
}
