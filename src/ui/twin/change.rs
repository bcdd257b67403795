//! What can be changed in a twin, what it is now, and the scenario with the change made. A change of a field is one of one
//! line of the manifest; acts that come later in the run stay as they are, but for how often pods fail.

use crate::api::manifest::{self, Lines};
use crate::api::{Gate, GateState};
use crate::cluster::{Command, Scenario};
use crate::sim::parse_decimal;
use crate::ui::words::decimal;
use std::rc::Rc;

/// One thing that is different.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A field, such as `spec.backoffLimit`; an empty value unsets it.
    Field { target: Target, path: String, value: String },
    /// Out of a hundred runs of a container of that Job or CronJob, how many fail (0 to 100).
    FailurePercent { name: Rc<str>, percent: f64 },
    /// A gate, from the start.
    Gate(Gate, GateState),
}

/// The object that is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Job(Rc<str>),
    CronJob(Rc<str>),
}

/// Something that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub name: &'static str,
    /// What it is now; empty when it is not set.
    pub present: String,
    /// What it can be; empty when anything can be written.
    pub choices: &'static [&'static str],
    what: What,
}

/// What an offer changes.
#[derive(Clone, Debug, PartialEq)]
enum What {
    Field(String),
    FailurePercent,
    Gate(Gate),
}

/// The offer that is not about a field or a gate.
const FAILURE_PERCENT: &str = "failure rate, %";

const SWITCH: &[&str] = &["true", "false"];
const MODE: &str = "completionMode";

/// Fields of a Job: in which part of the spec, by which name, what they are when not written, what they can be, and
/// whether they are for Indexed Jobs alone.
#[rustfmt::skip]
const JOB_FIELDS: &[(&str, &str, &str, &[&str], Whose)] = &[
    ("", "backoffLimit", "6", &[], Whose::AllJobs),
    ("", "backoffLimitPerIndex", "", &[], Whose::Indexed),
    ("", "maxFailedIndexes", "", &[], Whose::Indexed),
    ("", "parallelism", "1", &[], Whose::AllJobs),
    ("", "completions", "", &[], Whose::AllJobs),
    ("", MODE, "NonIndexed", &["NonIndexed", "Indexed"], Whose::AllJobs),
    ("", "activeDeadlineSeconds", "", &[], Whose::AllJobs),
    ("", "podReplacementPolicy", "", &["TerminatingOrFailed", "Failed"], Whose::AllJobs),
    ("template.spec.", "restartPolicy", "", &["Never", "OnFailure"], Whose::AllJobs),
    ("", "ttlSecondsAfterFinished", "", &[], Whose::AllJobs),
    ("", "suspend", "false", SWITCH, Whose::AllJobs),
];

/// The same of a CronJob.
const CRON_JOB_FIELDS: &[(&str, &str, &[&str])] = &[
    ("concurrencyPolicy", "Allow", &["Allow", "Forbid", "Replace"]),
    ("startingDeadlineSeconds", "", &[]),
    ("schedule", "", &[]),
];

/// For which Jobs a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    AllJobs,
    Indexed,
}

/// All that can be changed about that object, its pods and the cluster.
pub fn offers(scenario: &Scenario, lines: &Lines, target: &Target) -> Vec<Offer> {
    let value = |path: &str, default: &str| {
        lines.value(target.kind(), target.name(), path).unwrap_or_else(|| default.to_owned())
    };
    let field = |path: String, name, default, choices| Offer {
        name,
        present: value(&path, default),
        choices,
        what: What::Field(path),
    };
    let mut offers = Vec::new();
    if matches!(target, Target::CronJob(_)) {
        offers.extend(
            CRON_JOB_FIELDS
                .iter()
                .map(|(name, default, choices)| field(format!("spec.{name}"), name, default, choices)),
        );
    }
    let spec = target.job_spec();
    let is_indexed = value(&format!("{spec}{MODE}"), "") == "Indexed";
    let offered = JOB_FIELDS.iter().filter(|(.., whose)| is_indexed || *whose == Whose::AllJobs);
    offers.extend(
        offered.map(|(part, name, default, choices, _)| field(format!("{spec}{part}{name}"), name, default, choices)),
    );
    let present = decimal(scenario.pod_settings(target.name()).failure_percent);
    offers.push(Offer { name: FAILURE_PERCENT, present, choices: &[], what: What::FailurePercent });
    offers.extend(Gate::ALL.iter().map(|gate| Offer {
        name: gate.name(),
        present: scenario.gates.enabled(*gate).to_string(),
        choices: SWITCH,
        what: What::Gate(*gate),
    }));
    offers
}

/// What is changed, with that value: `backoffLimit 2`, `failure rate 80 %`.
pub fn valued(name: &str, value: &str) -> String {
    match value.trim() {
        "" => format!("{name} not set"),
        value if name == FAILURE_PERCENT => format!("failure rate {value} %"),
        value => format!("{name} {value}"),
    }
}

impl Offer {
    /// What can be changed, and what it is now: `backoffLimit (now 6)`.
    pub fn words(&self) -> String {
        let Self { name, present, .. } = self;
        if present.is_empty() { format!("{name} (not set)") } else { format!("{name} (now {present})") }
    }

    /// The value to ask about first: another one, where there are few.
    pub fn first_value(&self) -> String {
        let other = self.choices.iter().find(|choice| **choice != self.present);
        other.map_or_else(|| self.present.clone(), |choice| (*choice).to_owned())
    }

    /// Whether it is a feature gate.
    pub fn is_gate(&self) -> bool {
        matches!(self.what, What::Gate(_))
    }

    /// The change to that value.
    ///
    /// # Errors
    /// A sentence, when the value is none that it can have.
    pub fn change(&self, target: &Target, value: &str) -> Result<Change, String> {
        Ok(match &self.what {
            What::Field(path) => {
                Change::Field { target: target.clone(), path: path.clone(), value: value.trim().to_owned() }
            }
            What::FailurePercent => {
                let percent = parse_decimal(value.trim()).filter(|percent| (0.0..=100.0).contains(percent));
                let percent = percent.ok_or("The failure rate is a number from 0 to 100.")?;
                Change::FailurePercent { name: target.name().into(), percent }
            }
            What::Gate(gate) => Change::Gate(*gate, if value == "true" { GateState::On } else { GateState::Off }),
        })
    }
}

impl Target {
    pub fn name(&self) -> &str {
        match self {
            Self::Job(name) | Self::CronJob(name) => name,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Job(_) => "Job",
            Self::CronJob(_) => "CronJob",
        }
    }

    /// Where in the object the spec of its Jobs is.
    fn job_spec(&self) -> &'static str {
        match self {
            Self::Job(_) => "spec.",
            Self::CronJob(_) => "spec.jobTemplate.spec.",
        }
    }
}

impl Change {
    /// The scenario with the change made. Whether it is valid is not looked at.
    ///
    /// # Errors
    /// A sentence, when the manifest cannot be changed in this way.
    pub fn apply(&self, base: &Scenario) -> Result<Scenario, String> {
        let mut scenario = base.clone();
        match self {
            Self::Field { target, path, value } => {
                scenario.manifest = manifest::with_field(&base.manifest, target.kind(), target.name(), path, value)?;
            }
            Self::FailurePercent { name, percent } => {
                match scenario.jobs.get_mut(&**name) {
                    Some(settings) => settings.failure_percent = *percent,
                    None => scenario.pods.failure_percent = *percent,
                }
                for timed in &mut scenario.commands {
                    if let Command::SetPods { job, settings } = &mut timed.command
                        && (job.is_empty() || **job == **name)
                    {
                        settings.failure_percent = *percent;
                    }
                }
            }
            Self::Gate(gate, state) => scenario.gates.set(*gate, *state),
        }
        Ok(scenario)
    }
}
