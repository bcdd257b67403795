//! The browser that the tests drive: Chromium and its driver.
//! Owns finding and, where the system lets us, installing them; the driving is in `tests/browser/`.

use crate::run::{Outcome, output, program, run};
use std::path::Path;

const DRIVER: &str = "chromedriver";
const MAC_CHROMIUM: &str = "/Applications/Chromium.app/Contents/MacOS/Chromium";
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Chromium and chromedriver on PATH, by apt-get where that is ours to run.
pub fn ensure() -> Outcome {
    if present() {
        return Ok(());
    }
    if !(is_root() && runs("apt-get")) {
        return Err("the browser tests need Chromium (or Chrome) and a chromedriver of the same version on PATH: \
             on Debian or Ubuntu `sudo apt-get install chromium chromium-driver`, \
             on macOS `brew install --cask chromium chromedriver`"
            .to_owned());
    }
    run("update the package lists", program("apt-get").args(["update", "-qq"]))?;
    run(
        "install Chromium and its driver",
        program("apt-get")
            .args(["install", "-y", "-qq", "chromium", "chromium-driver"])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    match present() {
        true => Ok(()),
        false => Err("apt-get installed no chromium and chromedriver that run".to_owned()),
    }
}

/// What starts Chromium.
pub fn executable() -> Option<String> {
    let found = BROWSERS.into_iter().find(|name| runs(name)).map(str::to_owned);
    found.or_else(|| Path::new(MAC_CHROMIUM).exists().then(|| MAC_CHROMIUM.to_owned()))
}

/// On macOS the browser is an application and not on PATH; the driver finds it there.
fn present() -> bool {
    runs(DRIVER) && (cfg!(target_os = "macos") || BROWSERS.into_iter().any(runs))
}

fn runs(name: &str) -> bool {
    output(program(name).arg("--version")).is_some()
}

fn is_root() -> bool {
    output(program("id").arg("-u")).as_deref() == Some("0")
}
