//! The plan of one run of a container: how long it will run, how it will exit, and what it does when it is told to
//! stop. A plan is made when the run starts; it does not know whether the run will get that far.

use super::PodSettings;
use super::behaviour::Behaviour;
use crate::api::{Container, Text};
use crate::sim::{Random, Time};

/// What a run of a container can know of its surroundings.
#[derive(Clone, Debug)]
pub struct RunContext<'a> {
    /// How the pods of this Job behave where a command does not say.
    pub settings: &'a PodSettings,
    /// The numbers of this run; the caller names the stream.
    pub random: Random,
    /// The place of the pod in an Indexed Job.
    pub completion_index: Option<u32>,
    pub hostname: &'a str,
    /// The variables that the pod template sets.
    pub env: &'a [(String, String)],
    pub started_at: Time,
}

/// What a run of a container will do.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPlan {
    pub duration: RunDuration,
    /// How it exits when it runs to its end.
    pub exit: Exit,
    pub on_term: TermReaction,
    pub basis: PlanBasis,
    /// From then on it hangs, in milliseconds since its start.
    pub stuck_after_ms: Option<u64>,
}

/// How long a run lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunDuration {
    Ms(u64),
    Forever,
}

/// How a container exited, as its status says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// 0 to 255.
    pub code: i32,
    /// `Completed`, `Error` or `OOMKilled`.
    pub reason: Text,
}

impl Exit {
    /// The exit with that code, with the reason that goes with it.
    pub fn with_code(code: i32) -> Self {
        let reason = if code == 0 { "Completed" } else { "Error" };
        Self { code, reason: reason.into() }
    }

    /// The end of a container that has taken more memory than it may.
    pub fn out_of_memory() -> Self {
        Self { code: 137, reason: "OOMKilled".into() }
    }
}

/// What the first process of a container does with SIGTERM. The kernel ignores the signal for a process that is the
/// first of its container and has no handler for it, as a plain shell or `sleep`; those live until they are killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermReaction {
    Ignores,
    /// It tidies up for a while and exits.
    Exits {
        after_ms: u64,
        code: i32,
    },
    /// A script with traps: what it does depends on when the signal comes.
    Traps,
}

/// Where a plan comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanBasis {
    /// A shell script was interpreted.
    Script,
    /// A shell script was interpreted until it had done more than can be followed; it is taken to never end.
    ScriptCutOff,
    /// kuard's key generator.
    Kuard,
    /// A plain command such as `sleep 5`.
    Direct,
    /// The failure model of the settings.
    Model,
}

/// What the run of `container` in these surroundings will do. The same arguments give the same plan.
pub fn plan_run(container: &Container, run: &RunContext) -> RunPlan {
    Behaviour::of(container).plan(run)
}

/// The run that the failure model draws: its length from the settings' range, then whether and how it fails.
pub(super) fn model_plan(run: &RunContext) -> RunPlan {
    let (settings, mut random) = (run.settings, run.random.clone());
    let duration_ms = random.in_range(settings.min_duration_ms, settings.max_duration_ms);
    let fails = random.percent(settings.failure_percent);
    let code = if fails { draw_exit_code(settings, &mut random) } else { 0 };
    let mut plan = RunPlan {
        duration: RunDuration::Ms(duration_ms),
        exit: Exit::with_code(code),
        on_term: polite_end(&mut random),
        basis: PlanBasis::Model,
        stuck_after_ms: None,
    };
    if random.percent(settings.oom_percent) {
        plan.exit = Exit::out_of_memory();
    }
    if random.percent(settings.stuck_percent) {
        (plan.duration, plan.stuck_after_ms) = (RunDuration::Forever, Some(duration_ms));
        plan.on_term = TermReaction::Ignores;
    }
    plan
}

/// An unknown program is taken to be a well-behaved one: it ends soon after SIGTERM, with 128 + 15.
fn polite_end(random: &mut Random) -> TermReaction {
    TermReaction::Exits { after_ms: random.in_range(500, 2_000), code: 143 }
}

fn draw_exit_code(settings: &PodSettings, random: &mut Random) -> i32 {
    let total: u64 = settings.exit_codes.iter().map(|exit| u64::from(exit.weight)).sum();
    let mut place = random.in_range(1, total.max(1));
    for exit in &settings.exit_codes {
        if place <= u64::from(exit.weight) {
            return exit.code;
        }
        place -= u64::from(exit.weight);
    }
    1
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ExitCode;
    use super::*;

    pub fn container(image: &str, command: &[&str], args: &[&str]) -> Container {
        Container {
            name: "c".into(),
            image: image.into(),
            command: command.iter().map(|&part| part.into()).collect(),
            args: args.iter().map(|&part| part.into()).collect(),
            ..Default::default()
        }
    }

    pub fn context(settings: &PodSettings, seed: u64) -> RunContext<'_> {
        RunContext {
            settings,
            random: Random::stream(seed, &[]),
            completion_index: Some(3),
            hostname: "indexed-3",
            env: &[],
            started_at: Time::from_epoch_ms(1_767_225_600_000),
        }
    }

    #[test]
    fn runs_hang_and_run_out_of_memory_as_often_as_is_set() {
        let settings = PodSettings { stuck_percent: 30.0, oom_percent: 20.0, ..Default::default() };
        let plans: Vec<RunPlan> =
            (0..2_000).map(|seed| plan_run(&container("work", &[], &[]), &context(&settings, seed))).collect();
        let count = |holds: fn(&RunPlan) -> bool| plans.iter().filter(|plan| holds(plan)).count();
        let stuck = count(|plan| plan.stuck_after_ms.is_some() && plan.duration == RunDuration::Forever);
        assert!((520..680).contains(&stuck), "{stuck}");
        let killed = count(|plan| plan.exit.reason == "OOMKilled" && plan.exit.code == 137);
        assert!((320..480).contains(&killed), "{killed}");
        let calm = PodSettings::default();
        for (seed, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.exit.code == 0) {
            let without = plan_run(&container("work", &[], &[]), &context(&calm, seed as u64));
            assert_eq!(plan.stuck_after_ms.map_or(plan.duration, RunDuration::Ms), without.duration);
        }
    }

    #[test]
    fn the_model_keeps_to_its_range_and_its_shares() {
        let settings = PodSettings {
            failure_percent: 40.0,
            min_duration_ms: 1_000,
            max_duration_ms: 3_000,
            exit_codes: vec![ExitCode { code: 1, weight: 3 }, ExitCode { code: 42, weight: 1 }],
            ..Default::default()
        };
        let plans: Vec<RunPlan> =
            (0..2_000).map(|seed| plan_run(&container("busybox", &[], &[]), &context(&settings, seed))).collect();
        let count = |code| plans.iter().filter(|plan| plan.exit.code == code).count();
        assert!((1_100..1_300).contains(&count(0)), "{}", count(0));
        assert!((520..680).contains(&count(1)), "{}", count(1));
        assert!((150..250).contains(&count(42)), "{}", count(42));
        assert!(plans.iter().all(|plan| plan.basis == PlanBasis::Model));
        assert!(plans.iter().all(|plan| match plan.duration {
            RunDuration::Ms(ms) => (1_000..=3_000).contains(&ms),
            RunDuration::Forever => false,
        }));
    }
}
