//! Plain commands that say by themselves what they do: `sleep 5`, `true`, `false`, and the example of the
//! Kubernetes documentation that prints digits of pi.

use super::plan::{Exit, PlanBasis, RunContext, RunDuration, RunPlan, TermReaction};
use super::shell::sleep_ms;

/// More digits of pi than this are not written.
const MAX_DIGITS_SHOWN: u64 = 4_000;

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
        stuck_after_ms: None,
    }
}

/// The command that these words run, if it is one of ours.
pub(super) fn recognise(words: &[&str]) -> Option<Direct> {
    let (program, args) = words.split_first()?;
    match program.rsplit('/').next()? {
        "true" => Some(Direct::Exits { code: 0 }),
        "false" => Some(Direct::Exits { code: 1 }),
        "sleep" => Some(sleep_ms(args).map_or(Direct::Exits { code: 1 }, Direct::Sleeps)),
        "perl" if args.contains(&"-Mbignum=bpi") => pi_digits(args).map(|digits| Direct::Pi { digits }),
        _ => None,
    }
}

/// Whether a shell's own command of that name does what the program does, and ends at once.
pub(super) fn is_builtin(program: &str) -> bool {
    matches!(program.rsplit('/').next(), Some("echo" | "printf" | "date" | "hostname"))
}

/// The plan of such a program.
pub(super) fn builtin_plan() -> RunPlan {
    plan(RunDuration::Ms(0), 0)
}

fn plan(duration: RunDuration, code: i32) -> RunPlan {
    RunPlan {
        duration,
        exit: Exit::with_code(code),
        on_term: TermReaction::Ignores,
        basis: PlanBasis::Direct,
        question: None,
        stuck_after_ms: None,
    }
}

fn pi_digits(args: &[&str]) -> Option<u64> {
    let program = args.last()?;
    let (_, call) = program.split_once("bpi(")?;
    call.split_once(')')?.0.trim().parse().ok()
}

impl Direct {
    pub fn plan(&self, run: &RunContext) -> RunPlan {
        match *self {
            Self::Sleeps(duration) => plan(duration, 0),
            Self::Exits { code } => plan(RunDuration::Ms(0), code),
            Self::Pi { digits } => plan(RunDuration::Ms(Self::pi_ms(digits, run)), 0),
        }
    }

    /// What the command writes in the course of its run, with the milliseconds since its start.
    pub fn written(&self, run: &RunContext) -> Vec<(u64, String)> {
        match *self {
            Self::Sleeps(_) | Self::Exits { .. } => Vec::new(),
            Self::Pi { digits } => vec![(Self::pi_ms(digits, run), pi_text(digits))],
        }
    }

    fn pi_ms(digits: u64, run: &RunContext) -> u64 {
        pi_ms(digits, run.random.clone().in_range(85, 130))
    }
}

/// Pi to so many digits, as far as a log shows them.
fn pi_text(digits: u64) -> String {
    let count = digits.clamp(1, MAX_DIGITS_SHOWN) as usize;
    let mut text: String =
        pi_digits_of(count + 4).into_iter().take(count).map(|digit| (b'0' + digit) as char).collect();
    if count > 1 {
        text.insert(1, '.');
    }
    text.push('\n');
    text
}

/// The first digits of pi, by the spigot of Rabinowitz and Wagon, four of them at a time.
fn pi_digits_of(count: usize) -> Vec<u8> {
    let groups = count / 4 + 2;
    let mut remainders = vec![2_000u64; groups * 14];
    let (mut digits, mut carry) = (Vec::with_capacity(groups * 4), 0);
    for left in (1..=groups).rev() {
        let mut sum = 0u64;
        for place in (1..left * 14).rev() {
            sum = sum * place as u64 + 10_000 * remainders[place];
            remainders[place] = sum % (2 * place as u64 - 1);
            sum /= 2 * place as u64 - 1;
        }
        let group = carry + sum / 10_000;
        carry = sum % 10_000;
        digits.extend([group / 1_000, group / 100, group / 10, group].map(|group| (group % 10) as u8));
    }
    digits
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
            (&["sleep", "99999999999999999999"], &[], RunDuration::Forever, 0),
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
    fn pi_is_pi() {
        assert_eq!(pi_text(1), "3\n");
        assert_eq!(pi_text(50), "3.1415926535897932384626433832795028841971693993751\n");
        let text = pi_text(2_000);
        assert_eq!(text.len(), 2_002);
        assert_eq!(&text[758..777], "2113499999983729780");
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
