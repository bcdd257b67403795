//! `cargo xtask shots`: pictures of the page, taken by the browser test `pictures`.

use crate::run::{Outcome, cargo, root, run};
use crate::{browser, web};
use std::path::PathBuf;

pub enum Site {
    Build,
    AsItIs,
}

pub struct Wanted {
    /// From the repository's root, if not absolute.
    pub out: PathBuf,
    /// A name in the gallery; without one, whatever the page opens with.
    pub scenario: Option<String>,
    /// The moment on the simulated clock, at least.
    pub at_seconds: f64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { out: "target/shots".into(), scenario: None, at_seconds: 20.0 }
    }
}

/// Opens the built site and writes the pictures.
pub fn take(site: &Site, wanted: &Wanted) -> Outcome {
    browser::ensure(browser::Need::Driver)?;
    match site {
        Site::Build => web::build()?,
        Site::AsItIs => {}
    }
    let mut test = cargo(["test", "--quiet", "--test", "browser", "pictures"]);
    test.args(["--", "--ignored", "--exact", "--nocapture"])
        .env("JOBSCOPE_SHOTS_OUT", root().join(&wanted.out))
        .env("JOBSCOPE_SHOTS_AT_SECONDS", wanted.at_seconds.to_string());
    if let Some(scenario) = &wanted.scenario {
        test.env("JOBSCOPE_SHOTS_SCENARIO", scenario);
    }
    run("pictures", &mut test)
}
