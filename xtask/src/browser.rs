//! The browser that visits the page while the site is built, and that the tests drive: Chromium and its driver.
//! Owns finding and, where the system lets us, installing them; the driving is in `tests/browser/`.

use crate::run::{Outcome, output, program, run};
use std::path::Path;

const DRIVER: &str = "chromedriver";
const ON_MACOS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What somebody needs.
#[derive(Clone, Copy, PartialEq)]
pub enum Need {
    /// Chromium alone, to build the site.
    Browser,
    /// Chromium and its driver, to test it.
    Driver,
}

/// Sees to it that what is needed is there, by apt-get where that is ours to run.
pub fn ensure(need: Need) -> Outcome {
    if is_there(need) {
        return Ok(());
    }
    if !(is_root() && runs("apt-get")) {
        return Err(
            "building the site needs Chromium (or Chrome), which visits it once; the browser tests also need a \
             chromedriver of the same version on PATH: on Debian or Ubuntu \
             `sudo apt-get install chromium chromium-driver`, on macOS `brew install --cask chromium chromedriver`"
                .to_owned(),
        );
    }
    run("update the package lists", program("apt-get").args(["update", "-qq"]))?;
    run(
        "install Chromium and its driver",
        program("apt-get")
            .args(["install", "-y", "-qq", "chromium", "chromium-driver"])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    match is_there(need) {
        true => Ok(()),
        false => Err("apt-get installed no chromium and chromedriver that run".to_owned()),
    }
}

/// What starts Chromium. On macOS it is an application and not on PATH.
pub fn executable() -> Option<String> {
    let on_path = BROWSERS.into_iter().find(|name| runs(name));
    on_path.or_else(|| ON_MACOS.into_iter().find(|path| Path::new(path).exists())).map(str::to_owned)
}

fn is_there(need: Need) -> bool {
    executable().is_some() && (need == Need::Browser || runs(DRIVER))
}

fn runs(name: &str) -> bool {
    output(program(name).arg("--version")).is_some()
}

fn is_root() -> bool {
    output(program("id").arg("-u")).as_deref() == Some("0")
}
