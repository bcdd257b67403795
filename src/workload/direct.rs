//! Plain commands that say by themselves what they do: `sleep 5`, `true`, `false`, and the example of the
//! Kubernetes documentation that prints digits of pi.

use super::plan::{Exit, PlanBasis, RunContext, RunDuration, RunPlan, TermReaction};
use super::shell::sleep_ms;

/// A command that was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Direct {
    Sleeps(RunDuration),
    Exits { code: i32 },
    Pi { digits: u64 },
}

/// RabbitMQ, which runs until it is stopped.
pub(super) fn broker_plan() -> RunPlan {
    RunPlan {
        duration: RunDuration::Forever,
        exit: Exit::with_code(0),
        on_term: TermReaction::Exits { after_ms: 1_500, code: 0 },
        basis: PlanBasis::Direct,
        question: None,
    }
}

/// The command that these words run, if it is one of ours.
pub(super) fn recognise(words: &[&str]) -> Option<Direct> {
    let (program, args) = words.split_first()?;
    match program.rsplit('/').next()? {
        "true" => Some(Direct::Exits { code: 0 }),
        "false" => Some(Direct::Exits { code: 1 }),
        "echo" | "printf" | "date" | "hostname" => Some(Direct::Exits { code: 0 }),
        "sleep" => Some(sleep_ms(args).map_or(Direct::Exits { code: 1 }, Direct::Sleeps)),
        "perl" if args.contains(&"-Mbignum=bpi") => pi_digits(args).map(|digits| Direct::Pi { digits }),
        _ => None,
    }
}

fn pi_digits(args: &[&str]) -> Option<u64> {
    let program = args.last()?;
    let (_, call) = program.split_once("bpi(")?;
    call.split_once(')')?.0.trim().parse().ok()
}

impl Direct {
    pub fn plan(&self, run: &RunContext) -> RunPlan {
        let mut random = run.random.clone();
        let (duration, code) = match *self {
            Self::Sleeps(duration) => (duration, 0),
            Self::Exits { code } => (RunDuration::Ms(0), code),
            Self::Pi { digits } => (RunDuration::Ms(pi_ms(digits, random.in_range(85, 130))), 0),
        };
        RunPlan {
            duration,
            exit: Exit::with_code(code),
            on_term: TermReaction::Ignores,
            basis: PlanBasis::Direct,
            question: None,
        }
    }
}

/// About five seconds for the 2,000 digits of the documentation; the work grows with the square of the digits.
fn pi_ms(digits: u64, percent: u64) -> u64 {
    let digits = digits.min(100_000);
    digits * digits / 800 * percent / 100
}

#[cfg(test)]
mod tests {
    use super::super::PodSettings;
    use super::super::plan::plan_run;
    use super::super::plan::tests::{container, context};
    use super::*;

    #[test]
    fn plain_commands_do_what_they_say() {
        let settings = PodSettings::default();
        let ms = RunDuration::Ms;
        for (command, args, duration, code) in [
            (&["sleep", "5"][..], &[][..], ms(5_000), 0),
            (&["/bin/sleep"], &["1.5"], ms(1_500), 0),
            (&["sleep", "1m", "2s"], &[], ms(62_000), 0),
            (&["sleep", "infinity"], &[], RunDuration::Forever, 0),
            (&["sleep", "soon"], &[], ms(0), 1),
            (&["true"], &[], ms(0), 0),
            (&["/bin/true"], &[], ms(0), 0),
            (&["false"], &[], ms(0), 1),
            (&["echo"], &["hello"], ms(0), 0),
        ] {
            let plan = plan_run(&container("busybox", command, args), &context(&settings, 1));
            assert_eq!((plan.duration, plan.exit.code, plan.basis), (duration, code, PlanBasis::Direct), "{command:?}");
        }
    }

    #[test]
    fn digits_of_pi_take_some_seconds() {
        let settings = PodSettings::default();
        let pi = container("perl:5.34.0", &["perl", "-Mbignum=bpi", "-wle", "print bpi(2000)"], &[]);
        for seed in 0..100 {
            let plan = plan_run(&pi, &context(&settings, seed));
            let RunDuration::Ms(ms) = plan.duration else { panic!("pi never ends") };
            assert!((4_000..7_000).contains(&ms) && plan.exit.code == 0, "{plan:?}");
        }
    }
}
